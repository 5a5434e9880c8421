"""Web, worker and beat without the key that signs: everything is shown and verified, nothing is sealed."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.roles import Role
from audit import exporting, keys, sealing, standing, tasks, verifying
from audit.models import Checkpoint
from config.env import CHECKOUT, read
from config.run import without_the_seal_key
from tests.accounts.people import person, signed_in_client
from tests.audit.sealed import publish, seal, sealed, write
from tests.database.logins import SEALER, entered_as

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("seals")]


@pytest.fixture
def trail(seals: Path, settings: Any) -> Iterator[int]:
    """A sealed trail, looked at by a process that holds the public half alone and may only read the folder."""
    size = sealed(2, 3)
    settings.SEAL_PUBLIC_KEY = keys.verifier().public
    settings.SEAL_KEY = b""
    for path in (seals, *seals.rglob("*")):
        path.chmod(path.stat().st_mode & ~0o222)
    yield size
    for path in (seals, *seals.rglob("*")):
        path.chmod(path.stat().st_mode | stat.S_IWUSR)


def test_the_trail_is_verified_with_the_public_key(trail: int) -> None:
    report = verifying.verify_and_record()
    assert (report.findings, report.tree_size, report.published) == ([], trail, 2)
    assert standing.amiss() == []


def test_the_page_shows_the_seals_and_the_key(trail: int) -> None:
    with transaction.atomic():
        head = person(Role.UNIT_HEAD)
    text = signed_in_client(head).get("/admin/audit/checkpoint/").content.decode()
    assert keys.verifier().text in text


def test_the_export_is_made_with_the_public_key(trail: int, tmp_path: Path) -> None:
    folder = exporting.export(tmp_path / "trail").folder
    assert (folder / "key.txt").read_text(encoding="utf-8") == f"{keys.verifier().text}\n"


def test_nothing_is_sealed_stamped_or_declared_without_the_private_key(trail: int) -> None:
    write(1)
    with entered_as(SEALER):
        assert not tasks.may_seal()
        tasks.seal()
        tasks.stamp()
        with pytest.raises(keys.NoKey):
            sealing.seal()
        with pytest.raises(CommandError, match="SBS_SEAL_KEY"):
            call_command("audit", "epoch", "--reason", "Restored.")
        with pytest.raises(CommandError, match="SBS_SEAL_KEY"):
            call_command("audit", "seal", "--every", "1")
    assert Checkpoint.objects.count() == 2


def test_the_program_starts_in_production_without_the_private_key(tmp_path: Path) -> None:
    """Settings as the composed web has them: the private half is nowhere in the process."""
    from config.secrets import write as write_secrets

    write_secrets(tmp_path)
    names = (
        "SBS_SECRET_KEY",
        "SBS_FIELD_KEY",
        "SBS_LOOKUP_KEY",
        "SBS_SEAL_PUBLIC_KEY",
        "DATABASE_URL",
        "REDIS_URL",
    )
    environ = {f"{name}_FILE": str(tmp_path / name) for name in names} | {
        "PATH": "/usr/bin:/bin",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "SBS_MODE": "production",
        "SBS_VAR": str(tmp_path),
        "SBS_ALLOWED_HOSTS": "sbs.example.gov.tr",
        "SBS_BASE_URL": "https://sbs.example.gov.tr",
        "SBS_EMAIL_URL": "smtps://mail:465",
        "SBS_EMAIL_FROM": "sbs@example.gov.tr",
    }
    program = (
        "import django, json; django.setup(); from django.conf import settings; from audit import keys;"
        " print(json.dumps([settings.SEAL_KEY == b'', keys.can_sign(), keys.verifier().text]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=CHECKOUT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    is_empty, can_sign, key = json.loads(done.stdout.splitlines()[-1])
    assert (is_empty, can_sign) == (True, False)
    assert key.startswith("sbs.example.gov.tr/trail+")


def test_the_trial_run_gives_the_private_key_to_the_sealer_alone() -> None:
    whole = read({})
    found = without_the_seal_key({"SBS_SEAL_KEY": "x", "SBS_SEAL_KEY_FILE": "y", "LANG": "C"}, whole)
    assert (set(found), found["LANG"]) == ({"LANG", "SBS_SEAL_PUBLIC_KEY"}, "C")
    others = read(found)
    assert (others.seal_key, others.seal_public_key) == (b"", whole.seal_public_key)


def test_a_seal_made_since_is_published_by_the_sealer_alone(seals: Path) -> None:
    write(1)
    seal()
    assert publish() == 1
