"""Faults on the way out: dispatchers, workers, broker and mail server fail, and every e-mail still goes out once."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable

import pytest

from tests.faults.ground import Ground
from tests.faults.test_web import counted, load
from tests.faults.web import children

pytestmark = pytest.mark.faults
FOR_EVER = 60 * 24 * 30


def sent(ground: Ground) -> bool:
    """Nothing waits any more."""
    return ground.sql("SELECT count(*) FROM processes_delivery WHERE state <> 'sent'") == [(0,)]


def killer(ground: Ground, process: Callable[[], int], what: str) -> Callable[[], None]:
    return lambda: ground.kill(process(), what)


@pytest.mark.short
def test_f5_dispatcher_killed_after_the_server_took_the_mail(ground, tell):
    asked = ground.act("mail", "F5")["asked"]
    dispatcher = ground.dispatcher()
    ground.mailbox.on_taken = killer(
        ground, lambda: dispatcher.pid, "the dispatcher, the mail is taken, not yet marked"
    )
    assert dispatcher.wait(60) == -signal.SIGKILL
    ground.act("send")
    ground.later(11)
    ground.act("send")
    assert sent(ground)
    assert sum(ground.mailbox.taken.values()) == len(asked) + 1
    ground.note("one e-mail twice, under the same Message-ID: the one whose taking nobody heard of")
    tell("F5 dispatcher killed after the mail was taken, before the mark", *ground.mailbox.cost(asked))


def test_f5_dispatchers_killed_at_random(ground, tell):
    asked = ground.act("mail", "F5b")["asked"]
    ground.mailbox.mood = "slow"
    kills = 0
    for _round in range(4):
        before = sum(ground.mailbox.taken.values())
        pair = [ground.dispatcher(), ground.dispatcher()]
        ground.until(
            lambda pair=pair, before=before: (
                sum(ground.mailbox.taken.values()) > before or all(one.poll() is not None for one in pair)
            ),
            "an e-mail is taken",
        )
        time.sleep(3 * ground.chance.random())
        for one in pair:
            if one.poll() is None:
                ground.kill(one.pid, "a dispatcher")
                one.wait()
                kills += 1
        ground.later(11)
    ground.mailbox.mood = "ok"
    ground.later(FOR_EVER)
    ground.act("send")
    assert sent(ground)
    lost, double = ground.mailbox.cost(asked)
    ground.note(f"{kills} kills, {double} e-mails again under the same Message-ID, {lost} lost")
    assert kills > 2
    tell("F5 dispatchers killed at random (at most one repeat a kill)", lost, max(0, double - kills))


def test_f3_worker_killed_in_mid_task(ground, tell):
    worker = ground.worker()
    asked = ground.act("mail", "F3")["asked"]

    def kill() -> None:
        os.killpg(worker.pid, signal.SIGKILL)
        ground.note("SIGKILL to the worker and its child")

    ground.mailbox.on_taken = kill
    ground.act("wake")
    assert worker.wait(60) == -signal.SIGKILL
    ground.later(11)
    ground.worker()
    ground.act("wake")
    ground.until(lambda: sent(ground), "everything is sent")
    tell("F3 worker killed in mid-task", *ground.mailbox.cost(asked))


def test_f4_child_of_the_worker_killed(ground, tell):
    worker = ground.worker()
    asked = ground.act("mail", "F4")["asked"]
    (child,) = children(worker.pid)
    ground.mailbox.on_taken = killer(
        ground, lambda: child, "the worker's child, as the kernel does without memory"
    )
    ground.act("wake")
    due = "SELECT count(*) FROM processes_delivery WHERE state = 'due'"
    ground.until(lambda: ground.sql(due) == [(1,)], "another child sends the rest")
    ground.later(11)
    ground.act("wake")
    ground.until(lambda: sent(ground), "everything is sent")
    assert worker.poll() is None
    tell("F4 child of the worker killed", *ground.mailbox.cost(asked))


def test_f4_a_delivery_that_kills_its_senders_ends_with_a_person(ground, tell):
    (asked,) = ground.act("mail", "F4p", "1")["asked"]
    tries = 0
    while ground.sql("SELECT state FROM processes_delivery ORDER BY id DESC LIMIT 1") == [("due",)]:
        tries += 1
        assert tries < 12
        dispatcher = ground.dispatcher()
        ground.mailbox.on_taken = killer(
            ground, lambda dispatcher=dispatcher: dispatcher.pid, f"sender {tries}"
        )
        dispatcher.wait(60)
        ground.later(FOR_EVER)
    assert ground.sql("SELECT state, last_error FROM processes_delivery ORDER BY id DESC LIMIT 1") == [
        ("stuck", "The sender ended while sending.")
    ]
    ground.mailbox.on_taken = None
    assert ground.act("look")["outbox"] == "act"
    ground.note(f"stuck after {tries - 1} dead senders and shown to the operator, who tries again by hand")
    assert ground.act("retry") == {"tried": 1}
    ground.act("send")
    assert sent(ground)
    tell("F4 a delivery that kills its senders ends with a person", *ground.mailbox.cost([asked]))


@pytest.mark.short
def test_f7_redis_killed_and_emptied(ground, tell):
    ground.kill_redis()
    asked = ground.act("mail", "F7")["asked"]
    ground.note("12 e-mails asked for without Redis")
    ground.start_redis()
    ground.act("sweep")
    assert sent(ground)
    ground.act("sweep")
    tell("F7 Redis killed and emptied", *ground.mailbox.cost(asked))


def test_f8_the_portal_goes_on_without_redis(ground, tell):
    with ground.web(wired=False, WEB_WORKERS="2") as web:
        session = ground.sessions()[0]
        assert web.get("/cases/", session).status == 200
        ground.kill_redis()
        try:
            acknowledged, answers = load(web, "F8", 3)
            assert {one.status for one in answers} == {201}
            assert len(acknowledged) > 3
            for path in ("/", "/cases/", "/inbox/"):
                assert web.get(path, session).status == 200, path
            state = web.call("GET", "/healthz", Authorization="Bearer " + "w" * 40)
            assert state.status == 503
            assert '"broker": {"status": "act"' in state.text
            assert web.get("/health/").text == "ok, no answer: redis"
            ground.note(f"{len(acknowledged)} requests registered and every page open without Redis")
        finally:
            ground.start_redis()
    tell("F8 the portal goes on without Redis", *counted(ground, "F8", acknowledged))


@pytest.mark.short
def test_f18_three_dispatchers_at_once(ground, tell):
    asked = ground.act("mail", "F18")["asked"]
    for dispatcher in [ground.dispatcher() for _number in range(3)]:
        assert dispatcher.wait(60) == 0
    assert sent(ground)
    assert set(ground.mailbox.taken.values()) == {1}
    tell("F18 three dispatchers at once", *ground.mailbox.cost(asked))


@pytest.mark.short
def test_f18_two_sealers_at_once(ground, tell):
    for number in range(3):
        ground.act("report", f"F18s {number}")
        sealers = [ground.sealer(), ground.sealer()]
        for one in sealers:
            assert one.wait(60) == 0, ground.log_of(one)
    ground.act("seal")
    ((entries, leaves, places),) = ground.sql(
        "SELECT (SELECT count(*) FROM audit_entry), count(*), count(DISTINCT pos) FROM audit_leaf"
    )
    ((sizes, rows),) = ground.sql("SELECT count(DISTINCT tree_size), count(*) FROM audit_checkpoint")
    ground.note(f"{entries} entries, {leaves} leaves, {rows} seals of {sizes} sizes")
    tell("F18 two sealers at once", entries - leaves, (leaves - places) + (rows - sizes))


def test_f18_two_beats_at_once(ground, tell):
    ground.sql("DELETE FROM processes_jobrun")
    ground.act("mail", "F18b")
    beats = [ground.beat("one"), ground.beat("two")]
    for _number in range(2):
        ground.worker()
    ticks = "SELECT runs FROM processes_jobrun WHERE job = 'heartbeat'"
    ground.until(lambda: sum(runs for (runs,) in ground.sql(ticks)) >= 2, "both beats ticked", seconds=150)
    for beat in beats:
        assert "Sending due task" in ground.log_of(beat)
    nudges = [ground.begin(sys.executable, "-m", "tests.faults.acts", "tick") for _number in range(2)]
    assert [one.wait(60) for one in nudges] == [0, 0]
    done = "SELECT count(*) FROM processes_jobrun WHERE outcome = 'done' AND job = ANY(%s)"
    wanted = ["tell_overdue", "mail_seal", "reap_files", "verify_files"]
    ground.until(lambda: ground.sql(done, wanted) == [(len(wanted),)], "the jobs of the hour are done")
    ground.until(lambda: sent(ground), "everything is sent")
    twice = ground.sql("SELECT job FROM processes_jobrun WHERE runs > 1 AND job = ANY(%s)", wanted)
    again = ground.sql("SELECT key FROM processes_delivery GROUP BY key HAVING count(*) > 1")
    ground.note(f"two beats, two workers: {len(wanted)} jobs, each once; done twice: {twice + again}")
    assert set(ground.mailbox.taken.values()) == {1}
    tell("F18 two beats at once", 0, len(twice) + len(again))


@pytest.mark.parametrize("mood", ["busy", "refuse", "drop", "slow"])
def test_f23_the_mail_server_misbehaves_and_recovers(ground, tell, mood):
    asked = ground.act("mail", f"F23{mood}", "4")["asked"]
    ground.mailbox.mood = mood
    ground.act("send")
    state = ground.sql("SELECT state, attempts, last_error FROM processes_delivery ORDER BY id DESC LIMIT 1")
    ground.note(f"the mail server is in the mood {mood}: {state[0]}")
    if mood != "slow":
        assert (state[0][0], state[0][1]) == ("due", 1)
        assert state[0][2].startswith("SMTP")
    ground.mailbox.mood = "ok"
    ground.later(2)
    ground.act("send")
    assert sent(ground)
    tell(f"F23 mail server: {mood}", *ground.mailbox.cost(asked))


def test_f23_one_bad_address_holds_up_nobody(ground, tell):
    ground.mailbox.refused_to.add("kisi0@hastane.example")
    asked = ground.act("mail", "F23one")["asked"]
    ground.act("send")
    waiting = ground.sql("SELECT payload->>'user' FROM processes_delivery WHERE state = 'due'")
    assert len(waiting) == 1
    assert len(ground.mailbox.taken) == len(asked) - 1
    ground.mailbox.refused_to.clear()
    ground.later(2)
    ground.act("send")
    assert sent(ground)
    tell("F23 one bad address holds up nobody", *ground.mailbox.cost(asked))


def test_f23_a_mute_mail_server_is_given_up(ground, tell):
    asked = ground.act("mail", "F23mute", "1")["asked"]
    ground.mailbox.mood = "mute"
    ground.act("send")
    ground.note("given up after the time limit")
    ground.mailbox.mood = "ok"
    ground.later(2)
    ground.act("send")
    assert sent(ground)
    tell("F23 mail server: never answers", *ground.mailbox.cost(asked))
