"""From bytes to rows: encoding, delimiter, header and cells of one CSV file, with a message for each damage."""

from __future__ import annotations

import csv
import difflib
import io
import re
from dataclasses import dataclass, field
from pathlib import Path

from .problems import Problem, shown

MAX_CELL = 10_000_000  # csv's own limit (131 kB) would end in a traceback
OTHER_DELIMITERS = {";": "semicolon", "\t": "tab", "|": "vertical bar"}
# Tried in this order on bytes that are not UTF-8; the first that reads as Japanese, else the first that reads at all.
OTHER_ENCODINGS = {"cp932": "Shift_JIS", "euc_jp": "EUC-JP", "cp1252": "Windows-1252"}
JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]{2}")
SAVE_AS_UTF8 = "open the file and save it again as 'CSV UTF-8' (comma delimited)"


@dataclass
class RawTable:
    """Rows of one file as text.

    `rows` are lists of cells in the order of `columns`; `lines` holds the line of the file in which each row starts.
    `usable` is False where the file could not be read at all, so that nobody looks for keys in it.
    """

    name: str
    file: str
    columns: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    usable: bool = False

    def add(self, level, kind, line, column, found, expected, mend):
        """Note one problem of this file."""
        self.problems.append(Problem(level, kind, self.file, line, column, found, expected, mend))


def read_table(name: str, path: Path, expected: list[str]) -> RawTable:
    """Read the CSV file at `path`, whose header should hold the columns `expected`.

    Never raises for bad content: what is wrong stands in `problems`, and as much as can be read is read, so that all
    mistakes come to light at once. A UTF-8 byte order mark and either kind of line end are accepted.
    """
    table = RawTable(name, path.name)
    raw = _bytes(path, table)
    if raw is None:
        return table
    text = _decode(raw, table)
    if text is None:
        return table
    if not text.strip():
        table.add("file", "empty-file", None, None, "a file without content", "a header line and one line a row",
                  f"write the header line: {','.join(expected)}")
        return table
    delimiter = _delimiter(text, expected, table)
    records = _records(text, delimiter, table)
    if records:
        _take(records, expected, table)
    return table


def _bytes(path, table):
    try:
        return path.read_bytes()
    except FileNotFoundError:
        near = difflib.get_close_matches(path.name, _siblings(path), 1, 0.9)
        mend = f"rename {near[0]}" if near else "add the file; a table without rows holds the header line alone"
        table.add("file", "missing-file", None, None, "no such file", f"the file {path.name}", mend)
    except OSError as error:
        table.add("file", "unreadable", None, None, f"a file that cannot be opened ({error.strerror})",
                  "a readable CSV file", "check that it is a file and that you may read it")
    return None


def _siblings(path):
    try:
        return [p.name for p in path.parent.iterdir()]
    except OSError:
        return []


def _decode(raw, table):
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        table.add("file", "encoding", 1, None, "UTF-16 text", "UTF-8 text", SAVE_AS_UTF8)
        return raw.decode("utf-16", "replace")
    if b"\x00" in raw:
        line = raw.count(b"\n", 0, raw.index(b"\x00")) + 1
        table.add("file", "nul-bytes", line, None, f"{raw.count(0)} NUL bytes (the first one in this line)",
                  "text without NUL bytes", "export the table again; a broken copy or a binary file leaves such bytes")
        raw = raw.replace(b"\x00", b"")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        text = _other_encoding(raw, error, table)
    for number, line in enumerate(text.split("\n"), 1):
        if "\ufffd" in line:
            table.add("file", "lost-letters", number, None, "the replacement character U+FFFD", "readable letters",
                      "take the letters from the original; an earlier conversion has lost them")
    return text


def _other_encoding(raw, error, table):
    line = raw.count(b"\n", 0, error.start) + 1
    readable = {}
    for codec, label in OTHER_ENCODINGS.items():
        try:
            readable[label] = raw.decode(codec)
        except UnicodeDecodeError:
            continue
    japanese = [label for label, text in readable.items() if JAPANESE.search(text)]
    label = next(iter(japanese or readable), None)
    found = f"bytes that are not UTF-8 ({raw[error.start:error.start + 4].hex(' ')})"
    found += f"; they read as {label}" if label else ""
    table.add("file", "encoding", line, None, found, "UTF-8 text", SAVE_AS_UTF8)
    return readable[label] if label else raw.decode("utf-8", "ignore")


