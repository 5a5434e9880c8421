"""Staff lists taken into the register: who comes, changes, moves, comes back, leaves; and everything that is refused."""

from __future__ import annotations

import io
import time
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts import staffing
from accounts.models import Employee, Institution, Unit, User
from accounts.roles import Role
from accounts.services import staff
from audit.models import Entry
from audit.queries import entries_of
from processes.errors import NotFound
from processes.imports import machine
from processes.imports.staff import IMPORTER
from processes.models import ImportState, TableImport
from tests.accounts.people import employee, institution, made_up_tc, person, signed_in_client, unit

pytestmark = pytest.mark.django_db
HEADS = ("Sicil No", "T.C. Kimlik No", "Ad", "Soyad", "Unvan", "Kurum", "Birim", "E-posta", "Telefon")
DAYS = ("Başlama Tarihi", "Ayrılış Tarihi")
ALL = (*HEADS, *DAYS)


@pytest.fixture
def officer() -> User:
    return person(Role.IT_OFFICER)


@pytest.fixture
def hospital() -> Institution:
    return institution(name="Işıklı Devlet Hastanesi")


@pytest.fixture
def ward(hospital: Institution) -> Unit:
    return unit(hospital, name="Acil Servis")


def row(**values: str) -> str:
    """One line of the list; what is not named is empty."""
    keys = {"no": 0, "tc": 1, "ad": 2, "soyad": 3, "unvan": 4, "kurum": 5, "birim": 6, "eposta": 7, "tel": 8}
    cells = [""] * len(ALL)
    for name, value in {"ad": "Ayşe", "soyad": "Ak", **values}.items():
        cells[{"basla": 9, "ayril": 10, **keys}[name]] = value
    return ";".join(cells)


def handed_in(by: User, *rows: str, scope: str = "") -> TableImport:
    content = "\n".join((";".join(ALL), *rows)).encode("cp1254")
    return machine.take_in(IMPORTER, io.BytesIO(content), "personel.csv", scope=scope, by=by)


def taken_in(by: User, *rows: str, scope: str = "", ticked: tuple[str, ...] = ()) -> TableImport:
    return machine.confirm(IMPORTER, handed_in(by, *rows, scope=scope), by=by, ticked=ticked)


def verdicts(table: TableImport) -> list[str]:
    return list(table.lines.order_by("row").values_list("verdict", flat=True))


def text_of(table: TableImport, row: int = 2) -> str:
    return table.lines.get(row=row).text


def test_a_new_person_is_entered_and_told_in_the_trail(
    officer: User, hospital: Institution, ward: Unit
) -> None:
    number = made_up_tc()
    taken_in(
        officer,
        row(
            no="A1",
            tc=number,
            ad="Işıl",
            kurum="IŞIKLI DEVLET HASTANESİ",
            birim="acil servis",
            basla="1.2.2024",
        ),
    )
    made = Employee.objects.get()
    assert (made.full_name, made.registry_no, made.opened_tc()) == ("Işıl Ak", "A1", number)
    assert (made.institution, made.unit, made.started_on) == (hospital, ward, date(2024, 2, 1))
    entry = entries_of(made).get()
    assert (entry.actor, entry.step, entry.event) == (officer, "import", "created")
    assert not any(number in str(told) for told in Entry.objects.values_list("changes", flat=True))


def test_an_institution_is_known_by_its_detsis_number(officer: User, hospital: Institution) -> None:
    taken_in(officer, row(no="A1", kurum=str(hospital.detsis_no)))
    assert Employee.objects.get().institution == hospital


def test_what_differs_is_changed_and_empty_cells_change_nothing(officer: User, hospital: Institution) -> None:
    who = employee(hospital, registry_no="A1", first_name="Ayşe", last_name="Ak", title="Ebe", phone="1")
    table = handed_in(officer, row(no="A1", unvan="Hemşire", kurum=hospital.name))
    assert verdicts(table) == ["changed"]
    assert "Ebe → Hemşire" in text_of(table)
    machine.confirm(IMPORTER, table, by=officer)
    who.refresh_from_db()
    assert (who.title, who.phone) == ("Hemşire", "1")
    assert entries_of(who).first().changes == {"title": ["Ebe", "Hemşire"]}  # type: ignore[union-attr]


