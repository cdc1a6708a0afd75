"""Two readers, one codebook; and the chart of a stream that parts."""

import pandas as pd

from scidip import charts, codings


def coded(monkeypatch, several, rows):
    tables = {
        "codebooks": pd.DataFrame([{"id": "themes", "several": several}]),
        "codes": pd.DataFrame([{"id": f"themes-{c}", "codebook": "themes", "name_en": c.upper()} for c in "xyz"]),
        "codings": pd.DataFrame([("themes", "findings", item, f"themes-{code}", coder) for item, code, coder in rows],
                                columns=["codebook", "item_table", "item", "code", "coder"]),
    }
    monkeypatch.setattr(codings, "load", lambda name: tables[name])


def test_answers_say_who_said_so(monkeypatch):
    coded(monkeypatch, True, [("i", "x", "a"), ("i", "x", "b"), ("i", "y", "b"), ("j", "z", "a")])
    found = codings.answers("themes", "findings").set_index(["item", "name_en"])["said"]
    assert found.to_dict() == {("i", "X"): "both", ("i", "Y"): "b only", ("j", "Z"): "a"}


def test_agreement_counts_each_pair_where_several_codes_are_allowed(monkeypatch):
    coded(monkeypatch, True, [("i", "x", "a"), ("i", "x", "b"), ("i", "y", "b"), ("j", "z", "a"), ("j", "z", "b"), ("k", "x", "a")])
    found = codings.agreement("themes", "findings")
    assert (found["items"], found["decisions"], found["same"]) == (2, 6, 5)
    # two coders, 12 values (5 yes, 7 no), one disagreement: 1 - (12 - 1) * 2 / (2 * 5 * 7)
    assert found["alpha"] == round(1 - 11 * 2 / (2 * 5 * 7), 2)


def test_agreement_needs_two_readers(monkeypatch):
    coded(monkeypatch, False, [("i", "x", "a")])
    assert codings.agreement("themes", "findings") == {"items": 0, "decisions": 0, "same": 0, "alpha": None}
    coded(monkeypatch, False, [])
    assert codings.answers("themes", "findings").empty


def test_agreement_with_one_code_a_row(monkeypatch):
    coded(monkeypatch, False, [("i", "x", "a"), ("i", "x", "b"), ("j", "y", "a"), ("j", "x", "b")])
    assert codings.agreement("themes", "findings")["same"] == 1


def test_flow_draws_one_band_a_part_and_names_them():
    ax = charts.flow(charts.axes(2), pd.Series({"up": 60, "down": 40}), start="all", colours=["#0072B2", "#D55E00"])
    assert [text.get_text() for text in ax.texts] == ["up", "down", "all"]
    assert len(ax.collections) == 2


def test_every_coded_row_has_a_text_to_read():
    from scidip.tables import load

    for book in load("codebooks")["id"]:
        said = codings.side_by_side(book)
        assert codings.texts(said).str.len().gt(3).all(), book
