"""Keep the built pages in step with data and library.

jupyter-cache knows a notebook by its code alone, and Sphinx reads a page again only when its source has changed.
Neither sees an edited table or library module. So a fingerprint of all that notebooks compute from names the folder of
the execution cache, and one of all that pages are made of is a Sphinx setting that makes every page stale when it
changes. An edited style sheet thus renews the pages and runs no notebook.
"""

import hashlib
import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CACHES = ROOT / "_build" / ".jupyter_cache"
COMPUTED_FROM = ("data", "scidip", "requirements.lock")
MADE_OF = (*COMPUTED_FROM, "book/_ext", "book/_templates", "book/_static")


def fingerprint(parts: tuple[str, ...] = COMPUTED_FROM, root: Path = ROOT) -> str:
    """Hash of the names and bytes of these files and folders: what notebooks compute from, or what pages are made of."""
    digest = hashlib.sha256()
    for name in parts:
        place = root / name
        files = sorted(place.rglob("*")) if place.is_dir() else [place]
        for file in files:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(file.relative_to(root).as_posix().encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def cache_folder(state: str) -> Path:
    """The execution cache of one state; those of earlier states are removed."""
    folder = CACHES / state
    if CACHES.is_dir():
        for other in CACHES.iterdir():
            if other != folder:
                shutil.rmtree(other, ignore_errors=True)
    return folder


def on_config(app, config):
    config.book_state = fingerprint(MADE_OF)
    config.nb_execution_cache_path = str(cache_folder(fingerprint()))


def remove_left_pages(app, exception):
    """A page that has left the table of contents must not stay behind in the built book."""
    if exception or app.builder.format != "html":
        return
    keep = set(app.env.found_docs) | {"genindex", "search"}
    for page in Path(app.outdir).rglob("*.html"):
        name = page.relative_to(app.outdir).with_suffix("").as_posix()
        if name not in keep and not name.startswith(("_static/", "downloads/", "index")):
            page.unlink()


def setup(app):
    app.add_config_value("book_state", "", "env")
    app.connect("config-inited", on_config, priority=100)
    app.connect("build-finished", remove_left_pages)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