def test_a_name_changed_by_the_list_is_found_by_its_new_letters(officer: User, hospital: Institution) -> None:
    who = employee(hospital, registry_no="A1", first_name="Ayşe", last_name="Ak")
    taken_in(officer, row(no="A1", soyad="Işıkgöz", kurum=hospital.name))
    assert list(Employee.objects.matching("isikgoz")) == [who]


def test_the_same_list_again_makes_no_doubles(officer: User, hospital: Institution) -> None:
    rows = [row(no=f"A{number}", tc=made_up_tc(), kurum=hospital.name) for number in range(5)]
    taken_in(officer, *rows)
    again = handed_in(officer, *rows)
    assert verdicts(again) == ["same"] * 5
    machine.confirm(IMPORTER, again, by=officer)
    assert Employee.objects.count() == 5


def test_a_person_is_known_by_the_tc_number_and_the_missing_one_is_added(
    officer: User, hospital: Institution
) -> None:
    number, other = made_up_tc(), made_up_tc()
    by_tc = employee(hospital, registry_no=None, tc=number, first_name="Ayşe", last_name="Ak")
    by_number = employee(hospital, registry_no="A2", first_name="Ayşe", last_name="Ak")
    taken_in(
        officer,
        row(no="A1", tc=number, kurum=hospital.name),
        row(no="A2", tc=other, kurum=hospital.name),
    )
    by_tc.refresh_from_db()
    by_number.refresh_from_db()
    assert (by_tc.registry_no, by_number.opened_tc(), Employee.objects.count()) == ("A1", other, 2)


def test_a_move_is_told_to_who_listens(
    officer: User, hospital: Institution, ward: Unit, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Any] = []
    monkeypatch.setattr(staffing, "_moved", [lambda *told: heard.append(told)])
    who = employee(hospital, registry_no="A1", first_name="Ayşe", last_name="Ak")
    target = institution(name="Gölköy Devlet Hastanesi")
    taken_in(officer, row(no="A1", kurum=hospital.name, birim=ward.name))
    taken_in(officer, row(no="A1", kurum=target.name))
    who.refresh_from_db()
    assert (who.institution, who.unit) == (target, None)
    assert [told[1:3] for told in heard] == [(hospital, None), (hospital, ward)]


def test_an_empty_unit_in_the_same_institution_is_no_move(
    officer: User, hospital: Institution, ward: Unit
) -> None:
    employee(hospital, unit=ward, registry_no="A1", first_name="Ayşe", last_name="Ak")
    assert verdicts(handed_in(officer, row(no="A1", kurum=hospital.name))) == ["same"]


def test_who_left_by_the_list_leaves_with_the_account(officer: User, hospital: Institution) -> None:
    account = person(Role.REQUESTING_STAFF, institution=hospital)
    who = employee(hospital, registry_no="A1", first_name="Ayşe", last_name="Ak", user=account)
    taken_in(officer, row(no="A1", kurum=hospital.name, ayril="01.03.2026"))
    who.refresh_from_db()
    account.refresh_from_db()
    assert (who.left_on, account.is_active) == (date(2026, 3, 1), False)
    assert verdicts(handed_in(officer, row(no="A1", kurum=hospital.name, ayril="01.03.2026"))) == ["same"]


def test_who_comes_back_is_here_again(officer: User, hospital: Institution) -> None:
    who = employee(hospital, registry_no="A1", first_name="Ayşe", last_name="Ak")
    staff.leave(who, by=officer, on=date(2026, 3, 1))
    taken_in(officer, row(no="A1", kurum=hospital.name, basla="01.04.2026"))
    who.refresh_from_db()
    assert (who.is_here, who.started_on) == (True, date(2026, 4, 1))


def test_an_end_to_come_and_an_unknown_leaver_are_only_told(officer: User, hospital: Institution) -> None:
    employee(hospital, registry_no="A1", first_name="Ayşe", last_name="Ak")
    later = (timezone.localdate() + timedelta(days=30)).isoformat()
    table = taken_in(
        officer,
        row(no="A1", kurum=hospital.name, ayril=later),
        row(no="A2", kurum=hospital.name, ayril="01.03.2020"),
    )
    assert (table.same_count, Employee.objects.here().count(), Employee.objects.count()) == (2, 1, 1)


