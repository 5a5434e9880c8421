"""The public breach form (5.3.2.1, Ek-5 5.1.4): anybody reports, with or without a name, and follows the report by a code.

The code is shown once and kept only as a keyed hash. Who asks by it learns one of three words, never anything of the matter.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import sealed
from accounts.models import Grant, User
from accounts.queries import people_with_role
from accounts.roles import Role
from audit.context import placeless, signed_in
from incidents import merged, workflow
from incidents.models import Breach, State
from processes import uploads
from processes.errors import DomainError
from processes.gate import save
from processes.models import Channel, Document, DocumentKind, Revision

DESK = "kamuya.acik.ihlal.formu"
KIND = "breach-code"
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # none that are taken for another
GROUPS, LENGTH = 4, 4
MOST_FILES = 5


class FormClosed(DomainError):
    """Nobody heads the unit yet, so nobody could answer for the form."""

    code = "form-closed"
    status = 503
    title = gettext_lazy("The form is not open yet")


class Status(models.TextChoices):
    """All that a reporter learns."""

    RECEIVED = "received", gettext_lazy("Report received")
    EXAMINED = "examined", gettext_lazy("Being examined")
    CONCLUDED = "concluded", gettext_lazy("Concluded")


def status_of(breach: Breach) -> Status:
    """The word for a reporter; of a report that was merged, that of the breach that goes on."""
    found = merged.going_on(breach)
    if not found.is_open:
        return Status.CONCLUDED
    return Status.RECEIVED if found.state == State.REPORTED else Status.EXAMINED


def fresh_code() -> str:
    """A code nobody guesses: XXXX-XXXX-XXXX-XXXX, about 78 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _place in range(LENGTH)) for _group in range(GROUPS))


def normal(code: str) -> str:
    """The code as it was given out, however it was typed."""
    return re.sub(r"[^0-9A-Z]", "", code.upper().replace("İ", "I"))


def found_by(code: str) -> Breach | None:
    """The breach a code follows; None for a code nobody was given."""
    typed = normal(code)
    if len(typed) != GROUPS * LENGTH:
        return None
    return Breach.objects.light().filter(tracking_hash__in=sealed.tokens(KIND, typed)).first()


def reported_by(user: User) -> models.QuerySet[Breach]:
    """What a signed-in person reported, newest first; of these they learn the status and nothing else."""
    reports = Breach.objects.light().filter(applicant=user).order_by("-reported_at", "-pk")
    return merged.with_links(reports)


def receive(
    *,
    title: str,
    description: str,
    system: str = "",
    occurred_at: datetime | None = None,
    is_ongoing: bool | None = None,
    name: str = "",
    contact: str = "",
    uploads: Iterable[Any] = (),
    now: datetime | None = None,
) -> tuple[Breach, str]:
    """A report over the public form and the code it is followed by. Files are looked through before anything is kept.

    The form promises that the visitor's address is not kept with the report: in a hospital it is the desk of who
    reported, and the trail keeps what is written into it for good.
    """
    desk = public_desk()
    code = fresh_code()
    with placeless(), signed_in(desk), transaction.atomic():
        breach = workflow.report(
            by=desk,
            title=title,
            description=description,
            channel=Channel.WEB_FORM,
            applicant_name=name,
            applicant_contact=contact,
            system=system,
            occurred_at=occurred_at,
            is_ongoing=is_ongoing,
            tracking_hash=sealed.token(KIND, normal(code)),
            now=now,
        )
        for upload in uploads:
            _keep(breach, desk, upload)
    return breach, code


def _keep(breach: Breach, desk: User, upload: Any) -> None:
    """A file of the report: examined by its content, kept under its SHA-256, for the unit's eyes only."""
    kept, file_name = uploads.take_in(upload)
    document = Document(
        case_id=breach.pk,
        kind=DocumentKind.EVIDENCE,
        title=file_name,
        is_internal=True,
        added_by=desk,
    )
    save(document)
    save(Revision(document=document, number=1, file=kept, file_name=file_name, added_by=desk))


def public_desk() -> User:
    """The account in whose name the public form registers; made when the first report comes in."""
    found: User | None = User.objects.filter(username=DESK).first()
    if found is not None:
        return found
    head = next(iter(people_with_role(Role.UNIT_HEAD)), None)
    if head is None:
        raise FormClosed(_("The form is not open yet. Call the directorate."))
    with placeless(), transaction.atomic(), signed_in(head):
        desk: User
        desk, made = User.objects.get_or_create(
            username=DESK,
            defaults={
                "first_name": "Kamuya Açık",
                "last_name": "İhlal Formu",
                "institution": head.institution,
                "is_technical": True,
            },
        )
        if made:
            desk.set_unusable_password()
            desk.save(update_fields=("password",))
            Grant.objects.create(
                user=desk,
                role=Role.REQUESTING_STAFF,
                valid_from=desk.date_joined.date(),
                reason="5.3.2.1",
                granted_by=head,
            )
    return desk
