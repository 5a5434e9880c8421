"""Every event the program tells has a name people can read."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from django.conf import settings

from audit import events


def calls() -> Iterator[tuple[ast.Call, str]]:
    """Every call in the program's own code, with its place."""
    base = Path(settings.BASE_DIR)
    for path in sorted(base.glob("*/**/*.py")):
        if path.is_relative_to(base / "tests") or path.is_relative_to(base / ".venv"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                yield node, f"{path.relative_to(base)}:{node.lineno}"


def texts(node: ast.expr) -> list[str]:
    """The texts written out in an expression."""
    return [
        part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]


def test_every_event_has_a_name() -> None:
    import_module("config.urls")  # a module names its events when it is loaded
    told = {
        event: place
        for call, place in calls()
        if ast.unparse(call.func) in {"trail.record", "trail.record_many"}
        for event in texts(call.args[1])
    }
    assert told
    assert {event: place for event, place in told.items() if event not in events.known()} == {}


def test_every_act_has_a_name() -> None:
    import_module("config.urls")
    told = {act: place for call, place in calls() for act in acts_in(call) if act}
    assert told
    assert {act: place for act, place in told.items() if act not in events.known_acts()} == {}


def acts_in(call: ast.Call) -> list[str]:
    """The act a call names: `because(step="…")`, `handled(case, "…")`, `GATE.locked("…", …)`."""
    name = ast.unparse(call.func).rpartition(".")[2]
    if name == "because":
        return [text for keyword in call.keywords if keyword.arg == "step" for text in texts(keyword.value)]
    if name == "handled":
        return texts(call.args[1])
    if name == "locked" and isinstance(call.args[0], ast.Constant):
        return texts(call.args[0])
    return []
