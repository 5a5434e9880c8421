"""What intake shows while a request is written down: the open requests of the same institution."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Institution, User
from accounts.roles import Role
from helpdesk import workflow
from helpdesk.models import Ticket
from tests.accounts.people import institution, person, signed_in_client
from tests.processes import sheets

pytestmark = pytest.mark.django_db
TITLE = "Poliklinikte ağ yok"


@pytest.fixture
def officer() -> User:
    return person(Role.IT_OFFICER)


@pytest.fixture
def hospital() -> Institution:
    return institution(name="Gülpınar Devlet Hastanesi")


@pytest.fixture
def ticket(officer: User, hospital: Institution) -> Ticket:
    sheets.load()
    return workflow.report(by=officer, title=TITLE, applicant_institution=hospital)


@pytest.fixture
def client_of_officer(officer: User) -> Client:
    return signed_in_client(officer)


def told(client: Client, **written: object) -> str:
    """What the fragment says for a half-filled form."""
    answer = client.post(reverse("case-similar"), {"subprocess": "5.3.6", **written})
    assert answer.status_code == 200
    return answer.content.decode()


def test_open_requests_of_the_institution_are_shown(
    client_of_officer: Client, ticket: Ticket, hospital: Institution
) -> None:
    assert ticket.get_absolute_url() in told(client_of_officer, applicant_institution=hospital.pk)


def test_open_requests_of_the_persons_institution_are_shown(
    client_of_officer: Client, ticket: Ticket, hospital: Institution
) -> None:
    nurse = person(Role.REQUESTING_STAFF, institution=hospital)

    assert ticket.get_absolute_url() in told(client_of_officer, applicant=nurse.pk)


@pytest.mark.parametrize("written", ["", "x", "9" * 30, "-1", "999999"])
def test_nothing_is_shown_for_what_is_no_institution(
    client_of_officer: Client, ticket: Ticket, written: str
) -> None:
    assert told(client_of_officer, applicant_institution=written).strip() == ""


def test_other_institutions_and_closed_requests_are_left_out(
    client_of_officer: Client, ticket: Ticket, officer: User, hospital: Institution
) -> None:
    assert told(client_of_officer, applicant_institution=institution().pk).strip() == ""
    workflow.withdraw(ticket, by=officer, reason="Yanlış kayıt")

    assert told(client_of_officer, applicant_institution=hospital.pk).strip() == ""


def test_only_the_unit_asks(ticket: Ticket, hospital: Institution) -> None:
    nurse = person(Role.REQUESTING_STAFF, institution=hospital)

    answer = signed_in_client(nurse).post(reverse("case-similar"), {"applicant_institution": hospital.pk})

    assert answer.status_code == 403


def test_the_choice_begins_where_one_registered_last(client_of_officer: Client) -> None:
    sheets.load()
    asked = {"subprocess": "5.3.6", "title": "Ağ yok", "applicant_name": "Deneme", "another": "1"}

    answer = client_of_officer.post(reverse("case-new"), asked)
    choice = client_of_officer.get(reverse("case-new")).content.decode()

    assert answer["Location"].endswith("?subprocess=5.3.6")
    assert 'href="?subprocess=5.3.6" autofocus' in choice
    assert choice.count("autofocus") == 1


def test_the_form_begins_at_its_first_field(client_of_officer: Client) -> None:
    sheets.load()

    page = client_of_officer.get(reverse("case-new"), {"subprocess": "5.3.6"}).content.decode()

    assert page.count("autofocus") == 1
    assert "(gerekli)" in page
    assert "(isteğe bağlı)" not in page
