"""The daily e-mail: once a day, only for what is unread, with nothing personal in it."""

from __future__ import annotations

import email
import smtplib
import time
from datetime import timedelta
from email import policy
from pathlib import Path

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.utils import timezone

from audit.queries import entries_of
from processes import digest, inbox, outbox, tasks
from processes.models import Delivery, DeliveryState, InboxItem, JobRun
from tests.accounts.people import signed_in_client
from tests.processes.records import desk

pytestmark = pytest.mark.django_db
NOTE = "There is a new note on %(number)s."


def test_one_mail_a_person_names_number_and_step_and_nobody(around):
    for _number in range(2):
        inbox.tell([around.applicant], around.ticket, NOTE)
    inbox.tell([around.applicant], None, "A letter came in and waits for routing.")
    assert digest.gather(timezone.now()) == {"people": 1}
    assert outbox.send_due() == outbox.Sent(sent=1)
    [sent] = mail.outbox
    assert isinstance(sent, EmailMultiAlternatives)
    assert sent.to == ["hemsire@hastane.example"]
    assert f"- {around.ticket.number} · 5.3.6.2 " in sent.body
    html = str(sent.alternatives[0][0])
    for text in (sent.subject, sent.body, html):
        assert around.applicant.last_name not in text
        assert around.ticket.title not in text
    assert around.ticket.number not in sent.subject
    assert "http://127.0.0.1:8000/inbox/" in sent.body
    assert not InboxItem.objects.filter(mailed_at__isnull=True).exists()


def test_the_mail_is_written_in_the_persons_language(around):
    around.applicant.language = "en"
    around.applicant.save(update_fields=["language"])
    inbox.tell([around.applicant, around.officer], around.ticket, NOTE)
    digest.gather(timezone.now())
    outbox.send_due()
    subjects = {sent.to[0]: sent.subject for sent in mail.outbox}
    assert subjects == {
        "hemsire@hastane.example": "SBS: 1 unread message",
        "memur@mudurluk.example": "SBS: 1 okunmamış ileti",
    }


def test_gathering_twice_on_a_day_sends_once_and_a_second_sending_keeps_its_name(around):
    inbox.tell([around.applicant], around.ticket, NOTE)
    for _number in range(2):
        digest.gather(timezone.now())
        outbox.send_due()
    assert len(mail.outbox) == 1
    [delivery] = Delivery.objects.all()
    name = mail.outbox[0].extra_headers["Message-ID"]
    InboxItem.objects.update(mailed_at=None)
    digest.send(delivery)
    assert mail.outbox[1].extra_headers["Message-ID"] == name


def test_read_mailed_and_unwanted_messages_bring_no_mail(around):
    inbox.tell([around.applicant], around.ticket, NOTE)
    inbox.mark_read(around.applicant)
    inbox.tell([around.officer], around.ticket, NOTE)
    InboxItem.objects.filter(user=around.officer).update(mailed_at=timezone.now())
    inbox.tell([around.lead], around.ticket, NOTE)
    digest.choose(around.lead, False)
    inbox.tell([around.head], around.ticket, NOTE)  # has no e-mail address
    assert digest.gather(timezone.now()) == {"people": 0}


def test_what_was_read_between_asking_and_sending_is_left_out(around):
    inbox.tell([around.applicant], around.ticket, NOTE)
    digest.gather(timezone.now())
    inbox.mark_read(around.applicant)
    assert outbox.send_due() == outbox.Sent(sent=1)
    assert mail.outbox == []


def test_a_mail_server_that_is_down_is_tried_again_later(around, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 2
    inbox.tell([around.applicant], around.ticket, NOTE)
    digest.gather(timezone.now())
    assert outbox.send_due() == outbox.Sent(failed=1)
    assert Delivery.objects.get().last_error == "ConnectionRefusedError"
    assert InboxItem.objects.get().mailed_at is None


def test_the_task_does_its_work_once_a_day(around):
    inbox.tell([around.applicant], around.ticket, NOTE)
    tasks.send_digests()
    inbox.tell([around.officer], around.ticket, NOTE)
    tasks.send_digests()
    assert Delivery.objects.count() == 1
    [run] = JobRun.objects.all()
    assert (run.job, run.counts, run.outcome) == ("send_digests", {"people": 1}, "done")


def test_the_choice_is_made_on_the_page(around):
    client = signed_in_client(around.officer)
    assert client.post("/calendar/", {"action": "digest"}).status_code == 302
    assert not digest.wants(around.officer)
    assert client.post("/calendar/", {"action": "digest", "wanted": "on"}).status_code == 302
    assert digest.wants(around.officer)


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_sends_a_real_mail_after_the_commit(worker, settings):
    """From the change through broker, worker and outbox to a file with the mail, waking nobody by hand."""
    folder = Path(settings.EMAIL_FILE_PATH)
    before = set(folder.glob("*")) if folder.exists() else set()
    with transaction.atomic():
        around = desk(now=timezone.now() - timedelta(days=1))
    inbox.tell([around.applicant], around.ticket, NOTE)
    digest.gather(timezone.now())
    deadline = time.monotonic() + 30
    while (
        not JobRun.objects.filter(job="send_outbox", counts__sent=1).exists() and time.monotonic() < deadline
    ):
        time.sleep(0.1)
    assert Delivery.objects.get().state == DeliveryState.SENT
    [letter] = set(folder.glob("*")) - before
    message = email.message_from_bytes(letter.read_bytes(), policy=policy.default)
    assert message["To"] == "hemsire@hastane.example"
    body = message.get_body(("plain",))
    assert body is not None
    assert around.ticket.number in body.get_content()


def test_a_mail_nobody_takes_shows_on_the_cases_it_speaks_of(around, monkeypatch):
    def refuse(self: object, *args: object) -> None:
        raise smtplib.SMTPRecipientsRefused({"hemsire@hastane.example": (550, b"nobody here")})

    monkeypatch.setattr(EmailMultiAlternatives, "send", refuse)
    inbox.tell([around.applicant], around.ticket, NOTE)
    inbox.tell([around.applicant], None, "A letter came in and waits for routing.")
    digest.gather(timezone.now())
    now = timezone.now()
    for _try in outbox.WAITS:
        assert outbox.send_due(now=now) == outbox.Sent(failed=1)
        now += max(outbox.WAITS)
    assert not entries_of(around.ticket).filter(event="not_delivered").exists()
    assert outbox.send_due(now=now) == outbox.Sent(stuck=1)

    told = entries_of(around.ticket).get(event="not_delivered").changes
    delivery = Delivery.objects.get()
    assert told == {"delivery": delivery.key, "attempts": 8, "answer": "SMTPRecipientsRefused"}
    page = signed_in_client(around.officer).get(around.ticket.get_absolute_url(), {"tab": "trail"})
    assert "Onunla ilgili bir ileti teslim edilemedi" in page.content.decode()
    assert "hemsire@hastane.example" not in str(told)
