"""The network library against published values, examples worked by hand, and plain networkx on random tables."""

import subprocess
import sys
from math import lcm
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib import pyplot as plt
from matplotlib.path import Path as Path2D
from matplotlib.transforms import Bbox

from scidip import charts, networks
from scidip.networks import build, io, saturation
from scidip.networks.measures import adjusted_rand

ROOT = Path(__file__).resolve().parents[1]


def table_of(text, **columns):
    """A membership table from `member:group` words."""
    pairs = [word.split(":") for word in text.split()]
    return pd.DataFrame({"member": [m for m, _ in pairs], "group": [g for _, g in pairs], **columns})


def southern_women():
    graph = nx.davis_southern_women_graph()
    return pd.DataFrame([(w, e) for w in graph.graph["top"] for e in sorted(graph[w])], columns=["member", "group"])


def karate():
    return pd.DataFrame([(f"{a:02d}", f"{b:02d}") for a, b in nx.karate_club_graph().edges], columns=["a", "b"])


def by_name(table, column, key="member"):
    return table.set_index(key)[column]


# ------------------------------------------------------------------------------------------------ published values


def test_southern_women_has_the_published_size_and_density():
    table = southern_women()
    full = networks.how_full(table)
    assert (full["members"], full["groups"], full["memberships"], full["edges"]) == (18, 14, 89, 139)
    assert full["density"] == pytest.approx(0.908, abs=5e-4)
    assert (full["verdict"], full["largest_group"], full["largest_group_size"]) == ("saturated", "E8", 14)


def test_southern_women_equals_networkx():
    graph, table = nx.davis_southern_women_graph(), southern_women()
    women = graph.graph["top"]
    projected = nx.bipartite.weighted_projected_graph(graph, women)
    edges = networks.project(table)
    assert {(r.member_a, r.member_b): r.shared_groups for r in edges.itertuples()} == {
        tuple(sorted(pair)): projected.edges[pair]["weight"] for pair in projected.edges
    }
    newman = nx.bipartite.collaboration_weighted_projected_graph(graph, women)
    for row in networks.project(table, newman=True).itertuples():
        assert row.newman_weight == pytest.approx(newman.edges[row.member_a, row.member_b]["weight"], abs=1e-12)
    redundancy = pd.Series(nx.bipartite.node_redundancy(graph, women))
    pd.testing.assert_series_equal(networks.redundancy(table), redundancy.sort_index(), check_names=False, check_index_type=False)


def test_no_tie_of_southern_women_exceeds_chance_in_any_model():
    for model in ("hypergeometric", "sdsm", "fdsm"):
        assert not networks.backbone(southern_women(), model=model, runs=200, seed=1)["kept"].any(), model


def test_karate_club_has_the_published_values():
    found = networks.centrality(karate(), seed=1)
    rows = found.set_index("member" if "member" in found else found.columns[0])
    assert rows["betweenness"]["00"] == pytest.approx(0.437635, abs=1e-6)
    assert rows["betweenness"]["33"] == pytest.approx(0.304075, abs=1e-6)
    assert rows["betweenness"]["32"] == pytest.approx(0.145247, abs=1e-6)
    assert rows["closeness"]["00"] == pytest.approx(0.568966, abs=1e-6)
    assert rows["eigenvector"]["33"] == pytest.approx(0.3734, abs=1e-4)
    assert rows["degree"]["33"] == pytest.approx(17 / 33)
    assert rows["core"].max() == 4 and (rows["core"] == 4).sum() == 10
    assert rows["community"].nunique() == 4


def test_karate_club_reaches_the_known_best_modularity():
    found = networks.communities(karate(), runs=30, seed=1)
    assert found.attrs["modularity"] == pytest.approx(0.419790, abs=1e-6)
    assert found["stability"].between(0, 1).all() and 0.5 < found.attrs["agreement"] <= 1


