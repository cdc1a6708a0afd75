"""What holds for all tests: no silent skip in CI, and a count of the notebook cells that were really compared."""

import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent
sys.path.insert(0, str(ROOT / "tools"))
sys.path.insert(0, str(ROOT / "book" / "_ext"))

from run_notebooks import kernel_environment  # noqa: E402

kernel_environment()
ALLOWED_SKIPS = ROOT / "tests" / "allowed_skips.txt"
SKIPPED: list[tuple[str, str]] = []
COMPARED: dict[str, list[int]] = {}


def allowed_skips() -> set[str]:
    lines = ALLOWED_SKIPS.read_text(encoding="utf-8").splitlines()
    return {line.split("#")[0].strip() for line in lines if line.split("#")[0].strip()}


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    report = outcome.get_result()
    if report.skipped and report.when in ("setup", "call"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        SKIPPED.append((item.nodeid, reason))
    if report.when == "call" and hasattr(item, "cell"):
        count_compared(item)


def count_compared(item) -> None:
    """nbval compares nothing for a cell without an execution count, and nothing for one without outputs."""
    compared, ran = COMPARED.setdefault(item.parent.nodeid, [0, 0])
    has_output = bool(item.cell.get("outputs"))
    really = has_output and item.cell.get("execution_count") is not None and item.options["check"]
    COMPARED[item.parent.nodeid] = [compared + bool(really), ran + 1]


def pytest_terminal_summary(terminalreporter):
    if COMPARED:
        terminalreporter.section("notebook cells: outputs compared / cells run")
        for name, (compared, ran) in sorted(COMPARED.items()):
            terminalreporter.line(f"{compared:5d} / {ran:3d}  {name}")
        total = [sum(column) for column in zip(*COMPARED.values())]
        terminalreporter.line(f"{total[0]:5d} / {total[1]:3d}  in all")


def pytest_sessionfinish(session, exitstatus):
    if not os.environ.get("CI"):
        return
    silent = [(name, reason) for name, reason in SKIPPED if name.split("[")[0] not in allowed_skips()]
    if silent and session.exitstatus == 0:
        for name, reason in silent:
            print(f"\nSkipped in CI, which counts as failed: {name}: {reason}", file=sys.stderr)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
