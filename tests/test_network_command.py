"""`python -m scidip network`: good tables, bad tables, and what a name in a cell must never do."""

import csv
import hashlib
import html
import io
import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import networkx as nx
import nbformat
import pandas as pd
import pytest

from scidip import network_command, networks
from scidip.networks import io as tables

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "data" / "examples" / "school_programmes.csv"
SMALL = "member,group,start,end\nA,x,2010,2012\nB,x,2011,\nC,x,2014,\nA,y,2013,\nC,y,,\n"
TABLES = ["centrality.csv", "edges.csv", "survival.csv", "two_mode.csv", "memberships.csv", "layout.csv", "summary.json"]
OUTPUT = [*TABLES, "graph.graphml", "graph.gexf", "report.html", "your_network.ipynb", "ranking.svg", "ranking.png",
          "matrix.svg", "matrix.png", "network.svg", "network.png", "files.json"]


def run(*words):
    return network_command.main(["network", *map(str, words)])


@pytest.fixture(autouse=True)
def _quick(request, monkeypatch):
    """Run the notebook only where a test asks for it: it takes five seconds."""
    if "notebook" not in request.keywords and "with_notebook" not in request.fixturenames:
        monkeypatch.setattr(network_command, "_execute", lambda made, folder: nbformat.v4.new_notebook())


@pytest.fixture
def with_notebook():
    return True


