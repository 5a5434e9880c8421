"""The canonical text: what a seal is taken of, as docs/audit-canon.md describes it."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

import pytest
from django.conf import settings

from accounts.models import Institution
from audit import trail
from audit.context import acting, because
from audit.models import Entry
from tests.audit.people import somebody

LABELS = [
    "id",
    "epoch",
    "xid",
    "db_at",
    "db_user",
    "db_client",
    "at",
    "kind",
    "record",
    "called",
    "action",
    "event",
    "step",
    "reason",
    "actor",
    "actor_name",
    "on_behalf_of",
    "on_behalf_of_name",
    "request",
    "address",
    "changes",
]


def read(canon: str) -> dict[str, str | None]:
    """The canonical text taken apart by its own lengths, as a verifier on another machine does."""
    rest = canon.encode()
    head, _newline, rest = rest.partition(b"\n")
    assert head == b"sbs-audit-1"
    fields: dict[str, str | None] = {}
    while rest:
        label, _equals, rest = rest.partition(b"=")
        if rest.startswith(b"-\n"):
            fields[label.decode()], rest = None, rest[2:]
            continue
        length, _colon, rest = rest.partition(b":")
        value, newline, rest = (
            rest[: int(length)],
            rest[int(length) : int(length) + 1],
            rest[int(length) + 1 :],
        )
        assert newline == b"\n"
        fields[label.decode()] = value.decode()
    return fields


@pytest.fixture
def entry(db: None) -> Entry:
    deputy, lender = somebody("vekil"), somebody("asil")
    with (
        acting(by=deputy, address="192.0.2.7", request_id="ebys-2026-000123"),
        because(step="assess", reason="Satır\nikinci=3:satır", on_behalf_of=lender),
    ):
        written = trail.record(lender, "viewed", {"ğ": ["ı", None]})
    written.refresh_from_db()
    return written


def test_every_field_stands_in_it_in_the_described_order(entry: Entry) -> None:
    assert list(read(entry.canon)) == LABELS


def test_it_tells_the_entry(entry: Entry) -> None:
    fields = read(entry.canon)
    assert entry.db_at is not None
    assert fields == {
        "id": str(entry.pk),
        "epoch": "1",
        "xid": str(entry.xid),
        "db_at": entry.db_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "db_user": entry.db_user,
        "db_client": entry.db_client,
        "at": entry.timestamp.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "kind": "accounts.user",
        "record": entry.object_pk,
        "called": entry.object_repr,
        "action": "3",
        "event": "viewed",
        "step": "assess",
        "reason": "Satır\nikinci=3:satır",
        "actor": str(entry.actor_id),
        "actor_name": "vekil",
        "on_behalf_of": str(entry.on_behalf_of_id),
        "on_behalf_of_name": "asil",
        "request": "ebys-2026-000123",
        "address": "192.0.2.7",
        "changes": '{"ğ": ["ı", null]}',
    }


def test_nothing_is_told_apart_from_an_empty_text(db: None) -> None:
    written = trail.record(Institution, "exported")
    written.refresh_from_db()
    fields = read(written.canon)
    assert (fields["record"], fields["actor"], fields["changes"]) == ("", None, None)


def test_two_different_entries_never_share_a_text(entry: Entry) -> None:
    again = trail.record(somebody("another"), "viewed")
    again.refresh_from_db()
    assert again.canon != entry.canon


def test_the_document_names_every_field() -> None:
    text = (Path(settings.BASE_DIR) / "docs" / "audit-canon.md").read_text(encoding="utf-8")
    assert [label for label in LABELS if f"`{label}`" not in text] == []
