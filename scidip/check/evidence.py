"""Every evidence row against the report's text: do its tokens stand together there, and do they carry the row's cells?"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from . import rules
from .amounts import dates, numbers
from .cover import COUNTED, OWN_DATES, Lookup, Tokens, agrees_with_date, covers_date, fold, note_locator
from .problems import Problem, TableError, shown
from .report_text import Segment, by_locator, normal, read
from .relations import before, numbered_tenures
from .tables import Folder, date_columns

# Columns that an evidence row has to list before it is asked for them; a filled cell of any other kind has to be listed
# by some evidence row of its fact.
ONLY_WHERE_LISTED = ("literal",)
NOTE_COLUMNS = ("url", "issuer_ja", "title_ja")


def stands_in(token: str, segment: Segment) -> bool:
    """Does the token stand in the segment, and not as part of a longer number?

    The number of a note printed right before a number (`」とした。182023年9月`) is told from it by the notes of the page.
    """
    wanted, text = normal(token), segment.whole
    at = text.find(wanted) if wanted else -1
    while at >= 0:
        if _whole_number(text, at, at + len(wanted), segment.note_marks):
            return True
        at = text.find(wanted, at + 1)
    return False


def _whole_number(text, start, end, marks):
    before, after = re.search(r"[\d,]*$", text[:start])[0], re.match(r"[\d,]*", text[end:])[0]
    if text[start].isdigit() and before.rstrip(","):
        # "1,500" does not hold 500; "4、500" and "4,5" in a list of words do
        digits = before.rstrip(",")
        if before.endswith(","):
            if re.fullmatch(r"\d{3}", re.match(r"\d*", text[start:])[0]):
                return False
        elif digits not in marks:
            return False
    if text[end - 1].isdigit() and after.strip(","):
        if after.startswith(","):
            return not re.match(r",\d{3}(?!\d)", after)
        return re.match(r"\d+", after)[0] in marks
    return True


def segments_with(tokens: Tokens, places: list[Segment]) -> list[Segment]:
    """Segments in which all tokens stand together."""
    return [s for s in places if tokens.all and all(stands_in(token, s) for token in tokens.all)]


@dataclass
class Outcome:
    """What the check of the evidence found.

    `rows` counts evidence rows by locator, `together` those whose tokens stand together, `cited` holds the segments that
    some row cites as (locator, number).
    """

    segments: list[Segment]
    problems: list[Problem] = field(default_factory=list)
    rows: Counter = field(default_factory=Counter)
    together: Counter = field(default_factory=Counter)
    cited: dict[tuple[str, int], list[str]] = field(default_factory=lambda: defaultdict(list))
    uncited: list[tuple[Segment, str]] = field(default_factory=list)
    rhetorical: set[tuple[str, int]] = field(default_factory=set)
    gaps: list[tuple[Segment, list[str]]] = field(default_factory=list)

    def report(self, gaps: bool = False) -> list[str]:
        """Lines of the coverage listing: a table by locator, then every segment that no row cites yet."""
        lines = ["", "place            evidence  tokens together  segments  cited  rhetorical  to do"]
        for locator, places in by_locator(self.segments).items():
            facts = [s for s in places if s.kind != "heading"]
            if not facts and not self.rows[locator]:
                continue
            cited = sum((s.locator, s.number) in self.cited for s in facts)
            spared = sum((s.locator, s.number) in self.rhetorical for s in facts)
            todo = sum(s.locator == locator for s, _ in self.uncited)
            lines.append(f"{locator:16} {self.rows[locator]:8} {self.together[locator]:16} {len(facts):9} {cited:6} "
                         f"{spared:11} {todo:6}")
        rows, together = sum(self.rows.values()), sum(self.together.values())
        lines.append(f"{'in all':16} {rows:8} {together:16}")
        if self.uncited:
            lines += ["", "Segments with a date, a number or a named body that no evidence row cites:"]
            lines += [f"  {s.locator}, segment {s.number} (line {s.line}): {s.printed[:20]}… has {why}"
                      for s, why in self.uncited]
        else:
            lines.append("No segment with a date, a number or a named body is left without evidence.")
        if gaps and self.gaps:
            lines += ["", "In cited segments, but in no token:"]
            lines += [f"  {s.locator}, segment {s.number} (line {s.line}): {', '.join(found)}" for s, found in self.gaps]
        return lines


class Checker:
    """The report's segments and the names of the tables, ready to be asked about single rows."""

    def __init__(self, folder: Folder, segments: list[Segment]):
        self.folder = folder
        self.segments = segments
        self.places = by_locator(segments)
        self.lookup = Lookup(folder)
        self._folded: dict[str, str] = {}
        self._offices = defaultdict(set)
        self.evidence = defaultdict(list)
        frame = folder.frames.get("evidence")
        if frame is not None and {"table", "row", "fields", "source", "locator", "tokens"} <= set(frame):
            for line, row in zip(frame.index, frame.to_dict("records")):
                row["line"] = line
                row["set"] = Tokens(row["tokens"], row["locator"])
                self.evidence[row["table"], row["row"]].append(row)

    def folded(self, locator: str) -> str:
        """All text of a place, for comparing names."""
        if locator not in self._folded:
            self._folded[locator] = "¦".join(fold(s.text) for s in self.places.get(locator, []))
        return self._folded[locator]

    def rows(self):
        """(table, row) of every fact with evidence."""
        for (table, key), places in self.evidence.items():
            row = self.lookup.rows.get(table, {}).get(key)
            if row is not None:
                yield table, row, places

    def row_problems(self, table: str, row: dict, places: list[dict]) -> list[Problem]:
        """Cells that the row's evidence does not carry: listed without cover, or never listed."""
        problems = []
        listed = defaultdict(list)
        for place in places:
            for column in place["fields"].split():
                listed[column].append(place)
        for column, supporters in listed.items():
            problems += self._listed(table, row, column, supporters)
        if table not in rules.NO_EVIDENCE and any(place["source"] == rules.REPORT for place in places):
            problems += self._never_listed(table, row, listed)
            problems += self._as_of(table, row, places)
            problems += self._linked(table, row, places)
        return problems

    def _decided(self, table, row, column, value):
        """Another cell or row decides this one, and it agrees; so nobody has to print it."""
        if (table, column) == ("tenures", "ordinal"):
            return len(numbered_tenures(self.folder, row["post"])) > 2  # they run without a gap, which a relation checks
        if column == "end" and value == row.get("start"):
            return True  # an event of one day
        if column != "country":
            return False
        rows = self.lookup.rows
        for other, target in self.folder.foreign_keys(table).items():
            if target in rules.LEND_COUNTRY and rows.get(target, {}).get(row.get(other), {}).get("country") == value:
                return True
        if row.get("person") and value in self._countries_of(row["person"]):
            return True
        linked = self.lookup.rows.get(row.get("linked_table"), {}).get(row.get("linked_row"), {})
        return table == "chronology" and linked.get("country") == value

    def _countries_of(self, person):
        """Countries that a person holds a post or an office for."""
        if not self._offices:
            for tenure in self.lookup.rows.get("tenures", {}).values():
                post = self.lookup.rows.get("posts", {}).get(tenure["post"], {})
                self._offices[tenure["person"]].add(post.get("country"))
            for officer in self.lookup.rows.get("officers", {}).values():
                body = self.lookup.rows.get("organisations", {}).get(officer["organisation"], {})
                self._offices[officer["person"]].add(body.get("country"))
        return self._offices[person]

    def _as_of(self, table, row, places):
        """What only the report says is true of its cut-off, or of a date that it prints."""
        value = row.get("as_of", "")
        if not value or value == rules.CUT_OFF or any(place["source"] != rules.REPORT for place in places):
            return
        days = [rules.OWN_DAY.get(place["locator"], "") for place in places]
        if not any(covers_date(value, place["set"]) or (day and day.startswith(value)) for place, day in zip(places, days)):
            yield self.folder.problem("evidence", "as-of", table, self._line(table, row["id"]), "as_of", shown(value),
                                      f"{rules.CUT_OFF}, the report's cut-off, or a date that its place prints",
                                      "correct it, or cite the place with that date")

    def _listed(self, table, row, column, supporters):
        mine = [p for p in supporters if p["source"] == rules.REPORT]
        kind = self.lookup.kind(table, column)
        whole = len(supporters) > len(mine) or any(self.lookup.covers(table, row, column, p["set"]) for p in mine)
        for place in mine:
            if self.lookup.covers(table, row, column, place["set"]) is False:
                partly = kind == "date" and len(supporters) > 1 and agrees_with_date(row[column], place["set"])
                if partly and (whole or self._joined_date(row[column], mine)):
                    continue
                yield self.folder.problem(
                    "evidence", "not-covered", "evidence", place["line"], "tokens", shown(place["tokens"], 80),
                    f"what carries {column} {shown(row[column], 50)} of {table} {row['id']}",
                    f"add the token that names it, take {column} out of fields, or correct the cell")
        if not row.get(column, "") and kind:
            place = supporters[0]
            yield self.folder.problem("evidence", "empty-field", "evidence", place["line"], "fields", shown(column),
                                      f"columns that are filled; {column} of {table} {row['id']} is empty",
                                      "fill the cell, or take the column out of fields")

    @staticmethod
    def _joined_date(value, mine):
        return covers_date(value, Tokens(rules.TOKEN_SEPARATOR.join(place["tokens"] for place in mine)))

    def _never_listed(self, table, row, listed):
        for column, value in row.items():
            kind = self.lookup.kind(table, column)
            if not value or kind is None or kind in ONLY_WHERE_LISTED or column in listed:
                continue
            if column == "value" and row.get("qualifier") in COUNTED:
                continue
            if (table, column) in rules.DECIDED_BY_RELATION or value == rules.REPORT:
                continue  # every word of the report speaks for the report
            if self._decided(table, row, column, value):
                continue
            line = self._line(table, row["id"])
            yield self.folder.problem("evidence", "unproved", table, line, column, f"{shown(value)} of {row['id']}",
                                      "an evidence row that lists this column",
                                      "add it to fields where the tokens carry it, or add an evidence row")

    def _linked(self, table, row, places):
        """An entry of the chronology links a row that its tokens name, or one of the same time."""
        target, key = row.get("linked_table"), row.get("linked_row")
        if table != "chronology" or not key or not target:
            return
        mine = [place["tokens"] for place in places if place["source"] == rules.REPORT]
        if self.lookup.covers_key(target, key, Tokens(rules.TOKEN_SEPARATOR.join(mine))):
            return
        linked = self.lookup.rows.get(target, {}).get(key, {})
        dated = [linked[column] for column in date_columns(self.folder.schemas[target])
                 if column not in OWN_DATES and linked.get(column)]
        if any(not before(date, row["start"]) and not before(row["end"] or row["start"], date) for date in dated):
            return
        yield self.folder.problem("evidence", "linked-row", table, self._line(table, row["id"]), "linked_row", shown(key),
                                  "a row that the tokens of this entry name, or one of the same time",
                                  "correct the key, or add an alias by which the tokens name it")

    def _line(self, table, key):
        lines = self.folder.__dict__.setdefault("_lines", {})
        if table not in lines:
            frame = self.folder.frames[table]
            lines[table] = dict(zip(frame["id"], frame.index))
        return lines[table].get(key)

    def place_problem(self, place: dict) -> tuple[list[Segment], Problem | None]:
        """Segments in which the tokens of one evidence row stand together, or what is wrong."""
        here = self.places.get(place["locator"], [])
        found = segments_with(place["set"], here)
        if found or not place["set"].all:
            return found, None
        return found, self.not_together("evidence", place["line"], "tokens", place["set"], place["locator"])

    def not_together(self, table, line, column, tokens, locator) -> Problem:
        """Why tokens do not stand together at a place."""
        here = self.places.get(locator, [])
        missing = [t for t in tokens.all if not any(stands_in(t, s) for s in here)]
        elsewhere = sorted({s.locator for s in segments_with(tokens, self.segments)})
        if missing:
            found = f"{', '.join(map(shown, missing))}, which does not stand at {locator}"
        else:
            best = max(here, key=lambda s: sum(stands_in(t, s) for t in tokens.all))
            apart = [t for t in tokens.all if not stands_in(t, best)]
            found = (f"{', '.join(map(shown, apart))} apart from the other tokens (these: {locator}, segment "
                     f"{best.number}, line {best.line} of the text)")
        mend = f"all stand together at {', '.join(elsewhere)}" if elsewhere else \
            "write the tokens as printed there, or split them into two evidence rows"
        return self.folder.problem("evidence", "not-there", table, line, column, found,
                                   f"tokens that stand together in one paragraph, row or note of {locator}", mend)


