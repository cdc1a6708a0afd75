"""Ties of countries, people and bodies to forums."""

from scidip import presence
from scidip.tables import load


def test_sessions_belong_to_the_forum_of_their_event():
    events = load("events").dropna(subset=["part_of"])
    inner, outer = presence.forum_of(events["id"]), presence.forum_of(events["part_of"])
    both = [(a, b) for a, b in zip(inner, outer) if a is not None and b is not None]
    assert both and all(a == b for a, b in both)


def test_each_tie_names_an_existing_row_and_hosting_makes_no_country_present():
    ties = presence.ties_to_forums("country")
    for table, rows in ties.groupby("table"):
        assert set(rows["id"]) <= set(load(table)["id"])
    assert "hosted" not in set(ties["way"]) and ties["forum"].isin(presence.FORUMS).all()


def test_no_body_is_tied_to_the_forum_that_it_is():
    ties = presence.ties_to_forums("organisation")
    assert not (presence.forum_of(ties["member"]).to_numpy() == ties["forum"].to_numpy()).any()


def test_a_country_that_only_follows_from_a_number_is_not_named():
    rows = load("participations")
    guessed = rows[rows["inferred"]]
    named = presence.named_countries(guessed["event"], None)
    assert len(guessed) and not set(guessed["id"]) & set(named["ids"].explode())
