"""The daily e-mail with the trail's seal."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from audit import epochs, keys, notes, sealing, verifying
from audit.models import Anchor, AnchorKind, Checkpoint
from processes import outbox, seal_mail, tasks
from processes.models import Delivery
from tests.accounts.people import person
from tests.audit.sealed import as_superuser, seal, write
from tests.database.logins import SEALER, entered_as

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def one_seal(transactional_db: None, settings: Any, tmp_path: Path) -> None:
    settings.SEALS_FOLDER = tmp_path
    settings.SEAL_MAIL_TO = ["arsiv@mudurluk.example"]
    with transaction.atomic():
        person(Role.UNIT_HEAD, email="sorumlu@mudurluk.example")
        person(Role.IT_OFFICER, email="memur@mudurluk.example")
    write(2)
    seal()


def test_the_unit_head_and_the_archive_get_the_signed_note() -> None:
    assert seal_mail.gather(timezone.now()) == {"people": 2}
    outbox.send_due()
    assert [sent.to for sent in mail.outbox] == [["sorumlu@mudurluk.example"], ["arsiv@mudurluk.example"]]
    seal = Checkpoint.objects.get()
    for sent in mail.outbox:
        assert seal.note in sent.body
        name, content, _kind = sent.attachments[0]
        assert (name, content) == (f"{seal.tree_size:015d}-1.txt", seal.note)
        assert notes.check(str(content), keys.known()).tree_size == seal.tree_size
        assert keys.signer().verifier.text in sent.body


def test_that_it_left_the_house_is_remembered_once() -> None:
    seal_mail.gather(timezone.now())
    outbox.send_due()
    assert Anchor.objects.filter(kind=AnchorKind.MAIL).count() == 1


def test_one_mail_a_day_and_address() -> None:
    tasks.sweep()
    tasks.sweep()
    assert Delivery.objects.filter(kind=seal_mail.KIND).count() == 2


def test_without_a_seal_nobody_is_mailed() -> None:
    with as_superuser() as cursor:
        cursor.execute("DELETE FROM audit_checkpoint")
        assert seal_mail.gather(timezone.now()) == {"people": 0}


def test_a_restore_and_who_answered_for_it_leave_the_house_with_the_seal() -> None:
    assert "Gece yedeği" not in body()
    with entered_as(SEALER):
        number = sealing.begin_epoch("Gece yedeği geri yüklendi.").number
    assert "Gece yedeği geri yüklendi. (henüz kimse üstlenmedi)" in body()
    verifying.verify_and_record()
    with transaction.atomic():
        epochs.answer(number, "Disk arızası.", User.objects.get(email="sorumlu@mudurluk.example"))
    told = body()
    assert "Disk arızası." in told
    assert User.objects.get(email="sorumlu@mudurluk.example").get_full_name() in told


def body() -> str:
    """What the e-mail of today says."""
    return str(seal_mail.letter("arsiv@mudurluk.example", Checkpoint.objects.get(), "seal:1").body)