def check(folder: Folder, report: Path, rhetorical: str | Path | None = None) -> Outcome:
    """Check all evidence of a folder against the report's text.

    `rhetorical` is a CSV (locator, start, reason) of segments that state no fact; they are not listed as uncited.
    Raises TableError where the report or that list cannot be read.
    """
    segments = _segments(report)
    checker = Checker(folder, segments)
    outcome = Outcome(segments)
    for table, row, places in checker.rows():
        for place in places:
            if place["source"] == rules.REPORT:
                _check_place(checker, place, outcome, f"{table} {row['id']}")
        outcome.problems += checker.row_problems(table, row, places)
    _check_discrepancies(checker, outcome)
    _check_notes(checker, outcome)
    for table, look in (("aliases", alias_problems), ("glossary", term_problems)):
        for row in checker.lookup.rows.get(table, {}).values():
            outcome.problems += look(checker, row)
    outcome.rhetorical, unknown = _rhetorical(rhetorical, segments)
    outcome.problems += unknown
    _list_uncited(checker, outcome)
    return outcome


def _segments(report):
    try:
        return read(report)
    except (OSError, UnicodeDecodeError) as error:
        raise TableError([Problem("file", "report", str(report), None, None, f"no text that can be read ({error})",
                                  "the report's text in UTF-8", "give its path with --report")]) from error


