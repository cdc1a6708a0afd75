"""What must stop the build, and what must not be built again. Works on a small book of its own in a temporary copy."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from conftest import ROOT

CONTENTS = "format: jb-book\nroot: book/index\nchapters:\n  - file: notebooks/small\n"
CHART = {"figure": {"name": "fig-small", "caption": "Rows of two tables."},
         "image": {"alt": "Bars: one table has more rows than the other one."}}


def small_notebook(code: str, chart=CHART, prose="See {numref}`fig-small`."):
    cells = [
        nbformat.v4.new_markdown_cell("# A small chapter\n\n" + prose, id="small-1"),
        nbformat.v4.new_code_cell("from scidip import charts, tables\ncharts.use_style()", id="small-2"),
        nbformat.v4.new_code_cell(code, id="small-3", metadata={"mystnb": chart} if chart else {}),
    ]
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": {
        "display_name": "Python 3", "language": "python", "name": "python3"}})


DRAW = "rows = tables.load('holes').groupby('id').size().head(2)\nax = charts.counts(charts.axes(2), rows)"


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """A copy of the checkout with one small notebook."""
    folder = tmp_path_factory.mktemp("book")
    for name in ("data", "scidip", "tools", "notebooks"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "book", folder / "book", ignore=shutil.ignore_patterns("__pycache__", "tables"))
    for name in ("_config.yml", "pyproject.toml", "README.md", "LICENSE", "requirements.lock"):
        shutil.copyfile(ROOT / name, folder / name)
    (folder / "book" / "index.md").write_text("# Small\n", encoding="utf-8")
    (folder / "_toc.yml").write_text(CONTENTS, encoding="utf-8")
    return folder


def build(folder, notebook=None):
    if notebook is not None:
        nbformat.write(notebook, folder / "notebooks" / "small.ipynb")
    environment = os.environ | {"PYTHONPATH": str(folder)}
    result = subprocess.run([sys.executable, "tools/build_book.py"], cwd=folder, capture_output=True, text=True, env=environment)
    return result.returncode, result.stdout + result.stderr


FAULTS = {
    "a notebook that raises": (small_notebook("raise ValueError('on purpose')"), "small.ipynb"),
    "a broken reference": (small_notebook(DRAW, prose="See {numref}`fig-nowhere`."), "small.ipynb"),
    "a chart without alt text": (small_notebook(DRAW, chart={"figure": CHART["figure"]}), "alt text"),
    "an alt text that is a label": (small_notebook(DRAW, chart={"figure": CHART["figure"], "image": {"alt": "fig-small"}}), "alt text"),
    "a missing page": (small_notebook(DRAW, prose="See [this](nowhere.md)."), "small.ipynb"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_fails_the_build_twice_and_names_the_file(copy, fault):
    notebook, named = FAULTS[fault]
    for attempt in ("first", "second"):
        code, text = build(copy, notebook)
        assert code == 1, f"{attempt} build passed"
        assert named in text and "small" in text


def test_builds_what_has_changed_and_nothing_else(copy):
    html = copy / "_build" / "html" / "notebooks" / "small.html"
    assert build(copy, small_notebook(DRAW))[0] == 0
    first = html.read_text(encoding="utf-8")
    code, text = build(copy)
    assert code == 0 and "nothing has changed" in text and html.read_text(encoding="utf-8") == first

    table = copy / "data" / "holes.csv"
    lines = table.read_text(encoding="utf-8").splitlines()
    shown = sorted(line.split(",")[0] for line in lines[1:] if line.count('"') % 2 == 0 and line.split(",")[0])[0]
    table.write_text("\n".join(lines).replace(f"\n{shown},", f"\na-{shown},") + "\n", encoding="utf-8")
    code, text = build(copy)
    assert code == 0 and "running 1 of 1" in text, text[-2000:]
    assert html.read_text(encoding="utf-8") != first, "the page shows the old table"

    style = copy / "scidip" / "charts.py"
    style.write_text(style.read_text(encoding="utf-8").replace('"#0072B2"', '"#0072B3"'), encoding="utf-8")
    code, text = build(copy)
    assert code == 0 and "running 1 of 1" in text

    before = html.read_text(encoding="utf-8")
    sheet = copy / "book" / "_static" / "house.css"
    sheet.write_text(sheet.read_text(encoding="utf-8") + "\n.small { color: #123456 }\n", encoding="utf-8")
    code, text = build(copy)
    assert code == 0 and "nothing has changed" in text, "a style sheet made a notebook run"
    assert html.read_text(encoding="utf-8") != before, "the page still asks for the old style sheet"


def test_two_cold_builds_give_the_same_bytes(copy):
    seen = []
    for _ in range(2):
        shutil.rmtree(copy / "_build", ignore_errors=True)
        assert build(copy, small_notebook(DRAW))[0] == 0
        pages = copy / "_build" / "html"
        seen.append({path.relative_to(pages).as_posix(): path.read_bytes() for path in sorted(pages.rglob("*"))
                     if path.suffix in {".svg", ".html", ".csv"}})
    assert seen[0].keys() == seen[1].keys()
    assert not [name for name in seen[0] if seen[0][name] != seen[1][name]]
