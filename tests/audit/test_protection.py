"""What the migrations lay down is what the release says; one that lays down something else says so in the trail."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from audit import exporting, offline_verifier, protection, standing
from audit.models import Checkpoint, Entry
from tests.audit.sealed import sealed, write
from tests.database.logins import OWNER, PREFIX, entered_as

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("seals")]


def told() -> list[Any]:
    return list(Entry.objects.filter(event=protection.EVENT).order_by("id").values_list("changes", flat=True))


def give_rights() -> str:
    """As after every migration."""
    complaints = io.StringIO()
    with entered_as(OWNER):
        call_command(
            "database_roles", "--execute", "--prefix", PREFIX, stdout=io.StringIO(), stderr=complaints
        )
        with connection.cursor() as cursor:
            from tests.database.base import EMPTIED

            cursor.execute(f"GRANT DELETE ON {', '.join(EMPTIED)} TO {PREFIX}_app")
    return complaints.getvalue()


def test_the_manifest_of_this_release_is_what_its_migrations_make() -> None:
    """After a change: `manage.py audit protection > audit/protection.json` with a database fresh from the migrations."""
    assert protection.found() == protection.expected()
    assert protection.amiss() == []
    assert standing.unguarded() == []
    printed = io.StringIO()
    call_command("audit", "protection", stdout=printed)
    assert json.loads(printed.getvalue()) == protection.expected()


def test_a_new_protection_is_told_once_in_the_trail() -> None:
    write(1)
    assert give_rights() == ""
    assert give_rights() == ""
    assert told() == [{"digest": ["", protection.digest()]}]
    entry = Entry.objects.get(event=protection.EVENT)
    assert (entry.kind.model_class(), entry.step) == (Checkpoint, "command")


def test_of_an_empty_trail_nothing_is_told() -> None:
    assert give_rights() == ""
    assert told() == []


def test_what_this_release_did_not_lay_down_is_complained_of_and_not_renewed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    write(1)
    monkeypatch.setattr(protection, "expected", lambda: {**protection.found(), "function audit_stamp()": "0"})
    assert "audit_stamp()" in give_rights()
    assert told() == []


def test_an_export_says_how_the_protection_stood(tmp_path: Path) -> None:
    sealed(1, 3)
    whole = exporting.export(tmp_path / "whole").folder
    assert json.loads((whole / "manifest.json").read_text(encoding="utf-8"))["protection"] == {
        "digest": protection.digest(),
        "amiss": [],
    }
    findings, _looked_at = offline_verifier.verify(whole)
    assert findings.told == []
    with entered_as(OWNER), connection.cursor() as cursor:
        cursor.execute("CREATE RULE nothing AS ON INSERT TO audit_hold DO INSTEAD NOTHING")
    try:
        broken = exporting.export(tmp_path / "broken").folder
    finally:
        with entered_as(OWNER), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("DROP RULE nothing ON audit_hold")
    findings, _looked_at = offline_verifier.verify(broken)
    assert findings.told == [
        "protection: When it was exported the trail's protection was added: rule nothing on audit_hold."
    ]
