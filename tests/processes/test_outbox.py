"""What leaves the building: asked for with the change, sent after it, never lost, never for ever in a circle."""

from __future__ import annotations

import re
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.roles import Role
from audit.queries import entries_of
from config.celery import app
from processes import nudge, outbox, sent_book
from processes.errors import WrongState
from processes.models import Delivery, DeliveryState
from tests.accounts.people import person, signed_in_client

pytestmark = pytest.mark.django_db


@pytest.fixture
def post(monkeypatch):
    """A handler that keeps what it is given and does what a test tells it to."""

    class Post:
        sent: list[str]
        trouble: Exception | None

    office = Post()
    office.sent, office.trouble = [], None

    def send(delivery: Delivery) -> None:
        office.sent.append(delivery.key)
        if office.trouble is not None:
            raise office.trouble

    monkeypatch.setitem(outbox._handlers, "post", send)
    return office


def the(key: str) -> Delivery:
    return Delivery.objects.get(key=key)


def test_enqueue_under_the_same_key_asks_once(post):
    outbox.enqueue("post", {"letter": 1}, key="a")
    outbox.enqueue("post", {"letter": 2}, key="a")
    assert the("a").payload == {"letter": 1}


def test_enqueue_is_one_query(django_assert_num_queries):
    with transaction.atomic(), django_assert_num_queries(1):
        outbox.enqueue("post", {}, key="a")


def test_enqueue_is_taken_back_with_its_transaction(post):
    with transaction.atomic():
        outbox.enqueue("post", {}, key="a")
        transaction.set_rollback(True)
    assert outbox.send_due() == outbox.Sent()
    assert post.sent == []


def test_send_due_sends_each_once_oldest_first(post):
    for key in ("a", "b"):
        outbox.enqueue("post", {}, key=key)
    outbox.enqueue("post", {}, key="later", not_before=timezone.now() + timedelta(hours=1))
    assert outbox.send_due() == outbox.Sent(sent=2)
    assert outbox.send_due() == outbox.Sent()
    assert post.sent == ["a", "b"]
    assert the("a").state == DeliveryState.SENT
    assert the("a").sent_at is not None


def test_a_failure_waits_longer_each_time_and_ends_with_a_person(post):
    outbox.enqueue("post", {}, key="a")
    post.trouble = outbox.NotDelivered("The other side is closed.")
    now, waits = timezone.now(), []
    for _attempt in range(len(outbox.WAITS)):
        assert outbox.send_due(now=now) == outbox.Sent(failed=1)
        waits.append(the("a").next_at - now)
        assert outbox.send_due(now=the("a").next_at - timedelta(seconds=1)) == outbox.Sent()
        now = the("a").next_at
    assert waits == list(outbox.WAITS)
    assert outbox.send_due(now=now) == outbox.Sent(stuck=1)
    assert (the("a").state, the("a").last_error) == (DeliveryState.STUCK, "The other side is closed.")
    assert outbox.send_due(now=now + timedelta(days=30)) == outbox.Sent()


def test_a_refusal_for_good_is_not_repeated(post):
    outbox.enqueue("post", {}, key="a")
    post.trouble = outbox.NotDelivered("There is no such office.", for_good=True)
    assert outbox.send_due() == outbox.Sent(stuck=1)
    assert len(post.sent) == 1


def test_one_that_fails_does_not_keep_the_others_waiting_and_tells_no_names(post, monkeypatch):
    def stumble(delivery: Delivery) -> None:
        raise ValueError("ayse@hastane.example does not exist")

    monkeypatch.setitem(outbox._handlers, "stumbling", stumble)
    outbox.enqueue("stumbling", {}, key="a")
    outbox.enqueue("post", {}, key="b")
    assert outbox.send_due() == outbox.Sent(sent=1, failed=1)
    assert the("a").last_error == "ValueError"


def test_a_kind_nobody_sends_waits_for_somebody_who_does():
    outbox.enqueue("unheard-of", {}, key="a")
    assert outbox.send_due() == outbox.Sent(failed=1)
    assert the("a").state == DeliveryState.DUE


