"""`python -m scidip check [FOLDER] [--report FILE]`"""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path

REPORT_VARIABLE = "SCIDIP_REPORT_TEXT"
SKIPPED = f"evidence check skipped: the report's text is not at hand; set {REPORT_VARIABLE} or give --report FILE"


def report_at_hand(given: str | None = None) -> Path | None:
    """The report's text: `given`, or what the environment variable names; None where nobody names one."""
    path = given or os.environ.get(REPORT_VARIABLE)
    return Path(path) if path else None


def add_parser(subparsers) -> None:
    """Add the command `check`."""
    parser = subparsers.add_parser(
        "check", help="check a folder of tables, and with --report every piece of evidence against the report's text",
        description="Check a folder of tables in the book's layout: files, columns, types, keys, dates, relations, "
        "evidence. Every mistake is told at once, worst first; exit code 1 if there is any.")
    parser.add_argument("folder", nargs="?", metavar="FOLDER", help="folder of CSV tables (default: the book's own)")
    parser.add_argument("--report", metavar="FILE", help="the report's text, to prove the evidence against it "
                        f"(default: the environment variable {REPORT_VARIABLE})")
    parser.add_argument("--rhetorical", metavar="FILE", help="CSV of segments that state no fact "
                        "(locator, start, reason), which the coverage then leaves out (default: tests/rhetorical_segments.csv)")
    parser.add_argument("--gaps", action="store_true",
                        help="also list dates, numbers and bodies inside cited segments that no evidence names")
    parser.add_argument("--mutations", action="store_true", help="with --report: change some 900 cells, one at a time, and "
                        "print how many the checks catch")
    parser.add_argument("--all", action="store_true", help="print every message, also of one slip in a whole column")
    parser.set_defaults(run=run)


def _own_list(data: Path) -> Path | None:
    """In a checkout, the book's own list of rhetorical segments."""
    listed = data.parent / "tests" / "rhetorical_segments.csv"
    return listed if listed.is_file() else None


def run(arguments) -> int:
    """Print what is wrong and a summary; 1 if anything is."""
    from . import tables
    from .check.problems import as_text
    from .check.tables import check_folder

    path = tables.data_folder(arguments.folder)
    folder, problems = check_folder(path, tables.schemas())
    report = report_at_hand(arguments.report)
    lines = []
    if report:
        from .check import evidence

        outcome = evidence.check(folder, report, rhetorical=arguments.rhetorical or _own_list(path))
        problems += outcome.problems
        lines = outcome.report(gaps=arguments.gaps)
        if arguments.mutations:
            from .check import mutations

            lines += ["", *mutations.run(folder, report).report()]
    if problems:
        print(as_text(problems, None if arguments.all else 20))
    for line in lines:
        print(line)
    if not report:
        print(SKIPPED)
    rows = sum(len(frame) for frame in folder.frames.values())
    kinds = ", ".join(f"{kind} {number}" for kind, number in Counter(p.kind for p in problems).most_common())
    print(f"{len(folder.frames)} tables, {rows:,} rows, {len(problems):,} mistakes{f' ({kinds})' if kinds else ''}")
    return 1 if problems else 0
