"""The state of the system, for machines and for the unit head; and its figures."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import caches
from django.db import OperationalError, connection
from django.test import Client
from django.utils import timezone, translation

from accounts.models import User
from accounts.roles import Role
from audit import trail
from config import checks, disks, monitoring, tasks
from config.grading import graded
from config.monitoring import Check, Finding, Level
from processes import jobs, outbox
from processes.models import Delivery, DeliveryState, JobRun
from tests.accounts.people import person, signed_in_client
from tests.audit.sealed import as_superuser

TOKEN = "w" * 40
BEARER = {"Authorization": f"Bearer {TOKEN}"}


@pytest.fixture
def watched(settings: Any) -> Client:
    """A monitoring that may look."""
    settings.MONITORING_TOKEN = TOKEN
    return Client(headers=BEARER)


@pytest.mark.django_db
def test_the_state_names_every_check(watched: Client) -> None:
    answer = watched.get("/healthz")
    found = answer.json()

    assert set(found["checks"]) >= {
        "database", "broker", "worker", "beat", "jobs", "outbox", "database-disk", "files-disk", "seals-disk",
        "backups-disk", "var-disk", "clock", "seal", "certificate", "database-certificate", "redis-certificate",
        "client-authority", "client-list", "database-passwords", "scanner", "directory", "backup", "drill",
    }  # fmt: skip
    assert found["checks"]["database"] == {"status": "fine", "text": "Answers and takes changes in."}
    assert found["checks"]["broker"]["status"] == found["checks"]["clock"]["status"] == "fine"
    assert (found["checks"]["worker"]["status"], found["status"], answer.status_code) == ("act", "act", 503)


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/metrics"])
def test_strangers_learn_nothing(settings: Any, path: str) -> None:
    settings.MONITORING_TOKEN, settings.MONITORING_NETWORKS = TOKEN, ("10.9.0.0/16",)

    assert Client().get(path).status_code == 403
    assert Client(headers={"Authorization": "Bearer " + "x" * 40}).get(path).status_code == 403
    assert Client(headers={"Authorization": "Bearer ğüş"}).get(path).status_code == 403
    assert Client(headers={"X-Forwarded-For": "10.9.0.1"}).get(path).status_code == 403


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/healthz", "/metrics"])
def test_a_named_network_may_look(settings: Any, path: str) -> None:
    settings.MONITORING_NETWORKS = ("127.0.0.0/8",)

    assert Client().get(path).status_code in (200, 503)


@pytest.mark.django_db
def test_an_empty_token_opens_nothing() -> None:
    assert Client(headers={"Authorization": "Bearer "}).get("/healthz").status_code == 403


@pytest.mark.django_db
def test_without_the_database_the_other_checks_do_not_wait_for_it(watched: Client) -> None:
    with connection.execute_wrapper(_away), translation.override("en"):
        found = monitoring.look_at_all()

    by_key = {result.key: result for result in found}
    assert by_key["database"].level is Level.ACT
    assert by_key["outbox"].sentence == "Not looked at: the database does not answer."
    assert by_key["files-disk"].level is not Level.UNKNOWN


def _away(*_args: object) -> None:
    raise OperationalError("server closed the connection")


@pytest.mark.django_db
def test_a_stuck_delivery_is_an_alarm() -> None:
    assert checks.outbox().level is Level.FINE
    Delivery.objects.create(kind="x", key="x", state=DeliveryState.STUCK)
    assert checks.outbox().level is Level.ACT


@pytest.mark.django_db
@pytest.mark.parametrize(("minutes", "level"), [(1, Level.FINE), (6, Level.LOOK), (31, Level.ACT)])
def test_a_delivery_that_should_have_left_is_told(minutes: int, level: Level) -> None:
    outbox.enqueue("x", {}, key="x", not_before=timezone.now() - dt.timedelta(minutes=minutes))
    assert checks.outbox().level is level


@pytest.mark.django_db
@pytest.mark.parametrize(("minutes", "level"), [(1, Level.FINE), (4, Level.LOOK), (11, Level.ACT)])
def test_a_silent_beat_is_told(minutes: int, level: Level) -> None:
    assert checks.beat().level is Level.LOOK
    tasks.heartbeat()
    JobRun.objects.update(ended_at=timezone.now() - dt.timedelta(minutes=minutes))
    assert checks.beat().level is level


@pytest.mark.django_db
def test_a_failed_job_is_told_by_its_name() -> None:
    def fail(now: dt.datetime) -> jobs.Counts:
        raise LookupError("ayse@hastane.example")

    with pytest.raises(LookupError):
        jobs.each_time("reap_files", fail)
    found = checks.jobs()
    assert (found.level, "reap_files" in str(found.sentence)) == (Level.LOOK, True)
    assert "ayse" not in str(found.sentence)


@pytest.mark.django_db
@pytest.mark.parametrize(("hours", "level"), [(1, Level.FINE), (27, Level.LOOK), (51, Level.ACT)])
def test_an_old_backup_is_told(hours: int, level: Level) -> None:
    jobs.each_time(checks.BACKUP, lambda now: {"bytes": 1})
    JobRun.objects.update(ended_at=timezone.now() - dt.timedelta(hours=hours))
    assert checks.backup().level is level


@pytest.mark.django_db
def test_production_without_a_backup_is_an_alarm(settings: Any) -> None:
    assert checks.backup().level is Level.LOOK
    settings.PRODUCTION = True
    assert checks.backup().level is Level.ACT


@pytest.mark.django_db
def test_a_restore_on_trial_that_failed_is_an_alarm_until_one_ends_well() -> None:
    def fail(now: dt.datetime) -> jobs.Counts:
        raise LookupError("ayse@hastane.example")

    jobs.once_per("hour", checks.DRILL, lambda now: {"seconds": 1})
    assert checks.drill().level is Level.FINE
    with pytest.raises(LookupError):
        jobs.once_per("hour", checks.DRILL, fail, now=timezone.now() + dt.timedelta(hours=1))
    found = checks.drill()
    assert (found.level, "LookupError" in str(found.sentence)) == (Level.ACT, True)
    jobs.once_per(
        "hour", checks.DRILL, lambda now: {"seconds": 1}, now=timezone.now() + dt.timedelta(hours=2)
    )
    assert checks.drill().level is Level.FINE


@pytest.mark.parametrize(("used", "level"), [(79, Level.FINE), (80, Level.LOOK), (90, Level.ACT)])
def test_thresholds_count_from_their_own_value(used: int, level: Level) -> None:
    assert graded(used, disks.DISK_LOOK, disks.DISK_ACT) is level


def test_a_folder_that_is_not_there_yet_counts_as_the_disk_it_will_be_on(tmp_path: Path) -> None:
    assert disks.disk(lambda: tmp_path / "a" / "b")().level is disks.disk(lambda: tmp_path)().level


@pytest.mark.django_db
def test_a_check_that_breaks_is_an_alarm_and_hides_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> Finding:
        raise LookupError("Ayşe")

    monkeypatch.setitem(monitoring._offered, "broken", Check("broken", "Broken", broken))
    found = {result.key: result for result in monitoring.look_at_all(cheap=True)}
    assert found["broken"].level is Level.ACT
    assert "Ayşe" not in str(found["broken"].sentence)
    assert len(found) > 5


@pytest.mark.django_db
def test_the_unit_head_sees_the_state_and_others_do_not() -> None:
    head, clerk = person(Role.UNIT_HEAD), person(Role.HIS_OFFICER)

    answer = signed_in_client(head).get("/status/")
    assert answer.status_code == 200
    assert "Sistem durumu" in answer.content.decode()
    assert "Geri yükleme denemesi" in answer.content.decode()
    assert signed_in_client(clerk).get("/status/").status_code == 403
    assert Client().get("/status/").status_code == 302


@pytest.mark.django_db
def test_figures_count_pages_by_name_and_never_by_address(watched: Client) -> None:
    Delivery.objects.create(kind="x", key="x", state=DeliveryState.STUCK)
    watched.get("/cases/?q=Ay%C5%9Fe")
    watched.get("/gizli-ad-soyad/")
    text = watched.get("/metrics").content.decode()

    assert 'sbs_requests_total{method="GET",page="case-list",status="302"}' in text
    assert 'page="none",status="404"' in text
    assert "sbs_outbox_stuck 1.0" in text
    assert 'sbs_check{check="outbox"} 2.0' in text
    assert "gizli" not in text
    assert "Ay" not in text


@pytest.mark.django_db
def test_figures_say_when_the_database_is_away(watched: Client) -> None:
    from prometheus_client import generate_latest

    from config.metrics import registry

    with connection.execute_wrapper(_away):
        text = generate_latest(registry()).decode()
    assert "sbs_database_up 0.0" in text
    assert "sbs_outbox_due" not in text


def test_an_invented_method_is_counted_as_other(watched: Client, db: None) -> None:
    watched.generic("UNFUG", "/health/")
    assert 'method="other",page="health"' in watched.get("/metrics").content.decode()


def test_the_cache_is_empty_while_redis_is_away(settings: Any) -> None:
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "unix:///nowhere/r.sock?db=0"}}
    cache = caches["default"]

    assert cache.get("a", 5) == 5
    assert cache.get_or_set("a", 7) == 7
    assert (cache.add("a", 1), cache.incr("a"), cache.delete("a"), cache.has_key("a")) == (
        True,
        1,
        False,
        False,
    )
    assert cache.get_many(["a"]) == {}
    cache.set("a", 1)
    cache.set_many({"a": 1})
    cache.delete_many(["a"])
    assert cache.touch("a") is False


@pytest.mark.django_db
@pytest.mark.login("owner")
def test_a_late_seal_is_told() -> None:
    before = checks.seal()
    trail.record(User, "exported")
    with as_superuser() as cursor:  # as if written a quarter of an hour ago
        cursor.execute("UPDATE audit_entry SET db_at = db_at - interval '15 minutes'")
        late = checks.seal()

    assert (before.level, late.level) == (Level.FINE, Level.ACT)


@pytest.mark.django_db
def test_the_lag_of_the_seal_is_a_figure(watched: Client) -> None:
    person(Role.HIS_OFFICER)
    lag = re.search(r"sbs_seal_lag_seconds ([0-9.]+)", watched.get("/metrics").content.decode())
    assert lag is not None
    assert 0 <= float(lag[1]) < 3600