def test_what_is_wrong_with_a_row_is_said(officer: User, hospital: Institution, ward: Unit) -> None:
    mine, number = made_up_tc(), made_up_tc()
    employee(hospital, registry_no="A1", tc=mine, last_name="Sahibi")
    colleague = employee(registry_no="A9", user=person(Role.HIS_OFFICER))
    wrong = {
        "ne sicil": row(kurum=hospital.name),
        "kimlik numarası değil": row(no="A2", tc="12345678901", kurum=hospital.name),
        "sahibi": row(no="A1", tc=number, kurum=hospital.name),
        "sicil numarası farklı": row(no="A3", tc=mine, kurum=hospital.name),
        "kurum yazılmamış": row(no="A4"),
        "adlı bir kurum yok": row(no="A5", kurum="Yok Hastanesi"),
        "detsi̇s numarası 11111111": row(no="A6", kurum="11111111"),
        "adlı birim yok": row(no="A7", kurum=hospital.name, birim="Yok"),
        "e-posta": row(no="A8", kurum=hospital.name, eposta="ayse@"),
        "birim sorumlusu": row(no="A9", kurum=colleague.institution.name, ayril="01.03.2026"),
        "ad: ": row(no="A10", ad="", kurum=hospital.name),
    }
    table = handed_in(officer, *wrong.values())
    told = list(table.lines.order_by("row").values_list("text", flat=True))
    assert verdicts(table) == ["refused"] * len(wrong)
    assert [part for part, text in zip(wrong, told, strict=True) if part not in text.lower()] == []


def test_the_second_of_two_rows_about_one_person_is_refused(officer: User, hospital: Institution) -> None:
    number = made_up_tc()
    table = handed_in(
        officer,
        row(no="A1", kurum=hospital.name),
        row(no="A1", kurum=hospital.name),
        row(no="A2", tc=number, kurum=hospital.name),
        row(no="A3", tc=number, kurum=hospital.name),
    )
    assert verdicts(table) == ["new", "refused", "new", "refused"]
    assert "2. satır" in text_of(table, 3)


def test_two_institutions_of_one_name_are_told_apart_by_number(officer: User) -> None:
    first, _second = institution(name="Aynı Hastane"), institution(name="Aynı Hastane")
    table = handed_in(officer, row(no="A1", kurum="Aynı Hastane"), row(no="A2", kurum=str(first.detsis_no)))
    assert verdicts(table) == ["refused", "new"]


def test_who_is_missing_from_a_full_list_leaves_only_when_ticked(
    officer: User, hospital: Institution
) -> None:
    listed = employee(hospital, registry_no="A1", first_name="Ayşe", last_name="Ak")
    gone, stays = employee(hospital, last_name="Bitmiş"), employee(hospital, last_name="Kalır")
    employee(institution())
    scope = str(hospital.pk)
    table = handed_in(officer, row(no="A1"), scope=scope)
    assert [offer.key for offer in machine.offers_of(IMPORTER, table, officer)] == [
        str(gone.pk),
        str(stays.pk),
    ]
    done = machine.confirm(IMPORTER, table, by=officer, ticked=[str(gone.pk)])
    assert {one.pk for one in Employee.objects.filter(institution=hospital).here()} == {listed.pk, stays.pk}
    assert done.taken_offers == 1


def test_a_list_of_one_institution_takes_nobody_of_another(officer: User, hospital: Institution) -> None:
    other = institution(name="Gölköy Devlet Hastanesi")
    table = handed_in(officer, row(no="A1", kurum=other.name), scope=str(hospital.pk))
    assert verdicts(table) == ["refused"]


@pytest.mark.parametrize("scope", ["0", "x", "-1", "99999999999999999999"])
def test_a_list_is_for_an_institution_there_is(officer: User, scope: str) -> None:
    with pytest.raises(NotFound):
        handed_in(officer, row(no="A1"), scope=scope)


def test_twenty_thousand_people_are_judged_and_taken_in_quickly(officer: User, hospital: Institution) -> None:
    rows = [
        row(no=f"B{number:05d}", ad="Işıl", soyad=f"Öz {number}", kurum=hospital.name)
        for number in range(20_000)
    ]
    begun = time.process_time()
    table = handed_in(officer, *rows)
    assert time.process_time() - begun < 10
    begun = time.process_time()
    machine.confirm(IMPORTER, table, by=officer)
    assert time.process_time() - begun < 10
    assert Employee.objects.filter(institution=hospital).count() == 20_000


def upload(content: bytes, name: str = "personel.csv") -> dict[str, Any]:
    file = io.BytesIO(content)
    file.name = name
    return {"file": file}


