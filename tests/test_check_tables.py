"""Bad input: each kind of damage gives one clear message with file, line, column, found, expected and how to mend it."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from dataclasses import dataclass

import pytest
import small_tables
from scidip import tables
from scidip.__main__ import main
from scidip.check.problems import ORDER, as_text
from scidip.check.tables import check_folder


@pytest.fixture(autouse=True)
def no_report_text(monkeypatch):
    """The small tables of these tests are not the book's: the report's text has nothing to say about them."""
    monkeypatch.delenv("SCIDIP_REPORT_TEXT", raising=False)


def problems_in(folder):
    return check_folder(folder, small_tables.SCHEMAS)[1]


@pytest.fixture
def folder(tmp_path):
    return small_tables.write(tmp_path / "tables")


def test_the_small_world_is_without_a_mistake(folder):
    assert problems_in(folder) == []


@dataclass
class Damage:
    """One kind of damage: what it does to the file, and what the message has to say."""

    name: str
    file: str
    do: object  # from the file's bytes to damaged bytes, or to None: the file is deleted
    kind: str
    line: int | None
    column: str | None
    found: str
    expected: str
    mend: str


def swap(old, new, count=1):
    def do(raw):
        assert old.encode() in raw, f"{old!r} does not stand in the file"
        return raw.replace(old.encode(), new.encode(), count)

    return do


def after_header(text):
    return lambda raw: raw.replace(b"\n", b"\n" + text.encode() + b"\n", 1)


def recode(codec):
    return lambda raw: raw.decode().encode(codec)


DAMAGE = [
    Damage("a missing file", "people.csv", lambda raw: None, "missing-file", None, None, "no such file", "people.csv",
           "add the file"),
    Damage("an empty file", "people.csv", lambda raw: b"", "empty-file", None, None, "without content", "a header line",
           "write the header line: id,name_en"),
    Damage("Shift_JIS", "people.csv", recode("cp932"), "encoding", 2, None, "Shift_JIS", "UTF-8", "save it again"),
    Damage("UTF-16", "people.csv", recode("utf-16"), "encoding", 1, None, "UTF-16", "UTF-8", "save it again"),
    Damage("Latin letters of Windows", "people.csv",
           lambda raw: raw.decode().replace("アン・ワン", "é").replace("ボブ・ツー", "").encode("cp1252"), "encoding", 2, None,
           "bytes that are not UTF-8", "UTF-8", "save it again"),
    Damage("NUL bytes", "people.csv", swap("Bob", "B\0b"), "nul-bytes", 3, None, "1 NUL bytes", "without NUL", "export"),
    Damage("letters lost earlier", "people.csv", swap("ツー", "\ufffdー"), "lost-letters", 3, None, "U+FFFD", "readable",
           "original"),
    Damage("a semicolon file", "people.csv", lambda raw: raw.replace(b",", b";"), "delimiter", 1, None, "semicolon",
           "comma", "comma-separated"),
    Damage("a tab file", "people.csv", lambda raw: raw.replace(b",", b"\t"), "delimiter", 1, None, "tab", "comma",
           "comma-separated"),
    Damage("an open quotation mark", "people.csv", swap("Ann One", '"Ann One'), "quotes", 2, None, "do not pair",
           "ends before the next comma", "close or double"),
    Damage("a line break in a cell", "people.csv", swap("Ann One", '"Ann\nOne"'), "line-break", 2, "name_en",
           "a line break", "one line", "join the lines"),
    Damage("no header", "people.csv", lambda raw: raw.split(b"\n", 1)[1], "no-header", 1, None, "no header",
           "names of the columns", "put this line first: id,name_en"),
    Damage("a missing column", "people.csv", swap(",name_en", ","), "missing-column", 1, "name_en", "no such column",
           "a column named name_en", "add it"),
    Damage("a misspelt column", "people.csv", swap("name_en", "nam_en"), "unknown-column", 1, "nam_en",
           "a column that the table does not have", "only the columns id, name_en", "rename it to name_en"),
    Damage("a column twice", "people.csv", swap("name_ja", "name_en"), "double-column", 1, "name_en", "2 columns", "one",
           "keep one of them"),
    Damage("too many cells", "people.csv", swap("アン・ワン", "アン,ワン"), "too-many-cells", 2, None, "7 cells", "6 cells",
           "quotes"),
    Damage("too few cells", "people.csv", swap("アン・ワン,,,", "アン・ワン"), "too-few-cells", 2, None, "3 cells", "6 cells",
           "add the missing commas"),
    Damage("a blank line", "people.csv", after_header(""), "blank-line", 2, None, "without content", "one row a line",
           "delete the line"),
    Damage("a stray space", "people.csv", swap("Ann One", "Ann One "), "stray-space", 2, "name_en", "spaces around it",
           "no spaces", "delete them"),
    Damage("a duplicate key", "people.csv", swap("bob-two", "ann-one"), "duplicate-id", 3, "id",
           "'ann-one', which line 2 has already", "a key of its own", "delete the row"),
    Damage("a key with capitals", "people.csv", swap("bob-two", "Bob Two"), "pattern", 3, "id", "'Bob Two'",
           "lower-case letters", "write bob-two"),
    Damage("a required cell empty", "people.csv", swap("Ann One", ""), "required", 2, "name_en", "an empty cell",
           "a value", "fill the cell"),
    Damage("an unknown country", "places.csv", swap("CHE", "CHX"), "country", 3, "country", "'CHX'", "ISO 3166-1",
           "countries.csv"),
    Damage("a country of two letters", "places.csv", swap("JPN", "JP"), "pattern", 2, "country", "'JP'", "alpha-3",
           "write JPN"),
    Damage("a country by name", "places.csv", swap("CHE", "スイス"), "pattern", 3, "country", "'スイス'", "alpha-3",
           "write CHE"),
    Damage("month 13", "events.csv", swap("2018-05-15", "2018-13"), "date", 3, "end", "'2018-13'", "that exists",
           "correct it"),
    Damage("30 February", "events.csv", swap("2018-05-15", "2018-02-30"), "date", 3, "end", "'2018-02-30'", "that exists",
           "correct it"),
    Damage("a date of another country", "events.csv", swap("2018-05-15", "15.5.2018"), "date", 3, "end", "'15.5.2018'",
           "2018-05-14", "write 2018-05-15"),
    Damage("full-width digits", "events.csv", swap("2018-05-15", "２０１８年５月"), "date", 3, "end", "２０１８年５月",
           "2018-05-14", "write 2018-05"),
    Damage("a month in a year column", "country_group_members.csv", swap("1999", "1999-05"), "type", 2, "since",
           "'1999-05'", "a year of four digits", "write 1999"),
    Damage("a word for a number", "events.csv", swap("talks,2,", "talks,second,"), "type", 3, "edition", "'second'",
           "a whole number", "note"),
    Damage("a comma in a number", "indicators.csv", swap("1500", '"1,500"'), "type", 2, "value", "'1,500'",
           "plain digits", "write 1500"),
    Damage("not a number", "indicators.csv", swap("1500", "NaN"), "type", 2, "value", "'NaN'", "a number", "empty it"),
    Damage("yes for true", "tenures.csv", swap("false", "no"), "type", 2, "acting", "'no'", "true or false",
           "write false"),
    Damage("a word not in the list", "events.csv", swap("forum", "forums"), "enum", 2, "kind", "'forums'",
           "one of: conference", "write 'forum'"),
    Damage("a latitude of 135", "places.csv", swap("35.7", "135.7"), "range", 2, "latitude", "'135.7'", "maximum of 90",
           "correct the number"),
    Damage("a dangling key", "events.csv", swap("geneva", "genever"), "dangling-key", 2, "place", "'genever'",
           "a key of places.csv", "write geneva"),
    Damage("a dangling key by table and row", "indicators.csv", swap("events,talks-2018", "events,talks-2019"),
           "dangling-key", 2, "subject", "'talks-2019'", "a key of events.csv", "write talks-201"),
    Damage("an unknown table", "aliases.csv", swap(",organisations", ",organizations"), "unknown-table", 2, "table",
           "'organizations'", "the name of a table", "write organisations"),
    Damage("half a link", "chronology.csv", after_header(
           "x,,World,2001,,X,,,events,,rebuilt,,,,"), "half-a-link", 2, "linked_row", "an empty cell",
           "linked_table has one", "fill it"),
    Damage("a dangling discrepancy", "events.csv", swap("held,,,,,,,", "held,,,,,,date-of-tolks,"), "dangling-key", 2,
           "discrepancies", "'date-of-tolks'", "a key of discrepancies.csv", "write date-of-talks"),
    Damage("evidence for a column that is none", "evidence.csv", swap(",id,", ",strat,"), "unknown-field", 2, "fields",
           "'strat'", "a column of", "correct the name"),
    Damage("evidence for no row", "evidence.csv", swap("people,ann-one", "people,ann-once"), "dangling-key", None, "row",
           "'ann-once'", "a key of people.csv", "write ann-one"),
    Damage("a place that the report does not have", "discrepancies.csv", swap("1.2", "9.9"), "locator", 2, "locator_b",
           "'9.9'", "a place in the report", "correct the place"),
    Damage("the end before the start", "events.csv", swap("2018-05-15", "2018-04"), "date-order", 3, "end",
           "'2018-04' after start '2018-05-14'", "on or after start", "swap"),
    Damage("a part outside the whole", "events.csv", swap("side event,2018-05-14", "side event,2018-06"),
           "outside-the-whole", 4, "start", "'2018-06'", "within the event", "correct the date or part_of"),
    Damage("an event before its series", "events.csv", swap("forum,2017,", "forum,2016,"), "before-the-series", 2, "start",
           "'2016'", "after the first edition", "first_held"),
    Damage("editions out of order", "events.csv", swap("talks,1,", "talks,3,"), "number-order", 2, "edition", "number 3",
           "grow with time", "correct the number"),
    Damage("a number given twice", "tenures.csv", swap(",2,false", ",1,false"), "number-twice", 3, "ordinal", "number 1",
           "a number once", "correct one"),
    Damage("two holders at a time", "tenures.csv", swap("2005-03", "2007"), "tenures-overlap", 3, "start", "'2005-04'",
           "one regular holder", "acting"),
    Damage("a tenure before the post", "tenures.csv", swap("adviser,2001,", "adviser,1990,"), "before-the-post", 2,
           "start", "'1990'", "a date after that", "established"),
    Damage("a town in another country", "events.csv", swap("geneva,CHE", "geneva,GBR"), "country-differs", 2, "country",
           "'GBR'", "the same country", "correct the country"),
    Damage("nobody took part", "participations.csv", swap("talks-2018,ann-one,,JPN", "talks-2018,,,"), "nobody", 2,
           "person", "nobody named", "at least one of", "fill one"),
    Damage("a body that is its own parent", "organisations.csv", swap(",parent-body,", ",child-body,"), "circle", 3,
           "parent", "child-body > child-body", "that ends", "correct one"),
    Damage("the same fact twice", "participations.csv", after_header("again,talks-2018,ann-one,,JPN,spoke,,,,,,"),
           "told-twice", 3, None, "the fact of line 2", "each fact in one row", "join"),
    Damage("a fact without a source", "people.csv", after_header("eve-six,Eve Six,,,,"), "no-evidence", 2, "id",
           "'eve-six'", "a row in evidence.csv", "add the row"),
    Damage("evidence of the report without tokens", "evidence.csv", swap("id,page-1,,", "id,crds-2025,1.1,"), "no-tokens",
           2, "tokens", "an empty cell", "joined by ' + '", "add them"),
    Damage("no statement of coverage", "coverage.csv", swap("places,complete,itself,All.\n", ""), "no-coverage", None,
           "id", "no row for places", "for each table", "add a row with the id places"),
]  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGE, ids=lambda damage: damage.name)
def test_damage_is_told_clearly(folder, damage, capsys, monkeypatch):
    path = folder / damage.file
    damaged = damage.do(path.read_bytes())
    path.unlink() if damaged is None else path.write_bytes(damaged)

    checked = check_folder(folder, small_tables.SCHEMAS)
    problems = checked[1]
    monkeypatch.setattr("scidip.check.tables.check_folder", lambda *_: checked)  # once is enough for both questions
    assert main(["check", str(folder)]) == 1
    printed = capsys.readouterr()
    assert "Traceback" not in printed.out + printed.err
    told = [p for p in problems if p.kind == damage.kind and p.file == damage.file]
    assert told, f"not told; instead:\n{as_text(problems)}"
    assert len(problems) <= 6, f"one mistake, told again and again:\n{as_text(problems)}"
    problem = told[0]
    assert str(problem) in printed.out
    assert damage.line in (None, problem.line) and (problem.column == damage.column or damage.kind == "unknown-field")
    for part, text in (("found", damage.found), ("expected", damage.expected), ("mend", damage.mend)):
        assert text in getattr(problem, part), f"{part}: {getattr(problem, part)}"


def test_there_are_more_than_25_kinds_of_damage():
    assert len({(d.kind, d.name) for d in DAMAGE}) >= 25 and len({d.kind for d in DAMAGE}) >= 25


def test_a_byte_order_mark_and_windows_line_ends_are_accepted(folder):
    path = folder / "people.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert problems_in(folder) == []
    assert tables.load("people", folder)["id"].tolist() == ["ann-one", "bob-two"]


def test_all_mistakes_come_at_once_and_worst_first(folder, capsys):
    (folder / "people.csv").unlink()
    (folder / "posts.csv").write_bytes((folder / "posts.csv").read_bytes().replace(b",", b";"))
    events = folder / "events.csv"
    events.write_text(events.read_text("utf-8").replace("2018-05-15", "2018-13").replace("forum", "party")
                      .replace("geneva,CHE", "geneva,GBR"), "utf-8")
    found = problems_in(folder)
    levels = [ORDER.index(p.level) for p in found]
    assert levels == sorted(levels)
    assert {"missing-file", "delimiter", "date", "enum", "country-differs"} <= {p.kind for p in found}
    assert main(["check", str(folder)]) == 1
    printed = capsys.readouterr().out.splitlines()
    assert "people.csv" in printed[0] and "posts.csv" in printed[1]


def test_a_day_column_takes_no_month(folder):
    """A folder's own description may ask for days; frictionless alone would take 2018-05 for one."""
    descriptor = tables.package()
    for resource in descriptor["resources"]:
        for field in resource["schema"]["fields"]:
            if (resource["name"], field["name"]) == ("holes", "looked_on"):
                field["type"] = "date"
                field.pop("constraints", None)
    (folder / "datapackage.json").write_text(json.dumps(descriptor), "utf-8")
    assert problems_in(folder) == []
    holes = folder / "holes.csv"
    holes.write_text(holes.read_text("utf-8").replace("2025-02-03", "2018-05"), "utf-8")
    (problem,) = problems_in(folder)
    assert (problem.file, problem.line, problem.column) == ("holes.csv", 2, "looked_on")
    assert "'2018-05'" in problem.found and "YYYY-MM-DD" in problem.expected


