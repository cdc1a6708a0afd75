"""How full a projection is, and which of its ties exceed chance.

When nearly everybody shares a group with everybody, a drawing of all ties says nothing. The null models here keep what
is given (how many groups each member has, how many members each group has) and ask which ties are stronger still.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from .build import Incidence, _names, _upper, incidence, project
from .errors import NetworkError

DENSE, SATURATED = 0.5, 0.9  # of all possible ties; a reading aid, not a law
EXACT_CELLS = 2e9  # pairs x groups x shared groups: above, tail probabilities are approximated


def density(edges, nodes):
    """Return ties over possible ties. nodes: how many nodes, or their names (isolates included)."""
    n = nodes if isinstance(nodes, (int, np.integer)) else len(nodes)
    return len(edges) / (n * (n - 1) / 2) if n > 1 else 0.0


def how_full(table, onto="members"):
    """Return how full the projection of a table is, and what fills it.

    A dict: `members`, `groups`, `memberships`, `edges`, `density`; `verdict` (`sparse` under a density of 0.5, `dense`, or
    `saturated` from 0.9); `largest_group`, `largest_group_size`, `largest_group_share` (share of all ties that this one
    group would make alone); `without_largest` (density if it is left out, over the same nodes).
    """
    inc = incidence(table)
    inc = inc if onto == "members" else inc.turned()
    edges = project(Incidence(inc.members, inc.groups, inc.matrix))
    n, found = len(inc.members), density(edges, len(inc.members))
    sizes = inc.sizes
    largest = sizes.idxmax() if len(sizes) else None
    size = int(sizes.max()) if len(sizes) else 0
    keep = np.flatnonzero(sizes.index != largest)
    rest = project(Incidence(inc.members, inc.groups[keep], inc.matrix[:, keep]))
    return {
        "members": n,
        "groups": len(inc.groups),
        "memberships": int(inc.matrix.nnz),
        "edges": len(edges),
        "density": found,
        "verdict": "saturated" if found >= SATURATED else "dense" if found >= DENSE else "sparse",
        "largest_group": largest,
        "largest_group_size": size,
        "largest_group_share": size * (size - 1) / 2 / len(edges) if len(edges) else 0.0,
        "without_largest": density(rest, n),
    }


# ------------------------------------------------------------------------------------------------ backbone


def false_discovery(p_values):
    """Benjamini and Hochberg's adjusted p-values, an array of the same length (scipy's, empty in, empty out)."""
    from scipy.stats import false_discovery_control

    p_values = np.asarray(p_values, dtype=float)
    return false_discovery_control(p_values) if len(p_values) else p_values


def backbone(table, onto="members", model="sdsm", alpha=0.05, runs=1000, seed=0):
    """Return the ties of a projection with the chance of so many shared groups under a null model.

    model: what the null model keeps.
        `hypergeometric`: each member's number of groups, groups all alike (Tumminello et al. 2011);
        `sdsm`: both numbers on average: each membership has its own probability (Neal 2014; probabilities of greatest
            entropy, Saracco et al. 2017), the count of shared groups is Poisson-binomial;
        `fdsm`: both numbers exactly, by `runs` random tables (curveball trades); p cannot be under 1 / (runs + 1).
    alpha: ties with a false discovery rate up to alpha are kept. All pairs that could be tied are tested, also those
        without a shared group, so the correction counts n (n - 1) / 2 tests.
    Returns the edge table plus `expected` shared groups, `p_value`, `q_value`, `kept`. `attrs`: model, alpha, tests.
    """
    inc = incidence(table)
    inc = inc if onto == "members" else inc.turned()
    plain = Incidence(inc.members, inc.groups, inc.matrix)
    rows, columns, shared = _upper(inc.matrix @ inc.matrix.T.tocsr())
    one, many = ("member", "groups") if onto == "members" else ("group", "members")
    models = {"hypergeometric": _hypergeometric, "sdsm": _sdsm, "fdsm": _fdsm}
    if model not in models:
        raise NetworkError(f"model is {model!r}; it can be {', '.join(models)}.")
    expected, p_values = models[model](plain, rows, columns, np.round(shared).astype(np.int64), runs, seed)
    edges = pd.DataFrame({f"{one}_a": _names(inc.members, rows), f"{one}_b": _names(inc.members, columns)})
    edges[f"shared_{many}"] = np.round(shared).astype(np.int64)
    edges["expected"] = expected
    edges["p_value"] = np.clip(p_values, 0.0, 1.0)
    tests = len(inc.members) * (len(inc.members) - 1) // 2
    edges["q_value"] = _adjusted(edges["p_value"].to_numpy(), tests)
    edges["kept"] = edges["q_value"] <= alpha
    edges.attrs.update(model=model, alpha=alpha, tests=tests)
    return edges


def _adjusted(p_values, tests):
    """Benjamini-Hochberg over `tests` tests; those without a row have p = 1 and change only the count."""
    if not len(p_values):
        return p_values
    order = np.argsort(p_values, kind="stable")
    ranked = p_values[order] * tests / np.arange(1, len(p_values) + 1)
    adjusted = np.empty(len(p_values))
    adjusted[order] = np.minimum(np.minimum.accumulate(ranked[::-1])[::-1], 1.0)
    return adjusted


def _hypergeometric(inc, rows, columns, shared, runs, seed):
    from scipy.stats import hypergeom

    degree, groups = inc.counts.to_numpy(), len(inc.groups)
    cases = pd.DataFrame({"a": degree[rows], "b": degree[columns], "shared": shared})
    distinct = cases.drop_duplicates().reset_index(drop=True)
    distinct["p"] = hypergeom.sf(distinct["shared"] - 1, groups, distinct["a"], distinct["b"])
    p_values = cases.merge(distinct, how="left", on=["a", "b", "shared"])["p"].to_numpy()
    return degree[rows] * degree[columns] / max(groups, 1), p_values


def degree_null(table, steps=10_000, tolerance=1e-10):
    """Return membership probabilities of greatest entropy with the table's degrees as averages, members x groups.

    The bipartite configuration model: p = x y / (1 + x y), found by fixed-point steps over distinct degrees.
    """
    inc = incidence(table)
    member, group = inc.counts.to_numpy(), inc.sizes.to_numpy()
    member_kinds, member_of, member_times = np.unique(member, return_inverse=True, return_counts=True)
    group_kinds, group_of, group_times = np.unique(group, return_inverse=True, return_counts=True)
    everyone, everything = len(group), len(member)
    free_member = (member_kinds > 0) & (member_kinds < everyone)
    free_group = (group_kinds > 0) & (group_kinds < everything)
    x = np.where(member_kinds == 0, 0.0, member_kinds / np.sqrt(max(member.sum(), 1)))
    y = np.where(group_kinds == 0, 0.0, group_kinds / np.sqrt(max(member.sum(), 1)))
    # those in every group (or groups with every member) are certain: take them out of the equations
    certain_members = member_times[member_kinds == everyone].sum() if everyone else 0
    certain_groups = group_times[group_kinds == everything].sum() if everything else 0
    want_member = (member_kinds - certain_groups)[free_member].astype(float)
    want_group = (group_kinds - certain_members)[free_group].astype(float)
    u, v = x[free_member], y[free_group]
    times_u, times_v = member_times[free_member], group_times[free_group]
    for _ in range(steps):
        before_u, before_v = u, v
        u = want_member / np.maximum((times_v * v / (1 + np.outer(u, v))).sum(axis=1), 1e-300)
        v = want_group / np.maximum((times_u[:, None] * u[:, None] / (1 + np.outer(u, v))).sum(axis=0), 1e-300)
        change = np.r_[np.abs(u - before_u) / (1e-300 + np.abs(u)), np.abs(v - before_v) / (1e-300 + np.abs(v))]
        if len(change) == 0 or change.max() < tolerance:
            break
    probability = np.zeros((len(member_kinds), len(group_kinds)))
    product = np.outer(u, v)
    probability[np.ix_(free_member, free_group)] = product / (1 + product)
    probability[member_kinds == everyone, :] = 1.0
    probability[:, group_kinds == everything] = 1.0
    probability[member_kinds == 0, :] = 0.0
    probability[:, group_kinds == 0] = 0.0
    return probability[member_of][:, group_of]


def _sdsm(inc, rows, columns, shared, runs, seed):
    probability = degree_null(inc)
    cells = float(len(rows)) * len(inc.groups) * (shared.max(initial=0) + 1)
    if cells <= EXACT_CELLS:
        return _poisson_binomial(probability, rows, columns, shared)
    return _poisson_binomial_refined(probability, rows, columns, shared)


def _poisson_binomial(probability, rows, columns, shared):
    """Mean and exact upper tail of the number of shared groups, pair by pair."""
    mean, tail = np.empty(len(rows)), np.empty(len(rows))
    order = np.argsort(shared, kind="stable")
    for block in np.array_split(order, max(len(rows) // 4096, 1)):
        if not len(block):
            continue
        depth = shared[block].max()
        below = np.zeros((depth, len(block)))  # probability of exactly k so far, for k below the largest count
        below[0] = 1.0
        total = np.zeros(len(block))
        for group in range(probability.shape[1]):
            chance = probability[rows[block], group] * probability[columns[block], group]
            total += chance
            moved = below[:-1] * chance
            below *= 1 - chance
            below[1:] += moved
        mean[block] = total
        counted = np.arange(depth)[:, None] < shared[block]
        tail[block] = 1 - np.where(counted, below, 0.0).sum(axis=0)
    return mean, np.clip(tail, 0.0, 1.0)


def _poisson_binomial_refined(probability, rows, columns, shared):
    """The same by Volkova's (1996) refined normal approximation: mean, variance and skew by matrix products."""
    from scipy.stats import norm

    first, second, third = (power @ power.T for power in (probability, probability**2, probability**3))
    m1, m2, m3 = first[rows, columns], second[rows, columns], third[rows, columns]
    spread = np.sqrt(np.maximum(m1 - m2, 1e-12))
    skew = (m1 - 3 * m2 + 2 * m3) / spread**3
    z = (shared - 0.5 - m1) / spread
    below = norm.cdf(z) + skew * (1 - z**2) * norm.pdf(z) / 6
    certain = m1 - m2 < 1e-9  # no chance in it: what is there is what must be
    return m1, np.where(certain, 1.0, 1 - np.clip(below, 0.0, 1.0))


