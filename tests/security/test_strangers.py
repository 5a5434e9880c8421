"""Every address with somebody else's record in it, asked for by those whom it does not concern.

A new address with a parameter needs a row in `belongings.py`: without one the first test fails.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import User
from accounts.roles import Role
from audit.models import Entry
from config.access import rule_of
from tests.accounts.people import institution, person, signed_in_client
from tests.laying import laid
from tests.security.belongings import ROWS, SECRET, Belongings, belongings

ODD_NAMES = {"password-choose", "feed"}  # the secret in the address is the key; tested where they live


theirs = laid(belongings)


def addresses(
    patterns: list[Any], namespace: str = "", inherited: bool = False
) -> Iterator[tuple[str, bool]]:
    """Every named address with whether it takes a parameter; programs and the admin have doors of their own."""
    for pattern in patterns:
        taken = inherited or bool(pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            if pattern.namespace not in {"admin", "api"}:
                yield from addresses(pattern.url_patterns, namespace, taken)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield pattern.name, taken


def everywhere() -> dict[str, bool]:
    return dict(addresses(get_resolver().url_patterns))


def test_every_address_with_a_parameter_has_a_row() -> None:
    named = {name for name, taken in everywhere().items() if taken}
    assert named - ODD_NAMES == set(ROWS)


def strangers(theirs: Belongings) -> dict[str, User]:
    """People whom the records do not concern."""
    elsewhere = institution()
    return {
        "staff of another hospital": person(
            Role.REQUESTING_STAFF, username="elsewhere", institution=elsewhere
        ),
        "head of another hospital": person(
            Role.REQUESTING_UNIT_HEAD, username="head_elsewhere", institution=elsewhere
        ),
        "colleague without a role": theirs.people["nobody"],
    }


@pytest.mark.parametrize("name", sorted(ROWS))
def test_strangers_learn_and_change_nothing(name: str, theirs: Belongings) -> None:
    arguments, expected = ROWS[name]
    url = reverse(name, kwargs=arguments(theirs))
    told: dict[str, Any] = {}
    for who, user in strangers(theirs).items():
        client = signed_in_client(user)
        answers = [client.get(url), client.post(url, {"reason": "Merak", "text": "Merak", "version": "1"})]
        told[who] = {answer.status_code for answer in answers} - {405}
        for answer in answers:
            assert answer.streaming or SECRET not in answer.content.decode(errors="replace")
    assert all(
        statuses <= {expected, 403} if expected == 200 else statuses <= {expected}
        for statuses in told.values()
    ), told
    stored = type(theirs.case).objects.get(pk=theirs.case.pk)
    assert (stored.version, stored.state, stored.notes.count()) == (
        theirs.case.version + 1,
        theirs.case.state,
        1,
    )


@pytest.mark.parametrize(
    "name", sorted(name for name, (_arguments, status) in ROWS.items() if status in {403, 404})
)
def test_a_strangers_try_stands_in_the_trail(name: str, theirs: Belongings) -> None:
    stranger = strangers(theirs)["staff of another hospital"]
    url = reverse(name, kwargs=ROWS[name][0](theirs))
    client = signed_in_client(stranger)
    before = Entry.objects.filter(event="refused").count()
    statuses = [
        client.get(url, REMOTE_ADDR="192.0.2.77").status_code,
        client.post(url, REMOTE_ADDR="192.0.2.77").status_code,
    ]
    tries = [status for status in statuses if status in {403, 404}]
    entries = Entry.objects.filter(event="refused", actor=stranger, remote_addr="192.0.2.77")
    assert tries
    assert (entries.count(), Entry.objects.filter(event="refused").count() - before) == (
        len(tries),
        len(tries),
    )


def test_nobody_gets_in_without_logging_in(theirs: Belongings) -> None:
    client = Client()
    open_doors: list[str] = []
    for name, taken in everywhere().items():
        rule = rule_of(name)
        assert rule is not None, name
        if not rule.needs_login or name in ODD_NAMES:
            continue
        url = reverse(name, kwargs=ROWS[name][0](theirs) if taken else None)
        answers = [client.get(url), client.post(url)]
        open_doors += [
            f"{name}: {answer.status_code}"
            for answer in answers
            if not (answer.status_code == 302 and answer["Location"].startswith("/login/"))
        ]
    assert open_doors == []
