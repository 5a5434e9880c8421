"""One person who asks two hundred times a second waits; everybody else goes on."""

from __future__ import annotations

import pytest
from django.test import override_settings

from accounts.roles import Role
from audit.models import Entry
from config.settings import PACES
from tests.accounts.people import person, signed_in_client
from tests.processes import sheets

pytestmark = pytest.mark.django_db

SLOW = override_settings(PACES={"search": (3, 86_400), "export": (2, 86_400)})


@SLOW
def test_two_hundred_searches_of_one_person_leave_the_others_alone() -> None:
    eager, quiet = (signed_in_client(person(Role.IT_OFFICER)) for _number in range(2))

    answers = [eager.get("/search/", {"q": "yazıcı"}).status_code for _number in range(200)]

    assert answers == [200] * 3 + [429] * 197
    assert quiet.get("/search/", {"q": "yazıcı"}).status_code == 200
    assert eager.get("/cases/").status_code == 200
    assert Entry.objects.filter(event="refused", changes__code="throttled").count() == 1


@SLOW
def test_the_page_says_in_turkish_when_to_come_back() -> None:
    client = signed_in_client(person(Role.IT_OFFICER))
    for _number in range(3):
        client.post("/search/", {"q": "a"})
    answer = client.post("/search/", {"q": "a"})

    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 86_400
    text = answer.content.decode()
    assert "Çok fazla istek" in text
    assert f"{answer['Retry-After']} saniye sonra yeniden deneyin" in text


@SLOW
@pytest.mark.parametrize("address", ["/find/people/", "/find/institutions/"])
def test_a_script_reads_a_problem_document(address: str) -> None:
    client = signed_in_client(person(Role.IT_OFFICER))
    for _number in range(3):
        assert client.get(address, {"q": "ay"}, headers={"Accept": "application/json"}).status_code == 200
    answer = client.get(address, {"q": "ay"}, headers={"Accept": "application/json"})

    assert (answer.status_code, answer["Content-Type"]) == (429, "application/problem+json")
    assert answer.json()["code"] == "throttled"
    assert int(answer["Retry-After"]) >= 1


@SLOW
def test_exports_have_a_pace_of_their_own() -> None:
    sheets.load()
    client = signed_in_client(person(Role.IT_LEAD))

    addresses = ["/cases/?export=csv", "/catalogue/export/", "/reports/5.3.6/?table=steps&export=xlsx"]
    assert [client.get(address).status_code for address in addresses] == [200, 200, 429]
    assert client.get("/search/", {"q": "a"}).status_code == 200


@override_settings(PACES=PACES)
def test_ordinary_work_never_meets_the_pace() -> None:
    client = signed_in_client(person(Role.IT_OFFICER))

    assert {client.get("/cases/", {"q": "yaz"}).status_code for _number in range(20)} == {200}
