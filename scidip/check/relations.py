"""Cells and rows that do not fit together, facts without a source, tables without a statement of coverage."""

from __future__ import annotations

import pandas

from ..dates import date_span, is_date
from . import rules
from .problems import Problem, shown
from .tables import Folder, _closest

# Each check with the tables that it looks at (None: it looks for itself), so that one table can be asked about alone.
def _relations():
    return (
        (_date_order, None),
        (_country_agrees, None),
        (_country_agrees_alone, None),
        (_eras, ("chronology", "eras", "evidence")),
        (_who, None),
        (_told_twice, None),
        (_ties, None),
        (_circles, None),
        (_parts, ("events",)),
        (_series, ("events", "event_series")),
        (_tenures, ("tenures",)),
        (_ordinals, ("tenures",)),
        (_places_in_framework, ("concepts",)),
        (_post_began, ("tenures", "posts")),
        (_names_of_columns, ("evidence", "discrepancy_rows")),
        (_fields_of_tables, ("holes",)),
        (_locators, ("evidence", "discrepancies", "sources", "glossary")),
    )


def check_relations(folder: Folder, only: str | None = None) -> list[Problem]:
    """Cells and rows that do not fit together: order of dates, places and countries, tenures, series, circles.

    `only` asks for what a change in that table may bring about.
    """
    problems = []
    for check, tables in _relations():
        if only is None or tables is None or only in tables:
            problems += check(folder, only)
    return problems


def _has(folder, table, *columns):
    return table in folder.frames and set(columns) <= set(folder.frames[table])


def before(first: str, second: str) -> bool:
    """True where `first` is certain to lie before `second`, whatever the unknown months and days are."""
    return bool(first and second and is_date(first) and is_date(second) and date_span(first)[1] < date_span(second)[0])


def _date_order(folder, only):
    for table, frame in folder.frames.items():
        if only not in (None, table):
            continue
        for start, end in rules.DATE_PAIRS:
            if not {start, end} <= set(frame):
                continue
            both = frame[(frame[start] != "") & (frame[end] != "")]
            for line, first, last in zip(both.index, both[start], both[end]):
                if before(last, first):
                    yield folder.problem("relation", "date-order", table, line, end, f"{shown(last)} after {start} "
                                         f"{shown(first)}", f"{end} on or after {start}", "swap or correct the two dates")


def _country_agrees(folder, only):
    for table, column, target in rules.SAME_COUNTRY:
        if only in (None, table, target) and _has(folder, table, column, "country"):
            frame = folder.frames[table]
            if table == "organisations" and "kind" in frame:
                frame = frame[~frame["kind"].isin(rules.SEAT_ABROAD)]
            yield from _other_country(folder, table, frame, column, _homes(folder, target), "lies in")


def _country_agrees_alone(folder, only):
    homes = _homes(folder, "organisations")
    for table, column, person in rules.SAME_COUNTRY_ALONE:
        if only in (None, table, "organisations") and _has(folder, table, column, "country",
                                                           *([person] if person else [])):
            frame = folder.frames[table]
            alone = frame[frame[person] == ""] if person else frame
            yield from _other_country(folder, table, alone, column, homes, "is of")


def _homes(folder, table):
    """Key -> country of the rows of a table; empty where it has no such columns."""
    if not _has(folder, table, "id", "country"):
        return {}
    return dict(zip(folder.frames[table]["id"], folder.frames[table]["country"]))


def _other_country(folder, table, frame, column, homes, lies):
    """A problem for each row of `frame` whose country is filled and is not that of the row its `column` points to."""
    for line, key, country in zip(frame.index, frame[column], frame["country"]):
        other = homes.get(key)
        if country and other and country != other:
            yield folder.problem("relation", "country-differs", table, line, "country",
                                 f"{shown(country)}, while {column} {shown(key)} {lies} {other}",
                                 "the same country", "correct the country or the key")


