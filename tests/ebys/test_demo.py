"""The letters of the trial run."""

from __future__ import annotations

import pytest

from accounts.demo import build_people
from ebys.demo import KEY, build_letters
from ebys.models import IncomingLetter, IncomingState, OutgoingLetter, OutgoingState, Receipt
from ebys.services import keys
from helpdesk.demo import build as build_tickets
from tests.processes import sheets


@pytest.mark.django_db
def test_the_trial_run_has_letters_in_every_state_and_a_key_only_where_it_is_a_demo(settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]  # pytest-django's settings
    sheets.load()
    people = build_people()
    build_tickets(12)

    build_letters(people)
    build_letters(people)

    assert set(IncomingLetter.objects.values_list("state", flat=True)) == set(IncomingState.values)
    assert set(OutgoingLetter.objects.values_list("state", flat=True)) == set(OutgoingState.values)
    assert Receipt.objects.quarantined().count() == 2
    key = keys.find(KEY)
    assert key is not None
    assert key.account.name == "EBYS"


@pytest.mark.django_db
def test_the_published_key_is_worthless_elsewhere() -> None:
    sheets.load()
    people = build_people()
    build_tickets(2)
    build_letters(people)
    assert keys.find(KEY) is None
