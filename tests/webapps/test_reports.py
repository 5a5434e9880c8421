"""The figures of 5.3.7 are counted from requests and authorities."""

from __future__ import annotations

import io
from datetime import timedelta

import openpyxl
from django.utils import timezone

from tests.accounts.people import signed_in_client
from tests.webapps.conftest import Team
from webapps import figures, workflow


def period() -> figures.Period:
    today = timezone.localdate()
    return figures.Period(today - timedelta(days=30), today)


def test_figures_count_users_and_what_came_of_them(team: Team) -> None:
    team.grant(team.staff(), team.staff())
    asked = team.ask(team.entry(team.staff(), role=team.checked))
    workflow.evaluate(asked, by=team.lead)

    (row,) = figures.by_application(period())

    assert (row.requests, row.lines, row.done, row.refused, row.escalated) == (2, 3, 2, 1, 0)
    assert figures.reasons(period()) == [("Eğitim belgesi sunulmamıştır.", 1)]
    assert [one.lines for one in figures.by_institution(period())] == [3]


def test_every_official_step_has_a_row(team: Team) -> None:
    team.grant(team.staff())

    rows = figures.step_days(period())

    assert [row.number for row in rows] == [f"5.3.7.{step}" for step in range(1, 7)]
    assert [row.taken for row in rows] == [1, 1, 0, 1, 0, 1]


def test_applications_are_told_as_they_stand_now(team: Team) -> None:
    who = team.staff()
    team.grant(who)
    team.grant(who, role=team.checked)

    (row,) = figures.applications_now().values("authorities_now", "people_now", "compared_at")

    assert row == {"authorities_now": 2, "people_now": 1, "compared_at": None}


def test_the_report_is_a_page_a_spreadsheet_and_a_print(team: Team) -> None:
    team.grant(team.staff())
    client = signed_in_client(team.lead)

    page = client.get("/reports/5.3.7/")
    book = client.get("/reports/5.3.7/", {"table": "applications", "export": "xlsx"})
    paper = client.get("/reports/5.3.7/", {"export": "pdf"})

    assert page.content.count(b"<svg viewBox") >= 2
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(book))).active
    assert (sheet["A2"].value, sheet["D2"].value) == (team.application.name, 1)
    assert paper.content.startswith(b"%PDF")
    assert client.get("/reports/5.3.7/", {"table": "yok", "export": "csv"}).status_code == 404
    assert client.get("/reports/5.3.7/", {"since": "2026-05-01", "until": "2026-04-01"}).status_code == 422