def test_nodf_of_the_example_in_its_paper():
    rows = ["10111", "11100", "01110", "11000", "11000"]
    pairs = [(f"r{r}", f"c{c}") for r, row in enumerate(rows) for c, cell in enumerate(row) if cell == "1"]
    found = networks.nestedness(pd.DataFrame(pairs, columns=["member", "group"]))
    assert found["groups"] == pytest.approx(63.33, abs=0.01)
    assert found["members"] == pytest.approx(53.33, abs=0.01)
    assert found["all"] == pytest.approx(58.33, abs=0.01)


# ------------------------------------------------------------------------------------------------ worked by hand


def test_projection_by_hand():
    edges = networks.project(table_of("a:x b:x c:x a:y b:y d:z"), newman=True)
    assert edges.values.tolist() == [["a", "b", 2, 1.5], ["a", "c", 1, 0.5], ["b", "c", 1, 0.5]]
    groups = networks.project(table_of("a:x b:x c:x a:y b:y d:z"), onto="groups")
    assert groups.values.tolist() == [["x", "y", 2]]


def test_self_loops_and_isolates_are_explicit():
    table = table_of("a:x b:x d:z")
    loops = networks.project(table, self_loops=True, newman=True)
    assert loops.values.tolist() == [["a", "a", 1, 0.0], ["a", "b", 1, 1.0], ["b", "b", 1, 0.0], ["d", "d", 1, 0.0]]
    inc = networks.incidence(table, members=["e"])
    assert list(inc.members) == ["a", "b", "d", "e"]
    found = networks.centrality(networks.project(inc), inc.members).set_index("member")
    assert found.loc[["d", "e"], ["degree", "strength", "closeness", "eigenvector", "core"]].to_numpy().sum() == 0
    assert set(networks.graph(networks.project(table)).nodes) == {"a", "b"}


def test_weights_multiply_along_shared_groups():
    table = table_of("a:x b:x a:y b:y", weight=[2, 3, 1, 4])
    assert networks.project(table)["weight"].tolist() == [10.0]
    assert networks.centrality(networks.project(table))["strength"].tolist() == [10, 10]


def test_a_weight_is_the_inverse_of_a_distance():
    edges = pd.DataFrame([("a", "b", 4), ("b", "c", 4), ("a", "c", 1)], columns=["member_a", "member_b", "shared_groups"])
    plain = by_name(networks.centrality(edges), "betweenness")
    heavy = by_name(networks.centrality(edges, weighted=True), "betweenness")
    assert plain.tolist() == [0, 0, 0] and heavy.tolist() == [0, 1, 0]


def test_closeness_and_eigenvector_in_each_component():
    found = networks.centrality(networks.project(table_of("a:x b:x c:y d:y c:z e:z"))).set_index("member")
    assert found["closeness"]["a"] == pytest.approx(1 / 4)  # one of four others, one step away
    assert found["closeness"]["c"] == pytest.approx(2 / 4)
    for part in (["a", "b"], ["c", "d", "e"]):
        assert (found["eigenvector"][part] ** 2).sum() == pytest.approx(1)


def test_time_is_a_range_and_a_year_covers_its_year():
    table = table_of("a:x b:x c:x", start=["2010", "2014-06", ""], end=["2014-03", "", "2013"])
    assert networks.select(table, at=2014)["member"].tolist() == ["a", "b"]
    assert networks.select(table, at="2014-05")["member"].tolist() == []
    assert networks.select(table, at="2014-06-01")["member"].tolist() == ["b"]
    assert networks.select(table, start="2014")["member"].tolist() == ["a", "b"]
    assert networks.select(table, end="2009")["member"].tolist() == ["c"]
    years = networks.yearly_summary(table, [2010, 2014]).set_index("year")
    assert years.loc[2010].tolist()[:4] == [2, 1, 2, 1] and years.loc[2014, "members"] == 2
    assert networks.slices(table, [2010, 2014]).values.tolist() == [[2010, "a", "c", 1], [2014, "a", "b", 1]]


@pytest.mark.parametrize("date", ["2018-13", "2018-02-30", "May 2018", "20180514", "0000", "２０１８"])
def test_a_wrong_date_is_named(date):
    with pytest.raises(networks.NetworkError, match="no date"):
        networks.select(table_of("a:x", start=[date]), at=2018)


