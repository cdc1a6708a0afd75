"""Bad input and relations: everything that can be said about a folder of tables without looking at a source."""

from __future__ import annotations

import difflib
import json
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path

import pandas

from ..dates import EXPECTED as EXPECTED_DATE
from ..dates import date_span, is_date, likely_date
from . import rules
from .files import RawTable, read_table
from .problems import Problem, shown, worst_first

DATE_PATTERN = r"^\d{4}(-\d{2}(-\d{2})?)?$"
COUNTRY_PATTERN = "^[A-Z]{3}$"
KEY_PATTERN = "^[a-z0-9]+(-[a-z0-9]+)*$"
EXPECTED_TYPE = {
    "integer": "a whole number in plain digits",
    "number": "a number in plain digits with a point for decimals",
    "boolean": "true or false",
    "year": "a year of four digits",
    "date": "a day written YYYY-MM-DD",
}
EXPECTED_PATTERN = {
    DATE_PATTERN: EXPECTED_DATE,
    COUNTRY_PATTERN: "an ISO 3166-1 alpha-3 country code in capitals, such as JPN",
    KEY_PATTERN: "lower-case letters and digits joined by single hyphens",
    "^[a-z]{2}$": "an ISO 639-1 language code, such as ja",
    r"^Q\d+$": "a Wikidata identifier, such as Q42",
    "^[a-z0-9_]+$": "lower-case letters, digits and underscores",
}
NUMBER = re.compile(r"[-+]?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?", re.ASCII)
MOST_GUESSES = 20  # how often a closest valid key is looked for in one column
MANY_KEYS = 20_000  # with more keys than this looking for the closest one would take too long


@dataclass
class Folder:
    """Tables of one folder as text.

    `frames` maps the name of each readable table to a frame of strings (empty cells are ""), whose index is the line
    of the file; `schemas` maps each table to its Table Schema; `problems` are those of files, headers and cells.
    """

    path: Path
    schemas: dict[str, dict]
    raw: dict[str, RawTable] = field(default_factory=dict)
    frames: dict[str, pandas.DataFrame] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def fields(self, table: str) -> list[dict]:
        """Field descriptors of a table."""
        return self.schemas[table]["fields"]

    def columns(self, table: str) -> list[str]:
        """Names of the columns that a table should have."""
        return [f["name"] for f in self.fields(table)]

    def keys(self, table: str) -> frozenset[str]:
        """Keys (column id) of a table; empty where the table cannot be read."""
        frame = self.frames.get(table)
        return frozenset(frame["id"]) if frame is not None and "id" in frame else frozenset()

    def readable(self, table: str) -> bool:
        """Is there a column of keys to look in?"""
        return table in self.frames and "id" in self.frames[table]

    def foreign_keys(self, table: str) -> dict[str, str]:
        """Column -> table that it points to."""
        return foreign_keys(self.schemas[table], table)

    def problem(self, level, kind, table, line, column, found, expected, mend) -> Problem:
        """A problem of one row."""
        name = self.raw[table].file if table in self.raw else f"{table}.csv"
        return Problem(level, kind, name, None if line is None else int(line), column, found, expected, mend)


def foreign_keys(schema: dict, table: str) -> dict[str, str]:
    """Column -> table that it points to (an empty resource name means the table itself)."""
    found = {}
    for key in schema.get("foreignKeys", []):
        column = key["fields"] if isinstance(key["fields"], str) else key["fields"][0]
        found[column] = key["reference"]["resource"] or table
    return found


def date_columns(schema: dict) -> list[str]:
    """Columns that hold dates of mixed precision."""
    return [f["name"] for f in schema["fields"] if f.get("constraints", {}).get("pattern") == DATE_PATTERN]


def schemas_of(descriptor: dict) -> dict[str, dict]:
    """Table Schema of each resource of a data package."""
    return {resource["name"]: resource["schema"] for resource in descriptor["resources"]}


