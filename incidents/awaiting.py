"""What a decision begins is awaited (çıktı: Yaptırım): a task for each of the proceedings; finding those nobody asks for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from audit import trail
from audit.context import because
from incidents.models import (
    TO_COURT,
    TO_DISCIPLINE,
    Breach,
    Phase,
    Proceedings,
    Sanction,
    State,
    Task,
)

LANGUAGE = "tr"  # of what is kept in records
# After so long somebody asks what came of it, and every week from then on; the day is moved with a reason.
ASKED_AFTER: dict[str, timedelta] = {
    Proceedings.DISCIPLINE: timedelta(days=60),
    Proceedings.COURT: timedelta(days=180),
}
TEXTS: dict[str, str | Promise] = {
    Proceedings.DISCIPLINE: gettext_lazy(
        "Record what came of the disciplinary investigation: the sanction, or that there is none"
    ),
    Proceedings.COURT: gettext_lazy(
        "Record what came of the judicial action: the sanction, or that there is none"
    ),
}
AFTER: tuple[tuple[str, tuple[str, ...]], ...] = (
    (Proceedings.DISCIPLINE, TO_DISCIPLINE),
    (Proceedings.COURT, TO_COURT),
)


def called_for(decision: str) -> tuple[str, ...]:
    """The proceedings a decision begins."""
    return tuple(one for one, decisions in AFTER if decision in decisions)


def unasked(proceedings: str) -> QuerySet[Breach]:
    """Breaches decided for these proceedings whose result nobody was ever asked for, nor told of any sanction."""
    decisions = dict(AFTER)[proceedings]
    asked = Task.objects.filter(breach=OuterRef("pk"), awaits=proceedings)
    told = Sanction.objects.filter(breach=OuterRef("pk"))
    over = (State.REPORTED, State.DISMISSED, State.MERGED)
    return Breach.objects.filter(~Exists(asked), ~Exists(told), decision__in=decisions).exclude(
        state__in=over
    )


def ask_where_missing(now: datetime) -> int:
    """Ask for the sanctions of breaches decided before this was asked; closed ones stay closed while it is awaited."""
    count = 0
    for proceedings, _decisions in AFTER:
        for pk in list(unasked(proceedings).values_list("pk", flat=True)):
            with transaction.atomic(), because(step="ask_for_sanction"):
                breach = Breach.objects.light().select_for_update(of=("self",)).get(pk=pk)
                if unasked(proceedings).filter(pk=pk).exists():
                    begin(breach, [proceedings], now)
                    count += 1
    return count


def begin(breach: Breach, proceedings: list[str], now: datetime) -> None:
    """Await the result of these proceedings from now on; in the caller's transaction."""
    fresh = list(_tasks(breach, proceedings, timezone.localdate(now)))
    if fresh:
        Task.objects.bulk_create(fresh)
        trail.record_many(fresh, "created")


def _tasks(breach: Breach, proceedings: list[str], today: date) -> Iterator[Task]:
    for one in proceedings:
        with translation.override(LANGUAGE):
            text = str(TEXTS[one])
        yield Task(
            breach_id=breach.pk,
            phase=Phase.CLOSE,
            text=text,
            awaits=one,
            due_on=today + ASKED_AFTER[one],
            is_mandatory=breach.closed_at is None,
        )
