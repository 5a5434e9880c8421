"""Ek-5 5.7.2.12: a certificate on a card opens the portal, and nothing that only looks like one does."""

from __future__ import annotations

import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

import pytest
from cryptography import x509
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.test import Client

from accounts import certificates
from accounts.models import ClientCertificate, User
from accounts.roles import Role
from accounts.services import people
from audit.models import Entry
from audit.queries import entries_of
from tests import parts
from tests.accounts.authority import Authority, pem, written
from tests.accounts.door import is_in
from tests.accounts.people import person, signed_in_client

PROXY = "10.9.9.9"
PAGE = "/login/certificate/"
DEPLOY = Path(__file__).parents[2] / "deploy"


@pytest.fixture
def authority() -> Authority:
    return Authority()


@pytest.fixture(autouse=True)
def proxy(settings: Any) -> None:
    settings.TRUSTED_PROXIES = ("10.9.9.0/24",)


def card(authority: Authority, user: User, by: User, **values: Any) -> x509.Certificate:
    certificate, _key = authority.issue(user.full_name, **values)
    certificates.register(user, pem(certificate), by=by, reason="test")
    return certificate


def shake(certificate: x509.Certificate | str, *, sender: str = PROXY, verify: str = "SUCCESS") -> Client:
    text = certificate if isinstance(certificate, str) else quote(pem(certificate))
    client = Client(REMOTE_ADDR=sender, HTTP_X_SSL_CLIENT_VERIFY=verify, HTTP_X_SSL_CLIENT_CERT=text)
    client.post(PAGE)
    return client


