"""Does a set of tokens carry a value? Dates and numbers by what they say, countries, bodies and people by their names."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import pandas

from ..dates import is_date
from . import rules
from .amounts import dates, numbers
from .report_text import normal
from .tables import Folder, date_columns

# Columns whose cells a piece of evidence has to carry, by kind. Everything else (lists of words to choose from, yes and
# no, the book's own English) is not printed anywhere and cannot be looked for.
JAPANESE = ("name_ja", "theme_ja", "role_ja", "field_ja", "former_posts_ja")
LITERAL = ("acronym", "name_en", "theme_en")  # only where an evidence row lists them: then they stand there as they are
OWN_DATES = ("as_of", "accessed")  # dates of our reading, not of the source
COUNTED = ("counted", "derived")  # numbers that no source prints
NAMES = ("name_ja", "name_en", "acronym", "title_ja", "title_en", "term_ja", "term_en", "url")
NOT_A_COUNTRY = ("インド太平洋", "インド系", "インド洋")
LONE = re.compile(r"[日米英独仏加中韓印露豪伊瑞欧台]")  # letters that stand for a country when they stand among each other
SHORT = 5  # an abbreviation of at most so many letters has to stand by itself
NEITHER = r"(?!(?:IX|IV|VI{0,3}|I{1,3}|X)(?![A-Za-z]))"  # TICADVI is the sixth TICAD
LONG_NAME = 24  # a longer name may be split over several tokens
LEAST_COVERED = 0.85  # so much of a long name the tokens have to hold
LEAST_OF_NAME = 0.7  # a printed form that is much shorter is a part of the name, not the name
PUNCTUATION = re.compile(r"[\s「」『』（）()<>〈〉《》【】\"'“”‘’・･,、.。:;‐\-–—/!?=＝&＆~～]")


def fold(text: str) -> str:
    """Text for comparing names: normalised, lower case, without brackets, quotes, dots and hyphens."""
    return PUNCTUATION.sub("", normal(text)).casefold()


@dataclass(frozen=True)
class Form:
    """One way of writing a name."""

    written: str
    folded: str

    @property
    def short(self) -> bool:
        """An abbreviation such as AU or G7."""
        return self.written.isascii() and len(self.folded) <= SHORT


class Tokens:
    """Tokens of an evidence row, prepared once for many questions."""

    def __init__(self, text: str, locator: str = ""):
        self.locator = locator
        self.all = [token.strip() for token in text.split(rules.TOKEN_SEPARATOR) if token.strip()]
        self.text = rules.TOKEN_SEPARATOR.join(self.all)

    @cached_property
    def folded(self) -> str:
        """All tokens in one string."""
        return "".join(fold(token) for token in self.all)

    @cached_property
    def spaced(self) -> str:
        """All tokens with their spaces, for abbreviations that have to stand by themselves."""
        return " + ".join(unicodedata.normalize("NFKC", token) for token in self.all)

    @cached_property
    def dates(self) -> tuple:
        """Dates named, the year of one token serving the months of later ones."""
        return dates(self.text)

    @cached_property
    def years(self) -> frozenset[int]:
        """Years named."""
        return frozenset(year for year, _, _ in self.dates if year)

    @cached_property
    def numbers(self) -> frozenset[float]:
        """Numbers named."""
        return frozenset().union(*(numbers(token) for token in self.all)) if self.all else frozenset()

    def has(self, form: Form) -> bool:
        """Does the name stand in the tokens?"""
        if not form.folded:
            return False
        if form.short:
            written = re.escape(form.written)
            return bool(re.search(rf"(?<![A-Za-z]){written}(?![a-z])(?!{NEITHER}[A-Z]{{2}})", self.spaced))
        return form.folded in self.folded

    def spells(self, value: str) -> bool:
        """Does the text stand in the tokens, whole or (a long one) in pieces that make up nearly all of it?"""
        wanted = fold(value)
        if not wanted or wanted in self.folded:
            return bool(wanted)
        if len(wanted) <= LONG_NAME:
            return False
        pieces = [piece for piece in map(fold, self.all) if len(piece) >= 4 and piece in wanted]
        held = set()
        for piece in pieces:
            at = wanted.find(piece)
            held.update(range(at, at + len(piece)))
        return len(held) >= LEAST_COVERED * len(wanted)


def covers_date(value: str, tokens: Tokens) -> bool:
    """All parts of the date stand in the tokens and belong together."""
    if not is_date(value):
        return False
    wanted = [int(part) for part in value.split("-")]
    wanted += [None] * (3 - len(wanted))
    year, month, day = wanted
    if year not in tokens.years:
        return False
    if month is None:
        return True
    for found_year, found_month, found_day in tokens.dates:
        if found_year in (year, None) and found_month == month and (day is None or found_day == day):
            return True
    return False


def agrees_with_date(value: str, tokens: Tokens) -> bool:
    """A part of the date stands in the tokens, and nothing there speaks against the rest."""
    if not is_date(value):
        return False
    parts = [int(part) for part in value.split("-")]
    if parts[0] not in tokens.years:
        return any(y is None and m == part for y, m, _ in tokens.dates for part in parts[1:2])
    named = [date for date in tokens.dates if date[0] in (parts[0], None)]
    for level in range(1, len(parts)):
        others = {date[level] for date in named if date[level] is not None}
        if others and parts[level] not in others:
            return False
    return True


class Lookup:
    """Names of all rows of a folder, and the questions about them."""

    def __init__(self, folder: Folder):
        self.folder = folder
        self.rows = {name: _rows(frame, folder.columns(name)) for name, frame in folder.frames.items() if "id" in frame}
        self.forms: dict[str, dict[str, list[Form]]] = {}
        self.printed_as: dict[tuple[str, str], list[Form]] = defaultdict(list)
        for table in self.rows:
            self.forms[table] = {key: self._own_forms(table, row) for key, row in self.rows[table].items()}
        for row in self.rows.get("aliases", {}).values():
            self.add_alias(row)
        self.shared = {table: _shared(forms) for table, forms in self.forms.items()}
        self.places = defaultdict(set)
        for row in self.rows.get("evidence", {}).values():
            if row["source"] == rules.REPORT:
                self.places[row["table"], row["row"]].add(row["locator"])

    def _own_forms(self, table, row):
        return [_form(row[column]) for column in NAMES if row.get(column)]

    def add_alias(self, row: dict) -> None:
        """Another way of writing the name of a row."""
        target = self.forms.get(row["table"], {}).get(row["row"])
        if target is not None and row["alias"]:
            target.append(_form(row["alias"]))
            if row["note"].startswith("as printed"):
                self.printed_as[row["table"], row["row"]].append(_form(row["alias"]))

    def kind(self, table: str, column: str) -> str | None:
        """What a cell of this column needs: date, number, country, key, japanese, literal, or None: nothing."""
        return _kinds(self.folder, table).get(column)

    def covers(self, table: str, row: dict, column: str, tokens: Tokens) -> bool | None:
        """Do the tokens carry this cell of the row? None where the question has no sense."""
        value, kind = row.get(column, ""), self.kind(table, column)
        if not value or kind is None:
            return None
        if kind == "date":
            return covers_date(value, tokens)
        if kind == "number":
            return self._covers_number(row, column, value, tokens)
        if kind == "country":
            return self.covers_country(value, tokens)
        if kind == "key":
            target = self.target(table, row, column)
            return self.covers_key(target, value, tokens) if target else None
        if kind == "japanese":
            parts = [part for part in re.split(r"[;；]", value) if part.strip()]
            return all(tokens.spells(part) for part in parts) or (
                column == "name_ja" and any(tokens.has(form) for form in self.printed_as.get((table, row["id"]), [])
                                            if len(form.folded) >= LEAST_OF_NAME * len(fold(value)))
            )
        return tokens.spells(value)  # an abbreviation in small letters (KIWi, Kiwi) is the same one

    def target(self, table: str, row: dict, column: str) -> str | None:
        """The table that a key points to."""
        for owner, table_column, key_column in rules.POLYMORPHIC:
            if (owner, key_column) == (table, column):
                return row.get(table_column) or None
        return self.folder.foreign_keys(table).get(column)

    def _covers_number(self, row, column, value, tokens):
        try:
            number = float(value)
        except ValueError:
            return False
        if column == "value" and row.get("qualifier") == "derived":
            return None
        if column == "value" and row.get("qualifier") == "counted":
            listed = len(re.split(r"[、,]| \+ ", tokens.spaced))
            return number in {float(len(tokens.all)), float(listed), float(len(self.countries_in(tokens)))} | tokens.numbers
        return number in tokens.numbers or number in tokens.years

    # -- names ---------------------------------------------------------------------------------------------------------
    def countries_in(self, tokens: Tokens) -> set[str]:
        """Countries whose name stands in the tokens; a longer name hides the shorter one inside it (Indonesia, India)."""
        text = tokens.folded
        for other in NOT_A_COUNTRY:
            text = text.replace(fold(other), "¦")
        found = set()
        for form, key in self._country_forms:
            if form.short or len(form.folded) == 1:
                if _lone(form, tokens):
                    found.add(key)
            elif form.folded in text:
                found.add(key)
                text = text.replace(form.folded, "¦" * len(form.folded))
        return found

    @cached_property
    def _country_forms(self):
        pairs = [(form, key) for key, forms in self.forms.get("countries", {}).items() for form in forms if form.folded]
        return sorted(pairs, key=lambda pair: -len(pair[0].folded))

    def covers_country(self, code: str, tokens: Tokens) -> bool:
        """The country's name, or a town of it, stands in the tokens."""
        if code in self.countries_in(tokens):
            return True
        # A name may stand inside another one that hides it (日英): ask for each written form as well.
        if any(len(form.folded) > 1 and tokens.has(form) and not self._hidden(form, tokens)
               for form in self.forms.get("countries", {}).get(code, [])):
            return True
        return any(row.get("country") == code and self.named("places", key, tokens)
                   for key, row in self.rows.get("places", {}).items())

    def _hidden(self, form, tokens):
        longer = [f.folded for f, _ in self._country_forms if form.folded in f.folded and f.folded != form.folded]
        text = tokens.folded
        for name in [*longer, *(fold(n) for n in NOT_A_COUNTRY)]:
            text = text.replace(name, "¦")
        return form.folded not in text

    def named(self, table: str, key: str, tokens: Tokens) -> bool:
        """Does a name of this row stand in the tokens?"""
        return any(tokens.has(form) for form in self.forms.get(table, {}).get(key, []))

    def covers_key(self, table: str, key: str, tokens: Tokens) -> bool:
        """The row that a key points to can be told from the tokens.

        By a name of its own; where several rows share that name, or none stands there, by place and year, series and
        edition, issuer and year, or whatever else tells a row of that table from the others.
        """
        row = self.rows.get(table, {}).get(key)
        if row is None:
            return False
        if table == "countries":
            return self.covers_country(key, tokens)
        if table == "sources" and (key == rules.REPORT or note_locator(key) == (tokens.locator or "nowhere")):
            return True
        for form in self.forms[table].get(key, []):
            if tokens.has(form) and (form.folded not in self.shared[table] or self._told_apart(table, row, tokens)
                                     or self._alone_here(table, key, form, tokens)):
                return True
        return bool(self._described(table, row, tokens))

    def _year(self, row, tokens):
        for column in ("start", "date", "established", "founded", "proposed", "first_held", "since", "published", "end"):
            if row.get(column):
                return self._date_fits(row[column], tokens)
        return False

    @staticmethod
    def _date_fits(value, tokens):
        """The year stands there, and no other month of that year does."""
        if not is_date(value):
            return False
        parts = value.split("-")
        year = int(parts[0])
        if year not in tokens.years:
            return False
        months = {m for y, m, _ in tokens.dates if m and y in (year, None)}
        return len(parts) == 1 or not months or int(parts[1]) in months

    def _place(self, row, tokens):
        return bool((row.get("place") and self.named("places", row["place"], tokens))
                    or (row.get("country") and self.covers_country(row["country"], tokens)))

    def _edition(self, row, tokens):
        return bool(row.get("edition")) and row["edition"].isdigit() and float(row["edition"]) in tokens.numbers

    def _told_apart(self, table, row, tokens):
        clues = [self._year(row, tokens), self._edition(row, tokens)]
        if table == "posts":
            clues.append(any(self.named("people", tenure["person"], tokens) for tenure in self.rows.get("tenures", {}).values()
                             if tenure["post"] == row["id"]))
        if table != "events":
            clues.append(self._place(row, tokens))
        has_clue = any(row.get(column) for column in ("start", "date", "edition", "established", "founded", "proposed"))
        return any(clues) or not has_clue

    def _alone_here(self, table, key, form, tokens):
        """Of all rows of that name this one alone is told of at that place (the panel of appendix 1, not of 2)."""
        here = {other for other in self.shared[table][form.folded] if tokens.locator in self.places[table, other]}
        return here == {key}

    def _described(self, table, row, tokens):
        key = lambda table, column: bool(row.get(column)) and self.covers_key(table, row[column], tokens)  # noqa: E731
        year = self._year(row, tokens)
        if table == "events":
            whole = key("events", "part_of")
            if len(row.get("start", "")) == 10 and not row.get("part_of") and covers_date(row["start"], tokens) and (
                    tokens.locator in self.places[table, row["id"]]):
                return True  # the day of the one event that this place tells of
            return (self._place(row, tokens) and year) or (key("event_series", "series") and (
                year or self._edition(row, tokens))) or (whole and self.named("events", row["id"], tokens))
        if table == "documents":
            return year and (key("organisations", "issuer") or key("events", "event"))
        if table == "tenures":
            return key("people", "person") and (key("posts", "post") or year)
        if table == "officers":
            return key("people", "person") and key("organisations", "organisation")
        if table == "participations":
            return key("events", "event") and (key("people", "person") or key("organisations", "organisation")
                                               or key("countries", "country"))
        if table in ("programmes", "measures"):
            body = key("organisations", "organisation" if table == "programmes" else "actor") or key("documents", "document")
            return body and (year or not row.get("start"))
        if table == "relations":
            return key("organisations", "subject") and key("organisations", "object")
        if table == "memberships":
            return key("organisations", "network") and (key("organisations", "organisation") or key("people", "person")
                                                        or key("countries", "country"))
        if table == "activities":
            return bool(row.get("actor")) and self.covers_key(row["actor_table"], row["actor"], tokens) and (
                year or self.named("activities", row["id"], tokens))
        if table == "frameworks":
            return key("documents", "document")
        if table == "posts":
            return key("organisations", "organisation") and year
        return False