def test_ways_of_being_there_are_selected_before_a_graph_is_made():
    rows = pd.DataFrame(
        {"event": ["m1", "m1", "m1", "m2"], "country": ["JPN", "NZL", "CHE", "JPN"],
         "way": ["attended as adviser", "attended as adviser", "hosted", "spoke"], "confidence": ["high"] * 4}
    )
    events = pd.DataFrame({"id": ["m1", "m2"], "start": ["2018-05", "2019"], "end": ["", "2019"]})
    present = networks.from_participations(rows, ways=["attended as adviser", "spoke"], events=events)
    assert present[["member", "group", "start"]].values.tolist() == [
        ["JPN", "m1", "2018-05"], ["NZL", "m1", "2018-05"], ["JPN", "m2", "2019"]
    ]
    two_mode = networks.bipartite_graph(present)
    assert two_mode.edges["JPN", "m1"]["roles"] == "attended as adviser"
    members = pd.DataFrame({"network": ["n"], "country": ["JPN"], "way": ["member"], "since": ["2016"], "until": [""]})
    assert networks.from_memberships(members).values.tolist() == [["JPN", "n", "2016", "", "member"]]


def test_a_name_that_is_member_and_group_is_refused_in_the_two_mode_graph():
    with pytest.raises(networks.NetworkError, match="both a member and a group"):
        networks.bipartite_graph(table_of("a:b b:c"))


def test_layers_and_their_overlap():
    table = table_of("a:x b:x c:x a:y b:y", role=["host", "host", "guest", "guest", "guest"])
    layers = networks.multilayer(table)
    assert layers.values.tolist() == [["guest", "a", "b", 1], ["host", "a", "b", 1]]
    assert networks.layer_overlap(layers).values.tolist() == [["guest", "host", 1, 1, 1, 1.0]]


def test_bridges_redundancy_and_cores_on_the_two_mode_graph():
    # a large meeting x of five; d alone leads on to y and e
    table = table_of("a:x b:x c:x d:x f:x a:v b:v d:y e:y")
    found = networks.bipartite_measures(table).set_index("member")
    assert found["core"].to_dict() == {"a": 2, "b": 2, "c": 1, "d": 1, "e": 1, "f": 1}
    assert networks.centrality(networks.project(table)).set_index("member")["core"]["f"] == 4  # misled
    assert found["redundancy"].dropna().to_dict() == {"a": 1.0, "b": 1.0, "d": 0.0}
    assert found["cut_point"].to_dict()["d"] and not found["cut_point"]["a"]
    held = networks.bridges(table)
    assert held.iloc[0].tolist() == ["d", "x", 2] or held.iloc[0].tolist() == ["d", "y", 1]
    assert set(zip(held["member"], held["group"])) == {("c", "x"), ("d", "x"), ("f", "x"), ("d", "y"), ("e", "y")}
    assert networks.components(table)["members"].tolist() == [6]


def test_adjusted_rand_by_hand():
    assert adjusted_rand([1, 1, 2, 2], [5, 5, 6, 6]) == 1
    assert adjusted_rand([1, 1, 2, 2], [1, 2, 1, 2]) == pytest.approx(-0.5)


def test_hypergeometric_backbone_by_hand():
    # 4 groups, a and b have the same 2 of them: one of the 6 ways to choose 2 gives both
    found = networks.backbone(table_of("a:w a:x b:w b:x c:y c:z"), model="hypergeometric")
    assert found.loc[0, ["shared_groups", "expected", "p_value"]].tolist() == [2, 1.0, pytest.approx(1 / 6)]
    assert found.loc[0, "q_value"] == pytest.approx(3 / 6)  # three pairs were tested


def test_false_discovery_counts_pairs_without_a_tie():
    p = np.array([0.001, 0.02, 0.04])
    assert saturation._adjusted(p, 3) == pytest.approx(networks.false_discovery(p))
    assert saturation._adjusted(p, 6) == pytest.approx(networks.false_discovery(np.r_[p, 1, 1, 1])[:3])


