"""The daily e-mail with the trail's seal: a copy in many mailboxes is one nobody can take back."""

from __future__ import annotations

from datetime import datetime
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.queries import people_with_role
from accounts.roles import Role
from audit import anchoring, epochs, keys, publishing
from audit.models import AnchorKind, Checkpoint
from processes import jobs, outbox
from processes.models import Delivery

KIND = "seal"


def gather(now: datetime) -> jobs.Counts:
    """Ask the outbox for an e-mail with the newest seal to each unit head and to every address of the settings."""
    newest = anchoring.latest()
    if newest is None:
        return {"people": 0}
    day = timezone.localdate(now).isoformat()
    heads = [user.email for user in people_with_role(Role.UNIT_HEAD) if user.email]
    addresses = list(dict.fromkeys([*heads, *settings.SEAL_MAIL_TO]))
    with transaction.atomic():
        for place, address in enumerate(addresses):
            outbox.enqueue(KIND, {"to": address, "seal": newest.number}, key=f"seal:{day}:{place}")
    return {"people": len(addresses)}


def letter(to: str, seal: Checkpoint, key: str) -> EmailMessage:
    """The e-mail: the signed note, word for word, and what to do with it."""
    with translation.override(settings.LANGUAGE_CODE):
        body = render_to_string(
            "processes/mail/seal.txt",
            {"note": seal.note, "key": keys.verifier().text, "restores": epochs.answered_restores()},
        )
        subject = _("SBS: seal %(number)d of the trail over %(size)d entries") % {
            "number": seal.number,
            "size": seal.tree_size,
        }
    mail = EmailMessage(
        subject=subject,
        body=body,
        to=[to],
        headers={"Message-ID": f"<{key.replace(':', '.')}@{_domain()}>", "Auto-Submitted": "auto-generated"},
    )
    mail.attach(f"{seal.tree_size:015d}-{seal.epoch}.txt", seal.note, "text/plain")
    return mail


@outbox.handler(KIND)
def send(delivery: Delivery) -> None:
    """Send one copy, and remember that this seal has left the house."""
    seal = Checkpoint.objects.get(number=delivery.payload["seal"])
    letter(delivery.payload["to"], seal, delivery.key).send()
    publishing.record(seal, AnchorKind.MAIL)


def _domain() -> str:
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
