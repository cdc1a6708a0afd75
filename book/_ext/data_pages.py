"""Pages of the tables: every row with an address of its own, its sources beside it, searchable without a server."""

import html
import shutil
from pathlib import Path

import pandas as pd
from docutils import nodes
from docutils.parsers.rst import Directive

from freshness import ROOT

#: In a table of more rows than this, keys are shown as they are: with names the page would double its weight.
LONGEST_WITH_NAMES = 1500
#: With this many columns of text a line of the table would be wider than any screen: its rows are cards everywhere.
WIDE_COLUMNS_FOR_CARDS = 6


def schema_of(table: str) -> dict:
    from scidip.tables import package

    resource = next((each for each in package()["resources"] if each["name"] == table), None)
    if resource is None:
        raise KeyError(f"no table {table!r} in data/datapackage.json")
    return resource


def reference_names() -> dict:
    """(table, key) -> the name to show for a key that points to another table."""
    from scidip.tables import load_all

    names = {}
    for table, frame in load_all().items():
        column = next((name for name in ("name_en", "term_en", "subject_en", "title_en") if name in frame), None)
        if column:
            names.update({(table, key): name for key, name in zip(frame["id"], frame[column]) if not pd.isna(name)})
    return names


def link(table: str, key: str, names: dict) -> str:
    return f"<a href='{table}.html#{html.escape(key)}'>{html.escape(str(names.get((table, key), key)))}</a>"


def cell(value: str, column: str, row, keys: dict, names: dict) -> str:
    """One value as HTML: a key becomes a link to its row, an address a link to its page."""
    if column in keys:
        return link(keys[column], value, names)
    if column == "discrepancies":
        return " ".join(link("discrepancies", key, names) for key in value.split())
    # Keys whose table stands in a column of the same row.
    for key_column, table_column in (("subject", "subject_table"), ("actor", "actor_table"), ("row", "table"),
                                     ("linked_row", "linked_table")):
        if column == key_column and row.get(table_column):
            return link(row[table_column], value, names)
    if column == "url":
        return f"<a href='{html.escape(value, quote=True)}'>{html.escape(value)}</a>"
    return html.escape(value)


def sources_cell(places, table: str) -> str:
    if places is None:
        return ""
    seen = {}
    for place in places.itertuples():
        seen.setdefault(place.source, []).append(text(place.locator))
    parts = []
    for source, locators in seen.items():
        where = ", ".join(dict.fromkeys(filter(None, locators)))
        parts.append(f"<a href='sources.html#{source}'>{html.escape(source)}</a>" + (f" {html.escape(where)}" if where else ""))
    return "; ".join(parts)


def text(value) -> str:
    if pd.isna(value):
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def is_wide(column: str) -> bool:
    """Whether a column holds text of several words."""
    return column.startswith("name") or column.endswith("_en") or column in ("note", "url", "tokens")


def table_markup(table: str) -> str:
    from scidip.tables import load, sources_of

    resource, frame = schema_of(table), load(table)
    names = reference_names() if len(frame) <= LONGEST_WITH_NAMES else {}
    schema = resource["schema"]
    keys = {key["fields"]: key["reference"]["resource"] or table for key in schema.get("foreignKeys", [])
            if isinstance(key["fields"], str)}
    filled = [field["name"] for field in schema["fields"] if field["name"] != "id" and frame[field["name"]].map(text).any()]
    places = {} if table in ("evidence", "sources") else dict(iter(sources_of(table, list(frame["id"])).groupby("row")))
    columns = [*filled, *(["sources"] if places else [])]
    head = "".join(f"<th scope='col'><button type='button'>{html.escape(name)}</button></th>" for name in ["id", *columns])
    lines = []
    for _, row in frame.iterrows():
        values = {name: text(row[name]) for name in filled}
        cells = "".join(
            f"<td data-label='{name}'>{cell(values[name], name, values, keys, names) if values[name] else ''}</td>"
            for name in filled)
        if places:
            cells += f"<td data-label='sources'>{sources_cell(places.get(row['id']), table)}</td>"
        lines.append(f"<tr id='{html.escape(row['id'])}'><th scope='row'><a href='#{html.escape(row['id'])}'>"
                     f"{html.escape(row['id'])}</a></th>{cells}</tr>")
    choices = [field for field in schema["fields"] if "enum" in field.get("constraints", {}) and field["name"] in filled]
    filters = "".join(
        f"<label>{field['name']} <select data-column='{columns.index(field['name']) + 1}'><option value=''>all</option>"
        + "".join(f"<option>{html.escape(str(option))}</option>" for option in field["constraints"]["enum"]
                  if option in set(frame[field["name"]])) + "</select></label>" for field in choices)
    order = "<option value=''>as listed</option>" + "".join(f"<option>{name}</option>" for name in ["id", *columns])
    cards = " cards" if sum(is_wide(name) for name in columns) >= WIDE_COLUMNS_FOR_CARDS else ""
    return (
        f"<p><a download href='../../downloads/data/{table}.csv'>{table}.csv</a>: {len(frame)} rows.</p>"
        f"<div class='data-table{cards}' data-table='{table}'>"
        f"<form class='data-tools' role='search'><label>Search <input type='search'></label>{filters}"
        f"<label class='sort-by'>Sort by <select name='sort'>{order}</select></label>"
        f"<output aria-live='polite'></output></form>"
        f"<div class='rows-table' role='region' tabindex='0' aria-label='Table {table}'><table>"
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(lines)}</tbody></table></div></div>"
    )


