"""The figures of 5.3.6 are counted from the cases, not from memory."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
from django.utils import timezone

from helpdesk import queries, workflow
from helpdesk.models import Ticket
from tests.accounts.people import signed_in_client
from tests.helpdesk.conftest import Team, walked


def period(team: Team) -> queries.Period:
    today = timezone.localdate()
    return queries.Period(today - timedelta(days=30), today, team.lead)


def test_figures_count_what_came_in_and_what_closed(team: Team, ticket: Ticket) -> None:
    walked(ticket, team, until="inform")
    workflow.report(by=team.officer, title="Yazıcı", applicant=team.applicant)
    workflow.report(by=team.officer, title="Yazıcı", applicant_name="Dışarıdan biri", applicant=None)

    rows = queries.by_institution(period(team))

    counted = {row.name: (row.opened, row.closed) for row in rows}
    assert counted[str(team.applicant.institution)] == (2, 1)
    assert sum(row.opened for row in rows) == 3


def test_open_requests_are_counted_once_by_age(team: Team) -> None:
    now = timezone.now()
    for days in (0, 1, 5, 20, 200):
        workflow.report(
            by=team.officer, title="Eski", applicant=team.applicant, now=now - timedelta(days=days)
        )

    rows = queries.open_by_age(period(team), now)

    assert [count for _label, count, _late in rows] == [2, 1, 1, 1]


def test_every_official_step_has_a_row_with_its_plan(team: Team, ticket: Ticket) -> None:
    walked(ticket, team, until="plan")

    rows = queries.step_days(period(team))

    assert [row.number for row in rows] == [
        "5.3.6.1", "5.3.6.2", "5.3.6.3", "5.3.6.4", "5.3.6.5", "5.3.6.5", "5.3.6.6",
    ]  # fmt: skip
    assert [row.taken for row in rows] == [1, 1, 1, 0, 0, 0, 0]


def test_the_least_busy_officer_comes_first(team: Team, ticket: Ticket) -> None:
    from accounts.roles import Role
    from tests.accounts.people import person

    free = person(Role.IT_OFFICER)
    walked(ticket, team, until="assign")

    desks = queries.workload(team.lead)

    assert [(desk.person, desk.open) for desk in desks] == [(free, 0), (team.officer, 1)]


def test_the_report_page_shows_charts_and_its_tables_are_exported(team: Team, ticket: Ticket) -> None:
    client = signed_in_client(team.lead)

    page = client.get("/reports/5.3.6/")
    book = client.get("/reports/5.3.6/?table=institutions&export=xlsx")

    assert page.status_code == 200
    assert page.content.count(b"<svg viewBox") >= 3
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(book))).active
    assert sheet["A2"].value == str(team.applicant.institution)
    assert sheet["B2"].value == 1


def test_the_report_as_pdf(team: Team, ticket: Ticket) -> None:
    answer = signed_in_client(team.lead).get("/reports/5.3.6/?export=pdf")

    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_a_period_that_ends_before_it_begins_is_told(team: Team) -> None:
    answer = signed_in_client(team.lead).get("/reports/5.3.6/?since=2026-05-01&until=2026-04-01")

    assert answer.status_code == 422
    assert "Yukarıdaki tarihler düzeltilmeden" in answer.content.decode()
