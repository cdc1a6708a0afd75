"""Who was in the room: meetings of a series and the countries and people that sources name there.

Ways of being there are kept apart. Hosting, organising, sponsoring or writing together puts nobody in the room.
"""

from __future__ import annotations

import pandas as pd

from scidip.tables import load, names, sources_of

#: Ways in which a source puts somebody in the room, from the strongest statement to the weakest.
PRESENT = ("attended as adviser", "present as diplomat", "chaired", "moderated", "keynote", "spoke", "panelist",
           "commented", "gave opening remarks", "gave closing remarks", "took part", "delegate", "pictured")
#: The meeting was in their town, or they gave it a roof; who came is another fact.
HOSTED = ("hosted",)
#: Four ways that a chart can tell apart.
COARSE_WAYS = {"attended as adviser": "adviser", "present as diplomat": "diplomat", "hosted": "host only"}


def meetings(series: str, status: str = "held") -> pd.DataFrame:
    """Events of a series in order of time, with the names of their places.

    Columns: those of `events`, and place_en, country_en, latitude, longitude, label ("Geneva 2018").
    """
    events = load("events")
    events = events[(events["series"] == series) & (events["status"] == status)].sort_values("start", ignore_index=True)
    spots = load("places").set_index("id")
    joined = events.join(spots[["name_en", "latitude", "longitude"]].rename(columns={"name_en": "place_en"}), on="place")
    joined["country_en"] = joined["country"].map(names("countries"))
    joined["label"] = joined["place_en"].fillna("online") + " " + joined["start"].str[:4]
    return joined


def named_countries(events, ways=PRESENT) -> pd.DataFrame:
    """Countries that a source names at these events, one row per country, event and way.

    events: keys of events. ways: ways of being there to keep; None keeps all. Rows that no source names, but that follow
    from a number and a list (`inferred`), are left out.
    Columns: event, country, way, rows (how many rows of participations say so), ids (their keys), confidence.
    """
    rows = load("participations")
    rows = rows[rows["event"].isin(list(events)) & rows["country"].notna() & ~rows["inferred"]]
    if ways is not None:
        rows = rows[rows["way"].isin(list(ways))]
    grouped = rows.groupby(["event", "country", "way"], sort=False)
    return grouped.agg(rows=("id", "size"), ids=("id", list), confidence=("confidence", "first")).reset_index()


def with_issuers(rows: pd.DataFrame, table: str = "participations") -> pd.DataFrame:
    """The rows, one line for each body that issued a source of theirs (column `source` holds the issuer).

    rows: DataFrame with column id. A row that two bodies report stands twice, so leaving one body out keeps it.
    """
    places = sources_of(table, list(rows["id"]))[["row", "issuer_en"]].drop_duplicates()
    return rows.merge(places.rename(columns={"row": "id", "issuer_en": "source"}), on="id", how="left")


def first_seen(named: pd.DataFrame, order) -> pd.Series:
    """For each event in `order`: how many countries had been named up to and including it.

    named: DataFrame with event and country.
    """
    seen: set[str] = set()
    counts = {}
    for event in order:
        seen |= set(named.loc[named["event"] == event, "country"])
        counts[event] = len(seen)
    return pd.Series(counts, name="countries")


#: Kinds of bodies, in the few groups that a chart of speakers can tell apart.
SECTORS = {
    "ministry": "government", "government office": "government", "embassy or mission": "government", "parliament": "government",
    "security agency": "government", "advisory body": "government", "funding agency": "funder", "research institute": "research",
    "university": "research", "academy": "research", "learned society": "research", "company": "company",
    "intergovernmental organisation": "international body", "intergovernmental forum": "international body",
}
#: One colour and one hatch a sector, so that grey print tells them apart too.
SECTOR_COLOURS = {"government": "#0072B2", "funder": "#56B4E9", "research": "#009E73", "international body": "#CC79A7",
                  "company": "#D55E00", "other": "#767676"}


def sessions_of(event: str) -> pd.DataFrame:
    """The event and all its sessions and side events at any depth, rows of `events` in the order of the table."""
    events = load("events")
    kept, grown = {event}, True
    while grown:
        inner = set(events[events["part_of"].isin(kept)]["id"])
        grown = not inner <= kept
        kept |= inner
    return events[events["id"].isin(kept)]


def speakers(event: str) -> pd.DataFrame:
    """People named at an event or its sessions, one row per person, session and way, with the sector of their body.

    Columns: those of `participations`, and person_en, body (name of the organisation), kind, sector ("other" where the
    body's kind is not in SECTORS or not stated).
    """
    rows = load("participations").dropna(subset=["person"])
    rows = rows[rows["event"].isin(sessions_of(event)["id"])]
    bodies = load("organisations").set_index("id")
    kind = rows["organisation"].map(bodies["kind"])
    return rows.assign(person_en=rows["person"].map(names("people")), body=rows["organisation"].map(bodies["name_en"]),
                       kind=kind, sector=kind.map(SECTORS).fillna("other"))


#: Forums of the book and how the keys of their events, bodies and networks begin, the longest beginning first.
FORUMS = {
    "INGSA": ("ingsa", "sea-san", "gya-workshop"), "FMSTAN": ("fmstan",), "AAAS": ("aaas",), "STS forum": ("sts-",),
    "WSF": ("wsf", "world-science-forum"), "GESDA": ("gesda",), "UNESCO": ("unesco", "csar-"), "OECD": ("oecd",),
    "Advisers' roundtables": ("g20-csar", "g7-science-adviser", "kyoto-roundtable", "kyoto-science-adviser", "five-csa"),
    "Japan's symposium": ("japan-sd-symposium", "japan-science-diplomacy-symposium"),
}


def forum_of(keys) -> pd.Series:
    """The forum of FORUMS to which each key of an event, a body or a network belongs; missing where it is none of them.

    keys: an iterable of keys. A session belongs to the forum of its event, since its key begins with that of the event.
    """
    def one(key):
        return next((forum for forum, begins in FORUMS.items() if isinstance(key, str) and key.startswith(begins)), None)

    keys = list(keys)
    return pd.Series([one(key) for key in keys], index=keys, dtype=object)


def ties_to_forums(actor: str = "country") -> pd.DataFrame:
    """Every statement that ties a country, a person or a body to one of FORUMS, one row a statement.

    actor: "country", "person" or "organisation". Taken from `participations` (ways of PRESENT; for bodies every way, since a
    body that organised is tied to the forum), `memberships` and `officers`; for bodies also from `relations`, at either
    end; for persons from `officers` with their body.
    Columns: member, forum, way, table, id. A body is not tied to the forum that it is.
    """
    took_part = load("participations")
    if actor != "organisation":
        took_part = took_part[took_part["way"].isin(PRESENT)]
    parts = [_tied(took_part, actor, "event", "way", "participations"),
             _tied(load("memberships"), actor, "network", "way", "memberships")]
    if actor != "organisation":
        parts.append(_tied(load("officers"), actor, "organisation", "role", "officers"))
    else:
        relations = load("relations")
        parts += [_tied(relations, "subject", "object", "kind", "relations"), _tied(relations, "object", "subject", "kind", "relations")]
    ties = pd.concat(parts, ignore_index=True)
    return ties[forum_of(ties["member"]).to_numpy() != ties["forum"].to_numpy()].reset_index(drop=True) if actor == "organisation" else ties


def _tied(rows, member, where, way, table):
    forum = forum_of(rows[where]).to_numpy()
    kept = pd.DataFrame({"member": rows[member], "forum": forum, "way": rows[way], "table": table, "id": rows["id"]})
    return kept.dropna(subset=["member", "forum"])
