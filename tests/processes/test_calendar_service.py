"""The working-day calendar: holidays loaded once, leave entered by the unit head, open cases moved and people told."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import translation

from accounts.roles import Role
from audit.models import Entry
from audit.queries import entries_of
from helpdesk.models import Ticket
from helpdesk.workflow import FLOW
from processes import inbox
from processes.errors import NotPermitted, RuleBroken
from processes.models import Case, DayOff, DayOffKind, InboxItem, StepRun
from processes.models.case import NO_CLOCK, Channel
from processes.services import calendar, cases
from tests.accounts.people import person, signed_in_client
from tests.processes.sheets import load

pytestmark = pytest.mark.django_db

OFFICE = ZoneInfo("Europe/Istanbul")
MONDAY = datetime(2026, 11, 23, 10, tzinfo=OFFICE)
TUESDAY, WEDNESDAY = date(2026, 11, 24), date(2026, 11, 25)


@pytest.fixture
def officer():
    return person(Role.IT_OFFICER)


@pytest.fixture
def unit_head():
    return person(Role.UNIT_HEAD)


@pytest.fixture
def opened(officer):
    """A request registered on Monday morning: to be assessed by Tuesday 17.00."""
    load("5.3.6")
    return open_ticket(officer)


def open_ticket(by, title="Ağ çalışmıyor", assignee=None) -> Ticket:
    ticket = FLOW.open(Ticket(title=title, channel=Channel.TELEPHONE), by=by, now=MONDAY)
    Case.objects.filter(pk=ticket.pk).update(assignee=assignee)
    return ticket


def at(day: date, hour: int = 17) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=OFFICE)


def due_of(ticket) -> tuple[datetime | None, datetime | None, datetime]:
    case = Case.objects.get(pk=ticket.pk)
    return case.due_at, StepRun.objects.get(case=case, ended_at__isnull=True).due_at, case.queue_at


def test_load_year_writes_the_holidays_of_turkiye():
    changed = calendar.load_year(2026)

    assert DayOff.objects.get(date=date(2026, 10, 29)).kind == DayOffKind.PUBLIC
    assert DayOff.objects.get(date=date(2026, 10, 28)).is_half
    assert DayOff.objects.filter(date__year=2026, kind=DayOffKind.RELIGIOUS).exists()
    assert len(changed) == DayOff.objects.count()


def test_load_year_again_changes_nothing():
    calendar.load_year(2026)

    assert calendar.load_year(2026) == []


def test_load_year_leaves_what_the_unit_head_entered(unit_head):
    calendar.set_day(by=unit_head, day=date(2026, 10, 29), kind=DayOffKind.ADMINISTRATIVE, name="Kongre")

    calendar.load_year(2026)

    assert DayOff.objects.get(date=date(2026, 10, 29)).name == "Kongre"


def test_load_year_corrects_an_estimated_holiday_that_fell_on_another_day():
    wrong = DayOff.objects.create(
        date=TUESDAY, name="Ramazan Bayramı (tahmini)", kind="religious", is_official=True
    )

    changed = calendar.load_year(2026)

    assert TUESDAY in changed
    assert not DayOff.objects.filter(pk=wrong.pk).exists()
    assert Entry.objects.filter(
        event="removed", object_pk=str(wrong.pk), content_type__model="dayoff"
    ).exists()


def test_load_year_refuses_a_year_nobody_plans_for():
    with pytest.raises(RuleBroken):
        calendar.load_year(1453)


def test_a_whole_day_moves_the_open_cases_it_touches(opened, unit_head):
    row, moved = calendar.set_day(
        by=unit_head, day=TUESDAY, kind=DayOffKind.ADMINISTRATIVE, name="İdari izin"
    )

    assert [(one.case.number, one.old_due, one.new_due) for one in moved] == [
        (opened.number, at(TUESDAY), at(WEDNESDAY))
    ]
    assert due_of(opened) == (at(WEDNESDAY),) * 3
    assert (row.name, row.is_official) == ("İdari izin", False)


def test_an_afternoon_moves_the_deadline_to_noon(opened, unit_head):
    calendar.set_day(by=unit_head, day=TUESDAY, kind=DayOffKind.ADMINISTRATIVE_HALF, name="İdari izin")

    assert due_of(opened)[0] == at(TUESDAY, 12)


def test_a_day_declared_worked_moves_them_back(opened, unit_head):
    calendar.set_day(by=unit_head, day=TUESDAY, kind=DayOffKind.ADMINISTRATIVE, name="İdari izin")

    _row, moved = calendar.set_day(by=unit_head, day=TUESDAY, kind=DayOffKind.WORKED)

    assert due_of(opened)[0] == at(TUESDAY)
    assert len(moved) == 1
    assert DayOff.objects.get(date=TUESDAY).name == "İdari izin"


def test_a_day_after_the_deadline_moves_nothing(opened, unit_head):
    _row, moved = calendar.set_day(
        by=unit_head, day=WEDNESDAY, kind=DayOffKind.ADMINISTRATIVE, name="İdari izin"
    )

    assert (moved, due_of(opened)[0]) == ([], at(TUESDAY))


def test_a_closed_case_stays(opened, unit_head):
    with FLOW.step("withdraw", opened, by=person(Role.IT_LEAD), reason="Gerek kalmadı.", now=at(TUESDAY, 9)):
        pass

    _row, moved = calendar.set_day(
        by=unit_head, day=TUESDAY, kind=DayOffKind.ADMINISTRATIVE, name="İdari izin"
    )

    assert moved == []


def test_a_waiting_case_moves_but_stays_at_the_far_end_of_the_queue(opened, unit_head, officer):
    cases.pause(opened, by=officer, reason="Parça bekleniyor.", now=MONDAY)

    calendar.set_day(by=unit_head, day=TUESDAY, kind=DayOffKind.ADMINISTRATIVE, name="İdari izin")

    assert due_of(opened) == (at(WEDNESDAY), at(WEDNESDAY), NO_CLOCK)


def test_the_change_and_every_moved_case_are_in_the_trail(opened, unit_head):
    row, _moved = calendar.set_day(
        by=unit_head, day=TUESDAY, kind=DayOffKind.ADMINISTRATIVE, name="İdari izin"
    )

    assert entries_of(row)[0].step == "calendar"
    told = entries_of(Case.objects.get(pk=opened.pk)).filter(event="recalculated")[0]
    changes = told.changes or {}
    assert [value[:10] for value in changes["due_at"]] == ["2026-11-24", "2026-11-25"]


def test_the_assignee_of_one_case_is_told_of_it(unit_head, officer):
    load("5.3.6")
    ticket = open_ticket(officer, assignee=officer)

    calendar.set_day(by=unit_head, day=TUESDAY, kind=DayOffKind.ADMINISTRATIVE, name="İdari izin")

    item = InboxItem.objects.get(user=officer)
    with translation.override("en"):
        assert inbox.sentence(item) == f"The calendar changed: {ticket.number} is now due on 25.11.2026."


def test_the_assignee_of_many_cases_is_told_once(unit_head, officer):
    load("5.3.6")
    for place in range(3):
        open_ticket(officer, title=f"Arıza {place}", assignee=officer)

    calendar.set_day(by=unit_head, day=TUESDAY, kind=DayOffKind.ADMINISTRATIVE, name="İdari izin")

    assert InboxItem.objects.filter(user=officer).count() == 1


def test_recalculating_costs_the_same_for_one_and_for_thirty_cases(
    unit_head, officer, django_assert_num_queries
):
    load("5.3.6")
    open_ticket(officer)
    DayOff.objects.create(date=TUESDAY, name="İdari izin", kind="administrative")
    with django_assert_num_queries(10):
        assert len(calendar.recalculate()) == 1
    for place in range(30):
        open_ticket(officer, title=f"Arıza {place}")
    DayOff.objects.create(date=WEDNESDAY, name="İdari izin", kind="administrative")
    with django_assert_num_queries(10):
        assert len(calendar.recalculate()) == 31


@pytest.mark.parametrize("role", [Role.HIS_LEAD, Role.IT_LEAD, Role.IT_OFFICER, Role.REQUESTING_STAFF])
def test_only_the_unit_head_keeps_the_calendar(role):
    with pytest.raises(NotPermitted):
        calendar.set_day(by=person(role), day=TUESDAY, kind=DayOffKind.ADMINISTRATIVE, name="İdari izin")


def test_the_command_loads_years_and_moves_cases(opened, capsys):
    call_command("calendar", "load", "2026", "2027")

    assert {day.year for day in DayOff.objects.values_list("date", flat=True)} == {2026, 2027}


def test_the_page_enters_a_day_and_shows_whom_it_moved(opened, unit_head):
    client = signed_in_client(unit_head)

    entered = client.post(
        reverse("days-off"), {"date": "2026-11-24", "kind": "administrative", "name": "İdari izin"}
    )
    shown = client.get(entered["Location"])

    assert (entered.status_code, entered["Location"]) == (302, "/days-off/?year=2026")
    assert [row["case"].number for row in shown.context["moved"]["rows"]] == [opened.number]
    assert opened.number in shown.content.decode()


def test_the_page_refuses_a_lead_and_says_so(opened):
    response = signed_in_client(person(Role.IT_LEAD)).post(
        reverse("days-off"), {"date": "2026-11-24", "kind": "administrative", "name": "İdari izin"}
    )

    assert response.status_code == 403
    assert not DayOff.objects.exists()


@pytest.mark.parametrize("data", [{}, {"date": "dün", "kind": "public", "name": ""}])
def test_the_page_keeps_what_was_written_when_it_is_refused(unit_head, data):
    response = signed_in_client(unit_head).post(reverse("days-off"), data)

    assert response.status_code == 422
    assert response.context["form"].errors
