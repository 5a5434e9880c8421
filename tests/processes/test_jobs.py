"""Scheduled jobs: written down, done once in their period, and overdue cases told of once."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.utils import timezone, translation

from accounts.roles import Role
from accounts.services import rights
from config.celery import app
from config.schedule import SCHEDULE
from helpdesk.models import Ticket
from processes import files, inbox, jobs, reminders, tasks
from processes.models import Delivery, InboxItem, JobOutcome, JobRun, OverdueNotice
from tests.accounts.people import person, signed_in_client
from tests.processes.records import on_the_desk_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 21, 30, tzinfo=UTC)  # 00.30 on the 24th in the office


def test_once_per_day_does_the_work_once_by_the_offices_clock():
    done: list[datetime] = []

    def work(now: datetime) -> jobs.Counts:
        done.append(now)
        return {"rows": 3}

    assert jobs.once_per("day", "count", work, now=NOW) == {"rows": 3}
    assert jobs.once_per("day", "count", work, now=NOW + timedelta(hours=20)) is None
    assert jobs.once_per("day", "count", work, now=NOW + timedelta(hours=24)) == {"rows": 3}
    assert list(JobRun.objects.order_by("period").values_list("period", "runs", "counts")) == [
        ("2026-11-24", 1, {"rows": 3}),
        ("2026-11-25", 1, {"rows": 3}),
    ]


@pytest.mark.parametrize(
    ("period", "name"),
    [("hour", "2026-11-24T00"), ("day", "2026-11-24"), ("week", "2026-W48"), ("month", "2026-11")],
)
def test_periods_are_named_by_the_offices_clock(period, name):
    assert jobs.period_of(period, NOW) == name


def test_a_failed_run_is_written_down_and_tried_again():
    def fail(now: datetime) -> jobs.Counts:
        raise LookupError("ayse@hastane.example")

    with pytest.raises(LookupError):
        jobs.once_per("day", "count", fail, now=NOW)
    run = JobRun.objects.get()
    assert (run.outcome, run.last_error) == (JobOutcome.FAILED, "LookupError")
    assert run.ended_at is not None
    assert jobs.once_per("day", "count", lambda now: {"rows": 1}, now=NOW) == {"rows": 1}
    run.refresh_from_db()
    assert (run.outcome, run.last_error, run.runs) == (JobOutcome.DONE, "", 2)


def test_a_run_that_died_is_taken_over_after_an_hour():
    jobs._entered("count", "2026-11-24", NOW, again=False)
    soon, later = NOW + timedelta(minutes=59), NOW + timedelta(minutes=61)
    assert jobs.once_per("day", "count", lambda now: {"rows": 1}, now=soon) is None
    assert jobs.once_per("day", "count", lambda now: {"rows": 1}, now=later) == {"rows": 1}


def test_a_job_of_many_times_a_day_adds_up_in_one_line():
    for sent in (2, 0, 3):
        jobs.each_time("send", lambda now, sent=sent: {"sent": sent}, now=NOW)
    assert list(JobRun.objects.values_list("job", "runs", "counts", "outcome")) == [
        ("send", 3, {"sent": 5}, "done")
    ]


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_do_the_work_once():
    done: list[int] = []

    def work(now: datetime) -> jobs.Counts:
        time.sleep(0.05)
        done.append(1)
        return {}

    def beat() -> None:
        try:
            jobs.once_per("day", "count", work, now=NOW)
        finally:
            connection.close()

    beats = [threading.Thread(target=beat) for _number in range(6)]
    for one in beats:
        one.start()
    for one in beats:
        one.join()
    assert len(done) == 1
    assert JobRun.objects.get().runs == 1


def test_an_overdue_case_is_told_once_to_who_works_on_it_and_who_leads(around):
    on_the_desk_of(around.ticket, around.officer)
    ticket = Ticket.objects.get(pk=around.ticket.pk)
    assert reminders.tell_overdue(ticket.due_at) == {"cases": 0}
    late = ticket.due_at + timedelta(minutes=1)
    assert reminders.tell_overdue(late) == {"cases": 1}
    assert reminders.tell_overdue(late + timedelta(days=3)) == {"cases": 0}
    with translation.override("en"):
        told = {(item.user_id, inbox.sentence(item)) for item in InboxItem.objects.all()}
    words = f"{ticket.number} is overdue since {timezone.localtime(ticket.due_at):%d.%m.%Y %H:%M}."
    assert told == {(around.officer.pk, words), (around.lead.pk, words)}


def test_a_new_due_date_that_passes_is_told_again(around):
    ticket = Ticket.objects.get(pk=around.ticket.pk)
    late = ticket.due_at + timedelta(minutes=1)
    reminders.tell_overdue(late)
    moved = late + timedelta(days=1)
    Ticket.objects.filter(pk=ticket.pk).update(due_at=moved, queue_at=moved)
    assert reminders.tell_overdue(moved + timedelta(minutes=1)) == {"cases": 1}
    assert OverdueNotice.objects.count() == 2


def test_a_deputy_of_the_lead_is_told_as_well(around):
    deputy = person(Role.IT_OFFICER)
    today = timezone.localdate()
    rights.delegate(
        around.lead,
        deputy,
        by=around.lead,
        valid_from=today,
        valid_until=today + timedelta(days=40),
        reason="İzin",
        role=Role.IT_LEAD,
    )
    reminders.tell_overdue(timezone.now() + timedelta(days=30))
    assert InboxItem.objects.filter(user=deputy).count() == 1


def test_telling_of_many_cases_asks_the_same_number_of_queries(around, django_assert_max_num_queries):
    from helpdesk import workflow

    for number in range(20):
        workflow.report(by=around.applicant, applicant=around.applicant, title=f"Arıza {number}")
    with django_assert_max_num_queries(34):
        assert reminders.tell_overdue(timezone.now() + timedelta(days=60)) == {"cases": 21}


@pytest.mark.parametrize("task", [tasks.send_outbox, tasks.send_digests, tasks.sweep])
def test_every_task_may_run_twice(around, task, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    files.put(b"x")
    inbox.tell([around.applicant], around.ticket, "There is a new note on %(number)s.")
    Ticket.objects.update(
        due_at=timezone.now() - timedelta(days=1), queue_at=timezone.now() - timedelta(days=1)
    )
    task()
    before = (InboxItem.objects.count(), Delivery.objects.count(), OverdueNotice.objects.count())
    task()
    assert (InboxItem.objects.count(), Delivery.objects.count(), OverdueNotice.objects.count()) == before


def test_what_beat_starts_exists():
    app.loader.import_default_modules()
    assert {entry["task"] for entry in SCHEDULE.values()} <= set(app.tasks)


def test_the_ledger_is_read_in_the_admin_and_not_written(around):
    jobs.each_time("send_outbox", lambda now: {"sent": 1})
    client = signed_in_client(around.head)
    assert b"send_outbox" in client.get("/admin/processes/jobrun/").content
    run = JobRun.objects.get()
    assert client.post(f"/admin/processes/jobrun/{run.pk}/change/", {"job": "x"}).status_code == 403
    assert client.get("/admin/processes/jobrun/add/").status_code == 403
