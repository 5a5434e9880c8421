"""Reports without a person's name, and those a source makes under a number of its own."""

from __future__ import annotations

import importlib
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from incidents import workflow
from incidents.models import Alert, Breach
from incidents.services.repeats import AlreadyReported
from tests.accounts.people import person, signed_in_client
from tests.incidents.test_api import program_of
from tests.incidents.walking import Team, report, walked

numbers = importlib.import_module("incidents.migrations.0010_numbers_at_the_source")
BODY = {"subprocess": "5.3.2", "title": "Zararlı yazılım", "description": "Merkezî sistem bildirdi."}


@pytest.fixture
def ministry(team: Team) -> User:
    return person(Role.MINISTRY_UNIT_HEAD)


def registered(browser: Client, **values: Any) -> Any:
    given = {"subprocess": "5.3.2", "title": "Ekran açık", "description": "Arandı.", "level": "C"} | values
    return browser.post("/new/", given)


@pytest.mark.parametrize(
    ("values", "source", "is_anonymous"),
    [
        ({"channel": "telephone"}, "telephone", True),
        ({"channel": "telephone", "source": "detection"}, "detection", False),
        ({"channel": "portal", "source": "ministry"}, "ministry", False),
        ({"channel": "api"}, "ministry", False),
        ({"channel": "telephone", "applicant_name": "Deneme Kişi"}, "telephone", False),
    ],
)
def test_what_needs_no_name_is_registered_without_one(
    team: Team, values: dict[str, str], source: str, is_anonymous: bool
) -> None:
    answer = registered(signed_in_client(team.officer), **values)

    breach = Breach.objects.get()
    assert answer.status_code == 302
    assert (breach.source, breach.is_anonymous) == (source, is_anonymous)


@pytest.mark.parametrize("values", [{"channel": "letter"}, {"channel": "portal"}])
def test_a_letter_or_a_visit_says_who_asks(team: Team, values: dict[str, str]) -> None:
    answer = registered(signed_in_client(team.officer), **values)

    assert answer.status_code == 422
    assert "Kimin başvurduğunu belirtin" in answer.content.decode()
    assert not Breach.objects.exists()


def test_an_anonymous_call_is_registered_over_the_api(team: Team) -> None:
    answer = program_of(team.officer).post("cases/", {**BODY, "channel": "telephone"})

    assert answer.status_code == 201
    assert Breach.objects.get().is_anonymous


def test_the_ministrys_system_sends_its_number_and_its_moments(team: Team, ministry: User) -> None:
    reported = timezone.now() - timedelta(hours=5)
    learned = reported - timedelta(hours=1)
    more = {
        "source_reference": "BGYS-777",
        "reported_at": reported.isoformat(),
        "learned_at": learned.isoformat(),
    }

    answer = program_of(ministry).post("cases/", {**BODY, **more})

    breach = Breach.objects.get()
    assert answer.status_code == 202
    assert (breach.source, breach.source_reference) == ("ministry", "BGYS-777")
    assert abs(breach.reported_at - reported) < timedelta(minutes=1)
    assert abs(breach.learned_at - learned) < timedelta(minutes=1)


@pytest.mark.parametrize("name", ["source", "level", "personal_data", "applicant"])
def test_what_the_unit_judges_the_ministry_does_not_send(team: Team, ministry: User, name: str) -> None:
    answer = program_of(ministry).post("cases/", {**BODY, name: "C"})

    assert (answer.status_code, name in answer.json()["errors"]) == (422, True)


def test_other_reporters_are_asked_for_none_of_it(team: Team) -> None:
    answer = program_of(team.reporter).post("cases/", {**BODY, "source_reference": "BGYS-777"})

    assert answer.status_code == 422


def test_the_same_number_twice_makes_one_breach_and_one_alert(team: Team, ministry: User) -> None:
    body = {**BODY, "source_reference": "BGYS-777"}
    program = program_of(ministry)

    first = program.post("cases/", body, Idempotency_Key="bir")
    again = program.post("cases/", body, Idempotency_Key="bir")
    second = program.post("cases/", body, Idempotency_Key="iki")

    breach = Breach.objects.get()
    assert [one.status_code for one in (first, again, second)] == [202, 202, 409]
    assert (again.json(), again["Idempotency-Replayed"]) == (first.json(), "true")
    assert (second.json()["code"], breach.number in second.content.decode()) == ("already-reported", False)
    assert Alert.objects.count() == 1


def test_who_knows_of_breaches_hears_under_which_number_it_stands(team: Team) -> None:
    first = report(team, source="ministry", source_reference="BGYS-777")
    told = {}
    for by in (team.officer, team.it_officer):
        with pytest.raises(AlreadyReported) as refused:
            report(team, by=by, source="ministry", source_reference="BGYS-777")
        told[by] = str(refused.value)

    assert [first.number in text for text in told.values()] == [True, False]


def test_the_page_says_where_it_stands(team: Team) -> None:
    first = report(team, source="ministry", source_reference="BGYS-777")

    answer = registered(
        signed_in_client(team.officer), channel="portal", source="ministry", source_reference="BGYS-777"
    )

    assert answer.status_code == 422
    assert first.number in answer.content.decode()


def test_another_source_may_use_the_same_number_and_none_is_no_number(team: Team) -> None:
    for values in ({"source": "ministry"}, {"source": "ebys"}):
        report(team, source_reference="777", **values)
    for _time in range(2):
        report(team, source="ministry", source_reference="")

    assert Breach.objects.count() == 4


def test_what_has_ended_may_be_reported_again(team: Team) -> None:
    walked(report(team, source="ministry", source_reference="BGYS-777"), team, until="inform")

    again = report(team, source="ministry", source_reference="BGYS-777")

    assert again.is_open
    assert list(Breach.objects.filter(holds_reference=True)) == [again]


def test_what_was_opened_anew_counts_as_well(team: Team) -> None:
    closed = walked(report(team, source="ministry", source_reference="BGYS-777"), team, until="inform")
    workflow.reopen(closed, by=team.lead, reason="Yeni olgu")

    with pytest.raises(AlreadyReported):
        report(team, source="ministry", source_reference="BGYS-777")


@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_is_told_of_the_other(team: Team) -> None:
    outcomes: list[str] = []

    def second() -> None:
        try:
            report(team, by=team.officer, source="ministry", source_reference="BGYS-777")
            outcomes.append("taken")
        except AlreadyReported as refusal:
            outcomes.append(refusal.code)
        finally:
            connection.close()

    with transaction.atomic():
        first = report(team, by=team.officer, source="ministry", source_reference="BGYS-777")
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(1.5)
        waits = thread.is_alive()
    thread.join(20)

    assert (waits, outcomes) == (True, ["already-reported"])
    assert list(Breach.objects.values_list("pk", flat=True)) == [first.pk]


def test_doubles_of_earlier_days_stay_and_the_first_holds_the_number(team: Team) -> None:
    rows = [report(team, title=f"Kayıt {place}", source="ministry") for place in range(3)]
    closed = walked(report(team, source="ministry", source_reference="B-1"), team, until="inform")
    Breach.objects.filter(pk__in=[rows[0].pk, rows[1].pk]).update(source_reference="B-1")
    Breach.objects.update(holds_reference=False)

    numbers.hold_the_numbers(apps, None)

    held = Breach.objects.filter(holds_reference=True).values_list("pk", flat=True)
    assert (list(held), closed.is_open) == ([rows[0].pk], False)
