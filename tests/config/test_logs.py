"""The log tells what happened and nothing about anybody."""

from __future__ import annotations

import io
import json
import logging
import logging.config
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from config.env import CHECKOUT
from config.logs import logging_for, scrubbed
from tests.accounts.people import signed_in_client
from tests.processes.records import desk


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything the program says, as in production."""
    stream = io.StringIO()
    wanted = logging_for("json", "DEBUG")
    wanted["handlers"]["terminal"]["stream"] = stream
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    logging.config.dictConfig(wanted)
    logging.getLogger("django.db.backends").setLevel(logging.INFO)  # statements are told in no installation
    yield stream
    root.handlers[:] = before
    root.setLevel(level)


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


@pytest.mark.django_db
def test_a_search_leaves_none_of_its_words(log: io.StringIO) -> None:
    around = desk()
    client = signed_in_client(around.officer)
    client.get("/search/", {"q": "Zeynepgül Karabulut 10000000146"})
    client.post("/search/", {"q": "Zeynepgül Karabulut 10000000146"})
    client.get("/cases/", {"q": "Zeynepgül"})

    text = log.getvalue()
    assert any(line.get("page") == "search" for line in lines(log))
    for word in ("Zeynepg", "Karabulut", "10000000146", "q="):
        assert word not in text


@pytest.mark.django_db
def test_a_failed_log_in_leaves_neither_name_nor_password(log: io.StringIO) -> None:
    Client().post("/login/", {"username": "zeynepgul", "password": "cok-gizli-parola"})

    assert any(line.get("page") == "login" for line in lines(log))
    assert "zeynepgul" not in log.getvalue()
    assert "gizli" not in log.getvalue()


@pytest.mark.django_db
def test_an_error_is_told_by_kind_and_place_without_its_text(log: io.StringIO) -> None:
    def fail(*_args: Any) -> None:
        raise LookupError("Zeynepgül Karabulut, 10000000146")

    client = Client(raise_request_exception=False)
    number = "istek-0123456789"
    with connection.execute_wrapper(fail):
        answer = client.get("/health/", headers={"X-Request-ID": number})

    assert answer.status_code == 500
    told = [line for line in lines(log) if line.get("error")]
    assert any("LookupError" in line["error"] for line in told)
    assert any(place.startswith("config/health.py:") for line in told for place in line["place"])
    assert any(line.get("request_number") == number for line in told)
    assert "Zeynep" not in log.getvalue()
    assert "10000000146" not in log.getvalue()


@pytest.mark.django_db
def test_an_address_nobody_has_is_not_repeated(log: io.StringIO) -> None:
    Client().get("/kisi/zeynepgul-karabulut/?tc=10000000146")
    Client().get("/", headers={"Host": "zeynepgul.example"})

    assert {"Answered 404 to GET no such page", "Refused: DisallowedHost"} <= {
        line["text"] for line in lines(log)
    }
    assert "zeynepgul" not in log.getvalue()
    assert "10000000146" not in log.getvalue()


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("GET /search/?q=Ay%C5%9Fe&x=1 HTTP/1.1", "GET /search/?[query] HTTP/1.1"),
        ("to ayse.yilmaz@hastane.gov.tr now", "to [e-mail] now"),
        ("TC 10000000146.", "TC [number]."),
        ("TC 100 000 001 46", "TC [number]"),
        ("TC １０００００００１４６", "TC [number]"),
        ("TC ١٠٠٠٠٠٠٠١٤٦", "TC [number]"),
        ("Key (username)=(ayse) already exists.", "Key (username)=([value]) already exists."),
        ("/calendar/s3cr3t.ics", "/calendar/[key].ics"),
        ("/password/s3cr3t/", "/password/[key]/"),
        ("a\nb\x1b[31m\u202ec", "a\\nb\\x1b[31m\\u202ec"),
        ("5.3.6/2026/000019 took 1234567890 ns", "5.3.6/2026/000019 took 1234567890 ns"),
    ],
)
def test_what_could_name_a_person_is_taken_out(text: str, clean: str) -> None:
    assert scrubbed(text) == clean


def test_a_failed_task_is_told_by_its_kind(log: io.StringIO) -> None:
    logging.getLogger("celery.app.trace").error(
        "Task %(name)s[%(id)s] %(description)s: %(exc)s\n%(traceback)s",
        {"name": "t", "id": "1", "description": "raised unexpected", "exc": "IntegrityError('ayse')", "traceback": "ayse"},
    )  # fmt: skip
    assert lines(log)[-1]["text"] == "Task t [1]: raised unexpected IntegrityError"
    assert "ayse" not in log.getvalue()


def test_the_line_for_a_terminal_says_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    from config.logs import AsLine, Discreet

    try:
        raise LookupError("ayse")
    except LookupError as error:
        record = logging.makeLogRecord(
            {"msg": "It broke.", "levelname": "ERROR", "name": "x", "exc_info": (LookupError, error, None)}
        )
    assert Discreet().filter(record)
    line = AsLine().format(record)
    assert "ERROR x It broke. [LookupError at " in line
    assert "ayse" not in line


def test_what_is_said_before_django_is_there_is_said() -> None:
    code = (
        "import logging, logging.config; from config.logs import logging_for;"
        "logging.config.dictConfig(logging_for('json')); logging.getLogger('x').info('Begun.')"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True
    )
    assert json.loads(said.stderr)["text"] == "Begun."
