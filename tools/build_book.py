"""Build the book: run what has changed, make the HTML, say where it is.

Leaves with exit code 1 and the name of the file when a notebook raises, a reference is broken, a chart has no alt
text or Sphinx warns about anything.
"""

import os
import shutil
import subprocess
import sys
import time

from run_notebooks import ROOT, fill_cache, kernel_environment, notebooks

BUILD = ROOT / "_build"


def main() -> int:
    started = time.time()
    _, failed = fill_cache(notebooks())
    if failed:
        print(f"\nThe book was not built: {', '.join(failed)} raised an error (above).", file=sys.stderr)
        return 1
    kernel_environment()
    print("== pages", flush=True)
    start = "from jupyter_book.cli.main import main; main()"
    command = [sys.executable, "-c", start, "build", str(ROOT), "-W", "-n", "--keep-going"]
    result = subprocess.run(command, cwd=ROOT, env=os.environ)
    if result.returncode:
        # Sphinx would take the pages that it has read for good, and the same fault would pass next time.
        shutil.rmtree(BUILD / ".doctrees", ignore_errors=True)
        print("\nThe book was not built: see the warnings above for the file and the line.", file=sys.stderr)
        return 1
    print(f"\n== done in {time.time() - started:.0f} s. Open {(BUILD / 'html' / 'index.html')}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
