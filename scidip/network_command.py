"""`python -m scidip network TABLE --out DIR`: the honest analysis of anybody's membership table.

Exit codes: 0 done, 2 the table or the request cannot be used (one message a problem, on standard error, and nothing
written), 130 stopped by the reader.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

COLUMNS = ("member", "group", "start", "end", "role", "weight", "source", "lat", "lon")
NOTEBOOK = "your_network.ipynb"
MANIFEST = "files.json"  # what a run wrote, with hashes: only that may be replaced by the next run


def add_parser(subparsers):
    """Add the subcommand `network`; its `run(arguments)` returns the exit code."""
    parser = subparsers.add_parser(
        "network", help="analyse a membership table (CSV, XLSX, Parquet): tables, graphs, charts, a report",
        description="From a table of who belongs to what: centrality, ties, charts, graphs for Gephi and a report that "
        "says what it can't show.", allow_abbrev=False,
        epilog="Example: python -m scidip network members.csv --out result --at 2014. "
        "Start with: python -m scidip network --template members.csv",
    )
    parser.add_argument("table", nargs="?", metavar="FILE", help="the table: columns member, group; if known start, end, role, weight, source, lat, lon")
    parser.add_argument("--out", metavar="DIR", help="folder for the results")
    parser.add_argument("--template", metavar="FILE", help="write an empty table with two example rows, and stop")
    names = parser.add_argument_group("other column names")
    for column in COLUMNS:
        names.add_argument(f"--{column}", metavar="COLUMN", help=f"the column that holds the {column}")
    parser.add_argument("--at", metavar="DATE", help="only memberships of this year, month or day")
    parser.add_argument("--from", dest="from_", metavar="DATE", help="only memberships that reach beyond this date")
    parser.add_argument("--to", metavar="DATE", help="only memberships that began by this date")
    parser.add_argument("--projection", choices=("members", "groups"), default="members", help="what the nodes are (members)")
    parser.add_argument("--backbone", action="store_true", help="keep only ties that exceed chance, given all sizes")
    parser.add_argument("--weighted", action="store_true", help="use tie strengths in the measures")
    parser.add_argument("--seed", type=_seed, default=1, help="of communities and layout (1)")
    parser.add_argument("--top", type=_top, default=5, help="how many first places must survive (5)")
    parser.add_argument("--names", choices=("refuse", "keep", "merge"), default="refuse", help="names that differ in spaces or case only (refuse)")
    parser.add_argument("--duplicates", choices=("refuse", "once"), default="refuse", help="memberships that stand there twice (refuse)")
    parser.add_argument("--encoding", help="of a CSV, if it is neither UTF-8 nor Shift_JIS")
    parser.add_argument("--sheet", help="of a workbook (the first)")
    parser.add_argument("--quiet", action="store_true", help="show no progress")
    parser.set_defaults(run=run)
    return parser


def _seed(text):
    if not text.isdigit() or int(text) > 2**31:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 0 to {2**31}")
    return int(text)


def _top(text):
    if not text.isdigit() or not 1 <= int(text) <= 1000:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number from 1 to 1000")
    return int(text)


def run(arguments):
    """Run the command with parsed arguments; returns the exit code."""
    from .networks.errors import NetworkError

    try:
        with _stoppable():
            return _template(arguments.template) if arguments.template else _analyse(arguments)
    except NetworkError as error:
        for problem in error.problems:
            print(f"scidip network: {problem}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"scidip network: {error.filename or 'the folder'}: {error.strerror or error}.", file=sys.stderr)
        return 2
    except MemoryError:
        print("scidip network: the table is too large for this computer's memory. Try --at, --from or --to.", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("scidip network: stopped; nothing was written.", file=sys.stderr)
        return 130


@contextlib.contextmanager
def _stoppable():
    """Let a polite request to end tidy up as Ctrl-C does."""
    def stop(*_):
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, stop)
    except ValueError:  # not in the main thread
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _template(path):
    from .networks.errors import NetworkError
    from .networks.io import example_path

    if Path(path).exists():
        raise NetworkError(f"{path}: this file is there already; give another name.")
    Path(path).write_bytes(example_path("membership_template.csv").read_bytes())
    print(f"{path}: overwrite the two example rows; only member and group are needed.")
    return 0


class _Progress:
    """Steps with their seconds, on standard error."""

    def __init__(self, quiet):
        self.quiet, self.started = quiet, time.perf_counter()

    def __call__(self, sentence):
        if not self.quiet:
            print(f"  {time.perf_counter() - self.started:5.1f} s  {sentence} ...", file=sys.stderr, flush=True)


def _analyse(arguments):
    from .networks.errors import NetworkError

    if not arguments.table or not arguments.out:
        missing = "FILE" if not arguments.table else "--out DIR"
        raise NetworkError(f"{missing} is missing. Example: python -m scidip network members.csv --out result")
    out = Path(arguments.out)
    old = _manifest(out)
    tell = _Progress(arguments.quiet)
    tell(f"reading {Path(arguments.table).name}")
    from .networks import io
    from .networks.study import analyse

    columns = {name: getattr(arguments, name) for name in COLUMNS if getattr(arguments, name)}
    read = io.read_table(arguments.table, columns, arguments.names, arguments.duplicates, arguments.encoding, arguments.sheet)
    made = analyse(
        read.table, arguments.at, arguments.from_, arguments.to, arguments.projection, arguments.backbone,
        arguments.weighted, arguments.seed, arguments.top, read.notes, tell,
    )
    made.options["table"] = Path(arguments.table).name
    del read
    parent = _existing_parent(out)
    folder = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=parent))
    try:
        _write(made, folder, tell)
        _publish(folder, out, old)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    for warning in made.summary["warnings"]:
        print(f"note: {warning}", file=sys.stderr)
    tell("done")
    print(f"{made.findings()['size']}\n{out / 'report.html'}")
    return 0


def _existing_parent(out):
    from .networks.errors import NetworkError

    parent = out.absolute().parent
    if not parent.is_dir():
        raise NetworkError(f"{parent}: there is no such folder to put {out.name} in; make it first.")
    return parent


def _manifest(out):
    """Hashes of the files that the last run left in `out`; refuses a folder in which other files would be lost."""
    from .networks.errors import NetworkError

    if out.exists() and not out.is_dir():
        raise NetworkError(f"{out}: this is a file; give a folder for the results.")
    try:
        old = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
        if all(Path(name).name == name and isinstance(code, str) for name, code in old.items()):
            return old
    except FileNotFoundError:
        return {}
    except (ValueError, AttributeError):
        pass
    raise NetworkError(f"{out / MANIFEST}: this file isn't one that this command wrote; choose a new folder.")


def _write(made, folder, tell):
    """Write everything that belongs to a study into an empty folder."""
    from .networks.draw import save_charts

    tell("writing tables and graphs")
    made.save(folder)
    tell("drawing charts")
    save_charts(made, folder)
    tell("running the notebook for the report")
    notebook = _execute(made, folder)
    from .networks.report import render

    title = f"The network in {made.options['table']}"
    (folder / "report.html").write_text(render(notebook, title), encoding="utf-8")


def alt_texts(made):
    """Alternative text of each figure of the notebook, by its name: the finding, computed."""
    found = made.findings()
    return {f"fig-your-{name}": found[name] for name in ("ranking", "matrix", "network", "years", "map")}


def template_path():
    """Return where the parametrised notebook lies: in the installed package or in a checkout."""
    from .networks.errors import NetworkError

    here = Path(__file__).resolve().parent
    for path in (here / "templates" / NOTEBOOK, here.parent / "notebooks" / NOTEBOOK):
        if path.is_file():
            return path
    raise NetworkError(f"The notebook {NOTEBOOK} is not there; install scidip again.")


def _execute(made, folder):
    """Run the parametrised notebook in `folder`, keep it there without times and paths, return it."""
    import logging

    from .networks.errors import NetworkError

    logging.getLogger("papermill").setLevel(logging.ERROR)
    try:
        import nbformat
        import papermill
    except ModuleNotFoundError as error:
        raise NetworkError(f"The report needs {error.name}: python -m pip install papermill ipykernel") from None

    notebook = nbformat.read(template_path(), as_version=4)
    notebook.cells = [cell for cell in notebook.cells if _wanted(cell, made)]
    says = alt_texts(made)
    for cell in notebook.cells:
        look = cell.metadata.get("mystnb", {})
        name = look.get("figure", {}).get("name")
        if name in says:  # captions are the same for every table, findings are not
            look["image"]["alt"] = says[name]
    before = folder / "before.ipynb"
    nbformat.write(notebook, before)
    with _own_package_first():
        try:
            done = papermill.execute_notebook(
                str(before), str(folder / NOTEBOOK), parameters={"results": "."}, kernel_name="python3",
                cwd=str(folder), progress_bar=False, log_output=False, autosave_cell_every=0,
                extra_arguments=["--log-level=40"],
            )
        except Exception as error:  # whatever stops a kernel: the reader needs a sentence, not our stack
            why = str(error).strip().splitlines()[-1:] or [type(error).__name__]
            raise NetworkError(f"The notebook for the report could not be run ({why[0]}). Is ipykernel installed?") from None
    before.unlink()
    _strip(done)
    nbformat.write(done, folder / NOTEBOOK)
    return done


def _wanted(cell, made):
    from .networks.draw import charts_of

    tags = cell.metadata.get("tags", [])
    needs = [tag[6:] for tag in tags if tag.startswith("needs-")]
    return "lesson" not in tags and all(name in charts_of(made) for name in needs)


@contextlib.contextmanager
def _own_package_first():
    """Let the kernel find this scidip, also in a checkout that isn't installed, and write no history."""
    ours = {
        "PYTHONPATH": os.pathsep.join(filter(None, [str(Path(__file__).resolve().parents[1]), os.environ.get("PYTHONPATH")])),
        "PYTHONHASHSEED": "0", "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _strip(notebook):
    """Take times and paths of this machine out of an executed notebook, in place."""
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    notebook.metadata = {"kernelspec": kernel}
    for place, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{place}"
        for key in ("papermill", "execution"):
            cell.metadata.pop(key, None)


def _publish(folder, out, old):
    """Move the files of a finished run into `out`, undoing it if one cannot be moved.

    Files that no run made stay. A notebook that its owner has changed since is set aside under another name.
    """
    from .networks.errors import NetworkError

    new = {path.name: _hash(path) for path in sorted(folder.iterdir())}
    (folder / MANIFEST).write_text(json.dumps(new, indent=1) + "\n", encoding="utf-8")
    if not out.exists():
        os.rename(folder, out)
        os.chmod(out, 0o777 & ~_umask())
        return
    foreign = [name for name in [*new, MANIFEST] if name not in old and name != MANIFEST and (out / name).exists()]
    if foreign:
        raise NetworkError(f"{out}: {foreign[0]} is there and was not made by this command; choose a new folder.")
    aside = Path(tempfile.mkdtemp(prefix=f".{out.name}-old-", dir=out.absolute().parent))
    moved, came = [], []
    try:
        for name in [*old, MANIFEST]:
            if (out / name).is_file():
                os.replace(out / name, aside / name)
                moved.append(name)
        for name in [*new, MANIFEST]:
            os.replace(folder / name, out / name)
            came.append(name)
        _keep_changed(aside, out, old)
    except BaseException:
        for name in came:
            (out / name).unlink(missing_ok=True)
        for name in moved:
            os.replace(aside / name, out / name)
        raise
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _keep_changed(aside, out, old):
    """Give files that their owner has edited since the last run back under another name."""
    for name in old:
        path = aside / name
        if path.is_file() and _hash(path) != old[name]:
            number = 1
            while (kept := out / f"{path.stem}-mine-{number}{path.suffix}").exists():
                number += 1
            shutil.copy2(path, kept)
            print(f"note: your changed {name} is kept as {kept.name}.", file=sys.stderr)


def _hash(path):
    import hashlib

    with open(path, "rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _umask():
    now = os.umask(0)
    os.umask(now)
    return now


def main(arguments=None):
    """Run the subcommand alone: `python -m scidip.network_command network FILE --out DIR`."""
    parser = argparse.ArgumentParser(prog="scidip")
    add_parser(parser.add_subparsers(required=True))
    parsed = parser.parse_args(arguments)
    return parsed.run(parsed)


if __name__ == "__main__":
    sys.exit(main())