def dictionary_markup(table: str) -> str:
    """The columns of a table: type, meaning, an example, how many cells are filled."""
    from scidip.tables import load

    frame = load(table)
    rows = []
    for field in schema_of(table)["schema"]["fields"]:
        values = frame[field["name"]].map(text)
        full = values[values != ""]
        limits = field.get("constraints", {})
        allowed = ("; one of: " + ", ".join(map(str, limits["enum"]))) if "enum" in limits else ""
        rows.append(
            f"<tr><th scope='row'>{field['name']}</th><td>{field['type']}</td>"
            f"<td>{html.escape(field.get('description', '') + allowed)}</td>"
            f"<td>{html.escape(full.iloc[0][:60]) if len(full) else ''}</td><td>{len(values) - len(full)}</td></tr>")
    return (
        "<details class='rows-behind'><summary>Columns</summary>"
        f"<div class='rows-table' role='region' tabindex='0' aria-label='Columns of {table}'><table><thead><tr>"
        "<th scope='col'>column</th><th scope='col'>type</th><th scope='col'>meaning</th><th scope='col'>example</th>"
        f"<th scope='col'>empty cells</th></tr></thead><tbody>{''.join(rows)}</tbody></table></div></details>"
    )


def statement(table: str) -> str:
    from scidip.tables import load

    frame = load("coverage").set_index("id")
    if table not in frame.index:
        return ""
    row = frame.loc[table]
    return (f"<p class='coverage'><strong>{row['status'].capitalize()}</strong>, measured against {html.escape(row['against_en'])}. "
            f"{html.escape(row['statement_en'].rstrip('.'))}.</p>")


class DataTable(Directive):
    """``{data-table} NAME``: description, coverage, columns and all rows of one table."""

    required_arguments = 1

    def run(self):
        table = self.arguments[0]
        markup = f"<p>{html.escape(schema_of(table)['description'])}</p>" + statement(table)
        markup += dictionary_markup(table) + table_markup(table)
        return [nodes.raw("", markup, format="html")]


class TableList(Directive):
    """``{table-list}``: all tables with their number of rows, how complete they are, and the link to each."""

    def run(self):
        from scidip.tables import load, load_all, package

        coverage = load("coverage").set_index("id")
        frames = load_all()
        rows = []
        for resource in package()["resources"]:
            name = resource["name"]
            status = coverage.loc[name, "status"] if name in coverage.index else ""
            rows.append(f"<tr><th scope='row'><a href='tables/{name}.html'>{name}</a></th><td>{len(frames[name])}</td>"
                        f"<td>{html.escape(resource['description'])}</td><td>{status}</td></tr>")
        return [nodes.raw("", "<div class='rows-table' role='region' tabindex='0' aria-label='All tables'><table><thead>"
                          "<tr><th scope='col'>table</th><th scope='col'>rows</th><th scope='col'>a row is</th>"
                          f"<th scope='col'>how complete</th></tr></thead><tbody>{''.join(rows)}</tbody></table></div>",
                          format="html")]


def copy_tables(app, exception):
    """Offer each table, its description and its licence for download beside the pages."""
    if exception or app.builder.format != "html":
        return
    target = Path(app.outdir) / "downloads" / "data"
    target.mkdir(parents=True, exist_ok=True)
    for file in sorted((ROOT / "data").glob("*")):
        if file.is_file():
            shutil.copyfile(file, target / file.name)


def setup(app):
    app.add_directive("data-table", DataTable)
    app.add_directive("table-list", TableList)
    app.connect("build-finished", copy_tables)
    app.add_js_file("tables.js", loading_method="defer")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
