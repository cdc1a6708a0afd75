"""Charts of a `Study`: data and an Axes in, the Axes out. Names are drawn as plain text, never as formulas."""

from __future__ import annotations

import unicodedata
from contextlib import contextmanager
from functools import wraps

import numpy as np
import pandas as pd

from .build import _ends, edge_weights, graph, incidence

#: Okabe and Ito's colours, told apart by readers with the usual colour-vision deficiencies.
PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#666666")
PALETTE_RGB = tuple(tuple(int(colour[place : place + 2], 16) for place in (1, 3, 5)) for colour in PALETTE)
MARKS = "os^Dv<>"  # communities stay apart in grey print too
INK, MUTED, PALE = "#222222", "#767676", "#D9D9D9"
LONGEST_NAME = 28
MOST_TIES = 150


@contextmanager
def plain_text():
    """Draw `$` and other signs of names as they are."""
    import matplotlib as mpl

    with mpl.rc_context({"text.parse_math": False}):
        yield


def _as_plain_text(draw):
    @wraps(draw)
    def drawn(*arguments, **options):
        with plain_text():
            return draw(*arguments, **options)

    return drawn


def _short(name):
    text = "".join(letter if letter.isprintable() else " " for letter in " ".join(str(name).split()))
    widths = [2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text]
    if sum(widths) <= LONGEST_NAME:
        return text
    return text[: int(np.searchsorted(np.cumsum(widths), LONGEST_NAME))] + "…"


def _axes(ax, height, width=5.0):
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt

    return plt.subplots(figsize=(width, height))[1]


def layout(edges, nodes=None, seed=0):
    """Return seeded positions of the nodes, dict name -> (x, y) from -1 to 1, rounded to two decimals.

    networkx's spring layout; ties weigh their Newman weight, or else their strength. Compute it once for a graph and use
    it in all charts.
    """
    import networkx as nx

    weight = _pull(edges)
    plain = edges[[*_ends(edges), *([weight] if weight else [])]]
    positions = nx.spring_layout(graph(plain, nodes), weight=weight, seed=seed, iterations=100)
    return {name: (round(float(x), 2), round(float(y), 2)) for name, (x, y) in positions.items()}


def _pull(edges):
    """The column by which ties are drawn: a large meeting should not pull everybody together."""
    return "newman_weight" if "newman_weight" in edges.columns else edge_weights(edges)


def _strongest(study):
    """The ties that a drawing shows: two for each node, at most 150, the strongest first."""
    first, second = _ends(study.edges)
    order = study.edges.sort_values([_pull(study.edges), first, second], ascending=[False, True, True], kind="stable")
    return order.head(min(MOST_TIES, 2 * len(study.centrality)))


def _name_nodes(ax, study, at, ties, most):
    """Names of the strongest nodes where there is room for them, `most` at most."""
    from ..charts import name_nodes

    order = study.centrality.sort_values(["strength", study.one], ascending=[False, True])[study.one]
    return name_nodes(ax, {name: _short(name) for name in order if name in at}, at, ties, most=most)


@_as_plain_text
def draw_ranking(study, ax=None, measure="strength", most=15):
    """Ranks of the first members by one measure, each with the range when one group or source is left out."""
    rows = study.survival[study.survival["measure"] == measure].head(most)
    ax = _axes(ax, 0.9 + 0.24 * len(rows))
    places = np.arange(len(rows))
    ax.hlines(places, rows["best_rank"], rows["worst_rank"], color=MUTED, linewidth=2)
    held = rows["survives"].to_numpy(dtype=bool)
    ax.plot(rows["rank"][held], places[held], "o", color=PALETTE[0], label=f"among the first {study.options['top']} throughout")
    ax.plot(rows["rank"][~held], places[~held], "o", markerfacecolor="white", color=PALETTE[1], label="not")
    ax.axvline(study.options["top"] + 0.5, color=INK, linewidth=0.8, linestyle=":")
    ax.set_yticks(places, [_short(name) for name in rows[study.one]])
    ax.invert_yaxis()
    ax.set_xlabel(f"rank by {measure}; line: range with one left out")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2)
    ax.tick_params(axis="y", length=0)
    return ax


@_as_plain_text
def draw_matrix(study, ax=None, most_rows=30, most_columns=40):
    """Who is in what: members x groups, both by size; only the largest are shown if there are many."""
    inc = incidence(study.memberships)
    inc = inc if study.one == "member" else inc.turned()
    rows = inc.counts.sort_values(ascending=False, kind="stable").index[:most_rows]
    columns = inc.sizes.sort_values(ascending=False, kind="stable").index[:most_columns]
    part = inc.matrix[inc.members.get_indexer(rows)][:, inc.groups.get_indexer(columns)].toarray()
    ax = _axes(ax, 2.4 + 0.2 * len(rows))
    ax.imshow(part > 0, cmap=_two_tone(), aspect="auto", interpolation="nearest", vmin=0, vmax=1)
    ax.set_yticks(range(len(rows)), [_short(name) for name in rows])
    if len(columns) <= 20:
        ax.set_xticks(range(len(columns)), [_short(name) for name in columns], rotation=60, ha="left", rotation_mode="anchor")
        ax.xaxis.tick_top()
    else:
        ax.set_xticks([])
        ax.set_xlabel(f"the {len(columns)} largest of {len(inc.groups):,}")
    ax.set_xticks(np.arange(-0.5, len(columns)), minor=True)
    ax.set_yticks(np.arange(-0.5, len(rows)), minor=True)
    ax.grid(which="minor", color="white", linewidth=1)
    ax.tick_params(which="both", length=0)
    return ax


