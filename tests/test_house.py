"""The house itself: pins, licences, notebooks as they are stored, texts that must not be there."""

import csv
import json
import re
import subprocess
from pathlib import Path

import nbformat
import pytest
import yaml

from conftest import ROOT
from run_notebooks import book_pages, notebooks

NOTEBOOKS = notebooks()
BY_NAME = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
LONGEST_CELL = 15
NUMBER = re.compile(r"(?<![\w.#/-])\d[\d,]*(?:\.\d+)?%?(?![\w/-])")
# Numbers that name a place in the report or a body, not a quantity.
NAMES_WITH_NUMBERS = re.compile(
    r"\b(?:[Ff]igures?|[Ff]ig\.|[Ss]ections?|[Cc]hapters?|[Cc]olumns?|[Aa]ppendix|[Aa]ppendices|[Nn]otes?|Exercise|Solution|Horizon|Society|"
    r"G|STI for SDGs|ISO|Python|version|CC BY|INGSA|Level|Step|Day|Session)\s?\d[\d.]*(?:\s?(?:,|and|or|to|-|–)\s?\d[\d.]*)*"
)


def tracked_files() -> list[Path]:
    listing = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listing.stdout.splitlines() if (ROOT / name).is_file()]


def locked() -> dict[str, str]:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)==([^\s;\\]+)", text, flags=re.MULTILINE))


def test_lock_has_hashes_and_names_no_host():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text and "index-url" not in text and "find-links" not in text
    entries = re.split(r"^(?=[a-z0-9][a-z0-9._-]*==)", text, flags=re.MULTILINE)[1:]
    assert len(entries) > 100
    bare = [entry.split("==")[0] for entry in entries if "--hash=sha256:" not in entry]
    assert not bare, f"without a hash: {bare}"


def test_every_direct_requirement_is_locked_and_explained():
    wanted = re.findall(r"^([A-Za-z0-9._-]+)", (ROOT / "requirements.in").read_text(encoding="utf-8"), flags=re.MULTILINE)
    contributing = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert not [name for name in wanted if name.lower() not in locked()]
    assert not [name for name in wanted if f"`{name}`" not in contributing], "CONTRIBUTING.md says why each is there"


def test_environment_installs_the_same_lock():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    pip = next(each["pip"] for each in environment["dependencies"] if isinstance(each, dict))
    assert pip == ["-r requirements.lock"]
    python = next(each for each in environment["dependencies"] if str(each).startswith("python="))
    assert (3, 11) <= tuple(map(int, python.removeprefix("python=").split("."))) <= (3, 14)
    conda = [each for each in environment["dependencies"] if isinstance(each, str)]
    assert not [each for each in conda if each.split("=")[0] in locked() and each != "pip"], "pinned twice"


def test_no_machine_paths_and_no_hosts_of_package_registries():
    path = re.compile(r"(?<![\w.~/-])/(?:work|farm|root|home/\w+|tmp)/[\w.-]+")
    host = re.compile(r"--(?:extra-)?index-url\s+\S*://|https?://[^\s\"']+/simple\b|https?://[^\s\"']+\.(?:whl|tgz)\b")
    found = []
    for file in tracked_files():
        if file.suffix in {".png", ".ico", ".zip"} or file.name == "test_house.py":
            continue
        text = file.read_text(encoding="utf-8", errors="ignore")
        found += [f"{file.relative_to(ROOT)}: {match.group(0)}" for rule in (path, host) for match in rule.finditer(text)]
    assert not found


def test_each_table_has_its_page():
    package = json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))
    tables = {resource["name"] for resource in package["resources"]}
    pages = {path.stem for path in (ROOT / "book" / "tables").glob("*.md")}
    in_contents = {page.rsplit("/", 1)[1] for page in book_pages() if page.startswith("book/tables/")}
    assert tables == pages == in_contents


def test_every_notebook_is_in_the_contents():
    assert {path.stem for path in (ROOT / "notebooks").glob("*.ipynb")} == {path.stem for path in NOTEBOOKS}


@BY_NAME
def test_notebook_is_stored_as_refresh_outputs_leaves_it(path):
    from refresh_outputs import normalise

    stored = path.read_text(encoding="utf-8")
    notebook = normalise(nbformat.reads(stored, as_version=4))
    assert nbformat.writes(notebook) + "\n" == stored, "run `make outputs`"
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(cell.execution_count for cell in code), "a cell was never run: run `make outputs`"
    assert not [output for cell in code for output in cell.outputs if output.output_type == "error"]


