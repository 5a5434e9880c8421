"""How many reports an hour the public form takes from one address: the office's number, and more where many share one."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.test import Client

from incidents.models import Breach, SharedAddress
from tests.incidents.walking import Team

HOSPITAL, HOME = "10.20.30.40", "192.0.2.7"


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


def shared(network: str, most: int, **values: Any) -> SharedAddress:
    return SharedAddress.objects.create(name="Hastane", network=network, reports_per_hour=most, **values)


def reported(address: str, **values: str) -> int:
    given = {"title": "Ekran açık", "description": "Ekranda liste var."} | values
    return Client(REMOTE_ADDR=address).post("/ihlal-bildirimi/", given).status_code


def test_an_address_nobody_named_sends_the_offices_number(team: Team, settings: Any) -> None:
    settings.INCIDENTS_REPORTS_PER_HOUR = 2

    assert [reported(HOME) for _time in range(3)] == [200, 200, 429]
    assert reported("192.0.2.8") == 200


def test_a_hospital_behind_one_address_sends_more(team: Team, settings: Any) -> None:
    settings.INCIDENTS_REPORTS_PER_HOUR = 1
    shared("10.20.30.0/24", 3)

    assert [reported(HOSPITAL) for _time in range(4)] == [200, 200, 200, 429]


def test_what_was_written_is_kept_when_too_many_came(team: Team, settings: Any) -> None:
    settings.INCIDENTS_REPORTS_PER_HOUR = 1
    reported(HOME)

    answer = Client(REMOTE_ADDR=HOME).post(
        "/ihlal-bildirimi/", {"title": "Kayıp bellek", "description": "Masada yok."}
    )

    page = answer.content.decode()
    assert (answer.status_code, answer["Retry-After"].isdigit()) == (429, True)
    assert "Kayıp bellek" in page
    assert "müdürlüğü arayın" in page
    assert Breach.objects.count() == 1


def test_a_slip_of_the_pen_uses_nothing_up(team: Team, settings: Any) -> None:
    settings.INCIDENTS_REPORTS_PER_HOUR = 1

    assert [reported(HOME, title=title) for title in ("", "", "Ekran açık")] == [422, 422, 200]


def test_the_narrowest_network_counts_and_only_those_in_use(db: None) -> None:
    shared("0.0.0.0/0", 7)
    shared("10.0.0.0/8", 20)
    shared("10.20.30.40", 60)
    shared("10.20.30.0/24", 1, is_active=False)
    asked = SharedAddress.objects.in_use().reports_from

    assert [asked(one) for one in (HOSPITAL, "10.20.30.41", HOME, "2001:db8::1", "", "x")] == [
        60,
        20,
        7,
        None,
        None,
        None,
    ]


@pytest.mark.parametrize("text", ["hastane", "10.20.30.40/24", "300.1.1.1", ""])
def test_what_is_no_network_is_refused(db: None, text: str) -> None:
    with pytest.raises(ValidationError):
        SharedAddress(name="x", network=text, reports_per_hour=5).full_clean()