def _fdsm(inc, rows, columns, shared, runs, seed):
    total, reached = np.zeros(len(rows)), np.zeros(len(rows))
    for matrix in curveball(inc, runs, seed):
        counts = matrix @ matrix.T
        drawn = counts[rows, columns]
        total += drawn
        reached += drawn >= shared
    return total / max(runs, 1), (reached + 1) / (runs + 1)


def curveball(table, runs, seed=0, trades=None):
    """Yield `runs` random tables with the same number of groups of each member and of members of each group.

    Each is a dense members x groups array of 0 and 1. Curveball trades (Strona et al. 2014): two random members
    exchange random ones of the groups that only one of them has; `trades` a table, five times the members without.
    The first table comes after ten times as many.
    """
    inc = incidence(table)
    random = np.random.default_rng(seed)
    n, m = inc.matrix.shape
    present = inc.matrix.toarray() > 0
    trades = 5 * n if trades is None else trades
    for run in range(runs):
        for _ in range(trades * (10 if run == 0 else 1) if n > 1 else 0):
            one, other = random.choice(n, size=2, replace=False) if n < 3 else _two(random, n)
            differ = np.flatnonzero(present[one] != present[other])
            of_one = int(present[one, differ].sum())
            if of_one == 0 or of_one == len(differ):
                continue
            random.shuffle(differ)
            present[one, differ[:of_one]], present[one, differ[of_one:]] = True, False
            present[other, differ[:of_one]], present[other, differ[of_one:]] = False, True
        yield present.astype(float)