@pytest.mark.django_db
class TestHandshake:
    """What the proxy says, and what is done with it."""

    def test_a_registered_card_opens_the_administration(self, authority: Authority) -> None:
        head = person(Role.UNIT_HEAD)
        client = shake(card(authority, head, head))

        assert is_in(client)
        assert client.get("/admin/").status_code == 200
        assert entries_of(head)[0].event in {"logged_in", "viewed"}
        assert "clientcertificate" in str([entry.changes for entry in entries_of(head)])

    def test_the_log_in_page_offers_it_only_with_a_card(self, authority: Authority) -> None:
        certificate, _key = authority.issue("X")
        with_card = Client(
            REMOTE_ADDR=PROXY,
            HTTP_X_SSL_CLIENT_VERIFY="SUCCESS",
            HTTP_X_SSL_CLIENT_CERT=quote(pem(certificate)),
        )

        assert PAGE in with_card.get("/login/").content.decode()
        assert PAGE not in Client().get("/login/").content.decode()

    @pytest.mark.parametrize("sender", ["192.0.2.1", "127.0.0.1", "10.9.8.1"])
    def test_headers_from_elsewhere_are_nothing(self, authority: Authority, sender: str) -> None:
        head = person(Role.UNIT_HEAD)
        assert not is_in(shake(card(authority, head, head), sender=sender))

    def test_without_a_known_proxy_headers_are_nothing(self, authority: Authority, settings: Any) -> None:
        head = person(Role.UNIT_HEAD)
        certificate = card(authority, head, head)
        settings.TRUSTED_PROXIES = ()

        assert not is_in(shake(certificate))
        assert not is_in(shake(certificate, sender=""))

    @pytest.mark.parametrize("verify", ["", "NONE", "FAILED:certificate revoked", "success"])
    def test_only_a_verified_handshake_counts(self, authority: Authority, verify: str) -> None:
        head = person(Role.UNIT_HEAD)
        assert not is_in(shake(card(authority, head, head), verify=verify))

    @pytest.mark.parametrize("text", ["", "x", "%00", "-----BEGIN CERTIFICATE-----", "A" * 20_000])
    def test_what_is_no_certificate_is_nothing(self, text: str) -> None:
        assert not is_in(shake(text))

    def test_the_same_name_from_another_authority_is_nothing(self, authority: Authority) -> None:
        head = person(Role.UNIT_HEAD)
        card(authority, head, head)
        other, _key = Authority("Başka Kök").issue(head.full_name)

        assert not is_in(shake(other))

    def test_an_unregistered_card_of_the_same_authority_is_nothing(self, authority: Authority) -> None:
        head = person(Role.UNIT_HEAD)
        card(authority, head, head)
        other, _key = authority.issue(head.full_name)

        assert not is_in(shake(other))

    def test_an_expired_card_is_nothing(self, authority: Authority) -> None:
        head = person(Role.UNIT_HEAD)
        certificate = card(authority, head, head, days=1)
        row = ClientCertificate.objects.get()

        assert certificates.row_of(certificate) == row
        assert certificates.row_of(certificate, row.valid_until.replace(year=2100)) is None

    def test_a_revoked_card_opens_nothing_also_not_its_own_session(self, authority: Authority) -> None:
        head, other = person(Role.UNIT_HEAD), person(Role.UNIT_HEAD)
        certificate = card(authority, head, other)
        client = shake(certificate)
        assert client.get("/admin/").status_code == 200

        certificates.revoke(ClientCertificate.objects.get(), by=other, reason="kart kayboldu")

        assert client.get("/admin/").status_code == 302
        assert not is_in(shake(certificate))

    def test_who_left_opens_nothing(self, authority: Authority) -> None:
        head, leaver = person(Role.UNIT_HEAD), person(Role.IT_LEAD)
        certificate = card(authority, leaver, head)
        people.close(leaver, by=head, reason="ayrıldı")

        assert not is_in(shake(certificate))
        assert ClientCertificate.objects.get().revoked_by == head

    def test_the_authoritys_list_counts(self, authority: Authority, settings: Any, tmp_path: Path) -> None:
        head = person(Role.UNIT_HEAD)
        certificate = card(authority, head, head)
        settings.CLIENT_CRL = str(tmp_path / "list.pem")

        assert not is_in(shake(certificate))  # named, but not there
        Path(settings.CLIENT_CRL).write_bytes(authority.revoked())
        assert is_in(shake(certificate))
        Path(settings.CLIENT_CRL).write_bytes(authority.revoked(certificate, days=8))
        assert not is_in(shake(certificate))
        Path(settings.CLIENT_CRL).write_bytes(authority.revoked(days=-1))
        assert not is_in(shake(certificate))  # too old to be trusted
        Path(settings.CLIENT_CRL).write_bytes(Authority("Başka").revoked(days=9))
        assert not is_in(shake(certificate))  # another authority's

    def test_the_office_may_ask_administrators_for_a_card(self, authority: Authority, settings: Any) -> None:
        settings.ADMIN_NEEDS_CERTIFICATE = True
        head = person(Role.UNIT_HEAD)

        assert signed_in_client(head).get("/admin/").status_code == 403
        assert shake(card(authority, head, head)).get("/admin/").status_code == 200

    def test_registration_belongs_to_the_unit_head(self, authority: Authority) -> None:
        certificate, _key = authority.issue("X")
        with pytest.raises(PermissionDenied):
            certificates.register(person(), pem(certificate), by=person(Role.IT_LEAD), reason="x")

    @pytest.mark.parametrize(
        "text", ["", "kart", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"]
    )
    def test_what_is_no_certificate_is_not_registered(self, text: str) -> None:
        head = person(Role.UNIT_HEAD)
        with pytest.raises(ValidationError):
            certificates.register(head, text, by=head, reason="x")

    def test_the_admin_registers_and_revokes(self, authority: Authority) -> None:
        head, user = person(Role.UNIT_HEAD), person(Role.IT_LEAD)
        certificate, _key = authority.issue("Ayşe")
        admin = signed_in_client(head)
        root = "/admin/accounts/clientcertificate/"

        assert admin.post(f"{root}add/", {"user": user.pk, "pem": "x"}).status_code == 200
        assert admin.post(f"{root}add/", {"user": user.pk, "pem": pem(certificate)}).status_code == 302
        row = ClientCertificate.objects.get()
        assert (row.user, row.registered_by) == (user, head)
        assert admin.get(f"{root}{row.pk}/change/").status_code == 200
        assert row.serial in admin.get(root).content.decode()
        admin.post(f"{root}{row.pk}/revoke/", {"reason": "kayıp"})
        row.refresh_from_db()
        assert row.revoked_by == head


@pytest.mark.django_db(transaction=True)
def test_through_a_real_nginx(live_server: Any, settings: Any, tmp_path: Path, authority: Authority) -> None:
    """The shipped configuration, on other ports and with the test's own authority."""
    nginx = parts.program("nginx", package="nginx-light")
    settings.TRUSTED_PROXIES = ("127.0.0.1/32",)
    tls = tmp_path / "tls"
    tls.mkdir()
    server, server_key = authority.issue("localhost", host="localhost")
    written(tls, "fullchain", server, server_key)
    (tls / "fullchain.key").rename(tls / "privkey.pem")
    written(tls, "clients", authority.certificate, None)
    with transaction.atomic():
        head = person(Role.UNIT_HEAD)
        mine, my_key = authority.issue("Birim Sorumlusu")
        certificates.register(head, pem(mine), by=head, reason="test")
    lost, lost_key = authority.issue("Kayıp Kart")
    strange, strange_key = Authority("Başka").issue("Yabancı")
    (tls / "clients.crl").write_bytes(authority.revoked(lost))
    for name, certificate, key in (
        ("mine", mine, my_key),
        ("lost", lost, lost_key),
        ("strange", strange, strange_key),
    ):
        written(tmp_path, name, certificate, key)
    cards = (DEPLOY / "clients.conf").read_text(encoding="utf-8").replace("/etc/nginx/cards", str(tls))
    (tls / "clients.conf").write_text(cards, encoding="utf-8")
    port = _free_port()
    configuration = tmp_path / "nginx.conf"
    configuration.write_text(
        _on_this_machine(urlsplit(live_server.url).netloc, tls, tmp_path, port), encoding="utf-8"
    )
    process = subprocess.Popen(
        [nginx, "-c", str(configuration), "-p", str(tmp_path), "-g", "daemon off;"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    try:
        root = f"https://localhost:{port}"
        _until_up(root, process, tls)
        assert "certificate" in str(_entered(root, tls, tmp_path / "mine"))
        assert User.objects.get(pk=head.pk).session_name
        head.refresh_from_db()
        before = head.session_name
        for name in ("lost", "strange"):
            with pytest.raises(urllib.error.HTTPError) as refused:
                _entered(root, tls, tmp_path / name)
            assert refused.value.code == 400
        assert "certificate" not in str(_entered(root, tls, None, claims=pem(mine)))
        head.refresh_from_db()
        assert head.session_name == before
    finally:
        process.terminate()
        process.wait(10)


def _entered(root: str, tls: Path, card: Path | None, claims: str = "") -> str:
    """Log in with a card (or a header that claims one); what the portal says the session was opened with."""
    context = ssl.create_default_context(cafile=str(tls / "clients.pem"))
    if card is not None:
        context.load_cert_chain(f"{card}.pem", f"{card}.key")
    jar = CookieJar()
    opener = urllib.request.build_opener(
        urllib.request.HTTPSHandler(context=context), urllib.request.HTTPCookieProcessor(jar)
    )
    headers = {"Referer": f"{root}/login/"}
    if claims:
        headers |= {"X-SSL-Client-Verify": "SUCCESS", "X-SSL-Client-Cert": quote(claims)}
    page = opener.open(urllib.request.Request(f"{root}/login/", headers=headers), timeout=20).read().decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
    form = urlencode({"csrfmiddlewaretoken": token}).encode()
    opener.open(urllib.request.Request(f"{root}{PAGE}", data=form, headers=headers), timeout=20).read()
    told = Entry.objects.filter(event__in=["logged_in", "log_in_failed"]).order_by("-pk").first()
    assert told is not None
    return "" if told.event == "log_in_failed" else str(told.changes)


def _on_this_machine(upstream: str, tls: Path, folder: Path, port: int) -> str:
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for old, new in (
        ("web:8000", upstream),
        ("/etc/nginx/tls", str(tls)),
        ("/etc/nginx/cards", str(tls)),
        ("listen 8443 ssl;", f"listen 127.0.0.1:{port} ssl;"),
        ("listen 8080;", f"listen 127.0.0.1:{_free_port()};"),
        ("http2 on;", ""),
        ("/var/run/nginx.pid", str(folder / "nginx.pid")),
        ("access_log /dev/stdout plain;", "access_log off;"),
        ("error_log /dev/stderr warn;", f"error_log {folder / 'error.log'} warn;"),
        ("error_log /dev/stderr alert;", f"error_log {folder / 'error.log'} alert;"),
        ("proxy_set_header X-Forwarded-Proto $scheme;", "proxy_set_header X-Forwarded-Proto http;"),
        ("proxy_set_header Host $host;", "proxy_set_header Host $http_host;"),
    ):
        assert old in text, old
        text = text.replace(old, new)
    temporary = "".join(
        f"    {kind}_temp_path {folder / kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return text.replace("http {\n", "http {\n" + temporary, 1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _until_up(root: str, process: subprocess.Popen[bytes], tls: Path) -> None:
    context = ssl.create_default_context(cafile=str(tls / "clients.pem"))
    for _try in range(100):
        if process.poll() is not None:
            assert process.stderr is not None
            raise RuntimeError(process.stderr.read().decode())
        try:
            urllib.request.urlopen(f"{root}/login/", context=context, timeout=5).read()
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError("nginx did not come up")
