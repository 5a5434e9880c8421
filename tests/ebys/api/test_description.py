"""The committed description of the API tells what the API does."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.urls import URLPattern

from accounts.roles import Role
from config.rooms import ROOMS
from ebys.api.urls import urlpatterns
from tests.ebys import letters
from tests.ebys.api.calling import Caller, caller
from tests.ebys.eyp.packages import V2

DESCRIPTION: dict[str, Any] = yaml.safe_load(
    (Path(__file__).parents[3] / "docs" / "openapi.yaml").read_text(encoding="utf-8")
)
OPERATIONS = [
    (method.upper(), path, operation)
    for path, methods in DESCRIPTION["paths"].items()
    for method, operation in methods.items()
]


def test_every_method_of_every_address_is_described() -> None:
    rooms = [pattern for room in ROOMS for pattern in import_module(f"{room}.urls").urlpatterns]
    views = [
        pattern.callback.view_class
        for pattern in (*urlpatterns, *rooms)
        if isinstance(pattern, URLPattern) and hasattr(pattern.callback, "view_class")
    ]
    count = sum(len(view.scopes) for view in views if hasattr(view, "scopes"))
    assert len(OPERATIONS) == count >= 15


@pytest.mark.parametrize(("method", "path", "operation"), OPERATIONS)
def test_an_operation_says_what_it_is_for(method: str, path: str, operation: dict[str, Any]) -> None:
    assert operation["summary"]
    assert operation["tags"]
    assert operation["security"] == [{"key": []}]
    assert {"400", "401", "403", "429"} <= set(operation["responses"])
    in_path = [
        parameter["name"] for parameter in operation.get("parameters", []) if parameter["in"] == "path"
    ]
    assert sorted(in_path) == sorted(re.findall(r"\{(\w+)\}", path))
    for status, answer in operation["responses"].items():
        if int(status) >= 400:
            assert list(answer["content"]) == ["application/problem+json"]
    if method == "POST":
        assert "Idempotency-Key" in [parameter["name"] for parameter in operation["parameters"]]


def test_the_schema_refers_to_nothing_that_is_missing() -> None:
    wanted: set[str] = set()

    def look(node: Any) -> None:
        if isinstance(node, dict):
            wanted.update([node["$ref"].rpartition("/")[2]] if "$ref" in node else [])
            for inner in node.values():
                look(inner)
        elif isinstance(node, list):
            for inner in node:
                look(inner)

    look(DESCRIPTION["paths"])
    look(DESCRIPTION["components"])
    assert wanted <= set(DESCRIPTION["components"]["schemas"])


def shape(name: str) -> dict[str, Any]:
    found: dict[str, Any] = DESCRIPTION["components"]["schemas"][name]
    return found


def fits(value: dict[str, Any], name: str) -> None:
    """Every field is described, and every described required field is there."""
    schema = shape(name)
    assert set(value) <= set(schema["properties"]), name
    assert set(schema["required"]) <= set(value), name


@pytest.mark.django_db
def test_real_answers_have_the_described_shape() -> None:
    who: Caller = caller(Role.IT_LEAD, Role.IT_OFFICER, Role.HIS_OFFICER)
    letter = letters.outgoing_letter("approved")
    fits(who.deliver(V2.read_bytes()).json(), "Delivery")
    fits(who.get("incoming-letters/").json(), "IncomingLetterPage")
    fits(who.get("incoming-letters/").json()["results"][0], "IncomingLetter")
    fits(who.get("outgoing-letters/").json(), "OutgoingLetterPage")
    fits(who.get(f"outgoing-letters/{letter.pk}/").json(), "OutgoingLetter")
    fits(who.get("cases/").json()["results"][0], "Case")
    fits(who.get(f"cases/{letter.case.number}/").json(), "CaseDetail")
    steps = who.get(f"cases/{letter.case.number}/steps/").json()
    fits(steps, "Steps")
    fits(steps["runs"][0], "StepRun")
    fits(steps["actions"][0], "Action")
    fits(who.get("cases/?x=1").json(), "Problem")
