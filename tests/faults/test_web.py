"""Faults between the browser, the portal and the database."""

from __future__ import annotations

import json
import re
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import psycopg2
import pytest
from django.utils import timezone

from processes import jobs
from tests.faults.ground import Ground
from tests.faults.web import Answer, Desk, Web, cost

pytestmark = pytest.mark.faults
CASE = b'INSERT INTO "processes_case"'


def counted(ground: Ground, tag: str, acknowledged: set[str]) -> tuple[int, int]:
    """Acknowledged requests that are not there, and requests that are there twice."""
    return cost(ground.titles(tag), acknowledged)


def healthz(web: Web) -> dict[str, dict[str, str]]:
    """What the monitoring reads of each check."""
    answer = web.call("GET", "/healthz", Authorization="Bearer " + "w" * 40)
    found: dict[str, dict[str, str]] = json.loads(answer.text)["checks"]
    assert answer.status == (503 if "act" in {one["status"] for one in found.values()} else 200)
    return found


def load(
    web: Desk, tag: str, seconds: float, threads: int = 3, pause: float = 0.05
) -> tuple[set[str], list[Answer]]:
    """Requests registered one after the other by several people; those that were acknowledged, and all answers."""
    acknowledged: set[str] = set()
    answers: list[Answer] = []
    deadline = time.monotonic() + seconds

    def one(who: int) -> None:
        number = 0
        while time.monotonic() < deadline:
            number += 1
            title = f"{tag} {who}-{number}"
            answer = web.report(title, number=who + threads * number)
            answers.append(answer)
            if answer.status == 201:
                acknowledged.add(title)
            time.sleep(pause)

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(one, range(threads)))
    return acknowledged, answers


@pytest.mark.short
def test_f1_web_killed_between_commit_and_answer(ground, tell):
    with ground.web() as web:
        ground.wire.arm(CASE, "after", web.kill_worker)
        first = web.report("F1 arıza", key="f1-key")
        assert (first.status, ground.wire.fired.is_set()) == (0, True)
        ground.note("the database has committed, nobody was told")
        ground.until(lambda: web.get("/health/").status == 200, "the portal answers again")
        again = web.report("F1 arıza", key="f1-key")
        ground.note(f"the same request under the same key: {again.status}")
        assert (again.status, again.headers.get("Idempotency-Replayed")) == (201, "true")
    tell("F1 web killed between commit and answer", *counted(ground, "F1", {"F1 arıza"}))


@pytest.mark.short
def test_f2_web_killed_before_commit(ground, tell):
    tables = (
        "audit_entry",
        "processes_case",
        "processes_steprun",
        "processes_delivery",
        "processes_inboxitem",
    )
    everything = ", ".join(f"(SELECT count(*) FROM {one})" for one in tables)
    before = ground.sql(f"SELECT {everything}")
    with ground.web() as web:
        ground.wire.arm(CASE, "before", web.kill_worker)
        assert web.report("F2 arıza", key="f2-key").status == 0
        assert ground.wire.fired.is_set()
        ground.until(lambda: web.get("/health/").status == 200, "the portal answers again")
        assert ground.titles("F2 ") == []
        assert ground.sql("SELECT count(*) FROM audit_entry WHERE object_repr LIKE 'F2 %'") == [(0,)]
        assert ground.sql(f"SELECT {everything}") == before
        ground.note("no case, no step, no entry, no message, nothing in the outbox")
        early = web.report("F2 arıza", key="f2-key")
        assert early.status == 409
        ground.sql(
            "UPDATE ebys_idempotencykey SET made_at = made_at - interval '3 minutes' WHERE status IS NULL"
        )
        ground.note("three minutes pass: the first sender is taken for dead")
        assert web.report("F2 arıza", key="f2-key").status == 201
    tell("F2 web killed before commit", *counted(ground, "F2 ", {"F2 arıza"}))


