"""Pickers: who finds whom, with and without Turkish letters."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Institution, User
from accounts.queries import find_institutions, find_people
from accounts.roles import Role
from tests.accounts.people import institution, person, signed_in_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer() -> User:
    return person(Role.IT_OFFICER, first_name="Görevli", last_name="Kişi")


@pytest.fixture
def hospital() -> Institution:
    return institution(
        name="Söğütlügöl Devlet Hastanesi", district="Söğütlügöl", detsis_no="00123456", ckys_code="A77"
    )


@pytest.fixture
def nurse(hospital: Institution) -> User:
    return person(
        Role.REQUESTING_STAFF,
        first_name="Işıl",
        last_name="Çağlayan",
        registry_no="556677",
        institution=hospital,
    )


@pytest.mark.parametrize(
    "typed",
    ["Işıl", "ISIL", "isil", "ışıl çağ", "caglayan isil", "5566", "söğüt", "sogutlugol dev", "IŞIL Ç"],
)
def test_unit_staff_find_people_by_name_number_or_institution(officer: User, nurse: User, typed: str) -> None:
    assert find_people(typed, by=officer) == [nurse]


@pytest.mark.parametrize("typed", ["", "   ", "şıl", "zzz", "%", "_", "' OR 1=1", "\\"])
def test_nothing_is_found_by_nothing(officer: User, nurse: User, typed: str) -> None:
    assert find_people(typed, by=officer) == []


def test_others_find_their_own_institution_only(nurse: User, officer: User, hospital: Institution) -> None:
    colleague = person(first_name="Işılay", institution=hospital)
    person(first_name="Işılsu", institution=institution())

    assert find_people("ışıl", by=nurse) == [nurse, colleague] or find_people("ışıl", by=nurse) == [
        colleague,
        nurse,
    ]
    assert find_people("görevli", by=nurse) == []


def test_whoever_has_no_institution_finds_nobody(officer: User) -> None:
    alone = person(first_name="Tek", institution=institution())
    User.objects.filter(pk=alone.pk).update(institution=None)
    alone.refresh_from_db()
    lost = person(first_name="Kayıp", institution=institution())
    User.objects.filter(pk=lost.pk).update(institution=None)

    assert find_people("kayıp", by=alone) == []


def test_closed_accounts_are_not_found(officer: User) -> None:
    person(first_name="Kapalı", is_active=False)

    assert find_people("kapalı", by=officer) == []


def test_at_most_ten_in_turkish_order(officer: User) -> None:
    names = [
        "Çiğdem",
        "Cem",
        "Dilek",
        "Ilgaz",
        "İnci",
        "Şule",
        "Seda",
        "Zerrin",
        "Ünal",
        "Umut",
        "Ömür",
        "Orhan",
    ]
    for name in names:
        person(first_name="Deneme", last_name=name)

    found = [user.last_name for user in find_people("deneme", by=officer)]

    assert found == ["Cem", "Çiğdem", "Dilek", "Ilgaz", "İnci", "Orhan", "Ömür", "Seda", "Şule", "Umut"]


@pytest.mark.parametrize("typed", ["sogutlu", "Söğütlügöl Dev", "0012", "a77", "A7"])
def test_institutions_by_name_district_or_code(hospital: Institution, typed: str) -> None:
    institution(name="Başka Hastane")

    assert find_institutions(typed) == [hospital]


def test_closed_institutions_are_not_found(hospital: Institution) -> None:
    hospital.is_active = False
    hospital.save()

    assert find_institutions("sogutlu") == []


def test_others_find_their_own_institution(nurse: User, hospital: Institution) -> None:
    institution(name="Söğütlügöl Polikliniği")

    assert find_institutions("sogutlu", by=nurse) == [hospital]


@pytest.mark.parametrize("method", ["get", "post"])
def test_picker_answers_json(officer: User, nurse: User, method: str) -> None:
    own = signed_in_client(officer)

    answer = getattr(own, method)(
        reverse("people-find"), {"q": "isil"}, headers={"Accept": "application/json"}
    )

    assert answer.json() == {
        "results": [
            {"id": nurse.pk, "name": "Işıl Çağlayan", "detail": "Söğütlügöl Devlet Hastanesi · 556677"}
        ]
    }


def test_picker_answers_a_fragment_that_is_escaped(officer: User) -> None:
    person(first_name="<b>", last_name="Kalın")
    own = signed_in_client(officer)

    page = own.get(reverse("people-find"), {"q": "kalın"}, headers={"Accept": "text/html"}).content.decode()

    assert 'role="option"' in page
    assert "<b>" not in page


def test_picker_says_when_nothing_was_found(officer: User) -> None:
    own = signed_in_client(officer)

    page = own.get(reverse("institutions-find"), {"q": "yokyok"}, headers={"Accept": "text/html"})

    assert "Sonuç bulunamadı" in page.content.decode()


@pytest.mark.parametrize("name", ["people-find", "institutions-find"])
@pytest.mark.parametrize("typed", ["\x00", "a" * 10_000, "😀", "%%%", "١٢٣"])
def test_odd_words_are_answered_calmly(officer: User, name: str, typed: str) -> None:
    own = signed_in_client(officer)

    assert own.post(reverse(name), {"q": typed}, headers={"Accept": "application/json"}).status_code == 200


def test_picker_is_closed_to_strangers(client: Client) -> None:
    assert client.post(reverse("people-find"), {"q": "isil"}).status_code == 302


@pytest.mark.parametrize("rows", [1, 30])
def test_picker_asks_constantly(
    officer: User, rows: int, django_assert_max_num_queries: Any, hospital: Institution
) -> None:
    for _row in range(rows):
        person(first_name="Çokça", institution=hospital)
    own = signed_in_client(officer)

    with django_assert_max_num_queries(8):  # one of them tells who was looked for
        answer = own.post(reverse("people-find"), {"q": "cokca"}, headers={"Accept": "application/json"})

    assert len(answer.json()["results"]) == min(rows, 10)
