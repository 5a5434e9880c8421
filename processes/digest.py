"""The daily e-mail about what is unread: one a person, with case numbers and steps and nothing personal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext, ngettext

from accounts.models import User
from processes import inbox, jobs, outbox
from processes.models import Case, Delivery, DigestChoice, InboxItem

KIND = "digest"
LISTED = 50
AT_ONCE = 200


def wants(user: User) -> bool:
    """Whether the person wants the daily e-mail."""
    return not DigestChoice.objects.filter(user=user, is_wanted=False).exists()


def choose(user: User, wanted: bool) -> None:
    """Switch the person's daily e-mail on or off."""
    DigestChoice.objects.update_or_create(user=user, defaults={"is_wanted": wanted})


def gather(now: datetime) -> jobs.Counts:
    """Ask the outbox for an e-mail to everybody who has unread messages not yet mailed."""
    day = timezone.localdate(now).isoformat()
    waiting = (
        User.objects.filter(is_active=True, inbox__read_at__isnull=True, inbox__mailed_at__isnull=True)
        .filter(inbox__made_at__lte=now)
        .exclude(email="")
        .exclude(digest_choice__is_wanted=False)
        .order_by("pk")
        .values_list("pk", flat=True)
        .distinct()
    )
    people = list(waiting)
    for start in range(0, len(people), AT_ONCE):
        with transaction.atomic():
            for pk in people[start : start + AT_ONCE]:
                outbox.enqueue(KIND, {"user": pk}, key=f"digest:{pk}:{day}")
    return {"people": len(people)}


def letter(user: User, items: list[InboxItem], key: str) -> EmailMultiAlternatives:
    """The e-mail in the reader's language; its Message-ID stays the same when it is sent again."""
    with translation.override(user.language):
        lines = Counter((item.case.number, _step(item)) if item.case else ("", "") for item in items[:LISTED])
        values = {
            "lines": [
                {"number": number, "step": step, "count": count}
                for (number, step), count in sorted(lines.items())
            ],
            "is_cut": len(items) > LISTED,
            "inbox_url": settings.BASE_URL + reverse("inbox"),
            "choice_url": settings.BASE_URL + reverse("feed-key"),
        }
        count = min(len(items), LISTED)
        subject = ngettext("SBS: %(count)d unread message", "SBS: %(count)d unread messages", count) % {
            "count": count
        }
        mail = EmailMultiAlternatives(
            subject=subject,
            body=render_to_string("processes/mail/digest.txt", values),
            to=[user.email],
            headers={
                "Message-ID": f"<{key.replace(':', '.')}@{_domain()}>",
                "Auto-Submitted": "auto-generated",
            },
        )
        mail.attach_alternative(render_to_string("processes/mail/digest.html", values), "text/html")
    return mail


def _step(item: InboxItem) -> str:
    step = item.case.step if item.case else None
    return f"{step.number} {step.short_name}" if step else gettext("closed")


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


def _receiver(delivery: Delivery) -> User | None:
    """Whom it goes to; nobody when they left the house."""
    return User.objects.filter(pk=delivery.payload["user"], is_active=True).exclude(email="").first()


def _unread(user: User) -> QuerySet[InboxItem]:
    """What the person neither read nor was written about."""
    return inbox.own(user).filter(read_at__isnull=True, mailed_at__isnull=True)


def _cases(delivery: Delivery) -> Iterable[Case]:
    """The cases it speaks of."""
    user = _receiver(delivery)
    if user is None:
        return []
    return Case.objects.filter(pk__in=_unread(user).order_by().values("case"))


@outbox.handler(KIND, about=_cases)
def send(delivery: Delivery) -> None:
    """Write and send one person's digest; what was read meanwhile is left out."""
    user = _receiver(delivery)
    if user is None:
        return
    unread = _unread(user)
    items = list(unread.select_related("case__step").defer("case__search").order_by("-id")[: LISTED + 1])
    if not items:
        return
    letter(user, items, delivery.key).send()
    unread.filter(pk__lte=items[0].pk).update(mailed_at=timezone.now())
