"""From tables of memberships to graphs: incidence, projections, slices by time, layers.

A *membership table* is a pandas DataFrame, one row a membership:

=========  ==========================================================================================
`member`   who belongs or was there (text, required)
`group`    to what: a body, a meeting, a programme (text, required)
`start`    first day, month or year, ISO 8601 (`2018`, `2018-05`, `2018-05-14`); empty: not known
`end`      last day, month or year; empty: still going, or not known
`role`     the way of being there (`member`, `hosted`, `spoke` ...)
`weight`   a positive number, such as hours or contributions
`source`   who says so
=========  ==========================================================================================

A fact known to the year covers the whole year. An empty `start` never excludes a row from a slice and neither does an
empty `end`: the functions that slice say how many rows that concerns.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .errors import NetworkError

COLUMNS = ("member", "group", "start", "end", "role", "weight", "source")
_FIRST, _LAST = 0, 99_999_999  # day numbers (yyyymmdd) for "not known"
_DATE = re.compile(r"(?P<y>[0-9]{4})(?:-(?P<m>0[1-9]|1[0-2])(?:-(?P<d>0[1-9]|[12][0-9]|3[01]))?)?")


# ------------------------------------------------------------------------------------------------ tables


def membership_table(frame, **columns):
    """Return a tidy membership table made from the columns of `frame`.

    frame: DataFrame, one row a membership.
    columns: which column is what, such as `member="country", group="event"`; names that are left out are taken as they
        stand (`member=None` is an error, `start=None` leaves starts empty).
    Returns a new DataFrame with the columns of `COLUMNS` that exist; rows without a member or group are dropped.
    Raises NetworkError if `member` or `group` is missing.
    """
    tidy = {}
    for name in COLUMNS:
        column = columns.get(name, name)
        if column is None or column not in frame.columns:
            if name in ("member", "group"):
                raise NetworkError(f"No column {column!r} to take as {name}; found: {', '.join(map(str, frame.columns))}.")
            continue
        tidy[name] = frame[column].reset_index(drop=True)
    table = pd.DataFrame(tidy)
    known = _filled(table["member"]) & _filled(table["group"])
    return table[known].reset_index(drop=True)


def from_participations(participations, actor="country", ways=None, events=None):
    """Return the membership table "who was at which event" from the book's `participations`.

    participations: DataFrame with `event`, `way` and one column for each kind of actor.
    actor: `country`, `organisation` or `person`; rows that name no such actor are dropped.
    ways: iterable of ways of being there to keep, such as `["attended as adviser"]`; None keeps all. Hosting a meeting
        is a way of its own: leave `hosted` out where presence is meant.
    events: optional `events` table; gives `start` and `end` to each row.
    Returns member, group, role, start, end (with `events`), source: one row for each actor, event and way.
    """
    rows = participations
    if ways is not None:
        rows = rows[rows["way"].isin(list(ways))]
    if events is not None:
        dates = events.set_index("id")[["start", "end"]]
        rows = rows.join(dates, on="event")
    source = "source" if "source" in rows.columns else "confidence"
    table = membership_table(rows, member=actor, group="event", role="way", source=source)
    return table.drop_duplicates().reset_index(drop=True)


def from_memberships(memberships, actor="country", ways=None):
    """Return the membership table "who belongs to which network" from the book's `memberships`.

    memberships: DataFrame with `network`, `way`, `since`, `until` and one column for each kind of actor.
    actor, ways: as in `from_participations`.
    """
    rows = memberships if ways is None else memberships[memberships["way"].isin(list(ways))]
    source = "source" if "source" in rows.columns else "confidence"
    table = membership_table(rows, member=actor, group="network", start="since", end="until", role="way", source=source)
    return table.drop_duplicates().reset_index(drop=True)


def _filled(values):
    return values.notna() & (values.astype("str").str.strip() != "")


# ------------------------------------------------------------------------------------------------ time


def spans(table):
    """Return two integer arrays (first day, last day as yyyymmdd) for the rows of a membership table.

    A year covers its whole year, a month its whole month. Not known is 0 for the start, 99999999 for the end; a row
    with a start and no end is taken as still going.
    Raises NetworkError naming the first value that is no ISO date.
    """
    return _days(table, "start", last=False), _days(table, "end", last=True)


def _days(table, column, last):
    missing = _LAST if last else _FIRST
    if column not in table.columns:
        return np.full(len(table), missing, dtype=np.int64)
    codes, values = pd.factorize(table[column])  # dates repeat: parse each spelling once
    days = np.array([_day(value, last, missing, column) for value in values] + [missing], dtype=np.int64)
    return days[codes]


def _day(value, last, missing, column="date"):
    text = _plain(value)
    if text == "":
        return missing
    match = _DATE.fullmatch(text)
    if not match or not _on_calendar(match):
        raise NetworkError(f"{column}: {text!r} is no date; write 2018, 2018-05 or 2018-05-14.")
    year = int(match["y"])
    month = int(match["m"] or (12 if last else 1))
    day = int(match["d"] or (31 if last else 1))
    return year * 10_000 + month * 100 + day


def _on_calendar(match):
    if match["y"] == "0000":
        return False
    return match["d"] is None or int(match["d"]) <= calendar.monthrange(int(match["y"]), int(match["m"]))[1]


def _plain(value):
    if value is None or (isinstance(value, float) and np.isnan(value)) or value is pd.NA or value is pd.NaT:
        return ""
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    text = str(value).strip()
    return text[:4] if re.fullmatch(r"[0-9]{4}\.0", text) else text  # a year that a program took for a decimal


def select(table, at=None, start=None, end=None, roles=None, sources=None):
    """Return the rows of a membership table that overlap a time and have certain roles or sources.

    at: one year, month or day (`2014`, `"2014-05"`); start, end: a range, either may be None.
    roles, sources: iterables of values to keep; None keeps all.
    A membership counts if any day of it falls into the time asked for. Rows without dates are kept.
    """
    keep = np.ones(len(table), dtype=bool)
    if at is not None:
        start, end = at, at
    if start is not None or end is not None:
        first, last = spans(table)
        keep &= first <= _day(end, True, _LAST, "end")
        keep &= last >= _day(start, False, _FIRST, "start")
    for column, wanted in (("role", roles), ("source", sources)):
        if wanted is not None:
            keep &= table[column].isin([wanted] if isinstance(wanted, str) else list(wanted)).to_numpy()
    return table[keep].reset_index(drop=True)


# ------------------------------------------------------------------------------------------------ graphs


@dataclass(frozen=True)
class Incidence:
    """Who belongs to what, as a sparse matrix.

    members, groups: pandas Index of names, sorted; matrix: scipy CSR, members x groups, 1 where there is at least one
    membership; weights: CSR of summed membership weights, or None if the table has no `weight`.
    """

    members: pd.Index
    groups: pd.Index
    matrix: object
    weights: object = None

    @property
    def sizes(self):
        """Members of each group, a Series by group."""
        return pd.Series(np.asarray(self.matrix.sum(axis=0)).ravel().astype(int), index=self.groups, name="members")

    @property
    def counts(self):
        """Groups of each member, a Series by member."""
        return pd.Series(np.asarray(self.matrix.sum(axis=1)).ravel().astype(int), index=self.members, name="groups")

    def turned(self):
        """The same with members and groups exchanged."""
        weights = None if self.weights is None else self.weights.T.tocsr()
        return Incidence(self.groups, self.members, self.matrix.T.tocsr(), weights)


def incidence(table, members=None, groups=None):
    """Return the `Incidence` of a membership table; several rows of one pair count once.

    members, groups: names to keep room for even if no row has them (isolates), such as every country of a region;
        without them only those in the table appear. Names of the table are always kept.
    """
    from scipy import sparse

    if isinstance(table, Incidence):
        return table
    rows, member_names = _codes(table["member"], members)
    columns, group_names = _codes(table["group"], groups)
    shape = (len(member_names), len(group_names))
    matrix = sparse.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=shape)
    matrix.data[:] = 1.0  # repeated memberships were summed
    weights = None
    if "weight" in table.columns:
        values = pd.to_numeric(table["weight"]).fillna(1.0).to_numpy(dtype=float)
        weights = sparse.csr_matrix((values, (rows, columns)), shape=shape)
    return Incidence(member_names, group_names, matrix, weights)


def _codes(values, extra=None):
    codes, names = pd.factorize(values, sort=True)
    names = pd.Index(names)
    if extra is None:
        return codes, names
    wanted = names.union(pd.Index(list(extra)), sort=True)
    return wanted.get_indexer(names)[codes], wanted


def add_isolates(edges, nodes):
    """Return the sorted Index of all names in an edge table and in `nodes` (those without a tie among them)."""
    first, second = _ends(edges)
    return pd.Index(edges[first]).union(pd.Index(edges[second])).union(pd.Index(list(nodes))).unique().sort_values()


def bipartite_graph(table, members=None, groups=None):
    """Return the two-mode graph of a membership table as a networkx Graph.

    Nodes carry `bipartite` (0 member, 1 group); edges carry `rows` (how many memberships), and `roles`, `start`, `end`
    (earliest, latest) and `weight` (sum) where the table has them. `members` and `groups` add isolates.
    Raises NetworkError if a name is both a member and a group: one of them needs another name first.
    """
    import networkx as nx

    inc = incidence(table, members, groups)
    both = inc.members.intersection(inc.groups)
    if len(both):
        raise NetworkError(f"{both[0]!r} is both a member and a group; rename one, for example '{both[0]} (group)'.")
    two_mode = nx.Graph()
    two_mode.add_nodes_from(inc.members, bipartite=0)
    two_mode.add_nodes_from(inc.groups, bipartite=1)
    for (member, group), rows in table.groupby(["member", "group"], sort=True):
        two_mode.add_edge(member, group, **_edge_facts(rows))
    return two_mode


def _edge_facts(rows):
    facts = {"rows": len(rows)}
    if "role" in rows.columns:
        facts["roles"] = ", ".join(sorted({_plain(role) for role in rows["role"]} - {""}))
    if "weight" in rows.columns:
        facts["weight"] = float(pd.to_numeric(rows["weight"]).fillna(1.0).sum())
    if "start" in rows.columns:
        facts["start"] = min((_plain(v) for v in rows["start"] if _plain(v)), default="")
    if "end" in rows.columns:
        ends = [_plain(value) for value in rows["end"]]
        facts["end"] = max(ends) if all(ends) else ""  # one open membership keeps the tie open
    return facts


def project(table, onto="members", newman=False, self_loops=False):
    """Return the projection of a membership table as an edge table, each pair once, sorted by name.

    table: membership table or `Incidence`; onto: `members` or `groups`.
    Columns: `member_a`, `member_b` (a before b), `shared_groups` (whole number); for groups `group_a`, `group_b`,
    `shared_members`. With weights in the table `weight`: the sum over shared groups of the product of both weights.
    newman: adds `newman_weight`, Newman's (2001) weighting: each shared group of n members gives 1/(n - 1), so that a
        large meeting ties its members less closely.
    self_loops: adds each member with itself (its number of groups; Newman weight 0). Left out otherwise.
    Members who share no group have no row: pass `Incidence.members` on as nodes to keep them.
    """
    inc = incidence(table)
    one, many = ("member", "groups") if onto == "members" else ("group", "members")
    if onto not in ("members", "groups"):
        raise NetworkError(f"onto is {onto!r}; it can be 'members' or 'groups'.")
    if onto == "groups":
        inc = inc.turned()
    transposed = inc.matrix.T.tocsr()
    exact = np.float32 if inc.matrix.shape[1] < 2**24 else np.float64  # whole numbers, at half the memory traffic
    product = inc.matrix.astype(exact) @ transposed.astype(exact)
    rows, columns, shared = _upper(product, self_loops)
    edges = pd.DataFrame({f"{one}_a": _names(inc.members, rows), f"{one}_b": _names(inc.members, columns)})
    edges[f"shared_{many}"] = shared.astype(np.int64)
    if inc.weights is not None:
        edges["weight"] = _at(inc.weights @ inc.weights.T.tocsr(), rows, columns)
    if newman:
        scaled = _newman_scaled(inc.matrix)
        edges["newman_weight"] = np.where(rows == columns, 0.0, _at(scaled @ transposed, rows, columns))
    return edges


def _newman_scaled(matrix):
    sizes = np.asarray(matrix.sum(axis=0)).ravel()
    factor = np.divide(1.0, sizes - 1, out=np.zeros_like(sizes), where=sizes > 1)
    scaled = matrix.copy()
    scaled.data = scaled.data * factor[scaled.indices]
    return scaled


def _upper(product, self_loops=False):
    """Row, column and value of the upper triangle of a symmetric CSR matrix, in order.

    The product has unsorted columns. Its lower triangle, turned into CSC form, is the upper one with sorted columns; that
    is made by counting, not by sorting.
    """
    from scipy import sparse

    rows = np.repeat(np.arange(product.shape[0], dtype=product.indices.dtype), np.diff(product.indptr))
    keep = product.indices <= rows if self_loops else product.indices < rows
    starts = np.zeros(len(keep) + 1, dtype=product.indptr.dtype)
    np.cumsum(keep, out=starts[1:])
    lower = sparse.csr_matrix((product.data[keep], product.indices[keep], starts[product.indptr]), shape=product.shape)
    upper = lower.tocsc()
    rows = np.repeat(np.arange(product.shape[0], dtype=upper.indices.dtype), np.diff(upper.indptr))
    return rows, upper.indices, upper.data


def _names(index, codes):
    return index.take(codes)


def _at(product, rows, columns):
    """Values of a sparse matrix at pairs (rows, columns) that are sorted by row, then column."""
    upper_rows, upper_columns, values = _upper(product, self_loops=True)
    if len(upper_rows) == len(rows):
        return values
    size = np.int64(product.shape[0])
    have = upper_rows.astype(np.int64) * size + upper_columns
    want = rows.astype(np.int64) * size + columns
    found = np.searchsorted(have, want)
    return values[np.minimum(found, len(values) - 1)] if len(values) else np.zeros(len(rows))


def _ends(edges):
    """The names of the two end columns of an edge table."""
    for pair in (("member_a", "member_b"), ("group_a", "group_b"), ("a", "b"), ("source", "target")):
        if pair[0] in edges.columns and pair[1] in edges.columns:
            return pair
    return tuple(edges.columns[:2])


def edge_weights(edges):
    """The name of the column that counts as the strength of a tie, or None if every tie weighs 1.

    `weight` if the table has it, else the count of shared groups or members.
    """
    for name in ("weight", "shared_groups", "shared_members"):
        if name in edges.columns:
            return name
    return None


def graph(edges, nodes=None):
    """Return an edge table as a networkx Graph; all further columns become edge attributes.

    nodes: names to have even without a tie (isolates); None has only nodes with ties.
    """
    import networkx as nx

    first, second = _ends(edges)
    one_mode = nx.Graph()
    if nodes is not None:
        one_mode.add_nodes_from(nodes)
    rest = [name for name in edges.columns if name not in (first, second)]
    for row in edges.to_dict("records"):
        one_mode.add_edge(row[first], row[second], **{name: row[name] for name in rest})
    return one_mode


def to_igraph(edges, nodes=None):
    """Return an edge table as (igraph Graph, Index of names); vertex i is name i. No attributes are copied.

    nodes: all names in the order wanted; None takes the sorted names of the edges.
    Raises NetworkError if an edge has an end that is not in `nodes`, or if an edge is there twice.
    """
    ends, names = edge_ends(edges, nodes)
    return _built(len(names), ends), names


def _built(count, ends):
    """An igraph Graph of numbered ends; adding edges to an empty one is three times faster than naming them at once."""
    import igraph

    made = igraph.Graph(n=int(count))
    made.add_edges(ends)
    return made


def edge_ends(edges, nodes=None):
    """Return (array ties x 2 of numbers, Index of names) for an edge table; checks as in `to_igraph`."""
    first, second = _ends(edges)
    if nodes is None:
        codes, names = pd.factorize(pd.concat([edges[first], edges[second]], ignore_index=True), sort=True)
        names = pd.Index(names)
    else:
        names = pd.Index(nodes)
        codes = np.concatenate([names.get_indexer(edges[first]), names.get_indexer(edges[second])])
    ends = np.ascontiguousarray(codes.reshape(2, -1).T, dtype=np.int64)
    if len(ends) and ends.min() < 0:
        row = edges.iloc[int(np.argmax((ends < 0).any(axis=1)))]
        raise NetworkError(f"The tie {row[first]!r} - {row[second]!r} has an end that is not among the nodes.")
    keys = np.sort(ends.min(axis=1, initial=2**62) * np.int64(max(len(names), 1)) + ends.max(axis=1, initial=0))
    if (np.diff(keys) == 0).any():
        raise NetworkError("The edge table has the same pair twice; sum its weights first.")
    return ends, names


# ------------------------------------------------------------------------------------------------ slices, layers


def slices(table, years, onto="members", newman=False):
    """Return one edge table for all `years`, with a column `year`: who shared a group in that year."""
    parts = []
    for year, rows in _by_year(table, years):
        edges = project(rows, onto, newman)
        edges.insert(0, "year", year)
        parts.append(edges)
    return pd.concat(parts, ignore_index=True) if parts else project(table.iloc[:0], onto, newman).assign(year=[])


def yearly_summary(table, years):
    """Return one row a year: `year`, `members`, `groups`, `memberships`, `edges` (pairs that share a group), `density`.

    members and groups are those with a membership in that year; density is edges over possible pairs of them.
    """
    whole = incidence(table)
    first, last = spans(table)
    rows = whole.members.get_indexer(table["member"])
    columns = whole.groups.get_indexer(table["group"])
    found = []
    for year in years:
        active = (first <= year * 10_000 + 1231) & (last >= year * 10_000 + 101)
        found.append((int(year), *_counts(rows[active], columns[active], whole.matrix.shape)))
    return pd.DataFrame(found, columns=["year", "members", "groups", "memberships", "edges", "density"])


def _counts(rows, columns, shape):
    from scipy import sparse

    matrix = sparse.csr_matrix((np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=shape)
    matrix.data[:] = 1
    members = int((np.diff(matrix.indptr) > 0).sum())
    groups = len(np.unique(matrix.indices))
    ties = matrix @ matrix.T.tocsr()
    edges = (ties.nnz - members) // 2  # every member with a group meets itself
    possible = members * (members - 1) // 2
    return members, groups, int(matrix.nnz), int(edges), edges / possible if possible else 0.0


def _by_year(table, years):
    first, last = spans(table)
    for year in years:
        active = (first <= year * 10_000 + 1231) & (last >= year * 10_000 + 101)
        yield int(year), table[active]


def multilayer(table, layer="role"):
    """Return the ties of each layer: `layer`, `member_a`, `member_b`, `shared_groups`.

    layer: the column whose values are the layers (`role`, `source`, `group` or any other column). Two members are tied
    in a layer if they share a group by rows of that layer.
    Raises NetworkError if there is no such column.
    """
    if layer not in table.columns:
        raise NetworkError(f"No column {layer!r} for the layers; found: {', '.join(table.columns)}.")
    parts = []
    for name, rows in table[_filled(table[layer])].groupby(layer, sort=True):
        edges = project(rows.drop(columns="weight", errors="ignore"))
        edges.insert(0, "layer", name)
        parts.append(edges)
    if not parts:
        raise NetworkError(f"Column {layer!r} is empty: there are no layers.")
    return pd.concat(parts, ignore_index=True)


def layer_overlap(layers):
    """Return how far the layers have the same ties: `layer_a`, `layer_b`, `ties_a`, `ties_b`, `both`, `jaccard`.

    layers: what `multilayer` returns. jaccard is `both` over the ties that are in either layer.
    """
    pairs = {name: set(zip(rows["member_a"], rows["member_b"])) for name, rows in layers.groupby("layer", sort=True)}
    names, found = list(pairs), []
    for position, one in enumerate(names):
        for other in names[position + 1 :]:
            both, either = len(pairs[one] & pairs[other]), len(pairs[one] | pairs[other])
            found.append((one, other, len(pairs[one]), len(pairs[other]), both, both / either if either else 0.0))
    return pd.DataFrame(found, columns=["layer_a", "layer_b", "ties_a", "ties_b", "both", "jaccard"])
