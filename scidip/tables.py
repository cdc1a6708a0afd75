"""Load the tables, join rows to their sources, read dates.

    from scidip import tables
    events = tables.load("events")

Empty cells are missing values (`isna()`), never empty strings; `integer` and `year` columns are Int64, `number` is
float64, `boolean` is boolean, everything else is text. Dates stay text, because their precision differs from row to
row: `date_span` gives the first and the last day that a date may mean.
"""

from __future__ import annotations

import json
import os
from functools import lru_cache
from pathlib import Path

import pandas

from .check import tables as checks
from .check.problems import Problem, TableError
from .check.relations import check_relations
from .dates import date_span

__all__ = ["TABLES", "TableError", "data_folder", "date_span", "load", "load_all", "names", "package", "sources_of"]

# Every table, in the order of datapackage.json.
TABLES = (
    "sources", "countries", "country_groups", "country_group_members", "places", "organisations", "people", "posts",
    "tenures", "officers", "event_series", "events", "event_links", "participations", "memberships", "relations",
    "programmes", "programme_partners", "documents", "authorships", "measures", "indicators", "frameworks", "concepts",
    "concept_links", "concept_pairs", "activities", "codebooks", "codes", "codings", "findings", "eras", "chronology", "glossary", "aliases", "evidence",
    "discrepancies", "discrepancy_rows", "holes", "coverage",
)  # fmt: skip


def data_folder(folder: str | Path | None = None) -> Path:
    """The folder that holds the tables: `folder` if given, else that of the book.

    In a checkout the book's tables lie beside the package (`../data`), in an installed wheel inside it (`data`).
    """
    if folder is not None:
        return Path(folder)
    here = Path(__file__).resolve().parent
    for candidate in (here.parent / "data", here / "data"):
        if (candidate / "datapackage.json").is_file():
            return candidate
    raise TableError([Problem("file", "no-data", "datapackage.json", None, None, "no folder of tables beside the package",
                              "the folder data with datapackage.json", "install scidip anew, or name the folder")])


def package(folder: str | Path | None = None) -> dict:
    """The Frictionless Data Package (datapackage.json) of the book, or of `folder`, as a dict of its own."""
    path = data_folder(folder) / "datapackage.json"
    if folder is not None and not path.exists():
        path = data_folder() / "datapackage.json"
    return json.loads(_text(str(path), path.stat().st_mtime_ns))


@lru_cache(maxsize=8)
def _text(path: str, _changed: int) -> str:
    return Path(path).read_text(encoding="utf-8-sig")


def schemas() -> dict[str, dict]:
    """Table Schema of each of the book's tables."""
    return checks.schemas_of(package())


def load(name: str, folder: str | Path | None = None) -> pandas.DataFrame:
    """One table, a row a line, with the types of its schema and the key in column `id`.

    Raises `TableError`, whose message lists every mistake of the table (file, line, column, what was found, what was
    expected, how to mend it): a missing column, an unknown country, a day that does not exist, a key that is doubled
    or points to nothing ...
    """
    if name not in TABLES:
        raise TableError([_no_such_table(name)])
    path = data_folder(folder)
    changes = _changes(path)
    try:
        # One check of the whole folder serves all later loads; a notebook loads ten tables or more.
        return _all(str(path), changes)[name].copy()
    except TableError:
        # A mistake elsewhere must not keep a table from being used: judge this one with what it points to alone.
        return _loaded(str(path), name, changes).copy()


def load_all(folder: str | Path | None = None) -> dict[str, pandas.DataFrame]:
    """All tables, name -> frame. Raises `TableError` with the mistakes of all tables at once."""
    path = data_folder(folder)
    return {name: frame.copy() for name, frame in _all(str(path), _changes(path)).items()}


def _no_such_table(name):
    near = checks._closest(str(name), TABLES)
    return Problem("file", "no-such-table", str(name), None, None, "no table of this name", f"one of {', '.join(TABLES)}",
                   f"write {near}" if near else "choose one of them")


def _changes(path: Path) -> tuple:
    """Changes whenever a file of the folder does, so that nobody works on a stale table."""
    try:
        with os.scandir(path) as entries:
            return tuple(sorted((e.name, e.stat().st_mtime_ns, e.stat().st_size) for e in entries if e.is_file()))
    except OSError:
        return ()


@lru_cache(maxsize=256)
def _loaded(path: str, name: str, changes: tuple) -> pandas.DataFrame:
    schema = schemas()
    wanted = {name, *checks.foreign_keys(schema[name], name).values()}
    folder = checks.open_folder(Path(path), schema, [n for n in TABLES if n in wanted | _linked(path, name, changes)])
    problems = [p for p in folder.problems if p.file in (f"{name}.csv", "datapackage.json", path)]
    problems += [p for p in folder.problems if p.kind in ("missing-file", "empty-file") and p not in problems
                 and p.file.removesuffix(".csv") in wanted]
    problems += checks.check_cells(folder, [name])
    problems += [p for p in check_relations(folder) if p.kind == "date-order" and p.file == f"{name}.csv"]
    return _typed_or_error(folder, problems, [name])[name]


def _linked(path: str, name: str, _changes: tuple) -> set[str]:
    """Tables that keys of `name` may point to beyond its foreign keys."""
    linked = {"discrepancies"}
    if any(table == name for table, _, _ in checks.rules.POLYMORPHIC):
        linked |= set(TABLES)
    here = Path(path)
    return {table for table in linked if (here / f"{table}.csv").is_file()}


@lru_cache(maxsize=4)
def _all(path: str, _changes: tuple) -> dict[str, pandas.DataFrame]:
    folder = checks.open_folder(Path(path), schemas())
    problems = [*folder.problems, *checks.check_cells(folder)]
    problems += [p for p in check_relations(folder) if p.kind == "date-order"]
    return _typed_or_error(folder, problems, list(folder.schemas))


def _typed_or_error(folder, problems, names):
    if problems:
        raise TableError(problems)
    return {name: checks.typed(folder.frames[name], folder.schemas[name]) for name in names}


def names(table: str, language: str = "en", folder: str | Path | None = None) -> dict[str, str]:
    """Key -> name of every row of a table, in English ("en") or Japanese ("ja").

    Rows without a name in that language are left out. Tables without names (such as `tenures`) raise KeyError.
    """
    column = {"glossary": "term", "sources": "title", "holes": "subject", "discrepancies": "subject"}.get(table, "name")
    frame = load(table, folder).dropna(subset=[f"{column}_{language}"])
    return dict(zip(frame["id"], frame[f"{column}_{language}"]))


def sources_of(table: str, row_ids, folder: str | Path | None = None) -> pandas.DataFrame:
    """The places that support rows of a table, one a line.

    `row_ids` is one key or several. Columns: row, fields, source, locator, tokens, evidence_note and, from `sources`,
    kind, issuer_en, title_en, url, published, accessed. In the order of `row_ids`; a row without evidence is left out.
    """
    keys = [row_ids] if isinstance(row_ids, str) else list(dict.fromkeys(row_ids))
    places = load("evidence", folder)
    places = places[(places["table"] == table) & places["row"].isin(keys)]
    about = load("sources", folder)[["id", "kind", "issuer_en", "title_en", "url", "published", "accessed"]]
    joined = places.rename(columns={"note": "evidence_note", "id": "evidence"}).merge(
        about.rename(columns={"id": "source"}), on="source", how="left")
    order = {key: number for number, key in enumerate(keys)}
    joined = joined.sort_values("row", key=lambda column: column.map(order), kind="stable")
    return joined.drop(columns=["table"]).reset_index(drop=True)
