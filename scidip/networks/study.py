"""The whole analysis of one membership table, as tables: what `python -m scidip network` writes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from . import build, io, measures, saturation, uncertainty
from .errors import NetworkError

MOST_TIES = 10_000_000  # above, edge tables no longer fit an ordinary computer
LEAVE_OUT_STEPS = 1e8  # nodes x ties x groups left out: about two seconds of shortest paths
MOST_YEARS = 400
_TABLES = ("memberships", "centrality", "edges", "survival", "two_mode", "years", "layout")


@dataclass
class Study:
    """One analysed table.

    options: dict, as asked for. summary: dict, see `summary.json`. memberships: the rows used. centrality, edges,
    survival (ranks with one group or source left out), two_mode (`bipartite_measures`), years (None without dates),
    layout (`member`, `x`, `y`; empty for large graphs): DataFrames.
    """

    options: dict
    summary: dict
    memberships: pd.DataFrame
    centrality: pd.DataFrame
    edges: pd.DataFrame
    survival: pd.DataFrame
    two_mode: pd.DataFrame
    years: pd.DataFrame | None = None
    layout: pd.DataFrame | None = None
    positions: dict = field(default_factory=dict)

    @property
    def one(self):
        """`member` or `group`: what the nodes are."""
        return "member" if self.options["projection"] == "members" else "group"

    @property
    def tie(self):
        """The column that counts shared groups (or members)."""
        return "shared_groups" if self.one == "member" else "shared_members"

    def save(self, folder):
        """Write the tables, `summary.json`, `graph.graphml` and `graph.gexf` into a folder that exists."""
        folder = Path(folder)
        for name in _TABLES:
            table = getattr(self, name)
            if table is not None:
                io.write_csv(table, folder / f"{name}.csv")
        text = json.dumps({"options": self.options, **self.summary}, ensure_ascii=False, indent=2, sort_keys=False)
        (folder / "summary.json").write_text(text + "\n", encoding="utf-8")
        nodes = self.nodes()
        io.write_graphml(nodes, self.edges, folder / "graph.graphml")
        io.write_gexf(nodes, self.edges, folder / "graph.gexf", self._spread(), self._sizes(), self._colours())

    def nodes(self):
        """Centrality with the position on earth of each member, where the table has it."""
        if self.one != "member" or not {"lat", "lon"} <= set(self.memberships.columns):
            return self.centrality
        places = self.memberships.dropna(subset=["lat", "lon"]).drop_duplicates("member")[["member", "lat", "lon"]]
        return self.centrality.merge(places, how="left", on="member")

    def _spread(self):
        return {name: (1000 * x, 1000 * y) for name, (x, y) in self.positions.items()}

    def _sizes(self):
        largest = max(float(self.centrality["strength"].max()), 1e-12)
        return {
            name: 5 + 25 * float(value) / largest
            for name, value in zip(self.centrality[self.one], self.centrality["strength"])
        }

    def _colours(self):
        from .draw import PALETTE_RGB

        return {
            name: PALETTE_RGB[(int(community) - 1) % len(PALETTE_RGB)]
            for name, community in zip(self.centrality[self.one], self.centrality["community"])
        }

    def findings(self):
        """Return what can be said, as a dict of sentences (names as they are; use `io.as_text` for Markdown)."""
        return _findings(self)


def analyse(table, at=None, start=None, end=None, projection="members", backbone=False, weighted=False, seed=0, top=5,
            notes=(), progress=None):
    """Return the `Study` of a membership table.

    table: DataFrame with `member` and `group`, checked (`read_table`). at, start, end: as in `build.select`.
    projection: `members` or `groups`. backbone: keep only ties that exceed chance (`saturation.backbone`, sdsm, 5 %).
    weighted: measures use tie strengths. top: how many ranks must survive. notes: sentences to hand on as warnings.
    progress: called with a sentence before each step.
    Raises NetworkError if nothing can be analysed: no row at that time, one member only, no shared group.
    """
    tell = progress or (lambda sentence: None)
    options = {
        "at": None if at is None else str(at), "from": None if start is None else str(start),
        "to": None if end is None else str(end), "projection": projection, "backbone": bool(backbone),
        "weighted": bool(weighted), "seed": int(seed), "top": int(top),
    }
    warnings = list(notes)
    rows = build.select(table, at, start, end)
    _need_rows(rows, table, options)
    warnings += _undated(rows, at is not None or start is not None or end is not None)
    inc = build.incidence(rows)
    one = "member" if projection == "members" else "group"
    turned = inc if one == "member" else inc.turned()
    _need_ties(turned, one)
    tell(f"projecting {len(inc.members):,} members and {len(inc.groups):,} groups")
    full = saturation.how_full(inc, projection)
    edges = _edges(inc, backbone, projection)
    tell(f"measuring {len(turned.members):,} nodes and {len(edges):,} ties")
    found = measures.communities(edges, turned.members, runs=20 if len(edges) <= 200_000 else 5, seed=seed)
    central = measures.centrality(edges, turned.members, weighted, seed, community=found["community"].to_numpy())
    two_mode = measures.bipartite_measures(inc, projection)
    central["core"] = two_mode["core"].to_numpy()
    tell("leaving out one group and one source at a time")
    survival, tested = _survival(rows, inc, turned, edges, projection, backbone, weighted, top, central)
    years = _years(table if at is None else rows, options, tell)
    tell("laying out the graph")
    positions = _layout(edges, turned, seed)
    layout = pd.DataFrame([(name, x, y) for name, (x, y) in positions.items()], columns=[one, "x", "y"])
    summary = _summary(inc, turned, edges, full, found, central, tested)
    made = Study(options, summary, rows, central, edges, survival, two_mode, years, layout, positions)
    summary["warnings"] = warnings + _warnings(made, rows)
    return made


def open_study(folder="."):
    """Return the `Study` that `Study.save` (or the network command) wrote into a folder."""
    folder = Path(folder)
    try:
        summary = json.loads((folder / "summary.json").read_text(encoding="utf-8"))
        tables = {name: _read_back(folder / f"{name}.csv") for name in _TABLES}
    except FileNotFoundError as error:
        raise NetworkError(f"{folder}: no finished analysis here ({Path(str(error.filename)).name} is missing).") from None
    options = summary.pop("options")
    made = Study(options, summary, **tables)
    made.positions = {name: (x, y) for name, x, y in made.layout.itertuples(index=False)}
    return made


def _read_back(path):
    if path.stem == "years" and not path.exists():
        return None
    text = {name: "str" for name in ("member", "group", "member_a", "member_b", "group_a", "group_b", "start", "end",
                                     "role", "source", "measure", "decided_by")}
    table = pd.read_csv(path, dtype=text, keep_default_na=False, na_values={"lat": [""], "lon": [""], "weight": [""],
                                                                            "redundancy": [""]})
    for column in table.columns.intersection(list(text)):
        table[column] = io._unquoted(table[column].astype("str"))
    return table


# ------------------------------------------------------------------------------------------------ steps


def _need_rows(rows, table, options):
    if len(rows):
        return
    first, last = build.spans(table)
    known_first, known_last = first[first > 0], last[last < 99_999_999]
    years = sorted({int(day) // 10_000 for day in [*known_first[:1], *known_last[:1]]})
    if len(known_first):
        years = [int(known_first.min()) // 10_000, int(max(known_last.max(initial=0), known_first.max())) // 10_000]
    covered = f" The table has dates from {years[0]} to {years[-1]}." if years else ""
    asked = options["at"] or f"{options['from'] or '...'} to {options['to'] or '...'}"
    raise NetworkError(f"No membership falls into {asked}.{covered}")


def _need_ties(turned, one):
    n, other = len(turned.members), "group" if one == "member" else "member"
    if n == 1:
        raise NetworkError(f"There is one {one} only ({turned.members[0]!r}): a network needs two. Try --projection {other}s.")
    sizes = turned.sizes.to_numpy(dtype=float)
    if sizes.max(initial=0) < 2:
        raise NetworkError(f"No two {one}s share a {other}: there is no tie to draw. Try --projection {other}s, or a longer time.")
    most = min((sizes * (sizes - 1)).sum(), n * (n - 1.0)) / 2
    if most > MOST_TIES:
        raise NetworkError(
            f"{n:,} {one}s would have up to {most:,.0f} ties; {MOST_TIES:,} is the most that an ordinary computer holds. "
            f"Try --projection {other}s, a shorter time (--at, --from, --to), or leave out the largest {other}s."
        )


def _undated(rows, sliced):
    if not sliced:
        return []
    missing = {
        column: int((rows[column].astype("str") == "").sum()) if column in rows.columns else len(rows)
        for column in ("start", "end")
    }
    return [
        f"{count} of {len(rows)} rows have no {column}; they count as "
        + ("there from the beginning." if column == "start" else "still going.")
        for column, count in missing.items() if count
    ]


def _edges(inc, backbone, projection="members"):
    edges = build.project(inc, projection, newman=True)
    if not backbone:
        return edges
    tested = saturation.backbone(inc, projection)
    for column in ("expected", "p_value", "q_value"):
        edges[column] = tested[column].to_numpy()
    return edges[tested["kept"].to_numpy()].reset_index(drop=True)


def _years(table, options, tell):
    if "start" not in table.columns and "end" not in table.columns:
        return None
    first, last = build.spans(table)
    known = np.r_[first[first > 0], last[last < 99_999_999]] // 10_000
    if not len(known):
        return None
    begin, finish = int(known.min()), int(known.max())
    begin = max(begin, int(str(options["from"])[:4])) if options["from"] else begin
    finish = min(finish, int(str(options["to"])[:4])) if options["to"] else finish
    step = max(1, -(-(finish - begin + 1) // MOST_YEARS))
    tell(f"slicing by year, {begin} to {finish}")
    return build.yearly_summary(table, range(begin, finish + 1, step))


def _layout(edges, turned, seed):
    from .draw import layout

    return layout(edges, turned.members, seed=seed) if len(turned.members) <= 500 and len(edges) <= 60_000 else {}


def _survival(rows, inc, turned, edges, projection, backbone, weighted, top, central):
    """Ranks by degree, strength and betweenness with one group, then one source, left out at a time."""
    one = "member" if projection == "members" else "group"
    n, other = len(turned.members), "group" if one == "member" else "member"
    steps = max(n * max(len(edges), 1), 1) + (n * n * len(turned.groups) if backbone else 0)  # the model is fitted anew
    affordable = int(LEAVE_OUT_STEPS // (steps + 20 * inc.matrix.nnz))
    sizes = turned.sizes.sort_values(ascending=False, kind="stable")
    ranks = {measure: [] for measure in ("degree", "strength", "betweenness")}
    labels = {measure: [] for measure in ranks}
    fast = not backbone and inc.weights is None and n * len(sizes) <= 50_000_000
    if fast:
        _add_fast(turned, other, ranks, labels)
    kept_groups = list(sizes.index[: min(len(sizes), affordable)]) if len(sizes) > 1 else []
    slow = ["betweenness"] if fast else list(ranks)
    for name in kept_groups:
        rest = _without(turned, name)
        _add_run(f"{other} {name}", rest, slow, turned, backbone, weighted, ranks, labels)
    affordable = int(LEAVE_OUT_STEPS // (steps + 20 * len(rows)))
    sources = _sources(rows)[: max(affordable, 5 if steps < LEAVE_OUT_STEPS else 0)]
    for name in sources:
        rest = build.incidence(rows[rows["source"] != name], inc.members, inc.groups)
        rest = rest if one == "member" else rest.turned()
        _add_run(f"source {name}", rest, list(ranks), turned, backbone, weighted, ranks, labels)
    tables = [
        _survived(turned.members, central[measure], ranks[measure], labels[measure], measure, one, top) for measure in ranks
    ]
    tested = {
        f"{other}s": len(sizes), "degree_without": len(sizes) if fast else len(kept_groups),
        "betweenness_without": len(kept_groups), "sources_without": len(sources),
    }
    return pd.concat(tables, ignore_index=True), tested


def _sources(rows):
    if "source" not in rows.columns:
        return []
    counts = rows.loc[rows["source"] != "", "source"].value_counts()
    return sorted(counts.index, key=lambda name: (-counts[name], name)) if len(counts) > 1 else []


def _add_fast(turned, other, ranks, labels):
    """Degree and strength without each group, by matrix products, a block of groups at a time."""
    from scipy.stats import rankdata

    without = uncertainty.degree_without_each_group(turned)
    for measure, whole, lost in (("degree", "partners", "partners_lost"), ("strength", "strength", "strength_lost")):
        values, losses = without[whole].to_numpy(dtype=float), without[lost].tocsc()
        for begin in range(0, losses.shape[1], 512):
            left = values[:, None] - losses[:, begin : begin + 512].toarray()
            ranks[measure].append([rankdata(-left, method=ties, axis=0).astype(np.int32) for ties in ("min", "max")])
        labels[measure] += [f"{other} {name}" for name in turned.groups]


def _without(turned, name):
    """The incidence without one column: cheap, since no row of the table is touched."""
    keep = np.flatnonzero(turned.groups != name)
    weights = None if turned.weights is None else turned.weights[:, keep]
    return build.Incidence(turned.members, turned.groups[keep], turned.matrix[:, keep], weights)


def _add_run(label, rest, wanted, turned, backbone, weighted, ranks, labels):
    edges = _edges(rest, backbone)
    nodes = turned.members
    for measure in wanted:
        if measure == "betweenness":
            made, _ = build.to_igraph(edges, nodes)
            lengths = 1.0 / measures._strengths(edges) if weighted else None
            values = np.array(made.betweenness(directed=False, weights=lengths))
        else:
            values = uncertainty._simple(edges, nodes, measure)
        ranks[measure].append([uncertainty._ranks(values, ties).to_numpy()[:, None] for ties in ("min", "max")])
        labels[measure].append(label)


def _survived(members, values, found, labels, measure, one, top):
    """One measure's rows of `survival`; columns and rules as in `uncertainty.rank_survival`."""
    rank, last = uncertainty._ranks(values).to_numpy(), uncertainty._ranks(values, "max").to_numpy()
    table = pd.DataFrame({one: members, "measure": measure, "value": np.asarray(values, dtype=float), "rank": rank})
    if found:
        best, every = (np.hstack([run[ties] for run in found]) for ties in (0, 1))
        table["best_rank"] = np.minimum(best.min(axis=1), rank)
        table["worst_rank"] = np.maximum(every.max(axis=1), last)
        decided = np.array(labels, dtype=object)[every.argmax(axis=1)]
        table["decided_by"] = np.where(table["worst_rank"] > last, decided, "")
        table["survives"] = (table["value"] > 0) & (table["worst_rank"] <= top)
    else:
        table["best_rank"], table["worst_rank"], table["decided_by"], table["survives"] = rank, last, "not tested", False
    return table.sort_values(["rank", one], ignore_index=True)


