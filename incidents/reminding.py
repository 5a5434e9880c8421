"""Reminding of the 72 hours (KVKK m. 12/5): at 24, 12 and 4 hours left and when they are over, each once.

Worked out from the database, so that the task may run twice, late or not for a while: what was missed is gathered into
the most urgent reminder.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from accounts.queries import people_with_role
from accounts.roles import Role
from incidents.countdown import MARKS, SPAN, deadline, marks_passed
from incidents.models import Breach, Reminder
from processes import inbox, outbox
from processes.confidential import who_know
from processes.models import Case, Delivery

KIND = "breach-clock"
AT_ONCE = 200
FIRST = SPAN - timedelta(hours=max(MARKS))
LEFT = gettext_noop(
    "%(number)s: %(hours)s of the 72 hours are left (until %(by)s). Tell the Board or have it settled."
)
OVER = gettext_noop(
    "%(number)s: the 72 hours are over since %(by)s. Tell the Board now and write why it is late."
)


def give_due(now: datetime) -> int:
    """Give every reminder that has come due; says how many breaches were reminded of."""
    running = Breach.objects.clock_running().filter(learned_at__lte=now - FIRST).order_by("learned_at", "pk")
    return sum(_remind(pk, now) for pk in list(running.values_list("pk", flat=True)[:AT_ONCE]))


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


def people_to_remind(breach: Breach, now: datetime) -> list[User]:
    """Whose desk the breach is on, the leads and the unit head, each once; nobody who does not know of it any more."""
    found = people_with_role(Role.HIS_LEAD, Role.UNIT_HEAD, on=timezone.localdate(now))
    if breach.assignee is not None and breach.assignee not in found:
        found = [breach.assignee, *found]
    return who_know(breach, found)


def _breach(delivery: Delivery) -> QuerySet[Case]:
    """The breach it reminds of."""
    return Case.objects.filter(pk=delivery.payload["breach"])


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