def test_poisson_binomial_tail_exact_and_refined():
    chance = np.array([[0.5, 0.5, 1.0], [1.0, 1.0, 0.5]])
    mean, tail = saturation._poisson_binomial(chance, np.array([0, 0, 0, 0]), np.array([1, 1, 1, 1]), np.array([0, 1, 2, 3]))
    assert mean == pytest.approx([1.5] * 4) and tail == pytest.approx([1, 7 / 8, 4 / 8, 1 / 8])
    many = np.random.default_rng(0).uniform(0.05, 0.6, (6, 300))
    rows, columns = np.triu_indices(6, 1)
    counts = np.full(len(rows), 40)
    exact, near = (f(many, rows, columns, counts)[1] for f in (saturation._poisson_binomial, saturation._poisson_binomial_refined))
    assert np.abs(exact - near).max() < 1e-3


def test_degree_null_keeps_the_degrees():
    inc = networks.incidence(table_of("a:x b:x c:x a:y b:y a:z d:z a:v"))  # a is in every group
    chance = networks.degree_null(inc)
    assert chance.sum(axis=1) == pytest.approx(inc.counts.to_numpy(), abs=1e-6)
    assert chance.sum(axis=0) == pytest.approx(inc.sizes.to_numpy(), abs=1e-6)


def test_curveball_keeps_both_degrees_and_mixes():
    inc = networks.incidence(southern_women())
    drawn = list(networks.curveball(inc, 20, seed=3))
    for matrix in drawn:
        assert (matrix.sum(axis=1) == inc.counts.to_numpy()).all() and (matrix.sum(axis=0) == inc.sizes.to_numpy()).all()
    assert len({matrix.tobytes() for matrix in drawn}) == 20


def test_curveball_draws_all_tables_alike():
    # a and b have one group each of x and y besides the shared z: two tables, equally likely
    drawn = [matrix[0, 0] for matrix in networks.curveball(table_of("a:x b:y a:z b:z"), 2000, seed=1, trades=1)]
    assert np.mean(drawn) == pytest.approx(0.5, abs=0.05)


def test_hosts_drawn_alike():
    found = networks.concentration_test(["A", "A"], universe=4, runs=20_000, seed=1).set_index("statistic")
    assert found["p"].tolist() == pytest.approx([0.25] * 3, abs=0.01)
    assert found["observed"].tolist() == [1, 2, 1.0]
    with pytest.raises(networks.NetworkError, match="not in the universe"):
        networks.concentration_test(["A", "B"], universe=["A"])
    with pytest.raises(networks.NetworkError, match="larger"):
        networks.concentration_test(["A", "B"], universe=1)


def test_overlap_needs_a_universe_and_counts_it():
    found = networks.overlap_test("ab", "ab", 4)
    assert (found["both"], found["expected"], found["p_more"]) == (2, 1.0, pytest.approx(1 / 6))
    assert networks.overlap_test("ab", "cd", "abcd")["p_less"] == pytest.approx(1 / 6)
    with pytest.raises(networks.NetworkError, match="not in the universe"):
        networks.overlap_test("ab", "cd", "abc")


# ------------------------------------------------------------------------------------------------ uncertainty


def test_leave_one_out_by_hand():
    table = table_of("a:x b:x c:x a:y d:y", source=["s", "s", "s", "t", "t"])
    runs = networks.leave_one_out(table, "group")
    without_y = runs[runs["left_out"] == "y"].set_index("member")["value"] * 3
    assert without_y.round(9).to_dict() == {"a": 2, "b": 2, "c": 2, "d": 0}
    held = networks.rank_survival(runs, top=1).set_index("member")
    assert held["rank"]["a"] == 1 and held["worst_rank"]["a"] == 3 and held["decided_by"]["a"] == "y"
    assert not held["survives"].any()
    star = networks.rank_survives(table_of("a:x b:x a:y c:y a:z d:z"), top=1).set_index("member")
    assert star["survives"].to_dict() == {"a": True, "b": False, "c": False, "d": False}


def test_equal_values_do_not_share_a_place_in_the_top():
    held = networks.rank_survives(table_of("a:x b:x c:x a:y b:y c:y"), top=1)
    assert held["rank"].tolist() == [1, 1, 1] and held["worst_rank"].tolist() == [3, 3, 3] and not held["survives"].any()


