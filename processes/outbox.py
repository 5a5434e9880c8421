"""What has to leave the building: written in the transaction that asks for it, sent by a worker after the commit.

A delivery is claimed in a short transaction of its own, which already counts the attempt and sets the time of the
next one; then it is sent outside any transaction. So a sender that dies in between loses nothing, a delivery that
kills its senders ends as stuck instead of circling for ever, and two senders never hold the same row. What ends as stuck
shows on the cases it speaks of.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from audit import events, trail
from audit.context import because, signed_in
from processes import nudge, sent_book
from processes.errors import WrongState
from processes.models import Case, Delivery, DeliveryState

log = logging.getLogger(__name__)

Handler = Callable[[Delivery], None]
About = Callable[[Delivery], Iterable[Case]]
HandlerT = Callable[[Handler], Handler]

# How long after the first, second ... attempt the next one comes. A further failure needs a person.
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 180, 480, 1440))
# A sender that has not reported back after this time is taken for dead. Above every handler's own time limits.
CLAIM = timedelta(minutes=10)
DEATHS = 5  # so often may a sender die over one delivery
IN_HAND = "Being sent, or its sender ended."  # what a delivery says of itself until its sender reports back
DIED = "The sender ended while sending."
SENT_BEFORE = "Sent before the database was set back; not sent again."

_handlers: dict[str, Handler] = {}
_about: dict[str, About] = {}
events.name_events(
    delivery_retried=gettext_lazy("Delivery tried again"),
    not_delivered=gettext_lazy("A message about it could not be delivered"),
)


class NotDelivered(Exception):
    """The other side did not take it. The text is shown to the operator: no personal data.

    `for_good`: trying again cannot help, a person has to look.
    """

    def __init__(self, message: str, *, for_good: bool = False) -> None:
        super().__init__(message)
        self.for_good = for_good


class PutOff(Exception):
    """Not tried at all: the other side is being left alone until then. Same kind of text; no attempt is counted."""

    def __init__(self, message: str, until: datetime) -> None:
        super().__init__(message)
        self.until = until


@dataclass
class Sent:
    """What one run of the sender did."""

    sent: int = 0
    failed: int = 0
    stuck: int = 0
    put_off: int = 0
    known: int = 0  # sent before the database was set back


def handler(kind: str, *, about: About = lambda delivery: ()) -> HandlerT:
    """Name the function that sends deliveries of a kind; it gets the Delivery and may be called twice for one.

    `about` finds the cases a delivery speaks of: on them it shows when it could not be delivered.
    """

    def register(function: Handler) -> Handler:
        _handlers[kind], _about[kind] = function, about
        return function

    return register


def enqueue(kind: str, payload: dict[str, Any], *, key: str, not_before: datetime | None = None) -> None:
    """Ask for a delivery in the caller's transaction. Asking again under the same key changes nothing."""
    row = Delivery(kind=kind, payload=payload, key=key, next_at=not_before or timezone.now())
    Delivery.objects.bulk_create([row], ignore_conflicts=True)
    transaction.on_commit(nudge.sender)


def send_due(*, now: datetime | None = None, limit: int = 200) -> Sent:
    """Send what is due, one by one, until nothing is left or `limit` was reached."""
    done = Sent()
    for _place in range(limit):
        delivery = _claim(now or timezone.now())
        if delivery is None:
            break
        _send(delivery, done, now)
    return done


def retry(delivery: Delivery, *, by: User, reason: str) -> None:
    """Let a stuck delivery be tried again from the beginning; a person decided so."""
    with transaction.atomic(), because(step="retry_delivery", reason=reason):
        stuck = Delivery.objects.select_for_update().filter(pk=delivery.pk, state=DeliveryState.STUCK)
        if not stuck.exists():
            raise WrongState(_("This delivery is not stuck."))
        Delivery.objects.filter(pk=delivery.pk).update(
            state=DeliveryState.DUE, attempts=0, next_at=timezone.now()
        )
        with signed_in(by):
            trail.record(delivery, "delivery_retried")
        transaction.on_commit(nudge.sender)


def _claim(now: datetime) -> Delivery | None:
    """The next delivery due that no other sender holds, marked as being tried."""
    with transaction.atomic(durable=True):
        delivery = (
            Delivery.objects.select_for_update(skip_locked=True)
            .filter(state=DeliveryState.DUE, next_at__lte=now)
            .order_by("next_at", "id")
            .first()
        )
        if delivery is None:
            return None
        delivery.attempts += 1
        delivery.next_at = now + CLAIM
        # The row says from now on that it is in somebody's hand; the sender still reads what was said of it before.
        Delivery.objects.filter(pk=delivery.pk).update(
            attempts=delivery.attempts, next_at=delivery.next_at, last_error=IN_HAND
        )
    return delivery


def _send(delivery: Delivery, done: Sent, now: datetime | None) -> None:
    """Try one claimed delivery and write down how it went."""
    if delivery.attempts > DEATHS and delivery.last_error == IN_HAND:
        _failed(delivery, done, DIED, for_good=True, now=now)
        return
    send = _handlers.get(delivery.kind)
    if send is None:
        _failed(delivery, done, f"Nobody sends deliveries of kind {delivery.kind}.", for_good=False, now=now)
        return
    if (before := sent_book.sent_at(delivery, now or timezone.now())) is not None:
        Delivery.objects.filter(pk=delivery.pk).update(
            state=DeliveryState.SENT, sent_at=before, last_error=SENT_BEFORE
        )
        done.known += 1
        return
    try:
        send(delivery)
    except PutOff as error:
        delivery.attempts -= 1
        delivery.next_at, delivery.last_error = error.until, str(error)[:300]
        delivery.save(update_fields=("attempts", "next_at", "last_error"))
        done.put_off += 1
    except NotDelivered as error:
        _failed(delivery, done, str(error), for_good=error.for_good, now=now)
    except Exception as error:  # noqa: BLE001 - whatever a handler runs into must not keep the others waiting
        # Only the kind of failure is kept: the text of a library's error may name people and addresses.
        log.error("Delivery %s of kind %s failed: %s", delivery.pk, delivery.kind, type(error).__name__)
        _failed(delivery, done, type(error).__name__, for_good=False, now=now)
    else:
        at = timezone.now()
        sent_book.write(delivery, at)
        Delivery.objects.filter(pk=delivery.pk).update(
            state=DeliveryState.SENT, sent_at=now or at, last_error=""
        )
        done.sent += 1


def _failed(delivery: Delivery, done: Sent, sentence: str, *, for_good: bool, now: datetime | None) -> None:
    """Wait longer after each failure; after the last one a person has to look."""
    stuck = for_good or delivery.attempts > len(WAITS)
    delivery.last_error = sentence[:300]
    if stuck:
        delivery.state = DeliveryState.STUCK
        done.stuck += 1
    else:
        delivery.next_at = (now or timezone.now()) + WAITS[delivery.attempts - 1]
        done.failed += 1
    with transaction.atomic():
        delivery.save(update_fields=("state", "next_at", "last_error"))
        if stuck:
            _show_on_cases(delivery)


def _show_on_cases(delivery: Delivery) -> None:
    """Whoever opens a case it speaks of reads in its trail that the message did not get through."""
    about = _about.get(delivery.kind)
    told = {"delivery": delivery.key, "attempts": delivery.attempts, "answer": delivery.last_error}
    trail.record_many(list(about(delivery)) if about else [], "not_delivered", told)
