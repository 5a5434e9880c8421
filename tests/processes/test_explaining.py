"""How a due time was counted, in words."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from accounts.roles import Role
from helpdesk.models import Ticket
from helpdesk.workflow import FLOW
from processes import explaining
from processes.models import Case, DayOff
from processes.models.case import Channel
from processes.queries import runs_of
from processes.services import cases
from tests.accounts.people import person
from tests.processes.sheets import load

pytestmark = pytest.mark.django_db

OFFICE = ZoneInfo("Europe/Istanbul")
OPENED = datetime(2026, 10, 27, 10, tzinfo=OFFICE)  # a Tuesday; the 28th is a half day, the 29th a holiday


@pytest.fixture
def officer():
    return person(Role.IT_OFFICER)


@pytest.fixture
def ticket(officer):
    load("5.3.6")
    DayOff.objects.create(date=date(2026, 10, 28), name="Cumhuriyet Bayramı arifesi", kind="half")
    DayOff.objects.create(date=date(2026, 10, 29), name="Cumhuriyet Bayramı", kind="public")
    return FLOW.open(Ticket(title="Ağ çalışmıyor", channel=Channel.TELEPHONE), by=officer, now=OPENED)


def explained(ticket) -> explaining.Explanation:
    case = Case.objects.get(pk=ticket.pk)
    return explaining.explain(case, runs_of(case))


def test_a_half_day_counts_and_ends_at_noon(ticket):
    with translation.override("en"):
        assert [str(part) for part in explained(ticket).steps[-1].sentences] == [
            "1 working day from 27 October on",
            "due on 28 October at 12:00",
            "the office closes at noon on that day",
        ]


def test_a_holiday_and_a_wait_are_told(ticket, officer):
    cases.pause(ticket, by=officer, reason="Parça bekleniyor", now=OPENED + timedelta(hours=1))
    cases.resume(ticket, by=officer, now=OPENED + timedelta(days=3))

    with translation.override("en"):
        found = explained(ticket)

    assert "29 October Cumhuriyet Bayramı is not counted" in found.summary
    assert "2 working days waited (Parça bekleniyor)" in found.summary


def test_a_wait_without_an_end_stands_still(ticket, officer):
    cases.pause(ticket, by=officer, reason="Parça bekleniyor", now=OPENED)

    with translation.override("en"):
        assert (
            "waiting since 27 October (Parça bekleniyor): the clock stands still" in explained(ticket).summary
        )


def test_what_is_explained_is_what_the_case_is_due_on(ticket):
    case = Case.objects.get(pk=ticket.pk)

    assert explained(ticket).steps[-1].due == case.due_at


def test_the_explanation_reads_the_days_off_once(ticket, django_assert_num_queries):
    case = Case.objects.get(pk=ticket.pk)
    runs = runs_of(case)

    with django_assert_num_queries(1):
        explaining.explain(case, runs)


def test_the_reader_is_told_in_turkish(ticket):
    with translation.override("tr"):
        summary = explained(ticket).summary

    assert "27 Ekim" in summary
    assert "iş günü" in summary


def test_a_case_without_steps_has_nothing_to_explain(ticket):
    assert explaining.explain(ticket, []).summary == ""
