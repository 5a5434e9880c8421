"""No test keeps the hour at which its file was read: an evening run would then find tomorrow in what the test calls today."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
CLOCKS = {"now", "localdate", "localtime", "today", "utcnow"}


def read_at_import(node: ast.AST) -> Iterator[ast.Call]:
    """Calls of a clock that run as the module is read: outside bodies of functions, in decorators and defaults too."""
    if isinstance(node, ast.Lambda):
        return
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        inner: list[ast.AST] = [
            *node.decorator_list,
            *node.args.defaults,
            *filter(None, node.args.kw_defaults),
        ]
    else:
        inner = list(ast.iter_child_nodes(node))
    for child in inner:
        yield from read_at_import(child)
    if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in CLOCKS:
        yield node


def test_no_moment_is_fixed_as_a_file_is_read() -> None:
    found = [
        f"{path.relative_to(TESTS)}:{call.lineno}"
        for path in sorted(TESTS.rglob("*.py"))
        for call in read_at_import(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert found == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("TODAY = timezone.localdate()", 1),
        ("def one(day=date.today()): ...", 1),
        ("@mark('x', [datetime.now()])\ndef one(): ...", 1),
        ("class One:\n    at = now()", 1),
        ("def one():\n    return timezone.now()", 0),
        ("LATE = lambda: timezone.now()", 0),
        ("TODAY = timezone.localdate", 0),
    ],
)
def test_the_rule_sees_what_it_is_for(text: str, count: int) -> None:
    assert len(list(read_at_import(ast.parse(text)))) == count