def test_fast_leave_one_out_equals_the_slow_one():
    table = southern_women()
    fast, n = networks.degree_without_each_group(table), 17
    inc = networks.incidence(table)
    for measure, whole, lost in (("degree", "partners", "partners_lost"), ("strength", "strength", "strength_lost")):
        slow = networks.leave_one_out(table, measure=measure).pivot(index="member", columns="left_out", values="value")
        found = fast[whole].to_numpy()[:, None] - fast[lost].toarray()
        np.testing.assert_allclose(found / (n if measure == "degree" else 1), slow[list(inc.groups)].to_numpy(), atol=1e-12)


def test_bounds_hold_what_must_hold():
    table = table_of("a:x b:x a:y c:y")
    unseen = networks.unseen_counts(table, {"x": 4, "y": 2, "z": 3})
    assert unseen["unseen"].tolist() == [2, 0, 3]
    found = networks.bounds(table, {"x": 2}, runs=30, seed=1).set_index("member")
    assert found["observed"].to_dict() == {"a": 2, "b": 1, "c": 1}
    assert found.loc["a", ["low", "high"]].tolist() == [3, 4]  # c may be one of the unseen: then one newcomer only
    assert found.loc["c", "low"] == 1 and found.loc["c", "high"] == 3
    among = networks.bounds(table, {"x": 1}, candidates=["c"], runs=5, seed=1).set_index("member")
    assert among.loc["b", ["observed", "low", "high"]].tolist() == [1, 2, 2]
    with pytest.raises(networks.NetworkError, match="candidates are left"):
        networks.bounds(table, {"x": 3}, candidates=["c"], runs=1)


def test_certain_rows_and_resampling():
    table = table_of("a:x b:x c:x a:y c:y", confidence=["high", "high", "low", "high", "high"])
    assert networks.drop_least_certain(table)["member"].tolist() == ["a", "b", "a", "c"]
    spread = networks.resample(table, runs=20, seed=1).set_index("member")
    assert (spread["low"] <= spread["value"]).all() and (spread["value"] <= spread["high"]).all()
    with pytest.raises(networks.NetworkError, match="No column"):
        networks.leave_one_out(table, "source")


# ------------------------------------------------------------------------------------------------ properties


@st.composite
def tables(draw, weighted=False):
    pairs = draw(st.lists(st.tuples(st.integers(0, 11), st.integers(0, 7)), min_size=1, max_size=45, unique=True))
    table = pd.DataFrame([(f"m{m:02d}", f"g{g}") for m, g in pairs], columns=["member", "group"])
    if weighted:
        table["weight"] = draw(st.lists(st.integers(1, 4), min_size=len(pairs), max_size=len(pairs)))
    return table


@settings(max_examples=60, deadline=None)
@given(tables())
def test_projection_equals_networkx(table):
    members = sorted(table["member"].unique())
    two_mode = nx.Graph(table[["member", "group"]].itertuples(index=False))
    for ours, theirs in (("shared_groups", nx.bipartite.weighted_projected_graph),
                         ("newman_weight", nx.bipartite.collaboration_weighted_projected_graph)):
        expected = {tuple(sorted(pair)): w for *pair, w in theirs(two_mode, members).edges(data="weight")}
        found = {(r.member_a, r.member_b): getattr(r, ours) for r in networks.project(table, newman=True).itertuples()}
        assert found.keys() == expected.keys()
        assert all(found[pair] == pytest.approx(expected[pair], abs=1e-9) for pair in found)