def _two_tone():
    from matplotlib.colors import ListedColormap

    return ListedColormap([PALE, PALETTE[0]])


@_as_plain_text
def draw_network(study, ax=None, labels=20):
    """The strongest ties (by Newman weight; two a node, at most 150); communities differ in colour and mark."""
    ax = _axes(ax, 4.2)
    first, second = _ends(study.edges)
    if not study.positions:
        ax.text(0.5, 0.5, "Too many nodes for a drawing that shows anything;\nopen graph.gexf in Gephi.", ha="center", va="center")
        ax.axis("off")
        return ax
    drawn = _strongest(study)
    at = study.positions
    ties = list(zip(drawn[first], drawn[second]))
    from matplotlib.collections import LineCollection

    heavy = drawn[_pull(drawn)].to_numpy(dtype=float) if len(drawn) else np.zeros(0)
    widths = 0.4 + 2.6 * heavy / max(heavy.max(initial=0), 1e-12)
    ax.add_collection(LineCollection([(at[one], at[other]) for one, other in ties], linewidths=widths, colors="#A6A6A6", zorder=1))
    for community, rows in study.centrality.groupby("community", sort=True):
        spots = np.array([at[name] for name in rows[study.one]])
        look = (int(community) - 1) % len(PALETTE)
        ax.scatter(spots[:, 0], spots[:, 1], s=36, marker=MARKS[look], color=PALETTE[look], edgecolor="white", linewidth=0.6, zorder=2)
    if len(study.edges) > len(drawn):
        ax.set_title(f"the {len(drawn)} strongest of {len(study.edges):,} ties", fontweight="normal")
    ax.margins(0.15)
    ax.axis("off")
    return _name_nodes(ax, study, at, ties, labels)


@_as_plain_text
def draw_years(study, ax=None):
    """Members, groups and density year by year. An undated end counts as still going."""
    ax = _axes(ax, 2.8)
    years = study.years
    for column, colour, style in (("members", PALETTE[0], "-"), ("groups", PALETTE[1], "--")):
        ax.plot(years["year"], years[column], color=colour, linestyle=style, drawstyle="steps-mid")
        ax.annotate(column, (years["year"].iloc[-1], years[column].iloc[-1]), xytext=(4, 0), textcoords="offset points", color=colour, va="center")
    ax.set_ylim(bottom=0)
    ax.set_ylabel("number")
    ax.xaxis.get_major_locator().set_params(integer=True)
    ax.margins(x=0.12)
    return ax


@_as_plain_text
def draw_map(study, ax=None, labels=20):
    """Members at the positions that the table gives, with the strongest ties; degrees as plain axes, no outlines."""
    ax = _axes(ax, 3.2)
    places = study.memberships.dropna(subset=["lat", "lon"]).drop_duplicates("member").set_index("member")[["lon", "lat"]]
    at = {name: (lon, lat) for name, lon, lat in places.itertuples()}
    first, second = _ends(study.edges)
    drawn = _strongest(study)
    from matplotlib.collections import LineCollection

    ties = [(one, other) for one, other in zip(drawn[first], drawn[second]) if one in at and other in at]
    ax.add_collection(LineCollection([(at[one], at[other]) for one, other in ties], linewidths=0.7, colors="#A6A6A6", zorder=1))
    ax.plot(places["lon"], places["lat"], "o", color=PALETTE[0], zorder=2)
    ax.set_xlabel("longitude, degrees east")
    ax.set_ylabel("latitude, degrees north")
    ax.margins(0.15)
    (west, east), (south, north) = ax.get_xlim(), ax.get_ylim()
    ax.set(xlim=(max(west, -180), min(east, 180)), ylim=(max(south, -90), min(north, 90)))  # no earth beyond
    return _name_nodes(ax, study, at, ties, labels)


def charts_of(study):
    """Return the charts that a study can fill: dict name -> draw function."""
    found = {"ranking": draw_ranking, "matrix": draw_matrix, "network": draw_network}
    if study.years is not None and len(study.years) > 1:
        found["years"] = draw_years
    if study.one == "member" and {"lat", "lon"} <= set(study.memberships.columns):
        found["map"] = draw_map
    return found


def save_charts(study, folder, progress=None):
    """Write each chart as SVG and PNG into a folder; returns the names of the files."""
    import warnings

    import matplotlib.pyplot as plt

    from ..charts import use_style

    written = []
    with plt.rc_context():
        use_style()
        for name, draw in charts_of(study).items():
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", message="Glyph .* missing")
                ax = draw(study)
                ax.figure.savefig(f"{folder}/{name}.svg", metadata={"Date": None, "Creator": None})
                ax.figure.savefig(f"{folder}/{name}.png", dpi=150, metadata={"Software": None})
            plt.close(ax.figure)
            written += [f"{name}.svg", f"{name}.png"]
    return written
