"""Every event the program tells has a name people can read."""

from __future__ import annotations

import ast
from pathlib import Path

from django.conf import settings

from audit import events

NAMED_BY_SECOND_ARGUMENT = {"record", "record_many"}


def told_events() -> dict[str, str]:
    """The events written out in the code, each with a place where it is told."""
    base = Path(settings.BASE_DIR)
    found: dict[str, str] = {}
    for path in base.glob("*/**/*.py"):
        if path.is_relative_to(base / "tests") or path.is_relative_to(base / ".venv"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and ast.unparse(node.func.value) == "trail"
                and node.func.attr in NAMED_BY_SECOND_ARGUMENT
            ):
                for constant in ast.walk(node.args[1]):
                    if isinstance(constant, ast.Constant) and isinstance(constant.value, str):
                        found[constant.value] = f"{path.relative_to(base)}:{node.lineno}"
    return found


def test_every_event_has_a_name() -> None:
    told = told_events()
    assert told
    assert {event: place for event, place in told.items() if event not in events.known()} == {}
