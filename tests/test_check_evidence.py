"""The evidence: segments of a text, dates and numbers in it, what tokens carry, and (where it is at hand) the report."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
import small_report
import small_tables
from hypothesis import given
from hypothesis import strategies as st
from scidip import tables
from scidip.__main__ import main
from scidip.check import evidence, mutations
from scidip.check_command import SKIPPED, report_at_hand
from scidip.check.amounts import dates, numbers
from scidip.check.problems import as_text
from scidip.check.cover import Lookup, Tokens
from scidip.check.report_text import by_locator, normal, segments
from scidip.check.tables import check_folder, open_folder

RHETORICAL = Path(__file__).with_name("rhetorical_segments.csv")


# -- the text in segments --------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def places():
    return by_locator(segments(small_report.TEXT))


def texts(places, locator, kind=None):
    return [s.text for s in places[locator] if kind is None or s.kind == kind]


def test_a_paragraph_goes_on_over_the_page_and_its_notes(places):
    (paragraph,) = texts(places, "intro", "text")
    assert paragraph.startswith("この行は") and paragraph.endswith("5月15日まで残った。")
    assert "ここで切れるが" in paragraph and "example.org" not in paragraph


def test_notes_are_joined_over_line_breaks_and_counted_by_chapter(places):
    assert texts(places, "intro-note1") == ["対話会「対話の記録」https://example.org/talks/a-very-long-address.html"]
    assert texts(places, "intro-note2") == texts(places, "note1") == ["子機関「年報」https://example.org/report"]


def test_short_lines_end_paragraphs_and_bullets_stand_alone(places):
    assert texts(places, "1.1", "text") == [
        "短い段落である。子機関(CB)は2001年4月に東京に置かれた。",
        "次の短い段落である。スイスのジュネーブでは2017年に第1回が開かれた。",
        "●初めの点は23か国である。",
        "●次の点は(長い括弧が切れずに続く)終わりの点である。",
        "表の後の段落である。",
    ]


def test_running_heads_and_chapter_tabs_are_no_text(places):
    assert not any("章の題" in text for text in texts(places, "1.1", "text"))
    assert any("題名の例(2025年)" in text for text in texts(places, "1.1", "heading"))


def test_rows_of_a_figure_know_their_caption(places):
    rows = [s for s in places["fig3"] if s.kind == "row"]
    assert [s.text for s in rows] == ["2017年4月対話(ジュネーブ)の続きの行", "2018年5月第2回対話(東京)"]
    assert {s.context for s in rows} == {"会の一覧"}


def test_a_programme_has_a_line_a_speaker(places):
    lines = {s.text: s.context for s in places["app1-programme"] if s.kind == "line"}
    assert lines["ボブ・ツー親機関"] == "14:00-14:20開会セッション\n挨拶"
    assert "キャシー・スリーとても長い名前の機関の事務局国際担当" in lines
    assert texts(places, "app1", "text") == ["会は東京で開かれた。"]


@pytest.mark.parametrize("printed, wanted", [
    ("ＡＢＣ　１２", "ABC12"), ("co‑operation", "co-operation"), ("科 学\n技術", "科学技術"), ("so\u00adft", "soft"),
    ("2023～2024", "2023~2024"), ("“x”", '"x"'), ("⼒", "力"),
])
def test_normal_text(printed, wanted):
    assert normal(printed) == wanted


@given(st.text())
def test_normal_text_is_normal(text):
    assert normal(normal(text)) == normal(text)


# -- tokens at their place -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("tokens, together", [
    ("2018年5月14日 + 第2回対話 + 東京", True),
    ("約1,500人", True),
    ("500人", False),  # part of 1,500
    ("2017年9月", True),  # behind the number of a note
    ("12017年9月", True),
    ("5月1", False),  # part of 14 and 15
    ("第2回対話 + 2001年4月", False),  # in another section
])
def test_tokens_stand_together(places, tokens, together):
    assert bool(evidence.segments_with(Tokens(tokens), places["intro"])) is together


# -- dates and numbers -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("text, wanted", [
    ("2018年5月14日", [(2018, 5, 14)]),
    ("平成9年2月", [(1997, 2, None)]),
    ("令和元年", [(2019, None, None)]),
    ("2021年発行、23年3月改訂", [(2021, None, None), (2023, 3, None)]),
    ("2023年に2回（3月、8月）", [(2023, None, None), (2023, 3, None), (2023, 8, None)]),
    ("2025年の2月13日-15日", [(2025, None, None), (2025, 2, 13), (2025, 2, 15)]),
    ("2021年度～2025年度", [(2021, None, None), (2025, None, None)]),
    ("2015－ 2017", [(2015, None, None), (2017, None, None)]),
    ("1960－80年代", [(1960, None, None), (1980, None, None), (1989, None, None)]),
    ("２０１８年５月", [(2018, 5, None)]),
    ("October 17, 2024", [(2024, 10, 17)]),
    ("2,000人が3日間", []),
])  # fmt: skip
def test_dates_as_printed(text, wanted):
    assert list(dates(text)) == wanted


@pytest.mark.parametrize("text, wanted", [
    ("約1,500名", {1500}), ("120万人", {1_200_000}), ("5,000万ドル", {50_000_000}), ("146億円", {14_600_000_000}),
    ("約4年半", {4, 4.5}), ("2年9か月", {2, 9, 2.75, 33}), ("第21回", {21}), ("３つ", {3}), ("三類型", {3}), ("初代", {1}),
    ("TICADVI", {6}), ("②国境", {2}), ("30%", {30}), ("2018年は17件", {17}), ("隔年", {2}),
])  # fmt: skip
def test_numbers_as_printed(text, wanted):
    assert wanted <= set(numbers(text)) and not any(n in numbers(text) for n in (2018, 18, 500))


@given(st.integers(1, 10**9))
def test_every_number_is_read_with_and_without_commas(number):
    assert float(number) in numbers(f"約{number:,}人") and float(number) in numbers(f"{number}人が")


@given(st.dates())
def test_every_day_is_read(day):
    text = f"{day.year:04}年{day.month}月{day.day}日"
    assert dates(text) == ((day.year, day.month, day.day),)


# -- what tokens carry -----------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def lookup(tmp_path_factory):
    world = small_tables.rows()
    world["countries"] += [{"id": "IND", "name_en": "India", "name_ja": "インド", "continent": "Asia"},
                           {"id": "IDN", "name_en": "Indonesia", "name_ja": "インドネシア", "continent": "Asia"},
                           {"id": "USA", "name_en": "United States", "name_ja": "米国", "continent": "America"}]
    world["aliases"] += [{"id": f"a{n}", "table": "countries", "row": key, "alias": alias, "language": "ja"}
                         for n, (key, alias) in enumerate([("JPN", "日"), ("USA", "米")])]
    folder = small_tables.write(tmp_path_factory.mktemp("lookup"), world)
    return Lookup(open_folder(folder, small_tables.SCHEMAS))


@pytest.mark.parametrize("table, key, column, tokens, carried", [
    ("events", "talks-2018", "start", "2018年5月14日", True),
    ("events", "talks-2018", "start", "2018年 + 5月14日", True),
    ("events", "talks-2018", "start", "2018年5月", False),
    ("events", "talks-2018", "start", "2018年5月15日", False),
    ("events", "talks-2018", "end", "2018年5月14日-15日", True),
    ("events", "talks-2018", "country", "日本", True),
    ("events", "talks-2018", "country", "東京", True),  # a town of it
    ("events", "talks-2018", "country", "英国", False),
    ("events", "talks-2018", "edition", "第2回", True),
    ("events", "talks-2018", "edition", "第12回", False),
    ("events", "talks-2018", "series", "TLK", True),
    ("events", "talks-2018", "series", "STLKX", False),
    ("events", "talks-2018", "name_ja", "第2回対話", True),
    ("events", "talks-2018", "name_ja", "第 2 回 + 対話", True),
    ("events", "talks-2018", "name_ja", "対話", False),
    ("participations", "talks-2018-ann-one", "event", "2018年 + 東京", True),  # its year and place
    ("participations", "talks-2018-ann-one", "event", "2018年9月 + 東京", False),  # another month
    ("participations", "talks-2018-ann-one", "event", "2017年 + 東京", False),
    ("participations", "talks-2018-ann-one", "event", "2018年 + 対話", True),  # its series and year
    ("participations", "talks-2018-ann-one", "person", "アン・ワン氏", True),
    ("participations", "talks-2018-ann-one", "person", "ボブ・ツー", False),
    ("organisations", "child-body", "parent", "親機関", True),
    ("posts", "adviser", "organisation", "子機構", True),  # an alias
    ("indicators", "talks-2018-participants", "value", "約1,500人", True),
    ("indicators", "talks-2018-participants", "value", "約1,600人", False),
    ("indicators", "talks-2018-participants", "subject", "第2回対話", True),
    ("tenures", "adviser-one", "ordinal", "初代", True),
    ("tenures", "adviser-two", "ordinal", "初代", False),
    ("events", "talks-2018", "kind", "何か", None),  # a word to choose is printed nowhere
])
def test_tokens_carry_a_cell(lookup, table, key, column, tokens, carried):
    assert lookup.covers(table, lookup.rows[table][key], column, Tokens(tokens)) is carried


@pytest.mark.parametrize("tokens, found", [
    ("インドネシア", {"IDN"}), ("インド太平洋", set()), ("インドとインドネシア", {"IND", "IDN"}), ("日米", {"JPN", "USA"}),
    ("14日", set()), ("米海軍", {"USA"}), ("毎日", set()),
])  # fmt: skip
def test_countries_in_words(lookup, tokens, found):
    assert lookup.countries_in(Tokens(tokens)) == found


# -- a whole folder against a text -----------------------------------------------------------------------------------------
GOOD = [
    ("events", "talks-2018", "start edition name_ja place country", "intro", "2018年5月14日 + 第2回対話 + 東京 + 日本"),
    ("events", "talks-2018", "end", "intro", "2018年5月14日 + 5月15日"),
    ("events", "talks-2018", "series", "intro", "対話（TLK） + 2017年"),
    ("indicators", "talks-2018-participants", "value subject", "intro", "第2回対話 + 約1,500人"),
    ("organisations", "child-body", "founded name_ja acronym seat country", "1.1", "子機関（CB） + 2001年4月 + 東京"),
]


def world_with(places):
    world = small_tables.rows()
    for number, (table, row, fields, locator, tokens) in enumerate(places):
        world["evidence"].append({"id": f"e{number}", "table": table, "row": row, "fields": fields, "source": "crds-2025",
                                  "locator": locator, "tokens": tokens})
    world["evidence"] = [e for e in world["evidence"] if e["source"] == "crds-2025" or (e["table"], e["row"]) not in {
        (p[0], p[1]) for p in places}]
    for row in world["discrepancies"]:
        row["locator_a"] = row["locator_b"] = "intro"
        row["tokens_b"] = "5月15日"
    world["organisations"][1]["ended"] = world["organisations"][1]["parent"] = ""
    return world


@pytest.fixture
def text_file(tmp_path):
    path = tmp_path / "text.txt"
    path.write_text(small_report.TEXT, "utf-8")
    return path


def outcome_of(tmp_path, text_file, places, change=None):
    world = world_with(places)
    if change:
        change(world)
    folder = open_folder(small_tables.write(tmp_path / "world", world), small_tables.SCHEMAS)
    return evidence.check(folder, text_file)


def test_good_evidence_passes_and_is_counted(tmp_path, text_file):
    outcome = outcome_of(tmp_path, text_file, GOOD)
    assert [str(p) for p in outcome.problems] == []
    assert outcome.rows["intro"] == outcome.together["intro"] == 6 and outcome.rows["1.1"] == 1
    uncited = {(s.locator, s.number): why for s, why in outcome.uncited}
    assert "the number 23" in uncited["1.1", 4] and ("1.1", 2) not in uncited
    assert any(line.startswith("intro ") for line in outcome.report())


WRONG = [
    ("a token that does not stand there", 0, "東京", "大阪", "not-there", "'大阪', which does not stand at intro"),
    ("a token of another paragraph", 4, "2001年4月", "2017年 + 2001年4月", "not-there", "apart from the other tokens"),
    ("a date that the tokens lack", 0, "2018年5月14日 + ", "", "not-covered", "what carries start '2018-05-14'"),
    ("a country that the tokens lack", 0, "東京 + 日本", "英国", "not-covered", "what carries country 'JPN'"),
    ("a number that the tokens lack", 3, " + 約1,500人", "", "not-covered", "what carries value '1500'"),
]


@pytest.mark.parametrize("name, number, old, new, kind, words", WRONG, ids=[case[0] for case in WRONG])
def test_wrong_evidence_is_told(tmp_path, text_file, name, number, old, new, kind, words):
    places = list(GOOD)
    places[number] = (*places[number][:4], places[number][4].replace(old, new))
    problems = [p for p in outcome_of(tmp_path, text_file, places).problems if p.kind == kind]
    assert any(words in str(p) for p in problems), [str(p) for p in outcome_of(tmp_path, text_file, places).problems]


@pytest.mark.parametrize("column, value, kind", [
    ("start", "2018-05-13", "not-covered"), ("name_ja", "第2回談話", "not-covered"), ("place", "geneva", "not-covered"),
    ("edition", "3", "not-covered"), ("series", "", "empty-field"),
])
def test_a_wrong_cell_is_told(tmp_path, text_file, column, value, kind):
    def change(world):
        world["events"][1][column] = value

    assert kind in {p.kind for p in outcome_of(tmp_path, text_file, GOOD, change).problems}


def test_a_cell_that_nobody_proves_is_told(tmp_path, text_file):
    problems = outcome_of(tmp_path, text_file, GOOD[1:]).problems
    assert {p.column for p in problems if p.kind == "unproved"} == {"start", "edition", "name_ja", "place"}


def test_claims_of_discrepancies_are_looked_for(tmp_path, text_file):
    def change(world):
        world["discrepancies"][0]["tokens_b"] = "5月16日"

    (problem,) = outcome_of(tmp_path, text_file, GOOD, change).problems
    assert (problem.file, problem.column, problem.kind) == ("discrepancies.csv", "tokens_b", "not-there")


def test_a_note_is_compared_with_its_print(tmp_path, text_file):
    def change(world):
        world["sources"].append({"id": "intro-note-1", "kind": "report_note", "issuer_en": "X", "issuer_ja": "対話会",
                                 "url": "https://example.org/talks/a-very-long-adress.html", "cited_in": "intro 1.1"})

    problems = outcome_of(tmp_path, text_file, GOOD, change).problems
    assert [(p.kind, p.column) for p in problems] == [("not-as-printed", "url"), ("not-cited", "cited_in")]


def test_rhetorical_segments_are_spared(tmp_path, text_file):
    listed = tmp_path / "rhetorical.csv"
    listed.write_text("locator,start,reason\n1.1,●初めの点,a test\n1.1,どこにもない,a test\n", "utf-8")
    folder = open_folder(small_tables.write(tmp_path / "world", world_with(GOOD)), small_tables.SCHEMAS)
    outcome = evidence.check(folder, text_file, rhetorical=listed)
    assert ("1.1", 4) not in {(s.locator, s.number) for s, _ in outcome.uncited}
    assert [(p.kind, p.line) for p in outcome.problems] == [("rhetorical", 3)]


def test_damaged_tables_never_end_in_a_traceback(tmp_path, text_file):
    chance = random.Random(20250214)
    folder = small_tables.write(tmp_path / "world", world_with(GOOD))
    for _ in range(40):
        path = chance.choice(sorted(folder.glob("*.csv")))
        whole = path.read_bytes()
        raw = bytearray(whole)
        for _ in range(chance.randint(1, 12)):
            at = chance.randrange(min(len(raw), 200))
            raw[at : at + chance.randint(0, 3)] = bytes(chance.choices([*range(256), 34, 44, 10], k=chance.randint(0, 3)))
        path.write_bytes(raw)
        evidence.check(check_folder(folder, small_tables.SCHEMAS)[0], text_file).report(gaps=True)
        path.write_bytes(whole)


def test_the_command_says_that_it_skips_without_a_text(tmp_path, capsys, monkeypatch):
    monkeypatch.delenv("SCIDIP_REPORT_TEXT", raising=False)
    assert main(["check", str(small_tables.write(tmp_path))]) == 0
    assert SKIPPED in capsys.readouterr().out


def test_a_text_that_is_not_there_is_told_without_a_traceback(tmp_path, capsys):
    assert main(["check", str(small_tables.write(tmp_path)), "--report", str(tmp_path / "no.txt")]) == 1
    assert "no text that can be read" in capsys.readouterr().err


# -- the report itself, where its text is at hand --------------------------------------------------------------------------
@pytest.fixture(scope="module")
def report():
    path = report_at_hand()
    if path is None:
        pytest.skip(SKIPPED)
    folder, problems = check_folder(tables.data_folder(), tables.schemas())
    return path, folder, problems, evidence.check(folder, path, rhetorical=RHETORICAL)


def segments_are_complete(path, folder, problems, outcome):
    """Every section, figure, column, appendix and note has its segments, and nothing is lost but page furniture."""
    found = by_locator(outcome.segments)
    assert {f"note{n}" for n in range(1, 96)} | {f"intro-note{n}" for n in (1, 2, 3)} <= set(found)
    assert {f"fig{n}" for n in range(1, 12)} | {f"col{n}" for n in range(1, 5)} <= set(found)
    rows = {name: sum(s.kind == "row" for s in found[name]) for name in ("fig3", "fig4", "fig6", "fig7", "fig9", "fig10")}
    assert rows == {"fig3": 17, "fig4": 8, "fig6": 4, "fig7": 5, "fig9": 8, "fig10": 12}
    whole = len(normal(Path(path).read_text("utf-8")))
    assert sum(len(s.text) for s in outcome.segments) > 0.99 * whole


def evidence_holds(path, folder, problems, outcome):
    """All tokens stand together at their place and carry the cells of their row; claims of discrepancies as well."""
    if outcome.problems:
        pytest.fail(f"{len(outcome.problems)} mistakes:\n{as_text(outcome.problems)}")


def nothing_is_left_uncited(path, folder, problems, outcome):
    """No paragraph, row or note with a date, a number or a named body is without evidence, the listed ones apart."""
    assert not outcome.uncited, "\n".join(f"{s.locator} {s.number} (line {s.line}): {why}" for s, why in outcome.uncited)


def mutations_are_caught(path, folder, problems, outcome):
    """At least 97 % of single wrong cells are caught by evidence or relations."""
    score = mutations.run(folder, path)
    mine = score.of(True)
    print("\n".join(score.report()))
    cited = {table for table, _, places in evidence.Checker(folder, outcome.segments).rows()
             if any(p["source"] == "crds-2025" for p in places)}
    assert len(mine) >= 300 and cited <= {m.table for m in mine}
    assert score.share(mine) >= 0.97


@pytest.mark.parametrize("question", [segments_are_complete, evidence_holds, nothing_is_left_uncited, mutations_are_caught],
                         ids=lambda question: question.__name__)
def test_report_text(report, question):
    question(*report)