def test_a_description_may_name_fewer_tables(folder):
    descriptor = tables.package()
    keep = ("countries", "places")
    descriptor["resources"] = [r for r in descriptor["resources"] if r["name"] in keep]
    (folder / "datapackage.json").write_text(json.dumps(descriptor), "utf-8")
    for path in list(folder.glob("*.csv")):
        if path.stem not in keep:
            path.unlink()
    assert problems_in(folder) == []


@pytest.mark.parametrize("text", ["{", "[]", '{"resources": [{"name": "events"}]}', '{"resources": 3}', "\xff\xfe"])
def test_a_broken_description_is_told(folder, text):
    (folder / "datapackage.json").write_bytes(text.encode("latin-1"))
    assert [p.kind for p in problems_in(folder)] == ["datapackage"]


def test_a_folder_that_is_not_there(tmp_path, capsys):
    assert main(["check", str(tmp_path / "nowhere")]) == 1
    assert "no such folder" in capsys.readouterr().out


def test_wrong_use_ends_with_2_and_a_hint():
    done = subprocess.run([sys.executable, "-m", "scidip", "chekc"], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and "usage" in done.stderr and "Traceback" not in done.stderr


def test_one_slip_in_a_whole_column_does_not_bury_the_rest(tmp_path):
    world = small_tables.rows()
    world["glossary"] = [{"id": f"term-{n}", "term_en": "term", "term_ja": "", "definition_en": "x"} for n in range(300)]
    folder = small_tables.write(tmp_path, world)
    text = as_text(problems_in(folder))
    assert len(text.splitlines()) == 21 and "280 more like these (lines 22 to 301)" in text
    assert len(as_text(problems_in(folder), limit=None).splitlines()) == 300


def test_garbage_never_ends_in_a_traceback(folder):
    """Bytes knocked out or put in at random places of random files."""
    chance = random.Random(20250214)
    files = sorted(folder.glob("*.csv"))
    for _ in range(40):
        path = chance.choice(files)
        whole = path.read_bytes()
        raw = bytearray(whole)
        for _ in range(chance.randint(1, 30)):
            at = chance.randrange(len(raw))
            raw[at : at + chance.randint(0, 3)] = bytes(chance.choices([*range(256), 34, 44, 10, 13, 0], k=chance.randint(0, 4)))
        path.write_bytes(raw)
        as_text(problems_in(folder)).encode()
        path.write_bytes(whole)


def test_a_hundred_thousand_rows_fit_into_500_megabytes(tmp_path):
    world = small_tables.rows()
    world["events"] += [{"id": f"e-{n}", "name_en": f"Event {n}", "kind": "forum", "start": f"20{n % 25:02}-05",
                         "place": "tokyo", "country": "JPN", "status": "held"} for n in range(50_000)]
    world["evidence"] += [{"id": f"events-e-{n}-1", "table": "events", "row": f"e-{n}", "fields": "start",
                           "source": "page-1"} for n in range(50_000)]
    folder = small_tables.write(tmp_path, world)
    script = (
        "import resource, sys\nfrom scidip.__main__ import main\ncode = main(sys.argv[1:])\n"
        "print(code, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
    )
    done = subprocess.run([sys.executable, "-c", script, "check", str(folder)], capture_output=True, text=True, check=True)
    code, megabytes = done.stdout.split()[-2:]
    assert (code, done.stderr) == ("0", "")
    assert int(megabytes) < 500, f"{megabytes} MB"
