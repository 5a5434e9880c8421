"""The letter lists beside their rows: files, saved views, messages that lead to a letter."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import Entry
from ebys.models import OutgoingState
from processes.models import InboxItem
from processes.services import views
from tests.accounts.people import signed_in_client
from tests.ebys import letters
from tests.ebys.letters import saved
from tests.processes import sheets

pytestmark = pytest.mark.django_db


def text_of(answer: Any) -> str:
    """The whole of a file that was sent in pieces."""
    return saved(answer).decode("utf-8-sig")


def test_the_incoming_list_is_exported_as_it_is_filtered(browser: Client) -> None:
    letters.incoming(subject="Kablosuz Ağ Arızası", official_number="E-1-704-1")
    letters.incoming(subject="Toplantı Daveti", official_number="E-1-010-2")

    file = text_of(browser.get(reverse("letters-incoming"), {"q": "kablosuz", "export": "csv"}))

    assert "Kablosuz Ağ Arızası" in file
    assert "E-1-704-1" in file
    assert "Toplantı" not in file


def test_the_outgoing_list_is_exported_by_its_tab(browser: Client) -> None:
    sheets.load()
    letter = letters.outgoing_letter(by=letters.officer(), case=letters.ticket())

    drafts = text_of(browser.get(reverse("letters-outgoing"), {"export": "csv"}))
    registered = text_of(
        browser.get(reverse("letters-outgoing"), {"state": OutgoingState.REGISTERED, "export": "csv"})
    )

    assert letter.subject in drafts
    assert letter.case.number in drafts
    assert letter.subject not in registered


@pytest.mark.parametrize("name", ["letters-incoming", "letters-outgoing"])
@pytest.mark.parametrize("kind", ["csv", "xlsx", "pdf"])
def test_every_format_is_there_and_on_the_trail(browser: Client, lead: User, name: str, kind: str) -> None:
    answer = browser.get(reverse(name), {"export": kind})

    assert answer.status_code == 200
    assert f".{kind}" in answer["Content-Disposition"]
    entry = Entry.objects.filter(event="exported").latest("pk")
    assert (entry.actor, entry.changes) == (lead, {"list": name, "format": kind})


@pytest.mark.parametrize("name", ["letters-incoming", "letters-outgoing"])
def test_an_unknown_format_is_not_found(browser: Client, name: str) -> None:
    assert browser.get(reverse(name), {"export": "doc"}).status_code == 404


@pytest.mark.parametrize("name", ["letters-incoming", "letters-outgoing"])
def test_a_view_of_letters_is_saved_and_offered(browser: Client, lead: User, name: str) -> None:
    saved = browser.post(reverse("view-save", args=(name,)), {"name": "Sabah", "query": "q=ağ&cursor=x"})
    page = browser.get(saved["Location"]).content.decode()

    assert saved["Location"] == f"{reverse(name)}?q=a%C4%9F"
    assert "Sabah" in page


def test_the_view_of_one_list_is_not_offered_by_the_other(browser: Client, lead: User) -> None:
    views.save(lead, "letters-incoming", "Yalnız gelen", "q=a")

    assert "Yalnız gelen" not in browser.get(reverse("letters-outgoing")).content.decode()


def test_a_message_about_a_letter_leads_to_it(browser: Client, lead: User) -> None:
    letters.officer()
    other = letters.lead()
    letter = letters.incoming(by=lead)
    item = InboxItem.objects.get(user=other)

    client = signed_in_client(other)
    page = client.get(reverse("inbox")).content.decode()
    followed = client.get(reverse("inbox-open", args=(item.pk,)))

    assert reverse("inbox-open", args=(item.pk,)) in page
    assert followed["Location"] == letter.get_absolute_url()
    item.refresh_from_db()
    assert item.read_at is not None
