"""What rooms measure of their own: a module `bench/<room>.py` with any of `fill`, `PAGES` and `rows`.

`fill()` writes the room's registers as they are after years (100,000 rows); `PAGES` are addresses the staff open, by
name; `rows()` runs the room's heavy work once and says how long it took, beside what was promised.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from config.rooms import ROOMS


def modules() -> list[ModuleType]:
    """Those rooms that measure something."""
    return [import_module(f"bench.{room}") for room in ROOMS if find_spec(f"bench.{room}")]


def fill() -> None:
    """Every room's registers."""
    for module in modules():
        if hasattr(module, "fill"):
            module.fill()


def pages() -> Mapping[str, str]:
    """Every room's lists: name and address."""
    return {name: address for module in modules() for name, address in getattr(module, "PAGES", {}).items()}


def rows() -> list[str]:
    """Every room's heavy work, one line each."""
    return [line for module in modules() if hasattr(module, "rows") for line in module.rows()]