def test_f9_postgres_killed_under_load(ground, tell):
    with ground.web(wired=False, WEB_WORKERS="2") as web:
        down = threading.Timer(
            2 + ground.chance.random(), lambda: (ground.kill_postgres(), ground.start_postgres())
        )
        down.start()
        acknowledged, answers = load(web, "F9", 9)
        down.join()
        ground.note(f"answers: {dict(Counter(one.status for one in answers))}")
        assert all("Traceback" not in one.text for one in answers)
        assert {one.status for one in answers} <= {201, 503}
        ground.until(
            lambda: web.report("F9 sonra").status == 201,
            "requests are taken again without a restart",
            seconds=30,
        )
        acknowledged.add("F9 sonra")
        assert len(acknowledged) > 10
    tell("F9 PostgreSQL killed under load", *counted(ground, "F9", acknowledged))


def test_f10_every_connection_ended(ground, tell):
    with ground.web(wired=False, WEB_WORKERS="2") as web:
        stop = threading.Event()

        def terminate() -> None:
            while not stop.wait(0.2):
                ground.sql(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
                )

        killer = threading.Thread(target=terminate)
        killer.start()
        acknowledged, answers = load(web, "F10", 4)
        stop.set()
        killer.join()
        ground.note(
            f"pg_terminate_backend every 0.2 s; answers: {dict(Counter(one.status for one in answers))}"
        )
        assert {one.status for one in answers} <= {201, 503}
        refused = [one for one in answers if one.status == 503]
        assert refused
        assert all("Retry-After" in one.headers and "Traceback" not in one.text for one in refused)
        page = web.get("/login/")
        assert page.status == 200
    tell("F10 pg_terminate_backend on every connection", *counted(ground, "F10", acknowledged))


def test_the_wire_is_cut_again_and_again(ground, tell):
    with ground.web(WEB_WORKERS="2") as web:
        stop = threading.Event()

        def cut() -> None:
            while not stop.wait(0.1 + 0.4 * ground.chance.random()):
                ground.wire.cut()

        cutter = threading.Thread(target=cut)
        cutter.start()
        acknowledged, answers = load(web, "F10b", 5)
        stop.set()
        cutter.join()
        ground.note(f"wire cut at random; answers: {dict(Counter(one.status for one in answers))}")
        assert {one.status for one in answers} <= {201, 503}
    tell("F10 the wire to the database cut at random", *counted(ground, "F10b", acknowledged))


def test_figures_add_up_over_processes_and_the_log_names_nobody(ground):
    session = ground.sessions()[1]
    with ground.web(wired=False, WEB_WORKERS="2") as web:
        before = asked_of(web)
        for _number in range(20):
            assert web.get("/search/?q=Zeynepg%C3%BCl", session).status == 200
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _number: web.get("/kisi/zeynepgul/?tc=10000000146"), range(8)))
        web.call("GET", "/\x1b[31mzeynepgul?x=1", Host="zeynepgul.example")
        assert asked_of(web) == before + 20
        log = ground.log_of(web.process)
        web.kill_worker()
        ground.until(lambda: web.get("/health/").status == 200, "the portal answers again")
        assert asked_of(web) == before + 20
    assert [line for line in log.splitlines() if not line.startswith("{")] == []
    lines = [json.loads(line) for line in log.splitlines()]
    assert sum(line["text"] == "Answered 404 to GET no such page" for line in lines) == 8
    for word in ("eynepg", "10000000146", "tc="):
        assert word not in log


def asked_of(web: Web) -> int:
    """How often the page of the search was asked for, as the monitoring reads it."""
    text = web.call("GET", "/metrics", Authorization="Bearer " + "w" * 40).text
    found = re.search(r'sbs_requests_total\{method="GET",page="search",status="200"\} (\d+)', text)
    return int(found[1]) if found else 0