def _eras(folder, only):
    """An entry of the chronology lies in its era, unless the report itself puts it there (its evidence lists era)."""
    if not (_has(folder, "chronology", "id", "era", "start") and _has(folder, "eras", "id", "start", "end")):
        return
    spans = {key: (start, end) for key, start, end in folder.frames["eras"][["id", "start", "end"]].values}
    printed = set()
    if _has(folder, "evidence", "table", "row", "fields"):
        evidence = folder.frames["evidence"]
        mine = evidence[evidence["table"] == "chronology"]
        printed = {row for row, fields in zip(mine["row"], mine["fields"]) if "era" in fields.split()}
    frame = folder.frames["chronology"]
    for line, key, era, start in zip(frame.index, frame["id"], frame["era"], frame["start"]):
        first, last = spans.get(era, ("", ""))
        elsewhere = [other for other, (begin, end) in spans.items() if other != era and begin and start
                     and not before(start, begin) and not before(end, start)]
        if key not in printed and elsewhere and (before(start, first) or before(last, start)):
            yield folder.problem("relation", "outside-the-era", "chronology", line, "era",
                                 f"{shown(era)} ({first} to {last or 'now'}) for {shown(start)}", elsewhere[0],
                                 "correct the era or the date, or cite the place that prints this era")


def _who(folder, only):
    for table, columns in rules.WHO.items():
        if only in (None, table) and _has(folder, table, *columns):
            frame = folder.frames[table]
            for line in frame.index[(frame[list(columns)] == "").all(axis=1)]:
                yield folder.problem("relation", "nobody", table, line, columns[0], "nobody named in the row",
                                     f"at least one of {', '.join(columns)}", "fill one of them")


def _told_twice(folder, only):
    for table, columns in rules.FACTS.items():
        if only not in (None, table) or not _has(folder, table, *columns):
            continue
        frame = folder.frames[table]
        doubled = frame[frame.duplicated(list(columns), keep=False)]
        for _, group in doubled.groupby(list(columns), sort=False):
            for line in group.index[1:]:
                yield folder.problem("relation", "told-twice", table, line, None,
                                     f"the fact of line {group.index[0]} once more", "each fact in one row",
                                     "join the two rows")


def _ties(folder, only):
    for table, one, other in rules.TIES:
        if only in (None, table) and _has(folder, table, one, other):
            frame = folder.frames[table]
            for line in frame.index[(frame[one] != "") & (frame[one] == frame[other])]:
                yield folder.problem("relation", "tied-to-itself", table, line, other, shown(frame[other][line]),
                                     f"another key than in {one}", "correct one of the two")


def _circles(folder, only):
    for table, column in rules.TREES:
        if only not in (None, table) or not _has(folder, table, "id", column):
            continue
        frame = folder.frames[table]
        above = dict(zip(frame["id"], frame[column]))
        lines = dict(zip(frame["id"], frame.index))
        safe = set()
        for key in above:
            path = []
            while key and key in above and key not in safe and key not in path:
                path.append(key)
                key = above[key]
            if key in path:
                ring = path[path.index(key):]
                yield folder.problem("relation", "circle", table, lines[ring[0]], column,
                                     " > ".join([*ring, ring[0]]), "a line of rows that ends",
                                     "correct one of these keys")
            safe.update(path)


def _parts(folder, only):
    if not _has(folder, "events", "id", "part_of", "start", "end"):
        return
    frame = folder.frames["events"]
    spans = dict(zip(frame["id"], zip(frame["start"], frame["end"])))
    for line, whole, start, end in zip(frame.index, frame["part_of"], frame["start"], frame["end"]):
        if whole not in spans:
            continue
        first, last = spans[whole]
        for column, date in (("start", start), ("end", end)):
            if before(date, first) or before(last or first, date):
                yield folder.problem("relation", "outside-the-whole", "events", line, column,
                                     f"{shown(date)}, while {whole} runs from {first} to {last or first}",
                                     "a day within the event that it is part of", "correct the date or part_of")


def _series(folder, only):
    if not _has(folder, "events", "id", "series", "edition", "start"):
        return
    frame = folder.frames["events"]
    if _has(folder, "event_series", "id", "first_held"):
        begun = dict(zip(folder.frames["event_series"]["id"], folder.frames["event_series"]["first_held"]))
        for line, series, start in zip(frame.index, frame["series"], frame["start"]):
            if before(start, begun.get(series, "")):
                yield folder.problem("relation", "before-the-series", "events", line, "start",
                                     f"{shown(start)}, while {series} was first held in {begun[series]}",
                                     "a date after the first edition", "correct the date, the series or first_held")
    numbered = _counted(frame[frame["series"] != ""], "edition")
    yield from _in_order(folder, "events", numbered, "series", "edition")