def note_locator(key: str) -> str | None:
    """The locator of a note by its key in sources: note-07 -> note7, intro-note-1 -> intro-note1."""
    match = re.fullmatch(r"(intro-)?note-0*(\d+)", key)
    return f"{match[1] or ''}note{match[2]}" if match else None


def _rows(frame: pandas.DataFrame, columns: list[str]) -> dict[str, dict]:
    """Rows by key; a column that the file lacks (which has been told) is empty."""
    return dict(zip(frame["id"], frame.reindex(columns=columns, fill_value="").to_dict("records")))


def _form(written: str) -> Form:
    written = unicodedata.normalize("NFKC", written).strip()
    return Form(written, fold(written))


def _shared(forms):
    """Name -> keys of all rows that bear it, for names borne by several."""
    owners = defaultdict(set)
    for key, own in forms.items():
        for form in own:
            owners[form.folded].add(key)
    return {folded: keys for folded, keys in owners.items() if len(keys) > 1}


def _lone(form, tokens):
    """A letter such as 米 stands for a country only beside another one (日米), at a token's start before a name, or alone."""
    if form.short:
        return tokens.has(form)
    for token in tokens.all:
        text = normal(token)
        if form.written not in text:
            continue
        if text == form.written or re.search(rf"{LONE.pattern}{form.written}|{form.written}{LONE.pattern}", text) \
                or re.search(rf"^{form.written}(?=[A-Z国ァ-ヶ海政軍議大])|(?<=[、・(]){form.written}(?=[)、・])", text):
            return True
    return False


def _kinds(folder: Folder, table: str) -> dict[str, str]:
    cache = folder.__dict__.setdefault("_kinds", {})
    if table not in cache:
        cache[table] = _kinds_of(folder, table)
    return cache[table]


def _kinds_of(folder, table):
    schema = folder.schemas[table]
    kinds = {column: "date" for column in date_columns(schema) if column not in OWN_DATES}
    for field in schema["fields"]:
        name = field["name"]
        if field["type"] == "year":
            kinds[name] = "date"
        elif field["type"] in ("integer", "number") and name not in ("latitude", "longitude", "rank"):
            kinds[name] = "number"
        elif name in JAPANESE:
            kinds[name] = "japanese"
        elif name in LITERAL:
            kinds[name] = "literal"
    for column, target in folder.foreign_keys(table).items():
        kinds[column] = "country" if target == "countries" else "key"
    for owner, _, key_column in rules.POLYMORPHIC:
        if owner == table:
            kinds[key_column] = "key"
    return kinds