@settings(max_examples=60, deadline=None)
@given(tables(weighted=True), st.booleans())
def test_measures_equal_networkx(table, weighted):
    inc = networks.incidence(table)
    edges = networks.project(inc)
    edges["weight"] = edges["weight"].astype(int)
    found = networks.centrality(edges, inc.members, weighted=weighted, seed=1, runs=2).set_index("member")
    graph = networks.graph(edges, inc.members)
    whole = lcm(*edges["weight"]) if len(edges) else 1
    for _, _, tie in graph.edges(data=True):
        tie["distance"] = whole // tie["weight"]  # whole numbers: equal lengths are equal
    far = "distance" if weighted else None
    scale = whole if weighted else 1
    expected = {
        "degree": nx.degree_centrality(graph) if len(graph) > 1 else dict.fromkeys(graph, 0),
        "strength": dict(graph.degree(weight="weight")),
        "betweenness": nx.betweenness_centrality(graph, weight=far),
        "closeness": {n: v * scale for n, v in nx.closeness_centrality(graph, distance=far).items()},
        "core": nx.core_number(graph),
    }
    for measure, values in expected.items():
        np.testing.assert_allclose(found[measure].to_numpy(float), pd.Series(values)[inc.members].to_numpy(float), atol=1e-9)
    for part in nx.connected_components(graph):
        if len(part) > 1:
            ours = found["eigenvector"][sorted(part)].to_numpy()
            matrix = nx.to_numpy_array(graph, sorted(part), weight="weight" if weighted else None)
            assert np.linalg.norm(ours) == pytest.approx(1)
            np.testing.assert_allclose(matrix @ ours, (ours @ matrix @ ours) * ours, atol=1e-8)
            assert (ours @ matrix @ ours) == pytest.approx(np.linalg.eigvalsh(matrix)[-1], abs=1e-8)


@settings(max_examples=40, deadline=None)
@given(tables())
def test_two_mode_measures_equal_networkx(table):
    inc = networks.incidence(table)
    graph = nx.Graph(table[["member", "group"]].itertuples(index=False))
    found = networks.bipartite_measures(table).set_index("member")
    cores = nx.core_number(graph)
    assert found["core"].to_dict() == {m: cores[m] for m in inc.members}
    assert set(found.index[found["cut_point"]]) == {n for n in nx.articulation_points(graph) if n in found.index}
    held = networks.bridges(table)
    assert {frozenset(pair) for pair in zip(held["member"], held["group"])} == {frozenset(e) for e in nx.bridges(graph)}
    several = [m for m in inc.members if graph.degree(m) > 1]
    expected = nx.bipartite.node_redundancy(graph.copy(), several) if several else {}
    assert found["redundancy"].dropna().to_dict() == pytest.approx(expected, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(tables(), st.randoms())
def test_the_order_of_rows_changes_nothing(table, random):
    order = list(range(len(table)))
    random.shuffle(order)
    inc, other = networks.incidence(table), networks.incidence(table.iloc[order])
    pd.testing.assert_frame_equal(networks.project(inc), networks.project(other))
    pd.testing.assert_frame_equal(
        networks.centrality(networks.project(inc), inc.members, seed=2, runs=3),
        networks.centrality(networks.project(other), other.members, seed=2, runs=3),
    )


def test_estimates_from_all_starting_points_are_exact(monkeypatch):
    edges = karate()
    exact, near = networks.centrality(edges, exact=True), networks.centrality(edges, exact=False)
    assert near.attrs["estimated"] and not exact.attrs["estimated"]
    for measure in ("betweenness", "closeness"):
        np.testing.assert_allclose(near[measure], exact[measure], atol=1e-12)


# ------------------------------------------------------------------------------------------------ house


def test_import_is_cheap_and_heavy_parts_wait():
    code = (
        "import pandas, sys, time; t = time.perf_counter(); import scidip, scidip.networks; "
        "print(time.perf_counter() - t, [m for m in ('igraph','networkx','scipy','matplotlib','papermill') if m in sys.modules])"
    )
    seconds, loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split(" ", 1)
    assert float(seconds) < 0.3 and loaded.strip() == "[]"


def test_every_name_is_there_and_documented():
    for name in networks.__all__:
        thing = getattr(networks, name)
        assert not callable(thing) or thing.__doc__, name
    with pytest.raises(AttributeError):
        networks.no_such_thing
    assert not set(networks._HOME) & set(networks._WHERE)  # a part of that name would hide the function


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "$x^2$", "*b* [a](http://b) `c`", "=1+1", "a\nb"])
def test_as_text_shows_names_as_they_are(name):
    from markdown_it import MarkdownIt

    shown = MarkdownIt("commonmark", {"html": True}).render(io.as_text(name))
    from html import unescape

    assert unescape(shown.removeprefix("<p>").removesuffix("</p>\n")) == " ".join(name.split())


