"""Reminders 90, 60 and 30 days before the end: from the database, once for each window, on a moved clock."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.roles import Role
from accounts.services import staff
from esignature import lifecycle, reminders
from esignature.models import ExpiryNotice
from esignature.schedule import SCHEDULE
from processes import outbox
from processes.models import Delivery, InboxItem, JobRun
from tests.accounts.people import employee, person
from tests.esignature.conftest import Team
from tests.esignature.making import certificate


def days_later(days: int) -> datetime:
    return timezone.now() + timedelta(days=days)


def told() -> list[int]:
    return list(ExpiryNotice.objects.order_by("-window").values_list("window", flat=True))


def test_each_window_is_told_once_as_the_days_pass(team: Team) -> None:
    certificate(team.holder, days=100)

    windows = []
    for days in (0, 9, 10, 11, 39, 40, 41, 69, 70, 71, 100, 101):
        reminders.remind(days_later(days))
        windows.append((days, told()))

    assert windows == [
        (0, []),
        (9, []),
        (10, [90]),
        (11, [90]),
        (39, [90]),
        (40, [90, 60]),
        (41, [90, 60]),
        (69, [90, 60]),
        (70, [90, 60, 30]),
        (71, [90, 60, 30]),
        (100, [90, 60, 30]),
        (101, [90, 60, 30]),
    ]
    assert InboxItem.objects.filter(user=team.applicant).count() == 3
    assert Delivery.objects.filter(kind=reminders.KIND).count() == 3


def test_nobody_is_reminded_of_a_leavers_certificate(team: Team) -> None:
    gone = employee(team.hospital, email="ayrilan@ornek.example")
    certificate(gone, days=25)
    staff.leave(gone, by=team.officer)

    assert reminders.remind(timezone.now()) == {"certificates": 0}
    assert not Delivery.objects.filter(kind=reminders.KIND).exists()


def test_a_mail_that_waits_is_not_sent_when_the_holder_has_left(team: Team) -> None:
    gone = employee(team.hospital, email="ayrilan@ornek.example")
    certificate(gone, days=25)
    reminders.remind(timezone.now())
    staff.leave(gone, by=team.officer)

    outbox.send_due()

    assert mail.outbox == []


def test_a_machine_that_was_off_for_weeks_tells_the_narrowest_window_only(team: Team) -> None:
    certificate(team.holder, days=20)
    assert reminders.remind(timezone.now()) == {"certificates": 1}
    assert reminders.remind(timezone.now()) == {"certificates": 0}
    assert told() == [30]


def test_a_run_that_died_halfway_goes_on_where_it_stopped(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _holder in range(3):
        certificate(days=20)
    monkeypatch.setattr(reminders, "AT_ONCE", 2)
    reminders._tell(reminders._due(timezone.now()), timezone.now())
    assert len(told()) == 2
    assert reminders.remind(timezone.now()) == {"certificates": 1}
    assert len(told()) == 3


def test_ended_and_suspended_certificates_are_passed_over(team: Team) -> None:
    lifecycle.suspend(certificate(days=20), by=team.officer, reason="Kayıp")
    lifecycle.revoke(certificate(days=20), by=team.officer, reason="Çalındı")
    certificate(days=-1)
    assert reminders.remind(timezone.now()) == {"certificates": 0}


def test_the_unit_and_the_institution_get_a_number_and_no_name(team: Team) -> None:
    head = person(Role.REQUESTING_UNIT_HEAD, username="head", institution=team.hospital)
    other = person(Role.REQUESTING_UNIT_HEAD, username="other_head")
    certificate(team.holder, days=20)
    certificate(employee(team.hospital), days=50)

    reminders.remind(timezone.now())

    (item,) = InboxItem.objects.filter(user=head)
    assert (item.values, item.path) == ({"count": 2}, "/e-signatures/?standing=within90")
    assert InboxItem.objects.filter(user=team.officer, values={"count": 2}).count() == 1
    assert not InboxItem.objects.filter(user=other).exists()


def test_the_mail_names_nobody_in_its_subject(team: Team) -> None:
    one = certificate(team.holder, days=20)
    reminders.remind(timezone.now())

    outbox.send_due(now=timezone.now())

    (letter,) = mail.outbox
    assert letter.to == ["holder@ornek.example"]
    assert team.holder.last_name not in letter.subject
    assert one.serial not in f"{letter.subject}{letter.body}"
    assert one.get_absolute_url() in letter.body


def test_no_mail_goes_out_for_a_certificate_that_ended_meanwhile(team: Team) -> None:
    one = certificate(team.holder, days=20)
    reminders.remind(timezone.now())
    lifecycle.revoke(one, by=team.officer, reason="Çalındı")

    assert outbox.send_due(now=timezone.now()).sent == 1
    assert mail.outbox == []


@pytest.mark.django_db(transaction=True)
def test_the_task_does_its_work_once_a_day() -> None:
    from esignature.tasks import remind

    remind()
    remind()

    run = JobRun.objects.get(job="certificate_reminders")
    assert (run.runs, run.counts) == (1, {"certificates": 0})
    assert [entry["task"] for entry in SCHEDULE.values()] == ["esignature.tasks.remind"]
