"""Faults between the portal and EBYS, which is told of letters by message and tells their numbers through the API."""

from __future__ import annotations

import json
import signal
import time
from typing import Any

import pytest

from ebys import egress, webhooks
from tests.faults.ground import Ground
from tests.faults.registry import MOODS
from tests.faults.test_outbox import sent
from tests.faults.web import Answer, Web

pytestmark = pytest.mark.faults
LETTER = b'UPDATE "ebys_outgoingletter"'
TRIES = webhooks.FAILURES_UNTIL_LEFT_ALONE


@pytest.mark.short
def test_f6_killed_between_the_message_and_its_mark(ground, tell):
    told = ground.letters(1)
    sender = ground.dispatcher()
    ground.registry.on_taken = lambda: ground.kill(
        sender.pid, "the sender, EBYS has the message, not yet marked"
    )
    assert sender.wait(60) == -signal.SIGKILL
    [(state, attempts)] = ground.sql(
        "SELECT state, attempts FROM processes_delivery ORDER BY id DESC LIMIT 1"
    )
    ground.note(f"whether EBYS knows of it is unknown here: {state} after {attempts} attempt")
    assert (state, attempts) == ("due", 1)
    ground.later(11)
    ground.act("send")
    assert sent(ground)
    assert ground.registry.taken == {told["asked"][0]: 2}
    ground.note(
        "told again under the same number; EBYS finds the document in its book and gives no second one"
    )
    [letter] = told["letters"]
    with ground.web(wired=False) as web:
        assert register(ground, web, letter, "f6-mark").status == 200
    tell("F6 sender killed after EBYS took the message, before the mark", *registered(ground, told))


@pytest.mark.short
@pytest.mark.parametrize("when", ["after", "before"])
def test_f6_killed_around_the_commit_of_a_number(ground, tell, when):
    told = ground.letters(1)
    [letter] = told["letters"]
    ground.act("send")
    with ground.web() as web:
        ground.wire.arm(LETTER, when, web.kill_worker)
        assert register(ground, web, letter, f"f6-{when}").status == 0
        assert ground.wire.fired.is_set()
        ground.note("EBYS gave a number and does not know whether it arrived")
        ground.until(lambda: web.get("/health/").status == 200, "the portal answers again")
        found = json.loads(web.as_ebys("GET", f"outgoing-letters/{letter}/").text)
        ground.note(f"EBYS looks the letter up: {found['state']}, number {found['number'] or 'none'}")
        assert (found["state"], bool(found["number"])) == (
            ("registered", True) if when == "after" else ("approved", False)
        )
        if when == "before":
            ground.sql(
                "UPDATE ebys_idempotencykey SET made_at = made_at - interval '3 minutes' WHERE status IS NULL"
            )
        again = register(ground, web, letter, f"f6-{when}")
        assert again.status == 200
        assert (again.headers.get("Idempotency-Replayed") == "true") is (when == "after")
    tell(f"F6 web killed {when} the commit of EBYS's number", *registered(ground, told))


@pytest.mark.parametrize("mood", [mood for mood in MOODS if mood != "ok"])
def test_f24_ebys_answers_200_and_means_no(ground, tell, mood):
    told = ground.letters(TRIES + 2)
    mail = ground.act("mail", f"F24{len(mood)}", "3")["asked"]
    ground.registry.mood = mood
    with ground.web(wired=False) as web:
        began = time.monotonic()
        sender = ground.dispatcher()
        ground.until(lambda: ground.registry.calls, "EBYS is called")
        asked = time.monotonic()
        assert web.report(f"F24 {mood}").status == 201
        assert time.monotonic() - asked < egress.SECONDS / 2
        assert sender.wait(90) == 0
    took = time.monotonic() - began
    waiting = ground.sql(
        "SELECT attempts, last_error FROM processes_delivery WHERE state = 'due' AND kind = 'webhook' ORDER BY id"
    )
    ground.note(f"200 with {mood}: {TRIES} messages tried in {took:.0f} s, the others wait: {waiting[-1][1]}")
    assert [row[0] for row in waiting] == [1] * TRIES + [0, 0]
    assert ground.registry.calls == TRIES
    assert took < TRIES * egress.SECONDS + 15
    assert ground.mailbox.cost(mail) == (0, 0)
    assert ground.registry.taken == {}
    ground.registry.mood = "ok"
    ground.later(6)
    ground.act("send")
    assert sent(ground)
    ground.note("EBYS is well again: everything is told once")
    how = "slowly" if mood == "slow" else f"200 with {mood}"
    tell(f"F24 EBYS answers {how}", *ground.registry.cost(told["asked"]))


def register(ground: Ground, web: Web, letter: int, key: str) -> Answer:
    """EBYS tells the number of its book."""
    [number] = ground.registry.book[letter]
    body = {"number": number, "date": "2026-11-20"}
    return web.as_ebys("POST", f"outgoing-letters/{letter}/registration/", body, Idempotency_Key=key)


def registered(ground: Ground, told: dict[str, Any]) -> tuple[int, int]:
    """Letters without the number of EBYS's book or with another one, and whatever was told or registered twice."""
    lost, double = ground.registry.cost(told["asked"])
    for letter in told["letters"]:
        found = ground.sql("SELECT official_number FROM ebys_outgoingletter WHERE id = %s", letter)
        lost += found != [(ground.registry.book[letter][0],)]
        ((steps,),) = ground.sql(
            "SELECT count(*) FROM audit_entry e JOIN django_content_type k ON k.id = e.content_type_id"
            " WHERE k.model = 'outgoingletter' AND e.object_pk = %s AND e.changes ? 'official_number'"
            " AND e.step <> ''",
            str(letter),
        )
        double += steps - 1
    return lost, double