def numbered_tenures(folder: Folder, post: str) -> list[int]:
    """Ordinal numbers of the tenures of a post."""
    if not _has(folder, "tenures", "post", "ordinal"):
        return []
    frame = folder.frames["tenures"]
    return sorted(int(n) for n in _counted(frame[frame["post"] == post], "ordinal")["ordinal"])


def _ordinals(folder, only):
    """First, second ... holder: once each, growing with time, and where three are numbered without a gap."""
    if not _has(folder, "tenures", "post", "ordinal", "start"):
        return
    frame = folder.frames["tenures"]
    numbered = _counted(frame[frame["post"] != ""], "ordinal")
    yield from _in_order(folder, "tenures", numbered, "post", "ordinal")
    for post, group in numbered.groupby("post", sort=False):
        rows = sorted((int(n), line) for line, n in group["ordinal"].items())
        for (number, _), (later, line) in zip(rows, rows[1:]):
            if len(rows) > 2 and later > number + 1:
                yield folder.problem("relation", "number-gap", "tenures", line, "ordinal",
                                     f"number {later} of {post} after number {number}", f"number {number + 1}",
                                     "correct the number, or add the holder between them")


def _counted(frame, column):
    """Rows whose cell is a plain whole number (what is none has been told already)."""
    return frame[pandas.Series([c.isascii() and c.isdigit() for c in frame[column]], index=frame.index, dtype=bool)]


def _in_order(folder, table, numbered, group_column, number_column):
    """Numbers within a group are given once and grow with the start."""
    for name, group in numbered.groupby(group_column, sort=False):
        rows = sorted((int(n), line) for line, n in group[number_column].items())
        for (number, line), (later, other) in zip(rows, rows[1:]):
            if number == later:
                yield folder.problem("relation", "number-twice", table, other, number_column,
                                     f"number {later} of {name}, which line {line} has already", "a number once",
                                     "correct one of the two")
            elif before(group["start"][other], group["start"][line]):
                yield folder.problem("relation", "number-order", table, other, number_column,
                                     f"number {later} of {name} before number {number} in time (line {line})",
                                     "numbers that grow with time", "correct the number or the date")


def _places_in_framework(folder, only):
    """The parts of a framework are numbered 1, 2, 3 ... without a gap, or not at all."""
    if not _has(folder, "concepts", "framework", "ordinal"):
        return
    frame = folder.frames["concepts"]
    numbered = _counted(frame, "ordinal")
    for name, group in numbered.groupby("framework", sort=False):
        rows = sorted((int(n), line) for line, n in group["ordinal"].items())
        for expected, (number, line) in enumerate(rows, 1):
            if number != expected:
                yield folder.problem("relation", "number-gap", "concepts", line, "ordinal", f"number {number} of {name}",
                                     f"number {expected}", "number the parts of a framework 1, 2, 3 ... once each")
                break


def _tenures(folder, only):
    if not _has(folder, "tenures", "post", "start", "end", "acting", "person"):
        return
    frame = folder.frames["tenures"]
    regular = frame[(frame["acting"].str.lower() == "false") & (frame["start"] != "")]
    for post, group in regular.groupby("post", sort=False):
        rows = sorted(zip(group["start"], group["end"], group["person"], group.index))
        for (start, end, person, line), (later, until, other, at) in zip(rows, rows[1:]):
            if person != other and before(later, end) and not before(until, start):
                yield folder.problem("relation", "tenures-overlap", "tenures", at, "start",
                                     f"{shown(later)}, while {person} held {post} until {end} (line {line})",
                                     "one regular holder at a time", "correct a date, or set acting to true")


def _post_began(folder, only):
    if not (_has(folder, "tenures", "post", "start") and _has(folder, "posts", "id", "established", "established_qualifier")):
        return
    posts = folder.frames["posts"]
    exact = posts[posts["established_qualifier"] != "by"]
    began = dict(zip(exact["id"], exact["established"]))
    frame = folder.frames["tenures"]
    for line, post, start in zip(frame.index, frame["post"], frame["start"]):
        if before(start, began.get(post, "")):
            yield folder.problem("relation", "before-the-post", "tenures", line, "start",
                                 f"{shown(start)}, while {post} was established in {began[post]}",
                                 "a date after that", "correct the date, or established in posts.csv")