def _summary(inc, turned, edges, full, found, central, tested):
    made, _ = build.to_igraph(edges, turned.members)
    sizes = made.connected_components().sizes()
    return {
        "members": len(inc.members),
        "groups": len(inc.groups),
        "memberships": int(inc.matrix.nnz),
        "edges": len(edges),
        "density": round(saturation.density(edges, len(turned.members)), 12),
        "components": len(sizes),
        "largest_component": max(sizes),
        "isolates": int((central["degree"] == 0).sum()),
        "saturation": {
            "verdict": full["verdict"], "edges_before_backbone": full["edges"], "density": round(full["density"], 12),
            "largest_group": full["largest_group"], "largest_group_size": full["largest_group_size"],
            "density_without_largest": round(full["without_largest"], 12),
        },
        "communities": {
            "number": int(found["community"].max()), "modularity": round(found.attrs["modularity"], 10),
            "agreement_over_seeds": round(found.attrs["agreement"], 10), "runs": found.attrs["runs"],
        },
        "nestedness": _nestedness(turned),
        "left_out": tested,
        "paths_estimated": central.attrs["estimated"],
        "definitions": measures.DEFINITIONS,
    }


def _nestedness(turned):
    if max(measures.pairs_of(turned.matrix), measures.pairs_of(turned.matrix.T)) > measures.MOST_PAIRS:
        return None
    return {name: round(value, 10) for name, value in measures.nestedness(turned).items()}