def _check_place(checker, place, outcome, fact):
    locator = place["locator"]
    outcome.rows[locator] += 1
    found, problem = checker.place_problem(place)
    if problem:
        outcome.problems.append(problem)
    elif found:
        outcome.together[locator] += 1
    for segment in found:
        outcome.cited[segment.locator, segment.number].append(place["tokens"])


def _check_discrepancies(checker, outcome):
    frame = checker.folder.frames.get("discrepancies")
    if frame is None:
        return
    for side in "ab":
        if not {f"source_{side}", f"locator_{side}", f"tokens_{side}"} <= set(frame):
            continue
        for line, row in zip(frame.index, frame.to_dict("records")):
            if row[f"source_{side}"] != rules.REPORT or not row[f"locator_{side}"]:
                continue
            tokens, locator = Tokens(row[f"tokens_{side}"]), row[f"locator_{side}"]
            outcome.rows[locator] += 1
            if not tokens.all:
                outcome.problems.append(checker.folder.problem(
                    "evidence", "no-tokens", "discrepancies", line, f"tokens_{side}", "an empty cell",
                    "the names, dates and numbers that stand there, joined by ' + '", "add them"))
                continue
            found = segments_with(tokens, checker.places.get(locator, []))
            if not found:
                outcome.problems.append(checker.not_together("discrepancies", line, f"tokens_{side}", tokens, locator))
            else:
                outcome.together[locator] += 1
            for segment in found:
                outcome.cited[segment.locator, segment.number].append(row[f"tokens_{side}"])