def made_of(tmp_path, content, *words, name="table.csv", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    code = run(path, "--out", tmp_path / "out", "--quiet", *words)
    return code, tmp_path / "out"


def refused(tmp_path, capsys, content, *words, **options):
    """The one message for a table that cannot be used; nothing may be left behind."""
    before = sorted(os.listdir(tmp_path))
    code, out = made_of(tmp_path, content, *words, **options)
    said = capsys.readouterr()
    assert code == 2 and "Traceback" not in said.err and said.out == ""
    assert not out.exists()
    assert set(os.listdir(tmp_path)) - set(before) <= {options.get("name", "table.csv")}
    return said.err


# ------------------------------------------------------------------------------------------------ good tables


def test_the_worked_example_end_to_end(tmp_path, capsys, with_notebook):
    assert run(EXAMPLE, "--out", tmp_path / "out") == 0
    out, said = tmp_path / "out", capsys.readouterr()
    assert set(OUTPUT + ["years.csv", "years.svg", "years.png", "map.svg", "map.png"]) == set(os.listdir(out))
    assert "measuring" in said.err and " s  " in said.err  # progress
    report = (out / "report.html").read_text(encoding="utf-8")
    assert report.count("<img ") == 5 and not re.search(r"""(?:src|href)=["'](?!data:)""", report)
    assert "<script" not in report and "16 members, 9 groups" in report
    assert all(alt.strip() for alt in re.findall(r'<img alt="([^"]*)"', report))
    notebook = (out / "your_network.ipynb").read_text(encoding="utf-8")
    assert str(tmp_path) not in notebook and str(ROOT) not in notebook


def test_the_kept_notebook_runs_again_where_it_lies(tmp_path, with_notebook):
    assert run(EXAMPLE, "--out", tmp_path / "out", "--quiet") == 0
    moved = tmp_path / "elsewhere"
    (tmp_path / "out").rename(moved)
    source = nbformat.read(moved / "your_network.ipynb", 4)
    code = "\n".join(cell.source for cell in source.cells if cell.cell_type == "code")
    done = subprocess.run([sys.executable, "-c", code], cwd=moved, env={**os.environ, "PYTHONPATH": str(ROOT), "MPLBACKEND": "agg"}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_centrality_has_the_promised_columns_and_networkx_values(tmp_path):
    code, out = made_of(tmp_path, EXAMPLE.read_text(encoding="utf-8"))
    found = pd.read_csv(out / "centrality.csv").set_index("member")
    assert code == 0
    assert list(found.columns) == ["degree", "strength", "betweenness", "closeness", "eigenvector", "core", "community"]
    edges = pd.read_csv(out / "edges.csv")
    graph = nx.from_pandas_edgelist(edges, "member_a", "member_b", ["shared_groups"])
    for ours, theirs in (("degree", nx.degree_centrality), ("betweenness", nx.betweenness_centrality), ("closeness", nx.closeness_centrality)):
        pd.testing.assert_series_equal(found[ours], pd.Series(theirs(graph))[found.index], check_names=False, atol=1e-9, check_index_type=False)
    assert found["strength"].sum() == 2 * edges["shared_groups"].sum()


def test_the_graphs_open_and_agree_with_the_tables(tmp_path):
    code, out = made_of(tmp_path, EXAMPLE.read_text(encoding="utf-8"))
    nodes, edges = pd.read_csv(out / "centrality.csv"), pd.read_csv(out / "edges.csv")
    for graph in (nx.read_gexf(out / "graph.gexf"), nx.read_graphml(out / "graph.graphml")):
        assert set(graph.nodes) == set(nodes["member"]) and graph.number_of_edges() == len(edges)
        assert graph.nodes["Harbour School"]["strength"] == int(nodes.set_index("member")["strength"]["Harbour School"])
        assert graph.nodes["Harbour School"]["lat"] == 35.4


def test_same_input_and_seed_same_bytes(tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"
    assert run(EXAMPLE, "--out", first, "--quiet", "--seed", 7) == run(EXAMPLE, "--out", second, "--quiet", "--seed", 7) == 0
    assert (first / "files.json").read_bytes() == (second / "files.json").read_bytes()
    for name in [*TABLES, "graph.gexf", "ranking.svg", "network.svg", "map.svg"]:
        assert (first / name).read_bytes() == (second / name).read_bytes(), name


def test_time_projection_and_backbone(tmp_path):
    code, out = made_of(tmp_path, SMALL, "--at", "2011")
    assert code == 0 and pd.read_csv(out / "memberships.csv")["member"].tolist() == ["A", "B", "C"]
    assert "2 of 3 rows have no end" in " ".join(json.loads((out / "summary.json").read_text())["warnings"])
    code, out = made_of(tmp_path, SMALL, "--from", "2013", "--projection", "groups")
    assert code == 0
    assert list(pd.read_csv(out / "edges.csv").columns)[:3] == ["group_a", "group_b", "shared_members"]
    assert pd.read_csv(out / "centrality.csv").columns[0] == "group"
    code, out = made_of(tmp_path, EXAMPLE.read_text(encoding="utf-8"), "--backbone", "--weighted")
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert code == 0 and summary["edges"] < summary["saturation"]["edges_before_backbone"] == 95
    assert any("exceed what the sizes alone would give" in note for note in summary["warnings"])


def test_summary_holds_what_is_promised_and_how_sure_it_is(tmp_path):
    code, out = made_of(tmp_path, EXAMPLE.read_text(encoding="utf-8"))
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert {"members", "groups", "memberships", "edges", "density", "components", "saturation", "warnings"} <= set(summary)
    assert (summary["members"], summary["groups"], summary["memberships"], summary["edges"]) == (16, 9, 46, 95)
    assert summary["saturation"]["verdict"] == "dense" and "dense" in summary["warnings"][0]


def test_parts_and_isolates_are_those_of_the_graph_that_is_written(tmp_path):
    code, out = made_of(tmp_path, "member,group\nA,x\nB,x\nC,y\nD,z\nE,z\n")
    summary = json.loads((out / "summary.json").read_text(encoding="utf-8"))
    assert (summary["components"], summary["isolates"], summary["largest_component"]) == (3, 1, 2)
    assert set(nx.read_graphml(out / "graph.graphml").nodes) == set("ABCDE")


def test_other_column_names(tmp_path, capsys):
    assert made_of(tmp_path, "Country,Body\nA,x\nB,x\n", "--member", "Country", "--group", "Body")[0] == 0
    assert made_of(tmp_path, "Member , GROUP\nA,x\nB,x\n")[0] == 0  # case and spaces of a header are no matter


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_other_separators(tmp_path, separator):
    code, out = made_of(tmp_path, SMALL.replace(",", separator))
    assert code == 0 and len(pd.read_csv(out / "memberships.csv")) == 5


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932", "utf-16", "utf-8"])
def test_japanese_in_any_usual_encoding(tmp_path, encoding):
    text = "member,group\n日本,外務大臣科学技術顧問ネットワーク\nニュージーランド,外務大臣科学技術顧問ネットワーク\n"
    code, out = made_of(tmp_path, text, encoding=encoding)
    assert code == 0 and pd.read_csv(out / "centrality.csv")["member"].tolist() == ["ニュージーランド", "日本"]


def test_semicolons_with_decimal_commas(tmp_path):
    code, out = made_of(tmp_path, "member;group;weight;lat\nA;x;1,5;35,5\nB;x;2;-3,25\n", "--weighted")
    assert code == 0
    assert pd.read_csv(out / "memberships.csv")["weight"].tolist() == [1.5, 2]
    assert pd.read_csv(out / "edges.csv")["weight"].tolist() == [3.0]


def test_excel_and_parquet_are_read(tmp_path):
    frame = pd.DataFrame({"member": ["A", "B", 7], "group": ["x"] * 3, "start": [2010, 2011, None]})
    frame.to_excel(tmp_path / "t.xlsx", index=False)
    frame.astype("str").replace("nan", "").to_parquet(tmp_path / "t.parquet")
    for name in ("t.xlsx", "t.parquet"):
        assert run(tmp_path / name, "--out", tmp_path / f"out-{name}", "--quiet") == 0
        assert pd.read_csv(tmp_path / f"out-{name}" / "centrality.csv")["member"].astype(str).tolist() == ["7", "A", "B"]


def test_members_called_na_or_null_stay(tmp_path):
    code, out = made_of(tmp_path, "member,group\nNA,x\nnull,x\nNone,x\n")
    assert code == 0 and len(tables.read_tidy(out / "memberships.csv")) == 3
    assert networks.open_study(out).centrality["member"].tolist() == ["NA", "None", "null"]


def test_template(tmp_path, capsys):
    path = tmp_path / "mine.csv"
    assert run("--template", path) == 0 and path.read_text(encoding="utf-8").startswith(",".join(tables.TEMPLATE_COLUMNS))
    assert run(path, "--out", tmp_path / "out", "--quiet") == 0
    assert run("--template", path) == 2 and "there already" in capsys.readouterr().err


# ------------------------------------------------------------------------------------------------ bad tables


BAD = {
    "no column": ("country,group\nA,x\nB,x\n", ["no column 'member'", "found: country, group", "--member"]),
    "near column": ("members,group\nA,x\nB,x\n", ["Did you mean 'members'"]),
    "two columns of a name": ("member,group,member\nA,x,B\n", ["2 columns called 'member'"]),
    "duplicate": ("member,group\nA,x\nB,x\nA,x\n", ["row 2 and again in row 4", "--duplicates once"]),
    "end before start": ("member,group,start,end\nA,x,2012,2011-12\nB,x,,\n", ["row 2", "before the start"]),
    "space variant": ("member,group\nUK,x\nUK ,y\nB,x\n", ["'UK' (row 2) and 'UK ' (row 3)", "did you mean 'UK'", "--names merge"]),
    "case variant": ("member,group\nUK,x\nuk,y\nUK,y\nB,x\n", ["differ only in spaces, case or width", "did you mean 'UK'"]),
    "group variant": ("member,group\nA,Ｘ会\nB,X会\n", ["group names that differ"]),
    "empty name": ("member,group\n,x\nB,x\n", ["row 2", "member is empty"]),
    "bad date": ("member,group,start\nA,x,May 2018\nB,x,\n", ["row 2", "'May 2018'", "2018-05"]),
    "bad weight": ("member,group,weight\nA,x,much\nB,x,1\n", ["row 2", "'much'"]),
    "decimal comma in a comma file": ('member,group,weight\nA,x,"1,5"\nB,x,1\n', ["'1,5'", "1.5"]),
    "thousands sign": ("member;group;weight\nA;x;1.234,5\nB;x;1\n", ["'1.234,5'"]),
    "weight of nought": ("member,group,weight\nA,x,0\nB,x,1\n", ["above 0"]),
    "infinite weight": ("member,group,weight\nA,x,1e999\nB,x,1\n", ["above 0"]),
    "latitude": ("member,group,lat,lon\nA,x,91,0\nB,x,1,1\n", ["row 2: lat is '91'", "-90 to 90"]),
    "one member": ("member,group\nA,x\nA,y\n", ["one member only"]),
    "nothing shared": ("member,group\nA,x\nB,y\n", ["No two members share a group"]),
    "header only": ("member,group\n", ["no membership under it"]),
    "empty": (b"", ["the file is empty"]),
    "ragged": ("member,group\nA,x\nB,x,y\n", ["row 3", "3 cells where the header has 2"]),
    "open quotation mark": ('member,group\n"A,x\nB,x\n', ["table.csv"]),
    "prose": ("Dear colleague\nplease find attached\n", ["not a table"]),
    "web page": ("<html><body>member,group</body></html>\n", ["not a table"]),
    "json": ('{"member": 1, "group": 2}\n', ["table.csv"]),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), ["not a table"]),
    "document": (b"%PDF-1.7\n\xe2\xe3 member,group", ["not a table"]),
    "nul": (b"member,group\nA\x00,x\n", ["not a table"]),
    "control character": ("member,group\nA\x07,x\nB,x\n", ["control character", "row 2"]),
    "western letters": ("member,group\nZürich,x\nGenève,x\n".encode("cp1252"), ["neither UTF-8 nor Shift_JIS", "--encoding"]),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_tables_are_refused_in_words(case, tmp_path, capsys):
    content, expected = BAD[case]
    said = refused(tmp_path, capsys, content)
    assert all(part in said for part in expected), said
    assert said.count("scidip network:") == 1 and len(said) < 700


def test_several_problems_are_told_at_once(tmp_path, capsys):
    said = refused(tmp_path, capsys, "member,group,start,weight\nA,x,soon,1\nB,x,2010,none\n")
    assert said.count("scidip network:") == 2 and "'soon'" in said and "'none'" in said


@pytest.mark.parametrize("name, content", [("t.xlsx", b"PK\x03\x04 broken"), ("t.parquet", b"PAR1 broken"), ("t.xlsx", b"member,group\nA\x00,x")])
def test_broken_binary_tables(name, content, tmp_path, capsys):
    assert name in refused(tmp_path, capsys, content, name=name)


@pytest.mark.parametrize("words, expected", [
    (["https://example.org/t.csv", "--out", "o"], "not read"), (["nothing.csv", "--out", "o"], "no such file"),
    ([".", "--out", "o"], "folder"), ([EXAMPLE], "--out DIR"), ([EXAMPLE, "--out", "no/such/parent"], "no such folder"),
    ([EXAMPLE, "--out", "o", "--at", "1700"], "dates from 2014 to 2022"), ([EXAMPLE, "--out", "o", "--at", "soon"], "no date"),
    ([EXAMPLE, "--out", "o", "--encoding", "klingon"], "klingon"), ([EXAMPLE, "--out", "o", "--role", "job"], "no column 'job'"),
])
def test_bad_requests(words, expected, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert run(*words, "--quiet") == 2
    said = capsys.readouterr()
    assert expected in said.err and "Traceback" not in said.err and os.listdir(tmp_path) == []


def test_variants_and_duplicates_only_by_request_and_told(tmp_path):
    text = "member,group\nUK,x\nUK ,y\nB,x\nB,y\nB,y\n"
    code, out = made_of(tmp_path, text, "--names", "merge", "--duplicates", "once")
    notes = " ".join(json.loads((out / "summary.json").read_text())["warnings"])
    assert code == 0 and pd.read_csv(out / "centrality.csv")["member"].tolist() == ["B", "UK"]
    assert "taken as one, such as 'UK' and 'UK '" in notes and "count once" in notes
    code, out = made_of(tmp_path, text, "--names", "keep", "--duplicates", "once")
    assert code == 0 and len(pd.read_csv(out / "centrality.csv")) == 3
    assert "kept apart" in " ".join(json.loads((out / "summary.json").read_text())["warnings"])


# ------------------------------------------------------------------------------------------------ old output


def _hashes(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


@pytest.mark.parametrize("step", ["_execute", "_publish_moves"])
def test_a_failure_leaves_the_old_output_untouched(step, tmp_path, monkeypatch, capsys):
    code, out = made_of(tmp_path, SMALL)
    before = _hashes(out)
    if step == "_execute":
        def fail(*_):
            raise OSError(28, "No space left on device")
        monkeypatch.setattr(network_command, "_execute", fail)
    else:
        real, calls = os.replace, []

        def fail_late(source, target):
            calls.append(source)
            if len(calls) == 30:
                raise OSError(13, "Permission denied", str(target))
            real(source, target)
        monkeypatch.setattr(os, "replace", fail_late)
    assert made_of(tmp_path, EXAMPLE.read_text(encoding="utf-8"))[0] == 2
    monkeypatch.undo()
    assert _hashes(out) == before and set(os.listdir(tmp_path)) == {"table.csv", "out"}
    assert made_of(tmp_path, "member\nA\n")[0] == 2 and _hashes(out) == before


def test_a_notebook_that_cannot_run_is_told_in_words(tmp_path, monkeypatch, capsys, with_notebook):
    import papermill

    def fail(*_, **__):
        raise RuntimeError("many lines\nNo such kernel named python3")

    monkeypatch.setattr(papermill, "execute_notebook", fail)
    assert "No such kernel named python3" in refused(tmp_path, capsys, SMALL)


def test_a_second_run_replaces_its_own_files_and_no_others(tmp_path, capsys):
    code, out = made_of(tmp_path, EXAMPLE.read_text(encoding="utf-8"))
    (out / "my notes.txt").write_text("mine")
    (out / "edges.csv").write_text("edited by hand")
    assert made_of(tmp_path, SMALL)[0] == 0
    assert (out / "my notes.txt").read_text() == "mine" and (out / "edges-mine-1.csv").read_text() == "edited by hand"
    assert not (out / "map.svg").exists()  # the first table had positions, the second has none


def test_a_folder_with_files_of_others_is_not_overwritten(tmp_path, capsys):
    out = tmp_path / "out"
    out.mkdir()
    (out / "edges.csv").write_text("a year of work")
    assert made_of(tmp_path, SMALL)[0] == 2
    assert "was not made by this command" in capsys.readouterr().err
    assert (out / "edges.csv").read_text() == "a year of work" and os.listdir(out) == ["edges.csv"]
    (out / "edges.csv").unlink()
    (out / "files.json").write_text('{"../table.csv": "0"}')
    assert made_of(tmp_path, SMALL)[0] == 2 and (tmp_path / "table.csv").exists()


# ------------------------------------------------------------------------------------------------ hostile names


HOSTILE = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "$\\frac{1}{2}$", "[a](javascript:alert(1))", "&amp;<b>",
           "=HYPERLINK(\"http://x\",\"y\")", "+1", "-2+3", "@SUM(A1)", "\tTab", "＝１＋１", "</svg><script>alert(2)</script>", "]]>", "{{7*7}}",
           "a,b;c", "naïve 日本 🙂", "{tab}`x`", "'quoted'", "_$_ %s {0}"]


def test_markup_and_formulas_are_text_everywhere(tmp_path, with_notebook):
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["member", "group", "source", "role", "lat", "lon"])
    for name in HOSTILE:
        for group in ("<i>x</i>", "=cmd|' /C calc'!A0", name):
            writer.writerow([name, group, f"<u>{name}</u>" if group == name else "s", name, 1, 2])
    code, out = made_of(tmp_path, text.getvalue())
    assert code == 0
    report = (out / "report.html").read_text(encoding="utf-8")
    tags = set(re.findall(r"<\s*([a-zA-Z0-9]+)", report))
    assert tags <= set("html head meta title style body main div h1 h2 p figure img figcaption details summary pre table thead tbody tr th td code ul li em strong".split()) | {"DOCTYPE"} , tags
    assert not re.search(r"\son\w+=|javascript:(?!alert\(1\)\))", re.sub(r"&[a-z]+;|&#\d+;", " ", re.sub(r">[^<]*<", "><", report)))
    assert "default-src 'none'" in report
    for name in ("centrality.csv", "edges.csv", "memberships.csv", "survival.csv", "two_mode.csv", "layout.csv"):
        with open(out / name, encoding="utf-8", newline="") as content:
            for row in csv.reader(content):
                for cell in row:
                    number = re.fullmatch(r"-?\d+(\.\d+)?(e-?\d+)?", cell)
                    assert number or cell.lstrip(" ")[:1] not in tables._FORMULA or cell == "", (name, cell)
    assert sorted(networks.open_study(out).centrality["member"]) == sorted(HOSTILE)  # nothing is lost on the way
    for name in ("graph.gexf", "graph.graphml"):
        ElementTree.parse(out / name)
    assert set(nx.read_gexf(out / "graph.gexf").nodes) == set(HOSTILE)
    for path in out.glob("*.svg"):
        drawing = ElementTree.parse(path)
        assert not [node for node in drawing.iter() if node.tag.endswith("script") or any(key.startswith("on") for key in node.attrib)]
    outputs = [o for cell in nbformat.read(out / "your_network.ipynb", 4).cells for o in cell.get("outputs", [])]
    for output in outputs:
        page = output.get("data", {}).get("text/html", "")
        assert "<script" not in page and "<img" not in page and "<i>" not in page
        said = output.get("data", {}).get("text/markdown", "")
        assert "<" not in said


def test_the_report_refuses_markup_that_a_notebook_might_hold():
    from scidip.networks import report

    cell = nbformat.v4.new_code_cell("x", outputs=[nbformat.v4.new_output("display_data", {"text/html": "<table onclick=alert(1)><tr><td>a</td></tr></table>", "text/plain": "plain"})])
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("<script>alert(1)</script>"), cell])
    page = report.render(notebook, "<b>")
    assert "onclick" not in page and "<script>" not in page and html.escape("<script>") in page and "plain" in page


