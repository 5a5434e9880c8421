"""Bodies no program should send: each is answered with what is wrong, and nothing breaks."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.roles import Role
from ebys.api.parsing import parsed
from ebys.api.throttling import WriteRate
from ebys.problems import BadRequest
from helpdesk.models import Ticket
from processes.errors import DomainError
from tests.ebys import letters
from tests.ebys.api.calling import Caller, caller
from tests.processes import sheets

pytestmark = pytest.mark.django_db
WRITES = [
    "incoming-letters/",
    "outgoing-letters/{letter}/registration/",
    "cases/",
    "cases/{case}/steps/assess/",
]
BODIES: dict[str, bytes] = {
    "broken": b"{",
    "two values": b"{}{}",
    "NaN": b'{"number": NaN}',
    "infinity": b'{"number": 1e309}',
    "duplicate names": b'{"subprocess": "5.3.6", "subprocess": "5.3.6"}',
    "endless nesting": b"[" * 100_000,
    "deep nesting": b'{"a":' * 30 + b"1" + b"}" * 30,
    "5,000 digits": b'{"number": ' + b"9" * 5000 + b"}",
    "beyond 2^63": b'{"number": 9223372036854775808}',
    "NUL": b'{"number": "a\\u0000b"}',
    "NUL in a name": b'{"a\\u0000": 1}',
    "half of a pair": b'{"number": "\\ud800"}',
    "invalid UTF-8": b'{"number": "\xff\xfe"}',
    "overlong UTF-8": b'{"number": "\xc0\xaf"}',
    "UTF-16": '{"number": "x"}'.encode("utf-16"),
    "comments": b'{"number": 1} // x',
}


@pytest.fixture
def paths() -> list[str]:
    sheets.load()
    letter = letters.outgoing_letter("handed")
    return [path.format(letter=letter.pk, case=letter.case.number) for path in WRITES]


@pytest.mark.parametrize("name", BODIES)
def test_a_body_that_is_no_sound_json_is_a_bad_request(name: str, paths: list[str]) -> None:
    who = caller(Role.IT_OFFICER, Role.IT_LEAD)
    for path in paths:
        answer = who.post(path, BODIES[name])
        assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json"), path
        assert answer.json()["request_id"] == answer["X-Request-ID"]
    assert Ticket.objects.get().version == 1


@pytest.mark.parametrize("value", ["null", "[]", '"x"', "5", "true", "[{}]"])
def test_a_body_that_is_no_object_is_refused(value: str, paths: list[str]) -> None:
    who = caller(Role.IT_OFFICER, Role.IT_LEAD)
    for path in paths:
        assert who.post(path, value).status_code in (400, 422), path


def test_no_body_at_all_names_what_is_missing(paths: list[str]) -> None:
    who = caller(Role.IT_OFFICER, Role.IT_LEAD)
    for path in paths:
        answer = who.post(path, b"")
        assert answer.status_code == 422, path
        assert answer.json()["errors"]


def test_a_body_too_large_is_refused_quickly(paths: list[str]) -> None:
    who = caller(Role.IT_OFFICER, Role.IT_LEAD)
    body = b'{"title": "' + b"x" * 2_000_000 + b'"}'
    for path in paths[1:]:
        begun = time.monotonic()
        assert who.post(path, body).status_code == 413
        assert time.monotonic() - begun < 1


def test_a_body_of_unannounced_length_is_not_taken_for_an_empty_one(paths: list[str]) -> None:
    who = caller(Role.IT_OFFICER, Role.IT_LEAD)
    answer = who.client.generic(
        "POST",
        f"/api/v1/{paths[2]}",
        b"",
        "application/json",
        headers=who.headers | {"Transfer-Encoding": "chunked"},
    )
    assert answer.status_code == 400


@pytest.mark.parametrize(
    "kind", ["application/xml", "text/html", "application/x-www-form-urlencoded", "a/b/c", ""]
)
def test_other_content_types_are_not_taken(kind: str, paths: list[str]) -> None:
    who = caller(Role.IT_OFFICER, Role.IT_LEAD)
    for path in paths:
        assert who.post(path, b"<a/>", kind=kind).status_code == 415, path


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "{{7*7}}",
        "=cmd|' /C calc'!A0",
        "a\r\nBcc: x@y",
        "\u202efdp.exe",
        "a" * 8000,
        "ısıİŞ🙂",
    ],
)
def test_any_text_is_kept_as_it_is_or_refused(text: str, paths: list[str]) -> None:
    who = caller(Role.IT_OFFICER, Role.IT_LEAD)
    answer = who.post(paths[3], {"finding": text})
    assert answer.status_code in (200, 422)
    assert answer["Content-Type"].startswith("application/")
    assert answer["X-Content-Type-Options"] == "nosniff"


json_values: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
FIELDS = ["subprocess", "title", "description", "number", "date", "subject", "sender", "files", "finding", "priority",
          "applicant", "applicant_institution", "category", "channel", "metadata", "reason", "document_id"]  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.sampled_from(FIELDS), json_values, max_size=6))
def test_no_object_whatever_brings_the_server_down(
    paths: list[str], monkeypatch: pytest.MonkeyPatch, body: Any
) -> None:
    monkeypatch.setattr(WriteRate, "standard", "100000/min")
    who = strong()
    for path in paths:
        assert who.post(path, json.dumps(body)).status_code < 500, path


def strong() -> Caller:
    return caller(Role.IT_OFFICER, Role.IT_LEAD, Role.HIS_OFFICER)


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_whatever_break_the_parser(body: bytes) -> None:
    try:
        parsed(body)
    except DomainError as error:
        assert isinstance(error, BadRequest)  # noqa: PT017 - either outcome is right


def test_sound_json_is_read_as_it_is() -> None:
    value = {"a": [1, 2.5, None, True, {"ğ": "🙂"}]}
    assert parsed(json.dumps(value)) == value
