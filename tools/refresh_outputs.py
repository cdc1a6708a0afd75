"""Execute the notebooks on all cores and store their outputs in place, free of everything that a rerun changes."""

import sys

import nbformat
from jupyter_cache import get_cache

from run_notebooks import fill_cache, notebooks

# What stays of a notebook's metadata. Widget state holds random keys, the rest describes one machine.
METADATA = {"kernelspec", "mystnb"}
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def normalise(notebook):
    """Drop machine details from a notebook in place: its own metadata, timings, keys of widgets."""
    for key in set(notebook.metadata) - METADATA:
        del notebook.metadata[key]
    notebook.metadata["kernelspec"] = dict(KERNEL)
    for cell in notebook.cells:
        for key in ("execution", "papermill", "collapsed", "scrolled"):
            cell.metadata.pop(key, None)
        for output in cell.get("outputs", []):
            output.get("data", {}).pop(WIDGET_VIEW, None)
            if "metadata" in output:
                output.metadata = {}
    return notebook


def main(names: list[str]) -> int:
    paths = [path for path in notebooks() if not names or path.stem in names]
    unknown = set(names) - {path.stem for path in paths}
    if unknown:
        print(f"No such notebook in _toc.yml: {', '.join(sorted(unknown))}. "
              f"Known: {', '.join(path.stem for path in notebooks())}.", file=sys.stderr)
        return 2
    folder, failed = fill_cache(paths)
    cache = get_cache(folder)
    for path in paths:
        if path.name in failed:
            continue
        source = nbformat.read(path, as_version=4)
        _, merged = cache.merge_match_into_notebook(source)
        text = nbformat.writes(normalise(merged)) + "\n"
        if path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
            print(f"   stored {path.name}")
    if failed:
        print(f"Not stored, since they raised an error: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
