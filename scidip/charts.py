"""Charts of the book: data and an Axes in, the Axes out. Nothing here reads a file.

The palette is that of Okabe and Ito, which readers with the usual colour-vision deficiencies can tell apart; where
grey print would make two of its colours one, marks differ in shape or hatch as well.
"""

from __future__ import annotations

import logging
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np

INK = "#222222"
MUTED = "#767676"
PALE = "#D9D9D9"

#: The same colour for the same actor throughout the book.
ACTOR_COLOURS = {
    "JPN": "#D55E00", "USA": "#0072B2", "GBR": "#CC79A7", "NZL": "#009E73", "EU": "#E69F00",
    "CAN": "#56B4E9", "FRA": "#8C6BB1", "DEU": "#444444",
}
#: Continents as the tables name them.
CONTINENT_COLOURS = {
    "Africa": "#009E73", "America": "#0072B2", "Asia": "#D55E00", "Europe": "#CC79A7", "Oceania": "#E69F00",
}
CONTINENT_MARKERS = {"Africa": "^", "America": "s", "Asia": "o", "Europe": "D", "Oceania": "v"}
#: The sides of a node where its name may stand, tried in this order: one step to the right, one step up.
SIDES = ((0, 1), (0, -1), (1, 0), (-1, 0), (1, 1), (1, -1), (-1, 1), (-1, -1))


def use_style() -> None:
    """Use the book's style, and in a notebook draw SVG that a rerun repeats byte for byte."""
    import matplotlib_fontja  # noqa: F401  (registers a font with Japanese glyphs)

    plt.style.use(Path(__file__).with_name("book.mplstyle"))
    # The Japanese font has no bold face; that it falls back to its one weight is known, and no news for a page.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    try:
        from IPython import get_ipython
    except ModuleNotFoundError:
        return
    if get_ipython() is None:
        return
    from matplotlib_inline.backend_inline import set_matplotlib_formats

    # A tight box would change the width of a chart with its labels; a date would change its bytes.
    set_matplotlib_formats("svg", metadata={"Date": None, "Creator": None}, bbox_inches=None)


def axes(height: float = 3.2, width: float = 5.0, **options) -> plt.Axes:
    """One Axes of a figure, in inches (width 5 is the page's)."""
    return plt.subplots(figsize=(width, height), **options)[1]


def panels(rows: int, columns: int, height: float = 3.2, width: float = 5.0, **options):
    """A 2-d array of Axes for small multiples; height is that of the whole figure in inches.

    options go to matplotlib's subplots, such as sharex=True or width_ratios=[2, 1].
    """
    return plt.subplots(rows, columns, figsize=(width, height), squeeze=False, **options)[1]


def colour_of(actor: str, default: str = MUTED) -> str:
    """The book's colour of a country code or other actor."""
    return ACTOR_COLOURS.get(actor, default)


