"""Signed checkpoints: the form, the keys, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from audit import notes
from audit.notes import BadNote, Note, Signer, Verifier

SIGNER = Signer("sbs.example/trail", bytes(range(32)))
NOTE = Note("sbs.example/trail", 7, b"\x05" * 32, 2, datetime(2026, 11, 22, 8, 30, tzinfo=UTC))
KNOWN = (SIGNER.verifier,)


def test_the_form_is_that_of_signed_notes() -> None:
    lines = NOTE.signed(SIGNER).split("\n")
    assert lines[:6] == [
        "sbs.example/trail",
        "7",
        "BQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU=",
        "epoch 2",
        "time 2026-11-22T08:30:00Z",
        "",
    ]
    assert lines[6].startswith("— sbs.example/trail ")
    assert lines[7:] == [""]


def test_a_signed_note_says_what_was_signed() -> None:
    assert notes.check(NOTE.signed(SIGNER), KNOWN) == NOTE


def test_the_key_is_handed_on_as_text() -> None:
    assert Verifier.parse(SIGNER.verifier.text) == SIGNER.verifier


def test_the_text_of_a_key_is_the_one_of_the_go_checksum_database() -> None:
    text = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"
    assert Verifier.parse(text).text == text


@pytest.mark.parametrize(
    "text", ["", "name", "name+00000000+AAAA", SIGNER.verifier.text.replace("+", "+0", 1)]
)
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(BadNote):
        Verifier.parse(text)


@pytest.mark.parametrize("position", range(len(NOTE.signed(SIGNER).encode()) - 1))
def test_one_changed_byte_is_noticed(position: int) -> None:
    raw = bytearray(NOTE.signed(SIGNER).encode())
    raw[position] ^= 0x01
    with pytest.raises(BadNote):
        notes.check(raw.decode("utf-8", "replace"), KNOWN)


def test_the_signature_of_a_stranger_is_refused() -> None:
    with pytest.raises(BadNote):
        notes.check(NOTE.signed(Signer(SIGNER.name, b"\x01" * 32)), KNOWN)


def test_a_note_without_signature_is_refused() -> None:
    with pytest.raises(BadNote):
        notes.check(f"{NOTE.body()}\n", KNOWN)


def test_an_earlier_key_is_believed_when_it_is_known() -> None:
    earlier = Signer(SIGNER.name, b"\x07" * 32)
    assert notes.check(NOTE.signed(earlier), (*KNOWN, earlier.verifier)) == NOTE


def test_a_second_signature_beside_ours_does_no_harm() -> None:
    text = NOTE.signed(SIGNER) + "— witness.example AAAAAA==\n"
    assert notes.check(text, KNOWN) == NOTE
