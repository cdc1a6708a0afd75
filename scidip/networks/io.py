"""Read anybody's membership table, and write tables and graphs that are safe to open.

Reading is strict: whatever is in doubt is refused in words, with file, row, column, what was found and how to mend it.
Rows are counted as a spreadsheet shows them: the header is row 1.
"""

from __future__ import annotations

import difflib
import html
import re
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import numpy as np
import pandas as pd

from .build import _FIRST, _LAST, _day, spans
from .errors import NetworkError

TEMPLATE_COLUMNS = ("member", "group", "start", "end", "role", "weight", "source", "lat", "lon")
REQUIRED = ("member", "group")
KEY = ("member", "group", "start", "end", "role", "source")
SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_FORMULA = "=+-@\t\r\n＝＋－＠"
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_SHOWN = 5  # examples in a message
_NUMBER = re.compile(r"^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$")


@dataclass
class Reading:
    """A table as it was read: `table` (columns of TEMPLATE_COLUMNS that exist) and `notes`, sentences on how."""

    table: pd.DataFrame
    notes: list = field(default_factory=list)


def example_path(name="school_programmes.csv"):
    """Return the path of a table that comes with scidip: `school_programmes.csv` or `membership_template.csv`."""
    here = Path(__file__).resolve().parents[1]
    for folder in (here / "data" / "examples", here.parent / "data" / "examples"):
        if (folder / name).is_file():
            return folder / name
    raise NetworkError(f"The example {name!r} is not there; known: school_programmes.csv, membership_template.csv.")


# ------------------------------------------------------------------------------------------------ reading


def read_table(path, columns=None, names="refuse", duplicates="refuse", encoding=None, sheet=None):
    """Return the `Reading` of a membership table in a CSV, XLSX or Parquet file.

    path: a file on this computer. columns: the file's names for our columns, such as `{"member": "Country"}`.
    names: what to do with names that differ only in spaces, case or width: `refuse`, `keep` them apart, or `merge` them
        into the commonest spelling (reported in the notes). duplicates: `refuse`, or count `once` (reported).
    encoding: of a CSV; without it UTF-8 (with or without BOM), UTF-16 with BOM or Shift_JIS.
    Raises NetworkError with all problems found.
    """
    path = Path(path)
    raw, notes, decimal = _raw(path, columns or {}, encoding, sheet)
    frame, more = _pick(raw, columns or {}, path.name)
    table, checked = check_table(frame, names, duplicates, decimal, path.name)
    return Reading(table, [*notes, *more, *checked])


def read_tidy(path, names="keep", duplicates="once"):
    """Return a membership table as a DataFrame: `read_table` for the tables that the network command wrote."""
    return read_table(path, names=names, duplicates=duplicates).table


def _raw(path, columns, encoding, sheet):
    """The file as a DataFrame of text, notes, and the decimal sign that its separator implies."""
    if re.match(r"^[a-zA-Z][a-zA-Z0-9+.-]+:/", str(path)):
        raise NetworkError(f"{path}: give a file on this computer; addresses are not read. Download it first.")
    if not path.exists():
        near = difflib.get_close_matches(path.name, [p.name for p in path.parent.glob("*")] if path.parent.is_dir() else [], 1)
        raise NetworkError(f"{path}: there is no such file." + (f" Did you mean {near[0]}?" if near else ""))
    if path.is_dir():
        raise NetworkError(f"{path}: this is a folder; give the file in it.")
    kind = path.suffix.lower()
    data = path.read_bytes()
    if not data.strip():
        raise NetworkError(f"{path.name}: the file is empty; expected a table with the columns member and group.")
    if data[:4] == b"PAR1" or kind == ".parquet":
        return _parquet(path), [], "."
    if data[:4] == b"PK\x03\x04" and kind in (".xlsx", ".xlsm"):
        return _excel(path, sheet), [], "."
    return _csv(path.name, data, columns, encoding)


def _parquet(path):
    import pyarrow.parquet as parquet

    try:
        frame = parquet.read_table(path).to_pandas()
    except Exception as error:
        raise NetworkError(f"{path.name}: this is no Parquet file that can be read ({_first_line(error)}).") from None
    for name in frame.columns:
        if not pd.api.types.is_string_dtype(frame[name]):
            frame[name] = _texts(frame[name])
    return frame.fillna("")


