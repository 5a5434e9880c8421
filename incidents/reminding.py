"""Reminding of the 72 hours (KVKK m. 12/5): at 24, 12 and 4 hours left and when they are over, each once.

Worked out from the database, so that the task may run twice, late or not for a while: what was missed is gathered into
the most urgent reminder. An incomplete notice is reminded of by the day: three days and one day before its next phase is
due, on the day, and every day until that phase is given; the day of the last reminder is written down, so that a day on
which nobody looked is made up for.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from accounts.queries import people_with_role
from accounts.roles import Role
from incidents.countdown import MARKS, SPAN, deadline, marks_passed
from incidents.models import Breach, NoticePhase, Reminder, Telling
from processes import inbox, outbox, sweeping
from processes.confidential import who_know
from processes.models import Case, Delivery

KIND, PHASE = "breach-clock", "breach-phase"
DAYS_BEFORE = (3, 1)
AT_ONCE = 200
LEFT = gettext_noop(
    "%(number)s: %(hours)s of the 72 hours are left (until %(by)s). Tell the Board or have it settled."
)
OVER = gettext_noop(
    "%(number)s: the 72 hours are over since %(by)s. Tell the Board now and write why it is late."
)
PHASE_AHEAD = gettext_noop("%(number)s: the next phase of an incomplete notice is due on %(day)s.")
PHASE_OVER = gettext_noop(
    "%(number)s: the next phase of an incomplete notice is due since %(day)s. Give it now."
)


def give_due(now: datetime) -> int:
    """Give every reminder that has come due; says how many breaches were reminded of."""
    running = Breach.objects.clock_running().filter(_with_a_mark_to_tell(now))
    return sum(_remind(pk, now) for pk in sweeping.keys(running, "learned_at", AT_ONCE))


def _with_a_mark_to_tell(now: datetime) -> Q:
    """A mark has passed of which nobody was reminded; whoever was reminded of every one needs nothing more."""
    found = Q()
    for mark in MARKS:
        given = Reminder.objects.filter(
            breach=OuterRef("pk"), learned_at=OuterRef("learned_at"), hours_left=mark
        )
        passed = now.astimezone(UTC) - SPAN + timedelta(hours=mark)
        found |= Q(learned_at__lte=passed) & ~Q(Exists(given))
    return found


def _remind(pk: int, now: datetime) -> bool:
    with transaction.atomic():
        breach = (
            Breach.objects.clock_running()
            .select_for_update(of=("self",))
            .select_related("assignee")
            .light()
            .filter(pk=pk)
            .first()
        )
        if breach is None:
            return False
        given = set(
            Reminder.objects.filter(breach=breach, learned_at=breach.learned_at).values_list(
                "hours_left", flat=True
            )
        )
        fresh = [mark for mark in marks_passed(breach.learned_at, now) if mark not in given]
        if not fresh:
            return False
        Reminder.objects.bulk_create(
            Reminder(breach=breach, learned_at=breach.learned_at, hours_left=mark, given_at=now)
            for mark in fresh
        )
        mark = fresh[-1]
        people = people_to_remind(breach, now)
        by = f"{timezone.localtime(deadline(breach.learned_at)):%d.%m.%Y %H:%M}"
        inbox.tell(people, breach, LEFT if mark else OVER, hours=mark, by=by)
        for person in people:
            key = f"{KIND}:{breach.pk}:{breach.learned_at:%Y%m%dT%H%M%S}:{mark}:{person.pk}"
            outbox.enqueue(KIND, {"breach": breach.pk, "person": person.pk, "mark": mark}, key=key)
    return True


def give_phases_due(now: datetime) -> int:
    """Remind of the next phases of incomplete notices, once a day; says how many were reminded of."""
    today = timezone.localdate(now)
    rows = NoticePhase.objects.open().filter(due_on__lte=today + timedelta(days=max(DAYS_BEFORE)))
    found = list(rows.select_related("breach__assignee").defer("breach__search"))
    told_on = Telling.objects.last_days(one.follow_up_key for one in found)
    due = [
        one for one in found if told_on.get(one.follow_up_key, date.min) < _day_of_the_mark(one.due_on, today)
    ]
    with transaction.atomic():
        for one in due:
            people = people_to_remind(one.breach, now)
            path = f"{one.breach.get_dossier_url()}#clock"
            text = PHASE_OVER if one.due_on < today else PHASE_AHEAD
            inbox.tell(people, one.breach, text, path=path, day=f"{one.due_on:%d.%m.%Y}")
            for person in people:
                key = f"{PHASE}:{one.pk}:{today:%Y%m%d}:{person.pk}"
                outbox.enqueue(
                    PHASE, {"breach": one.breach_id, "phase": one.pk, "person": person.pk}, key=key
                )
        Telling.objects.write_down((one.follow_up_key for one in due), on=today)
    return len(due)


def _day_of_the_mark(due_on: date, today: date) -> date:
    """The day since which somebody should have been told: that of the last mark before the phase is due, then every day."""
    left = (due_on - today).days
    if left <= 0:
        return today
    return due_on - timedelta(days=min(mark for mark in DAYS_BEFORE if left <= mark))


def people_to_remind(breach: Breach, now: datetime) -> list[User]:
    """Whose desk the breach is on, the leads and the unit head, each once; nobody who does not know of it any more."""
    found = people_with_role(Role.HIS_LEAD, Role.UNIT_HEAD, on=timezone.localdate(now))
    if breach.assignee is not None and breach.assignee not in found:
        found = [breach.assignee, *found]
    return who_know(breach, found)


def _breach(delivery: Delivery) -> QuerySet[Case]:
    """The breach it reminds of."""
    return Case.objects.filter(pk=delivery.payload["breach"])


@outbox.handler(PHASE, about=_breach)
def send_phase(delivery: Delivery) -> None:
    """The e-mail about an incomplete notice: the day and where to look, nothing of the matter; none once it was given."""
    payload = delivery.payload
    phase = NoticePhase.objects.open().filter(pk=payload["phase"]).first()
    person = User.objects.filter(pk=payload["person"], is_active=True).exclude(email="").first()
    if phase is None or person is None:
        return
    with translation.override(person.language):
        EmailMessage(
            subject=_("SBS: a notice is incomplete"),
            body=_("The next phase is due on %(day)s. Look at it in the portal:\n\n%(address)s")
            % {
                "day": f"{phase.due_on:%d.%m.%Y}",
                "address": settings.BASE_URL + reverse("breach-register") + "?clock=phase",
            },
            to=[person.email],
            headers={"Auto-Submitted": "auto-generated", "Importance": "high"},
        ).send()


@outbox.handler(KIND, about=_breach)
def send(delivery: Delivery) -> None:
    """The e-mail: how long is left and where to look, nothing of the matter; none when it was settled meanwhile."""
    payload = delivery.payload
    breach = Breach.objects.clock_running().light().filter(pk=payload["breach"]).first()
    person = User.objects.filter(pk=payload["person"], is_active=True).exclude(email="").first()
    if breach is None or person is None:
        return
    with translation.override(person.language):
        by = f"{timezone.localtime(deadline(breach.learned_at)):%d.%m.%Y %H:%M}"
        subject = (
            _("SBS: %(hours)d hours of a legal deadline are left") % {"hours": payload["mark"]}
            if payload["mark"]
            else _("SBS: a legal deadline is over")
        )
        EmailMessage(
            subject=subject,
            body=_("The deadline is %(by)s. Look at it in the portal:\n\n%(address)s")
            % {"by": by, "address": settings.BASE_URL + reverse("breach-register") + "?clock=running"},
            to=[person.email],
            headers={"Auto-Submitted": "auto-generated", "Importance": "high"},
        ).send()
