"""The reports of 5.3.3 count what happened, and can be had as page, table and PDF."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from esignature import figures, workflow
from esignature.models import Reason
from tests.accounts.people import signed_in_client
from tests.esignature.conftest import Team
from tests.esignature.making import certificate, received


def period(**values: Any) -> figures.Period:
    today = timezone.localdate()
    return figures.Period(today - timedelta(days=9), today, **values)


def test_requests_are_counted_by_institution_and_reason(team: Team) -> None:
    request = workflow.write_letter(received(team.officer, team.holder), by=team.lead, letter_number="E-1")
    workflow.post(request, by=team.officer, parcel="RR1")
    back = received(team.officer, institution=team.hospital, reason=Reason.LOST)
    workflow.return_form(back, by=team.officer, return_reason="İmza eksik.")
    received(team.officer)

    by_place = {row.name: row for row in figures.by_institution(period())}
    assert by_place[team.hospital.name] == figures.Figure(team.hospital.name, 2, 1, 0, 1, 0)
    assert sum(row.opened for row in figures.by_reason(period())) == 3
    assert [row.opened for row in figures.by_institution(period(institution=team.hospital.pk))] == [2]
    assert figures.by_institution(period(kind="mobile")) == []


def test_the_days_of_the_steps_are_measured(team: Team) -> None:
    request = received(team.officer, team.holder)
    workflow.write_letter(
        request,
        by=team.lead,
        letter_number="E-1",
        now=timezone.now() + timedelta(days=2),
        letter_date=timezone.localdate(),
    )
    later = figures.Period(timezone.localdate(), timezone.localdate() + timedelta(days=3))
    rows = {row.number: row for row in figures.step_days(later)}
    assert list(rows) == ["5.3.3.1", "5.3.3.2", "5.3.3.3"]
    assert (rows["5.3.3.2"].taken, rows["5.3.3.2"].days, rows["5.3.3.2"].planned) == (1, 2.0, 1)


def test_ends_are_counted_by_month(team: Team) -> None:
    one = certificate(team.holder, days=5)
    months = figures.ends_by_month(period())
    assert len(months) == 12
    assert one.valid_until is not None
    told = {month.month: month.ending for month in months}
    assert told[one.valid_until.replace(day=1)] == 1
    assert sum(told.values()) == 1


@pytest.mark.parametrize("query", ["", "?export=pdf", "?table=steps&export=xlsx", "?table=months&export=csv"])
def test_the_report_is_page_table_and_paper(team: Team, query: str) -> None:
    received(team.officer, team.holder)
    answer: Any = signed_in_client(team.lead).get(f"/reports/5.3.3/{query}")
    assert answer.status_code == 200
    content = b"".join(answer) if answer.streaming else answer.content
    assert content


def test_a_period_that_ends_before_it_begins_is_told(team: Team) -> None:
    browser = signed_in_client(team.lead)
    assert browser.get("/reports/5.3.3/?since=2026-02-02&until=2026-02-01").status_code == 422
    assert browser.get("/reports/5.3.3/?table=nothing&export=csv").status_code == 404