def counts(ax: plt.Axes, values, *, colours=None, label: str = "", hatch=None) -> plt.Axes:
    """Horizontal bars, the first value on top, each with its number at its end.

    values: Series of numbers, index = labels. colours: one colour or a list as long as values.
    """
    places = range(len(values))[::-1]
    bars = ax.barh(list(places), list(values), color=colours or ACTOR_COLOURS["USA"], height=0.7, hatch=hatch)
    ax.set_yticks(list(places), [str(name) for name in values.index])
    ax.bar_label(bars, labels=[f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}" for value in values], padding=3)
    ax.set_xlabel(label)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.margins(x=0.12)
    return ax


def ink_on(colour) -> str:
    """Black or white, whichever stands out more on this ground (contrast as WCAG 2 defines it)."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in mpl.colors.to_rgb(colour)]
    luminance = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "black" if (luminance + 0.05) / 0.05 > 1.05 / (luminance + 0.05) else "white"


def stacked_counts(ax: plt.Axes, table, *, colours: dict, label: str = "") -> plt.Axes:
    """Horizontal stacked bars. table: DataFrame of numbers, index = bars (first on top), columns = parts.

    Each part that is not nought carries its number; colours maps part -> colour.
    """
    places = list(range(len(table)))[::-1]
    left = [0.0] * len(table)
    for part in table.columns:
        bars = ax.barh(places, table[part], left=left, color=colours.get(part, MUTED), height=0.7,
                       edgecolor="white", label=str(part))
        ax.bar_label(bars, labels=[f"{value:.0f}" if value else "" for value in table[part]],
                     label_type="center", color=ink_on(colours.get(part, MUTED)), fontweight="bold")
        left = [a + b for a, b in zip(left, table[part])]
    ax.set_yticks(places, [str(name) for name in table.index])
    ax.set_xlabel(label)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.18), ncols=3, handlelength=1.2)
    return ax


def matrix(ax: plt.Axes, table, *, colours: dict, symbols: dict | None = None) -> plt.Axes:
    """A grid of coded cells. table: DataFrame of codes; colours and symbols map a code to its look.

    A code that colours lacks stays white: nothing is stated.
    """
    for row, (_, line) in enumerate(table.iterrows()):
        for column, code in enumerate(line):
            ax.add_patch(mpl.patches.Rectangle((column, -row - 1), 1, 1, facecolor=colours.get(code, "white"),
                                               edgecolor="white", linewidth=1.5))
            if symbols and symbols.get(code):
                ax.text(column + 0.5, -row - 0.5, symbols[code], ha="center", va="center", fontsize=9)
    ax.set_xlim(0, table.shape[1])
    ax.set_ylim(-table.shape[0], 0)
    ax.set_yticks([-row - 0.5 for row in range(table.shape[0])], [str(name) for name in table.index])
    ax.set_xticks([column + 0.5 for column in range(table.shape[1])], [str(name) for name in table.columns],
                  rotation=60, ha="left", rotation_mode="anchor")
    ax.xaxis.tick_top()
    ax.tick_params(length=0)
    for side in ax.spines.values():
        side.set_visible(False)
    return ax


def two_layers(ax: plt.Axes, ties, left_order, right_order, *, left_names=None, right_names=None,
               left_colours=None, styles=None) -> plt.Axes:
    """A bipartite network as two columns of names with lines between them.

    ties: DataFrame with columns left, right and, if styles is given, way. left_order, right_order: keys from top to
    bottom. styles: maps a way to keyword arguments of the line (colour, linestyle), so that ways of being there
    stay apart in grey print too.
    """
    left_at = {key: 1 - (place + 0.5) / len(left_order) for place, key in enumerate(left_order)}
    right_at = {key: 1 - (place + 0.5) / len(right_order) for place, key in enumerate(right_order)}
    for tie in ties.itertuples():
        style = {"color": MUTED, "linewidth": 0.9, "alpha": 0.9} | ((styles or {}).get(getattr(tie, "way", None)) or {})
        ax.plot([0, 1], [left_at[tie.left], right_at[tie.right]], solid_capstyle="round", **style)
    for key, height in left_at.items():
        colour = (left_colours or {}).get(key, INK)
        ax.plot([0], [height], "o", color=colour, markersize=4)
        ax.text(-0.03, height, (left_names or {}).get(key, key), ha="right", va="center", fontsize=9)
    for key, height in right_at.items():
        ax.plot([1], [height], "s", color=INK, markersize=4)
        ax.text(1.03, height, (right_names or {}).get(key, key), ha="left", va="center", fontsize=9)
    ax.set_xlim(-0.75, 1.8)
    ax.set_ylim(0, 1)
    ax.axis("off")
    return ax


def name_nodes(ax: plt.Axes, names: dict, positions: dict, ties=(), *, sizes=None, most=None) -> plt.Axes:
    """Write names beside their nodes, each at the one of eight sides where it crosses the fewest lines, on white.

    names: node to text, the first to have room first; nodes without text stay bare. positions: node to (x, y) in units
    of the data, for all nodes that are drawn. ties: the pairs of nodes that a straight line joins. sizes: node to the
    area of its mark in square points (36 where none is given). most: how many names to write at most.

    A name never covers a node or an earlier name, nor leaves the Axes: where no side is free it is left out. Call this
    last: it settles the layout of the figure, and limits or titles set later move the lines below the names. The same
    input gives the same places. Raises KeyError if a name or a tie belongs to a node without a position.
    """
    ax.figure.draw_without_rendering()
    point = ax.figure.dpi / 72  # in pixels
    spots = {node: ax.transData.transform(place) for node, place in positions.items()}
    radii = {node: (sizes or {}).get(node, 36) ** 0.5 / 2 for node in positions}
    lines = np.array([(spots[pair[0]], spots[pair[1]]) for pair in ties]).reshape(-1, 2, 2)
    free = np.zeros(np.ceil(ax.figure.bbox.size[::-1]).astype(int), dtype=bool)  # a pixel each, rows from the bottom up
    free[_part(ax.bbox.extents)] = True
    for node, spot in spots.items():
        reach = point * (radii[node] + 1)
        free[_part((*(spot - reach), *(spot + reach)))] = False
    probe, written = ax.text(0, 0, "l", fontsize=9), 0
    thin = probe.get_window_extent().size
    for node, text in names.items():
        if written == most:
            break
        if not text:
            continue
        offsets = np.array(SIDES) * (radii[node] + 3, radii[node] + 2)
        starts = spots[node] + point * offsets
        least = thin * (max(map(len, text.split("\n"))), 1)  # most names of a crowd fail already here: measuring is slow
        if _covered(_boxes(starts, least), free).all():
            continue
        probe.set_text(text)
        boxes = _boxes(starts, probe.get_window_extent().size)
        covered = _covered(boxes, free)
        best = np.lexsort((_crossings(boxes, lines[:, 0], lines[:, 1]), covered))[0]
        if covered[best]:
            continue
        across, up = SIDES[best]
        ax.annotate(text, positions[node], xytext=offsets[best], textcoords="offset points", fontsize=9, zorder=3,
                    ha={0: "center", 1: "left", -1: "right"}[across], va={0: "center", 1: "bottom", -1: "top"}[up],
                    bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.4})
        free[_part(boxes[best])] = False
        written += 1
    probe.remove()
    return ax


def _boxes(starts, size):
    """What a text fills, in whole pixels, from where it starts at each of SIDES: (8, 2) and its width and height to
    (8, 4), left, bottom, right, top.
    """
    corners = starts + size * (np.array(SIDES) - 1) / 2
    return np.rint(np.hstack([corners, corners + size])).astype(int)


def _part(box):
    """Where a box (left, bottom, right, top) lies in an array of pixels, rows from the bottom up; never below nought."""
    left, bottom, right, top = (max(round(edge), 0) for edge in box)
    return slice(bottom, top), slice(left, right)


def _covered(boxes, free):
    """How many pixels of each box are not free, or lie beyond the page: (boxes, 4) and (rows, columns) to (boxes,)."""
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    return areas - [np.count_nonzero(free[_part(box)]) for box in boxes.tolist()]


def _crossings(boxes, starts, ends):
    """How many straight lines pass through each box: (boxes, 4), (lines, 2) twice, to (boxes,).

    On its way from 0 to 1, a line is in a box from where it has entered both its width and its height to where it
    leaves one of them.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = ((boxes[:, None, part] - starts) / (ends - starts) for part in (slice(0, 2), slice(2, 4)))
    enters, leaves = np.fmin(low, high).max(axis=2), np.fmax(low, high).min(axis=2)
    return (np.maximum(enters, 0) <= np.minimum(leaves, 1)).sum(axis=1)


def ranges(ax: plt.Axes, table, *, colours=None, label: str = "", text=None) -> plt.Axes:
    """Horizontal bars for numbers known within bounds: full to the least, pale to the most, first row on top.

    table: DataFrame with columns least and most, index = labels. text: function of (least, most) for the words at the
    end of a bar (default: "least to most", or one number where both agree).
    """
    say = text or (lambda least, most: f"{least:,.0f}" if least == most else f"{least:,.0f} to {most:,.0f}")
    fills = [colours] * len(table) if isinstance(colours, str) else list(colours or [ACTOR_COLOURS["USA"]] * len(table))
    for place, (bounds, fill) in enumerate(zip(table.itertuples(), fills)):
        ax.barh(-place, bounds.most, color=fill, alpha=0.35, height=0.7, linewidth=0)
        ax.barh(-place, bounds.least, color=fill, height=0.7, linewidth=0)
        ax.annotate(say(bounds.least, bounds.most), (bounds.most, -place), xytext=(4, 0), textcoords="offset points", va="center")
    ax.set_yticks([-place for place in range(len(table))], [str(name) for name in table.index])
    ax.set_xlabel(label)
    ax.set_xlim(0, table["most"].max() * 1.25 or 1)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    return ax


def flow(ax: plt.Axes, parts, *, start: str = "", colours=None, gap: float = 0.06) -> plt.Axes:
    """One stream that parts: a bar at the left, bands to the right as thick as their share.

    parts: Series of numbers, index = names of the parts (first on top). start: words on the left bar. colours: one a
    part. gap: space between the bands at the right, as a share of the whole.
    """
    whole, fills = float(parts.sum()), list(colours or CONTINENT_COLOURS.values())
    curve = [place / 40 for place in range(41)]
    ease = [x * x * (3 - 2 * x) for x in curve]
    left, right = 1.0, 1.0 + gap * (len(parts) - 1) / 2
    for (name, value), fill in zip(parts.items(), fills):
        share = value / whole
        top = [left + (right - left) * y for y in ease]
        ax.fill_between([0.12 + 0.76 * x for x in curve], top, [y - share for y in top], color=fill, alpha=0.45, linewidth=0)
        ax.add_patch(mpl.patches.Rectangle((0.88, right - share), 0.03, share, facecolor=fill, edgecolor="none"))
        ax.text(0.94, right - share / 2, str(name), va="center", fontsize=9)
        left, right = left - share, right - share - gap
    ax.add_patch(mpl.patches.Rectangle((0.09, 0), 0.03, 1, facecolor=INK, edgecolor="none"))
    ax.text(0.06, 0.5, start, va="center", ha="right", fontsize=9)
    ax.set_xlim(-0.35, 1.75)
    ax.set_ylim(-gap * len(parts) / 2 - 0.02, 1 + gap * len(parts) / 2 + 0.02)
    ax.axis("off")
    return ax


def dots(ax: plt.Axes, table, *, styles: dict, label: str = "", intervals=None) -> plt.Axes:
    """One line a row of table, one mark a column, to compare a few numbers of each row; first row on top.

    table: DataFrame of numbers (missing ones leave no mark). styles: maps a column to keyword arguments of plot
    (marker, color, markerfacecolor ...); columns without a style are left out. intervals: DataFrame with columns low
    and high and the index of table, drawn as a line behind the marks. Marks of one row stand a little apart in height.
    """
    shown = [column for column in table.columns if column in styles]
    for place, (name, line) in enumerate(table.iterrows()):
        if intervals is not None:
            ax.plot(list(intervals.loc[name, ["low", "high"]]), [-place] * 2, color=PALE, linewidth=5, solid_capstyle="butt", zorder=1)
        for number, column in enumerate(shown):
            shift = 0.0 if len(shown) == 1 else 0.17 * (len(shown) - 1 - 2 * number) / (len(shown) - 1)
            ax.plot([line[column]], [-place + shift], **({"marker": "o", "linestyle": "none", "zorder": 2} | styles[column]))
    ax.set_yticks([-place for place in range(len(table))], [str(name) for name in table.index])
    ax.set_ylim(0.45 - len(table), 0.55)
    ax.set_xlabel(label)
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x")
    return ax