def test_spans_handles_numbers_and_missing():
    first, last = build.spans(pd.DataFrame({"member": list("abc"), "group": list("xxx"), "start": [2018.0, None, 2019], "end": [None, "2020-02", pd.NA]}))
    assert first.tolist() == [20180101, 0, 20190101] and last.tolist() == [99999999, 20200231, 99999999]


def test_captions_of_the_methods_chapter_hold():
    schools = networks.read_table(networks.example_path()).table
    density = networks.yearly_summary(schools, [2015, 2016])["density"].tolist()
    assert density[0] < 0.5 and density[1] == 1.0  # fig-methods-density
    held = networks.rank_survives(schools, measure="strength", top=5)
    assert held["survives"].sum() == 1 and (held["rank"] <= 5).sum() == 5  # fig-methods-survival
    rest = networks.how_full(schools[schools["group"] != "Open Assembly"])
    assert rest["density"] < 0.5  # fig-methods-without
    assert networks.rank_survives(southern_women(), "strength", ["group"], 5)["survives"].sum() == 2


# ------------------------------------------------------------------------------------------------ names in drawings


@pytest.fixture
def page():
    """Axes of 4 x 4 inches, from nought to ten, to draw on."""
    ax = plt.figure(figsize=(4, 4), dpi=100).add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, 10), ylim=(0, 10))
    yield ax
    plt.close(ax.figure)


def covering(ax):
    """Pairs of written names that overlap, and names that reach beyond the Axes."""
    boxes = {name.get_text(): name.get_window_extent() for name in ax.texts}
    pairs = [(a, b) for a in boxes for b in boxes if a < b and boxes[a].padded(-1).overlaps(boxes[b].padded(-1))]
    room = ax.bbox.padded(1)
    return pairs, [a for a, box in boxes.items() if not (room.contains(box.x0, box.y0) and room.contains(box.x1, box.y1))]


@pytest.mark.parametrize("end, across, up", [  # the side that the ties leave open
    ((0, 1), "center", "bottom"), ((0, -1), "center", "top"), ((1, 0), "left", "center"), ((-1, 0), "right", "center"),
])
def test_a_name_stands_where_it_crosses_no_line(page, end, across, up):
    turns = [turn * np.pi / 8 for turn in range(16)]
    rays = [(np.cos(turn), np.sin(turn)) for turn in turns if np.cos(turn) * end[0] + np.sin(turn) * end[1] < 0.7]
    at = {"node": (5, 5), **{f"end {n}": (5 + 4 * x, 5 + 4 * y) for n, (x, y) in enumerate(rays)}}
    charts.name_nodes(page, {"node": "ab"}, at, [("node", f"end {n}") for n in range(len(rays))])
    (name,) = page.texts
    assert (name.get_ha(), name.get_va()) == (across, up)
    box = name.get_window_extent()
    lines = [Path2D(page.transData.transform([at["node"], at[f"end {n}"]])) for n in range(len(rays))]
    assert not [line for line in lines if line.intersects_bbox(box, filled=False)]


def test_lines_through_boxes_are_those_that_matplotlib_finds():
    random = np.random.default_rng(1)
    ends = random.uniform(0, 40, size=(300, 2, 2))
    ends[:100, 0, 0], ends[50:150, 0, 1] = ends[:100, 1, 0], ends[50:150, 1, 1]  # upright ones, points, level ones
    low = random.integers(0, 30, size=(8, 2))
    boxes = np.hstack([low, low + random.integers(1, 12, size=(8, 2))])
    found = charts._crossings(boxes, ends[:, 0], ends[:, 1])
    known = [sum(Path2D(line).intersects_bbox(Bbox.from_extents(*box), filled=False) for line in ends) for box in boxes]
    assert found.tolist() == known and min(known) > 0


