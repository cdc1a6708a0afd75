"""Science Diplomacy in Data: the small library that the book's notebooks share.

    from scidip import tables
    events = tables.load("events")

Modules load when they are first used, so that `import scidip` stays quick.
"""

from importlib import import_module
from importlib.util import find_spec

__version__ = "0.2.0"


def __getattr__(name):
    if name == "TableError":
        return import_module(".check.problems", __name__).TableError
    if not name.startswith("_") and find_spec(f"{__name__}.{name}"):
        return import_module(f".{name}", __name__)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