def _names_of_columns(folder, only):
    """evidence.fields and discrepancy_rows.field name columns of the table they speak of."""
    for table, column in (("evidence", "fields"), ("discrepancy_rows", "field")):
        if not _has(folder, table, "table", column):
            continue
        frame = folder.frames[table]
        words = frame[["table", column]].assign(word=frame[column].str.split()).explode("word").dropna()
        known = {(t, c) for t in folder.schemas for c in folder.columns(t)}
        for line, target, word in zip(words.index, words["table"], words["word"]):
            if target in folder.schemas and (target, word) not in known:
                near = _closest(word, folder.columns(target))
                yield folder.problem("key", "unknown-field", table, line, column, shown(word),
                                     f"a column of {target}.csv", f"write {near}" if near else "correct the name")


def _fields_of_tables(folder, only):
    """holes.tables names tables."""
    if _has(folder, "holes", "tables"):
        for line, cell in folder.frames["holes"]["tables"].items():
            for word in cell.split():
                if word not in folder.schemas:
                    near = _closest(word, folder.schemas)
                    yield folder.problem("key", "unknown-table", "holes", line, "tables", shown(word),
                                         "the name of a table", f"write {near}" if near else "correct the name")


def _locators(folder, only):
    """Places in the report are named in one way."""
    places = [("evidence", "source", "locator"), ("discrepancies", "source_a", "locator_a"),
              ("discrepancies", "source_b", "locator_b")]
    for table, source, column in places:
        if _has(folder, table, source, column):
            frame = folder.frames[table]
            of_report = frame[column][frame[source] == rules.REPORT]
            yield from _bad_locators(folder, table, column, of_report)
    for table, column in (("sources", "cited_in"), ("glossary", "occurs_in")):
        if _has(folder, table, column):
            yield from _bad_locators(folder, table, column, folder.frames[table][column].str.split().explode().dropna())


def _bad_locators(folder, table, column, cells):
    for line, cell in cells.items():
        if rules.LOCATOR.fullmatch(cell):
            continue
        yield folder.problem("key", "locator", table, line, column, shown(cell), "a place in the report: "
                             f"{rules.LOCATOR_IN_WORDS}", "correct the place")


def check_sourced(folder: Folder) -> list[Problem]:
    """Every fact has evidence, evidence from the report has tokens, every table has a statement of coverage."""
    return [*_without_evidence(folder), *_without_tokens(folder), *_without_coverage(folder)]


def _without_evidence(folder):
    if not _has(folder, "evidence", "table", "row"):
        return
    cited = pandas.MultiIndex.from_frame(folder.frames["evidence"][["table", "row"]])
    for table, frame in folder.frames.items():
        if table in rules.NO_EVIDENCE or "id" not in frame:
            continue
        mine = set(cited[cited.get_level_values(0) == table].get_level_values(1))
        bare = frame["id"][~frame["id"].isin(mine)]
        for line, key in bare.items():
            yield folder.problem("evidence", "no-evidence", table, line, "id", f"{shown(key)} without a source",
                                 "a row in evidence.csv that names its source", "add the row to evidence.csv")


def _without_tokens(folder):
    if _has(folder, "evidence", "source", "tokens", "locator"):
        frame = folder.frames["evidence"]
        mine = frame["source"] == rules.REPORT
        for line in frame.index[mine & (frame["tokens"] == "")]:
            yield folder.problem("evidence", "no-tokens", "evidence", line, "tokens", "an empty cell",
                                 "the names, dates and numbers that stand there, joined by ' + '", "add them")


def _without_coverage(folder):
    if not folder.readable("coverage"):
        return
    stated = folder.keys("coverage")
    for table in folder.schemas:
        if table not in stated:
            yield folder.problem("coverage", "no-coverage", "coverage", None, "id", f"no row for {table}",
                                 "a statement of coverage for each table", f"add a row with the id {table}")
    frame = folder.frames["coverage"]
    for line, key in frame["id"][~frame["id"].isin(folder.schemas)].items():
        yield folder.problem("key", "unknown-table", "coverage", line, "id", shown(key), "the name of a table",
                             "correct the name")