@BY_NAME
def test_code_cells_are_small(path):
    notebook = nbformat.read(path, as_version=4)
    lengths = sorted(len(cell.source.strip().splitlines()) for cell in notebook.cells if cell.cell_type == "code")
    assert lengths[len(lengths) // 2] <= 5
    assert sum(length > LONGEST_CELL for length in lengths) <= len(lengths) * 0.05


@BY_NAME
def test_every_chart_has_name_caption_and_alt_text(path):
    from figures import fault

    for cell in nbformat.read(path, as_version=4).cells:
        pictures = [key for output in cell.get("outputs", []) for key in output.get("data", {}) if key.startswith("image/")]
        if not pictures:
            continue
        figure = cell.metadata.get("mystnb", {})
        name, caption = (figure.get("figure", {}).get(key, "") for key in ("name", "caption"))
        alt = figure.get("image", {}).get("alt", "")
        assert name.startswith("fig-") and caption, f"a chart without name or caption:\n{cell.source}"
        assert fault(alt, "", name) is None, f"{name}: {fault(alt, '', name)}"
        assert alt.strip() != caption.strip(), f"{name}: the alt text repeats the caption"


@BY_NAME
def test_tables_are_shown_by_the_library(path):
    """A bare DataFrame has an index and an empty header, which a screen reader can't name, and no caption."""
    for cell in nbformat.read(path, as_version=4).cells:
        for output in cell.get("outputs", []):
            shown = output.get("data", {}).get("text/html", "")
            assert "<table" not in shown or "rows-table" in shown or "rows-behind" in shown, f"{cell.id}: use show_table"


@BY_NAME
def test_typed_numbers_are_bound_to_computed_values(path):
    """A number in fixed prose, a caption or an alt text stands in the list that the notebook's last cell binds."""
    notebook = nbformat.read(path, as_version=4)
    bound = set()
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            for line in output.get("text", "").splitlines():
                if line.startswith('{"bound":'):
                    bound |= set(json.loads(line)["bound"])
    texts = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            texts.append(re.sub(r"```.*?```|`[^`]*`|\]\([^)]*\)|<[^>]*>|^\s*\d+\.\s", "", cell.source, flags=re.DOTALL | re.MULTILINE))
        figure = cell.metadata.get("mystnb", {})
        texts += [figure.get("figure", {}).get("caption", ""), figure.get("image", {}).get("alt", "")]
    free = {number for text in texts for number in NUMBER.findall(NAMES_WITH_NUMBERS.sub("", text))} - bound
    free = {number for number in free if number.rstrip(".,") not in bound}
    assert not free, f"typed but not bound: {sorted(free)}"


def test_what_nbval_leaves_out_is_listed_with_its_reason():
    with open(ROOT / "tests" / "nbval_exclusions.csv", encoding="utf-8", newline="") as file:
        listed = {(row["notebook"], row["cell"], row["tag"]) for row in csv.DictReader(file) if row["reason"].strip()}
    tagged = {
        (path.stem, cell.id, tag)
        for path in NOTEBOOKS for cell in nbformat.read(path, as_version=4).cells
        for tag in cell.metadata.get("tags", []) if tag.startswith("nbval-")
    }
    marked = [path.stem for path in NOTEBOOKS for cell in nbformat.read(path, as_version=4).cells
              if re.search(r"^\s*#\s*(NBVAL_|PYTEST_VALIDATE)", cell.source, flags=re.MULTILINE)]
    assert tagged == listed and not marked


def test_figure_names_are_unique():
    names = [cell.metadata["mystnb"]["figure"]["name"] for path in NOTEBOOKS for cell in nbformat.read(path, as_version=4).cells
             if cell.metadata.get("mystnb", {}).get("figure", {}).get("name")]
    assert len(names) == len(set(names)), sorted(name for name in names if names.count(name) > 1)


def test_no_function_is_defined_in_two_notebooks():
    defined = {}
    for path in NOTEBOOKS:
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code":
                for name in re.findall(r"^def (\w+)", cell.source, flags=re.MULTILINE):
                    defined.setdefault(name, set()).add(path.stem)
    assert not {name: places for name, places in defined.items() if len(places) > 1}
