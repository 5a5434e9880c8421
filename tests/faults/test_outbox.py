"""Faults on the way out: dispatchers, workers, broker and mail server fail, and every e-mail still goes out once."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Callable

import pytest
from django.conf import settings
from django.utils import translation
from django.utils.html import escape
from django.utils.translation import gettext

from processes import outbox
from tests.faults.acts import PEOPLE
from tests.faults.ground import REAL_MINUTES, Ground
from tests.faults.test_web import counted, healthz, load
from tests.faults.web import children

pytestmark = pytest.mark.faults
RECONNECTED = 45  # seconds after which worker and beat, on a slow machine, have noticed that Redis is back
UNACKED = re.compile(rb'"id": "([0-9a-f-]{36})"')
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
    """The broker hands the task out again after its hour; that hour passes for the broker at once."""
    worker = ground.worker()
    asked = ground.act("mail", "F3")["asked"]

    def kill() -> None:
        os.killpg(worker.pid, signal.SIGKILL)
        ground.note("SIGKILL to the worker and its child")

    ground.mailbox.on_taken = kill
    ground.act("wake")
    assert worker.wait(60) == -signal.SIGKILL
    [name] = UNACKED.findall(b" ".join(ground.redis.hvals("unacked")))
    ground.note("the broker keeps the task that was in hand")
    ground.later(11)
    hour = settings.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]
    for one in ground.redis.zrange("unacked_index", 0, -1):
        ground.redis.zincrby("unacked_index", -hour, one)
    ground.note(f"{hour} seconds pass for the broker")
    began = time.monotonic()
    second = ground.worker()
    ground.until(
        lambda: f"[{name.decode()}]: done" in ground.log_of(second),
        "the same task is done",
        seconds=120,
    )
    ground.note(
        f"a fresh worker gets the same task and ends it {time.monotonic() - began:.0f} s after it began"
    )
    assert time.monotonic() - began < 120
    assert sent(ground)
    assert sum(ground.mailbox.taken.values()) == len(asked) + 1
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
    assert tries - 1 == outbox.DEATHS
    assert ground.sql("SELECT state, last_error FROM processes_delivery ORDER BY id DESC LIMIT 1") == [
        ("stuck", outbox.DIED)
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


def test_f7_redis_killed_and_emptied_under_worker_and_beat(ground, tell):
    worker, beat = ground.worker(), ground.beat("f7")
    ground.until(lambda: "Sending due task" in ground.log_of(beat), "beat ticks", seconds=150)
    ground.kill_redis()
    asked = ground.act("mail", "F7b")["asked"]
    ground.start_redis()
    began = time.monotonic()
    ground.until(lambda: sent(ground), "the sweep of the minute sends everything", seconds=60 + RECONNECTED)
    ground.note(
        f"worker and beat went on; everything is sent {time.monotonic() - began:.0f} s after Redis came back"
    )
    assert (worker.poll(), beat.poll()) == (None, None)
    tell("F7 Redis killed and emptied under worker and beat", *ground.mailbox.cost(asked))


def test_f8_thirty_minutes_without_redis(ground, tell):
    """Two minutes of real time, or all thirty with REAL=1; the rest passes for the outbox.

    Two minutes are longer than every pause after which worker, beat, web and cache try again (at most half a minute) and
    than two ticks of beat; the only thing in the portal that counts a longer absence is the age of what waits.
    """
    worker, beat = ground.worker(), ground.beat("f8")
    with ground.web(wired=False, WEB_WORKERS="2") as web:
        session = ground.sessions()[0]
        assert web.get("/cases/", session).status == 200
        ground.kill_redis()
        try:
            asked = ground.act("mail", "F8")["asked"]
            told = ground.letters(3)
            acknowledged, answers = load(web, "F8", REAL_MINUTES * 60 or 120, pause=1)
            assert {one.status for one in answers} == {201}
            assert len(acknowledged) > 30
            head, session = ground.sessions("heads")[0], ground.sessions()[0]  # who logs in meanwhile gets in
            for path in ("/", "/cases/", "/inbox/"):
                assert web.get(path, session).status == 200, path
            ground.note(
                f"{len(acknowledged)} requests registered, people log in, every page opens without Redis"
            )
            if not REAL_MINUTES:
                ground.later(31)
            checks = healthz(web)
            assert (checks["broker"]["status"], checks["outbox"]["status"]) == ("act", "act")
            page = web.get("/status/", head)
            with translation.override("tr"):
                told_there = str(escape(gettext(checks["broker"]["text"])))
            assert (page.status, told_there in page.text) == (200, True)
            assert web.get("/health/").text == "ok, no answer: redis"
            ground.note(f"the state page and /healthz: {checks['broker']['text']} {checks['outbox']['text']}")
            assert not ground.mailbox.taken
        finally:
            ground.start_redis()
        began = time.monotonic()
        ground.until(lambda: sent(ground), "the backlog drains", seconds=60 + RECONNECTED)
        ground.note(
            f"the backlog is sent {time.monotonic() - began:.0f} s after Redis came back, by worker and beat as they are"
        )
        assert (worker.poll(), beat.poll()) == (None, None)
        assert (list(ground.mailbox.taken), list(ground.registry.taken)) == (asked, told["asked"])
        ground.until(lambda: healthz(web)["broker"]["status"] == "fine", "the alarm ends")
        assert healthz(web)["outbox"]["status"] == "fine"
    lost, double = counted(ground, "F8", acknowledged)
    mail, letters = ground.mailbox.cost(asked), ground.registry.cost(told["asked"])
    tell("F8 thirty minutes without Redis", lost + mail[0] + letters[0], double + mail[1] + letters[1])


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
    done = "SELECT count(DISTINCT job) FROM processes_jobrun WHERE outcome = 'done' AND job = ANY(%s)"
    wanted = ["tell_overdue", "mail_seal", "reap_files", "verify_files", "compare_rights", "send_digests"]
    ground.until(
        lambda: ground.sql(done, wanted) == [(len(wanted),)],
        "the jobs of the hour, day, week and month are done",
    )
    ground.until(lambda: sent(ground), "everything is sent")
    twice = ground.sql("SELECT job FROM processes_jobrun WHERE runs > 1 AND job = ANY(%s)", wanted)
    again = ground.sql("SELECT key FROM processes_delivery GROUP BY key HAVING count(*) > 1")
    ground.note(f"two beats, two workers: {len(wanted)} jobs, each once; done twice: {twice + again}")
    assert set(ground.mailbox.taken.values()) == {1}
    tell("F18 two beats at once", 0, len(twice) + len(again))


def test_f23_a_mail_nobody_takes_ends_with_a_person_and_shows_on_its_case(ground, tell):
    """The server says no (550) for good: longer pauses each time, an end, and the case says so. The others get theirs."""
    number = ground.act("report", "F23 arıza")["number"]
    ground.mailbox.refused_to.add("kisi0@hastane.example")
    asked = ground.act("mail", "F23b", str(PEOPLE), number)["asked"]
    waits = []
    for attempt in range(1, len(outbox.WAITS) + 1):
        ground.act("send")
        ((state, attempts, wait, why),) = ground.sql(
            "SELECT state, attempts, next_at - now(), last_error FROM processes_delivery WHERE state <> 'sent'"
        )
        assert (state, attempts, why) == ("due", attempt, "SMTPRecipientsRefused")
        waits.append(wait)
        ground.later(60 * 24)
    assert all(
        0 <= (planned - wait).total_seconds() < 60 for planned, wait in zip(outbox.WAITS, waits, strict=True)
    )
    assert len(ground.mailbox.taken) == len(asked) - 1
    ground.act("send")
    ((state, attempts),) = ground.sql("SELECT state, attempts FROM processes_delivery WHERE state <> 'sent'")
    assert (state, attempts) == ("stuck", len(outbox.WAITS) + 1)
    assert ground.act("look")["outbox"] == "act"
    with ground.web(wired=False) as web:
        page = web.get(f"/cases/{number}/?tab=trail", ground.sessions()[0])
    with translation.override("tr"):
        assert gettext("A message about it could not be delivered") in page.text
    assert "SMTPRecipientsRefused" in page.text
    ground.note(
        f"given up after {attempts} tries; the case and the state page say so, the others have theirs"
    )
    ground.mailbox.refused_to.clear()
    assert ground.act("retry") == {"tried": 1}
    ground.act("send")
    assert sent(ground)
    tell("F23 a mail nobody takes shows on its case", *ground.mailbox.cost(asked))


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
