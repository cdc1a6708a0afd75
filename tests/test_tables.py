"""The loader: types, missing values, joins, dates, clear errors; and the zip and SQLite made from the tables."""

from __future__ import annotations

import datetime
import sqlite3
import subprocess
import sys
import zipfile

import pandas
import pytest
import small_tables
from hypothesis import given
from hypothesis import strategies as st
from scidip import tables
from scidip.__main__ import main
from scidip.check.problems import as_text
from scidip.check.tables import check_folder


@pytest.fixture
def folder(tmp_path):
    return small_tables.write(tmp_path / "tables")


def test_every_table_of_the_package_is_listed():
    assert tuple(resource["name"] for resource in tables.package()["resources"]) == tables.TABLES


def test_the_books_own_tables_load_and_hold_rows():
    frames = tables.load_all()
    assert list(frames) == list(tables.TABLES)
    assert len(frames["events"]) and len(frames["countries"]) and len(frames["sources"])


def test_the_books_own_tables_are_without_a_mistake():
    problems = check_folder(tables.data_folder(), tables.schemas())[1]
    if problems:
        pytest.fail(f"{len(problems)} mistakes:\n{as_text(problems)}")


def test_types_follow_the_schema(folder):
    tenures, places = tables.load("tenures", folder), tables.load("places", folder)
    members, events = tables.load("country_group_members", folder), tables.load("events", folder)
    assert str(tenures["ordinal"].dtype) == "Int64" and tenures["ordinal"].tolist() == [1, 2]
    assert str(tenures["acting"].dtype) == "boolean" and not tenures["acting"].any()
    assert str(places["latitude"].dtype) == "float64" and places["latitude"].isna().tolist() == [False, True]
    assert members["since"].tolist() == [1999]
    assert pandas.api.types.is_string_dtype(events["start"]) and events["start"].tolist()[1] == "2018-05-14"


def test_empty_cells_are_missing_values(folder):
    events = tables.load("events", folder)
    assert events["name_ja"].isna().tolist() == [True, False, True]
    assert not (events == "").any().any()


def test_nobody_spoils_the_table_of_another(folder):
    first = tables.load("events", folder)
    first.loc[:, "name_en"] = "spoilt"
    assert "spoilt" not in tables.load("events", folder)["name_en"].tolist()


def test_a_changed_file_is_read_again(folder):
    assert tables.load("people", folder)["name_en"].tolist()[0] == "Ann One"
    path = folder / "people.csv"
    path.write_text(path.read_text("utf-8").replace("Ann One", "Ann Eleven"), "utf-8")
    assert tables.load("people", folder)["name_en"].tolist()[0] == "Ann Eleven"


def test_names_in_both_languages(folder):
    assert tables.names("people", folder=folder) == {"ann-one": "Ann One", "bob-two": "Bob Two"}
    assert tables.names("events", "ja", folder) == {"talks-2018": "第2回対話"}


def test_sources_of_rows_in_the_order_asked_for(folder):
    places = tables.sources_of("people", ["bob-two", "ann-one"], folder)
    assert places["row"].tolist() == ["bob-two", "ann-one"]
    assert places["url"].tolist() == ["https://example.org/"] * 2
    assert tables.sources_of("people", "nobody", folder).empty


BAD = [
    ("an unknown country", "places.csv", "CHE", "CHX", "places", ["places.csv, line 3", "'CHX'", "ISO 3166-1"]),
    ("month 13", "events.csv", "2018-05-15", "2018-13", "events", ["events.csv, line 3", "'2018-13'", "that exists"]),
    ("a duplicate key", "people.csv", "bob-two", "ann-one", "people", ["people.csv, line 3", "'ann-one'", "line 2"]),
    ("a dangling key", "events.csv", "geneva", "genever", "events", ["events.csv, line 2", "'genever'", "write geneva"]),
    ("too many cells", "people.csv", "アン・ワン", "アン,ワン", "people", ["people.csv, line 2", "7 cells", "6 cells"]),
    ("an unknown discrepancy", "events.csv", "held,,,,,,,", "held,,,,,,no-such,", "events", ["line 2", "'no-such'"]),
    ("the end before the start", "events.csv", "2018-05-15", "2018-04", "events", ["line 3", "'2018-04' after start"]),
]


@pytest.mark.parametrize("name, file, old, new, table, words", BAD, ids=[case[0] for case in BAD])
def test_bad_input_gives_one_message_with_place_and_remedy(folder, name, file, old, new, table, words):
    path = folder / file
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    with pytest.raises(tables.TableError) as caught:
        tables.load(table, folder)
    message = str(caught.value)
    assert message.startswith("1 mistake in the tables")
    for word in words:
        assert word in message


