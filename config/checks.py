"""What the portal stands on, looked at one by one. Thresholds stand beside each; docs/alarms.md says what to do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from redis.exceptions import RedisError

from audit import standing
from config.disks import database_disk, disk
from config.endings import (
    certificate,
    client_authority,
    database_certificate,
    database_passwords,
    redis_certificate,
    revoked_cards,
)
from config.grading import graded, span
from config.monitoring import Check, Finding, Level, last_success, offer
from config.neighbours import directory, scanner
from processes.models import Delivery, DeliveryState, JobOutcome, JobRun

HEARTBEAT = "heartbeat"
BACKUP, DRILL = "backup", "restore_drill"
SILENT_LOOK, SILENT_ACT = timedelta(minutes=3), timedelta(minutes=10)
OUTBOX_LOOK, OUTBOX_ACT = timedelta(minutes=5), timedelta(minutes=30)
DRIFT_LOOK, DRIFT_ACT = 2, 5  # seconds between this machine and the database
BACKUP_LOOK, BACKUP_ACT = timedelta(hours=26), timedelta(hours=50)
DRILL_LOOK, DRILL_ACT = timedelta(days=31), timedelta(days=62)
SEAL_ACT = timedelta(minutes=10)
WORKER_SECONDS = 1.5


def database() -> Finding:
    """It answers, and may be written to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_is_in_recovery(), current_setting('default_transaction_read_only') = 'on'")
        if any(cursor.fetchone()):
            return Finding(
                Level.ACT, _("The database answers but takes nothing in: it is a copy or read-only.")
            )
    return Finding(Level.FINE, _("Answers and takes changes in."))


def broker() -> Finding:
    """Redis answers. Without it nothing is lost: what waits is found by the sweep."""
    if redis_answers():
        return Finding(Level.FINE, _("Redis answers."))
    return Finding(
        Level.ACT, _("Redis does not answer. Nothing is lost; what leaves the building goes out later.")
    )


def redis_answers() -> bool:
    """Asked directly, past the cache that bears with its absence."""
    try:
        return bool(cache._cache.get_client(None, write=True).ping())  # type: ignore[attr-defined]
    except (RedisError, OSError):
        return False


def worker() -> Finding:
    """A worker answers a call."""
    from config.celery import app

    try:
        answers = app.control.ping(timeout=WORKER_SECONDS, limit=1)
    except (RedisError, OSError, app.connection_for_write().recoverable_connection_errors):
        return Finding(Level.ACT, _("The workers cannot be asked: Redis does not answer."))
    if answers:
        return Finding(Level.FINE, _("A worker answers."))
    return Finding(Level.ACT, _("No worker answers: nothing is sent and no scheduled job runs."))


def beat() -> Finding:
    """The clock of the scheduled jobs ticks every minute through the worker into the ledger."""
    found = last_success(HEARTBEAT)
    if found is None or found.ended_at is None:
        since = standing.keeps_entries_since()  # a portal that has worked for a while must have a clock
        is_young = since is None or timezone.now() - since < SILENT_ACT
        return Finding(
            Level.LOOK if is_young else Level.ACT, _("The clock of the scheduled jobs has not ticked yet.")
        )
    silent = timezone.now() - found.ended_at
    sentence = _("The last tick of the scheduled jobs is %(span)s old.") % {"span": span(silent)}
    return Finding(graded(silent, SILENT_LOOK, SILENT_ACT), sentence)


def jobs() -> Finding:
    """No job of the last day ended badly or hangs."""
    now = timezone.now()
    hanging = Q(outcome=JobOutcome.RUNNING, started_at__lt=now - timedelta(hours=1))
    bad = JobRun.objects.filter(
        Q(outcome=JobOutcome.FAILED) | hanging, started_at__gte=now - timedelta(days=1)
    )
    names = sorted(set(bad.values_list("job", flat=True)))
    if names:
        return Finding(
            Level.LOOK, _("Ended badly or hanging since yesterday: %(jobs)s.") % {"jobs": ", ".join(names)}
        )
    return Finding(Level.FINE, _("Every scheduled job of the last day ended well."))


def outbox() -> Finding:
    """What has to leave the building does, and in time."""
    now = timezone.now()
    stuck = Delivery.objects.filter(state=DeliveryState.STUCK).count()
    if stuck:
        sentence = ngettext(
            "%(count)d delivery is stuck and needs a person.", "%(count)d deliveries are stuck and need a person.", stuck
        )  # fmt: skip
        return Finding(Level.ACT, sentence % {"count": stuck})
    waiting = Delivery.objects.filter(state=DeliveryState.DUE, next_at__lte=now).order_by("next_at").first()
    if waiting is None:
        return Finding(Level.FINE, _("Nothing waits that should have left."))
    late = now - waiting.next_at
    return Finding(
        graded(late, OUTBOX_LOOK, OUTBOX_ACT),
        _("The oldest delivery is due since %(span)s.") % {"span": span(late)},
    )


