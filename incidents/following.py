"""Telling of what is still due after a breach: barriers to be verified, reviews to be held, actions to be carried out."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from accounts.queries import people_with_role
from accounts.roles import Role
from incidents.models import FollowUp
from processes import inbox

AGAIN = timedelta(days=7)


def tell_due(now: datetime) -> int:
    """Tell who answers for what is due, on the day itself and every week after; the leads, of what is nobody's."""
    today = timezone.localdate(now)
    leads = people_with_role(Role.HIS_LEAD, on=today)
    due = [one for one in FollowUp.objects.due(now).told() if (today - one.due_on) % AGAIN == timedelta(0)]
    with transaction.atomic():
        for one in due:
            people = [one.owner] if one.owner else leads
            text = gettext_noop("%(number)s: something is due since %(due)s.")
            inbox.tell(people, one.breach, text, due=f"{one.due_on:%d.%m.%Y}")
    return len(due)
