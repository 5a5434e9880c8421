"""Faults of the whole database server: another one takes over, or the old one is set back, and nothing is hidden."""

from __future__ import annotations

import re
import threading
from collections import Counter

import pytest

from tests.faults.ground import Ground
from tests.faults.test_outbox import sent
from tests.faults.test_web import counted, load

pytestmark = pytest.mark.faults
SEAL = re.compile(r"(\d{15})-(\d+)\.txt")
DECLARED = "Ana sunucu kayboldu, yedek sunucu göreve geçti."


def seals(ground: Ground) -> list[tuple[int, int]]:
    """Epoch and size of every published seal; a name can be given once only."""
    found = (SEAL.fullmatch(path.name) for path in (ground.folder / "var" / "seals").rglob("*.txt"))
    return sorted((int(name[2]), int(name[1])) for name in found if name)


def tree(ground: Ground) -> int:
    ((size,),) = ground.sql("SELECT count(*) FROM audit_leaf")
    return int(size)


def test_f11_failover_to_a_standby_that_follows_closely(own, closing):
    ground, server = own
    standby = server("standby")
    standby.copy(follows=True)
    standby.start()
    for statement in ("ALTER SYSTEM SET synchronous_standby_names = '*'", "SELECT pg_reload_conf()"):
        ground.sql_alone(statement)
    following = "SELECT sync_state FROM pg_stat_replication"
    ground.until(lambda: ground.sql(following) == [("sync",)], "each commit waits for the standby")
    ground.note("pg_basebackup; the standby streams, each commit waits for it")
    with ground.web(WEB_WORKERS="2") as web:
        assert web.report("F11 önce").status == 201
        ground.act("seal")
        anchored = max(size for _epoch, size in seals(ground))

        def fail_over() -> None:
            ground.kill_postgres()
            standby.promote()

        failure = threading.Timer(2 + ground.chance.random(), fail_over)
        failure.start()
        acknowledged, answers = load(web, "F11", 9)
        failure.join()
        ground.note(f"answers: {dict(Counter(one.status for one in answers))}")
        assert {one.status for one in answers} <= {201, 503}
        ground.until(
            lambda: web.report("F11 sonra").status == 201, "requests are taken again without a restart"
        )
    acknowledged |= {"F11 önce", "F11 sonra"}
    assert tree(ground) >= anchored
    assert ground.act("trail") == {"findings": []}
    ground.act("epoch", DECLARED)
    ground.act("report", "F11 yeni dönem")
    ground.act("seal")
    published = seals(ground)
    ground.note(f"{anchored} entries anchored before, {tree(ground)} after; epoch {published[-1][0]} begins")
    assert published[-1][0] == 2
    assert [size for _epoch, size in published] == sorted({size for _epoch, size in published})
    closing(
        ground,
        "F11 failover to a synchronous standby",
        *counted(ground, "F11", acknowledged | {"F11 yeni dönem"}),
    )


def test_f11_failover_to_a_standby_that_lagged(own, closing):
    ground, server = own
    standby = server("standby")
    standby.copy(follows=True)
    with ground.web() as web:
        assert web.report("F11b iki yerde").status == 201
        ground.act("seal")
        standby.start()
        ground.until(
            lambda: (
                ground.sql("SELECT pg_current_wal_lsn() = replay_lsn FROM pg_stat_replication") == [(True,)]
            ),
            "the standby has everything",
        )
        both = tree(ground)
        standby.stop_following()
        ground.note("the standby is cut off and lags")
        behind = {f"F11b {number}" for number in range(5)}
        assert [web.report(title, number=number).status for number, title in enumerate(sorted(behind))] == [
            201
        ] * 5
        ground.act("seal")
        anchored = tree(ground)
        ground.kill_postgres()
        standby.start()
        standby.promote()
        ground.until(lambda: web.get("/health/").status == 200, "the portal answers again")
    missing = behind - set(ground.titles("F11b"))
    assert missing == behind
    [finding] = ground.act("verify")["findings"]
    ground.note(f"five acknowledged requests were on the lost machine only; the verifier: {finding}")
    assert finding.startswith("published-shrank")
    assert (str(anchored), str(both)) == tuple(re.findall(r"\d+", finding))
    ground.act("report", "F11b sonra")
    before = seals(ground)
    assert "audit epoch" in ground.act("seal")["refused"]
    assert seals(ground) == before
    ground.note("the sealer signs nothing until somebody has declared it")
    ground.act("epoch", DECLARED)
    ground.act("seal")
    looked = ground.act("verify")
    ground.note(f"declared as epoch 2; the verifier explains: {looked['explained']}")
    assert (looked["findings"], len(looked["explained"])) == ([], 1)
    assert seals(ground)[-1][0] == 2
    told = len(missing) if looked["explained"] else 0
    lost, double = counted(ground, "F11b", behind | {"F11b iki yerde", "F11b sonra"})
    closing(ground, "F11 failover to a lagging standby: nothing missing untold", lost - told, double)


def test_f12_set_back_to_an_earlier_moment(own, closing):
    ground, server = own
    earlier = server("earlier")
    with ground.web() as web:
        assert web.report("F12 önce").status == 201
        earlier.copy(follows=False)
        asked = ground.act("mail", "F12")["asked"]
        ground.act("seal")
        kept = tree(ground)
        ground.sql_alone("SELECT pg_create_restore_point('f12')")
        ground.note(f"a restore point; {len(asked)} e-mails wait, {kept} entries sealed")
        ground.act("send")
        assert web.report("F12 silinen").status == 201
        ground.act("seal")
        anchored = tree(ground)
        ground.note(f"an hour of work: the e-mails are sent, {anchored} entries sealed")
        ground.sql_alone("SELECT pg_switch_wal()")
        ground.kill_postgres()
        earlier.set_back_to("f12")
        earlier.start()
        earlier.take_over()
        ground.note("another server replays the log up to the restore point")
        ground.until(lambda: web.get("/health/").status == 200, "the portal answers again")
    assert ground.titles("F12") == ["F12 önce"]
    [finding] = ground.act("verify")["findings"]
    ground.note(f"the verifier: {finding}")
    assert finding.startswith("published-shrank")
    assert (str(anchored), str(kept)) == tuple(re.findall(r"\d+", finding))
    ground.act("epoch", "22.11.2026 gece yedeğine dönüldü.")
    assert not sent(ground)
    again = ground.act("send")
    ground.note(f"the outbox believes {len(asked)} e-mails are waiting and finds them in the book: {again}")
    assert (again["known"], again["sent"]) == (len(asked), 0)
    assert sent(ground)
    ground.act("report", "F12 sonra")
    ground.act("seal")
    looked = ground.act("verify")
    ground.note(f"closed by a signed epoch; the verifier explains: {looked['explained']}")
    assert (looked["findings"], len(looked["explained"])) == ([], 1)
    lost, double = counted(ground, "F12", {"F12 önce", "F12 sonra"})
    mail_lost, mail_double = ground.mailbox.cost(asked)
    closing(ground, "F12 restore to an earlier moment", lost + mail_lost, double + mail_double)
