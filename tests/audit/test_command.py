"""The trail's seals on the command line."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from audit import keys
from audit.models import Anchor, AnchorKind, Checkpoint, Entry, Epoch, Verification
from tests.audit.sealed import as_superuser, sealed, write

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.login("owner"),  # as whoever looks after the machine
    pytest.mark.usefixtures("seals"),
]


def run(*words: str) -> str:
    out = io.StringIO()
    call_command("audit", *words, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_sealing_publishes(seals: Path) -> None:
    write(3)
    assert run("seal").startswith("4 ")
    assert len(list(seals.rglob("0*.txt"))) == 1


def test_a_whole_trail_is_verified() -> None:
    sealed(2, 3)
    run("verify")
    assert not Verification.objects.exists()


def test_the_result_of_a_verification_is_kept_when_asked() -> None:
    size = sealed(2, 3)
    run("verify", "--record")
    kept = Verification.objects.get()
    assert (kept.tree_size, kept.findings, kept.is_clean) == (size, [], True)


def test_a_trail_that_is_not_whole_ends_with_one() -> None:
    sealed(1, 3)
    with as_superuser() as cursor:
        cursor.execute("UPDATE audit_entry SET reason = 'forged'")
        with pytest.raises(CommandError) as error:
            run("verify")
    assert error.value.returncode == 1


def test_an_export_stands_in_the_trail(tmp_path: Path) -> None:
    size = sealed(1, 3)
    run("export", str(tmp_path / "trail"), "--reason", "Denetim kurulu istedi.")
    told = Entry.objects.latest()
    assert (told.event, told.step, told.reason) == ("exported", "command", "Denetim kurulu istedi.")
    assert told.changes == {"first": 0, "size": size}


def test_an_export_over_another_is_refused(tmp_path: Path) -> None:
    sealed(1, 3)
    with pytest.raises(CommandError):
        run("export", str(tmp_path))


def test_the_newest_seal_is_printed_with_the_key() -> None:
    sealed(2, 3)
    newest = Checkpoint.objects.latest("number")
    assert run("checkpoint") == f"{newest.note}\n{keys.signer().verifier.text}\n"


def test_without_a_seal_there_is_nothing_to_print() -> None:
    with pytest.raises(CommandError):
        run("checkpoint")


def test_without_an_authority_nothing_is_stamped() -> None:
    sealed(1, 1)
    run("stamp")
    assert not Anchor.objects.filter(kind=AnchorKind.TIMESTAMP).exists()


def test_a_restore_is_declared() -> None:
    size = sealed(1, 3)
    run("epoch", "--reason", "22.11.2026 gece yedeği geri yüklendi.")
    epoch = Epoch.objects.latest("number")
    assert (epoch.number, epoch.accepted_size, epoch.reason) == (
        2,
        size,
        "22.11.2026 gece yedeği geri yüklendi.",
    )
