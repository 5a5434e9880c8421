"""Time stamps of a real authority (`openssl ts`): given, checked, refused."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.utils import timezone

from audit import anchoring, publishing, timestamps
from audit.models import Anchor, AnchorKind, Checkpoint
from audit.timestamps import NoTimestamp
from tests.audit.authority import Authority, answering, certified, openssl
from tests.audit.sealed import sealed
from tests.database.logins import SEALER, entered_as

TEXT = "sbs.example/trail\n7\n"


@pytest.fixture(scope="module")
def two_authorities(tmp_path_factory: pytest.TempPathFactory) -> tuple[Authority, Authority]:
    folder = tmp_path_factory.mktemp("tsa")
    return certified(folder / "one"), certified(folder / "other")


@pytest.fixture
def authority(two_authorities: tuple[Authority, Authority], settings: Any) -> Iterator[Authority]:
    one, _other = two_authorities
    one.requests.clear()
    one.answer = None
    with answering(one):
        settings.TIMESTAMP_URL = f"http://il:gizli%40parola@{one.address}/tsa"
        settings.TIMESTAMP_CA = str(one.certificates)
        yield one


def stamped(now: datetime | None = None) -> Anchor | None:
    """What the sealer does every hour, under its own role."""
    with entered_as(SEALER):
        return anchoring.stamp_latest(now)


def test_the_request_is_one_openssl_reads(authority: Authority, tmp_path: Path) -> None:
    digest = hashlib.sha256(TEXT.encode()).digest()
    (tmp_path / "request.tsq").write_bytes(timestamps.query(digest, 0x7F00FF00FF00FF01))
    told = openssl(tmp_path, "ts", "-query", "-in", "request.tsq", "-text").decode()
    assert "Hash Algorithm: sha256" in told
    assert "Nonce: 0x7F00FF00FF00FF01" in told
    assert "Certificate required: yes" in told


def test_a_stamp_says_what_was_stamped_and_when(authority: Authority) -> None:
    found = timestamps.read(timestamps.stamp(TEXT))
    assert found.digest == hashlib.sha256(TEXT.encode()).digest()
    assert abs(found.at - datetime.now(UTC)) < timedelta(minutes=1)


def test_openssl_accepts_the_stamp_for_the_text_and_for_no_other(
    authority: Authority, tmp_path: Path
) -> None:
    (tmp_path / "stamp.tsr").write_bytes(timestamps.stamp(TEXT))
    for text, code in ((TEXT, 0), (f"{TEXT}x", 1)):
        (tmp_path / "note.txt").write_text(text, encoding="utf-8")
        command = ["openssl", "ts", "-verify", "-data", "note.txt", "-in", "stamp.tsr", "-CAfile"]
        done = subprocess.run(
            [*command, str(authority.certificates)], cwd=tmp_path, capture_output=True, check=False
        )
        assert done.returncode == code


def test_the_account_goes_along_and_not_into_the_address(authority: Authority) -> None:
    timestamps.stamp(TEXT)
    headers, _body = authority.requests[0]
    assert headers["Authorization"] == "Basic aWw6Z2l6bGlAcGFyb2xh"
    assert headers["Content-Type"] == "application/timestamp-query"


def test_kamu_sm_knows_its_customer_by_the_encrypted_hash(authority: Authority, settings: Any) -> None:
    settings.TIMESTAMP_URL = f"kamusm+http://1901:12345678@{authority.address}"
    timestamps.stamp(TEXT)
    headers, _body = authority.requests[0]
    (_kind, inside), *nothing = timestamps._values(bytes.fromhex(headers["identity"]))
    customer, salt, rounds, vector, encrypted = (content for _kind, content in timestamps._values(inside))
    key = hashlib.pbkdf2_hmac("sha256", b"12345678", salt, int.from_bytes(rounds, "big"), 32)
    cipher = Cipher(algorithms.AES256(key), modes.CBC(vector)).decryptor()
    padded = cipher.update(encrypted) + cipher.finalize()
    assert (nothing, int.from_bytes(customer, "big"), int.from_bytes(rounds, "big")) == ([], 1901, 100)
    assert padded == hashlib.sha256(TEXT.encode()).digest() + bytes([16]) * 16
    assert "Authorization" not in headers


def test_kamu_sm_wants_a_customer_number(authority: Authority, settings: Any) -> None:
    settings.TIMESTAMP_URL = f"kamusm+http://mudurluk:12345678@{authority.address}"
    with pytest.raises(NoTimestamp, match="by number"):
        timestamps.stamp(TEXT)


def test_a_stamp_of_another_authority_is_refused(
    authority: Authority, two_authorities: tuple[Authority, Authority], settings: Any
) -> None:
    settings.TIMESTAMP_CA = str(two_authorities[1].certificates)
    with pytest.raises(NoTimestamp, match="TIMESTAMP_CA"):
        timestamps.stamp(TEXT)


def test_an_old_answer_is_refused(authority: Authority) -> None:
    authority.answer = (200, timestamps.stamp(TEXT))
    with pytest.raises(NoTimestamp, match="something else"):
        timestamps.stamp(TEXT)


@pytest.mark.parametrize(
    ("status", "answer"),
    [
        (500, b""),
        (200, b""),
        (200, b"<html>"),
        (200, bytes.fromhex("30053003020102")),
        (200, bytes.fromhex("3080")),
        (200, b"\x30" * 40),
        (200, b"x" * 70_000),
    ],
)
def test_what_is_no_stamp_is_refused(authority: Authority, status: int, answer: bytes) -> None:
    authority.answer = (status, answer)
    with pytest.raises(NoTimestamp):
        timestamps.stamp(TEXT)


@pytest.mark.parametrize("address", ["http://127.0.0.1:1/", "ftp://127.0.0.1/", "file:///etc/passwd"])
def test_an_authority_that_cannot_be_reached_is_told_without_its_account(address: str, settings: Any) -> None:
    settings.TIMESTAMP_URL = address.replace("//", "//il:gizli@")
    with pytest.raises(NoTimestamp) as error:
        timestamps.stamp(TEXT)
    assert "gizli" not in str(error.value)


@pytest.mark.django_db(transaction=True)
def test_the_newest_seal_is_stamped_once_a_day(authority: Authority, seals: Path) -> None:
    sealed(2, 2)
    anchor = stamped()
    newest = Checkpoint.objects.latest("number")
    assert anchor is not None
    assert (anchor.checkpoint, anchor.kind) == (newest.number, AnchorKind.TIMESTAMP)
    assert timestamps.read(bytes(anchor.token or b"")).digest == hashlib.sha256(newest.note.encode()).digest()
    assert publishing.file_of(newest).with_suffix(".tsr").read_bytes() == bytes(anchor.token or b"")
    sealed(1, 2)
    assert stamped() is None
    assert stamped(timezone.now() + timedelta(hours=21)) is not None
    assert Anchor.objects.filter(kind=AnchorKind.TIMESTAMP).count() == 2


@pytest.mark.django_db(transaction=True)
def test_without_new_seals_nothing_is_stamped_again(authority: Authority, seals: Path) -> None:
    sealed(1, 2)
    stamped()
    assert stamped(timezone.now() + timedelta(days=3)) is None
