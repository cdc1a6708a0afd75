"""`python -m scidip data --out FOLDER`: the tables as a zip of the Data Package and as an SQLite file."""

from __future__ import annotations

import sqlite3
import sys
import zipfile
from pathlib import Path

ZIP_NAME = "scidip-data.zip"
SQLITE_NAME = "scidip-data.sqlite"
FIXED_TIME = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip can hold: the same tables give the same bytes
SQL_TYPES = {"integer": "INTEGER", "year": "INTEGER", "number": "REAL", "boolean": "INTEGER"}


def add_parser(subparsers) -> None:
    """Add the command `data`."""
    parser = subparsers.add_parser("data", help="write the tables as a zip and as an SQLite file",
                                   description=f"Write {ZIP_NAME} (CSV tables and datapackage.json) and {SQLITE_NAME} "
                                   "(foreign keys declared and enforced).")
    parser.add_argument("--out", required=True, metavar="FOLDER", help="folder to write to")
    parser.add_argument("--data", metavar="FOLDER", help="folder of tables (default: the book's own)")
    parser.set_defaults(run=run)


def run(arguments) -> int:
    """Write both files and say where they are."""
    out = Path(arguments.out)
    try:
        out.mkdir(parents=True, exist_ok=True)
        zipped = write_zip(out / ZIP_NAME, arguments.data)
        database, rows = write_sqlite(out / SQLITE_NAME, arguments.data)
    except OSError as error:
        print(f"{out}: cannot be written ({error.strerror}); choose another folder with --out", file=sys.stderr)
        return 1
    print(f"{zipped}: {zipped.stat().st_size:,} bytes")
    print(f"{database}: {rows:,} rows, foreign keys enforced")
    return 0


def write_zip(path: Path, folder: str | Path | None = None) -> Path:
    """Write the Data Package as a zip whose bytes depend on the tables alone. Raises TableError for damaged tables."""
    from . import tables

    tables.load_all(folder)
    source = tables.data_folder(folder)
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("datapackage.json", *(f"{table}.csv" for table in tables.TABLES)):
            member = source / name
            if not member.exists():
                member = tables.data_folder() / name  # a folder of somebody's tables needs no description of its own
            entry = zipfile.ZipInfo(name, FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, member.read_bytes().replace(b"\r\n", b"\n"), compresslevel=9)
    return path


def write_sqlite(path: Path, folder: str | Path | None = None) -> tuple[Path, int]:
    """Write all tables into a new SQLite file; returns it with the number of rows.

    Primary keys, required cells and foreign keys are declared and enforced. Raises TableError for damaged tables.
    """
    from . import tables
    from .check.problems import Problem, TableError

    frames = tables.load_all(folder)
    schemas = tables.schemas()
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        with connection:
            connection.execute("PRAGMA defer_foreign_keys = ON")  # tables point to each other
            for name in frames:
                connection.execute(create_statement(name, schemas[name]))
            for name, frame in frames.items():
                marks = ", ".join("?" for _ in frame.columns)
                cells = frame.astype(object).where(frame.notna(), None)
                connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', map(_plain, cells.values.tolist()))
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            table, row, target, _ = broken[0]
            raise TableError([Problem("key", "foreign-key", path.name, row, None, f"a key of {table} without a row in {target}",
                                      "keys that exist", "run the check on the tables")])
    finally:
        connection.close()
    return path, sum(map(len, frames.values()))


def _plain(row):
    return [int(cell) if isinstance(cell, bool) else cell for cell in row]


def create_statement(name: str, schema: dict) -> str:
    """The CREATE TABLE statement of a table by its schema."""
    from .check.tables import foreign_keys

    lines = []
    for field in schema["fields"]:
        kind = SQL_TYPES.get(field["type"], "TEXT")
        primary = " PRIMARY KEY" if field["name"] in schema.get("primaryKey", []) else ""
        required = " NOT NULL" if field.get("constraints", {}).get("required") else ""
        lines.append(f'"{field["name"]}" {kind}{primary}{required}')
    for column, target in foreign_keys(schema, name).items():
        lines.append(f'FOREIGN KEY ("{column}") REFERENCES "{target}" ("id") DEFERRABLE INITIALLY DEFERRED')
    return f'CREATE TABLE "{name}" (\n  ' + ",\n  ".join(lines) + "\n)"