def _two(random, n):
    one = int(random.integers(n))
    other = int(random.integers(n - 1))
    return one, other + (other >= one)


# ------------------------------------------------------------------------------------------------ claims


def null_distribution(statistic, table, runs=1000, seed=0):
    """Return what a number would be in random tables with the same degrees.

    statistic: a function of an `Incidence` that returns a number, such as `lambda inc: nestedness(inc)["all"]`.
    Returns a dict: `observed`, `mean`, `low`, `high` (the middle 95 % of the random tables), `p_high`, `p_low` (share of
    tables at least / at most as large, the observed one counted in), `runs`.
    """
    from scipy import sparse

    inc = incidence(table)
    observed = float(statistic(inc))
    drawn = np.array(
        [
            float(statistic(Incidence(inc.members, inc.groups, sparse.csr_matrix(matrix))))
            for matrix in curveball(inc, runs, seed)
        ]
    )
    return _against(observed, drawn)


def _against(observed, drawn):
    low, high = np.quantile(drawn, [0.025, 0.975])
    slack = 1e-12 * max(abs(observed), 1.0)
    return {
        "observed": observed,
        "mean": float(drawn.mean()),
        "low": float(low),
        "high": float(high),
        "p_high": float(((drawn >= observed - slack).sum() + 1) / (len(drawn) + 1)),
        "p_low": float(((drawn <= observed + slack).sum() + 1) / (len(drawn) + 1)),
        "runs": len(drawn),
    }


