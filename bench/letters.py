"""Packages to deliver: each a letter of its own, as heavy as the real one it is made from."""

from __future__ import annotations

import uuid
from datetime import timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from accounts.services import rights
from ebys import eyp
from ebys.eyp.draft import DraftAttachment, DraftLetter, write_draft
from ebys.models import Scope, ServiceAccount
from ebys.services import keys

NAME = "Ölçüm"


def renamed(package: Path) -> bytes:
    """The content of a real package under a new BelgeId, with digests that fit."""
    with package.open("rb") as file:
        real = eyp.read(file)
    letter = DraftLetter(
        document_id=str(uuid.uuid4()),
        subject=real.subject,
        creator=real.creator,
        recipients=real.recipients,
        cover=real.cover.content,
        created_at=timezone.now(),
        verification_address="https://dogrulama.example/",
        file_code=real.file_code,
        attachments=(
            DraftAttachment(
                str(uuid.uuid4()),
                "Ek",
                file_name="ek.pdf",
                media_type="application/pdf",
                content=real.cover.content,
            ),
        ),
    )
    return write_draft(letter)


def bench_key() -> str:
    """A key for a system that may deliver letters."""
    head = User.objects.get(username="birim.sorumlusu")
    account = ServiceAccount.objects.filter(name=NAME).first()
    if account is None:
        with transaction.atomic():
            user = User.objects.create(username="olcum.ebys", institution=head.institution, is_technical=True)
            rights.grant(user, Role.HIS_OFFICER, by=head, reason=NAME)
            account = ServiceAccount.objects.create(name=NAME, acts_as=user, made_by=head)
    _key, text = keys.issue(
        account,
        by=head,
        name=uuid.uuid4().hex,
        scopes=Scope.values,
        expires_at=timezone.now() + timedelta(days=1),
    )
    return text
