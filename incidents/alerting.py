"""Telling the people on call (Ek-5 5.1.6, 5.1.9): one after the other, until somebody acknowledges.

The chain is the officer on call, the deputy, the leads and the unit head. Who does not acknowledge in time is passed over:
the next is told. Everything is worked out from the database, so the task that looks every minute may run twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.authority import roles_of, works_in_unit
from accounts.models import User
from accounts.queries import people_with_role
from accounts.roles import CONFIDENTIAL_STAFF, Role
from audit import events, trail
from audit.context import because
from incidents.behalf import in_whose_right
from incidents.models import EMERGENCIES, Alert, Breach, Level, Shift, State
from processes import inbox, outbox, sweeping
from processes.errors import NotPermitted, WrongState
from processes.models import Case, Delivery
from processes.services import cases

KIND = "breach-alert"
SUSPICION_TAKES = 4  # a suspicion (level C) may wait so many times longer
AT_ONCE = 100

events.name_events(
    alert_acknowledged=gettext_lazy("Alert acknowledged"),
    alert_passed_on=gettext_lazy("Alert passed on to the next person"),
)


def time_for(level: str) -> timedelta:
    """How long a person has to acknowledge."""
    minutes = settings.INCIDENTS_ACKNOWLEDGE_MINUTES
    return timedelta(minutes=minutes if level in EMERGENCIES else minutes * SUSPICION_TAKES)


def chain(now: datetime) -> Iterator[User]:
    """Who is told, in order; asked of the database only as far as needed."""
    told: set[int] = set()
    for people in _places(now):
        for person in people:
            if person.is_active and person.pk not in told:
                told.add(person.pk)
                yield person


def _places(now: datetime) -> Iterator[Iterable[User]]:
    shift = Shift.objects.at(now).select_related("officer", "deputy").first()
    if shift is not None:
        yield (shift.officer, shift.deputy)
    day = timezone.localdate(now)
    yield people_with_role(Role.HIS_LEAD, on=day)
    yield people_with_role(Role.UNIT_HEAD, on=day)


def begin(breach: Breach, now: datetime, *, is_ongoing: bool = False) -> Alert | None:
    """Tell the first of the chain, in the transaction that opens the breach; None when nobody is there at all.

    What is still going on does not wait as a suspicion does, whatever its level: until somebody has looked.
    """
    first = next(chain(now), None)
    time = time_for(Level.B if is_ongoing and breach.level not in EMERGENCIES else breach.level)
    return _tell(breach, first, 0, now, time) if first is not None else None


def pass_on_due(now: datetime) -> int:
    """Tell the next person wherever the last one has not acknowledged in time; says how many were told."""
    waiting = Alert.objects.unanswered().filter(answer_by__lte=now, breach__state=State.REPORTED)
    people = list(chain(now)) if waiting.exists() else []
    told = 0
    for pk in sweeping.keys(_with_somebody_left(waiting, people), "answer_by", AT_ONCE):
        with transaction.atomic(), because(step="pass_on_alert"):
            told += _pass_on(pk, people, now)
    return told


def _with_somebody_left(alerts: QuerySet[Alert], people: list[User]) -> QuerySet[Alert]:
    """Those of whose breach somebody in the chain was not told yet; where its end was reached nothing can be passed on."""
    told = Alert.objects.filter(breach=OuterRef("breach"), person__in=people).order_by().values("breach")
    reached = Coalesce(Subquery(told.values(people=Count("person", distinct=True))), 0)
    return alerts.annotate(reached=reached).filter(reached__lt=len(people))


def _pass_on(pk: int, people: list[User], now: datetime) -> bool:
    """Pass one alert on under its lock; nothing happens when another run did, or when the chain has ended."""
    alert = Alert.objects.unanswered().select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
    if alert is None:
        return False
    earlier = set(Alert.objects.filter(breach=alert.breach_id).values_list("person", flat=True))
    following = next((person for person in people if person.pk not in earlier), None)
    if following is None:
        return False
    alert.passed_on_at = now
    alert.save(update_fields=("passed_on_at",))
    breach = Breach.objects.light().get(pk=alert.breach_id)
    trail.record(breach, "alert_passed_on", {"rank": alert.rank + 1})
    given = min(
        alert.answer_by - alert.told_at, time_for(breach.level)
    )  # once hurried, hurried for everybody
    _tell(breach, following, alert.rank + 1, now, given)
    return True


def _tell(breach: Breach, person: User, rank: int, now: datetime, time: timedelta) -> Alert:
    alert = Alert.objects.create(breach=breach, person=person, rank=rank, told_at=now, answer_by=now + time)
    outbox.enqueue(KIND, {"alert": alert.pk}, key=f"{KIND}:{alert.pk}")
    inbox.tell(
        [person],
        breach,
        gettext_noop("%(number)s: a breach was reported. Acknowledge it by %(by)s."),
        path=breach.get_absolute_url(),
        by=f"{timezone.localtime(alert.answer_by):%H:%M}",
    )
    return alert


def hurry(breach: Breach) -> None:
    """The level went up: whoever was told last has only the shorter time."""
    for alert in Alert.objects.unanswered().filter(breach=breach).select_for_update():
        alert.answer_by = min(alert.answer_by, alert.told_at + time_for(breach.level))
        alert.save(update_fields=("answer_by",))


def acknowledge(breach: Breach, *, by: User, now: datetime | None = None) -> Alert:
    """Somebody of those who know of breaches takes it on: the chain ends here, and it is on their desk if on nobody's."""
    now = now or timezone.now()
    behalf = in_whose_right(by, breach=breach)
    with transaction.atomic(), because(step="acknowledge_alert", on_behalf_of=behalf, by=by):
        # The breach before its alert, as everywhere; passing on only refers to it and does not wait.
        locked = Breach.objects.light().select_for_update(of=("self",), no_key=True).get(pk=breach.pk)
        alert = (
            Alert.objects.filter(breach=breach, passed_on_at__isnull=True)
            .select_for_update(of=("self",))
            .order_by("rank")
            .last()
        )
        if alert is None or alert.acknowledged_at is not None:
            raise WrongState(_("Nothing waits for an acknowledgement here."))
        if not _may_acknowledge(breach, by):
            raise NotPermitted(_("Only those told of the breach acknowledge it."))
        alert.acknowledged_at, alert.acknowledged_by, alert.acknowledged_for = now, by, behalf
        alert.save(update_fields=("acknowledged_at", "acknowledged_by", "acknowledged_for"))
        trail.record(breach, "alert_acknowledged", {"rank": alert.rank})
        if locked.assignee_id is None and locked.is_open and works_in_unit(by):
            cases.assign(locked, by=by, to=by)
    return alert


