"""The training register as a page of the unit, and the entries signatures make in it (Ek-5 5.4.1.6)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Training, User
from audit.queries import entries_of
from security_docs import readings
from security_docs.models import Document, Kind, Reading
from security_docs.months import months_after
from security_docs.services import documents
from tests.accounts.people import institution, person, signed_in_client
from tests.processes.test_pages import counted
from tests.security_docs.conftest import Team, entered, in_force

__all__ = ["counted"]

PAGE = "/trainings/"


def held(team: Team, user: User, subject: str = "Parola", days: int = 10, valid: int = 300) -> Training:
    today = timezone.localdate()
    return Training.objects.create(
        user=user,
        subject=subject,
        provider="Birim",
        held_on=today - timedelta(days=days),
        valid_until=today + timedelta(days=valid),
        entered_by=team.lead,
    )


def sign(team: Team, document: Document) -> Reading:
    version = in_force(team, document)
    reading = Reading.objects.get(version=version, user=team.reader)
    for page in range(1, version.page_count + 1):
        readings.see(reading, by=team.reader, page=page)
    return readings.sign(reading, by=team.reader, sha256=version.sha256, address=None)


@pytest.mark.parametrize(
    ("kind", "subject", "count"), [("training", "Parola", 1), ("training", "", 0), ("policy", "", 0)]
)
def test_a_signed_training_document_makes_its_entry(team: Team, kind: str, subject: str, count: int) -> None:
    lesson = entered(team, kind=kind, training_subject=subject, review_months=6)
    documents.add_readers(lesson, by=team.officer, kind="institution", institution=team.hospital)

    sign(team, lesson)

    today = timezone.localdate()
    rows = list(Training.objects.values_list("user", "subject", "held_on", "valid_until", "entered_by"))
    expected = (team.reader.pk, "Parola", today, months_after(today, 6), team.reader.pk)
    assert rows == [expected] * count


def test_an_entry_of_the_same_day_is_not_made_twice(team: Team) -> None:
    held(team, team.reader, days=0)
    lesson = entered(team, kind=Kind.TRAINING, training_subject="Parola")
    documents.add_readers(lesson, by=team.officer, kind="institution", institution=team.hospital)

    sign(team, lesson)

    assert Training.objects.count() == 1


def shown(client: Any, query: str) -> str:
    page = client.get(f"{PAGE}{query}").content.decode()
    return str(page[page.index("<main") :])


def test_the_register_is_narrowed_by_person_subject_institution_standing_and_day(team: Team) -> None:
    other = person("requesting_staff", first_name="Şükrü", last_name="Özçelik", institution=institution())
    held(team, team.reader)
    held(team, other, "Yedekleme", days=400, valid=-30)
    client = signed_in_client(team.officer)
    today = timezone.localdate()
    mine, theirs = team.reader.full_name, other.full_name

    def names(query: str) -> tuple[bool, bool]:
        text = shown(client, query)
        return mine in text, theirs in text

    assert names("") == (True, True)
    assert names("?q=sukru") == (False, True)
    assert names("?subject=Parola") == (True, False)
    assert names("?standing=over") == (False, True)
    assert names("?standing=valid") == (True, False)
    assert names(f"?held_from={today - timedelta(days=20)}") == (True, False)
    assert names(f"?institution={other.institution_id}") == (False, True)
    assert names("?q=kimse&held_from=dün&cursor=x") in ((False, False), (True, True))


@pytest.mark.parametrize("kind", ["xlsx", "csv", "pdf"])
def test_the_register_is_taken_as_a_file(team: Team, kind: str) -> None:
    held(team, team.reader)

    assert signed_in_client(team.officer).get(f"{PAGE}?export={kind}").status_code == 200


def test_a_training_is_entered_once_with_its_trail(team: Team) -> None:
    client, today = signed_in_client(team.officer), timezone.localdate()
    sent = {
        "user": team.reader.pk,
        "subject": "Oltalama",
        "provider": "Birim",
        "held_on": today,
        "valid_until": today + timedelta(days=365),
    }

    answers = [client.post(f"{PAGE}new/", sent), client.post(f"{PAGE}new/", sent)]

    made = Training.objects.get()
    assert [one.status_code for one in answers] == [302, 422]
    assert (made.user, made.subject, made.entered_by) == (team.reader, "Oltalama", team.officer)
    assert entries_of(made)[0].step == "training_enter"


@pytest.mark.parametrize(
    "wrong",
    [
        {"held_on": "2999-01-01", "valid_until": "2999-12-31"},
        {"valid_until": "2000-01-01"},
        {"user": "Bilinmeyen"},
        {"user": ""},
        {"subject": ""},
        {"held_on": "dün"},
    ],
    ids=["not held yet", "over before it began", "nobody", "no person", "without subject", "no day"],
)
def test_what_does_not_fit_is_refused_in_words(team: Team, wrong: dict[str, Any]) -> None:
    today = timezone.localdate()
    sent = {
        "user": team.reader.pk,
        "subject": "Oltalama",
        "held_on": today,
        "valid_until": today + timedelta(days=9),
        **wrong,
    }

    answer = signed_in_client(team.officer).post(f"{PAGE}new/", sent)

    assert (answer.status_code, Training.objects.count()) == (422, 0)


@pytest.mark.parametrize("rows", [1, 30])
def test_the_register_asks_a_fixed_number_of_questions(
    team: Team, counted: Callable[[Client, str], int], rows: int
) -> None:
    for _row in range(rows):
        held(team, person("requesting_staff", institution=team.hospital))

    assert counted(signed_in_client(team.lead), PAGE) == 7


def test_the_register_is_the_units(team: Team) -> None:
    client = signed_in_client(team.reader)

    assert [client.get(PAGE).status_code, client.post(f"{PAGE}new/").status_code] == [403, 403]
