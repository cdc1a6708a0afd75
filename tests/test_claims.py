"""The other claim: the tables with what is not held in its place."""

import pytest

from scidip import claims
from scidip.tables import load


def test_other_claim_replaces_one_value_and_nothing_else():
    rows = load("discrepancy_rows").query("table == 'posts' and discrepancy == 'us-state-adviser-year'")
    held, other = load("posts").set_index("id"), claims.as_if("posts", "us-state-adviser-year").set_index("id")
    changed = held.compare(other.loc[held.index])
    assert set(changed.index) == set(rows["row"]) and list(other.columns) == list(held.columns)
    assert str(other.loc[rows["row"].iloc[0], "established"]) == rows["other_value"].iloc[0]


def test_a_row_that_the_other_claim_does_not_know_is_dropped():
    gone = load("discrepancy_rows").query("field == 'id' and other_value.isna()").iloc[0]
    assert gone["row"] in set(load(gone["table"])["id"])
    assert gone["row"] not in set(claims.as_if(gone["table"], gone["discrepancy"])["id"])


def test_numbers_stay_numbers():
    assert claims.as_if("indicators", "aaas-members")["value"].dtype == load("indicators")["value"].dtype


def test_unknown_discrepancy_is_one_clear_message():
    with pytest.raises(KeyError, match="no row of posts hangs on"):
        claims.as_if("posts", "no-such-discrepancy")


def test_apart_is_sorted_and_never_below_one():
    found = claims.apart()
    assert found["times"].is_monotonic_decreasing and (found["times"] >= 1).all() and found["discrepancy"].is_unique
