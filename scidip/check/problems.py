"""One message for one mistake: where it is, what was found, what was expected, how to mend it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

# Worst first: what hides other mistakes comes before what is only wrong in itself.
ORDER = (
    "file",  # the file cannot be read as it should
    "column",  # the header is wrong
    "row",  # a row has the wrong number of cells
    "key",  # a row cannot be told from another, or points to nothing
    "value",  # a cell is not what the column holds
    "relation",  # two cells or rows do not fit together
    "evidence",  # a fact without a place, or a place that does not carry the fact
    "coverage",  # a statement about the tables is missing
)


@dataclass(frozen=True)
class Problem:
    """One mistake in one place.

    `level` is one of ORDER; `line` is the line of the file as an editor counts it (the header is line 1), or None
    where no single line is at fault; `kind` is a short stable word for tests and counts.
    """

    level: str
    kind: str
    file: str
    line: int | None
    column: str | None
    found: str
    expected: str
    mend: str

    @property
    def place(self) -> str:
        """File, line and column in words."""
        parts = [self.file]
        if self.line is not None:
            parts.append(f"line {self.line}")
        if self.column:
            parts.append(f"column {self.column}")
        return ", ".join(parts)

    def __str__(self) -> str:
        return f"{self.place}: found {self.found}; expected {self.expected}. To mend it: {self.mend}."


def shown(value: object, limit: int = 60) -> str:
    """A value in quotes, shortened, with what cannot be seen made visible."""
    text = str(value)
    text = text if len(text) <= limit else text[: limit - 1] + "…"
    return "an empty cell" if text == "" else ascii_safe(repr(text))


def ascii_safe(text: str) -> str:
    """Lone surrogates (from undecodable bytes) would break printing; everything else stays as it is."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def worst_first(problems: list[Problem]) -> list[Problem]:
    """Sorted by ORDER, then by file, line and column."""
    return sorted(problems, key=lambda p: (ORDER.index(p.level), p.file, p.line or 0, p.column or "", p.kind))


def as_text(problems: list[Problem], limit: int | None = 20) -> str:
    """All messages, worst first, one a line.

    More than `limit` messages of one kind in one column of one file are counted in one line that names the lines
    they stand in, so that one slip in a whole column does not bury the rest; `limit=None` prints every one.
    """
    lines, seen, surplus = [], Counter(), defaultdict(list)
    ordered = worst_first(problems)
    for problem in ordered:
        group = (problem.level, problem.kind, problem.file, problem.column)
        seen[group] += 1
        if limit is not None and seen[group] > limit:
            surplus[group].append(problem.line)
        else:
            lines.append((ORDER.index(problem.level), str(problem)))
    for (level, kind, file, column), at in surplus.items():
        known = [n for n in at if n is not None]
        span = f" (lines {min(known)} to {max(known)})" if known else ""
        where = f"{file}, column {column}" if column else file
        lines.append((ORDER.index(level), f"{where}: {len(at):,} more like these{span}; --all lists every one."))
    lines.sort(key=lambda pair: pair[0])
    return "\n".join(text for _, text in lines)


class TableError(Exception):
    """Tables that cannot be used as they stand.

    `problems` holds every `Problem` found; the message lists them, worst first.
    """

    def __init__(self, problems: list[Problem]):
        self.problems = worst_first(problems)
        count = len(self.problems)
        head = "1 mistake in the tables" if count == 1 else f"{count:,} mistakes in the tables, worst first"
        super().__init__(f"{head}:\n{as_text(self.problems)}")
