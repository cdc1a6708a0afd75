"""Offer each notebook and the wheel of scidip that it needs beside its page, and all tables in one file."""

import shutil
import subprocess
import sys
from pathlib import Path

from freshness import ROOT

HEADING_END = "</h1>"


def offer(app, pagename, templatename, context, doctree):
    """Put the two links below the title of a notebook's page."""
    if not pagename.startswith("notebooks/") or "body" not in context:
        return
    name = pagename.removeprefix("notebooks/")
    strip = (
        "<p class='run-it'>Run it yourself: "
        f"<a download href='../downloads/notebooks/{name}.ipynb'>this notebook</a>, "
        f"<a download href='../downloads/{wheel_name()}'>the library with the tables</a> "
        f"(<code>pip install {wheel_name()}</code>).</p>"
    )
    context["body"] = context["body"].replace(HEADING_END, HEADING_END + strip, 1)


def wheel_name() -> str:
    import tomllib

    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    return f"scidip-{version}-py3-none-any.whl"


def write_downloads(app, exception):
    if exception or app.builder.format != "html":
        return
    target = Path(app.outdir) / "downloads"
    (target / "notebooks").mkdir(parents=True, exist_ok=True)
    for page in sorted(app.env.found_docs):
        source = ROOT / f"{page}.ipynb"
        if source.is_file():
            shutil.copyfile(source, target / "notebooks" / source.name)
    stamp = target / ".state"
    if stamp.is_file() and stamp.read_text() == app.config.book_state and (target / wheel_name()).is_file():
        return
    from scidip import data_command

    (target / "data").mkdir(exist_ok=True)
    data_command.write_zip(target / "data" / data_command.ZIP_NAME)
    data_command.write_sqlite(target / "data" / data_command.SQLITE_NAME)
    subprocess.run([sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(target), str(ROOT)],
                   check=True, stdout=subprocess.DEVNULL)
    stamp.write_text(app.config.book_state)


def setup(app):
    app.connect("html-page-context", offer, priority=900)
    app.connect("build-finished", write_downloads)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
