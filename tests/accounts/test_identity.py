"""TC Kimlik numbers: the check digits and the mask. Only the published example numbers are well formed here."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.identity import is_valid_tckn, masked

PUBLISHED = "10000000146"


@pytest.mark.parametrize("text", [PUBLISHED, "17291716060"])
def test_published_examples_are_valid(text: str) -> None:
    assert is_valid_tckn(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1000000014",
        "100000001460",
        "00000000000",
        "01234567890",
        "1000000014a",
        " 10000000146",
        "10000000146\n",
        "１００００００0146",
        "١٠٠٠٠٠٠٠١٤٦",
        "1000000014²",
        "-1000000014",
    ],
)
def test_malformed_text_is_not_valid(text: str) -> None:
    assert not is_valid_tckn(text)


@pytest.mark.parametrize("value", [None, 10000000146, b"10000000146", ["1"] * 11])
def test_what_is_no_text_is_not_valid(value: object) -> None:
    assert not is_valid_tckn(value)


@given(position=st.integers(0, 10), digit=st.sampled_from("0123456789"))
def test_one_wrong_digit_is_always_noticed(position: int, digit: str) -> None:
    changed = PUBLISHED[:position] + digit + PUBLISHED[position + 1 :]
    assert is_valid_tckn(changed) == (changed == PUBLISHED)


@given(st.text())
def test_any_text_gets_an_answer(text: str) -> None:
    assert is_valid_tckn(text) in {True, False}


def test_mask_keeps_three_digits_at_each_end() -> None:
    assert masked("12345678901") == "123*****901"


@pytest.mark.parametrize(("text", "shown"), [("", ""), ("123", "***"), ("123456789012", "************")])
def test_mask_hides_a_text_of_another_length_whole(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_imports_without_django() -> None:
    subprocess.run(
        [sys.executable, "-c", "import sys, accounts.identity; assert 'django' not in sys.modules"],
        check=True,
    )