def open_folder(path: Path, own: dict[str, dict], names: list[str] | None = None) -> Folder:
    """Read the tables of a folder.

    `own` are the schemas of the book's data. A datapackage.json in the folder may name fewer tables (then only these
    are expected) or a stricter type for a column; without one all tables are expected. `names` reads only these.
    """
    path = Path(path)
    folder = Folder(path, own)
    if not path.is_dir():
        what = "a file, not a folder" if path.exists() else "no such folder"
        folder.problems.append(Problem("file", "no-folder", str(path), None, None, what, "a folder of CSV tables",
                                       "give the folder that holds datapackage.json and the CSV files"))
        return folder
    folder.schemas = _schemas(folder, own)
    for name in names or list(folder.schemas):
        if name in folder.schemas:
            raw = read_table(name, path / f"{name}.csv", folder.columns(name))
            folder.raw[name] = raw
            folder.problems += raw.problems
            if raw.usable:
                frame = pandas.DataFrame(raw.rows, columns=raw.columns, index=raw.lines, dtype=object)
                folder.frames[name] = frame
    return folder


def _schemas(folder, own):
    path = folder.path / "datapackage.json"
    if not path.exists():
        return own

    def broken(line, found, mend):
        folder.problems.append(Problem("file", "datapackage", path.name, line, None, found,
                                       "a Data Package that names tables of this layout", mend))
        return own

    try:
        descriptor = json.loads(path.read_text(encoding="utf-8-sig"))
        named = {r["name"]: {f["name"]: f for f in r["schema"]["fields"]} for r in descriptor["resources"]}
    except json.JSONDecodeError as error:
        return broken(error.lineno, f"JSON that cannot be read ({error.msg})", "mend the JSON in or before this line")
    except (UnicodeDecodeError, OSError):
        return broken(None, "a file that is not UTF-8 text", "save it as UTF-8")
    except (KeyError, TypeError, AttributeError):
        return broken(None, "resources without name, schema or fields",
                      "copy the description of the tables from the book's own datapackage.json")
    for name in [n for n in named if n not in own]:
        near = difflib.get_close_matches(name, own, 1, 0.6)
        broken(None, f"the unknown table {shown(name)}", f"rename it to {near[0]}" if near else "take it out")
    return {name: _stricter(own[name], named[name]) for name in own if name in named}


def _stricter(schema, fields):
    """The book's schema, with the type of the folder's own description where that is stricter than text."""
    merged = []
    for item in schema["fields"]:
        theirs = fields.get(item["name"], {}).get("type")
        strict = item["type"] == "string" and theirs in EXPECTED_TYPE
        merged.append({**item, "type": theirs} if strict else item)
    return {**schema, "fields": merged}


def check_cells(folder: Folder, names: list[str] | None = None) -> list[Problem]:
    """Types, constraints, dates, duplicate and dangling keys of the tables `names` (all where None)."""
    problems = []
    for name in names or list(folder.frames):
        if name in folder.frames:
            problems += _types(folder, name)
            problems += _dates(folder, name)
            problems += _duplicate_keys(folder, name)
            problems += _dangling_keys(folder, name)
            problems += _dangling_lists(folder, name)
    problems += _polymorphic(folder, names)
    return problems


# Types and constraints are frictionless' work, cell by cell and each distinct cell once: its whole validation takes 6 s
# for 100,000 rows (most of it foreign keys, which pandas does at once) and counts rows where we want lines.
def _types(folder, table):
    frame = folder.frames[table]
    for item in folder.fields(table):
        if item["name"] not in frame:
            continue
        read = _reader(item)
        cells = frame[item["name"]]
        wrong = {cell: notes for cell in cells.unique() if (notes := read(cell))}
        for line, cell in cells[cells.isin(wrong)].items():
            for constraint in wrong[cell]:
                yield _cell_problem(folder, table, line, cell, constraint, item)


def _reader(item):
    """A function from a cell to the names of what it breaks: "type", "required", "enum", "pattern" ..."""
    from frictionless import fields

    constraints = {k: v for k, v in item.get("constraints", {}).items() if k != "unique"}
    if constraints.get("pattern") == DATE_PATTERN:
        constraints.pop("pattern")  # `_dates` tells more: whether the day exists
    kind = "string" if item["type"] == "date" else item["type"]  # frictionless takes 2018-05 for a date
    known = getattr(fields, f"{kind.capitalize()}Field")(name=item["name"], constraints=constraints)
    known.missing_values = [""]
    read = known.create_cell_reader()

    def broken(cell):
        if kind in ("integer", "number", "year") and cell and not NUMBER.fullmatch(cell):
            return ["type"]  # frictionless takes NaN, INF and full-width digits for numbers
        return list(read(cell)[1] or ())

    return broken


