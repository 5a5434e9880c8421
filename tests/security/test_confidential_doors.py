"""A confidential case shows at no door: every address, every kind of person; neither a number, nor a word, nor a count.

A sub-process whose cases are confidential is one more entry of `ROOMS`; a new address is asked without being named
here, and one with a parameter nobody knows how to fill fails until `veiled.FIXED` says what stands there.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings as base
from django.urls import get_resolver, reverse

from accounts.roles import ADMIN_PERMISSIONS, CONFIDENTIAL_STAFF, Role
from tests.security import veiled
from tests.security.test_described_api import WITHOUT_LIMIT
from tests.security.veiled import (
    BLIND,
    EXCHANGED,
    FIGURES,
    LETTER,
    NOTE,
    SEEING,
    STATUS_ONLY,
    TRACES,
    WORD,
    House,
)

# Tickets made confidential by hand, and what is confidential from the beginning: asked by whom.
ROOMS = {"5.3.6": BLIND, "5.3.2": (Role.REQUESTING_STAFF, Role.IT_OFFICER)}
POSTING = (Role.REQUESTING_STAFF, Role.IT_OFFICER)


@pytest.fixture(params=ROOMS)
def house(request: pytest.FixtureRequest, db: None, settings: Any) -> House:
    settings.REST_FRAMEWORK = base.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": WITHOUT_LIMIT}
    settings.PACES = dict.fromkeys(base.PACES, (10**6, 60))
    return veiled.build(request.param, ROOMS[request.param])


def traces(house: House, text: str, name: str) -> list[str]:
    """What of the hidden case stands in an answer; a letter's own words do where a program exchanges letters."""
    words = [word for word in TRACES if not (EXCHANGED.match(name) and word == LETTER)]
    return [word for word in (house.number, *words) if word in text]


def test_every_address_can_be_asked() -> None:
    unknown = {
        f"{name}: {parameter}"
        for name, taken in veiled.named(get_resolver().url_patterns)
        for parameter, kind in taken.items()
        if not veiled.is_record(parameter, kind) and parameter not in veiled.FIXED
    }
    assert unknown == set()


def test_nobody_is_let_into_the_admin_who_does_not_know_of_every_confidential_case() -> None:
    """Its pages list records as they are; whoever opens them to another role has to hide these records there first."""
    assert set(ADMIN_PERMISSIONS) <= CONFIDENTIAL_STAFF


def test_no_list_no_count_and_no_search_tells_of_it(house: House) -> None:
    """Before the case exists and while it does, who must not learn of it reads the same on every page."""
    doors = [door for door in veiled.doors(house) if not door.of_record]
    before = {
        (who, door.name): veiled.asked(house, who, door.url)
        for door in doors
        for who in house.blind
        if veiled.opens_to(house, who, door) and door.name.partition("feed of ")[2] in {"", who}
    }
    veiled.hide(house)
    told = []
    for door in doors:
        name = re.split(r"[? ]", door.name)[0]
        for who in house.blind:
            if (who, door.name) not in before:
                continue
            status, text = veiled.asked(house, who, door.url)
            old_status, old_text = before[who, door.name]
            # A page repeats what was typed into it; then only what it did not say before is a trace.
            found = [one for one in traces(house, text, name) if one not in old_text]
            told_apart = name in FIGURES | STATUS_ONLY or EXCHANGED.match(name)
            differs = veiled.difference(old_text, text) or ("" if status == old_status else str(status))
            if found or (differs and not told_apart):
                told.append(f"{who} {door.name}: {found} {differs}")
    assert told == [], "\n".join(told)
    assert len(doors) > 100


def test_no_address_of_it_is_answered_otherwise_than_one_that_never_existed(house: House) -> None:
    veiled.hide(house)
    told, count = [], 0
    never_existed: dict[tuple[str, str, str], tuple[int, str]] = {}
    for door in veiled.doors(house):
        if not door.of_record or EXCHANGED.match(door.name):
            continue
        for who in house.blind:
            if not veiled.opens_to(house, who, door):
                continue
            for method in ("get", "post") if who in POSTING else ("get",):
                count += 1
                status, text = veiled.asked(house, who, door.url, method)
                asked = (who, door.missing, method)
                if asked not in never_existed:
                    never_existed[asked] = veiled.asked(house, *asked)
                missing, never = never_existed[asked]
                found = [one for one in TRACES if one in text]
                if found or status != missing or len(text) - len(never) > len(door.url):
                    told.append(f"{who} {method} {door.url}: {status}, not {missing} {found}")
    assert told == [], "\n".join(told)
    assert count > 300


def test_who_knows_of_it_finds_it_at_the_same_doors(house: House) -> None:
    """The proof above is worth something: the same questions do find the case for the others."""
    case = veiled.hide(house)
    missed = []
    for who in SEEING:
        for url, word in (
            (reverse("case", args=(case.number,)), NOTE),
            (reverse("case-list") + "?status=all", case.number),
            (reverse("case-list") + "?status=all&export=csv", case.number),
            (reverse("search") + f"?q={WORD}", case.number),
            (reverse("search") + f"?q={LETTER}", LETTER),
            (reverse("letters-incoming") + "?state=routed", LETTER),
            (reverse("letters-outgoing") + "?state=registered", LETTER),
            (reverse("case", args=(house.plain.number,)), case.number),
            (reverse("inbox"), case.number),
            (reverse("api:cases"), case.number),
            (reverse("api:case", args=(case.number,)), case.number),
        ):
            status, text = veiled.asked(house, who, url)
            if status != 200 or word not in text:
                missed.append(f"{who} {url}: {status}")
    assert missed == []