def concentration_test(hosts, universe, runs=10_000, seed=0):
    """Return whether meetings are held by fewer hosts than equal chances would give.

    hosts: the host of each meeting (list or Series, empty ones left out). universe: how many could have been the host,
        or their names; it must be stated, for the answer hangs on it (the members at the time? all states?).
    Null model: each meeting draws its host from the universe, all alike, independently.
    Returns a DataFrame with one row for `distinct hosts`, `most by one host` and `concentration (sum of squared shares)`:
    `observed`, `mean`, `low`, `high` (middle 95 %), `p` (share of draws at least as concentrated, observed counted in).
    Raises NetworkError if there are more different hosts than the universe holds, or a host is not in it.
    """
    hosts = pd.Series(list(hosts), dtype="object").dropna()
    size = universe if isinstance(universe, (int, np.integer)) else len(set(universe))
    if not isinstance(universe, (int, np.integer)):
        outside = sorted({str(host) for host in hosts} - {str(name) for name in universe})
        if outside:
            raise NetworkError(f"Host {outside[0]!r} is not in the universe of {size} possible hosts.")
    if hosts.nunique() > size or len(hosts) == 0 or size < 1:
        raise NetworkError(f"{hosts.nunique()} hosts cannot be drawn from a universe of {size}; state a larger one.")
    draws = np.random.default_rng(seed).integers(size, size=(runs, len(hosts)))
    ordered = np.sort(draws, axis=1)
    distinct = 1 + (np.diff(ordered, axis=1) != 0).sum(axis=1)
    times = (draws[:, :, None] == draws[:, None, :]).sum(axis=2) if len(hosts) <= 200 else _times(draws)
    shares = times.sum(axis=1) / len(hosts) ** 2  # each host with t meetings is counted t times: sum of t squared
    counts = hosts.value_counts()
    observed = [len(counts), counts.max(), float(((counts / len(hosts)) ** 2).sum())]
    names = ["distinct hosts", "most by one host", "concentration (sum of squared shares)"]
    rows = []
    for name, value, drawn, fewer in zip(names, observed, [distinct, times.max(axis=1), shares], [True, False, False]):
        found = _against(float(value), drawn.astype(float))
        rows.append((name, value, found["mean"], found["low"], found["high"], found["p_low" if fewer else "p_high"]))
    return pd.DataFrame(rows, columns=["statistic", "observed", "mean", "low", "high", "p"])


def _times(draws):
    """How often the value of each place is drawn in its row."""
    times = np.empty_like(draws)
    for row, values in enumerate(draws):
        _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
        times[row] = counts[inverse]
    return times


def overlap_test(one, other, universe):
    """Return whether two sets of members overlap more than chance, over a stated universe.

    one, other: members of two networks; universe: all who could be in either, or their number. Chance: each set is a
    random draw of its size from the universe (hypergeometric). It knows nothing of wealth or region: a small p says
    "more than if everybody were alike", no more.
    Returns a dict: `one`, `other`, `universe`, `both`, `expected`, `jaccard`, `p_more`, `p_less`.
    Raises NetworkError if a member is not in the universe.
    """
    from scipy.stats import hypergeom

    one, other = set(one), set(other)
    if isinstance(universe, (int, np.integer)):
        size = int(universe)
    else:
        universe = set(universe)
        size, outside = len(universe), sorted((one | other) - universe, key=str)
        if outside:
            raise NetworkError(f"{outside[0]!r} is in a network but not in the universe of {size}.")
    both, either = len(one & other), len(one | other)
    if either > size or size < 1:
        raise NetworkError(f"The two networks have {either} members; the universe of {size} is too small for them.")
    return {
        "one": len(one),
        "other": len(other),
        "universe": size,
        "both": both,
        "expected": len(one) * len(other) / size,
        "jaccard": both / either if either else 0.0,
        "p_more": float(hypergeom.sf(both - 1, size, len(one), len(other))),
        "p_less": float(hypergeom.cdf(both, size, len(one), len(other))),
    }