@pytest.mark.parametrize("hours", [2, -2])
def test_f16_the_clock_of_the_web_server_is_wrong(ground, tell, hours):
    off = f"{hours:+d} h"
    faked = ground.clock_off(hours * 3600)
    titles = [f"F16 {off} {number}" for number in range(4)]
    session, left = ground.sessions("passing")
    with ground.web(wired=False) as right, ground.web(wired=False, **faked) as wrong:
        assert right.get("/cases/", session).status == 200
        for number, title in enumerate(titles):  # in turn: the wrong clock, the right one
            assert (wrong, right)[number % 2].report(title, number=number).status == 201
        state = wrong.call("GET", "/healthz", Authorization="Bearer " + "w" * 40)
        assert (state.status, healthz(wrong)["clock"]["status"]) == (503, "act"), state.text
        assert healthz(right)["clock"]["status"] == "fine"
        ground.act("leave_idle", left, "16")
        seen, idle = wrong.get("/cases/", session), wrong.get("/cases/", left)
        ground.note(
            f"a web server whose clock is {off}: flagged; a session in use: {seen.status}, one left idle: {idle.status}"
        )
        assert (seen.status, idle.status, "/login/" in idle.headers.get("Location", "")) == (200, 302, True)
    someone = str(ground.facts["passing"][0])
    shown = ground.act("codes", someone)
    old = ground.act("type_code", someone, shown[str(hours)], **faked)
    new = ground.act("type_code", someone, ground.act("codes", someone)["0"], **faked)
    ground.note(
        f"the code for that server's own hour is refused, that of the house's clock taken: {old} {new}"
    )
    assert (old, new) == ({"taken": False}, {"taken": True})
    before = jobs.period_of("hour", timezone.now())
    ground.act("hourly", f"f16 {hours}", **faked)
    ((period,),) = ground.sql("SELECT period FROM processes_jobrun WHERE job = %s", f"f16 {hours}")
    ground.note(f"a worker with that clock writes its work down under the hour {period}")
    assert period in (before, jobs.period_of("hour", timezone.now()))
    order = ground.sql(
        "SELECT c.title FROM audit_entry e JOIN processes_case c ON c.id::text = e.object_pk"
        " WHERE c.title LIKE 'F16%%' AND c.title LIKE %s AND e.action = 0 ORDER BY e.id", f"%{off}%"
    )  # fmt: skip
    assert list(dict.fromkeys(row[0] for row in order)) == titles
    assert ground.sql("SELECT count(*) FROM audit_entry WHERE db_at > now() + interval '1 minute'") == [(0,)]
    assert ground.act("trail") == {"findings": []}
    sealed = ground.sql(
        "SELECT count(*) FROM audit_leaf a JOIN audit_leaf b ON b.pos = a.pos + 1"
        " JOIN audit_entry x ON x.id = a.entry_id JOIN audit_entry y ON y.id = b.entry_id WHERE y.xid < x.xid"
    )
    assert sealed == [(0,)]
    tell(f"F16 clock of a web server {off}", *counted(ground, f"F16 {off}", set(titles)))


def test_f20_two_clerks_on_one_case(ground, tell):
    with ground.web(wired=False, WEB_WORKERS="2") as web:
        web.report("F20 arıza")
        ((number, version),) = ground.sql(
            "SELECT number, version FROM processes_case WHERE title = 'F20 arıza'"
        )
        path = f"/cases/{number}/"
        clerks = ground.sessions()[1:]

        def pause(session: str) -> int:
            return web.form(f"{path}pause/", path, session, reason="Bekliyor", version=str(version)).status

        with ThreadPoolExecutor(2) as pool:
            answers = sorted(pool.map(pause, clerks))
        ground.note(f"two clerks at once: {answers}")
        assert answers[0] == 302
        assert answers[1] in (409, 412)
        moves = ground.sql(
            "SELECT count(*) FROM audit_entry e JOIN processes_case c ON c.id::text = e.object_pk"
            " WHERE c.title = 'F20 arıza' AND e.step = 'pause'"
        )
        assert moves == [(1,)]
    tell("F20 two clerks on one case", *counted(ground, "F20", {"F20 arıza"}))


def test_f21_double_click(ground, tell):
    session = ground.sessions()[1]
    with ground.web(wired=False, WEB_WORKERS="2") as web:
        seen = web.get("/new/?subprocess=5.3.6", session)
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', seen.text)
        once = re.search(r'name="once" value="([^"]+)"', seen.text)
        assert token is not None
        assert once is not None
        fields = {
            "once": once[1],
            "subprocess": "5.3.6",
            "title": "F21 arıza",
            "applicant_name": "Ayşe Örnek",
        }

        def click(_number: int) -> Answer:
            return web.send("/new/", session, token[1], seen.headers, **fields)

        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(click, range(4)))
        answers.append(click(5))
        ground.note(f"four clicks at once and one after the back button: {[one.status for one in answers]}")
        assert {one.status for one in answers} == {302}
        assert len({one.headers["Location"] for one in answers}) == 1
    tell("F21 double click and back button", *counted(ground, "F21", {"F21 arıza"}))


