"""Bad inputs that no other test sends, and the proof that every one of the seventy-six has its test."""

from __future__ import annotations

import ast
import time
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.models import User
from accounts.roles import Role
from tests.accounts.people import person, signed_in_client
from tests.ebys.api.calling import Caller, account, key_of
from tests.security.inputs import INPUTS, LATER

TESTS = Path(__file__).resolve().parent.parent


def names_in(file: Path) -> set[str]:
    """The names of the tests in a file."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def test_every_one_of_the_seventy_six_has_its_test_or_a_reason() -> None:
    assert sorted(INPUTS) == list(range(1, 77))
    for number, (what, proofs) in INPUTS.items():
        assert bool(proofs) != what.startswith(LATER), number
        for proof in proofs:
            file, _colons, name = proof.partition("::")
            assert name in names_in(TESTS / file), (number, proof)


@pytest.mark.parametrize(
    "query",
    [
        "order=applicant__phone",
        "ordering=-id",
        "fields=applicant",
        "expand=applicant",
        "state__regex=a",
        "offset=-1",
    ],
)
def test_unknown_filters_and_orders_of_the_api_are_refused(query: str, db: None) -> None:
    answer = Caller(key_of(account())[1]).get(f"cases/?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-request")


@pytest.mark.parametrize("name", ["ADMIN", "Admin", "aDmIn"])
def test_no_second_admin_in_other_letters(name: str, db: None) -> None:
    person(username="admin")
    with pytest.raises(IntegrityError), transaction.atomic():
        person(username=name)


@pytest.mark.parametrize("name", ["аdmin", "admın", "ADMİN", "admin\u200b"])
def test_a_user_name_takes_plain_letters_only(name: str, db: None) -> None:
    with pytest.raises(ValidationError) as refusal:
        User(username=name, first_name="A", last_name="B").full_clean()
    assert "username" in refusal.value.error_dict


@pytest.mark.parametrize("text", ["a" * 50_000 + "b", "a " * 25_000, "0" * 50_000 + "x", "%" * 50_000])
def test_long_texts_are_searched_and_checked_quickly(text: str, db: None) -> None:
    client = signed_in_client(person(Role.IT_OFFICER))
    client.get("/search/")
    begin = time.process_time()
    answer = client.get("/search/", {"q": text})
    assert answer.status_code < 500
    assert time.process_time() - begin < 1