def alias_problems(checker: Checker, row: dict) -> list[Problem]:
    """A form of a name that a note calls printed stands in the report."""
    if not row.get("note", "").startswith("as printed") or any(normal(row["alias"]) in s.text for s in checker.segments):
        return []
    return [checker.folder.problem("evidence", "not-printed", "aliases", checker._line("aliases", row["id"]), "alias",
                                   shown(row["alias"]), "a form that stands in the report", "write it as printed")]


def term_problems(checker: Checker, row: dict) -> list[Problem]:
    """A Japanese term of the glossary stands at one at least of the places that occurs_in names.

    Not at each of them: a place may put the same idea in other words. A term in square brackets is our translation.
    """
    places = [place for place in row.get("occurs_in", "").split() if place in checker.places]
    terms = [fold(part) for part in re.split(r"[;；]", row.get("term_ja", "")) if part.strip()]
    if not places or row["term_ja"].startswith("[") or any(t in checker.folded(p) for t in terms for p in places):
        return []
    return [checker.folder.problem("evidence", "term-not-there", "glossary", checker._line("glossary", row["id"]), "term_ja",
                                   shown(row["term_ja"]), f"a term that stands at {', '.join(places)}",
                                   "write it as printed, put our own translation into [brackets], or correct occurs_in")]


def note_problems(checker: Checker, row: dict) -> list[Problem]:
    """A note of the report as a source: address, names and the places that cite it are as printed."""
    locator = note_locator(row["id"])
    printed = checker.places.get(locator or "", [])
    if row.get("kind") != "report_note" or not printed:
        return []
    line = checker._line("sources", row["id"])
    problems = []
    for column in NOTE_COLUMNS:
        for part in re.split(r"[;；]", row.get(column, "")):
            if part.strip() and fold(part) not in fold(printed[0].text):
                problems.append(checker.folder.problem("evidence", "not-as-printed", "sources", line, column, shown(part),
                                                       f"what {locator} prints: {shown(printed[0].printed, 160)}",
                                                       "write it as printed"))
    for place in row.get("cited_in", "").split():
        if place in checker.places and not any(_bears_mark(s, locator) for s in checker.places[place]):
            problems.append(checker.folder.problem("evidence", "not-cited", "sources", line, "cited_in", shown(place),
                                                   f"the places that carry the number of {locator}", "correct the place"))
    return problems


