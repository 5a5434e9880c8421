"""What ends on a day and is told before: certificates, the authority and the list of cards, passwords in the database."""

from __future__ import annotations

import re
import socket
import ssl
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.roles import ROLES, name_of
from config.grading import ending, span
from config.monitoring import Finding, Level

SECONDS = 3
TLS_PLEASE = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"  # PostgreSQL's own way of asking for TLS
CRL = re.compile(rb"-----BEGIN X509 CRL-----.*?-----END X509 CRL-----", re.DOTALL)


def certificate() -> Finding:
    """The proxy's certificate, as its file holds it or as visitors are shown it."""
    named = str(settings.TLS_CERTIFICATE or "")
    if not named:
        return Finding(Level.UNKNOWN, _("No certificate is named in the settings."))
    if named.startswith("/"):
        return _of_file(named)
    host, _colon, port = named.rpartition(":")
    try:
        with closing(socket.create_connection((host.strip("[]"), int(port)), SECONDS)) as link:
            return ending(shown(link, host).not_valid_after_utc)
    except OSError:
        return Finding(Level.ACT, _("The proxy shows no certificate."))


def database_certificate() -> Finding:
    """The certificate the database shows to whoever connects."""
    connection.ensure_connection()
    told = connection.connection.info.dsn_parameters
    host = told.get("hostaddr") or told.get("host", "")
    if not host or host.startswith("/"):
        return Finding(
            Level.UNKNOWN, _("The database is reached inside this machine, without a certificate.")
        )
    with closing(socket.create_connection((host, int(told.get("port", 5432))), SECONDS)) as link:
        link.sendall(TLS_PLEASE)
        if link.recv(1) != b"S":
            return Finding(Level.LOOK, _("The database shows no certificate."))
        return ending(shown(link, told.get("host", host)).not_valid_after_utc)


def redis_certificate() -> Finding:
    """The certificate Redis shows; afterwards nothing is sent at once and nothing is counted."""
    parts = urlsplit(settings.REDIS_URL)
    if parts.scheme != "rediss":
        return Finding(Level.UNKNOWN, _("Redis is reached without a certificate."))
    host = parts.hostname or ""
    try:
        with closing(socket.create_connection((host, parts.port or 6379), SECONDS)) as link:
            return ending(shown(link, host).not_valid_after_utc)
    except OSError:
        return Finding(Level.ACT, _("Redis shows no certificate."))


def client_authority() -> Finding:
    """The authorities whose cards open the administration; the one that ends first counts."""
    if not settings.ENV.client_ca:
        return Finding(
            Level.UNKNOWN, _("Nobody logs in with a card, or its authority is named in no setting.")
        )
    return _of_file(settings.ENV.client_ca, whole=True)


def revoked_cards() -> Finding:
    """The list of cards taken back: past its term it opens to nobody. Told at a quarter and at a tenth of its own term."""
    if not settings.CLIENT_CRL:
        return Finding(Level.UNKNOWN, _("No list of cards taken back is named in the settings."))
    try:
        content = Path(settings.CLIENT_CRL).read_bytes()
        lists = [x509.load_pem_x509_crl(one) for one in CRL.findall(content)] or [
            x509.load_der_x509_crl(content)
        ]
    except (OSError, ValueError):
        return Finding(Level.ACT, _("The file cannot be read: nobody gets in with a card."))
    terms = [(end, one.last_update_utc) for one in lists if (end := one.next_update_utc) is not None]
    if not terms:
        return Finding(Level.FINE, _("The list names no day until which it counts."))
    end, begin = min(terms)
    return ending(end, (end - begin) / 4, (end - begin) / 10)


def database_passwords() -> Finding:
    """The end of the passwords of the program, the sealer and the other roles; afterwards they do not get in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT session_user")
        own = cursor.fetchone()[0]
        prefix = own.removesuffix("_app")
        cursor.execute(
            "SELECT rolname, rolvaliduntil FROM pg_roles WHERE rolcanlogin AND rolvaliduntil < 'infinity'"
            " AND rolname = ANY(%s) ORDER BY rolvaliduntil, rolname",
            [[own, *(name_of(role, prefix) for role in ROLES)]],
        )
        found = cursor.fetchall()
    if not found:
        return Finding(Level.FINE, _("No password of the database has an end."))
    role, end = found[0]
    left = end - timezone.now()
    sentence = (
        _("The password of the database role %(role)s ended %(span)s ago.")
        if left <= timedelta(0)
        else _("The password of the database role %(role)s ends in %(span)s.")
    )
    return Finding(ending(end).level, sentence % {"role": role, "span": span(abs(left))})


def shown(link: socket.socket, host: str) -> x509.Certificate:
    """The certificate at the other end. Whether it is the right one is for those who talk to it; here only its end is read."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with context.wrap_socket(link, server_hostname=host.strip("[]")) as wrapped:
        content = wrapped.getpeercert(binary_form=True)
    if content is None:
        raise ssl.SSLError("no certificate")
    return x509.load_der_x509_certificate(content)


def _of_file(path: str, *, whole: bool = False) -> Finding:
    """The end of the first certificate of a file, or of that which ends first."""
    try:
        found = x509.load_pem_x509_certificates(Path(path).read_bytes())
    except (OSError, ValueError):
        return Finding(Level.ACT, _("The certificate file cannot be read."))
    return ending(min(one.not_valid_after_utc for one in (found if whole else found[:1])))
