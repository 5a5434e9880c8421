"""Figures, clauses of Ek-5 and reminders: counted from the records, and broken when the records are."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import openpyxl
from django.utils import timezone

from accounts.models import Training, User
from accounts.roles import Role
from processes import clauses as registry
from processes import figures
from processes.models import InboxItem
from security_docs import clauses, due, readings, reporting, tasks, workflow
from security_docs.models import Document, Kind, Reading, Version
from security_docs.months import months_after
from security_docs.services import documents, evaluations
from tests.accounts.people import person, signed_in_client
from tests.security_docs.conftest import Team, entered, in_force


def signed(team: Team, document: Document, **values: Any) -> Version:
    """A version in force that the reader has signed."""
    version = in_force(team, document, **values)
    reading = Reading.objects.get(user=team.reader, version=version)
    for page in range(1, version.page_count + 1):
        readings.see(reading, by=team.reader, page=page)
    readings.sign(reading, by=team.reader, sha256=version.sha256, address=None)
    return version


def test_figures_count_who_has_signed(team: Team, document: Document) -> None:
    documents.add_readers(document, by=team.officer, kind="role", role="his_officer")
    signed(team, document)

    (figure,) = reporting.readings(team.lead)

    assert (figure.number, figure.expected, figure.signed, figure.percent) == ("BG-PR-01", 2, 1, 50.0)
    by_kind = {row.name: (row.kept, row.in_force) for row in reporting.kinds()}
    assert by_kind["Prosedür"] == (1, 1)


def test_every_official_step_has_a_row(team: Team) -> None:
    workflow.notified(by=team.officer, title="Uyum dokümanı")
    today = timezone.localdate()

    rows = figures.step_days("5.3.1", figures.Period(today, today))

    assert [(row.number, row.taken) for row in rows] == [
        ("5.3.1.1", 1),
        ("5.3.1.2", 0),
        ("5.3.1.3", 0),
        ("5.3.1.4", 0),
    ]


def test_the_report_is_a_page_a_book_and_a_paper(team: Team, document: Document) -> None:
    signed(team, document)
    client = signed_in_client(team.lead)

    page = client.get("/reports/5.3.1/")
    book: Any = client.get("/reports/5.3.1/?table=readings&export=xlsx")
    paper = client.get("/reports/5.3.1/?export=pdf")
    wrong = client.get("/reports/5.3.1/?since=2026-05-01&until=2026-04-01")

    assert page.content.count(b"<svg viewBox") >= 2
    assert openpyxl.load_workbook(io.BytesIO(b"".join(book))).active["A2"].value == "BG-PR-01"
    assert paper.content.startswith(b"%PDF")
    assert wrong.status_code == 422


def test_a_clause_that_asks_for_a_document_is_broken_without_one(team: Team) -> None:
    check = clauses.documented(Kind.BACKUP_PLAN)
    assert "Yedekleme planı" in check()[0]
    plan = entered(team, kind=Kind.BACKUP_PLAN)
    documents.add_readers(plan, by=team.officer, kind="institution", institution=team.hospital)
    version = in_force(team, plan)
    assert check() == []

    day = timezone.localdate() - timedelta(days=40)
    Document.objects.filter(pk=plan.pk).update(next_review_on=day)
    Version.objects.filter(pk=version.pk).update(read_by=day)

    assert len(check()) == 2


def test_training_is_read_and_stands_in_the_training_register(team: Team) -> None:
    assert clauses.trained() != []
    lesson = entered(team, kind=Kind.TRAINING, training_subject="Parola")
    documents.add_readers(lesson, by=team.officer, kind="institution", institution=team.hospital)
    signed(team, lesson)
    assert clauses.trained() == []

    Training.objects.all().delete()

    assert "BG-PR-01" in clauses.trained()[0]


def test_the_room_keeps_its_clauses() -> None:
    kept = {
        clause.number
        for clause in registry.all_clauses()
        for keeping in registry.keepings(clause)
        if keeping.app == "security_docs"
    }

    assert kept == {"5.3.1.1", "5.3.1.2", "5.3.1.3", "5.3.1.4", "5.1.1", "5.2.13", "5.3.5", "5.4.1.6"}


def test_owners_are_told_of_reviews_and_gaps_that_come_due(team: Team, document: Document) -> None:
    in_force(team, document)
    Document.objects.filter(pk=document.pk).update(next_review_on=timezone.localdate() + timedelta(days=10))
    case = workflow.notified(by=team.officer, title="Uyum dokümanı", clauses=[("4.1", "Parola.")])
    clause = case.clauses.get()
    evaluations.judge(
        clause,
        by=team.lead,
        verdict="applies",
        gap="Eksik.",
        owner=team.officer,
        due_on=timezone.localdate() - timedelta(days=1),
    )
    InboxItem.objects.all().delete()

    counts = due.remind(timezone.now())

    assert counts == {"reviews": 1, "gaps": 1}
    assert set(InboxItem.objects.values_list("user", flat=True)) == {team.lead.pk, team.officer.pk}
    evaluations.close_gap(clause, by=team.officer, note="Tamamlandı.")
    assert due.remind(timezone.now())["gaps"] == 0


def test_what_belonged_to_a_leaver_is_told_to_the_leads(team: Team, document: Document) -> None:
    in_force(team, document)
    gone = person(Role.HIS_OFFICER, institution=team.officer.institution)
    day = timezone.localdate() - timedelta(days=1)
    Document.objects.filter(pk=document.pk).update(next_review_on=day, owner=gone)
    case = workflow.notified(by=team.officer, title="Uyum dokümanı", clauses=[("4.1", "Parola.")])
    evaluations.judge(
        case.clauses.get(), by=team.lead, verdict="applies", gap="Eksik.", owner=gone, due_on=day
    )
    User.objects.filter(pk=gone.pk).update(is_active=False)
    InboxItem.objects.all().delete()

    due.remind(timezone.now())

    assert set(InboxItem.objects.values_list("user", "path")) == {
        (team.lead.pk, document.get_absolute_url()),
        (team.lead.pk, "/documents/gaps/"),
    }


def test_a_review_moves_the_next_one_by_a_period(team: Team, document: Document) -> None:
    in_force(team, document)
    today = timezone.localdate()

    review = documents.review(document, by=team.lead, note="Geçerli.", on=today)

    assert review.next_on == months_after(today, 12)


def test_the_daily_task_does_its_work_once_a_day(transactional_db: None) -> None:
    from processes.models import JobRun

    tasks.follow_up()
    tasks.follow_up()

    assert set(JobRun.objects.values_list("job", "runs")) == {
        ("readings_keep_up", 1),
        ("readings_remind", 1),
        ("documents_due", 1),
    }