def _warnings(made, rows):
    summary, options, found = made.summary, made.options, []
    full = summary["saturation"]
    if full["verdict"] != "sparse":
        found.append(
            f"The projection is {full['verdict']}: {full['density']:.2f} of all possible ties exist, so a tie says little. "
            + ("Only ties beyond chance were kept." if options["backbone"] else "Consider --backbone, and read the two-mode table.")
        )
    if options["backbone"]:
        found.append(
            f"{summary['edges']} of {full['edges_before_backbone']} ties exceed what the sizes alone would give "
            "(stochastic degree sequence model, false discovery rate 5 %)."
        )
    if summary["components"] > 1:
        found.append(f"The network has {summary['components']} parts ({summary['isolates']} of one node alone); closeness and eigenvector are counted within each.")
    if summary["communities"]["agreement_over_seeds"] < 0.8 and summary["edges"]:
        found.append("Communities change with the seed: those shown are one of several answers, no finding.")
    if summary["paths_estimated"]:
        found.append(f"Betweenness and closeness are estimated from {measures.PIVOTS} seeded starting points.")
    if "source" not in rows.columns:
        found.append("No source is given, so no source could be left out: who wrote the record may decide who is central.")
    left = summary["left_out"]
    other = "group" if made.one == "member" else "member"
    if left[f"{other}s"] == 1:
        found.append(f"There is one {other} only, so none could be left out.")
    elif left["betweenness_without"] < left[f"{other}s"]:
        found.append(
            f"Betweenness ranks were tested without each of the {left['betweenness_without']} largest of {left[f'{other}s']} {other}s only."
        )
    if summary["nestedness"] is None or made.two_mode["redundancy"].isna().all() and made.two_mode.iloc[:, 1].max() > 1:
        found.append("The table is too large for redundancy or nestedness; they are left empty.")
    if not made.survival["survives"].any():
        found.append(f"No place among the first {options['top']} survives leaving out one {other} or source: report no ranking.")
    return found