# ------------------------------------------------------------------------------------------------ large


def test_a_million_rows_are_read_and_refused_or_done(tmp_path, capsys):
    rows = 1_000_000
    members, groups = pd.Series(range(rows)) % 50_000, pd.Series(range(rows)) // 50_000
    frame = pd.DataFrame({"member": "m" + members.astype(str), "group": "g" + (groups % 20).astype(str)})
    path = tmp_path / "million.csv"
    frame.to_csv(path, index=False)
    assert run(path, "--out", tmp_path / "out", "--quiet") == 2
    said = capsys.readouterr().err
    assert "50,000 members would have up to 1,249,975,000 ties" in said and "--projection groups" in said
    assert run(path, "--out", tmp_path / "out", "--quiet", "--projection", "groups") == 0
    assert len(pd.read_csv(tmp_path / "out" / "edges.csv")) == 190


# ------------------------------------------------------------------------------------------------ the chapter


def test_captions_and_alt_texts_of_the_chapter_hold_for_any_table():
    table = networks.read_table(EXAMPLE).table
    names = {*table["member"], *table["group"], *table["source"]} - {""}
    cells = [cell for cell in nbformat.read(ROOT / "notebooks" / "your_network.ipynb", 4).cells if "lesson" not in cell.metadata.get("tags", [])]
    looks = [cell.metadata["mystnb"] for cell in cells if "mystnb" in cell.metadata]
    assert {look["figure"]["name"] for look in looks} == set(network_command.alt_texts(networks.analyse(table, seed=1)))
    for text in [look[part][key] for look in looks for part, key in (("figure", "caption"), ("image", "alt"))] + [cell.source for cell in cells]:
        assert not [name for name in names if name in text], text
    assert not [look for look in looks if re.search(r"\d", look["figure"]["caption"] + look["image"]["alt"])]


def test_alt_texts_of_the_report_state_what_the_table_shows(tmp_path, with_notebook):
    code, out = made_of(tmp_path, SMALL)
    made = networks.open_study(out)
    alts = re.findall(r'<img alt="([^"]*)"', (out / "report.html").read_text(encoding="utf-8"))
    says = network_command.alt_texts(made)
    assert code == 0 and set(map(html.unescape, alts)) == {text for name, text in says.items() if name != "fig-your-map"}
    assert "Harbour" not in (out / "report.html").read_text(encoding="utf-8")
    looks = [cell.metadata["mystnb"] for cell in nbformat.read(out / "your_network.ipynb", 4).cells if "mystnb" in cell.metadata]
    assert looks and all(look["image"]["alt"] == says[look["figure"]["name"]] != look["figure"]["caption"] for look in looks)


def test_python_dash_m_knows_the_command():
    done = subprocess.run([sys.executable, "-m", "scidip", "network", "--help"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0 and "--backbone" in done.stdout
