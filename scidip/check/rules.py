"""What the checks know about the tables beyond the schema, in one place."""

from __future__ import annotations

import re

# Tables whose rows need no row in `evidence`, each with its reason.
NO_EVIDENCE = {
    "sources": "a source is where evidence comes from; the report's notes are compared with the report directly",
    "evidence": "it is the evidence",
    "aliases": "another spelling of a row that has evidence of its own",
    "discrepancies": "each carries its two sources, locators and tokens itself",
    "discrepancy_rows": "part of its discrepancy",
    "holes": "nothing was found, so nothing can be cited; the row says where it was looked for",
    "coverage": "a statement about the tables themselves",
    "glossary": "definitions in the book's own words; occurs_in names the places",
    "codebooks": "questions that the book itself puts to items of other tables",
    "codes": "answers to them, with the book's own definitions",
    "codings": "the coders' answers; the coded item has evidence of its own",
    "concept_pairs": "two concepts with evidence of their own, set side by side by the book for its readers to judge",
    "countries": "codes and names of ISO 3166, named as the source of the whole table in its coverage",
    "places": "names and positions of towns, named as the source of the whole table in its coverage",
    "country_groups": "headings for the rows of country_group_members",
}

# (table, column with the name of a table, column with a key in that table)
POLYMORPHIC = (
    ("indicators", "subject_table", "subject"),
    ("findings", "subject_table", "subject"),
    ("activities", "actor_table", "actor"),
    ("chronology", "linked_table", "linked_row"),
    ("codings", "item_table", "item"),
    ("aliases", "table", "row"),
    ("evidence", "table", "row"),
    ("discrepancy_rows", "table", "row"),
)

# Pairs of columns of which the first may not lie after the second.
DATE_PAIRS = (
    ("start", "end"),
    ("since", "until"),
    ("founded", "ended"),
    ("date", "revised"),
    ("published", "accessed"),
)

# Facts that may stand in a table once only: these columns together tell one fact from another.
FACTS = {
    "country_group_members": ("group", "country", "since"),
    "tenures": ("person", "post", "start"),
    "officers": ("person", "organisation", "role", "start"),
    "event_links": ("event", "other_event", "kind"),
    "participations": ("event", "person", "organisation", "country", "way"),
    "memberships": ("network", "country", "organisation", "person", "way", "since"),
    "relations": ("subject", "kind", "object", "start"),
    "programme_partners": ("programme", "organisation", "country", "role", "start"),
    "authorships": ("document", "person", "organisation", "country", "role"),
    "concept_links": ("concept", "other_concept", "kind"),
    "concept_pairs": ("concept", "other_concept"),
    "codings": ("codebook", "item_table", "item", "code", "coder"),
}

# Rows that say who: at least one of these columns is filled.
WHO = {
    "participations": ("person", "organisation", "country"),
    "memberships": ("country", "organisation", "person"),
    "programme_partners": ("organisation", "country"),
    "authorships": ("person", "organisation", "country"),
}

# (table, column with a key, table of that key): both rows have a `country`, and where both are filled they agree.
SAME_COUNTRY = (
    ("events", "place", "places"),
    ("organisations", "seat", "places"),
    ("posts", "organisation", "organisations"),
    ("documents", "issuer", "organisations"),
    ("measures", "actor", "organisations"),
    ("programmes", "organisation", "organisations"),
)
# The same where the row names nobody but the body.
SAME_COUNTRY_ALONE = (
    ("participations", "organisation", "person"),
    ("memberships", "organisation", "person"),
    ("authorships", "organisation", "person"),
    ("programme_partners", "organisation", None),
)
# Rows of these tables lend their country to a row that points to them: where the two agree, nobody has to print it again.
LEND_COUNTRY = ("organisations", "places", "posts")
# A mission abroad has its seat in another country than the one it works for.
SEAT_ABROAD = {"embassy or mission"}

# Columns of one table that point back into the same table and may not run in a circle.
TREES = (("organisations", "parent"), ("events", "part_of"), ("documents", "supersedes"))

# (table, column, column): a row may not be tied to itself.
TIES = (
    ("relations", "subject", "object"),
    ("event_links", "event", "other_event"),
    ("concept_links", "concept", "other_concept"),
    ("concept_pairs", "concept", "other_concept"),
    ("memberships", "network", "organisation"),
)

# Cells that another row decides (`check_relations` compares the two), so that no place needs to print them.
DECIDED_BY_RELATION = {("chronology", "era"), ("chronology", "linked_row"), ("concepts", "ordinal")}

REPORT = "crds-2025"
CUT_OFF = "2025-02"  # what the report says of "now" is true of this month
# Parts of the report that speak of a day of their own.
OWN_DAY = {"app1": "2024-03-21", "app1-programme": "2024-03-21", "app2": "2025-01-22", "app2-programme": "2025-01-22",
           "col3": "2023-12", "col4": "2024-11"}
LOCATOR = re.compile(
    r"intro|closing|1\.[12]|2\.[1-4]|2\.5\.[12]|3\.1|3\.2\.[123]|4\.[1-6]|fig([1-9]|1[01])|col[1-4]"
    r"|app[123]|app[12]-programme|note([1-9]|[1-8]\d|9[0-5])|intro-note[123]"
)
LOCATOR_IN_WORDS = "intro, closing, 1.1 to 4.6, fig1 to fig11, col1 to col4, app1, app1-programme, note1 to note95"
TOKEN_SEPARATOR = " + "

# Columns that hold keys or names joined by a space.
LISTS = {"discrepancies": "discrepancies"}
