"""A small world of tables without a mistake, made up for the tests; no row of it is a fact."""

from __future__ import annotations

import csv
from pathlib import Path

from scidip import tables
from scidip.check import rules

ROWS = {
    "sources": [
        {"id": "crds-2025", "kind": "report", "issuer_en": "Issuer", "published": "2025-03"},
        {"id": "page-1", "kind": "web_page", "issuer_en": "Issuer", "url": "https://example.org/", "accessed": "2025-02-03"},
    ],
    "countries": [
        {"id": "JPN", "name_en": "Japan", "name_ja": "日本", "continent": "Asia"},
        {"id": "GBR", "name_en": "United Kingdom", "name_ja": "英国", "continent": "Europe"},
        {"id": "CHE", "name_en": "Switzerland", "name_ja": "スイス", "continent": "Europe"},
    ],
    "country_groups": [{"id": "two", "name_en": "Two", "kind": "forum"}],
    "country_group_members": [{"id": "two-jpn", "group": "two", "country": "JPN", "since": "1999"}],
    "places": [
        {"id": "tokyo", "name_en": "Tokyo", "name_ja": "東京", "country": "JPN", "latitude": "35.7", "longitude": "139.7"},
        {"id": "geneva", "name_en": "Geneva", "name_ja": "ジュネーブ", "country": "CHE"},
    ],
    "organisations": [
        {"id": "parent-body", "name_en": "Parent", "name_ja": "親機関", "kind": "network", "founded": "1990"},
        {"id": "child-body", "acronym": "CB", "name_en": "Child", "name_ja": "子機関", "kind": "forum", "country": "JPN",
         "seat": "tokyo", "founded": "2001-04", "ended": "2020", "parent": "parent-body"},
    ],
    "people": [
        {"id": "ann-one", "name_en": "Ann One", "name_ja": "アン・ワン"},
        {"id": "bob-two", "name_en": "Bob Two", "name_ja": "ボブ・ツー"},
    ],
    "posts": [{"id": "adviser", "name_en": "Adviser", "organisation": "child-body", "country": "JPN",
               "level": "foreign ministry", "established": "2001", "established_qualifier": "exact"}],
    "tenures": [
        {"id": "adviser-one", "person": "ann-one", "post": "adviser", "start": "2001", "end": "2005-03", "ordinal": "1",
         "acting": "false"},
        {"id": "adviser-two", "person": "bob-two", "post": "adviser", "start": "2005-04", "ordinal": "2", "acting": "false"},
    ],
    "event_series": [{"id": "talks", "name_en": "Talks", "name_ja": "対話", "acronym": "TLK", "first_held": "2017"}],
    "events": [
        {"id": "talks-2017", "series": "talks", "edition": "1", "name_en": "First talks", "kind": "forum", "start": "2017",
         "place": "geneva", "country": "CHE", "status": "held"},
        {"id": "talks-2018", "series": "talks", "edition": "2", "name_en": "Second talks", "name_ja": "第2回対話",
         "kind": "forum", "start": "2018-05-14", "end": "2018-05-15", "place": "tokyo", "country": "JPN", "status": "held"},
        {"id": "talks-2018-lunch", "name_en": "Lunch", "kind": "side event", "start": "2018-05-14", "status": "held",
         "part_of": "talks-2018"},
    ],
    "participations": [{"id": "talks-2018-ann-one", "event": "talks-2018", "person": "ann-one", "country": "JPN",
                        "way": "spoke", "inferred": "false"}],
    "indicators": [{"id": "talks-2018-participants", "subject_table": "events", "subject": "talks-2018",
                    "measure": "participants", "value": "1500", "unit": "persons", "qualifier": "about"}],
    "aliases": [{"id": "organisations-child-body-cb", "table": "organisations", "row": "child-body", "alias": "子機構",
                 "language": "ja"}],
    "discrepancies": [{"id": "date-of-talks", "rank": "1", "subject_en": "Talks", "kind": "date",
                       "scope": "report against itself", "claim_a_en": "14 May", "source_a": "crds-2025",
                       "locator_a": "1.1", "tokens_a": "5月14日", "claim_b_en": "16 May", "source_b": "crds-2025",
                       "locator_b": "1.2", "tokens_b": "5月16日", "consequence": "minor", "consequence_en": "a day",
                       "held_en": "14 May", "reason_en": "the organiser says so"}],
    "discrepancy_rows": [{"id": "date-of-talks-1", "discrepancy": "date-of-talks", "table": "events", "row": "talks-2018",
                          "field": "start", "other_value": "2018-05-16"}],
    "holes": [{"id": "list", "subject_en": "List", "looked_in_en": "Everywhere", "looked_on": "2025-02-03",
               "consequence_en": "No list", "tables": "events participations"}],
}  # fmt: skip


def rows() -> dict[str, list[dict]]:
    """The small world, with evidence for each row that needs it and coverage for each table."""
    world = {name: [dict(row) for row in ROWS.get(name, [])] for name in tables.TABLES}
    for name, table in world.items():
        if name not in rules.NO_EVIDENCE:
            for row in table:
                world["evidence"].append({"id": f"{name.replace('_', '-')}-{row['id'].lower()}-1", "table": name,
                                          "row": row["id"], "fields": "id", "source": "page-1"})
    world["coverage"] = [{"id": name, "status": "complete", "against_en": "itself", "statement_en": "All."}
                         for name in tables.TABLES]
    return world


SCHEMAS = tables.schemas()


def columns(name: str) -> list[str]:
    """Columns of a table."""
    return [field["name"] for field in SCHEMAS[name]["fields"]]


def write(folder: Path, world: dict[str, list[dict]] | None = None) -> Path:
    """Write the small world (or `world`) into a folder and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in (world or rows()).items():
        with open(folder / f"{name}.csv", "w", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, columns(name), lineterminator="\n")
            writer.writeheader()
            writer.writerows(table)
    return folder