def _excel(path, sheet):
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:
        raise NetworkError(f"{path.name}: this is no Excel workbook that can be read ({_first_line(error)}).") from None
    if sheet is not None and sheet not in book.sheetnames:
        raise NetworkError(f"{path.name}: there is no sheet {sheet!r}; found: {', '.join(book.sheetnames)}.")
    rows = list((book[sheet] if sheet else book.worksheets[0]).iter_rows(values_only=True))
    if not rows or not any(cell is not None for cell in rows[0]):
        raise NetworkError(f"{path.name}: the first row of the sheet is empty; it must hold the column names.")
    header = ["" if cell is None else str(cell) for cell in rows[0]]
    while header and header[-1] == "":
        header.pop()
    body = [row[: len(header)] for row in rows[1:] if any(cell is not None for cell in row)]
    return pd.DataFrame({(place, name): _texts([row[place] for row in body]) for place, name in enumerate(header)}).pipe(
        lambda frame: frame.set_axis(header, axis=1)
    )


def _texts(values):
    return pd.Series([_text(value) for value in values], dtype="str")


def _text(value):
    import datetime

    if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return ""
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value)


def _csv(name, data, columns, encoding):
    text, notes = _decoded(name, data, encoding)
    separator = _separator(name, text, columns)
    if separator != ",":
        notes.append(f"{name}: columns are separated by {SEPARATORS[separator]}s.")
    return _rows(name, text, separator), notes, "," if separator == ";" else "."


