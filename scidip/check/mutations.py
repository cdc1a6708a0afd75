"""How many wrong cells would the checks catch? Change one cell at a time and look.

A cell counts as caught where a check of the evidence or a relation between rows tells something that it did not tell
before: never by a checksum, a stored copy or a row count. Cells that the report carries are counted in the score; cells
that rest on public pages, which are not at hand, are reported apart.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from . import rules
from .cover import COUNTED, Tokens, fold, note_locator
from .evidence import Checker, _segments, alias_problems, note_problems, segments_with, term_problems
from .relations import check_relations
from .tables import Folder, check_cells

SEED = 20250214
WANTED = 900
LEAST_PER_TABLE = 12
SWAPPABLE = ("evidence", "discrepancies", "sources", "aliases", "glossary")  # checked in their own way
KANJI_AND_KANA = [chr(c) for c in (*range(0x30A2, 0x30F0), *range(0x4E00, 0x4E40), *range(0x5B66, 0x5BA0))]


@dataclass(frozen=True)
class Mutation:
    """One changed cell and what became of it."""

    table: str
    row: str
    column: str
    kind: str
    before: str
    after: str
    from_report: bool
    caught_by: str | None
    reason: str = ""

    def __str__(self) -> str:
        return f"{self.table} {self.row} {self.column}: {self.before!r} -> {self.after!r} ({self.reason})"


@dataclass
class Score:
    """Outcome of all mutations."""

    seed: int
    mutations: list[Mutation] = field(default_factory=list)

    def of(self, from_report: bool) -> list[Mutation]:
        """Mutations of cells that the report carries, or of those that it does not."""
        return [m for m in self.mutations if m.from_report == from_report]

    @staticmethod
    def share(mutations: list[Mutation]) -> float:
        """Share that was caught (1 where there is none)."""
        return sum(m.caught_by is not None for m in mutations) / len(mutations) if mutations else 1.0

    def report(self) -> list[str]:
        """Lines: scores by table and kind, how caught, and every survivor with its reason."""
        mine, public = self.of(True), self.of(False)
        lines = [f"Mutations of cells carried by the report (seed {self.seed}): {len(mine)}, caught {self.share(mine):.1%}"]
        by_table = defaultdict(list)
        for mutation in mine:
            by_table[mutation.table].append(mutation)
        lines += [f"  {table:20} {len(group):4}  caught {self.share(group):6.1%}" for table, group in sorted(by_table.items())]
        kinds = Counter(m.kind for m in mine)
        lines.append("  kinds: " + ", ".join(f"{kind} {n}" for kind, n in kinds.most_common()))
        lines.append("  caught by: " + ", ".join(f"{how} {n}" for how, n in Counter(
            m.caught_by for m in mine if m.caught_by).most_common()))
        survivors = [m for m in mine if m.caught_by is None]
        lines.append(f"Survivors: {len(survivors)}")
        lines += [f"  {survivor}" for survivor in survivors]
        lines.append(f"Apart, cells that rest on public pages alone: {len(public)}, caught by relations {self.share(public):.1%}")
        return lines


def run(folder: Folder, report: Path, seed: int = SEED, wanted: int = WANTED) -> Score:
    """Change at least `wanted` cells carried by the report (or all there are), one at a time, and score the checks."""
    checker = Checker(folder, _segments(report))
    return Mutator(checker, seed).run(wanted)


class Mutator:
    """Draws mutations from all tables and asks the checks about each."""

    def __init__(self, checker: Checker, seed: int):
        self.checker = checker
        self.folder = checker.folder
        self.chance = random.Random(seed)
        self.seed = seed
        self.used = self._used_keys()
        self.quiet = Counter(_signature(p) for p in self._logic())

    # -- which cells -------------------------------------------------------------------------------------------------------
    def run(self, wanted: int) -> Score:
        mine, public = defaultdict(list), defaultdict(list)
        for cell in self.cells():
            (mine if cell[-1] else public)[cell[0]].append(cell)
        score = Score(self.seed)
        for group, number in ((mine, wanted), (public, 0)):
            for cell in self._draw(group, number):
                mutation = self._try(*cell)
                if mutation:
                    score.mutations.append(mutation)
        return score

    def _draw(self, group, number):
        """Some of every table, the rest from the tables of facts alike (and a few more of the others)."""
        first, rest = [], []
        for table in sorted(group):
            cells = sorted(group[table], key=lambda c: (c[1]["id"], c[2]))
            self.chance.shuffle(cells)
            first += cells[:LEAST_PER_TABLE]
            rest += cells[LEAST_PER_TABLE:] if table not in SWAPPABLE else cells[LEAST_PER_TABLE : 3 * LEAST_PER_TABLE]
        self.chance.shuffle(rest)
        return first + rest[: max(0, number - len(first))]

    def cells(self):
        """(table, row, column, kind, does the report carry it?) of every cell that can be made wrong."""
        for table, row, places in self.checker.rows():
            mine = [p for p in places if p["source"] == rules.REPORT]
            listed = {column for place in places for column in place["fields"].split()}
            for column, value in row.items():
                kind = self.checker.lookup.kind(table, column)
                if not value or kind is None or (kind == "literal" and column not in listed):
                    continue
                if column == "value" and row.get("qualifier") in COUNTED:
                    continue
                carried = [p for p in mine if column in p["fields"].split()
                           and self.checker.lookup.covers(table, row, column, p["set"])]
                yield table, row, column, kind, bool(carried) or (
                    bool(mine) and column not in listed and table not in rules.NO_EVIDENCE)
        yield from self._other_cells()

    def _other_cells(self):
        for row in self._rows("sources"):
            if note_locator(row["id"]) and row.get("kind") == "report_note":
                yield from (("sources", row, c, "japanese", True) for c in ("url", "issuer_ja", "title_ja") if row.get(c))
                if row.get("cited_in"):
                    yield "sources", row, "cited_in", "locator", True
        for row in self._rows("aliases"):
            if row["note"].startswith("as printed"):
                yield "aliases", row, "alias", "japanese", True
        for row in self._rows("glossary"):
            if row["occurs_in"] and not row["term_ja"].startswith("["):
                yield "glossary", row, "term_ja", "japanese", True
        for row in self._rows("evidence"):
            if row["source"] == rules.REPORT:
                yield from (("evidence", row, c, k, True) for c, k in
                            (("tokens", "japanese"), ("locator", "locator"), ("row", "key")))
        for row in self._rows("discrepancies"):
            for side in "ab":
                if row[f"source_{side}"] == rules.REPORT and row[f"tokens_{side}"]:
                    yield "discrepancies", row, f"tokens_{side}", "japanese", True
                    yield "discrepancies", row, f"locator_{side}", "locator", True

    def _rows(self, table):
        return list(self.checker.lookup.rows.get(table, {}).values())

    # -- how they are made wrong -------------------------------------------------------------------------------------------
    def _used_keys(self):
        used = {}
        for table, rows in self.checker.lookup.rows.items():
            for column in self.folder.columns(table):
                used[table, column] = sorted({row[column] for row in rows.values() if row.get(column)})
        return used

    def _changed(self, table, row, column, kind):
        value = row[column]
        if kind == "date":
            return self._other_date(value)
        if kind == "number":
            return self._other_number(value)
        if kind in ("country", "key"):
            return self._other_key(table, row, column)
        if kind == "locator":
            others = [place for place in self.checker.places if place not in value.split() and rules.LOCATOR.fullmatch(place)]
            return self.chance.choice(others)
        return self._other_text(value)

    def _other_date(self, value):
        parts = value.split("-")
        last = int(parts[-1])
        low, high = ((1, 9999), (1, 12), (1, 28))[len(parts) - 1]
        step = self.chance.choice([-1, 1])
        step = -step if not low <= last + step <= high else step
        return "-".join([*parts[:-1], str(last + step).zfill(len(parts[-1]))])

    def _other_number(self, value):
        number = float(value)
        if not number.is_integer():
            return f"{number + self.chance.choice([-0.5, 0.5]):g}"
        number = int(number)
        step = 10 ** max(0, len(str(abs(number))) - 2)
        other = number + self.chance.choice([-1, 1]) * step
        return str(other if other > 0 else number + step)

    def _other_key(self, table, row, column):
        target = self.checker.lookup.target(table, row, column)
        used = [k for k in self.used.get((table, column), []) if k in self.checker.lookup.rows.get(target, {})]
        keys = used if len(used) > 3 else sorted(self.checker.lookup.rows.get(target, {}))
        others = [key for key in keys if key != row[column] and key != row["id"]]
        return self.chance.choice(others) if others else None

    def _other_text(self, value):
        places = [n for n, letter in enumerate(value) if fold(letter)]
        if not places:
            return None
        at = self.chance.choice(places)
        pool = "abcdefghijklmnopqrstuvwxyz0123456789" if value[at].isascii() else KANJI_AND_KANA
        letter = self.chance.choice([c for c in pool if fold(c) != fold(value[at])])
        return value[:at] + letter + value[at + 1 :]

    # -- whether it is caught ----------------------------------------------------------------------------------------------
    def _try(self, table, row, column, kind, from_report):
        after = self._changed(table, row, column, kind)
        if after is None or after == row[column]:
            return None
        wrong = {**row, column: after}
        caught = self._by_evidence(table, row, wrong, column) or self._by_logic(table, wrong, column)
        reason = "" if caught else self._reason(table, row, wrong, column, kind)
        return Mutation(table, row["id"], column, kind, row[column], after, from_report, caught, reason)

    def _by_evidence(self, table, row, wrong, column):
        checker = self.checker
        if table in SWAPPABLE:
            was, now = self._own_check(table, row), self._own_check(table, wrong)
        else:
            places = checker.evidence[table, row["id"]]
            was, now = checker.row_problems(table, row, places), checker.row_problems(table, wrong, places)
        new = Counter(map(_signature, now)) - Counter(map(_signature, was))
        return next((f"evidence ({kind})" for kind, *_ in new), None)

    def _own_check(self, table, row):
        checker = self.checker
        if table == "sources":
            return note_problems(checker, row)
        if table == "aliases":
            return alias_problems(checker, row)
        if table == "glossary":
            return term_problems(checker, row)
        if table == "discrepancies":
            problems = []
            for side in "ab":
                tokens, locator = Tokens(row[f"tokens_{side}"]), row[f"locator_{side}"]
                if row[f"source_{side}"] == rules.REPORT and not segments_with(tokens, checker.places.get(locator, [])):
                    problems.append(checker.not_together("discrepancies", None, f"tokens_{side}", tokens, locator)
                                    if checker.places.get(locator) else checker.folder.problem(
                                        "evidence", "not-there", "discrepancies", None, f"locator_{side}", locator, "", ""))
            return problems
        place = {**row, "line": None, "set": Tokens(row["tokens"], row["locator"])}
        fact = checker.lookup.rows.get(row["table"], {}).get(row["row"])
        _, problem = checker.place_problem(place)
        others = [p for p in checker.evidence[row["table"], row["row"]] if p["id"] != row["id"]]
        found = checker.row_problems(row["table"], fact, [*others, place]) if fact else []
        found += self._left_behind(row)
        return [*found, *([problem] if problem else [])]

    def _left_behind(self, row):
        """Is the fact that this evidence row stood for left without a place?"""
        checker = self.checker
        own = next(r for r in self._rows("evidence") if r["id"] == row["id"])
        if (own["table"], own["row"]) == (row["table"], row["row"]):
            return []
        fact = checker.lookup.rows.get(own["table"], {}).get(own["row"])
        others = [p for p in checker.evidence[own["table"], own["row"]] if p["id"] != row["id"]]
        if fact is None or own["table"] in rules.NO_EVIDENCE:
            return []
        if not others:
            return [checker.folder.problem("evidence", "no-evidence", own["table"], None, "id", own["row"], "", "")]
        return checker.row_problems(own["table"], fact, others)

    def _by_logic(self, table, wrong, column):
        frame = self.folder.frames[table]
        at = frame.index[frame["id"] == wrong["id"]][0]
        kept = frame.at[at, column]
        frame.at[at, column] = wrong[column]
        try:
            new = Counter(_signature(p) for p in self._logic(table)) - self.quiet
        finally:
            frame.at[at, column] = kept
        return next((f"relation ({kind})" for kind, *_ in new), None)

    def _logic(self, table=None):
        return [*check_cells(self.folder, [table] if table else None), *check_relations(self.folder, table)]

    def _reason(self, table, row, wrong, column, kind):
        if table in SWAPPABLE:
            return "the changed value stands there as well"
        places = self.checker.evidence[table, row["id"]]
        listing = [p for p in places if column in p["fields"].split()]
        if not listing:
            return "no evidence row lists the column"
        if all(p["source"] != rules.REPORT for p in listing):
            return "only a public page supports it"
        if any(self.checker.lookup.covers(table, wrong, column, p["set"]) for p in listing):
            return "the tokens carry the changed value as well"
        return "the tokens carry less than the cell"


def _signature(problem):
    return problem.kind, problem.file, problem.line, problem.column
