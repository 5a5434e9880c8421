"""What counts the losses can count them: a planted loss, a planted repetition and a planted disorder are reported."""

from __future__ import annotations

import re
import smtplib
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from tests.faults import table
from tests.faults.ground import Ground
from tests.faults.mailbox import Mailbox
from tests.faults.registry import Registry
from tests.faults.table import Outcome
from tests.faults.web import cost


@dataclass
class Report:
    """What is known of a test that ran."""

    nodeid: str
    failed: bool = False
    user_properties: list[tuple[str, Any]] = field(default_factory=list)


def held(name: str, lost: int = 0, double: int = 0, unsound: str = "") -> Report:
    outcome = Outcome(name, lost, double, 1.5, ["0.10 s  SIGKILL"], seed=7, unsound=unsound)
    return Report(f"tests/faults/test_web.py::{name}", user_properties=[outcome.noted()])


def printed(*reports: Report) -> list[str]:
    return list(table.lines(*table.outcomes(reports)))


@pytest.mark.parametrize(
    ("there", "lost", "double"),
    [
        (["F1 a", "F1 b"], 0, 0),
        (["F1 a"], 1, 0),
        (["F1 a", "F1 b", "F1 b", "F1 b"], 0, 2),
        (["F1 b", "F1 b"], 1, 1),
        (["F1 a", "F1 b", "F1 never acknowledged"], 0, 0),
    ],
)
def test_a_request_that_is_gone_or_there_twice_is_counted(there: list[str], lost: int, double: int) -> None:
    assert cost(there, {"F1 a", "F1 b"}) == (lost, double)


@pytest.fixture
def mailbox() -> Any:
    server = Mailbox()
    yield server
    server.shutdown()
    server.server_close()


def post(mailbox: Mailbox, name: str) -> None:
    message = EmailMessage()
    message["Message-ID"] = f"<{name}@sbs.example>"
    with suppress(smtplib.SMTPServerDisconnected), smtplib.SMTP("127.0.0.1", mailbox.port) as link:
        link.sendmail("sbs@sbs.example", ["kisi@hastane.example"], message.as_string())


def test_an_email_that_never_came_or_came_again_is_counted(mailbox: Mailbox) -> None:
    post(mailbox, "a")
    assert mailbox.cost(["a"]) == (0, 0)
    assert mailbox.cost(["a", "b"]) == (1, 0)
    post(mailbox, "a")
    assert mailbox.cost(["a", "b"]) == (1, 1)


def test_an_email_whose_taking_nobody_heard_of_may_come_once_more(mailbox: Mailbox) -> None:
    mailbox.mood = "drop"
    post(mailbox, "a")
    mailbox.mood = "ok"
    post(mailbox, "a")
    assert mailbox.cost(["a"]) == (0, 0)
    post(mailbox, "a")
    assert mailbox.cost(["a"]) == (0, 1)


def test_a_message_or_a_number_that_came_twice_is_counted() -> None:
    registry = Registry()

    def tell(name: str, letter: int) -> None:
        body = f'{{"data": {{"letter": {letter}}}}}'.encode()
        request = urllib.request.Request(registry.url, body, {"webhook-id": name})
        urllib.request.urlopen(request).close()

    try:
        tell("a", 1)
        assert registry.cost(["a"]) == (0, 0)
        assert registry.cost(["a", "b"]) == (1, 0)
        tell("a", 1)
        assert registry.cost(["a"]) == (0, 1)
        registry.book[1].append("E-2")
        assert registry.cost(["a"]) == (0, 2)
    finally:
        registry.shutdown()
        registry.server_close()


def test_the_table_of_a_run_in_which_all_held() -> None:
    assert printed(held("F1"), held("F2"), Report("tests/x.py::test_y", failed=True)) == [
        "seed 7",
        f"{'scenario':<66} | lost | double |      s | verdict",
        f"{'F1':<66} |    0 |      0 |    1.5 | held",
        "    0.10 s  SIGKILL",
        f"{'F2':<66} |    0 |      0 |    1.5 | held",
        "    0.10 s  SIGKILL",
        "2 scenarios: 0 lost, 0 double, 0 not held",
    ]


@pytest.mark.parametrize(
    ("report", "words", "total"),
    [
        (held("F1", lost=2), "2 |      0 |    1.5 | BROKEN", "2 lost, 0 double, 1 not held"),
        (held("F1", double=3), "0 |      3 |    1.5 | BROKEN", "0 lost, 3 double, 1 not held"),
        (held("F1", unsound="a gap"), "| UNSOUND: a gap", "0 lost, 0 double, 1 not held"),
        (
            Report("tests/faults/test_web.py::test_f1", failed=True),
            "? |      ? |        | NOT ENDED",
            "0 lost, 0 double, 1 not held",
        ),
    ],
)
def test_the_table_tells_what_did_not_hold(report: Report, words: str, total: str) -> None:
    lines = printed(held("F2"), report)
    assert any(line.endswith(words) for line in lines), lines
    assert lines[-1] == f"2 scenarios: {total}"


def test_every_fault_of_the_list_has_a_scenario() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    names = re.findall(r"^def test_((?:f\d+_)+)", text, re.MULTILINE)
    numbers = {int(one) for name in names for one in re.findall(r"\d+", name)}
    assert numbers >= set(range(1, 27))


def plant(ground: Ground, change: str, undo: str) -> str:
    """What the closing questions say of a change made past the portal, which is then taken back."""
    ground.sql(change)
    found = ground.outcome("planted", 0, 0).unsound
    ground.sql(undo)
    return found


@pytest.mark.faults
def test_the_closing_questions_can_be_answered_badly(
    ground: Ground, tell: Callable[[str, int, int], None]
) -> None:
    number = str(ground.act("report", "Sayım")["number"])
    found = [
        plant(
            ground,
            f"UPDATE processes_case SET number = number || '9' WHERE number = '{number}'",
            f"UPDATE processes_case SET number = '{number}' WHERE number = '{number}9'",
        ),
        plant(
            ground,
            "ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_no_change",
            "ALTER TABLE audit_entry ENABLE ALWAYS TRIGGER audit_entry_no_change",
        ),
    ]
    kept = ground.folder / "files"
    stored = next(path for path in kept.rglob("*") if path.is_file() and len(path.name) == 64)
    aside = stored.rename(ground.folder / "aside")
    found.append(ground.outcome("planted", 0, 0).unsound)
    aside.rename(stored)
    ground.note(f"planted and found: {found}")
    assert ["gap" in found[0], "trail" in found[1], "file" in found[2]] == [True, True, True], found
    tell("Planted disorder is found, and gone when it is taken back", 0, 0)