def clock() -> Finding:
    """This machine and the database agree on the time; terms, sessions and codes depend on it."""
    before = datetime.now(UTC)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        there = cursor.fetchone()[0]
    after = datetime.now(UTC)
    drift = abs((there - (before + (after - before) / 2)).total_seconds())
    sentence = _("%(seconds).1f seconds apart from the database's clock.") % {"seconds": drift}
    return Finding(graded(drift, DRIFT_LOOK, DRIFT_ACT), sentence)


def backup() -> Finding:
    """The newest backup is young enough."""
    found = last_success(BACKUP)
    if found is None or found.ended_at is None:
        return Finding(Level.ACT if settings.PRODUCTION else Level.LOOK, _("No backup has been made yet."))
    age = timezone.now() - found.ended_at
    return Finding(
        graded(age, BACKUP_LOOK, BACKUP_ACT), _("The last backup is %(span)s old.") % {"span": span(age)}
    )


def drill() -> Finding:
    """A backup was really restored not long ago (Ek-5 5.2.10), and the last trial did not fail."""
    last = JobRun.objects.filter(job=DRILL, ended_at__isnull=False).order_by("-ended_at").first()
    if last is not None and last.outcome == JobOutcome.FAILED:
        sentence = _("The last restore on trial failed (%(kind)s): that backup cannot be relied on.")
        return Finding(Level.ACT, sentence % {"kind": last.last_error})
    found = last_success(DRILL)
    if found is None or found.ended_at is None:
        return Finding(Level.LOOK, _("No backup has been restored on trial yet."))
    age = timezone.now() - found.ended_at
    sentence = _("The last restore on trial is %(span)s old and took %(seconds)d seconds.")
    return Finding(
        graded(age, DRILL_LOOK, DRILL_ACT), sentence % {"span": span(age), "seconds": found.counts.get("seconds", 0)}
    )  # fmt: skip


def seal() -> Finding:
    """The trail is sealed in time, published and verified."""
    found = standing.standing()
    if at_once := standing.urgent(found.now):
        all_told = dict.fromkeys([*at_once, *standing.amiss(found.now)])
        return Finding(Level.ACT, " ".join(all_told))
    if told := standing.amiss(found.now):
        return Finding(Level.ACT if found.lag > SEAL_ACT else Level.LOOK, " ".join(told))
    return Finding(Level.FINE, _("%(count)d entries are sealed.") % {"count": found.tree_size})


def install() -> None:
    """Offer them; called once at start. The database comes first: others wait for its answer."""
    offer(
        Check("database", gettext_lazy("Database"), database, needs_database=True),
        Check("broker", gettext_lazy("Redis"), broker),
        Check("worker", gettext_lazy("Workers"), worker, cheap=False),
        Check("beat", gettext_lazy("Scheduled jobs: clock"), beat, needs_database=True),
        Check("jobs", gettext_lazy("Scheduled jobs: outcome"), jobs, needs_database=True),
        Check("outbox", gettext_lazy("Outbox"), outbox, needs_database=True),
        Check("seal", gettext_lazy("Trail seal"), seal, needs_database=True),
        Check("database-disk", gettext_lazy("Disk of the database"), database_disk, needs_database=True),
        Check("files-disk", gettext_lazy("Disk of the file store"), disk(lambda: Path(settings.FILES_ROOT))),
        Check(
            "seals-disk",
            gettext_lazy("Disk of the seals"),
            disk(lambda: Path(settings.SEALS_FOLDER), is_written=False),
        ),
        Check(
            "backups-disk",
            gettext_lazy("Disk of the backups"),
            disk(lambda: Path(settings.BACKUPS_FOLDER), is_written=False),
        ),
        Check("var-disk", gettext_lazy("Disk of working files"), disk(lambda: settings.ENV.var)),
        Check("clock", gettext_lazy("Clock"), clock, needs_database=True),
        Check("certificate", gettext_lazy("Certificate"), certificate),
        Check(
            "database-certificate",
            gettext_lazy("Certificate of the database"),
            database_certificate,
            needs_database=True,
        ),
        Check("redis-certificate", gettext_lazy("Certificate of Redis"), redis_certificate),
        Check("client-authority", gettext_lazy("Authority of the cards"), client_authority),
        Check("client-list", gettext_lazy("List of cards taken back"), revoked_cards),
        Check(
            "database-passwords",
            gettext_lazy("Passwords of the database"),
            database_passwords,
            needs_database=True,
        ),
        Check("scanner", gettext_lazy("Virus scanner"), scanner),
        Check("directory", gettext_lazy("Directory"), directory),
        Check("backup", gettext_lazy("Backup"), backup, needs_database=True),
        Check("drill", gettext_lazy("Restore on trial"), drill, needs_database=True),
    )
