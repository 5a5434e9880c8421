"""Telling of what is still due after a breach: barriers, reviews, actions, sanctions; and asking for those forgotten.

The next phases of notices are reminded of beside the 72 hours (incidents.reminding).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.queries import people_with_role
from accounts.roles import Role
from incidents.models import FollowUp, FollowUpKind, Telling
from processes import inbox

AGAIN = timedelta(days=7)
DUE = gettext_noop("%(number)s: something is due since %(due)s.")
SANCTION = gettext_noop(
    "%(number)s: since %(due)s somebody has to ask what came of the proceedings. Record the sanction, or that there is "
    "none."
)


def tell_due(now: datetime) -> int:
    """Tell who answers for what is due, on the day itself and every week after; the leads, of what is nobody's.

    Whoever was not told on the day, because nobody looked that day, is told the next time somebody looks.
    """
    today = timezone.localdate(now)
    leads = people_with_role(Role.HIS_LEAD, on=today)
    rows = FollowUp.objects.due(now).untold(today - AGAIN)
    due = list(rows.exclude(kind=FollowUpKind.PHASE).told())
    with transaction.atomic():
        for one in due:
            people = inbox.answering(one.owner, leads)
            text = SANCTION if one.kind == FollowUpKind.SANCTION else DUE
            path = one.get_absolute_url()
            inbox.tell(people, one.breach, text, path=path, due=f"{one.due_on:%d.%m.%Y}")
        Telling.objects.write_down((one.key for one in due), on=today)
    return len(due)
