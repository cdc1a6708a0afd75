"""The wheel in an empty environment, a downloaded notebook in it, and the three plain lines of the README."""

import json
import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from conftest import ROOT
from test_house import tracked_files

RUN_NOTEBOOK = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
for cell in json.load(open(sys.argv[1], encoding="utf-8"))["cells"]:
    if cell["cell_type"] == "code":
        result = shell.run_cell("".join(cell["source"]), silent=True)
        result.raise_error()
"""
LOAD_ALL = """
from pathlib import Path
import scidip
from scidip import tables
frames = tables.load_all()
assert Path(scidip.__file__).parent in tables.data_folder().parents
print(len(frames), sum(map(len, frames.values())))
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT], check=True,
                   stdout=subprocess.DEVNULL)
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory, wheel) -> Path:
    """The Python of an empty environment, away from the checkout, with the wheel installed."""
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder / "env", with_pip=True)
    python = folder / "env" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel], check=True, cwd=folder)
    return python


def run(python, *arguments, cwd):
    return subprocess.run([python, "-P", *arguments], cwd=cwd, capture_output=True, text=True, env={"PATH": "", "HOME": str(cwd)})


def test_wheel_carries_every_table(elsewhere, tmp_path):
    result = run(elsewhere, "-c", LOAD_ALL, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    tables, rows = map(int, result.stdout.split())
    package = json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))
    assert tables == len(package["resources"]) and rows > 1000


def test_a_downloaded_notebook_runs_with_the_wheel_alone(elsewhere, tmp_path):
    notebook = ROOT / "_build" / "html" / "downloads" / "notebooks" / "fmstan.ipynb"
    shutil.copyfile(notebook, tmp_path / "fmstan.ipynb")
    result = run(elsewhere, "-c", RUN_NOTEBOOK, "fmstan.ipynb", cwd=tmp_path)
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-2000:]


@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("*.ipynb")), ids=lambda path: path.stem)
def test_first_cell_says_how_to_get_the_library(path, tmp_path):
    # Before it stands at most a cell of parameters, which imports nothing.
    code = next(cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
                if cell["cell_type"] == "code" and "import " in "".join(cell["source"]))
    result = subprocess.run([sys.executable, "-I", "-S", "-c", "".join(code["source"])], cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode != 0 and "Traceback" not in result.stderr
    assert "pip install" in result.stderr and "scidip" in result.stderr


def test_the_wheel_is_offered_beside_the_notebooks():
    downloads = ROOT / "_build" / "html" / "downloads"
    assert list(downloads.glob("scidip-*.whl")) and list((downloads / "notebooks").glob("*.ipynb"))


@pytest.mark.skipif(sys.platform == "win32", reason="the three lines are for a Unix shell")
def test_three_plain_lines_of_the_readme_build_the_book(tmp_path):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = re.search(r"### Without make.*?```sh\n(.*?)```", readme, flags=re.DOTALL)[1]
    assert len(lines.strip().splitlines()) == 3
    for file in tracked_files():
        target = tmp_path / file.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    result = subprocess.run(["sh", "-e", "-c", lines], cwd=tmp_path, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-3000:]
    assert (tmp_path / "_build" / "html" / "index.html").is_file()