def _may_acknowledge(breach: Breach, by: User) -> bool:
    return bool(roles_of(by) & CONFIDENTIAL_STAFF) or Alert.objects.filter(breach=breach, person=by).exists()


def _breach(delivery: Delivery) -> QuerySet[Case]:
    """The breach it calls to."""
    return Case.objects.filter(pk__in=Alert.objects.filter(pk=delivery.payload["alert"]).values("breach"))


@outbox.handler(KIND, about=_breach)
def send(delivery: Delivery) -> None:
    """The e-mail that wakes somebody up: a link and the time, nothing of the matter and nobody's name."""
    alert = Alert.objects.select_related("person").filter(pk=delivery.payload["alert"]).first()
    if alert is None or not alert.person.is_active or not alert.person.email:
        return
    if alert.acknowledged_at is not None or alert.passed_on_at is not None:
        return
    with translation.override(alert.person.language):
        EmailMessage(
            subject=_("SBS: a report waits for your acknowledgement"),
            body=_(
                "A report that concerns the people on call came in. Acknowledge it by %(by)s; after that the next "
                "person is told.\n\n%(address)s\n\nThis message says nothing of the matter itself on purpose."
            )
            % {
                "by": f"{timezone.localtime(alert.answer_by):%d.%m.%Y %H:%M}",
                "address": settings.BASE_URL + reverse("breach-alerts"),
            },
            to=[alert.person.email],
            headers={"Auto-Submitted": "auto-generated", "Importance": "high"},
        ).send()
