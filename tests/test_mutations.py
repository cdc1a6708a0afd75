"""The mutation test itself: what it changes, what counts as caught, and that it is the same every time."""

from __future__ import annotations

import pytest
import small_report
import small_tables
import test_check_evidence
from scidip import dates
from scidip.check import mutations
from scidip.check.tables import open_folder


@pytest.fixture(scope="module")
def score(tmp_path_factory):
    path = tmp_path_factory.mktemp("mutations")
    (path / "text.txt").write_text(small_report.TEXT, "utf-8")
    folder = small_tables.write(path / "world", test_check_evidence.world_with(test_check_evidence.GOOD))
    return mutations.run(open_folder(folder, small_tables.SCHEMAS), path / "text.txt")


def test_cells_that_the_report_carries_are_caught(score):
    mine = [m for m in score.of(True) if m.table in ("events", "indicators", "organisations")]
    assert {m.column for m in mine} >= {"start", "end", "place", "edition", "name_ja", "value", "subject", "founded", "seat"}
    survivors = [str(m) for m in mine if not m.caught_by]
    assert survivors == [], survivors


def test_every_change_is_a_valid_cell_of_its_kind(score):
    world = small_tables.rows()
    keys = {name: {row["id"] for row in rows} for name, rows in world.items()}
    for mutation in score.mutations:
        assert mutation.before != mutation.after
        if mutation.kind == "date":
            assert dates.is_date(mutation.after) and len(mutation.after) == len(mutation.before)
        if mutation.kind == "country":
            assert mutation.after in keys["countries"]
        if mutation.kind == "number":
            assert float(mutation.after) > 0


def test_nothing_is_caught_by_copies_or_counts(score):
    assert {m.caught_by.split(" ")[0] for m in score.mutations if m.caught_by} <= {"evidence", "relation"}
    assert not {m.column for m in score.mutations} & {"id"}


def test_cells_of_public_pages_are_reported_apart(score):
    public = score.of(False)
    assert {m.table for m in public} >= {"tenures", "participations"}
    assert any(line.startswith("Apart, cells that rest on public pages alone") for line in score.report())


def test_survivors_have_a_reason(score):
    assert all(m.reason for m in score.mutations if m.caught_by is None)


def test_the_tables_are_left_as_they_were(tmp_path):
    (tmp_path / "text.txt").write_text(small_report.TEXT, "utf-8")
    world = test_check_evidence.world_with(test_check_evidence.GOOD)
    folder = open_folder(small_tables.write(tmp_path / "world", world), small_tables.SCHEMAS)
    before = {name: frame.copy() for name, frame in folder.frames.items()}
    first = mutations.run(folder, tmp_path / "text.txt", seed=7)
    assert all(before[name].equals(frame) for name, frame in folder.frames.items())
    again = mutations.run(folder, tmp_path / "text.txt", seed=7)
    assert first.mutations == again.mutations
    other = mutations.run(folder, tmp_path / "text.txt", seed=8)
    assert first.mutations != other.mutations
