"""Telephone intake with the keyboard alone, in under a minute: the officer never touches the mouse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from accounts.demo import build_people
from accounts.models import User
from helpdesk import workflow
from helpdesk.models import Ticket
from tests.journey.browsers import signed_in_page
from tests.processes.sheets import load


@pytest.fixture
def open_page(chromium: Any, live_server: Any, transactional_db: None) -> Callable[[str], Any]:
    """A person's browser, already logged in."""
    load()
    build_people()

    def enter(username: str) -> Any:
        return signed_in_page(chromium, live_server.url, User.objects.get(username=username))

    return enter


def test_a_call_is_registered_from_the_keyboard(open_page: Callable[[str], Any]) -> None:
    page = open_page("bilgi.islem1")
    page.goto("/")
    page.keyboard.press("n")
    page.focus("a.tile[href*='5.3.6']")
    page.keyboard.press("Enter")
    page.wait_for_selector("#id_title")
    page.focus("#id_title")
    page.keyboard.type("Poliklinikte yazıcı çalışmıyor")
    page.focus("[name=applicant_text]")
    page.keyboard.type("agaoglu")
    page.wait_for_selector(".picker__list [role=option]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('input[type=hidden][name=applicant]').value !== ''")
    page.focus("[name=applicant_contact]")
    page.keyboard.press("Enter")
    page.wait_for_selector(".toast--success")

    ticket = Ticket.objects.get()
    assert ticket.applicant is not None
    assert ticket.applicant.username == "hastane.personeli"
    assert ticket.applicant_institution == ticket.applicant.institution


def test_rows_are_walked_and_opened_with_j_and_enter(open_page: Callable[[str], Any]) -> None:
    page = open_page("bilgi.islem1")
    officer = User.objects.get(username="bilgi.islem1")
    made = [
        workflow.report(by=officer, title=f"Arıza {number}", applicant_name="Deneme") for number in range(3)
    ]
    page.goto("/cases/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_selector(".stepper")

    assert any(page.url.endswith(ticket.get_absolute_url()) for ticket in made)