def test_a_missing_column(folder):
    path = folder / "people.csv"
    cut = [",".join(cells[:1] + cells[2:]) for cells in (line.split(",") for line in path.read_text("utf-8").splitlines())]
    path.write_text("\n".join(cut), "utf-8")
    with pytest.raises(tables.TableError, match="1 mistake.*\n.*people.csv, line 1, column name_en: found no such column"):
        tables.load("people", folder)


@pytest.mark.parametrize("content, words", [(b"", "without content"), ("名前".encode("cp932") * 9, "UTF-8")])
def test_empty_file_and_wrong_encoding(folder, content, words):
    (folder / "people.csv").write_bytes(content)
    with pytest.raises(tables.TableError, match=words):
        tables.load("people", folder)


def test_a_mistake_in_one_table_does_not_close_the_others(folder):
    (folder / "people.csv").write_bytes(b"")
    assert len(tables.load("places", folder)) == 2
    with pytest.raises(tables.TableError, match="people.csv"):
        tables.load("tenures", folder)  # it points to people


def test_an_unknown_table_is_named_with_a_likely_one():
    with pytest.raises(tables.TableError, match="write events"):
        tables.load("event")


def test_commands_print_messages_and_no_traceback(folder, tmp_path):
    (folder / "people.csv").write_bytes(b"id;name_en\nx;y\n")
    command = [sys.executable, "-m", "scidip", "data", "--data", str(folder), "--out", str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "semicolon" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("text, first, last", [
    ("2018", (2018, 1, 1), (2018, 12, 31)),
    ("2018-05", (2018, 5, 1), (2018, 5, 31)),
    ("2020-02", (2020, 2, 1), (2020, 2, 29)),
    ("2018-05-14", (2018, 5, 14), (2018, 5, 14)),
])
def test_the_span_of_a_date(text, first, last):
    assert tables.date_span(text) == (datetime.date(*first), datetime.date(*last))


@pytest.mark.parametrize("text", ["2018-13", "2018-02-30", "18", "2018-5", "", "2018-05-14T10:00", "２０１８"])
def test_what_is_no_date(text):
    with pytest.raises(ValueError, match="is not a date"):
        tables.date_span(text)


@given(st.dates(min_value=datetime.date(1000, 1, 1)))
def test_a_day_lies_in_its_month_and_the_month_in_its_year(day):
    text = day.isoformat()
    for shorter in (text[:7], text[:4]):
        first, last = tables.date_span(shorter)
        assert first <= day <= last
    assert tables.date_span(text) == (day, day)


def test_import_is_quick_and_leaves_heavy_parts_for_later():
    script = (
        "import time, pandas, sys\nbegun = time.perf_counter()\nimport scidip\nfrom scidip import tables\n"
        "print(time.perf_counter() - begun, 'frictionless' in sys.modules, 'networkx' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    seconds, frictionless, networkx = done.stdout.split()
    assert float(seconds) < 0.3 and (frictionless, networkx) == ("False", "False")


def test_the_package_is_valid_for_the_standard_tool():
    from frictionless import Package

    report = Package(str(tables.data_folder() / "datapackage.json")).validate()
    problems = [error.message for task in report.tasks for error in task.errors][:5]
    assert report.valid, f"{report.errors or ''} {problems}"


def test_zip_and_sqlite_hold_all_tables(folder, tmp_path):
    for out in ("one", "two"):
        assert main(["data", "--data", str(folder), "--out", str(tmp_path / out)]) == 0
    zips = [(tmp_path / out / "scidip-data.zip").read_bytes() for out in ("one", "two")]
    assert zips[0] == zips[1]
    with zipfile.ZipFile(tmp_path / "one" / "scidip-data.zip") as archive:
        assert archive.namelist() == ["datapackage.json", *(f"{name}.csv" for name in tables.TABLES)]
        assert archive.read("people.csv") == (folder / "people.csv").read_bytes()
    connection = sqlite3.connect(tmp_path / "one" / "scidip-data.sqlite")
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    counted = {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables.TABLES}
    assert counted == {name: len(frame) for name, frame in tables.load_all(folder).items()}
    assert connection.execute("SELECT acting, ordinal FROM tenures").fetchall() == [(0, 1), (0, 2)]
    connection.close()


def test_sqlite_refuses_a_dangling_key(folder, tmp_path):
    assert main(["data", "--data", str(folder), "--out", str(tmp_path)]) == 0
    connection = sqlite3.connect(tmp_path / "scidip-data.sqlite")
    connection.execute("PRAGMA foreign_keys = ON")
    with pytest.raises(sqlite3.IntegrityError), connection:
        connection.execute("UPDATE events SET place = 'nowhere'")
    connection.close()
