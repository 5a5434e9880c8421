"""Once a week every stored file is hashed again; what is amiss reaches those who answer for the system."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone, translation

from accounts.roles import Role
from config.schedule import SCHEDULE
from processes import file_watch, files, inbox, jobs, tasks
from processes.models import JobOutcome, JobRun
from tests.accounts.people import person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def store(settings, tmp_path):
    """A file store of its own."""
    settings.FILES_ROOT = tmp_path


def test_a_whole_store_is_written_down_and_nobody_is_told():
    with transaction.atomic():
        head = person(Role.UNIT_HEAD)
        files.put(b"Rapor")
    tasks.verify_files()
    run = JobRun.objects.get(job=file_watch.JOB)
    assert (run.outcome, run.counts) == (JobOutcome.DONE, {"checked": 1, "missing": 0, "changed": 0})
    assert inbox.unread_count(head) == 0


def test_missing_and_changed_files_are_told_once_a_week():
    with transaction.atomic():
        head, clerk = person(Role.UNIT_HEAD), person(Role.IT_OFFICER)
        gone, spoilt = files.put(b"bir"), files.put(b"iki")
    files.path_of(gone.sha256).unlink()
    path = files.path_of(spoilt.sha256)
    path.chmod(0o640)
    path.write_bytes(b"IKI")

    tasks.verify_files()
    tasks.verify_files()

    assert JobRun.objects.get(job=file_watch.JOB).counts == {"checked": 2, "missing": 1, "changed": 1}
    [item] = inbox.items_of(head)
    with translation.override("tr"):
        sentence = str(inbox.sentence(item))
    assert "eksik (1)" in sentence
    assert "bozulmuş (1)" in sentence
    assert gone.sha256[:8] not in sentence
    assert inbox.unread_count(clerk) == 0

    later = timezone.now() + timedelta(days=7)
    assert jobs.once_per("week", file_watch.JOB, file_watch.check, now=later) is not None
    assert inbox.unread_count(head) == 2


def test_beat_starts_it_at_night():
    [entry] = [one for one in SCHEDULE.values() if one["task"] == "processes.tasks.verify_files"]
    assert set(entry["schedule"].hour) == {1, 2, 3, 4, 5}
