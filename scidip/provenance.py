"""From a chart to its rows, and from a row to its sources: the strip that stands below each chart."""

from __future__ import annotations

import html
from urllib.parse import quote

import pandas as pd

from scidip.tables import load, sources_of

#: Where the page of a table lies, seen from a notebook's page.
TABLE_PAGES = "../book/tables"


def rows_behind(table: str, ids=None, columns: list[str] | None = None) -> "HtmlStrip":
    """A folded list of the rows that a chart draws, each with its sources, and a link that saves them as CSV.

    table: name of a table. ids: keys of the rows (default: all). columns: which columns to show (default: the name
    and dates that the table has); the CSV holds all columns and one more, `sources`.
    Needs no network: the CSV is part of the page, and of the notebook.
    """
    frame = load(table)
    if ids is not None:
        wanted = list(dict.fromkeys(ids))
        missing = set(wanted) - set(frame["id"])
        if missing:
            raise KeyError(f"{table} has no row {', '.join(sorted(map(str, missing)))}")
        frame = frame.set_index("id").loc[wanted].reset_index()
    shown = columns or [name for name in ("name_en", "start", "end", "date", "since", "value", "unit") if name in frame]
    places = sources_of(table, list(frame["id"])).fillna({"locator": "", "url": "", "title_en": ""})
    cited = {key: group for key, group in places.groupby("row")}
    saved = frame.assign(sources=[_plain_sources(cited.get(key)) for key in frame["id"]])
    head = "".join(f"<th scope='col'>{html.escape(name)}</th>" for name in ["row", *shown, "sources"])
    body = "".join(_table_row(table, row, shown, cited.get(row["id"])) for _, row in frame.iterrows())
    # Percent-encoded and not base64: it stays text, which a server compresses several times better.
    csv = quote(saved.to_csv(index=False), safe=" ,;:/?@&=+$()*.!_~-")
    return HtmlStrip(
        f"<details class='rows-behind'><summary>{len(frame)} {'row' if len(frame) == 1 else 'rows'} of "
        f"<em>{table}</em> behind this, with sources</summary>"
        f"<p><a download='{table}.csv' href='data:text/csv;charset=utf-8,{csv}'>Save these rows (CSV)</a></p>"
        f"<div class='rows-table' role='region' tabindex='0' aria-label='Rows of {table}'>"
        f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div></details>",
        f"{len(frame)} rows of {table}",
    )


class HtmlStrip:
    """HTML for a notebook cell, with a short plain text for readers without HTML."""

    def __init__(self, markup: str, plain: str):
        self.markup, self.plain = markup, plain

    def _repr_html_(self) -> str:
        return self.markup

    def __repr__(self) -> str:
        return self.plain


def source_links(places: pd.DataFrame | None) -> str:
    """Links to the sources of one row. places: rows of scidip.tables.sources_of, or None."""
    if places is None or places.empty:
        return "<em>none</em>"
    links = []
    for place in places.drop_duplicates(["source", "locator"]).itertuples():
        where = f", {html.escape(place.locator)}" if place.locator else ""
        name = html.escape(f"{place.issuer_en}: {place.title_en}" if place.source != "crds-2025" else "CRDS report")
        target = html.escape(place.url, quote=True) if place.url else f"{TABLE_PAGES}/sources.html#{place.source}"
        links.append(f"<a href='{target}'>{name}</a>{where}")
    return "; ".join(links)


def _plain_sources(places: pd.DataFrame | None) -> str:
    if places is None:
        return ""
    return "; ".join(f"{place.url or place.source} {place.locator}".strip() for place in places.itertuples())


def _table_row(table: str, row: pd.Series, shown: list[str], places: pd.DataFrame | None) -> str:
    cells = [f"<th scope='row'><a href='{TABLE_PAGES}/{table}.html#{row['id']}'>{html.escape(row['id'])}</a></th>"]
    cells += [f"<td>{'' if pd.isna(row[name]) else html.escape(str(row[name]))}</td>" for name in shown]
    return f"<tr>{''.join(cells)}<td>{source_links(places)}</td></tr>"


def for_print(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame as a table prints best: columns of whole numbers without ".0", no name above the columns."""
    whole = {name: frame[name].astype("Int64") for name in frame.select_dtypes("float").columns
             if (frame[name].dropna() % 1 == 0).all()}
    # A name of the columns (left by a pivot) would become an empty header in each row.
    return frame.assign(**whole).rename_axis(columns=None)


def show_table(frame: pd.DataFrame, caption: str = "") -> HtmlStrip:
    """A small table as the book shows it: no index, text escaped, wide ones scroll in their own frame."""
    frame = for_print(frame)
    label = html.escape(caption or f"Table of {', '.join(map(str, frame.columns))}", quote=True)
    inner = frame.to_html(index=False, escape=True, border=0, na_rep="")
    return HtmlStrip(
        f"<div class='rows-table' role='region' tabindex='0' aria-label='{label}'>"
        + (f"<p class='table-caption'>{label}</p>" if caption else "") + inner + "</div>",
        frame.to_string(index=False),
    )
