"""Dates and numbers as Japanese and English texts print them."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

ERAS = {"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018}
MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
          "december")
UNITS = {"兆": 10**12, "億": 10**8, "万": 10**4, "千": 10**3, "thousand": 10**3, "million": 10**6, "billion": 10**9}
KANJI = {letter: number for number, letter in enumerate("〇一二三四五六七八九")} | {"十": 10}
FIRST = re.compile(r"初代|初回|初めて|初の|初開催|創設|発足")
WORDS = {"隔年": 2.0, "毎年": 1.0, "半数": 0.5}
ROMAN = {"I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9, "X": 10}
# Words after four digits that make them a number and not a year.
COUNTED = r"(?!\s*(?:人|名|件|万|億|兆|ドル|円|か国|カ国|ヵ国|社|回|報|,\d|\.\d))"
DATE = re.compile(
    r"(?P<era>明治|大正|昭和|平成|令和)(?P<era_year>元|\d{1,2})年度?(?:(?P<era_month>\d{1,2})月)?(?:(?P<era_day>\d{1,2})日)?"
    r"|(?<!\d)(?P<iso>\d{4})[-/](?P<iso_month>0\d|1[0-2])(?:[-/](?P<iso_day>[0-2]\d|3[01]))?(?![\d])"
    r"|(?P<glued>(?<!\d)(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])(?!\d))"
    r"|(?P<decade>(?<!\d)(?:\d{4}|\d{2}))年代"
    r"|(?<!\d)(?P<year>\d{4})年(?:度)?(?:\s*(?P<month>\d{1,2})月(?:\s*(?P<day>\d{1,2})日)?)?"
    r"|(?<!\d)(?P<short>\d{2})年(?P<short_month>\d{1,2})月"
    rf"|(?<![\d.,])(?P<bare>1[5-9]\d\d|20\d\d)(?!\d){COUNTED}"
    r"|(?P<word>(?i:january|february|march|april|may|june|july|august|september|october|november|december))\s*"
    r"(?:(?P<word_day>\d{1,2})(?:st|nd|rd|th)?\s*,?\s*)?(?P<word_year>\d{4})"
    r"|(?<!\d)(?P<only_month>\d{1,2})月(?:\s*(?P<only_month_day>\d{1,2})日)?"
    r"|(?<!\d)(?P<only_day>\d{1,2})日(?!間)"
)
NUMBER = re.compile(
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)\s*(?P<unit>兆|億|万|千|thousand|million|billion)?"
    r"(?P<half>(?:年|か月|カ月|ヶ月|月|時間|倍)?半)?"
)


def plain(text: str) -> str:
    """NFKC, one kind of hyphen, single spaces: what the patterns below are written for."""
    text = unicodedata.normalize("NFKC", text).translate(str.maketrans("‐‑‒–—―−〜∼", "-------~~"))
    return re.sub(r"\s+", " ", text)


@lru_cache(maxsize=50_000)
def dates(text: str) -> tuple[tuple[int | None, int | None, int | None], ...]:
    """Dates that a text names, as (year, month, day); what it leaves open is None.

    A month or day without a year takes the last year before it (`2023年（3月、8月）` names March and August 2023).
    """
    return tuple(found for found, _, _ in _scan(plain(text)))


def _scan(text):
    year = month = None
    century = None
    for match in DATE.finditer(text):
        part = match.groupdict()
        found = None
        if part["era"]:
            number = 1 if part["era_year"] == "元" else int(part["era_year"])
            found = (ERAS[part["era"]] + number, _int(part["era_month"]), _int(part["era_day"]))
        elif part["iso"]:
            found = (int(part["iso"]), _int(part["iso_month"]), _int(part["iso_day"]))
        elif part["glued"]:
            digits = part["glued"]
            found = (int(digits[:4]), int(digits[4:6]), int(digits[6:]))
        elif part["decade"]:
            first = int(part["decade"])
            if first < 100:
                first += century if century else 1900
            for edge in (first, first + 9):
                yield (edge, None, None), match.start(), match.end()
            continue
        elif part["year"]:
            found = (int(part["year"]), _int(part["month"]), _int(part["day"]))
        elif part["short"]:
            found = ((century or 2000) + int(part["short"]), int(part["short_month"]), None)
        elif part["bare"]:
            found = (int(part["bare"]), None, None)
        elif part["word"]:
            found = (int(part["word_year"]), MONTHS.index(part["word"].lower()) + 1, _int(part["word_day"]))
        elif part["only_month"]:
            found = (year, int(part["only_month"]), _int(part["only_month_day"]))
        elif part["only_day"]:
            found = (year, month, int(part["only_day"]))
        if found[1] is not None and not 1 <= found[1] <= 12:
            continue
        year, month = found[0] or year, found[1] or (None if found[0] != year else month)
        century = (found[0] // 100) * 100 if found[0] else century
        yield found, match.start(), match.end()


def _int(text):
    return int(text) if text else None


@lru_cache(maxsize=50_000)
def numbers(text: str) -> frozenset[float]:
    """Numbers that a text names, dates apart: digits with commas, 万 and 億, halves, ordinals, first, kanji, Roman."""
    text = plain(text)
    taken = [(start, end) for _, start, end in _scan(text)]
    for start, end in reversed(taken):
        text = text[:start] + "¦" + text[end:]
    found = set()
    for match in NUMBER.finditer(text):
        value = float(match["digits"].replace(",", ""))
        following = NUMBER.match(text, match.end()) if match["unit"] in ("兆", "億") else None
        unit = UNITS.get(match["unit"], 1)
        found.add(value * unit)
        if match["half"]:
            found.add(value * unit + 0.5)
        if following:  # 1億2,000万
            found.add(value * unit + float(following["digits"].replace(",", "")) * UNITS.get(following["unit"], 1))
        months = re.match(r"\s*年\s*(\d{1,2})\s*(か月|カ月|ヶ月)", text[match.end():])
        if months:
            found |= {value + int(months[1]) / 12, value * 12 + int(months[1])}
    found |= {float(KANJI[letter]) for letter in re.findall(r"(?<![一-龠])([一二三四五六七八九十])(?=[つ類型種人名回か大])", text)}
    found |= {float(KANJI[letter]) for letter in re.findall(r"第([一二三四五六七八九十])", text)}
    found |= {float(ROMAN[numeral]) for numeral in re.findall(r"(?<=[A-Z]{3})(?<=[A-UW-Z])\s?(IX|IV|VI{0,3}|I{1,3}|X)(?![A-Za-z])", text)}
    found |= {number for word, number in WORDS.items() if word in text}
    if FIRST.search(text):
        found.add(1.0)
    return frozenset(found)
