"""Dates that are no more precise than their source: a year, a month or a day (ISO 8601)."""

from __future__ import annotations

import calendar
import datetime
import re
import unicodedata
from functools import lru_cache

DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
EXPECTED = "a year, month or day that exists, such as 2018, 2018-05 or 2018-05-14"


@lru_cache(maxsize=100_000)
def date_span(text: str) -> tuple[datetime.date, datetime.date]:
    """First and last day that a date of year, month or day precision may mean.

    `date_span("2018")` is 1 January to 31 December 2018, `date_span("2018-05")` the whole May,
    `date_span("2018-05-14")` that day twice. Raises ValueError for anything else, `2018-13` and `2018-02-30` included.
    """
    match = DATE.fullmatch(str(text))
    if not match:
        raise ValueError(f"{text!r} is not a date: expected {EXPECTED}")
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        first = datetime.date(year, month or 1, day or 1)
        last_month = month or 12
        last = datetime.date(year, last_month, day or calendar.monthrange(year, last_month)[1])
    except ValueError as error:
        raise ValueError(f"{text!r} is not a date: expected {EXPECTED}") from error
    return first, last


def is_date(text: str) -> bool:
    """True where `date_span` has an answer."""
    try:
        date_span(text)
    except ValueError:
        return False
    return True


def likely_date(text: str) -> str | None:
    """The ISO form of a date written in another way (14.5.2018, 2018/5/14, 2018年5月), or None."""
    plain = unicodedata.normalize("NFKC", text).strip()
    forms = (
        (r"(?P<y>\d{4})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?", "ymd"),
        (r"(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<y>\d{4})", "ymd"),
        (r"(?P<y>\d{4})[-/.年](?P<m>\d{1,2})月?", "ym"),
        (r"(?P<y>\d{4})年?", "y"),
    )
    for pattern, parts in forms:
        match = re.fullmatch(pattern, plain)
        if match:
            text = "-".join(match[part].zfill(4 if part == "y" else 2) for part in parts)
            return text if is_date(text) else None
    return None