def _bears_mark(segment, locator):
    number = locator.rpartition("note")[2]
    return locator in segment.notes and bool(re.search(rf"(?<!\d){number}|{number}(?!\d)", segment.text))


def _check_notes(checker, outcome):
    for row in checker.lookup.rows.get("sources", {}).values():
        problems = note_problems(checker, row)
        outcome.problems += problems
        locator = note_locator(row["id"])
        if locator in checker.places and row.get("kind") == "report_note":
            outcome.rows[locator] += 1
            outcome.together[locator] += not any(p.kind == "not-as-printed" for p in problems)
            outcome.cited[locator, 1].append(row.get("url", ""))


def _rhetorical(path, segments):
    if not path:
        return set(), []
    path = Path(path)
    try:
        with open(path, encoding="utf-8-sig", newline="") as handle:
            listed = list(csv.DictReader(handle))
    except (OSError, UnicodeDecodeError) as error:
        raise TableError([Problem("file", "rhetorical", str(path), None, None, f"no list that can be read ({error})",
                                  "a CSV with the columns locator, start, reason", "correct the path")]) from error
    places, problems, spared = by_locator(segments), [], set()
    for line, row in enumerate(listed, 2):
        start = normal(row.get("start") or "")
        hits = [s for s in places.get(row.get("locator") or "", []) if start and s.text.startswith(start)]
        spared |= {(s.locator, s.number) for s in hits}
        if not hits:
            problems.append(Problem("evidence", "rhetorical", path.name, line, "start", shown(row.get("start") or ""),
                                    f"the first letters of a segment of {row.get('locator')}", "correct or delete the row"))
    return spared, problems


def _list_uncited(checker, outcome):
    names = _bodies(checker.lookup)
    for segment in outcome.segments:
        at = (segment.locator, segment.number)
        if segment.kind == "heading":
            continue
        if at not in outcome.cited:
            why = _facts_in(segment.text, names)
            if why and at not in outcome.rhetorical:
                outcome.uncited.append((segment, why))
        else:
            missed = _missed(segment, outcome.cited[at], names)
            if missed:
                outcome.gaps.append((segment, missed))


def _bodies(lookup):
    tables = ("organisations", "people", "programmes", "documents", "event_series", "events", "countries")
    forms = {(form.folded, form.written) for table in tables for own in lookup.forms.get(table, {}).values()
             for form in own if len(form.folded) > 2 and not form.short}
    return sorted(forms, key=lambda pair: -len(pair[0]))


def _facts_in(text, names):
    """The first date, number or named body of a text, in words."""
    found = [f"the date {_date_text(d)}" for d in dates(text)[:1]]
    found += [f"the number {n:g}" for n in sorted(numbers(text))[:1]]
    folded = fold(text)
    found += [f"the name {written}" for folded_name, written in names if folded_name in folded][:1]
    return " and ".join(found)


def _date_text(date):
    return "-".join(f"{part:02}" for part in date if part is not None)


REFERENCE = re.compile(r"第?\d章[\d.]*|図表\d+|付録\d|コラム\d|図\d")  # "see chapter 3" is no fact


def _missed(segment, cited, names):
    """Dates, numbers and names of a cited segment that no token holds; notes' marks and cross-references apart."""
    text = REFERENCE.sub("", segment.text)
    for mark in sorted(segment.note_marks, key=len, reverse=True):
        text = re.sub(rf"(?<=[」。）)\"]){mark}(?=\d{{4}}年|[をのとにがはで、。]|$)", "", text)
    inside = Tokens(text)
    tokens = Tokens(rules.TOKEN_SEPARATOR.join(cited))
    found = [f"date {_date_text(d)}" for d in inside.dates if d not in tokens.dates and any(d)]
    found += [f"number {n:g}" for n in sorted(inside.numbers - tokens.numbers - {1.0}) if str(int(n)) not in segment.note_marks]
    folded, rest = fold(text), tokens.folded
    for name, written in names:
        if name in folded and name not in rest:
            found.append(f"name {written}")
            folded = folded.replace(name, "¦")
    return list(dict.fromkeys(found))
