"""Whether everything the portal stands on works: small checks, each with its threshold and its sentence.

A floor above or beside offers a check of its own at start: `monitoring.offer(Check("seal", _("Sealing"), look))`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.db import connection, transaction
from django.db.models import Count, Min, Q
from django.db.utils import Error
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from audit import standing
from processes.models import Case, Delivery, DeliveryState, JobOutcome, JobRun

Text = str | Promise
PATIENCE_MS = 3000  # a check that the database cannot answer in this time is an alarm of its own


class Level(StrEnum):
    """How it stands."""

    FINE = "fine"
    LOOK = "look"
    ACT = "act"
    UNKNOWN = "unknown"

    @property
    def weight(self) -> int:
        """For the monitoring: the larger the worse; what was not looked at is below zero."""
        return {Level.FINE: 0, Level.LOOK: 1, Level.ACT: 2, Level.UNKNOWN: -1}[self]

    @property
    def tone(self) -> str:
        """Its colour on the page."""
        return {Level.FINE: "calm", Level.LOOK: "soon", Level.ACT: "late", Level.UNKNOWN: "wait"}[self]

    @property
    def label(self) -> str:
        """Its word on the page."""
        return {
            Level.FINE: _("in order"),
            Level.LOOK: _("look at it"),
            Level.ACT: _("act now"),
            Level.UNKNOWN: _("not set up"),
        }[self]


@dataclass(frozen=True)
class Finding:
    """What a check saw."""

    level: Level
    sentence: Text


@dataclass(frozen=True)
class Check:
    """One thing to look at. `cheap` ones are asked with every reading of the figures too."""

    key: str
    title: Text
    look: Callable[[], Finding]
    needs_database: bool = False
    cheap: bool = True


@dataclass(frozen=True)
class Result:
    """A check's finding under its name."""

    key: str
    title: Text
    level: Level
    sentence: Text


_offered: dict[str, Check] = {}


def offer(*checks: Check) -> None:
    """Add checks; a second offer under the same key takes the first one's place."""
    for check in checks:
        _offered[check.key] = check


def look_at_all(*, cheap: bool = False) -> list[Result]:
    """Every check's finding now. Without the database, checks that need it say so instead of waiting for it."""
    results: list[Result] = []
    is_there = True
    for check in _offered.values():
        if cheap and not check.cheap:
            continue
        found = _looked(check) if is_there or not check.needs_database else _not_looked()
        if check.key == "database":
            is_there = found.level is not Level.ACT
        results.append(Result(check.key, check.title, found.level, found.sentence))
    return results


def worst(results: list[Result]) -> Level:
    """The level of the whole."""
    return max((result.level for result in results), key=lambda level: level.weight, default=Level.FINE)


def _looked(check: Check) -> Finding:
    """What the check saw; one that breaks is an alarm and keeps none of the others from being looked at."""
    try:
        if not check.needs_database:
            return check.look()
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {PATIENCE_MS}")
            return check.look()
    except Error as error:
        connection.close_if_unusable_or_obsolete()
        return Finding(Level.ACT, _("Could not be looked at: %(kind)s.") % {"kind": type(error).__name__})
    except Exception as error:  # noqa: BLE001 - a check that breaks is itself the finding; the others are still looked at
        return Finding(Level.ACT, _("Could not be looked at: %(kind)s.") % {"kind": type(error).__name__})


def _not_looked() -> Finding:
    return Finding(Level.ACT, _("Not looked at: the database does not answer."))


def last_success(job: str) -> JobRun | None:
    """The newest run of a job that ended well."""
    done = JobRun.objects.filter(job=job, outcome=JobOutcome.DONE, ended_at__isnull=False)
    return done.order_by("-ended_at").first()


def figures() -> dict[str, tuple[str, float]]:
    """What waits, as numbers for the monitoring."""
    now = timezone.now()
    outbox = Delivery.objects.exclude(state=DeliveryState.SENT).aggregate(
        due=Count("pk", filter=Q(state=DeliveryState.DUE)),
        stuck=Count("pk", filter=Q(state=DeliveryState.STUCK)),
        oldest=Min("made_at", filter=Q(state=DeliveryState.DUE, next_at__lte=now)),
    )
    cases = Case.objects.filter(closed_at__isnull=True).aggregate(
        open=Count("pk"), overdue=Count("pk", filter=Q(due_at__lt=now, waiting_since__isnull=True))
    )
    day = now - timedelta(days=1)
    jobs = JobRun.objects.filter(started_at__gte=day).aggregate(
        done=Count("pk", filter=Q(outcome=JobOutcome.DONE)),
        failed=Count("pk", filter=Q(outcome=JobOutcome.FAILED)),
    )
    lag = standing.standing(now).lag
    age = (now - outbox["oldest"]).total_seconds() if outbox["oldest"] else 0.0
    return {
        "outbox_due": ("Deliveries waiting to be sent", outbox["due"]),
        "outbox_stuck": ("Deliveries that need a person", outbox["stuck"]),
        "outbox_oldest_seconds": ("Age of the oldest delivery that is due", age),
        "cases_open": ("Open cases", cases["open"]),
        "cases_overdue": ("Open cases past their due date", cases["overdue"]),
        "jobs_done_day": ("Lines of the ledger of jobs that ended well within a day", jobs["done"]),
        "seal_lag_seconds": ("Age of the oldest entry of the trail without a seal", lag.total_seconds()),
        "jobs_failed_day": ("Lines of the ledger of jobs that failed within a day", jobs["failed"]),
    }