@pytest.fixture
def client(officer: User) -> Client:
    return signed_in_client(officer)


def test_the_pages_lead_from_the_file_to_the_register(client: Client, hospital: Institution) -> None:
    content = "\n".join(
        (";".join(ALL), row(no="A1", kurum=hospital.name), row(no="A2", kurum="Yok"))
    ).encode()
    preview = client.post("/imports/staff/", upload(content), follow=True)
    assert preview.status_code == 200
    assert "Ayşe Ak" in preview.content.decode()
    address = preview.redirect_chain[-1][0]
    refused = b"".join(client.get(f"{address}refused.csv")).decode("utf-8-sig")
    assert refused.splitlines()[1].startswith("3;Ayşe Ak;")
    done = client.post(address, follow=True)
    assert done.redirect_chain[-1][0] == "/staff/"
    assert Employee.objects.get().registry_no == "A1"
    assert "Ayşe Ak" not in client.get(address).content.decode()
    assert client.post(address, follow=True).status_code == 200
    again = client.post("/imports/staff/", upload(content), follow=True).content.decode()
    assert "daha önce içe aktarılmış" in again


def test_a_table_can_be_dropped_on_the_page(client: Client, hospital: Institution) -> None:
    content = "\n".join((";".join(ALL), row(no="A1", kurum=hospital.name))).encode()
    address = client.post("/imports/staff/", upload(content))["Location"]
    client.post(address, {"drop": "1"})
    assert TableImport.objects.get().state == ImportState.DROPPED
    assert not Employee.objects.exists()


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"a;b\n1;2", 422), (b"%PDF-1.7", 415), (b"\xd0\xcf\x11\xe0" + b"\0" * 99, 415), (b"PK\x03\x04", 422)],
)
def test_a_file_that_is_no_list_is_refused_on_the_page(client: Client, content: bytes, status: int) -> None:
    answer = client.post("/imports/staff/", upload(content))
    assert answer.status_code == status
    assert answer.context["form"].errors["file"]


def test_the_template_can_be_filled_in_and_handed_in(client: Client, hospital: Institution) -> None:
    import openpyxl

    content = b"".join(client.get("/imports/staff/template.xlsx"))
    book = openpyxl.load_workbook(io.BytesIO(content))
    heads = [cell.value for cell in book.worksheets[0][1]]
    values = {"Sicil No": "00A1", "Ad": "Ayşe", "Soyad": "Ak", "Kurum": hospital.name}
    book.worksheets[0].append([values.get(str(head), "") for head in heads])
    filled = io.BytesIO()
    book.save(filled)
    answer = client.post("/imports/staff/", upload(filled.getvalue(), "liste.xlsx"), follow=True)
    assert answer.context["table"].new_count == 1


def test_others_reach_neither_the_pages_nor_the_table(client: Client, hospital: Institution) -> None:
    content = "\n".join((";".join(ALL), row(no="A1", kurum=hospital.name))).encode()
    address = client.post("/imports/staff/", upload(content))["Location"]
    colleague = signed_in_client(person(Role.HIS_OFFICER))
    head = signed_in_client(person(Role.REQUESTING_UNIT_HEAD, institution=hospital))
    for path in (address, f"{address}refused.csv"):
        assert (colleague.get(path).status_code, head.get(path).status_code) == (404, 403)
    assert colleague.post(address).status_code == 404
    assert client.get("/imports/yok/").status_code == 404
    assert not Employee.objects.exists()


@pytest.mark.parametrize(("kept", "written"), [("S000101", "s000101"), ("İŞ-17", "ış-17"), ("Ş 9", "S9")])
def test_a_registry_number_in_other_letters_is_the_same_person(
    officer: User, hospital: Institution, kept: str, written: str
) -> None:
    known = employee(hospital, first_name="Ayşe", last_name="Ak", registry_no=kept)

    table = handed_in(officer, row(no=written, unvan="Hemşire", kurum=hospital.name))
    assert verdicts(table) == ["changed"]
    assert written not in text_of(table)
    machine.confirm(IMPORTER, table, by=officer)

    after = Employee.objects.get()
    assert (after.pk, after.registry_no, after.title) == (known.pk, kept, "Hemşire")
    twice = handed_in(officer, row(no=kept, kurum=hospital.name), row(no=written, kurum=hospital.name))
    assert verdicts(twice) == ["same", "refused"]
