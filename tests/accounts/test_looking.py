"""What somebody looked for stands in the trail: once for a question, and nothing for a list nobody narrowed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from audit.models import Entry
from tests.accounts.people import employee, made_up_tc, person, signed_in_client
from tests.processes.sheets import load

pytestmark = pytest.mark.django_db
LISTS = (
    "case-list",
    "letters-incoming",
    "letters-outgoing",
    "esignature-certificates",
    "breach-register",
    "security-documents",
    "webapps-applications",
)
Told = Callable[[], list[Any]]


@pytest.fixture
def head() -> User:
    return person(Role.UNIT_HEAD)


@pytest.fixture
def own(head: User) -> Client:
    load()
    return signed_in_client(head)


@pytest.fixture
def told(head: User) -> Told:
    def searched() -> list[Any]:
        return [entry.changes for entry in Entry.objects.filter(event="searched", actor=head).order_by("id")]

    return searched


@pytest.mark.parametrize("name", LISTS)
def test_words_in_a_list_are_told_and_a_list_nobody_narrowed_is_not(
    own: Client, told: Told, name: str
) -> None:
    assert own.get(reverse(name)).status_code == 200
    assert told() == []

    assert own.get(reverse(name), {"q": "Yıldız"}).status_code == 200
    assert told() == [{"words": "Yıldız"}]


def test_the_records_of_one_person_are_a_look_at_that_person(own: Client, told: Told, head: User) -> None:
    somebody = employee()

    own.get(reverse("case-list"), {"applicant": str(head.pk)})
    own.get(reverse("webapps-access"), {"employee": str(somebody.pk)})

    assert told() == [{"applicant": str(head.pk)}, {"employee": str(somebody.pk)}]


def test_the_same_question_is_one_look(own: Client, told: Told) -> None:
    for words in ("Yıldız", "Yıldız", "Şahin"):
        own.get(reverse("case-list"), {"q": words})

    assert told() == [{"words": "Yıldız"}, {"words": "Şahin"}]


def test_pickers_of_people_tell_and_those_of_places_do_not(own: Client, told: Told) -> None:
    for name in ("people-find", "employees-find", "institutions-find", "units-find"):
        own.post(reverse(name), {"q": "Ayşe"})
        own.post(reverse(name), {"q": ""})

    kinds = Entry.objects.filter(event="searched").values_list("content_type__model", flat=True)
    assert (told(), set(kinds)) == ([{"words": "Ayşe"}] * 2, {"user", "employee"})


def test_a_number_searched_for_is_starred_and_can_be_told_again(own: Client, told: Told) -> None:
    number = made_up_tc()
    spaced = f"{number[:3]} {number[3:6]} {number[6:]}"

    for words in (number, spaced, made_up_tc()):
        own.get(own.post("/staff/", {"q": words})["Location"])
    own.post("/search/", {"q": f"kayıt {number}"})

    first, other, everywhere = [words["words"] for words in told()]
    assert first.startswith(f"{number[:3]}*****{number[-3:]} (")
    assert first != other
    assert everywhere == f"kayıt {first}"
    assert not Entry.objects.filter(changes__icontains=number).exists()


def test_searches_and_records_of_the_admin_are_told(own: Client, told: Told, head: User) -> None:
    other = person(Role.IT_OFFICER)
    people = reverse("admin:accounts_user_changelist")

    own.get(people)
    own.get(people, {"q": "Yıldız"})
    own.get(reverse("admin:accounts_user_change", args=[other.pk]))
    own.get(
        reverse("admin:autocomplete"),
        {"app_label": "accounts", "model_name": "grant", "field_name": "user", "term": "Şahin"},
    )

    looked = Entry.objects.filter(event="viewed", actor=head, object_pk=str(other.pk))
    assert told() == [{"words": "Yıldız"}, {"words": "Şahin"}]
    assert looked.get().content_type.model == "user"


def test_who_reads_the_trail_is_told(own: Client, told: Told) -> None:
    """Also unfiltered: the list tells of everybody. An entry is told by its number, never by what it is about."""
    listed = reverse("admin:audit_entry_changelist")
    entry = Entry.objects.order_by("id")[0]

    own.get(listed)
    own.get(listed, {"q": "ayse", "event": "viewed"})
    own.get(reverse("admin:audit_entry_change", args=[entry.pk]))

    assert told() == [
        {"list": "all"},
        {"list": "all", "words": "ayse", "event": "viewed"},
        {"entry": str(entry.pk)},
    ]


def test_a_search_costs_a_list_one_insert(own: Client) -> None:
    """The entry itself, in the transaction of the page; once for the question."""
    own.get(reverse("case-list"), {"q": "a"})
    with CaptureQueriesContext(connection) as asked:
        own.get(reverse("case-list"), {"q": "Yıldız"})

    assert len([one for one in asked if one["sql"].startswith("INSERT INTO")]) == 1
    assert len(asked) <= 9
