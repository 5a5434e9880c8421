"""The renewal window: who is reminded when. Found in the database, told once, and the same whenever it runs."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext, gettext_noop

from accounts.queries import people_with_role
from accounts.roles import Role
from esignature.models import WINDOWS, Certificate, CertificateState, ExpiryNotice
from processes import inbox, jobs, outbox
from processes.models import Delivery

KIND = "certificate-expiry"
AT_ONCE = 500


def remind(now: datetime) -> jobs.Counts:
    """Remind of certificates that have come within 90, 60 or 30 days of their end; once for each window."""
    told = 0
    while batch := _due(now):
        told += _tell(batch, now)
    return {"certificates": told}


def window_of(days: int) -> int | None:
    """The narrowest window a number of days lies in."""
    return min((window for window in WINDOWS if days <= window), default=None)


def follow(certificate: Certificate) -> None:
    """The last day was corrected: reminders of windows it has not come to yet were given for another day and do not count."""
    assert certificate.valid_until is not None
    window = window_of((certificate.valid_until - timezone.localdate()).days)
    given = ExpiryNotice.objects.filter(certificate=certificate)
    if window is not None:
        given = given.filter(window__lt=window)
    given.delete()


def _due(now: datetime) -> list[Certificate]:
    """Certificates of people who work here, in a window nobody was told of. One told of a narrower is past the wider."""
    today = timezone.localdate(now)
    found: list[Certificate] = []
    for wider, window in zip((*WINDOWS[1:], -1), WINDOWS, strict=True):
        told = ExpiryNotice.objects.filter(certificate=OuterRef("pk"), window__lte=window)
        rows = Certificate.objects.filter(
            ~Exists(told),
            state=CertificateState.ACTIVE,
            holder__left_on__isnull=True,
            valid_until__gt=today + timedelta(days=wider),
            valid_until__lte=today + timedelta(days=window),
        )
        found += rows.select_related("holder__user", "holder__institution").order_by("valid_until", "pk")[
            : AT_ONCE - len(found)
        ]
    return found


def _tell(certificates: list[Certificate], now: datetime) -> int:
    """Write the reminders down and give them: the holder by inbox and e-mail, institutions' heads and the unit by number."""
    today = timezone.localdate(now)
    places: dict[int, int] = defaultdict(int)
    with transaction.atomic():
        fresh = [
            ExpiryNotice(certificate=one, window=window, told_at=now)
            for one in certificates
            if (days := one.days_left(today)) is not None and (window := window_of(days)) is not None
        ]
        ExpiryNotice.objects.bulk_create(fresh)
        for notice in fresh:
            one = notice.certificate
            places[one.holder.institution_id] += 1
            if one.holder.user is not None:
                inbox.tell(
                    [one.holder.user],
                    None,
                    gettext_noop("Your certificate ends within %(days)d days; renew it while it is valid."),
                    path=one.get_absolute_url(),
                    days=notice.window,
                )
            if one.holder.email:
                ends = f"{one.valid_until:%Y%m%d}"  # a corrected last day is a reminder of its own
                outbox.enqueue(
                    KIND,
                    {"certificate": one.pk, "window": notice.window},
                    key=f"{KIND}:{one.pk}:{ends}:{notice.window}",
                )
        _tell_the_unit(len(fresh))
        _tell_heads(places)
    return len(fresh)


def _tell_the_unit(count: int) -> None:
    path = f"{reverse('esignature-certificates')}?standing=within90"
    text = gettext_noop("%(count)d certificates have come nearer to their end; ask for their renewal.")
    inbox.tell(people_with_role(Role.IT_LEAD, Role.IT_OFFICER), None, text, path=path, count=count)


def _tell_heads(places: dict[int, int]) -> None:
    path = f"{reverse('esignature-certificates')}?standing=within90"
    text = gettext_noop("%(count)d certificates in your institution have come nearer to their end.")
    for head in people_with_role(Role.REQUESTING_UNIT_HEAD):
        if head.institution_id in places:
            inbox.tell([head], None, text, path=path, count=places[head.institution_id])


@outbox.handler(KIND)
def send(delivery: Delivery) -> None:
    """The reminder by e-mail; not sent when the certificate was renewed, ended or corrected, or the holder left, meanwhile."""
    one = (
        Certificate.objects.filter(pk=delivery.payload["certificate"], state=CertificateState.ACTIVE)
        .select_related("holder__user")
        .first()
    )
    left = one.days_left() if one is not None else None
    if one is None or not one.holder.is_here or not one.holder.email or left is None:
        return
    if left > delivery.payload.get("window", WINDOWS[0]):
        return
    language = one.holder.user.language if one.holder.user else settings.LANGUAGE_CODE
    with translation.override(language):
        address = settings.BASE_URL + one.get_absolute_url()
        EmailMessage(
            subject=gettext("SBS: a certificate nears its end"),
            body=render_to_string("esignature/mail/expiry.txt", {"certificate": one, "address": address}),
            to=[one.holder.email],
            headers={
                "Message-ID": f"<{delivery.key.replace(':', '.')}@{_domain()}>",
                "Auto-Submitted": "auto-generated",
            },
        ).send()


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