def _decoded(name, data, encoding):
    if encoding:
        try:
            return data.decode(encoding).lstrip("\ufeff"), [f"{name}: read as {encoding}."]
        except (LookupError, UnicodeDecodeError):
            raise NetworkError(f"{name}: cannot be read as {encoding!r}; save it as CSV UTF-8.") from None
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _decoded(name, data, "utf-16")
    if b"\x00" in data or data[:4] in (b"%PDF", b"\x89PNG", b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
        raise NetworkError(
            f"{name}: this is not a table in text form (it looks like a picture, a document or an old workbook). "
            "Save it as CSV UTF-8, XLSX or Parquet."
        )
    if data[:3] == b"\xef\xbb\xbf":
        data = data[3:]
    try:
        return data.decode("utf-8"), []
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("cp932")
    except UnicodeDecodeError:
        text = ""
    if not text or _looks_western(text):
        raise NetworkError(
            f"{name}: the letters are neither UTF-8 nor Shift_JIS. Save it as CSV UTF-8, or say what they are, "
            "for example --encoding cp1252 (Western Windows)."
        )
    return text, [f"{name}: read as Shift_JIS."]


def _looks_western(text):
    """Single odd letters between ASCII ones: Western accents read as if they were Japanese."""
    runs = re.findall(r"[^\x00-\x7f]+", text)
    alone = sum(len(run) == 1 for run in runs)
    return any("\ue000" <= letter <= "\uf8ff" for run in runs for letter in run) or (bool(runs) and alone > len(runs) / 2)


def _header(line, separator):
    import csv

    return next(csv.reader([line], delimiter=separator), [])


def _folded(name):
    return " ".join(unicodedata.normalize("NFKC", str(name)).split()).casefold()


def _separator(name, text, columns):
    line = next((line for line in text.splitlines() if line.strip()), "")
    wanted = {_folded(columns.get(column) or column) for column in REQUIRED}
    headers = {separator: _header(line, separator) for separator in SEPARATORS}
    for separator, header in headers.items():
        if wanted <= {_folded(cell) for cell in header}:
            return separator
    best = max(headers, key=lambda separator: len(headers[separator]))
    if text.lstrip()[:1] in ("<", "{", "["):
        raise NetworkError(f"{name}: this is not a table (it begins like a web page or JSON). Save it as CSV UTF-8.")
    if len(headers[best]) < 2:
        raise NetworkError(
            f"{name}: this is not a table with columns: the first row is {line[:60]!r}. "
            "Expected a header such as member,group and one membership a row."
        )
    return best


def _rows(name, text, separator):
    import io

    import pyarrow as pa
    import pyarrow.csv as arrow

    bad = []

    def keep_for_message(row):
        bad.append((row.number, row.expected_columns, row.actual_columns))
        return "skip"

    line = next(line for line in text.splitlines() if line.strip())
    header = _header(line, separator)
    places = [f"c{place}" for place in range(len(header))]  # names may repeat; they are told apart later
    try:
        read = arrow.read_csv(
            io.BytesIO(text.encode("utf-8")),
            arrow.ReadOptions(column_names=places, use_threads=False, block_size=16 << 20),
            arrow.ParseOptions(delimiter=separator, newlines_in_values=True, invalid_row_handler=keep_for_message),
            arrow.ConvertOptions(column_types={place: pa.string() for place in places}, strings_can_be_null=False),
        )
    except pa.ArrowInvalid as error:
        raise NetworkError(f"{name}: the rows cannot be told apart ({_first_line(error)}). Is a quotation mark open?") from None
    if bad:
        row, expected, actual = bad[0]
        where = f"row {row}" if row else "a row"
        raise NetworkError(
            f"{name}, {where}: {actual} cells where the header has {expected} ({len(bad)} such row(s)). "
            f"Put names that hold a {SEPARATORS[separator]} in quotation marks."
        )
    return read.slice(1).to_pandas().set_axis(header, axis=1)


def _first_line(error):
    return str(error).strip().splitlines()[0][:120] if str(error).strip() else type(error).__name__


def _pick(raw, columns, name):
    """The columns that we know, under our names; notes on the others."""
    unknown = sorted(set(columns) - set(TEMPLATE_COLUMNS))
    if unknown:
        raise NetworkError(f"{unknown[0]!r} is no column of ours; they are: {', '.join(TEMPLATE_COLUMNS)}.")
    have = {}
    for place, column in enumerate(raw.columns):
        have.setdefault(_folded(column), []).append(place)
    picked, missing = {}, []
    for ours in TEMPLATE_COLUMNS:
        theirs = columns.get(ours) or ours
        places = have.get(_folded(theirs), [])
        if len(places) > 1:
            raise NetworkError(f"{name}: there are {len(places)} columns called {theirs!r}; rename or delete one.")
        if places:
            picked[ours] = raw.iloc[:, places[0]].reset_index(drop=True)
        elif ours in REQUIRED or columns.get(ours):
            missing.append((ours, theirs))
    if missing:
        raise NetworkError([_missing(ours, theirs, raw.columns, name) for ours, theirs in missing])
    used = {_folded(columns.get(ours) or ours) for ours in picked}
    others = [str(column) for column in raw.columns if _folded(column) not in used]
    return pd.DataFrame(picked), [f"{name}: columns not used: {', '.join(others)}."] if others else []


def _missing(ours, theirs, found, name):
    near = difflib.get_close_matches(theirs, [str(column) for column in found], 1, 0.5)
    hint = f" Did you mean {near[0]!r}? Then add --{ours} {near[0]!r}." if near else f" Name it with --{ours} COLUMN."
    return f"{name}: no column {theirs!r}; found: {', '.join(map(str, found)) or 'none'}.{hint}"


# ------------------------------------------------------------------------------------------------ checking


def check_table(frame, names="refuse", duplicates="refuse", decimal=".", name="table"):
    """Return (table, notes): a frame of text as a checked membership table.

    frame: columns of TEMPLATE_COLUMNS, text or numbers. decimal: `,` where the file writes 1,5 for one and a half.
    Other arguments as in `read_table`. Raises NetworkError with all problems found, a sentence each.
    """
    table = frame.reset_index(drop=True).copy()
    if len(table) == 0:
        raise NetworkError(f"{name}: there is a header but no membership under it.")
    for column in table.columns:
        if not pd.api.types.is_string_dtype(table[column]):
            table[column] = _texts(table[column])
    table = table.astype("str").fillna("")
    problems, notes = [], []
    for column in ("member", "group"):
        table[column] = _unquoted(table[column])
        problems += _name_problems(table[column], column, name)
    table = _dates(table, problems, name)
    table = _numbers(table, problems, notes, decimal, name)
    if problems:
        raise NetworkError(problems)
    for column in ("member", "group"):
        table[column] = _variants(table[column], column, names, problems, notes, name)
    if not problems:
        table = _once(table, duplicates, problems, notes, name)
    if problems:
        raise NetworkError(problems)
    return _tidy(table, notes, name), notes


def _unquoted(values):
    """Names without the apostrophe that spreadsheets (and our own exports) put before = + - @."""
    names = pd.unique(values)
    changed = {text: text[1:] for text in names if text[:1] == "'" and _is_formula(text[1:])}
    return values.replace(changed) if changed else values


def _where(mask):
    rows = np.flatnonzero(mask)
    shown = ", ".join(str(row + 2) for row in rows[:_SHOWN])
    return f"row{'s' if len(rows) > 1 else ''} {shown}" + (f" and {len(rows) - _SHOWN} more" if len(rows) > _SHOWN else "")


def _name_problems(values, column, name):
    found, distinct = [], pd.unique(values)
    empty = [text for text in distinct if text.strip() == ""]
    if empty:
        found.append(f"{name}, {_where(values.isin(empty).to_numpy())}: {column} is empty. Fill it in or delete the row.")
    odd = [text for text in distinct if _NOT_XML.search(text)]
    if odd:
        found.append(
            f"{name}, {_where(values.isin(odd).to_numpy())}: {column} holds a control character. Type the name again."
        )
    long = [text for text in distinct if len(text) > 1000]
    if long:
        found.append(f"{name}, {_where(values.isin(long).to_numpy())}: {column} is longer than 1000 letters. Is a quotation mark open?")
    return found


def _dates(table, problems, name):
    for column in ("start", "end"):
        if column not in table.columns:
            continue
        bad = {}
        for text in pd.unique(table[column]):
            try:
                _day(text, column == "end", _LAST if column == "end" else _FIRST, column)
            except NetworkError:
                bad[text] = True
        if bad:
            first = next(iter(bad))
            problems.append(
                f"{name}, {_where(table[column].isin(list(bad)).to_numpy())}: {column} is {first!r}, which is no date. "
                "Write 2018, 2018-05 or 2018-05-14."
            )
            return table
    if {"start", "end"} <= set(table.columns):
        first, last = spans(table)
        turned = last < first
        if turned.any():
            row = int(np.argmax(turned))
            problems.append(
                f"{name}, {_where(turned)}: the end ({table['end'][row]}) is before the start ({table['start'][row]}). "
                "Exchange them or mend the year."
            )
    return table


def _numbers(table, problems, notes, decimal, name):
    limits = {"weight": (0, np.inf), "lat": (-90, 90), "lon": (-180, 180)}
    for column, (low, high) in limits.items():
        if column not in table.columns:
            continue
        values, bad = {}, []
        for text in pd.unique(table[column]):
            plain = text.strip()
            if decimal == "," and "." not in plain:
                plain = plain.replace(",", ".", 1)
            if plain == "":
                values[text] = np.nan
            elif not _NUMBER.match(plain):
                bad.append(text)
            else:
                values[text] = float(plain)
        if bad:
            hint = "Write 1.5 for one and a half, no thousands signs" + (" (or 1,5 in a file with semicolons)." if "," in bad[0] else ".")
            problems.append(f"{name}, {_where(table[column].isin(bad).to_numpy())}: {column} is {bad[0]!r}, which is no plain number. {hint}")
            continue
        numbers = table[column].map(values).astype(float)
        outside = ~(((numbers > low) if column == "weight" else (numbers >= low)) & (numbers <= high) & np.isfinite(numbers)) & numbers.notna()
        if outside.any():
            row = int(np.argmax(outside.to_numpy()))
            wanted = "above 0" if column == "weight" else f"from {low} to {high}"
            problems.append(f"{name}, {_where(outside.to_numpy())}: {column} is {table[column][row]!r}; it must be {wanted}.")
            continue
        if column == "weight" and numbers.isna().any():
            notes.append(f"{name}: {int(numbers.isna().sum())} of {len(numbers)} weights are empty; they count as 1.")
        table[column] = numbers
    return table


def _variants(values, column, what, problems, notes, name):
    counts = values.value_counts()
    kinds = {}
    for text in counts.index:
        kinds.setdefault(_folded(text), []).append(text)
    alike = {key: sorted(texts, key=lambda text: (-counts[text], text != text.strip(), text)) for key, texts in kinds.items() if len(texts) > 1}
    padded = [text for text in counts.index if text != text.strip() and len(kinds[_folded(text)]) == 1]
    if padded:
        notes.append(f"{name}: {len(padded)} {column} name(s) begin or end with a space, such as {padded[0]!r}; kept as they are.")
    if not alike:
        return values
    if what == "refuse":
        listed = "; ".join(
            " and ".join(f"{text!r} ({_where((values == text).to_numpy())})" for text in texts)
            + f": did you mean {texts[0].strip()!r}?"
            for texts in list(alike.values())[:_SHOWN]
        )
        more = f" And {len(alike) - _SHOWN} more." if len(alike) > _SHOWN else ""
        problems.append(
            f"{name}: {column} names that differ only in spaces, case or width: {listed}{more} "
            "Mend the table, or add --names merge (take them as one) or --names keep (they are different)."
        )
        return values
    listed = "; ".join(" and ".join(map(repr, texts)) for texts in list(alike.values())[:_SHOWN])
    done = "are kept apart" if what == "keep" else "were taken as one"
    notes.append(f"{name}: {len(alike)} {column} names written in several ways {done}, such as {listed}.")
    return values if what == "keep" else values.replace({text: texts[0].strip() for texts in alike.values() for text in texts})


def _once(table, what, problems, notes, name):
    key = [column for column in KEY if column in table.columns]
    again = table.duplicated(key).to_numpy()
    if not again.any():
        return table
    row = int(np.argmax(again))
    first = int(np.argmax((table[key] == table.loc[row, key]).all(axis=1).to_numpy()))
    text = f"{table['member'][row]!r} in {table['group'][row]!r} stands in row {first + 2} and again in row {row + 2}"
    if what == "refuse":
        problems.append(
            f"{name}: {int(again.sum())} membership(s) stand there twice: {text}. "
            "Delete one of each, tell them apart by start, end, role or source, or add --duplicates once."
        )
        return table
    notes.append(f"{name}: {int(again.sum())} membership(s) stood there twice and count once ({text}).")
    return table[~again].reset_index(drop=True)


def _tidy(table, notes, name):
    for column in ("start", "end", "role", "source"):
        if column in table.columns:
            table[column] = table[column].str.strip()
            if (table[column] == "").all():
                table = table.drop(columns=column)
    for column in ("weight", "lat", "lon"):
        if column in table.columns and table[column].isna().all():
            table = table.drop(columns=column)
    if {"lat", "lon"} <= set(table.columns):
        places = table.dropna(subset=["lat", "lon"]).groupby("member")[["lat", "lon"]].nunique().max(axis=1)
        if (places > 1).any():
            notes.append(f"{name}: {int((places > 1).sum())} member(s) have several positions, such as {places.idxmax()!r}; the first is shown.")
    return table


# ------------------------------------------------------------------------------------------------ writing


def _is_formula(text):
    return text.lstrip(" ")[:1] in _FORMULA if text.strip(" ") else False


def neutralised(values):
    """Return text values with an apostrophe before those that a spreadsheet would run as a formula."""
    names = pd.unique(values)
    changed = {text: "'" + text for text in names if isinstance(text, str) and _is_formula(text)}
    return values.replace(changed) if changed else values


def write_csv(table, path):
    """Write a table as CSV (UTF-8, comma, LF); text that begins like a formula gets an apostrophe first."""
    safe = table.copy(deep=False)
    for column in safe.columns:
        if not pd.api.types.is_numeric_dtype(safe[column]) and not pd.api.types.is_bool_dtype(safe[column]):
            safe[column] = neutralised(safe[column].astype("object")).astype("object")
    safe.to_csv(path, index=False, encoding="utf-8", lineterminator="\n", float_format="%.12g")


def as_text(name):
    """Return a name that Markdown and HTML show as it is, whatever it contains."""
    text = escape(" ".join(str(name).split()))
    return re.sub(r"([\\`*_{}\[\]()#+!|~$-])", r"\\\1", text)


def shown(table, digits=3):
    """Return a table for a notebook: no index, few digits, whole columns whole, names as text whatever they contain.

    A wide one scrolls in its own frame, also by keyboard.
    """
    from IPython.display import HTML

    from ..provenance import for_print

    named = html.escape(", ".join(map(str, table.columns)), quote=True)  # each frame of a page needs a name of its own
    text = for_print(table).to_html(index=False, border=0, float_format=lambda value: f"{value:.{digits}f}", na_rep="")
    return HTML(f'<div class="rows-table" role="region" tabindex="0" aria-label="Table of {named}">{text}</div>')


def write_graphml(nodes, edges, path):
    """Write a graph as GraphML. nodes: first column the name; edges: first two columns the ends; others attributes.

    Written row by row, so that a large graph needs no second copy in memory, and without a date.
    """
    with open(path, "w", encoding="utf-8", newline="\n") as out:
        out.write('<?xml version="1.0" encoding="utf-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n')
        for kind, table, skip in (("node", nodes, 1), ("edge", edges, 2)):
            for column in table.columns[skip:]:
                out.write(f'  <key id={quoteattr(f"{kind}_{column}")} for="{kind}" attr.name={quoteattr(column)} attr.type="{_kind(table[column])}"/>\n')
        out.write('  <key id="node_label" for="node" attr.name="label" attr.type="string"/>\n')
        out.write('  <graph edgedefault="undirected">\n')
        for row in _records(nodes):
            name = quoteattr(str(row[0]))
            data = _graphml_data("node", nodes.columns[1:], row[1:])
            out.write(f'    <node id={name}><data key="node_label">{escape(str(row[0]))}</data>{data}</node>\n')
        for row in _records(edges):
            data = _graphml_data("edge", edges.columns[2:], row[2:])
            out.write(f"    <edge source={quoteattr(str(row[0]))} target={quoteattr(str(row[1]))}>{data}</edge>\n")
        out.write("  </graph>\n</graphml>\n")


def _graphml_data(kind, columns, values):
    return "".join(
        f'<data key="{kind}_{column}">{escape(_value(value))}</data>' for column, value in zip(columns, values) if _known(value)
    )


def write_gexf(nodes, edges, path, positions=None, sizes=None, colours=None):
    """Write a graph as GEXF 1.2 for Gephi, with positions, sizes and colours if given.

    positions: dict name -> (x, y); sizes: dict name -> number; colours: dict name -> (red, green, blue), 0 to 255.
    The edge attribute `weight`, or the first whole-number one, is Gephi's weight.
    """
    weight = next((c for c in edges.columns[2:] if c == "weight"), None) or next((c for c in edges.columns[2:] if _kind(edges[c]) == "long"), None)
    with open(path, "w", encoding="utf-8", newline="\n") as out:
        out.write('<?xml version="1.0" encoding="utf-8"?>\n')
        out.write('<gexf xmlns="http://www.gexf.net/1.2draft" xmlns:viz="http://www.gexf.net/1.2draft/viz" version="1.2">\n')
        out.write('  <graph defaultedgetype="undirected" mode="static">\n')
        for kind, table, skip in (("node", nodes, 1), ("edge", edges, 2)):
            out.write(f'    <attributes class="{kind}" mode="static">\n')
            for place, column in enumerate(table.columns[skip:]):
                out.write(f'      <attribute id="{place}" title={quoteattr(column)} type="{_kind(table[column])}"/>\n')
            out.write("    </attributes>\n")
        out.write("    <nodes>\n")
        for row in _records(nodes):
            name = str(row[0])
            looks = _viz(row[0], positions, sizes, colours)
            out.write(f"      <node id={quoteattr(name)} label={quoteattr(name)}>{_gexf_data(row[1:])}{looks}</node>\n")
        out.write("    </nodes>\n    <edges>\n")
        place = list(edges.columns).index(weight) if weight else None
        for number, row in enumerate(_records(edges)):
            heavy = f' weight="{_value(row[place])}"' if place is not None else ""
            out.write(
                f'      <edge id="{number}" source={quoteattr(str(row[0]))} target={quoteattr(str(row[1]))}{heavy}>'
                f"{_gexf_data(row[2:])}</edge>\n"
            )
        out.write("    </edges>\n  </graph>\n</gexf>\n")


def _gexf_data(values):
    found = "".join(f'<attvalue for="{place}" value={quoteattr(_value(value))}/>' for place, value in enumerate(values) if _known(value))
    return f"<attvalues>{found}</attvalues>" if found else ""


def _viz(name, positions, sizes, colours):
    looks = ""
    if colours and name in colours:
        red, green, blue = colours[name]
        looks += f'<viz:color r="{red}" g="{green}" b="{blue}"/>'
    if positions and name in positions:
        x, y = positions[name]
        looks += f'<viz:position x="{x:.2f}" y="{y:.2f}" z="0.0"/>'
    if sizes and name in sizes:
        looks += f'<viz:size value="{sizes[name]:.2f}"/>'
    return looks


def _records(table):
    return zip(*(table[column].tolist() for column in table.columns))


def _kind(values):
    if pd.api.types.is_bool_dtype(values):
        return "boolean"
    if pd.api.types.is_integer_dtype(values):
        return "long"
    return "double" if pd.api.types.is_float_dtype(values) else "string"


def _known(value):
    return not (value is None or (isinstance(value, float) and np.isnan(value)))


def _value(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.12g}" if isinstance(value, float) else str(value)
