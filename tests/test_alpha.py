"""Two readers side by side, and alpha with its interval."""

import pandas as pd
import pytest

from scidip import charts, codings


def coded(monkeypatch, rows):
    tables = {
        "codes": pd.DataFrame([{"id": f"types-{c}", "name_en": c.upper()} for c in "xyz"]),
        "codings": pd.DataFrame([("types", "findings", item, f"types-{code}", coder) for item, code, coder in rows],
                                columns=["codebook", "item_table", "item", "code", "coder"]),
    }
    monkeypatch.setattr(codings, "load", lambda name: tables[name])


def test_one_line_an_item_and_silence_kept_apart_from_disagreement(monkeypatch):
    coded(monkeypatch, [("i", "x", "a"), ("i", "y", "b"), ("j", "x", "a"), ("j", "x", "b"), ("k", "z", "a")])
    said = codings.side_by_side("types").set_index("item")
    assert said["a"].tolist() == ["X", "X", "Z"]
    assert said["alike"].tolist()[:2] == [False, True]
    assert pd.isna(said.loc["k", "b"]) and pd.isna(said.loc["k", "alike"])


def test_without_the_second_reader_nothing_is_alike_and_alpha_is_none(monkeypatch):
    coded(monkeypatch, [("i", "x", "a"), ("j", "y", "a")])
    said = codings.side_by_side("types")
    assert said["alike"].isna().all()
    assert codings.alpha_interval(said) == {"items": 0, "same": 0, "alpha": None, "low": None, "high": None}


def test_alpha_by_hand_and_its_interval_is_seeded(monkeypatch):
    pairs = ["xx", "xx", "yy", "yx"] * 5
    coded(monkeypatch, [(f"i{n}", code, coder) for n, pair in enumerate(pairs) for code, coder in zip(pair, "ab")])
    said = codings.side_by_side("types")
    found = codings.alpha_interval(said, draws=200)
    # 40 values, 25 x and 15 y; 5 of 20 pairs differ
    assert found["alpha"] == round(1 - (5 / 20) / (2 * 25 * 15 / (40 * 39)), 2)
    assert found["low"] < found["alpha"] < found["high"]
    assert found == codings.alpha_interval(said, draws=200)


def test_several_codes_of_one_reader_are_refused(monkeypatch):
    coded(monkeypatch, [("i", "x", "a"), ("i", "y", "a")])
    with pytest.raises(ValueError, match="several codes"):
        codings.side_by_side("types")


def test_dots_leave_no_mark_for_what_is_missing_and_draw_the_interval():
    table = pd.DataFrame({"a": [0.2, 0.4], "b": [0.3, None], "c": [0, 0]}, index=["one", "two"])
    bounds = pd.DataFrame({"low": [0.1, 0.3], "high": [0.3, 0.5]}, index=table.index)
    ax = charts.dots(charts.axes(2), table, styles={"a": {"color": "k"}, "b": {"color": "r"}}, intervals=bounds)
    marks = [line for line in ax.lines if line.get_marker() == "o"]
    assert [line.get_xdata()[0] for line in marks if pd.notna(line.get_xdata()[0])] == [0.2, 0.3, 0.4]
    assert [text.get_text() for text in ax.get_yticklabels()] == ["one", "two"]
    assert len(ax.lines) == 2 + 4
