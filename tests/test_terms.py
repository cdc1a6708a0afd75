"""Terms of office that are known to the year, the month or the day: bounds, and bars that show them."""

import pandas as pd
import pytest

from scidip import charts, timelines


@pytest.mark.parametrize("start, end, bounds", [
    ("2018-06-30", "2018-07-01", (1, 1)),
    ("2014", "2015-09-08", (251, 615)),
    ("2010-07", "2011-08", (366, 426)),
    ("2003", "2003", (0, 364)),
])
def test_days_between_gives_least_and_most(start, end, bounds):
    assert timelines.days_between(start, end) == bounds


def test_days_between_counts_inside_a_window_only():
    assert timelines.days_between("2020", "2023-09-25", after="2021-01-01") == (997, 997)
    assert timelines.days_between("2020", "2023-09-25", before="2020-06-01") == (0, 152)


def small_post():
    return pd.DataFrame([
        {"id": "a", "start": "2000-09", "end": "2003", "as_of": None, "acting": False, "note": None},
        {"id": "b", "start": "2003", "end": "2007-08", "as_of": None, "acting": False, "note": "End from the successor's start"},
        {"id": "c", "start": "2007-08-06", "end": None, "as_of": "2010", "acting": True, "note": None},
        {"id": "d", "start": None, "end": None, "as_of": "2012-02", "acting": False, "note": None},
    ])


def test_handovers_follow_the_starts_and_mark_ends_that_were_derived():
    found = timelines.handovers(small_post())
    assert list(found["outgoing"] + found["incoming"]) == ["ab", "bc"]
    assert list(found["derived"]) == [False, True]
    assert found["least"].tolist() == [0, 0] and found["most"].tolist() == [364, 5]


def test_handovers_without_a_successor_run_until_the_given_date():
    only = small_post().head(1)
    assert timelines.handovers(only).empty
    last = timelines.handovers(only, until="2004-02").iloc[-1]
    assert pd.isna(last["incoming"]) and (last["least"], last["most"]) == (32, 424)


def test_terms_draw_one_line_a_holder_even_without_a_start():
    ax = timelines.terms(charts.axes(2), small_post().assign(row=list("abcd")))
    assert [text.get_text() for text in ax.get_yticklabels()] == list("abcd")
    assert {line.get_marker() for line in ax.lines} == {">", "D"}


def test_ranges_name_both_bounds_or_one_number():
    ax = charts.ranges(charts.axes(2), pd.DataFrame({"least": [1, 3], "most": [2, 3]}, index=["x", "y"]))
    assert [text.get_text() for text in ax.texts] == ["1 to 2", "3"]


def test_share_named_counts_an_overlap_once_and_takes_every_day_on_which_the_post_may_have_begun():
    post = pd.DataFrame([
        {"start": "2001-01-01", "end": "2001-12-31", "as_of": None},
        {"start": "2001-07", "end": "2002", "as_of": None},
    ])
    least, most = timelines.share_named(post, "2001-01-01", "2004")
    assert (round(least, 1), round(most, 1)) == (25.1, 50.0)  # 2001 and 1 January 2002 for certain; both years perhaps
    assert timelines.share_named(post, "2001", "2001") == (100.0, 100.0)


def test_share_named_runs_to_the_end_where_the_holder_was_seen_then():
    post = pd.DataFrame([{"start": None, "end": None, "as_of": "2002-12"}, {"start": None, "end": None, "as_of": "2001-05-01"}])
    least, most = timelines.share_named(post, "2001-01-01", "2002-12")
    assert least == pytest.approx(100 * 2 / 730) and most == pytest.approx(100 * 32 / 730)