def test_a_sender_that_dies_loses_nothing_and_counts_as_an_attempt(post):
    outbox.enqueue("post", {}, key="a")
    now = timezone.now()
    claimed = outbox._claim(now)
    assert claimed is not None
    assert claimed.key == "a"
    assert outbox.send_due(now=now + outbox.CLAIM - timedelta(seconds=1)) == outbox.Sent()
    assert outbox.send_due(now=now + outbox.CLAIM) == outbox.Sent(sent=1)
    assert the("a").attempts == 2


def test_a_delivery_that_kills_its_senders_ends_as_stuck(post):
    outbox.enqueue("post", {}, key="a")
    now = timezone.now()
    for _attempt in range(outbox.DEATHS):
        assert outbox._claim(now) is not None
        assert the("a").last_error == outbox.IN_HAND
        now += outbox.CLAIM
    assert outbox.send_due(now=now) == outbox.Sent(stuck=1)
    assert (the("a").state, the("a").last_error) == (DeliveryState.STUCK, outbox.DIED)
    assert post.sent == []


def test_retry_begins_again_and_is_in_the_trail(post):
    head = person(Role.UNIT_HEAD)
    outbox.enqueue("post", {}, key="a")
    post.trouble = outbox.NotDelivered("Closed.", for_good=True)
    outbox.send_due()
    post.trouble = None
    outbox.retry(the("a"), by=head, reason="Karşı taraf açıldı.")
    [entry] = entries_of(the("a"))
    assert (entry.event, entry.actor_id, entry.reason) == ("delivery_retried", head.pk, "Karşı taraf açıldı.")
    assert outbox.send_due() == outbox.Sent(sent=1)
    with pytest.raises(WrongState):
        outbox.retry(the("a"), by=head, reason="Yine.")


def test_the_admin_shows_the_stuck_one_and_tries_it_again(post):
    client = signed_in_client(person(Role.UNIT_HEAD))
    outbox.enqueue("post", {}, key="a")
    post.trouble = outbox.NotDelivered("Closed.", for_good=True)
    outbox.send_due()
    address = f"/admin/processes/delivery/{the('a').pk}/"
    assert b"Closed." in client.get("/admin/processes/delivery/?state__exact=stuck").content
    assert f"{address}retry/" in client.get(f"{address}change/").content.decode()
    assert client.post(f"{address}retry/", {"reason": "Açıldı."}).status_code == 302
    assert the("a").state == DeliveryState.DUE
    assert client.get("/admin/processes/delivery/add/").status_code == 403


