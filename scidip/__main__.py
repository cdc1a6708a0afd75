"""Commands: `python -m scidip check [FOLDER]`, `python -m scidip data --out FOLDER` and those of other modules."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from importlib.util import find_spec

# Each module offers add_parser(subparsers), which sets `run`, a function from arguments to an exit code.
COMMANDS = ("check_command", "data_command", "network_command")


def build_parser() -> argparse.ArgumentParser:
    """The parser with the commands of all modules that are there."""
    parser = argparse.ArgumentParser(prog="python -m scidip", description="Science Diplomacy in Data: commands.")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for module in COMMANDS:
        if find_spec(f"scidip.{module}"):
            import_module(f"scidip.{module}").add_parser(subparsers)
    return parser


def main(arguments: list[str] | None = None) -> int:
    """Run one command. 0: all well; 1: mistakes found, each told in one message; 2: wrong use."""
    from .check.problems import TableError

    chosen = build_parser().parse_args(arguments)
    try:
        return chosen.run(chosen)
    except TableError as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader (such as `head`) has seen enough
        sys.stderr.close()
        return 1


if __name__ == "__main__":
    sys.exit(main())
