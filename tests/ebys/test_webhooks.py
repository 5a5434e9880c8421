"""Other systems are told by signed messages, and only where the settings allow it."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.roles import Role
from accounts.sealed import CannotOpen, seal, unseal
from ebys import acknowledgements, egress, webhooks
from ebys.models import Event, OutgoingLetter, WebhookEndpoint
from ebys.workflow import outgoing
from processes import outbox
from processes.errors import RuleBroken
from processes.models import Delivery, DeliveryState
from tests.accounts import people
from tests.ebys import letters
from tests.ebys.api.calling import account, committed

pytestmark = pytest.mark.django_db


class Receiver(BaseHTTPRequestHandler):
    """The other system."""

    def do_POST(self) -> None:
        server: Any = self.server
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server.heard.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.send_response(server.status)
        if server.status == 302:
            self.send_header("Location", f"http://127.0.0.1:{server.server_port}/inside")
        if server.kind:
            self.send_header("Content-Type", server.kind)
        self.end_headers()
        for place in range(len(server.body)):
            if server.pause:
                time.sleep(server.pause)
            try:
                self.wfile.write(server.body[place : place + 1])
            except OSError:
                return

    def log_message(self, *args: Any) -> None:
        """Quiet."""


@pytest.fixture
def other(settings: Any) -> Iterator[Any]:
    """Another system on this machine, on the list of what may be called."""
    server: Any = HTTPServer(("127.0.0.1", 0), Receiver)
    server.heard, server.status = [], 200
    server.kind, server.body, server.pause = "", b"", 0.0
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    server.url = f"http://127.0.0.1:{server.server_port}/sbs"
    settings.WEBHOOK_HOSTS = (f"http://127.0.0.1:{server.server_port}",)
    settings.WEBHOOK_NETWORKS = ("127.0.0.1/32",)
    yield server
    server.shutdown()
    server.server_close()


def endpoint_at(url: str, *events: str) -> tuple[WebhookEndpoint, str]:
    head = committed(lambda: people.person(Role.UNIT_HEAD))
    return webhooks.register(account(), by=head, url=url, to_be_told=events or (Event.LETTER_READY,))


def approved() -> OutgoingLetter:
    return committed(lambda: letters.outgoing_letter("approved"))


def deliveries() -> list[Delivery]:
    return list(Delivery.objects.filter(kind=webhooks.KIND).order_by("pk"))


@pytest.mark.django_db(transaction=True)
def test_an_approved_letter_is_told_with_a_signature(other: Any) -> None:
    _endpoint, secret = endpoint_at(other.url)
    letter = approved()
    outbox.send_due()
    [(headers, body)] = other.heard
    content = json.loads(body)
    assert webhooks.verifies(secret, headers, body, now=int(time.time()))
    assert content["type"] == "letter.ready"
    assert content["data"]["letter"] == letter.pk
    assert content["data"]["url"].endswith(f"/api/v1/outgoing-letters/{letter.pk}/")
    assert letter.subject not in body.decode()
    assert [delivery.state for delivery in deliveries()] == [DeliveryState.SENT]


def test_only_what_was_asked_for_is_told(other: Any) -> None:
    endpoint_at(other.url, Event.LETTER_WITHDRAWN)
    letter = approved()
    assert deliveries() == []
    outgoing.take_back(letter, by=letters.lead(), reason="Düzeltme")
    assert [delivery.payload["type"] for delivery in deliveries()] == ["letter.withdrawn"]


def test_a_change_taken_back_is_never_told(other: Any) -> None:
    endpoint_at(other.url)
    with transaction.atomic():
        approved()
        transaction.set_rollback(True)
    assert deliveries() == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("status", "state"), [(500, DeliveryState.DUE), (410, DeliveryState.STUCK)])
def test_a_refusal_is_tried_again_or_shown_to_a_person(other: Any, status: int, state: str) -> None:
    endpoint, _secret = endpoint_at(other.url)
    other.status = status
    approved()
    outbox.send_due()
    [delivery] = deliveries()
    endpoint.refresh_from_db()
    assert (delivery.state, delivery.last_error) == (state, f"Answered with {status}.")
    assert endpoint.failures == 1


@pytest.mark.parametrize(
    ("kind", "body", "complaint"),
    [
        ("application/json", b'{"success": false}', "Answered with 200 and an error."),
        ("application/json", b'{"Error": {"code": 17}}', "Answered with 200 and an error."),
        ("application/json", b'{"status": "FAILED"}', "Answered with 200 and an error."),
        ("application/json; charset=utf-8", b'{"status": 500}', "Answered with 200 and an error."),
        ("application/json", b'{"status": "ok"', "Answered with 200 and JSON that cannot be read."),
        ("application/json", b"[" * 100_000, "Answered with 200 and JSON that cannot be read."),
        ("application/problem+json", b"{}", "Answered with 200 and a problem."),
        ("text/xml", b"<a><b></a>", "Answered with 200 and XML that cannot be read."),
        ("text/xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a/>', "Answered with 200 and XML that cannot be read."),
        (
            "application/soap+xml",
            b'<s:Envelope xmlns:s="urn:s"><s:Body><s:Fault/></s:Body></s:Envelope>',
            "Answered with 200 and an error.",
        ),
        ("text/html", b"<h1>Oturum a\xc3\xa7\xc4\xb1n</h1>", "Answered with 200 and a page for people."),
        ("application/json", b'{"status": "ok", "errors": [], "success": true}', ""),
        ("application/json", b'"ok"', ""),
        ("application/json", b'{"status": 200}', ""),
        ("text/xml", b"<sonuc>1</sonuc>", ""),
        ("text/plain", b"error", ""),
        ("text/html", b" \r\n", ""),
        ("", b"", ""),
    ],
)
def test_an_error_in_the_clothes_of_a_success_is_no_acknowledgement(
    kind: str, body: bytes, complaint: str
) -> None:
    media_type = kind.partition(";")[0]
    assert acknowledgements.complaint(egress.Answer(200, media_type, body)) == complaint


@pytest.mark.django_db(transaction=True)
def test_a_message_answered_with_an_error_is_sent_again(other: Any) -> None:
    endpoint_at(other.url)
    other.kind, other.body = "Application/JSON; charset=utf-8", b'{"success": false, "hata": "Kuyruk dolu"}'
    approved()
    assert outbox.send_due() == outbox.Sent(failed=1)
    assert deliveries()[0].last_error == "Answered with 200 and an error."


@pytest.mark.django_db(transaction=True)
def test_an_answer_that_trickles_is_cut_at_the_time_limit(
    other: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint_at(other.url)
    monkeypatch.setattr(egress, "SECONDS", 1)
    other.kind, other.body, other.pause = "application/json", b'"' + b"a" * 60 + b'"', 0.2
    approved()
    began = time.monotonic()
    assert outbox.send_due() == outbox.Sent(failed=1)
    assert time.monotonic() - began < 4
    assert deliveries()[0].last_error == "No answer: TimeoutError"


@pytest.mark.django_db(transaction=True)
def test_an_address_that_keeps_failing_is_left_alone_for_a_while(other: Any) -> None:
    endpoint, _secret = endpoint_at(other.url)
    other.status = 500
    for _letter in range(5):
        approved()
    assert outbox.send_due() == outbox.Sent(failed=3, put_off=2)
    assert len(other.heard) == 3
    waiting = deliveries()[-1]
    endpoint.refresh_from_db()
    assert (waiting.attempts, waiting.state) == (0, DeliveryState.DUE)
    assert endpoint.last_failure_at is not None
    assert waiting.next_at == endpoint.last_failure_at + webhooks.LEFT_ALONE
    assert waiting.last_error == "The address failed 3 times in a row and is left alone."

    other.status = 200
    WebhookEndpoint.objects.update(last_failure_at=timezone.now() - webhooks.LEFT_ALONE)
    Delivery.objects.update(next_at=timezone.now())
    assert outbox.send_due() == outbox.Sent(sent=5)


@pytest.mark.django_db(transaction=True)
def test_a_repeated_message_keeps_its_number(other: Any) -> None:
    endpoint_at(other.url)
    other.status = 503
    approved()
    outbox.send_due()
    other.status = 200
    Delivery.objects.update(next_at="2026-01-01T00:00:00Z")
    outbox.send_due()
    first, second = (headers["webhook-id"] for headers, _body in other.heard)
    assert first == second


@pytest.mark.django_db(transaction=True)
def test_a_redirect_is_not_followed(other: Any) -> None:
    endpoint_at(other.url)
    other.status = 302
    approved()
    outbox.send_due()
    assert len(other.heard) == 1
    assert deliveries()[0].last_error == "Answered with 302."


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "http://localhost/",
        "http://169.254.169.254/latest/meta-data/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "https://ebys.example.gov.tr.evil.example/",
        "https://ebys.example.gov.tr@evil.example/",
        "https://user:pw@ebys.example.gov.tr/",
        "https://ebys.example.gov.tr:8443/",
        "http://ebys.example.gov.tr/",
        "https://ebys.example.gov.tr\\@evil.example/",
        "https://ebys.example.gov.tr/#x",
        "https://ebys.example.gov.tr:99999/",
        "file:///etc/passwd",
        "gopher://ebys.example.gov.tr/",
        "//ebys.example.gov.tr/",
        "https://",
        "https://ebys.example.gov.tr/\r\nX: y",
        "nonsense",
    ],
)
def test_only_listed_addresses_are_taken(url: str, settings: Any) -> None:
    settings.WEBHOOK_HOSTS = ("ebys.example.gov.tr",)
    with pytest.raises(egress.Forbidden):
        endpoint_at(url)


def test_nothing_is_called_when_nothing_is_listed() -> None:
    with pytest.raises(egress.Forbidden):
        endpoint_at("https://ebys.example.gov.tr/")


def test_a_listed_name_that_leads_inside_is_refused(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.WEBHOOK_HOSTS = ("ebys.example.gov.tr",)

    answers = iter(
        (
            ["10.0.0.5"],
            ["93.184.216.34", "127.0.0.1"],
            ["169.254.169.254"],
            ["::ffff:10.0.0.1"],
            ["224.0.0.1"],
            ["10.0.0.5"],
        )
    )
    monkeypatch.setattr(
        socket, "getaddrinfo", lambda *args, **kwargs: [(0, 0, 6, "", (one, 443)) for one in next(answers)]
    )
    for _answer in range(5):
        with pytest.raises(egress.Forbidden):
            egress.resolve("https://ebys.example.gov.tr/")
    settings.WEBHOOK_NETWORKS = ("10.0.0.0/24",)
    assert egress.resolve("https://ebys.example.gov.tr/a?b=1") == egress.Place(
        "https", "ebys.example.gov.tr", 443, "/a?b=1", "10.0.0.5"
    )


def test_the_connection_goes_to_the_address_that_was_checked(
    other: Any, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.WEBHOOK_HOSTS = (f"http://localhost:{other.server_port}",)
    settings.WEBHOOK_NETWORKS = ("127.0.0.1/32", "::1/128")
    place = replace(egress.resolve(f"http://localhost:{other.server_port}/"), address="127.0.0.1")
    honest = socket.getaddrinfo

    def rebound(host: str, *args: Any, **kwargs: Any) -> Any:
        return pytest.fail("resolved again") if host == "localhost" else honest(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", rebound)
    connection = egress._Pinned(place)
    connection.connect()
    assert connection.sock.getpeername() == ("127.0.0.1", other.server_port)
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_an_address_taken_off_the_list_is_no_longer_called(other: Any, settings: Any) -> None:
    endpoint_at(other.url)
    approved()
    settings.WEBHOOK_HOSTS = ()
    outbox.send_due()
    assert other.heard == []
    assert deliveries()[0].state == DeliveryState.STUCK


def test_events_nobody_sends_are_refused(settings: Any) -> None:
    settings.WEBHOOK_HOSTS = ("ebys.example.gov.tr",)
    with pytest.raises(RuleBroken):
        endpoint_at("https://ebys.example.gov.tr/", "letter.burnt")


def test_the_secret_is_kept_sealed_and_shown_once(settings: Any) -> None:
    settings.WEBHOOK_HOSTS = ("ebys.example.gov.tr",)
    endpoint, secret = endpoint_at("https://ebys.example.gov.tr/")
    stored = WebhookEndpoint.objects.values().get(pk=endpoint.pk)
    assert secret.startswith("whsec_")
    assert secret.removeprefix("whsec_") not in str(stored)
    fresh = webhooks.replace_secret(endpoint, by=people.person(Role.UNIT_HEAD), reason="Yıllık yenileme")
    assert fresh != secret


def test_a_signature_is_the_standards_own() -> None:
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
    body = b'{"test": 2432232314}'
    signature = webhooks.sign(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, body)
    assert signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("change", ["body", "id", "time", "old", "signature"])
def test_a_message_that_was_touched_or_is_old_does_not_verify(change: str) -> None:
    secret, now = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 1_800_000_000
    body = b"{}"
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(now),
        "webhook-signature": webhooks.sign(secret, "msg_1", now, body),
    }
    assert webhooks.verifies(secret, headers, body, now=now)
    if change == "body":
        body = b"{ }"
    elif change == "id":
        headers["webhook-id"] = "msg_2"
    elif change == "time":
        headers["webhook-timestamp"] = str(now + 1)
    elif change == "old":
        now += 3600
    else:
        del headers["webhook-signature"]
    assert not webhooks.verifies(secret, headers, body, now=now)


def test_a_sealed_text_opens_only_where_it_belongs() -> None:
    sealed = seal("gizli", "a")
    assert unseal(sealed, "a") == "gizli"
    assert "gizli" not in sealed
    for wrong in (lambda: unseal(sealed, "b"), lambda: unseal("v1.x.y", "a"), lambda: unseal("", "a")):
        with pytest.raises(CannotOpen):
            wrong()


def test_an_older_key_still_opens_what_it_sealed(settings: Any) -> None:
    sealed = seal("gizli", "a")
    settings.FIELD_KEYS = (b"n" * 32, *settings.FIELD_KEYS)
    assert unseal(sealed, "a") == "gizli"
    assert not seal("gizli", "a").startswith(sealed[:12])