def _cell_problem(folder, table, line, cell, constraint, item):
    def make(kind, expected, mend):
        return folder.problem("value", kind, table, line, item["name"], shown(cell), expected, mend)

    limits = item.get("constraints", {})
    if constraint == "type":
        return make("type", EXPECTED_TYPE.get(item["type"], item["type"]), _type_mend(cell, item["type"]))
    if constraint == "required":
        return make("required", "a value", "fill the cell, or take the row out while the value is unknown")
    if constraint == "enum":
        allowed = limits["enum"]
        near = _closest(cell, allowed, 0.5)
        return make("enum", f"one of: {', '.join(allowed)}", f"write {shown(near)}" if near else "choose one of them")
    if constraint == "pattern":
        pattern = limits["pattern"]
        return make("pattern", EXPECTED_PATTERN.get(pattern, f"text of the form {pattern}"),
                    _pattern_mend(folder, cell, pattern))
    if constraint in ("minimum", "maximum"):
        return make("range", f"a {constraint} of {limits[constraint]}", "correct the number")
    return make(constraint, f"{constraint} {limits.get(constraint)}", "correct the cell")


def _type_mend(cell, kind):
    plain = unicodedata.normalize("NFKC", cell).replace(",", "").replace(" ", "")
    if kind in ("integer", "number", "year") and plain != cell and re.fullmatch(r"-?\d+(\.\d+)?", plain):
        return f"write {plain}"
    if kind == "boolean":
        word = cell.strip().lower()
        return "write true" if word in ("yes", "y", "t") else "write false" if word in ("no", "n", "f") else \
            "write true or false"
    if kind == "year" and is_date(cell):
        return f"write {cell[:4]}; month and day have no place in this column"
    return "correct the cell, or empty it and tell the rest in note"


def _pattern_mend(folder, cell, pattern):
    if pattern == COUNTRY_PATTERN:
        return _country_mend(folder, cell)
    if pattern == KEY_PATTERN:
        key = re.sub(r"[^a-z0-9]+", "-", cell.lower()).strip("-")
        return f"write {key}" if key else "write a key in ASCII letters"
    return "correct the cell"


def _country_mend(folder, cell):
    frame = folder.frames.get("countries")
    if frame is not None and {"id", "name_en"} <= set(frame):
        names = {name: key for key, name in zip(frame["id"], frame["name_en"])}
        names |= {name: key for key, name in zip(frame["id"], frame.get("name_ja", frame["name_en"])) if name}
        if cell in names:
            return f"write {names[cell]}"
        starts = [key for key in frame["id"] if key == cell.upper() or (len(cell) == 2 and key.startswith(cell.upper()))]
        if len(starts) == 1:
            return f"write {starts[0]}"
        near = _closest(cell, list(names), 0.75)
        if near:
            return f"write {names[near]} ({near})"
    return "take the code from countries.csv, or add the country there"


def _closest(cell, allowed, cutoff=0.6):
    lower = {str(a).lower(): a for a in allowed}
    near = difflib.get_close_matches(cell.strip().lower(), lower, 1, cutoff)
    return lower[near[0]] if near else None


def _dates(folder, table):
    frame = folder.frames[table]
    days = [f["name"] for f in folder.fields(table) if f["type"] == "date"]
    for column in dict.fromkeys([*date_columns(folder.schemas[table]), *days]):
        if column not in frame:
            continue
        exact = column in days
        filled = frame[column][frame[column] != ""]
        for text in filled.unique():
            if is_date(text) and (not exact or len(text) == 10):
                continue
            for line in filled.index[filled == text]:
                likely = likely_date(text)
                mend = f"write {likely}" if likely and (not exact or len(likely) == 10) else \
                    "write the day, or leave the cell empty" if exact else \
                    "correct it; leave out the month or day that the source does not give"
                yield folder.problem("value", "date", table, line, column, shown(text),
                                     EXPECTED_TYPE["date"] if exact else EXPECTED_DATE, mend)


def _duplicate_keys(folder, table):
    frame = folder.frames[table]
    if "id" not in frame:
        return
    ids = frame["id"][frame["id"] != ""]
    for line, key in ids[ids.duplicated()].items():
        first = ids.index[ids == key][0]
        yield folder.problem("key", "duplicate-id", table, line, "id", f"{shown(key)}, which line {first} has already",
                             "a key of its own", "delete the row if it tells the same fact, else give it another key")