def test_a_name_without_room_is_left_out(page):
    at = {(x, y): (x / 2, y / 2) for x in range(21) for y in range(21)}
    names = {node: "a name" for node in at}
    assert not charts.name_nodes(page, names, at).texts
    del at[9, 11], at[10, 11], at[11, 11]  # room above the one in the middle
    names = {node: "a longer name" for node in at} | {(10, 10): "ab"}
    (name,) = charts.name_nodes(page, names, at).texts
    assert name.xy == (5, 5) and name.get_va() == "bottom"


def test_names_in_a_drawing_keep_clear_of_each_other_and_repeat(page):
    random = np.random.default_rng(3)
    at = {f"node {n}": tuple(place) for n, place in enumerate(random.uniform(1, 9, size=(40, 2)).round(2).tolist())}
    ties = [(f"node {a}", f"node {b}") for a, b in random.integers(0, 40, size=(60, 2))]
    charts.name_nodes(page, {node: node for node in at}, at, ties, most=15)
    first = [(name.get_text(), name.get_position(), name.get_ha(), name.get_va()) for name in page.texts]
    assert covering(page) == ([], []) and len(first) == 15
    for name in list(page.texts):
        name.remove()
    charts.name_nodes(page, {node: node for node in at}, at, reversed(ties), most=15)
    assert [(name.get_text(), name.get_position(), name.get_ha(), name.get_va()) for name in page.texts] == first


def test_a_name_of_a_stranger_is_an_error(page):
    with pytest.raises(KeyError):
        charts.name_nodes(page, {"b": "b"}, {"a": (1, 1)})
    with pytest.raises(KeyError):
        charts.name_nodes(page, {}, {"a": (1, 1)}, [("a", "b")])


def test_a_name_keeps_clear_of_a_large_mark(page):
    at = {"a": (3, 3), "b": (3, 7)}
    low, high = charts.name_nodes(page, {"a": "low", "b": "high"}, at, [("a", "b")], sizes={"a": 400}).texts
    assert (low.get_va(), high.get_va()) == ("top", "bottom"), "a name lies on the line between them"
    assert low.get_position()[1] == -(10 + 2) and high.get_position()[1] == 3 + 2  # radius and two points


@pytest.mark.parametrize("draw", ["draw_network", "draw_map"])
def test_drawings_of_a_study_name_the_strongest_and_repeat(draw):
    study = networks.analyse(networks.read_table(networks.example_path()).table, seed=1)
    axes = [getattr(networks, draw)(study, plt.subplots()[1], labels=labels) for labels in (20, 20, 3)]
    first, again, few = ([(name.get_text(), name.get_position()) for name in ax.texts] for ax in axes)
    order = study.centrality.sort_values(["strength", "member"], ascending=[False, True])["member"].tolist()
    assert first == again and few == first[:3] and [name for name, _ in few] == order[:3]
    assert len(first) >= 10 and covering(axes[0]) == ([], [])
    for ax in axes:
        plt.close(ax.figure)


@pytest.mark.parametrize("name", ["network_methods", "your_network"])
def test_chapters_keep_their_outputs_and_counts_and_small_cells(name):
    import nbformat

    cells = [c for c in nbformat.read(ROOT / "notebooks" / f"{name}.ipynb", 4).cells if c.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    lines = sorted(len(cell.source.splitlines()) for cell in cells)
    assert lines[len(lines) // 2] <= 5 and lines[-1] <= 15
    pictures = [c for c in cells if any("image/svg+xml" in o.get("data", {}) for o in c.outputs)]
    assert pictures and all(c.metadata["mystnb"]["image"]["alt"] for c in pictures)
    seen = [cell for cell in cells if "remove-cell" not in cell.metadata.get("tags", [])]
    assert not [o for c in seen for o in c.outputs if o.output_type in ("error", "stream")]


def test_double_ties_and_strangers_are_refused():
    twice = pd.DataFrame([("a", "b"), ("b", "a")], columns=["a", "b"])
    with pytest.raises(networks.NetworkError, match="same pair twice"):
        networks.centrality(twice)
    with pytest.raises(networks.NetworkError, match="not among the nodes"):
        networks.centrality(twice.head(1), ["a"])
    with pytest.raises(networks.NetworkError, match="above 0"):
        networks.centrality(twice.head(1).assign(weight=0))
