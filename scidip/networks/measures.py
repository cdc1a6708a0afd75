"""Measures of networks, as tables. python-igraph and scipy do the counting; see the chapter on methods for why.

Definitions that hold throughout (n: all nodes, those without a tie among them):

- Graphs are undirected, without self-loops and without double ties.
- *degree*: neighbours over n - 1. *strength*: the plain sum of tie strengths.
- *betweenness*: share of shortest paths between two other nodes that pass through, over all (n - 1)(n - 2) / 2 pairs.
  Where several shortest paths tie, each counts in equal parts. Pairs in different components have no path: they add 0.
- *closeness*: in each component (reachable nodes) / (sum of distances), times (reachable nodes) / (n - 1), so that a
  pair of nodes off on their own isn't at the centre (Wasserman and Faust). A node without a tie has 0.
- *eigenvector*: in each component the first eigenvector of the adjacency matrix, positive, squares summing to 1. Values
  of different components cannot be compared. A node without a tie has 0.
- *weighted*: degree and core stay as they are; a tie of strength w is a distance of 1/w for betweenness and closeness
  (lengths within 1e-10 are equal) and w for the eigenvector.
- *community*: Leiden on modularity, ties weighing their strength; the best of several seeded runs; numbered from 1 by
  size, then by the first name.
- *core* of a projection is the largest k so that the node is in a part where everybody has k neighbours. One large
  meeting gives all who were there the highest core. `bipartite_measures` has the core in the two-mode graph, which
  isn't misled.
- *rank*: 1 is the highest; equal values share the best rank.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from .build import _built, _ends, edge_ends, edge_weights, incidence, to_igraph
from .errors import NetworkError

DEFINITIONS = {
    "degree": "share of all others that one is tied to",
    "strength": "sum of the strengths of one's ties (shared groups, or the weights of the table)",
    "betweenness": "share of shortest paths between two others that pass through; pairs without a path add nothing",
    "closeness": "reachable others over the sum of distances to them, times the share of others that are reachable",
    "eigenvector": "tied to the well tied; within each component, squares summing to 1; not comparable across components",
    "core": "largest k with at least k ties to nodes that have k too, in the graph of members and groups",
    "community": "number of the group of nodes that are tied more closely than chance, by size; see its stability",
}
EXACT_STEPS = 4e10  # above so many steps (nodes x ties) shortest paths are estimated
PIVOTS = 500  # from so many seeded starting points
MOST_PAIRS = 5e7  # of a projection that is made on the way; above, the measure is left empty


def centrality(edges, nodes=None, weighted=False, seed=0, runs=1, exact=None, community=None):
    """Return degree, strength, betweenness, closeness, eigenvector, core and community of each node.

    edges: an edge table (`project`, or two columns of ends and perhaps `weight`); nodes: all names, isolates included.
    weighted: use tie strengths as the module's definitions say. runs: seeded runs of the community search (`communities` tells
        how much they differ).
    exact: True counts all shortest paths, False estimates from 500 seeded starting points, None decides by size
        (nodes x ties over 4e10). `DataFrame.attrs["estimated"]` tells.
    community: labels that are known already (as from `communities`), instead of a search.
    Returns a DataFrame in the order of `nodes` (sorted names without): `member` (`group` for groups) and seven columns.
    Raises NetworkError for a strength that is not positive.
    """
    ends, names = edge_ends(edges, nodes)
    made = _built(len(names), ends)
    strengths = _strengths(edges)
    estimated = (len(names) * len(edges) > EXACT_STEPS) if exact is None else not exact
    between, close = _paths(made, 1.0 / strengths if weighted else None, estimated, seed)
    if community is None:
        community, _ = _leiden(made, strengths, runs, seed)
    reach = max(len(names) - 1, 1)
    table = pd.DataFrame(
        {
            _kind(edges): names,
            "degree": np.array(made.degree(), dtype=float) / reach,
            "strength": _whole(made.strength(weights=strengths) if len(edges) else np.zeros(len(names))),
            "betweenness": between,
            "closeness": close,
            "eigenvector": _eigenvector(made, ends, strengths if weighted else np.ones(len(edges))),
            "core": np.array(made.coreness(), dtype=np.int64),
            "community": _numbered(community),
        }
    )
    table.attrs["estimated"] = bool(estimated)
    return table


def _kind(edges):
    first = _ends(edges)[0]
    return first[:-2] if first.endswith("_a") else "member"


def _strengths(edges):
    column = edge_weights(edges)
    values = np.ones(len(edges)) if column is None else edges[column].to_numpy(dtype=float)
    if len(values) and not (np.isfinite(values).all() and values.min() > 0):
        raise NetworkError(f"Column {column!r}: every tie needs a strength above 0.")
    return values


def _whole(values):
    """Sums of whole numbers as whole numbers."""
    values = np.asarray(values, dtype=float)
    return values.astype(np.int64) if np.array_equal(values, np.round(values)) else values


def _paths(made, lengths, estimated, seed):
    n = made.vcount()
    if estimated:
        return _sampled_paths(made, lengths, seed)
    pairs = (n - 1) * (n - 2) / 2
    between = np.array(made.betweenness(directed=False, weights=lengths), dtype=float)
    close = np.nan_to_num(np.array(made.closeness(weights=lengths), dtype=float))
    reached = np.array(_component_sizes(made)) - 1
    return (between / pairs if pairs > 0 else np.zeros(n)), close * reached / max(n - 1, 1)


def _sampled_paths(made, lengths, seed):
    """Betweenness and closeness estimated from seeded starting points (Brandes and Pich 2007)."""
    n = made.vcount()
    pivots = np.sort(np.random.default_rng(seed).choice(n, size=min(PIVOTS, n), replace=False)).tolist()
    raw = np.array(made.betweenness(directed=False, weights=lengths, sources=pivots), dtype=float)
    # from a source, igraph halves for undirected graphs only when all pairs are counted from both ends
    scale = n / len(pivots) / ((n - 1) * (n - 2) / 2)
    total, reached = np.zeros(n), np.zeros(n)
    for start in range(0, len(pivots), 50):
        steps = np.array(made.distances(source=pivots[start : start + 50], weights=lengths), dtype=float)
        found = np.isfinite(steps)
        total += np.where(found, steps, 0).sum(axis=0)
        reached += found.sum(axis=0)
    reached[pivots] -= 1  # the way to oneself is none
    share = np.array(_component_sizes(made)) - 1
    mean = np.divide(total, reached, out=np.zeros(n), where=total > 0)
    close = np.divide(share / max(n - 1, 1), mean, out=np.zeros(n), where=mean > 0)
    return raw * scale, close


def _component_sizes(made):
    parts = made.connected_components()
    sizes = np.array(parts.sizes())
    return sizes[parts.membership] if len(sizes) else sizes


def _eigenvector(made, ends, weights):
    """First eigenvector of each component, each of length 1."""
    from scipy import sparse

    n = made.vcount()
    values = np.zeros(n)
    if made.ecount() == 0:
        return values
    rows, columns = np.r_[ends[:, 0], ends[:, 1]], np.r_[ends[:, 1], ends[:, 0]]
    matrix = sparse.csr_matrix((np.r_[weights, weights].astype(float), (rows, columns)), shape=(n, n))
    label = np.array(made.connected_components().membership)
    order = np.argsort(label, kind="stable")
    for nodes in np.split(order, np.flatnonzero(np.diff(label[order])) + 1):
        if len(nodes) > 1:
            values[nodes] = _first_eigenvector(matrix if len(nodes) == n else matrix[nodes][:, nodes])
    return values


def _first_eigenvector(matrix):
    n = matrix.shape[0]
    if n <= 200:
        vector = np.linalg.eigh(matrix.toarray())[1][:, -1]
    else:
        from scipy.sparse.linalg import eigsh

        vector = eigsh(matrix, k=1, which="LA", v0=np.ones(n), tol=0)[1][:, 0]
    vector = np.abs(vector)  # Perron: all of one sign; the sign itself is arbitrary
    return vector / np.linalg.norm(vector)


# ------------------------------------------------------------------------------------------------ communities


def _leiden(made, strengths, runs, seed):
    """Best community labels of several seeded runs, and the labels of all runs."""
    import random

    import igraph

    if made.ecount() == 0:
        alone = np.arange(made.vcount())
        return alone, np.tile(alone, (runs, 1))
    found = []
    try:
        for run in range(runs):
            igraph.set_random_number_generator(random.Random(seed * 1_000_003 + run))
            parts = made.community_leiden(objective_function="modularity", weights=strengths, n_iterations=-1)
            labels = _numbered(np.array(parts.membership))
            found.append((round(made.modularity(labels, weights=strengths), 12), labels))
    finally:
        igraph.set_random_number_generator(random)
    best = max(range(runs), key=lambda run: (found[run][0], -run))
    return found[best][1], np.array([labels for _, labels in found])


def _numbered(labels):
    """Labels 1, 2, ... by size, ties by the first node."""
    labels = np.asarray(labels)
    _, first, inverse, sizes = np.unique(labels, return_index=True, return_inverse=True, return_counts=True)
    order = sorted(range(len(sizes)), key=lambda part: (-sizes[part], first[part]))
    number = np.empty(len(sizes), dtype=np.int64)
    number[order] = np.arange(1, len(sizes) + 1)
    return number[inverse]


def communities(edges, nodes=None, runs=50, seed=0):
    """Return the community of each node and how stable it is over seeds.

    Columns: `member`, `community`, `stability`: over the runs, how often the others of one's community were in the same
    community too (1: always). A node alone in its community has the share of runs in which it stayed alone.
    `DataFrame.attrs`: `modularity` of the communities shown, `agreement` (mean adjusted Rand index of all pairs of
    runs; 1: all runs agree), `runs`, `seed`. Below an agreement of about 0.8 the communities shown are one of several
    answers and no finding.
    """
    made, names = to_igraph(edges, nodes)
    strengths = _strengths(edges)
    best, all_runs = _leiden(made, strengths, runs, seed)
    table = pd.DataFrame({_kind(edges): names, "community": _numbered(best), "stability": _stability(best, all_runs)})
    score = made.modularity(_numbered(best), weights=strengths) if made.ecount() else 0.0
    table.attrs.update(modularity=float(score), agreement=_agreement(all_runs), runs=runs, seed=seed)
    return table


def _stability(best, all_runs):
    n = len(best)
    kept = np.zeros(n)
    for labels in all_runs:
        pairs = pd.DataFrame({"best": best, "run": labels})
        together = pairs.groupby(["best", "run"])["run"].transform("size").to_numpy()
        size = pairs.groupby("best")["best"].transform("size").to_numpy()
        run_size = pairs.groupby("run")["run"].transform("size").to_numpy()
        kept += np.where(size > 1, (together - 1) / np.maximum(size - 1, 1), run_size == 1)
    return kept / len(all_runs)


def _agreement(all_runs):
    distinct, counts = np.unique(all_runs, axis=0, return_counts=True)
    total, pairs = 0.0, len(all_runs) * (len(all_runs) - 1) / 2
    if pairs == 0:
        return 1.0
    for one in range(len(distinct)):
        total += counts[one] * (counts[one] - 1) / 2
        for other in range(one + 1, len(distinct)):
            total += counts[one] * counts[other] * adjusted_rand(distinct[one], distinct[other])
    return float(total / pairs)


def adjusted_rand(one, other):
    """Adjusted Rand index of two labellings (Hubert and Arabie 1985): 1 equal, 0 as by chance."""
    table = pd.crosstab(np.asarray(one), np.asarray(other)).to_numpy()
    choose = lambda counts: float((counts * (counts - 1) / 2).sum())  # noqa: E731
    both, rows, columns = choose(table), choose(table.sum(axis=1)), choose(table.sum(axis=0))
    everything = choose(np.array([table.sum()]))
    expected = rows * columns / everything if everything else 0.0
    highest = (rows + columns) / 2
    return 1.0 if highest == expected else (both - expected) / (highest - expected)


# ------------------------------------------------------------------------------------------------ two modes


def bipartite_measures(table, onto="members"):
    """Return measures of the members (or groups) in the two-mode graph, where a projection would mislead.

    Columns: `member` (or `group`); `groups` (`members`): how many one has; `core`: the largest k so that one is in a part
    where each member has k groups and each group k members; `redundancy`: share of pairs of one's groups that some other
    member joins as well (Latapy et al. 2008; empty for fewer than two groups, and for all if there are too many pairs); `only_link`: how many of one's
    memberships are bridges; `cut_point`: whether the graph falls apart without one.
    """
    inc = incidence(table)
    inc = inc if onto == "members" else inc.turned()
    made = _two_mode(inc)
    n = len(inc.members)
    bridge_ends = np.array([made.es[edge].tuple for edge in made.bridges()], dtype=np.int64).reshape(-1, 2)
    one, many = ("member", "groups") if onto == "members" else ("group", "members")
    return pd.DataFrame(
        {
            one: inc.members,
            many: inc.counts.to_numpy(),
            "core": np.array(made.coreness()[:n], dtype=np.int64),
            "redundancy": _redundancy(inc.matrix),
            "only_link": np.bincount(bridge_ends[:, 0], minlength=n)[:n],
            "cut_point": np.isin(np.arange(n), made.articulation_points()),
        }
    )


def _two_mode(inc):
    pairs = inc.matrix.tocoo()
    ends = np.column_stack([pairs.row, pairs.col.astype(np.int64) + len(inc.members)]).astype(np.int64)
    return _built(sum(inc.matrix.shape), ends)


def pairs_of(matrix):
    """At most so many entries the product of a sparse rows x columns matrix with its transpose has."""
    sizes = np.asarray(matrix.sum(axis=0), dtype=float).ravel()
    return min(float((sizes**2).sum()), float(matrix.shape[0]) ** 2)


def redundancy(table):
    """Return the redundancy of each member, a Series: 1 where every pair of its groups is joined by others too."""
    inc = incidence(table)
    return pd.Series(_redundancy(inc.matrix), index=inc.members, name="redundancy")


def _redundancy(matrix):
    if pairs_of(matrix.T) > MOST_PAIRS:
        return np.full(matrix.shape[0], np.nan)
    shared = (matrix.T.tocsr() @ matrix).tocsr()
    shared.setdiag(0)
    twice = shared >= 2  # the member itself and at least one more
    joined = np.asarray((matrix @ twice.astype(float)).multiply(matrix).sum(axis=1)).ravel()
    degree = np.asarray(matrix.sum(axis=1)).ravel()
    pairs = degree * (degree - 1)
    return np.divide(joined, pairs, out=np.full(len(degree), np.nan), where=pairs > 0)


def bridges(table):
    """Return the memberships that alone hold the two-mode graph together: `member`, `group`, `members_cut_off`.

    members_cut_off: members on the smaller side once the membership is taken away (0: only a group hangs on it).
    """
    inc = incidence(table)
    made = _two_mode(inc)
    n, found = len(inc.members), []
    sizes = _component_sizes_of_members(made, n)
    for edge in made.bridges():
        member, group = made.es[edge].tuple
        near = _members_without(made, edge, member, n)
        found.append((inc.members[member], inc.groups[group - n], min(near, sizes[member] - near)))
    table = pd.DataFrame(found, columns=["member", "group", "members_cut_off"])
    return table.sort_values(["members_cut_off", "member", "group"], ascending=[False, True, True], ignore_index=True)


def _component_sizes_of_members(made, n):
    labels = np.array(made.connected_components().membership)
    return np.bincount(labels[:n], minlength=labels.max(initial=0) + 1)[labels]


def _members_without(made, edge, start, n):
    """Members on the side of `start` if one edge is taken away."""
    seen, stack = {start}, [start]
    while stack:
        node = stack.pop()
        for other in made.incident(node):
            if other == edge:
                continue
            ends = made.es[other].tuple
            beyond = ends[0] if ends[1] == node else ends[1]
            if beyond not in seen:
                seen.add(beyond)
                stack.append(beyond)
    return sum(node < n for node in seen)


def cut_points(table):
    """Return members and groups without which the two-mode graph falls into more parts: `name`, `kind`."""
    inc = incidence(table)
    n = len(inc.members)
    names = inc.members.append(inc.groups)
    points = sorted(_two_mode(inc).articulation_points())
    return pd.DataFrame(
        {"name": [names[point] for point in points], "kind": ["member" if p < n else "group" for p in points]}
    )


def components(table):
    """Return the parts of the two-mode graph, largest first: `component`, `members`, `groups`."""
    inc = incidence(table)
    n = len(inc.members)
    labels = _numbered(np.array(_two_mode(inc).connected_components().membership))
    count = int(labels.max(initial=0)) + 1
    sizes = pd.DataFrame(
        {"members": np.bincount(labels[:n], minlength=count), "groups": np.bincount(labels[n:], minlength=count)}
    ).iloc[1:]
    sizes.insert(0, "component", sizes.index)
    return sizes.sort_values(["members", "groups"], ascending=False, ignore_index=True, kind="stable").assign(
        component=range(1, count)
    )


def nestedness(table):
    """Return NODF nestedness (Almeida-Neto et al. 2008): `members`, `groups`, `all`, each from 0 to 100.

    100: whoever belongs to few groups belongs only to groups that those with more belong to as well. Pairs with equal
    totals add 0, as the definition says, so many ties lower it. Compare it with a null model (`null_distribution`)
    before calling a network nested: unequal totals alone make much of it.
    """
    matrix = incidence(table).matrix
    members, member_pairs = _paired_overlap(matrix)
    groups, group_pairs = _paired_overlap(matrix.T.tocsr())
    pairs = member_pairs + group_pairs
    mean = lambda total, count: 100 * total / count if count else 0.0  # noqa: E731
    return {
        "members": mean(members, member_pairs),
        "groups": mean(groups, group_pairs),
        "all": mean(members + groups, pairs),
    }


def _paired_overlap(matrix):
    shared = (matrix @ matrix.T.tocsr()).tocoo()
    degree = np.asarray(matrix.sum(axis=1)).ravel()
    larger = degree[shared.row] > degree[shared.col]
    total = float((shared.data[larger] / degree[shared.col[larger]]).sum())
    n = matrix.shape[0]
    return total, n * (n - 1) // 2