def _dangling_keys(folder, table):
    frame = folder.frames[table]
    for column, target in folder.foreign_keys(table).items():
        if column not in frame or (not folder.readable(target)):
            continue
        keys = folder.keys(target)
        cells = frame[column]
        missing = cells[(cells != "") & ~cells.isin(keys)]
        yield from _dangling(folder, table, column, target, missing)


def _dangling(folder, table, column, target, missing, kind="dangling-key"):
    guesses = {}
    for line, cell in missing.items():
        if target == "countries":
            if not re.fullmatch(COUNTRY_PATTERN, cell):
                continue  # the pattern has told it already
            mend, kind = _country_mend(folder, cell), "country"
        else:
            mend = _key_mend(folder, target, cell, guesses)
        expected = "a country of countries.csv (ISO 3166-1 alpha-3)" if target == "countries" else f"a key of {target}.csv"
        yield folder.problem("key", kind, table, line, column, shown(cell), expected, mend)


def _key_mend(folder, target, cell, guesses):
    keys = folder.keys(target)
    if cell not in guesses:
        look = len(keys) <= MANY_KEYS and len(guesses) < MOST_GUESSES
        near = difflib.get_close_matches(cell, keys, 1, 0.75) if look else []
        guesses[cell] = f"write {near[0]}, if that is meant" if near else f"add the row to {target}.csv or correct the key"
    return guesses[cell]


def _dangling_lists(folder, table):
    frame = folder.frames[table]
    for column, target in rules.LISTS.items():
        if column in frame and folder.readable(target) and table != target:
            cells = frame[column][frame[column] != ""].str.split().explode()
            yield from _dangling(folder, table, column, target, cells[~cells.isin(folder.keys(target))])


def _polymorphic(folder, names):
    for table, table_column, key_column in rules.POLYMORPHIC:
        frame = folder.frames.get(table)
        if frame is None or (names and table not in names) or not {table_column, key_column} <= set(frame):
            continue
        tables, keys = frame[table_column], frame[key_column]
        for line in frame.index[(tables == "") != (keys == "")]:
            empty, full = (table_column, key_column) if tables[line] == "" else (key_column, table_column)
            yield folder.problem("key", "half-a-link", table, line, empty, "an empty cell",
                                 f"a value, since {full} has one", f"fill it, or empty {full} as well")
        unknown = tables[(tables != "") & ~tables.isin(folder.schemas)]
        for line, cell in unknown.items():
            near = _closest(cell, folder.schemas)
            yield folder.problem("key", "unknown-table", table, line, table_column, shown(cell), "the name of a table",
                                 f"write {near}" if near else "take the name from datapackage.json")
        for target in tables[(tables != "") & tables.isin(folder.schemas)].unique():
            if folder.readable(target):
                chosen = keys[(tables == target) & (keys != "")]
                yield from _dangling(folder, table, key_column, target, chosen[~chosen.isin(folder.keys(target))])


def check_folder(path: Path, own: dict[str, dict]) -> tuple[Folder, list[Problem]]:
    """All checks that need no source. Returns the folder as read, and its problems, worst first."""
    from .relations import check_relations, check_sourced  # it builds on this module

    folder = open_folder(path, own)
    problems = [*folder.problems, *check_cells(folder), *check_relations(folder), *check_sourced(folder)]
    return folder, worst_first(problems)


def typed(frame: pandas.DataFrame, schema: dict) -> pandas.DataFrame:
    """A frame of strings as a frame with the types of its schema; empty cells become missing values.

    Text stays text (pandas' `str`, missing as NaN), `integer` and `year` become Int64, `number` float64 and
    `boolean` boolean. Dates stay text, since their precision differs.
    """
    out = frame.reset_index(drop=True)
    convert = {"integer": _integers, "year": _integers, "number": _numbers, "boolean": _booleans}
    return pandas.DataFrame({f["name"]: convert.get(f["type"], _text)(out[f["name"]])
                             for f in schema["fields"] if f["name"] in out})


def _text(cells):
    filled = cells.mask(cells == "")
    return filled.astype("str") if int(pandas.__version__.split(".")[0]) >= 3 else filled  # pandas 2 would write "nan"


def _integers(cells):
    return pandas.to_numeric(cells, errors="coerce").astype("Int64")


def _numbers(cells):
    return pandas.to_numeric(cells, errors="coerce").astype("float64")


def _booleans(cells):
    return cells.str.lower().map({"true": True, "1": True, "false": False, "0": False}).astype("boolean")