@pytest.mark.django_db(transaction=True)
def test_four_senders_at_once_send_each_delivery_once(monkeypatch):
    sent: list[str] = []

    def send(delivery: Delivery) -> None:
        time.sleep(0.005)
        sent.append(delivery.key)

    def work() -> None:
        try:
            outbox.send_due()
        finally:
            connection.close()

    monkeypatch.setitem(outbox._handlers, "post", send)
    Delivery.objects.bulk_create(Delivery(kind="post", key=f"k{number}") for number in range(60))
    senders = [threading.Thread(target=work) for _number in range(4)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert sorted(sent) == sorted(f"k{number}" for number in range(60))
    assert not Delivery.objects.exclude(state=DeliveryState.SENT).exists()


@pytest.mark.parametrize("broker", ["redis://127.0.0.1:1/0", "redis://10.255.255.1:6379/0"])
@pytest.mark.django_db(transaction=True)
def test_a_dead_broker_neither_delays_nor_breaks_what_was_saved(broker, monkeypatch, caplog):
    """Once the broker refuses, once it does not answer at all."""
    monkeypatch.setattr(app, "_pool", app.connection_for_write(broker).Pool(limit=1))
    monkeypatch.setattr(nudge, "_nudger", nudge.Nudger())
    for key in ("a", "b"):
        began = time.monotonic()
        with transaction.atomic():
            outbox.enqueue("post", {}, key=key)
        assert time.monotonic() - began < 0.2
        assert the(key).state == DeliveryState.DUE
    deadline = time.monotonic() + 15
    while "The broker does not answer" not in caplog.text and time.monotonic() < deadline:
        time.sleep(0.05)
    assert "the sweep will find the work" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_the_first_nudge_the_broker_takes_again_wakes_the_sender(monkeypatch, services):
    """The broker is away for one save and back for the next."""
    dead = app.connection_for_write("redis://127.0.0.1:1/0").Pool(limit=1)
    nudger = nudge.Nudger()
    app.control.purge()
    with monkeypatch.context() as away:
        away.setattr(app, "_pool", dead)
        nudger.nudge()
        time.sleep(1)
    nudger.nudge()
    deadline = time.monotonic() + 15
    while not (taken := app.control.purge()) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert taken == 1


@pytest.fixture
def book(settings, tmp_path):
    """The folder beside the database in which is written what was sent."""
    settings.SEALS_FOLDER = tmp_path
    return tmp_path / "sent"


def test_what_was_sent_is_not_sent_again_after_the_database_was_set_back(post, book):
    outbox.enqueue("post", {"letter": 1}, key="a")
    outbox.enqueue("post", {"letter": 2}, key="b")
    assert outbox.send_due(limit=1) == outbox.Sent(sent=1)
    sent = Delivery.objects.get(state=DeliveryState.SENT)
    Delivery.objects.update(state=DeliveryState.DUE, attempts=0, sent_at=None, next_at=timezone.now())

    assert outbox.send_due() == outbox.Sent(sent=1, known=1)
    assert sorted(post.sent) == ["a", "b"]
    again = the(sent.key)
    assert (again.state, again.sent_at, again.last_error) == (
        DeliveryState.SENT,
        sent.sent_at,
        outbox.SENT_BEFORE,
    )


def test_the_same_key_in_a_later_life_is_another_delivery(post, book):
    outbox.enqueue("post", {"letter": 1}, key="a")
    outbox.send_due()
    Delivery.objects.all().delete()
    outbox.enqueue("post", {"letter": 7}, key="a")

    assert outbox.send_due() == outbox.Sent(sent=1)
    assert post.sent == ["a", "a"]


def test_a_delivery_that_waited_for_days_is_looked_up_too(post, book):
    outbox.enqueue("post", {}, key="a")
    Delivery.objects.update(made_at=timezone.now() - timedelta(days=40))
    sent_book.write(the("a"), timezone.now() - timedelta(days=3))

    assert outbox.send_due() == outbox.Sent(known=1)
    assert post.sent == []


def test_the_book_holds_times_and_hashes_only(post, book):
    outbox.enqueue("post", {"letter": 1}, key="digest:kisi:1")
    outbox.send_due()
    [page] = book.glob("*.txt")
    assert re.fullmatch(r"\S+\t[0-9a-f]{64}\n", page.read_text(encoding="ascii"))
    page.write_text("", encoding="ascii")
    assert sent_book.sent_at(the("digest:kisi:1"), timezone.now()) is None


def test_without_a_book_everything_is_sent_and_the_log_says_so(post, book, settings, caplog):
    book.write_text("a file stands where the folder should be", encoding="ascii")
    outbox.enqueue("post", {}, key="a")

    assert outbox.send_due() == outbox.Sent(sent=1)
    assert "The book of what was sent cannot be written" in caplog.text


def test_the_book_has_a_folder_of_its_own_where_seals_are_only_read(settings, tmp_path):
    settings.SEALS_FOLDER, settings.SENT_FOLDER = tmp_path / "seals", tmp_path / "sent"
    outbox.enqueue("post", {}, key="a")
    now = timezone.now()
    sent_book.write(the("a"), now)
    assert [path.parent for path in tmp_path.rglob("*.txt")] == [tmp_path / "sent"]
    assert sent_book.sent_at(the("a"), now) == now
    (tmp_path / "sent").rename(tmp_path / "restored")
    (tmp_path / "seals").mkdir()
    (tmp_path / "restored").rename(tmp_path / "seals" / "sent")  # as a backup brings it back
    assert sent_book.sent_at(the("a"), now) == now
