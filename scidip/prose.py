"""Numbers in words: nothing that a reader sees is typed twice."""

from __future__ import annotations

import json

from scidip.dates import date_span

SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def in_words(number: int) -> str:
    """A count as prose writes it: words up to twelve, then digits with commas (0 is "no")."""
    return SMALL[number] if 0 <= number < len(SMALL) else f"{number:,}"


def listed(names, last: str = "and") -> str:
    """Names as prose lists them: "A", "A and B", "A, B and C"; an empty list is an empty text."""
    names = [str(name) for name in names]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} {last} {names[-1]}" if names else ""


MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December")


def date_in_words(date: str) -> str:
    """A date as prose writes it, no more precise than it is: "2012-09-14" is "14 September 2012", "2012-09" is
    "September 2012", "2012" stays. Raises ValueError for anything that is no date."""
    first, _ = date_span(date)
    parts = [str(first.year), MONTHS[first.month - 1], str(first.day)][: date.count("-") + 1]
    return " ".join(reversed(parts))


def bind(numbers: dict[str, object]) -> None:
    """Tie numbers that stand typed in captions, alt texts and fixed prose to values computed here.

    numbers: as typed ("16", "3,000", "0.99", "2016") -> the computed value. Prints them as JSON, which the tests
    compare with the typed texts. Raises ValueError naming every number whose value has moved, with what to write.
    """
    moved = [f"{typed!r} is typed, the value is now {value!r}" for typed, value in numbers.items()
             if not _same(typed, value)]
    if moved:
        raise ValueError("Numbers in captions, alt texts or prose no longer hold: " + "; ".join(moved) +
                         ". Mend the text, then the list of bound numbers in the last cell.")
    print(json.dumps({"bound": sorted(numbers)}, ensure_ascii=False))


def _same(typed: str, value) -> bool:
    plain = typed.replace(",", "").rstrip("%")
    decimals = len(plain.partition(".")[2])
    try:
        return f"{float(value):.{decimals}f}" == f"{float(plain):.{decimals}f}"
    except (TypeError, ValueError):
        return str(value) == typed
