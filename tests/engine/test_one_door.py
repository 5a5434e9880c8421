"""The gate is the one way a state changes: nowhere else does the code assign or update a state."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.conf import settings

FLOORS = ("config", "audit", "accounts", "processes", "ebys")
THE_GATE = {"processes/gate.py", "processes/workflow.py"}
# What may be written beside the gate, and why: file, then the name it is written through.
BESIDE = {
    "helpdesk/services/supplies.py": {"item"},  # a line of the supply list has no gate
    "processes/imports/machine.py": {"table"},  # a table read in is decided once, by whoever handed it in
    "processes/outbox.py": {"delivery", "Delivery"},  # what the sending machine notes of itself
    "processes/approval.py": {
        "Definition"
    },  # the reference edition is adopted by nobody: no person to let through
}


def sources() -> list[str]:
    base = Path(settings.BASE_DIR)
    rooms = [path.parent.name for path in base.glob("*/workflow.py")]
    return sorted(
        path.relative_to(base).as_posix()
        for floor in {*FLOORS, *rooms}
        for path in (base / floor).rglob("*.py")
        if "migrations" not in path.parts
    )


def assigned_states(tree: ast.AST) -> list[tuple[int, str]]:
    """Every `x.state = …`, `setattr(x, "state", …)` and `X.update(state=…)`: line and the name it begins with."""
    found: list[tuple[int, ast.expr]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            found += [(node.lineno, part.value) for target in node.targets for part in state_parts(target)]
        elif isinstance(node, ast.AugAssign | ast.AnnAssign):
            found += [(node.lineno, part.value) for part in state_parts(node.target)]
        elif isinstance(node, ast.Call) and writes_state(node):
            found.append((node.lineno, node.func if isinstance(node.func, ast.Attribute) else node.args[0]))
    return [(line, root(expression)) for line, expression in found]


def state_parts(target: ast.expr) -> list[ast.Attribute]:
    """The `.state` among what an assignment writes to."""
    parts = target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
    return [part for part in parts if isinstance(part, ast.Attribute) and part.attr == "state"]


def writes_state(call: ast.Call) -> bool:
    """A call that writes a column named state without an assignment."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name == "setattr":
        return len(call.args) > 1 and ast.unparse(call.args[1]) == "'state'"
    if name not in {"update", "update_or_create", "bulk_update"}:
        return False
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    return any(keyword.arg == "state" for keyword in call.keywords) or any(
        "'state'" in ast.unparse(value) for value in given
    )


def root(expression: ast.expr) -> str:
    """The name an expression begins with: `Case` of `Case.objects.filter(pk=1).update`."""
    while isinstance(expression, ast.Attribute | ast.Call):
        expression = expression.func if isinstance(expression, ast.Call) else expression.value
    return ast.unparse(expression)


@pytest.mark.parametrize("path", sources())
def test_no_state_changes_beside_the_gate(path: str) -> None:
    if path in THE_GATE:
        return
    tree = ast.parse((Path(settings.BASE_DIR) / path).read_text(encoding="utf-8"))
    assert [(line, name) for line, name in assigned_states(tree) if name not in BESIDE.get(path, set())] == []


@pytest.mark.parametrize(
    "code",
    [
        "case.state = 'closed'",
        "self.case.state: str = 'closed'",
        "a.title, a.state = 1, 2",
        "setattr(case, 'state', 'closed')",
        "Case.objects.filter(pk=1).update(state='closed')",
        "Case.objects.bulk_update(cases, ['state'])",
        "Case.objects.update_or_create(pk=1, defaults={'state': 'closed'})",
    ],
)
def test_the_search_finds_every_way_round(code: str) -> None:
    assert len(assigned_states(ast.parse(code))) == 1