def assigned(web: Web, session: str, keys: list[str]) -> Answer:
    """Cases chosen in the list and taken on."""
    page = web.get("/cases/", session)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert token is not None
    cookie = re.search(r"csrftoken=([^;]+)", page.headers.get("Set-Cookie", ""))
    chosen = "&".join(f"chosen={key}" for key in keys)
    return web.call(
        "POST", "/cases/bulk/", f"csrfmiddlewaretoken={token[1]}&to=me&{chosen}",
        Cookie=f"sessionid={session}; csrftoken={cookie[1] if cookie else ''}",
        Content_Type="application/x-www-form-urlencoded", Referer=f"http://127.0.0.1:{web.port}/",
    )  # fmt: skip


def requests_of(ground: Ground, web: Web, tag: str, count: int) -> tuple[set[str], list[str]]:
    """So many requests registered, and their keys."""
    titles = {f"{tag} {number}" for number in range(count)}
    for number, title in enumerate(sorted(titles)):
        assert web.report(title, number=number).status == 201
    found = ground.sql("SELECT id FROM processes_case WHERE title LIKE %s ORDER BY id", f"{tag} %")
    return titles, [str(row[0]) for row in found]


def entries_of_assigning(ground: Ground, tag: str) -> Counter[str]:
    """How often the trail tells of each request that it was assigned."""
    found = ground.sql(
        "SELECT c.title FROM audit_entry e JOIN processes_case c ON c.id::text = e.object_pk"
        " WHERE c.title LIKE %s AND e.step = 'assign_to' AND e.changes ? 'assignee'",
        f"{tag} %",
    )
    return Counter(title for (title,) in found)


def test_f22_bulk_assignments_in_opposite_order(ground, tell):
    with ground.web(wired=False, WEB_WORKERS="2") as web:
        titles, keys = requests_of(ground, web, "F22", 10)
        first, second = ground.sessions()[1:]
        answers: list[int] = []
        for _round in range(4):
            with ThreadPoolExecutor(2) as pool:
                pairs = [(first, keys), (second, keys[::-1])]
                answers += pool.map(lambda pair: assigned(web, *pair).status, pairs)
        ground.note(f"bulk assignments in opposite order: {dict(Counter(answers))}")
        assert set(answers) == {200}
    tell("F22 bulk assignments in opposite order", *counted(ground, "F22 ", titles))


def test_f22_a_deadlock_is_repeated_and_both_end(ground, tell):
    """Somebody else holds the second case and then wants the first: one of the two is ended by the database."""
    deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    ((before,),) = ground.sql(deadlocks)
    with ground.web(wired=False, WEB_WORKERS="2") as web:
        titles, keys = requests_of(ground, web, "F22b", 2)
        clerk = ground.sessions()[1]
        lock = "SELECT 1 FROM processes_case WHERE id = %s FOR UPDATE"
        with closing(psycopg2.connect(ground.addresses.database)) as other, ThreadPoolExecutor(1) as pool:
            cursor = other.cursor()
            cursor.execute("SET deadlock_timeout = '1min'")  # so that the portal is the one that is ended
            cursor.execute(lock, (keys[1],))
            answer = pool.submit(assigned, web, clerk, keys)
            waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            ground.until(lambda: ground.sql(waits) == [(1,)], "the portal waits for the second case")
            cursor.execute(lock, (keys[0],))
            ground.note("each waited for the other; the other one got through")
            other.commit()
            told = answer.result()
        ground.until(lambda: ground.sql(deadlocks) == [(before + 1,)], "PostgreSQL counted a deadlock")
        assert (told.status, "Traceback" in told.text) == (200, False)
        assert "made again" in ground.log_of(web.process)
        ground.note(
            "the portal's request was ended by a deadlock, made again by itself, and answered with 200"
        )
        done = ground.sql(
            "SELECT count(*), count(assignee_id) FROM processes_case WHERE title LIKE 'F22b %%'"
        )
        assert done == [(2, 2)]
        entries = entries_of_assigning(ground, "F22b")
        assert set(entries) == titles
    lost, double = counted(ground, "F22b", titles)
    tell("F22 a deadlock is repeated, both end", lost, double + sum(entries.values()) - len(titles))
