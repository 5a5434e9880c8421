"""The pages of the staff register: who reads them, what they never show, and what is done on them."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import Employee, Institution, User
from accounts.roles import Role
from audit.models import Entry
from audit.queries import entries_of
from tests.accounts.people import employee, institution, made_up_tc, person, signed_in_client, unit

pytestmark = pytest.mark.django_db
LIST = "/staff/"


@pytest.fixture
def officer() -> User:
    return person(Role.IT_OFFICER)


@pytest.fixture
def client(officer: User) -> Client:
    return signed_in_client(officer)


@pytest.fixture
def hospital() -> Institution:
    return institution()


def text_of(answer: Any) -> str:
    content = b"".join(answer) if answer.streaming else answer.content
    return content.decode("utf-8-sig")


def test_the_list_shows_those_who_are_here(client: Client) -> None:
    here, gone = employee(last_name="Burada"), employee(last_name="Gitti", left_on=timezone.localdate())
    shown = text_of(client.get(LIST))
    assert here.full_name in shown
    assert gone.full_name not in shown
    assert gone.full_name in text_of(client.get(f"{LIST}?status=left"))


def test_the_list_is_narrowed_by_institution_and_unit(client: Client, hospital: Institution) -> None:
    ward = unit(hospital)
    there, beside = employee(hospital, unit=ward, last_name="Serviste"), employee(hospital, last_name="Yanda")
    employee(last_name="Uzakta")
    shown = text_of(client.get(f"{LIST}?institution={hospital.pk}"))
    assert there.full_name in shown
    assert beside.full_name in shown
    assert "Uzakta" not in shown
    narrower = text_of(client.get(f"{LIST}?institution={hospital.pk}&unit={ward.pk}"))
    assert there.full_name in narrower
    assert beside.full_name not in narrower


def test_a_search_finds_and_stands_sealed_in_the_address(client: Client) -> None:
    found, other = employee(first_name="Işıl", last_name="Karanfil"), employee(last_name="Menekşe")
    answer = client.post(f"{LIST}?status=all", {"q": "karanf ışıl"}, follow=True)
    address = answer.redirect_chain[-1][0]
    assert "aranf" not in address
    assert "status=all" in address
    assert found.full_name in text_of(answer)
    assert other.full_name not in text_of(answer)


def test_a_sealed_search_is_read_by_nobody_else(client: Client, officer: User) -> None:
    found = employee(last_name="Karanfil")
    address = client.post(LIST, {"q": "karanfil"})["Location"]
    assert found.full_name in text_of(client.get(address))
    assert found.full_name not in text_of(signed_in_client(person(Role.HIS_OFFICER)).get(address))
    assert found.full_name not in text_of(client.get(f"{LIST}?find=v1.x.y"))


def test_a_whole_tc_number_finds_its_holder_for_the_unit_only(client: Client, hospital: Institution) -> None:
    number = made_up_tc()
    found = employee(hospital, tc=number)
    employee(hospital)
    head = signed_in_client(person(Role.REQUESTING_UNIT_HEAD, institution=hospital))
    for browser, is_found in ((client, True), (head, False)):
        shown = text_of(browser.post(LIST, {"q": number}, follow=True))
        assert (found.full_name in shown) is is_found


def test_the_unit_head_of_a_hospital_reads_its_own_staff_only(hospital: Institution) -> None:
    mine, other = employee(hospital, tc=made_up_tc()), employee(institution())
    head = signed_in_client(person(Role.REQUESTING_UNIT_HEAD, institution=hospital))
    shown = text_of(head.get(LIST))
    assert mine.full_name in shown
    assert other.full_name not in shown
    page = head.get(mine.get_absolute_url())
    assert page.status_code == 200
    assert mine.tc_masked not in text_of(page)
    assert head.get(other.get_absolute_url()).status_code == 404
    for name in ("staff-change", "staff-move", "staff-leave", "staff-tc"):
        assert head.post(reverse(name, args=(mine.pk,))).status_code == 403


def test_everybody_reads_their_own_entry_and_no_other(hospital: Institution) -> None:
    clerk = person(Role.REQUESTING_STAFF, institution=hospital)
    own, other = employee(hospital, user=clerk, tc=made_up_tc()), employee(hospital)
    browser = signed_in_client(clerk)
    page = browser.get(own.get_absolute_url())
    assert own.full_name in text_of(page)
    assert own.tc_masked not in text_of(page)
    assert browser.get(other.get_absolute_url()).status_code == 404
    assert browser.get(LIST).status_code == 403


@pytest.mark.parametrize("kind", ["csv", "xlsx", "pdf"])
def test_no_file_of_the_list_holds_a_tc_number(client: Client, officer: User, kind: str) -> None:
    who = employee(tc=made_up_tc(), last_name="=1+1")
    answer = client.get(f"{LIST}?export={kind}")
    content = b"".join(answer) if answer.streaming else answer.content
    if kind == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        content = " ".join(str(cell.value) for row in sheet for cell in row).encode()
    assert answer.status_code == 200
    assert who.opened_tc().encode() not in content
    assert who.tc_masked.encode() not in content
    assert Entry.objects.filter(event="exported", object_pk=str(officer.pk)).exists()


@pytest.mark.parametrize("address", [LIST, f"{LIST}?status=all"])
def test_the_list_takes_the_same_few_queries_for_one_person_and_for_thirty(
    client: Client, address: str
) -> None:
    def asked() -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        return len([one for one in queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN"))])

    employee()
    one = asked()
    for _number in range(29):
        employee()
    assert asked() == one
    assert one <= 8


def test_the_pages_of_a_long_list_follow_each_other(client: Client) -> None:
    names = {employee(last_name=f"Sıra{number:03d}").full_name for number in range(60)}
    first = client.get(LIST)
    second = client.get(f"{LIST}?cursor={first.context['page'].next_cursor}")
    shown = [row.full_name for page in (first, second) for row in page.context["page"].rows]
    assert len(shown) == 60
    assert set(shown) == names


def test_a_person_is_entered_on_the_page(client: Client, hospital: Institution) -> None:
    ward, number = unit(hospital), made_up_tc()
    answer = client.post(
        "/staff/new/",
        {
            "first_name": "Işıl",
            "last_name": "Öz",
            "registry_no": "A1",
            "tc": number,
            "title": "Ebe",
            "institution": hospital.pk,
            "unit": ward.pk,
            "email": "i@kurum.example",
            "phone": "1",
            "started_on": "2024-01-02",
        },
    )
    made = Employee.objects.get()
    assert answer["Location"] == made.get_absolute_url()
    assert (made.full_name, made.unit, made.opened_tc()) == ("Işıl Öz", ward, number)


def test_a_refusal_stands_beside_its_field_and_nothing_is_kept(client: Client, hospital: Institution) -> None:
    holder = employee(hospital, registry_no="A1")
    answer = client.post(
        "/staff/new/",
        {"first_name": "A", "last_name": "B", "registry_no": "A1", "tc": "123", "institution": hospital.pk},
    )
    assert answer.status_code == 422
    assert "tc" in answer.context["form"].errors
    assert list(Employee.objects.all()) == [holder]


def test_an_entry_is_corrected_and_an_empty_tc_stays(client: Client) -> None:
    number = made_up_tc()
    who = employee(tc=number, title="Ebe")
    page = f"/staff/{who.pk}/change/"
    assert number not in text_of(client.get(page))
    values = {"first_name": "Yeni", "last_name": who.last_name, "reason": "Düzeltme", "tc": ""}
    assert client.post(page, values).status_code == 302
    who.refresh_from_db()
    assert (who.first_name, who.title, who.opened_tc()) == ("Yeni", "", number)


def test_a_move_a_leaving_and_a_return_are_recorded(client: Client, hospital: Institution) -> None:
    who, today = employee(), timezone.localdate().isoformat()
    place = {"institution": hospital.pk, "on": today, "reason": "Atama"}
    assert client.post(f"/staff/{who.pk}/move/", place).status_code == 302
    assert client.post(f"/staff/{who.pk}/leave/", {"on": today, "reason": "Emekli"}).status_code == 302
    who.refresh_from_db()
    assert (who.institution, who.is_here) == (hospital, False)
    assert client.post(f"/staff/{who.pk}/return/", place).status_code == 302
    who.refresh_from_db()
    assert who.is_here
    steps = [entry.step for entry in entries_of(who).filter(event="changed")]
    assert steps == ["staff_return", "staff_leave", "staff_move"]


def test_a_day_to_come_is_refused_on_the_page(client: Client) -> None:
    who, later = employee(), timezone.localdate() + timedelta(days=2)
    answer = client.post(f"/staff/{who.pk}/leave/", {"on": later.isoformat(), "reason": "Emekli"})
    assert answer.status_code == 422
    assert "on" in answer.context["form"].errors


def test_the_number_is_shown_once_for_a_reason(client: Client, officer: User) -> None:
    number = made_up_tc()
    who = employee(tc=number)
    page = who.get_absolute_url()
    shown = text_of(client.get(page))
    assert number not in shown
    assert who.tc_masked in shown
    address = f"{page}tc/"
    assert client.get(address).status_code == 405
    assert client.post(address, {"reason": ""}).status_code == 422
    answer = client.post(address, {"reason": "Form karşılaştırması"})
    assert number in text_of(answer)
    assert "no-store" in answer["Cache-Control"]
    entry = entries_of(who).get(event="tc_shown")
    assert (entry.actor, entry.reason) == (officer, "Form karşılaştırması")
    assert number not in text_of(client.get(page))


@pytest.mark.parametrize(
    ("role", "found"),
    [(Role.IT_OFFICER, True), (Role.REQUESTING_UNIT_HEAD, True), (Role.REQUESTING_STAFF, False)],
)
def test_the_picker_finds_staff_of_ones_own_only(role: str, found: bool, hospital: Institution) -> None:
    who = employee(hospital, last_name="Karanfil")
    employee(hospital, last_name="Karanfilci", left_on=timezone.localdate())
    browser = signed_in_client(person(role, institution=hospital))
    answer = browser.post("/find/employees/", {"q": "karanf"}, headers={"Accept": "application/json"})
    assert [row["id"] for row in answer.json()["results"]] == ([who.pk] if found else [])


def test_the_unit_picker_names_the_institution(client: Client, hospital: Institution) -> None:
    ward = unit(hospital, name="Kan Merkezi")
    answer = client.post("/find/units/", {"q": "kan mer"}, headers={"Accept": "application/json"})
    assert answer.json()["results"] == [{"id": ward.pk, "name": "Kan Merkezi", "detail": hospital.name}]


def test_the_menu_leads_there_for_those_who_may_read(hospital: Institution) -> None:
    expected: dict[str, bool] = {
        Role.IT_LEAD: True,
        Role.REQUESTING_UNIT_HEAD: True,
        Role.REQUESTING_STAFF: False,
    }
    for role, is_there in expected.items():
        home = text_of(signed_in_client(person(role, institution=hospital)).get("/"))
        assert ('href="/staff/"' in home) is is_there


@pytest.mark.parametrize(
    "address",
    [
        "?institution=x&unit=%00&status=yok",
        "?institution=99999999999999&unit=-1",
        "?find=%00%ff&cursor=..",
        "?unit=1",
        "?export=exe",
    ],
)
def test_odd_addresses_get_an_answer(client: Client, address: str) -> None:
    assert client.get(LIST + address).status_code in (200, 404)


Odd = Callable[[], dict[str, Any]]


@pytest.mark.parametrize(
    "name", ["staff-new", "staff-change", "staff-move", "staff-leave", "staff-return", "staff-tc"]
)
def test_odd_input_is_refused_with_a_page(client: Client, name: str) -> None:
    who = employee()
    values = dict.fromkeys(
        ("first_name", "institution", "unit", "user", "on", "reason", "tc", "registry_no", "q"),
        "\x00'\"<script>" + "İ" * 400,
    )
    address = reverse(name, args=() if name == "staff-new" else (who.pk,))
    assert client.post(address, values).status_code == 422
