"""What somebody was refused stands in the trail, whichever view answered (Ek-5 5.6.9); a form to be corrected does not."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit import events
from audit.models import Entry
from config.env import CHECKOUT
from ebys.models import OutgoingState
from tests.accounts.people import signed_in_client
from tests.ebys import letters
from tests.ebys.test_outgoing_pages import draft_form

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> User:
    return letters.officer()


@pytest.fixture
def own(officer: User) -> Client:
    """The browser of the officer who drafted the letter."""
    return signed_in_client(officer)


def told(by: User) -> list[tuple[str, str]]:
    """What this person was refused: the code and the kind of page."""
    rows = (
        Entry.objects.filter(event=events.REFUSED, actor=by).order_by("pk").values_list("changes", flat=True)
    )
    return [(changes["code"], changes.get("address", "")) for changes in rows if changes]


def test_approving_ones_own_letter_is_told(own: Client, officer: User) -> None:
    letter = letters.outgoing_letter(OutgoingState.DRAFT, by=officer)

    answer = own.post(reverse("letter-approve", args=(letter.pk,)))

    assert answer.status_code == 403
    assert told(officer) == [("not-permitted", "letter-approve")]


def test_a_draft_changed_meanwhile_is_told(own: Client, officer: User) -> None:
    letter = letters.outgoing_letter(OutgoingState.DRAFT, by=officer)

    answer = own.post(reverse("letter-edit", args=(letter.pk,)), draft_form(letter, version="999"))

    assert answer.status_code == 412
    assert told(officer) == [("stale-version", "letter-edit")]


def test_a_refusal_that_is_shown_on_the_next_page_is_told(own: Client, officer: User) -> None:
    letter = letters.outgoing_letter(OutgoingState.APPROVED, by=officer)

    answer = own.post(
        reverse("letter-annex-add", args=(letter.pk,)),
        {"title": "Ek", "file": SimpleUploadedFile("ek.txt", b"metin")},
    )

    assert answer.status_code == 302
    assert told(officer) == [("wrong-state", "")]


def test_what_the_server_refuses_itself_is_told_once(own: Client, officer: User) -> None:
    assert own.get(reverse("case", args=("5.3.6/2026/999999",))).status_code == 404
    assert told(officer) == [("not-found", "case")]


def test_a_form_to_be_corrected_is_no_refusal(own: Client, officer: User) -> None:
    letter = letters.outgoing_letter(OutgoingState.DRAFT, by=officer)

    answer = own.post(reverse("letter-edit", args=(letter.pk,)), draft_form(letter, subject=""))

    assert answer.status_code == 422
    assert told(officer) == []


def caught_and_shown_later(tree: ast.AST) -> Iterator[ast.ExceptHandler]:
    """Handlers that answer a refusal with a message on another page, whose status tells nothing."""
    for handler in (node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)):
        names = {ast.unparse(node) for node in ast.walk(handler) if isinstance(node, ast.Attribute)}
        if ast.unparse(handler.type or ast.Constant("")) == "DomainError" and "messages.error" in names:
            yield handler


def test_no_view_hides_a_refusal_behind_a_redirect() -> None:
    seen = 0
    for path in sorted(CHECKOUT.glob("*/views/*.py")):
        for handler in caught_and_shown_later(ast.parse(path.read_text(encoding="utf-8"))):
            seen += 1
            assert "trail.refused(" in ast.unparse(handler), f"{path.name}:{handler.lineno}"
    assert seen >= 2
