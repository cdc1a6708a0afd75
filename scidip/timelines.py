"""Time on a chart: a fact known to the year is drawn as a year, never as its first of January."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left

import matplotlib.dates as mdates
import matplotlib.pyplot as plt
import pandas as pd

from scidip.charts import INK, MUTED
from scidip.tables import date_span


def _number(day: dt.date) -> float:
    return mdates.date2num(dt.datetime(day.year, day.month, day.day))


def _known(value) -> bool:
    """Whether a cell holds something: tables mark an empty cell as missing."""
    return bool(value) and pd.notna(value)


def whole_span(start: str, end: str | None = None, open_until: str = "") -> tuple[float, float]:
    """First and last day of a fact as matplotlib day numbers.

    start, end: ISO 8601 texts of any precision. Without an end the fact lasts as long as its start's precision says,
    or until open_until where that is given (a state that had not ended when the source was written).
    """
    first, last_of_start = date_span(start)
    if _known(end):
        last = date_span(end)[1]
    elif open_until:
        last = max(date_span(open_until)[1], last_of_start)
    else:
        last = last_of_start
    return _number(first), _number(last) + 1


def spans(ax: plt.Axes, frame, *, label: str = "label", colour="colour", start: str = "start", end: str = "end",
          open_until: str = "", hatch: str = "hatch", row: str = "row", inside: str = "inside") -> plt.Axes:
    """One bar per row of frame, from start to end; rows that share a value in `row` share a line.

    frame columns: label (text at the left), start, end; optional colour, hatch, row, inside (text in the bar).
    A bar without an end that runs on to open_until ends in an arrow head.
    """
    lines = frame[row] if row in frame else frame[label]
    order = {name: place for place, name in enumerate(dict.fromkeys(lines))}
    for (_, fact), name in zip(frame.iterrows(), lines):
        running = not _known(fact[end]) and bool(open_until)
        first, last = whole_span(fact[start], fact[end], open_until)
        fill = fact[colour] if colour in frame else MUTED
        ax.barh(-order[name], last - first, left=first, height=0.6, color=fill,
                hatch=fact[hatch] if hatch in frame and _known(fact[hatch]) else None, edgecolor="white", linewidth=0.8)
        if running:
            ax.plot([last], [-order[name]], ">", color=fill, markersize=7, clip_on=False)
        if inside in frame and _known(fact[inside]):
            ax.text((first + last) / 2, -order[name], fact[inside], ha="center", va="center", fontsize=9, color="white")
    ax.set_yticks([-place for place in order.values()], list(order))
    return dated(ax)


def moments(ax: plt.Axes, frame, *, start: str = "start", end: str = "end", row: str = "row", colour: str = "colour",
            marker: str = "marker") -> plt.Axes:
    """One mark per row on the line named in `row`; the mark is as long as what is known (a day, a month, a year)."""
    order = {name: place for place, name in enumerate(dict.fromkeys(frame[row]))}
    for _, fact in frame.iterrows():
        first, last = whole_span(fact[start], fact[end] if end in frame else None)
        fill = fact[colour] if colour in frame else INK
        height = -order[fact[row]]
        if last - first > 45:
            ax.plot([first, last], [height, height], color=fill, linewidth=5, alpha=0.5, solid_capstyle="butt")
        else:
            ax.plot([(first + last) / 2], [height], fact[marker] if marker in frame else "o", color=fill)
    ax.set_yticks([-place for place in order.values()], list(order))
    return dated(ax)


def dated(ax: plt.Axes) -> plt.Axes:
    """Give an Axes a time axis in years and leave out the frame at the left."""
    locator = mdates.AutoDateLocator(minticks=3, maxticks=7)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(mdates.ConciseDateFormatter(locator))
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.grid(axis="x")
    return ax


def mirrored(ax: plt.Axes, frame, *, up: str, side: str = "side", year: str = "year", colours=None,
             filled: str = "filled") -> plt.Axes:
    """One dot per row of frame, stacked year by year: upwards where `side` holds `up`, downwards elsewhere.

    frame columns: side (text), year (whole number; rows without one are left out), optional filled (False: an open
    dot). colours: maps a side to its colour. Filled dots stand nearest to the line.
    """
    known = frame.dropna(subset=[year])
    known = known.sort_values(filled, ascending=False, kind="stable") if filled in known else known
    heights = known.groupby([side, year]).cumcount() + 0.9
    for (_, fact), height in zip(known.iterrows(), heights):
        colour = (colours or {}).get(fact[side], MUTED)
        face = colour if filled not in known or fact[filled] else "white"
        ax.plot([int(fact[year])], [height if fact[side] == up else -height], "o", markersize=4.4, color=colour,
                markerfacecolor=face, markeredgewidth=1)
    ax.axhline(0, color=INK, linewidth=0.8)
    ax.spines["left"].set_visible(False)
    ax.set_yticks([])
    return ax


def firsts(ax: plt.Axes, frame, *, actor: str, colour: str, kind: str = "kind", who: str = "who",
           start: str = "start") -> plt.Axes:
    """When did like things begin? One line per kind, a mark per row: `actor` as a coloured square, others as dots.

    frame columns: kind (text at the left), who, start (ISO 8601 text of any precision). Kinds from top to bottom in
    the order of frame. A bar joins the first other and the actor; both carry their year, the other its name too.
    """
    for place, (_, group) in enumerate(frame.groupby(kind, sort=False)):
        when = group[start].map(lambda text: sum(whole_span(text)) / 2)
        own = group[who] == actor
        first, theirs = when[own].min(), when[~own].min()
        ax.plot([first, theirs], [-place, -place], color=colour if first < theirs else "#BBBBBB", linewidth=3, alpha=0.5,
                solid_capstyle="butt")
        ax.plot(when[~own], [-place] * (~own).sum(), "o", color=INK, markersize=5, clip_on=False)
        ax.plot([first], [-place], "s", color=colour, markersize=7, clip_on=False)
        other = group.loc[when[~own].idxmin()]
        for date, text, left in ((first, f"{group.loc[when[own].idxmin(), start][:4]}", first < theirs),
                                 (theirs, f"{other[who]} {other[start][:4]}", theirs <= first)):
            ax.annotate(text, (date, -place), xytext=(-2 if left else 2, 6), textcoords="offset points",
                        ha="right" if left else "left", color=colour if date == first else INK)
    kinds = list(dict.fromkeys(frame[kind]))
    ax.set_yticks([-place for place in range(len(kinds))], kinds)
    return dated(ax)


def days_between(start: str, end: str, after: str | None = None, before: str | None = None) -> tuple[int, int]:
    """Least and most days from one date to another, each known to the year, the month or the day.

    after, before: count only what falls between these dates. A span that may not exist at all has least 0. Example:
    from "2014" to "2015-09-08" pass 251 days at least (from 31 December) and 615 at most (from 1 January).
    """
    starts = [date_span(text) for text in (start, after) if _known(text)]
    ends = [date_span(text) for text in (end, before) if _known(text)]
    least = min(first for first, _ in ends) - max(last for _, last in starts)
    most = min(last for _, last in ends) - max(first for first, _ in starts)
    return max(0, least.days), max(0, most.days)


def handovers(tenures, until: str = "") -> "pd.DataFrame":
    """From each holder of one post to the next: days without a holder, at least and at most.

    tenures: rows of the table `tenures` of one post, with known starts; leave out acting holders to ask how long a
    post had no named holder. until: a date up to which a last holder with an end has no successor.
    Columns: outgoing, incoming (keys of tenures; incoming is missing for the last), end, start, least, most, and
    derived: True where the note says that the end was taken from the successor's start, so that no gap can show.
    """
    ordered = tenures.dropna(subset=["start"]).sort_values("start").to_dict("records")
    follow = [*ordered[1:], {"id": None, "start": until or None}]
    lines = []
    for out, into in zip(ordered, follow):
        if _known(out["end"]) and _known(into["start"]):
            least, most = days_between(out["end"], into["start"])
            lines.append({"outgoing": out["id"], "incoming": into["id"], "end": out["end"], "start": into["start"],
                          "least": least, "most": most, "derived": "the successor's" in str(out.get("note"))})
    found = pd.DataFrame(lines, columns=["outgoing", "incoming", "end", "start", "least", "most", "derived"])
    return found.astype({"least": int, "most": int, "derived": bool})


def share_named(tenures, since: str, until: str) -> tuple[float, float]:
    """Least and most per cent of the days from `since` to the last day of `until` with a named holder of one post.

    tenures: rows of the table `tenures` of one post. A day on which two terms may overlap counts once. A term of which
    only `as_of` is known counts for that date, and to the end if it was true of `until`. The post may have begun on any
    day of `since`. What is measured is the record, not the post.
    """
    close = date_span(until)[1]
    certain, perhaps = set(), set()
    for term in tenures.itertuples():
        start, end, seen = (date_span(date) if _known(date) else None for date in (term.start, term.end, term.as_of))
        first, last = start or seen, end or seen or start
        if not end and term.as_of == until:
            last = (close, close)
        certain.update(range(first[1].toordinal(), last[0].toordinal() + 1))
        perhaps.update(range(first[0].toordinal(), last[1].toordinal() + 1))
    began, close = [day.toordinal() for day in date_span(since)], close.toordinal()

    def shares(days):
        days = sorted(day for day in days if day <= close)
        return [100 * (len(days) - bisect_left(days, start)) / (close - start + 1) for start in range(began[0], began[1] + 1)]

    return min(shares(certain)), max(shares(perhaps))


def terms(ax: plt.Axes, frame, *, row: str = "row", colour: str = "colour", acting: str = "acting") -> plt.Axes:
    """One bar per term of office: full colour where the person was in office for certain, pale where perhaps.

    frame: rows of `tenures` (start, end, as_of) with a column `row` (name of the line) and, if wanted, `colour`.
    Acting holders are hatched. No known end: an arrow head at the last date at which a source puts the person in
    office (full if that is as_of, hollow if only the start is known). No known start: a diamond at as_of.
    """
    order = {name: place for place, name in enumerate(dict.fromkeys(frame[row]))}
    for _, term in frame.iterrows():
        height, fill = -order[term[row]], term[colour] if colour in frame else INK
        seen = term["as_of"] if _known(term["as_of"]) else None
        if not _known(term["start"]):
            if seen or _known(term["end"]):
                ax.plot([sum(whole_span(seen or term["end"])) / 2], [height], "D", color=fill, markersize=7)
            continue
        first, sure_from = whole_span(term["start"])
        sure_to, last = whole_span(term["end"] if _known(term["end"]) else seen or term["start"])
        last = last if _known(term["end"]) else max(last, sure_from)
        ax.barh(height, last - first, left=first, height=0.62, color=fill, alpha=0.35, linewidth=0)
        if sure_to > sure_from - 1:
            ax.barh(height, sure_to - sure_from + 1, left=sure_from - 1, height=0.62, color=fill, edgecolor="white",
                    linewidth=0, hatch="////" if acting in frame and bool(term[acting]) else None)
        if not _known(term["end"]):
            ax.plot([last], [height], ">", color=fill, markersize=8, markerfacecolor=fill if seen else "white")
    ax.set_yticks([-place for place in order.values()], list(order))
    return dated(ax)
