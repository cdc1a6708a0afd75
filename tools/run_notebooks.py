"""Execute the book's notebooks on all cores into the execution cache that the book and `make outputs` share."""

import logging
import multiprocessing
import os
import sys
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "book" / "_ext"))

from freshness import cache_folder, fingerprint  # noqa: E402

TIMEOUT_SECONDS = 300


def kernel_environment() -> None:
    """Settings under which every kernel of the book runs, so that a rerun gives the same bytes."""
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    os.environ["PYTHONHASHSEED"] = "0"
    os.environ["PYDEVD_DISABLE_FILE_VALIDATION"] = "1"
    # One thread a kernel: the notebooks themselves run side by side.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    os.environ.setdefault("OMP_NUM_THREADS", "1")


def book_pages(contents: Path = ROOT / "_toc.yml") -> list[str]:
    """Names of all pages in the table of contents, without suffix, in reading order."""
    def walk(node):
        if isinstance(node, dict):
            for key in ("root", "file"):
                if key in node:
                    yield node[key]
            for value in node.values():
                yield from walk(value)
        elif isinstance(node, list):
            for item in node:
                yield from walk(item)

    return list(walk(yaml.safe_load(contents.read_text(encoding="utf-8"))))


def notebooks() -> list[Path]:
    """The notebooks of the table of contents, in reading order."""
    files = [(ROOT / page).with_suffix(".ipynb") for page in book_pages()]
    return [file for file in files if file.is_file()]


def _execute(job):
    """Run one notebook in a worker process; returns (path, executed notebook, seconds, error text or None)."""
    import nbformat
    from jupyter_cache.executors.utils import single_nb_execution

    path = job
    started = time.time()
    notebook = nbformat.read(path, as_version=4)
    try:
        result = single_nb_execution(
            notebook, cwd=str(path.parent), timeout=TIMEOUT_SECONDS, allow_errors=False,
            # The kernel's notes on its own transport are not the reader's business.
            extra_arguments=["--IPKernelApp.log_level=40"],
        )
    except Exception as error:  # the kernel died or did not start: a fault of this notebook's run, not of the tool
        return path, None, time.time() - started, f"{path.name}: the kernel failed: {error}"
    error = None if result.err is None else result.exc_string or str(result.err)
    return path, notebook, time.time() - started, error


def fill_cache(paths: list[Path]) -> tuple[Path, list[str]]:
    """Execute those notebooks that the cache does not hold yet.

    Returns the cache's folder and the names of the notebooks that failed; the failures are printed.
    """
    import nbformat
    from jupyter_cache import get_cache
    from jupyter_cache.base import CacheBundleIn

    kernel_environment()
    folder = cache_folder(fingerprint())
    cache = get_cache(folder)
    jobs = []
    for path in paths:
        try:
            cache.match_cache_notebook(nbformat.read(path, as_version=4))
        except KeyError:
            jobs.append(path)
    if not jobs:
        print(f"== notebooks: nothing has changed, {len(paths)} of {len(paths)} taken from the cache", flush=True)
        return folder, []
    workers = min(os.cpu_count() or 1, len(jobs))
    print(f"== notebooks: running {len(jobs)} of {len(paths)} on {workers} core(s)", flush=True)
    logging.getLogger("traitlets").setLevel(logging.ERROR)
    failed = []
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        for done, (path, notebook, seconds, error) in enumerate(pool.imap_unordered(_execute, jobs), 1):
            print(f"   [{done}/{len(jobs)}] {path.name}: {'failed' if error else 'done'} in {seconds:.1f} s", flush=True)
            if error:
                failed.append(path.name)
                print(error, file=sys.stderr, flush=True)
                continue
            # Stored here and not in the workers: two that write to the cache at once stumble over each other.
            bundle = CacheBundleIn(notebook, str(path), data={"execution_seconds": seconds})
            cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
    return folder, failed