def _delimiter(text, expected, table):
    header = text.split("\n", 1)[0]
    if sum(name in expected for name in _cells(header, ",")) > 1 or len(expected) == 1:
        return ","
    for sign, word in OTHER_DELIMITERS.items():
        if sum(name in expected for name in _cells(header, sign)) > 1:
            table.add("file", "delimiter", 1, None, f"cells parted by a {word}", "cells parted by a comma",
                      "save the file as comma-separated")
            return sign
    return ","


def _cells(line, delimiter):
    return [cell.strip().strip('"') for cell in line.split(delimiter)]


def _records(text, delimiter, table):
    """Pairs of first line and cells."""
    csv.field_size_limit(MAX_CELL)
    try:
        return _parse(text, delimiter, strict=True)
    except csv.Error as error:
        line = _line_of_error(text, delimiter)
        table.add("file", "quotes", line, None, f"quotation marks that do not pair ({error})",
                  'a cell in "quotes" that ends before the next comma, quotes inside it doubled',
                  "close or double the quotation mark in the cell that starts here")
    try:
        return _parse(text, delimiter, strict=False)
    except csv.Error:
        return []


def _parse(text, delimiter, strict):
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=strict)
    records, first = [], 1
    for cells in reader:
        records.append((first, cells))
        first = reader.line_num + 1
    return records


def _line_of_error(text, delimiter):
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    first = 1
    try:
        for _ in reader:
            first = reader.line_num + 1
    except csv.Error:
        pass
    return first


def _take(records, expected, table):
    header_line, header = records[0]
    names = [cell.strip() for cell in header]
    if not set(names) & set(expected):
        table.add("column", "no-header", header_line, None, f"no header; the first line holds {shown(','.join(names))}",
                  "the names of the columns", f"put this line first: {','.join(expected)}")
        return
    _header_problems(names, expected, header_line, table)
    table.columns = [name for name in expected if name in names]
    positions = [names.index(name) for name in table.columns]
    last_filled = max((i for i, (_, cells) in enumerate(records) if any(cells)), default=0)
    for line, cells in records[1 : last_filled + 1]:
        if not any(cells):
            table.add("row", "blank-line", line, None, "a line without content", "one row a line", "delete the line")
            continue
        _row_problems(line, cells, names, table)
        padded = cells + [""] * (len(names) - len(cells))
        table.rows.append([padded[position].strip() for position in positions])
        table.lines.append(line)
    table.usable = True


def _header_problems(names, expected, line, table):
    missing = [name for name in expected if name not in names]
    unknown = [name for name in dict.fromkeys(names) if name not in expected]
    for name in unknown:
        near = difflib.get_close_matches(name, missing, 1, 0.6)
        mend = f"rename it to {near[0]}" if near else "take the column out, or put the words into note"
        table.add("column", "unknown-column", line, name or "(without a name)", "a column that the table does not have",
                  f"only the columns {', '.join(expected)}", mend)
    for name in missing:
        table.add("column", "missing-column", line, name, "no such column", f"a column named {name}",
                  "add it; leave its cells empty where nothing is known")
    for name in dict.fromkeys(n for n in names if n in expected and names.count(n) > 1):
        table.add("column", "double-column", line, name, f"{names.count(name)} columns of this name", "one",
                  "keep one of them (the first one was read)")


def _row_problems(line, cells, names, table):
    if len(cells) > len(names):
        table.add("row", "too-many-cells", line, None, f"{len(cells)} cells, the surplus being "
                  f"{shown(','.join(cells[len(names):]))}", f"{len(names)} cells as in the header",
                  'put a cell that holds a comma into "quotes", or delete the surplus')
    elif len(cells) < len(names):
        table.add("row", "too-few-cells", line, None, f"{len(cells)} cells", f"{len(names)} cells as in the header",
                  "add the missing commas; an empty cell needs its comma as well")
    for name, cell in zip(names, cells):
        if cell != cell.strip():
            table.add("value", "stray-space", line, name, f"{shown(cell)} with spaces around it", "no spaces around it",
                      "delete them")
        elif "\n" in cell or "\r" in cell:
            table.add("value", "line-break", line, name, f"a line break in {shown(cell)}", "a cell of one line",
                      "join the lines; a quotation mark may be missing")
