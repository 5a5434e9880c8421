"""Other systems are told of events by signed messages (Standard Webhooks), sent from the outbox.

A message says what happened to which letter and where to read more; it carries no personal data. It may come twice
(same `webhook-id`) and out of order. The signature is `v1,` + base64(HMAC-SHA256(id.timestamp.body)).

An address that failed several times in a row is left alone for a while, so that a dead or slow EBYS does not hold up
e-mails and other systems; then one message tries it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Least
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.sealed import CannotOpen, seal, unseal
from audit.context import because
from ebys import acknowledgements, egress, events
from ebys.models import Event, IncomingLetter, OutgoingLetter, ServiceAccount, WebhookEndpoint
from processes import outbox
from processes.errors import RuleBroken
from processes.gate import save
from processes.models import Case, Delivery

KIND = "webhook"
SECRET = "whsec_"  # noqa: S105 - the prefix the standard gives to secrets
GONE = 410
FAILURES_UNTIL_LEFT_ALONE = 3
LEFT_ALONE = timedelta(minutes=5)
MOST_COUNTED = 30_000
LETTER_EVENTS = (events.READY, events.WITHDRAWN, events.ROUTED, events.FILED)


def register(
    account: ServiceAccount, *, by: User, url: str, to_be_told: Sequence[str]
) -> tuple[WebhookEndpoint, str]:
    """An address that is told of events from now on, and its signing secret, which is shown once."""
    egress.require_listed(url)
    unknown = sorted(set(to_be_told) - set(LETTER_EVENTS))
    if unknown:
        sentence = _("These events are not sent: %(names)s.") % {"names": ", ".join(unknown)}
        raise RuleBroken(sentence, fields={"events": [sentence]})
    secret = SECRET + base64.b64encode(secrets.token_bytes(32)).decode()
    endpoint = WebhookEndpoint(
        account=account, url=url, events=[one for one in Event.values if one in to_be_told]
    )
    endpoint.sealed_secret = seal(secret, _bound(endpoint))
    with transaction.atomic(), because(step="register_webhook", reason=account.name):
        save(endpoint)
    return endpoint, secret


def replace_secret(endpoint: WebhookEndpoint, *, by: User, reason: str) -> str:
    """A new signing secret; the old one is worthless from now on."""
    secret = SECRET + base64.b64encode(secrets.token_bytes(32)).decode()
    with transaction.atomic(), because(step="replace_webhook_secret", reason=reason):
        endpoint = WebhookEndpoint.objects.select_for_update().get(pk=endpoint.pk)
        endpoint.sealed_secret = seal(secret, _bound(endpoint))
        save(endpoint)
    return secret


def listen() -> None:
    """Hear of letters; called once at start."""
    for event in LETTER_EVENTS:
        events.listen(event, _listener(event))


def letter_changed(event: str, letter: IncomingLetter | OutgoingLetter) -> None:
    """Ask for a message to every address that wants to be told, in the transaction of the change."""
    wanting = WebhookEndpoint.objects.filter(
        is_active=True, account__is_active=True, events__contains=[event]
    )
    for pk in wanting.values_list("pk", flat=True):
        kind = "outgoing" if isinstance(letter, OutgoingLetter) else "incoming"
        outbox.enqueue(
            KIND,
            {
                "endpoint": pk,
                "type": event,
                "timestamp": timezone.now().isoformat(timespec="seconds"),
                "letter": letter.pk,
                "direction": kind,
            },
            key=f"{KIND}:{pk}:{event}:{kind}:{letter.pk}:{letter.version}",
        )


def sign(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """The signature of a message under the standard."""
    key = base64.b64decode(secret.removeprefix(SECRET))
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def verifies(secret: str, headers: dict[str, str], body: bytes, *, now: int, tolerance: int = 300) -> bool:
    """What the receiver does: the signature is ours and the message is not an old one sent again."""
    try:
        timestamp = int(headers["webhook-timestamp"])
        expected = sign(secret, headers["webhook-id"], timestamp, body)
    except (KeyError, ValueError, binascii.Error):
        return False
    given = headers.get("webhook-signature", "").split(" ")
    return abs(now - timestamp) <= tolerance and any(hmac.compare_digest(expected, one) for one in given)


def _cases(delivery: Delivery) -> list[Case]:
    """The case of the letter it speaks of."""
    model = OutgoingLetter if delivery.payload["direction"] == "outgoing" else IncomingLetter
    letter = model.objects.select_related("case").filter(pk=delivery.payload["letter"]).first()
    return [letter.case] if letter is not None and letter.case is not None else []


@outbox.handler(KIND, about=_cases)
def deliver(delivery: Delivery) -> None:
    """Send one message; a refusal or silence is told to the outbox, which tries again later."""
    endpoint = (
        WebhookEndpoint.objects.select_related("account").filter(pk=delivery.payload["endpoint"]).first()
    )
    if endpoint is None or not endpoint.is_active or not endpoint.account.is_active:
        return
    _leave_alone(endpoint)
    body = json.dumps(_content(delivery.payload), ensure_ascii=False, separators=(",", ":")).encode()
    message_id = "msg_" + hashlib.sha256(delivery.key.encode()).hexdigest()[:32]
    now = timezone.now()
    try:
        headers = _headers(unseal(endpoint.sealed_secret, _bound(endpoint)), message_id, now, body)
        answer = egress.post(endpoint.url, body, headers)
    except CannotOpen as error:
        raise outbox.NotDelivered("The signing secret cannot be read; replace it.", for_good=True) from error
    except egress.Forbidden as error:
        _note(endpoint, now, failed=True)
        raise outbox.NotDelivered("The address may not be called.", for_good=True) from error
    except egress.Unreachable as error:
        _note(endpoint, now, failed=True)
        raise outbox.NotDelivered(f"No answer: {error}") from error
    if complaint := acknowledgements.complaint(answer):
        _note(endpoint, now, failed=True)
        raise outbox.NotDelivered(complaint, for_good=answer.status == GONE)
    _note(endpoint, now, failed=False)


def _leave_alone(endpoint: WebhookEndpoint) -> None:
    """Put the message off while its address is being left alone; that is not counted as a try."""
    if endpoint.failures < FAILURES_UNTIL_LEFT_ALONE or endpoint.last_failure_at is None:
        return
    until = endpoint.last_failure_at + LEFT_ALONE
    if timezone.now() < until:
        raise outbox.PutOff(
            f"The address failed {endpoint.failures} times in a row and is left alone.", until
        )


def _listener(event: str) -> events.Listener:
    def told(letter: Any, by: User) -> None:
        letter_changed(event, letter)

    return told


def _content(payload: dict[str, Any]) -> dict[str, Any]:
    kind = payload["direction"]
    address = reverse(f"api:{kind}-letter", args=(payload["letter"],))
    return {
        "type": payload["type"],
        "timestamp": payload["timestamp"],
        "data": {
            "letter": payload["letter"],
            "direction": kind,
            "url": f"{settings.BASE_URL.rstrip('/')}{address}",
        },
    }


def _headers(secret: str, message_id: str, now: datetime, body: bytes) -> dict[str, str]:
    timestamp = int(now.timestamp())
    return {
        "Content-Type": "application/json",
        "User-Agent": "SBS-Webhooks/1",
        "webhook-id": message_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(secret, message_id, timestamp, body),
    }


def _note(endpoint: WebhookEndpoint, now: datetime, *, failed: bool) -> None:
    """Keep for the operator how the address answers; a meter, no fact of the office."""
    rows = WebhookEndpoint.objects.filter(pk=endpoint.pk)
    if failed:
        rows.update(failures=Least(F("failures") + 1, MOST_COUNTED), last_failure_at=timezone.now())
    else:
        rows.update(failures=0, last_success_at=now)


def _bound(endpoint: WebhookEndpoint) -> str:
    """What a sealed secret belongs to: the account and address, known before the row is."""
    return f"ebys.webhookendpoint|{endpoint.account_id}|{endpoint.url}"
