"""A list of passwords that became known elsewhere is searched where it lies, and what stands on it is refused."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from accounts.leaked import holds, is_leaked
from config.env import BadEnvironment, read

STRONG = "Kırk yamalı bohçayla 7 ozan, sustu!"


def digest_of(text: str) -> bytes:
    return hashlib.sha1(text.encode()).hexdigest().upper().encode()


def list_of(folder: Path, *passwords: str, end: bytes = b"\r\n") -> Path:
    path = folder / "leaked.txt"
    lines = sorted(digest_of(one) + b":%d" % number for number, one in enumerate(passwords))
    path.write_bytes(b"".join(line + end for line in lines))
    return path


@given(st.sets(st.integers(0, 60), max_size=40))
def test_each_line_is_found_and_nothing_else(tmp_path_factory: Any, known: set[int]) -> None:
    path = list_of(tmp_path_factory.getbasetemp(), *map(str, known))

    assert {number for number in range(61) if holds(path, digest_of(str(number)))} == known


@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_the_ends_of_the_list_are_found_too(tmp_path: Path, end: bytes) -> None:
    words = [f"parola{number}" for number in range(500)]
    path = list_of(tmp_path, *words, end=end)

    assert all(holds(path, digest_of(word)) for word in words)
    assert not holds(path, b"0" * 40)
    assert not holds(path, b"F" * 40)


def test_without_a_list_nothing_is_known(settings: Any) -> None:
    settings.LEAKED_PASSWORDS = ""

    assert not is_leaked("password")


@pytest.mark.django_db
def test_a_strong_password_on_the_list_is_refused_and_not_repeated(settings: Any, tmp_path: Path) -> None:
    settings.LEAKED_PASSWORDS = ""
    validate_password(STRONG)
    settings.LEAKED_PASSWORDS = str(list_of(tmp_path, "a", STRONG, "z"))

    with pytest.raises(ValidationError) as refused:
        validate_password(STRONG)
    assert [error.code for error in refused.value.error_list] == ["leaked"]
    assert STRONG not in str(refused.value)


def test_a_list_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(BadEnvironment, match="SBS_LEAKED_PASSWORDS"):
        read({"SBS_MODE": "test", "SBS_LEAKED_PASSWORDS": str(tmp_path / "none")})
