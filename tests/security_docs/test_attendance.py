"""Trainings of staff without an account: entered one by one, pasted, from a table; the papers; who was not trained."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import openpyxl
import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Employee, Training
from accounts.oversight import untrained
from audit.models import Entry
from audit.queries import entries_of
from processes.models import TableImport
from security_docs import clauses
from security_docs.models import Kind, PaperList
from security_docs.services import documents, papers, trainings
from tests.accounts.people import employee, institution, signed_in_client
from tests.incidents.test_api import program_of
from tests.processes.records import pdf
from tests.processes.test_pages import counted
from tests.security_docs.conftest import Team, entered, in_force

__all__ = ["counted"]

PAGE = "/trainings/"


def words(content: bytes) -> str:
    return " ".join(
        " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages).split()
    )


def given(**values: Any) -> dict[str, Any]:
    today = timezone.localdate()
    return {"subject": "Parola", "held_on": today, "valid_until": today + timedelta(days=365), **values}


def attended(team: Team, one: Employee, day: date | None = None, subject: str = "Parola") -> Training:
    day = day or timezone.localdate()
    values = given(held_on=day, valid_until=day + timedelta(days=365), subject=subject)
    return trainings.enter(by=team.officer, employee=one, **values)


@pytest.fixture
def staff(team: Team) -> Employee:
    return employee(team.hospital, first_name="Şükriye", last_name="Iğdır", registry_no="S-700")


def test_somebody_of_the_staff_register_is_entered_on_the_page(team: Team, staff: Employee) -> None:
    client = signed_in_client(team.officer)

    answers = [client.post(f"{PAGE}new/", given(employee=staff.pk)) for _turn in range(2)]

    made = Training.objects.get()
    assert [one.status_code for one in answers] == [302, 422]
    assert (made.employee, made.user, made.full_name) == (staff, None, "Şükriye Iğdır")
    assert made.institution_name == team.hospital.name
    assert entries_of(made)[0].step == "training_enter"
    assert "Şükriye Iğdır" in client.get(f"{PAGE}?q=sukriye").content.decode()
    assert "Şükriye Iğdır" in client.get(f"{PAGE}?q=S-7").content.decode()
    assert "Şükriye Iğdır" in client.get(f"{PAGE}?institution={team.hospital.pk}").content.decode()
    assert "Şükriye Iğdır" not in client.get(f"{PAGE}?institution={institution().pk}").content.decode()


def test_who_has_an_account_is_entered_under_it(team: Team) -> None:
    both = employee(team.hospital, user=team.reader)

    made = attended(team, both)

    assert (made.user, made.employee) == (team.reader, None)


def test_one_person_is_chosen_not_two(team: Team, staff: Employee) -> None:
    answer = signed_in_client(team.officer).post(f"{PAGE}new/", given(employee=staff.pk, user=team.reader.pk))

    assert (answer.status_code, Training.objects.count()) == (422, 0)
    assert "Parola" in answer.content.decode()


def test_the_database_keeps_an_entry_to_one_person(team: Team, staff: Employee) -> None:
    for wrong in ({}, {"user": team.reader, "employee": staff}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Training.objects.create(entered_by=team.lead, **given(**wrong))


def test_what_was_entered_before_somebody_had_an_account_counts_afterwards(
    team: Team, staff: Employee
) -> None:
    attended(team, staff)
    assert team.reader in untrained()

    Employee.objects.filter(pk=staff.pk).update(user=team.reader)

    assert team.reader not in untrained()
    assert signed_in_client(team.officer).post(f"{PAGE}new/", given(user=team.reader.pk)).status_code == 422


def test_pasted_numbers_are_shown_before_they_are_entered(team: Team, staff: Employee) -> None:
    other = employee(team.hospital, registry_no="S-701")
    gone = employee(team.hospital, registry_no="S-702", left_on=timezone.localdate() - timedelta(days=30))
    client = signed_in_client(team.officer)
    text = "s-700\tŞükriye\nS-701, S-700\r\nS-999;S-702\n"

    shown = client.post(f"{PAGE}many/", given(numbers=text))
    page = client.get(shown["Location"]).content.decode()
    before = Training.objects.count()
    table = TableImport.objects.get()
    done = client.post(shown["Location"])

    assert (table.new_count, table.same_count, table.refused_count, before) == (2, 1, 2, 0)
    assert "Personel kütüğünde bu sicil numarası yok." in page
    assert gone.full_name in page
    assert (done.status_code, done["Location"]) == (302, PAGE)
    assert set(Training.objects.values_list("employee", "subject")) == {
        (staff.pk, "Parola"),
        (other.pk, "Parola"),
    }
    assert {entries_of(made)[0].step for made in Training.objects.all()} == {"trainings_take_in"}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"numbers": " ,\n"}, "numbers"),
        ({"held_on": "2999-01-01", "valid_until": "2999-12-31"}, "held_on"),
        ({"valid_until": "2000-01-01"}, "valid_until"),
        ({"subject": ""}, "subject"),
    ],
)
def test_a_bad_input_keeps_what_was_pasted(team: Team, wrong: dict[str, Any], field: str) -> None:
    answer = signed_in_client(team.officer).post(
        f"{PAGE}many/", given(**{"numbers": "S-700\nS-701", **wrong})
    )

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert ("S-701" in answer.content.decode()) is (field != "numbers")


def book(*rows: list[Any]) -> SimpleUploadedFile:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for row in (["Sicil No", "Ad Soyad", "Konu", "Eğitimi Veren", "Tarih", "Yenileme Tarihi"], *rows):
        sheet.append(row)
    target = io.BytesIO()
    made.save(target)
    return SimpleUploadedFile("katilanlar.xlsx", target.getvalue())


def test_a_table_is_taken_in_and_changes_nothing_the_second_time(team: Team, staff: Employee) -> None:
    client, day = signed_in_client(team.officer), timezone.localdate() - timedelta(days=3)
    rows = (
        ["S-700", "ŞÜKRİYE IĞDIR", "Oltalama", "Birim", day, None],
        ["S-700", "Başka Biri", "Oltalama", "Birim", day, None],
        ["S-700", "", "Oltalama", "", date(2999, 1, 1), None],
        ["S-700", "", "Oltalama", "", day, day],
    )

    counts = []
    for _turn in range(2):
        shown = client.post("/imports/trainings/", {"file": book(*rows)})
        table = TableImport.objects.latest("pk")
        counts.append((table.new_count, table.same_count, table.refused_count))
        client.post(shown["Location"])

    made = Training.objects.get()
    assert counts == [(1, 0, 3), (0, 1, 3)]
    assert (made.employee, made.provider, made.valid_until) == (staff, "Birim", day + timedelta(days=365))


def test_the_staff_not_trained_this_year(
    team: Team, staff: Employee, counted: Callable[[Client, str], int]
) -> None:
    today = timezone.localdate()
    trained, last_year = (
        employee(team.hospital, last_name="Eğitimli"),
        employee(team.hospital, last_name="Geçen"),
    )
    elsewhere = employee(institution(), last_name="Uzak")
    with_account = employee(team.hospital, last_name="Hesaplı", user=team.reader)
    gone = employee(team.hospital, last_name="Ayrılmış", left_on=today)
    attended(team, trained)
    attended(team, last_year, day=date(today.year - 1, 6, 1))
    attended(team, with_account, subject="Yedekleme")
    client, address = signed_in_client(team.officer), f"{PAGE}missing/?institution={team.hospital.pk}"

    def names(query: str) -> set[str]:
        return {row.last_name for row in client.get(f"{address}{query}").context["page"].rows}

    assert names("") == {"Iğdır", "Geçen"}
    assert names("&subject=Parola") == {"Iğdır", "Geçen", "Hesaplı"}
    assert names(f"&year={today.year - 1}") == {"Iğdır", "Eğitimli", "Hesaplı"}
    assert names("&q=igdir") == {"Iğdır"}
    everywhere = {row.last_name for row in client.get(f"{PAGE}missing/").context["page"].rows}
    assert elsewhere.last_name in everywhere
    assert gone.last_name not in everywhere
    told = b"".join(client.get(f"{address}&export=csv")).decode("utf-8-sig")
    assert [line.split(";")[0] for line in told.strip().splitlines()[1:]] == [
        last_year.full_name,
        staff.full_name,
    ]
    assert counted(client, address) <= 8


@pytest.mark.parametrize("told", ["pk", "name"])
def test_the_institution_asked_for_is_named_however_it_was_told(
    team: Team, staff: Employee, told: str
) -> None:
    page = signed_in_client(team.officer).get(
        f"{PAGE}missing/", {"institution": getattr(team.hospital, told)}
    )

    text = page.content.decode()
    assert (staff.full_name in text, f"<b>{team.hospital.name}</b>" in text, "None" in text) == (
        True,
        True,
        False,
    )


def test_the_list_to_sign_names_those_who_still_have_to_come(team: Team, staff: Employee) -> None:
    trained = employee(team.hospital, last_name="Eğitimli")
    attended(team, trained)
    client = signed_in_client(team.officer)
    sent = given(institution=team.hospital.pk, place="Konferans salonu", provider="Birim")

    def printed(**values: Any) -> str:
        answer = client.post(f"{PAGE}attendance/", {**sent, **values})
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        return words(answer.content)

    still, everybody = printed(who="untrained"), printed(who="everybody")
    named = printed(who="named", numbers=trained.registry_no)

    assert all(word in still for word in ("Şükriye Iğdır", "S-700", "Konferans salonu", "İmza"))
    assert ["Eğitimli" in text for text in (still, everybody, named)] == [False, True, True]
    assert "Iğdır" not in named
    assert Training.objects.count() == 1
    assert Entry.objects.filter(event="exported", object_id=str(team.hospital.pk)).count() == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"who": "named", "numbers": ""},
        {"who": "named", "numbers": "S-700 S-1"},
        {"who": "untrained", "institution": "nowhere"},
        {"who": "untrained", "subject": ""},
        {"who": "herkes"},
    ],
)
def test_a_list_that_cannot_be_printed_keeps_what_was_typed(
    team: Team, staff: Employee, wrong: dict[str, Any]
) -> None:
    typed = {"institution": team.hospital.pk, "place": "Konferans salonu", "who": "untrained", "numbers": ""}
    sent = given(**{**typed, **wrong})

    answer = signed_in_client(team.officer).post(f"{PAGE}attendance/", sent)

    assert answer.status_code == 422
    assert "Konferans salonu" in answer.content.decode()


def test_where_everybody_was_trained_the_list_says_so(team: Team, staff: Employee) -> None:
    attended(team, staff)
    sent = given(institution=team.hospital.pk, who="untrained")

    answer = signed_in_client(team.officer).post(f"{PAGE}attendance/", sent)

    assert answer.status_code == 422
    assert "bu yıl eğitim aldı" in answer.content.decode()


def test_certificates_of_one_and_of_all_that_are_shown(team: Team, staff: Employee) -> None:
    one = attended(team, staff)
    attended(team, employee(team.hospital, last_name="Öteki"), subject="Yedekleme")
    client = signed_in_client(team.officer)

    single = words(client.get(f"{PAGE}{one.pk}/certificate/").content)
    narrowed = words(client.get(f"{PAGE}certificates/?subject=Yedekleme").content)
    none = client.get(f"{PAGE}certificates/?q=kimse")

    assert all(word in single for word in ("Şükriye Iğdır", team.hospital.name, "Parola"))
    assert "Öteki" in narrowed
    assert "Iğdır" not in narrowed
    assert none.status_code == 422
    assert entries_of(one).filter(event="exported").exists()
    assert client.get(f"{PAGE}{one.pk + 99}/certificate/").status_code == 404


def test_a_list_signed_on_paper_makes_the_entries_of_its_signatories(team: Team, staff: Employee) -> None:
    absent = employee(team.hospital, last_name="Gelmeyen")
    lesson = entered(team, kind=Kind.TRAINING, training_subject="Parola", review_months=6)
    documents.add_readers(lesson, by=team.officer, kind="institution", institution=team.hospital)
    version = in_force(team, lesson)
    paper = papers.print_list(version, team.hospital, by=team.officer)
    row = version.readings.get(employee=staff)

    papers.enter(
        PaperList.objects.get(pk=paper.pk),
        by=team.officer,
        scan=SimpleUploadedFile("liste.pdf", pdf()),
        signed_on=timezone.localdate(),
        ticked=[row.pk],
    )

    made = Training.objects.get()
    assert (made.employee, made.subject, made.entered_by) == (staff, "Parola", team.officer)
    assert not Training.objects.filter(employee=absent).exists()
    assert "register" not in "".join(str(found) for found in clauses.trained())


def test_a_paper_signature_without_an_entry_is_found(team: Team, staff: Employee) -> None:
    lesson = entered(team, kind=Kind.TRAINING, training_subject="Parola")
    documents.add_readers(lesson, by=team.officer, kind="institution", institution=team.hospital)
    version = in_force(team, lesson)
    version.readings.filter(employee=staff).update(signed_at=timezone.now(), signed_hash=version.sha256)

    found = " ".join(str(one) for one in clauses.trained())

    assert lesson.number in found


def test_programs_read_enter_and_ask_who_is_missing(team: Team, staff: Employee) -> None:
    program = program_of(team.officer)
    today = timezone.localdate()
    missing = f"security-trainings/missing/?institution={team.hospital.detsis_no}"

    before = program.get(missing).json()["results"]
    sent = {
        "employee": staff.pk,
        "subject": "Parola",
        "held_on": f"{today}",
        "valid_until": f"{today.replace(year=today.year + 1, day=1)}",
    }
    made = program.post("security-trainings/", sent)
    again = program.post("security-trainings/", sent)
    told = program.get("security-trainings/?standing=valid&subject=Parola").json()["results"]

    assert [row["id"] for row in before] == [staff.pk]
    assert (made.status_code, again.status_code) == (201, 422)
    assert [(row["name"], row["has_account"]) for row in told] == [("Şükriye Iğdır", False)]
    assert program.get(missing).json()["results"] == []
    assert program.get("security-trainings/?standing=over").json()["results"] == []
    assert program.get("security-trainings/missing/?year=1999").status_code == 400
    assert program.get("security-trainings/missing/?institution=1").status_code == 404


def test_the_register_and_its_papers_are_the_units(team: Team, staff: Employee) -> None:
    row = attended(team, staff)
    client, program = signed_in_client(team.reader), program_of(team.reader)
    pages = ("many/", "missing/", "attendance/", "certificates/", f"{row.pk}/certificate/")

    assert [client.get(f"{PAGE}{page}").status_code for page in pages] == [403] * 5
    assert client.get("/imports/trainings/").status_code in {403, 404}
    assert [program.get(f"security-trainings/{rest}").status_code for rest in ("", "missing/")] == [403, 403]
