"""What a ranking is worth when the gaps in the record are not random.

Who wrote the sources decides who is seen. Drawing the same rows again (`resample`) only tells how the result would
vary if the gaps were random; it says nothing about a meeting whose list was never printed. So: leave out one meeting or
one source at a time, leave out the least certain rows, and add those who must have been there unseen.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from .build import Incidence, edge_weights, incidence, project
from .errors import NetworkError
from .measures import centrality

MEASURES = ("degree", "strength", "betweenness", "closeness", "eigenvector")


def _ranks(values, ties="min"):
    """Rank 1 is the highest; equal values (to 10 digits) share the best rank, or with `max` the last."""
    return pd.Series(np.round(np.asarray(values, dtype=float), 10)).rank(method=ties, ascending=False).astype(int)


def _measure(table, measure, members, onto, weighted):
    """Values of one measure for all `members`, those without a row among them (they count as isolates)."""
    if callable(measure):
        return measure(table).reindex(members).fillna(0.0)
    if measure not in MEASURES:
        raise NetworkError(f"measure is {measure!r}; it can be {', '.join(MEASURES)}, or a function of the table.")
    edges = project(table, onto)
    if measure in ("degree", "strength"):
        return _simple(edges, members, measure)
    found = centrality(edges, members, weighted=weighted, runs=1)
    return pd.Series(found[measure].to_numpy(), index=members, dtype=float)


def _simple(edges, members, measure):
    first, second = edges.columns[:2]
    weight = np.ones(len(edges)) if measure == "degree" else edges[edge_weights(edges)].to_numpy(dtype=float)
    total = np.zeros(len(members))
    for column in (first, second):
        total += np.bincount(members.get_indexer(edges[column]), weights=weight, minlength=len(members))
    return pd.Series(total / max(len(members) - 1, 1) if measure == "degree" else total, index=members)


def leave_one_out(table, by="group", measure="degree", onto="members", weighted=False):
    """Return a measure and its rank with one group, source or other value left out at a time.

    table: membership table. by: the column (`group`, `source`, `role`, `member` ...); rows without a value in it are never
    left out. measure: a column of `centrality`, or a function (table -> Series by member).
    Nodes are the members of the whole table throughout, so degrees stay comparable.
    Returns `left_out` (empty text for the whole table), `member` (`group`), `value`, `rank` (equal values share the best)
    and `last_rank` (equal values share the last); the whole table comes first.
    Raises NetworkError if the column is missing or has fewer than two values.
    """
    values = _values_of(table, by)
    one = "member" if onto == "members" else "group"
    members = pd.Index(sorted(table[one].unique()))
    parts = [_one_run("", table, measure, members, onto, weighted, one)]
    for value in values:
        rest = table[table[by].astype("object") != value]
        parts.append(_one_run(value, rest, measure, members, onto, weighted, one))
    return pd.concat(parts, ignore_index=True)


def _values_of(table, by):
    if by not in table.columns:
        raise NetworkError(f"No column {by!r} to leave one out of; found: {', '.join(table.columns)}.")
    values = sorted({value for value in table[by].dropna() if str(value) != ""}, key=str)
    if len(values) < 2:
        raise NetworkError(f"Column {by!r} has {len(values)} value(s): nothing is left when one is left out.")
    return values


def _one_run(label, table, measure, members, onto, weighted, one):
    found = _measure(table, measure, members, onto, weighted)
    return pd.DataFrame(
        {
            "left_out": label,
            one: members,
            "value": found.to_numpy(dtype=float),
            "rank": _ranks(found).to_numpy(),
            "last_rank": _ranks(found, "max").to_numpy(),
        }
    )


def rank_survival(runs, top=5):
    """Return how the rank of each member holds in the runs of `leave_one_out` (or of several, joined by `pd.concat`).

    Columns: `member`, `value` and `rank` in the whole table; `best_rank` and `worst_rank` over the whole table and all
    runs; `stays_in_top` (share of runs in which a member of the top stays in it; empty for others); `decided_by` (the value
    whose absence gives the worst rank, empty if none makes it worse); `survives`.
    Ties count against: a worst rank is the last of equal values, so that twelve members with the same degree are not
    all "among the first five". `survives` is a value above 0 and a worst rank within `top`, in the whole table and in
    every run. A rank that does not survive is no finding. Sorted by rank, then name.
    """
    one = "member" if "member" in runs.columns else "group"
    whole = runs[runs["left_out"] == ""].drop_duplicates(one).set_index(one)
    without = runs[runs["left_out"] != ""]
    by_member = without.groupby(one, sort=True)
    table = whole[["value", "rank"]].copy()
    table["best_rank"] = np.minimum(by_member["rank"].min(), table["rank"])
    table["worst_rank"] = np.maximum(by_member["last_rank"].max(), whole["last_rank"])
    in_top = (without["last_rank"] <= top).groupby(without[one], sort=True).mean()
    table["stays_in_top"] = in_top.where(whole["last_rank"] <= top)
    worst = without.loc[by_member["last_rank"].idxmax()].set_index(one)
    table["decided_by"] = worst["left_out"].where(worst["last_rank"] > whole["last_rank"].reindex(worst.index), "")
    table["survives"] = (table["value"] > 0) & (table["worst_rank"] <= top)
    order = table.reset_index().sort_values(["rank", one], ignore_index=True)
    order.attrs["top"] = top
    return order


def rank_survives(table, measure="degree", by=("group", "source"), top=5, onto="members", weighted=False):
    """Return `rank_survival` over several ways of leaving out at once; columns the table lacks are passed over."""
    runs = []
    for column in by:
        try:
            runs.append(leave_one_out(table, column, measure, onto, weighted))
        except NetworkError:
            continue  # no such column, or one value only
    if not runs:
        raise NetworkError(f"None of the columns {', '.join(by)} has two values to leave out in turn.")
    return rank_survival(pd.concat(runs, ignore_index=True), top)


def degree_without_each_group(table, onto="members"):
    """Return degree and strength of each member without each of its groups, all at once by matrix products.

    The same numbers as `leave_one_out` gives for `degree` and `strength` (shared groups), for tables with many groups.
    Returns a dict of two sparse matrices members x groups (`partners_lost`, `strength_lost`) and two Series (`partners`,
    `strength`) with the values of the whole table, plain counts.
    """
    inc = incidence(table)
    inc = inc if onto == "members" else inc.turned()
    matrix = inc.matrix
    shared = (matrix @ matrix.T.tocsr()).tocsr()
    shared.setdiag(0)
    shared.eliminate_zeros()
    once = shared.copy()
    once.data = (once.data == 1).astype(float)
    once.eliminate_zeros()
    lost = matrix.multiply(once @ matrix).tocsr()  # partners met only there
    strength_lost = matrix.copy()
    strength_lost.data = inc.sizes.to_numpy(dtype=float)[strength_lost.indices] - 1
    partners = pd.Series(np.diff(shared.indptr), index=inc.members, name="partners")
    strength = pd.Series(np.asarray(shared.sum(axis=1)).ravel(), index=inc.members, name="strength")
    return {"partners": partners, "strength": strength, "partners_lost": lost, "strength_lost": strength_lost}


def drop_least_certain(table, column="confidence", drop=("low",)):
    """Return the table without its least certain rows (those with a value of `drop` in `column`)."""
    if column not in table.columns:
        raise NetworkError(f"No column {column!r} that says how certain a row is; found: {', '.join(table.columns)}.")
    return table[~table[column].isin(list(drop))].reset_index(drop=True)


def unseen_counts(table, totals):
    """Return how many participants of each group are not named: `group`, `named`, `total`, `unseen`.

    totals: Series or dict, group -> published number of members ("over 30" as 30: then `unseen` is the least there must
    be). Groups without a published number are left out; more named than published gives 0.
    """
    totals = pd.Series(totals)
    named = table.drop_duplicates(["member", "group"]).groupby("group")["member"].size()
    found = pd.DataFrame({"named": named.reindex(totals.index).fillna(0).astype(int), "total": totals.astype(int)})
    found["unseen"] = (found["total"] - found["named"]).clip(lower=0)
    return found.rename_axis("group").reset_index()


def bounds(table, unseen, candidates=None, measure="degree", runs=200, seed=0, weighted=False):
    """Return how far a measure can move if those who were there unseen are added.

    unseen: group -> number not named (as from `unseen_counts`; Series, dict or that table).
    candidates: who they could be, and nobody else (names; those already in a group are passed over). None allows the
        members of the table and newcomers seen nowhere else, how many of each being drawn too; the case that all are
        newcomers is added.
    Each run draws the unseen of every group at random, all candidates alike.
    measure: `degree` counts partners here (number of others, not their share), so runs with other newcomers compare;
        other measures as in `centrality`.
    Returns `member`, `observed`, `low`, `middle`, `high` (over the runs), `rank`, `best_rank`, `worst_rank`, sorted by rank.
    The observed value may lie outside the range: those who must have been there are not in it. A worst rank is the last
    of equal values. The range is what these assumptions allow, not a confidence interval.
    Raises NetworkError if a group lacks more names than there are candidates.
    """
    unseen = unseen.set_index("group")["unseen"] if isinstance(unseen, pd.DataFrame) else pd.Series(unseen)
    unseen = unseen[unseen > 0].astype(int)
    observed_members = pd.Index(sorted(table["member"].unique()))
    pool = pd.Index(sorted(set(candidates))) if candidates is not None else observed_members
    named = table.groupby("group")["member"].agg(set).to_dict()
    random = np.random.default_rng(seed)
    tables = [_with(table, _draw(unseen, named, pool, random, candidates is None)) for _ in range(runs)]
    if candidates is None:
        tables.append(_with(table, _newcomers(unseen)))
    watched = pd.Index(sorted(set(observed_members) | set(pool)))
    values = np.array([_plain_measure(one, measure, watched, weighted) for one in [table, *tables]])
    ranks = np.array([_ranks(row).to_numpy() for row in values])
    last = np.array([_ranks(row, "max").to_numpy() for row in values])
    found = pd.DataFrame(
        {
            "member": watched,
            "observed": values[0],
            "low": values[1:].min(axis=0),
            "middle": np.median(values[1:], axis=0),
            "high": values[1:].max(axis=0),
            "rank": ranks[0],
            "best_rank": ranks[1:].min(axis=0),
            "worst_rank": last[1:].max(axis=0),
        }
    )
    found.attrs.update(runs=runs, seed=seed, unseen=int(unseen.sum()))
    return found.sort_values(["rank", "member"], ignore_index=True)


def _draw(unseen, named, pool, random, newcomers_allowed):
    rows = []
    for group, count in unseen.items():
        free = pool[~pool.isin(list(named.get(group, ())))]
        take = min(count, len(free))
        if take < count and not newcomers_allowed:
            raise NetworkError(f"{group!r} lacks {count} names, but only {len(free)} candidates are left for it.")
        if newcomers_allowed:  # how many of them are known from elsewhere is itself not known
            take = int(random.integers(take + 1))
        rows += [(name, group) for name in random.choice(free.to_numpy(dtype=object), size=take, replace=False)]
        rows += [(f"unseen {number + 1} at {group}", group) for number in range(count - take)]
    return rows


def _newcomers(unseen):
    return [(f"unseen {number + 1} at {group}", group) for group, count in unseen.items() for number in range(count)]


def _with(table, rows):
    added = pd.DataFrame(rows, columns=["member", "group"], dtype="object")
    kept = table[["member", "group"]].astype("object")
    return pd.concat([kept, added], ignore_index=True)


def _plain_measure(table, measure, watched, weighted):
    everyone = pd.Index(sorted(set(table["member"]) | set(watched)))
    found = _measure(table, measure, everyone, "members", weighted)
    if measure == "degree":
        found = (found * max(len(everyone) - 1, 1)).round()
    return found.reindex(watched).to_numpy(dtype=float)


def resample(table, by="group", measure="degree", runs=200, seed=0, onto="members", weighted=False):
    """Return the spread of a measure when groups (or sources) are drawn again with repetition.

    It answers "what if other meetings of the same kind had been recorded?" and nothing more: gaps that are not random
    stay. Use it beside `leave_one_out` and `bounds`, never instead.
    Returns `member`, `value`, `low`, `high` (middle 95 %), `rank`, `best_rank`, `worst_rank` (middle 95 %).
    """
    names = _values_of(table, by)
    one = "member" if onto == "members" else "group"
    members = pd.Index(sorted(table[one].unique()))
    random = np.random.default_rng(seed)
    parts = {name: rows for name, rows in table.groupby(by, sort=True)}
    values = []
    for _ in range(runs):
        drawn = random.integers(len(names), size=len(names))
        copies = [parts[names[pick]].assign(group=lambda rows, copy=copy: rows["group"].astype("object") + f" #{copy}")
                  if onto == "members" else parts[names[pick]] for copy, pick in enumerate(drawn)]
        values.append(_measure(pd.concat(copies), measure, members, onto, weighted).to_numpy(dtype=float))
    values = np.array(values)
    ranks = np.array([_ranks(row).to_numpy() for row in values])
    last = np.array([_ranks(row, "max").to_numpy() for row in values])
    whole = _measure(table, measure, members, onto, weighted)
    low, high = np.quantile(values, [0.025, 0.975], axis=0)
    best = np.quantile(ranks, 0.025, axis=0, method="nearest")
    worst = np.quantile(last, 0.975, axis=0, method="nearest")
    found = pd.DataFrame({one: members, "value": whole.to_numpy(), "low": low, "high": high})
    found["rank"], found["best_rank"], found["worst_rank"] = _ranks(whole).to_numpy(), best.astype(int), worst.astype(int)
    return found.sort_values(["rank", one], ignore_index=True)