def _placed(made):
    if not {"lat", "lon"} <= set(made.memberships.columns):
        return ""
    placed = made.memberships.dropna(subset=["lat", "lon"])["member"].nunique()
    return f"The table gives a position for {placed:,} of {made.summary['members']:,} members."


def _findings(made):
    summary = made.summary
    kinds = "members" if made.one == "member" else "groups"
    other = "group" if made.one == "member" else "member"
    top = made.options["top"]
    held = {m: list(rows[made.one]) for m, rows in made.survival[made.survival["survives"]].groupby("measure")}
    strength = made.survival[made.survival["measure"] == "strength"]
    first = strength[made.one].iloc[0]
    names = lambda found: ", ".join(map(str, found[:5])) + (f" and {len(found) - 5} more" if len(found) > 5 else "")  # noqa: E731
    stay = lambda found: "stays" if len(found) == 1 else "stay"  # noqa: E731
    ranking = (
        f"By strength {names(held['strength'])} {stay(held['strength'])} among the first {top} whichever {other} or source is left out."
        if "strength" in held
        else f"No place among the first {top} by strength holds when one {other} or source is left out; {first} is first "
        "only in the table as it stands."
    )
    return {
        "size": f"{summary['members']:,} members, {summary['groups']:,} groups, {summary['memberships']:,} memberships: "
        f"{summary['edges']:,} ties between {kinds}, {summary['density']:.2f} of those possible.",
        "ranking": ranking,
        "betweenness": f"By betweenness {names(held['betweenness'])} {stay(held['betweenness'])} among the first {top}."
        if "betweenness" in held else f"By betweenness no place among the first {top} holds.",
        "matrix": f"{summary['saturation']['largest_group']} is the largest {other}, with {summary['saturation']['largest_group_size']} "
        f"{kinds}; without it the density is {summary['saturation']['density_without_largest']:.2f} instead of {summary['saturation']['density']:.2f}.",
        "network": f"Communities among the {kinds}: {summary['communities']['number']}; searches with other seeds agree to "
        f"{summary['communities']['agreement_over_seeds']:.2f}, where 1 is full agreement.",
        "years": "" if made.years is None or not len(made.years) else
        f"From {made.years['year'].iloc[0]} to {made.years['year'].iloc[-1]} members go from {made.years['members'].iloc[0]} "
        f"to {made.years['members'].iloc[-1]}, groups from {made.years['groups'].iloc[0]} to {made.years['groups'].iloc[-1]}.",
        "map": _placed(made),
    }
