"""Log-in with a certificate on a card (Ek-5 5.7.2.12). nginx shakes hands with the card; here its word is weighed.

The headers count only when they come from our own proxy. Which person a certificate belongs to stands in our table, by
serial number, issuer and subject; a certificate that is valid but unknown, revoked or on the authority's list opens
nothing.
"""

from __future__ import annotations

import binascii
from datetime import datetime
from functools import lru_cache
from ipaddress import ip_network
from pathlib import Path
from urllib.parse import unquote_to_bytes

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import administers
from accounts.models import ClientCertificate, User
from audit.addresses import parsed
from audit.context import because

LONGEST = 16_384


def is_from_proxy(request: HttpRequest) -> bool:
    """Whether our own proxy sent the request, and not somebody who reached the program beside it."""
    sender = parsed(request.META.get("REMOTE_ADDR", ""))
    if sender is None:
        return bool(settings.TRUSTED_PROXIES) and not request.META.get("REMOTE_ADDR")
    networks = [ip_network(text, strict=False) for text in settings.TRUSTED_PROXIES]
    return any(sender.version == network.version and sender in network for network in networks)


def shown(request: HttpRequest) -> x509.Certificate | None:
    """The certificate with which the visitor shook hands, as our proxy verified it; None for every other claim."""
    if not is_from_proxy(request) or request.META.get("HTTP_X_SSL_CLIENT_VERIFY") != "SUCCESS":
        return None
    text = request.META.get("HTTP_X_SSL_CLIENT_CERT", "")
    if not text or len(text) > LONGEST:
        return None
    try:
        return x509.load_pem_x509_certificate(unquote_to_bytes(text))
    except (ValueError, binascii.Error):
        return None


def row_of(certificate: x509.Certificate, now: datetime | None = None) -> ClientCertificate | None:
    """The registered, unrevoked row of this very certificate and an active person; None otherwise."""
    now = now or timezone.now()
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        return None
    if is_on_list(certificate, now):
        return None
    found: ClientCertificate | None = (
        ClientCertificate.objects.select_related("user__institution", "user__unit")
        .filter(
            serial=serial_of(certificate),
            issuer=certificate.issuer.rfc4514_string(),
            subject=certificate.subject.rfc4514_string(),
            revoked_at__isnull=True,
            confirmed=True,
            user__is_active=True,
            user__is_technical=False,
        )
        .first()
    )
    return found


def is_on_list(certificate: x509.Certificate, now: datetime) -> bool:
    """Whether the authority revoked it. Where a list is named and cannot be read or is too old, nobody gets in."""
    if not settings.CLIENT_CRL:
        return False
    path = Path(settings.CLIENT_CRL)
    try:
        revoked = _list(path, path.stat().st_mtime_ns)
    except (OSError, ValueError):
        return True
    if revoked.next_update_utc is not None and revoked.next_update_utc < now:
        return True
    if revoked.issuer != certificate.issuer:
        return True
    return revoked.get_revoked_certificate_by_serial_number(certificate.serial_number) is not None


@lru_cache(maxsize=4)
def _list(path: Path, changed: int) -> x509.CertificateRevocationList:
    content = path.read_bytes()
    if content.startswith(b"-----"):
        return x509.load_pem_x509_crl(content)
    return x509.load_der_x509_crl(content)


def register(user: User, pem: str, *, by: User, reason: str) -> ClientCertificate:
    """The unit head writes down whose card this is."""
    _administers(by)
    made = proposed(user, pem, by=by)
    with transaction.atomic(), because(reason=reason):
        made.save()
    return made


def proposed(user: User, pem: str, *, by: User) -> ClientCertificate:
    """The row as it would be saved, or the reason why it cannot be."""
    try:
        certificate = x509.load_pem_x509_certificate(pem.strip().encode())
    except ValueError as error:
        raise ValidationError(
            {"pem": _("This is no certificate. Paste the text between BEGIN and END, both lines included.")},
            code="no_certificate",
        ) from error
    if certificate.not_valid_after_utc < timezone.now():
        raise ValidationError({"pem": _("This certificate has expired.")}, code="expired")
    if not user.is_active:
        raise ValidationError({"user": _("This person's account is closed.")}, code="closed")
    made = ClientCertificate(
        user=user,
        name="certificate",
        serial=serial_of(certificate),
        subject=certificate.subject.rfc4514_string(),
        issuer=certificate.issuer.rfc4514_string(),
        valid_from=certificate.not_valid_before_utc,
        valid_until=certificate.not_valid_after_utc,
        registered_by=by,
    )
    made.full_clean()
    return made


def revoke(row: ClientCertificate, *, by: User, reason: str) -> None:
    """The card was lost or the person left: it opens nothing from now on, also not the session it opened."""
    _administers(by)
    if row.revoked_at is not None:
        raise ValidationError(_("This certificate was already revoked."), code="revoked")
    with transaction.atomic(), because(reason=reason):
        row.revoked_at, row.revoked_by = timezone.now(), by
        row.save(update_fields=["revoked_at", "revoked_by"])


def serial_of(certificate: x509.Certificate) -> str:
    """The serial number in hexadecimal, as cards and authorities print it."""
    return f"{certificate.serial_number:X}"


def pem_of(certificate: x509.Certificate) -> str:
    """The certificate as text."""
    return certificate.public_bytes(Encoding.PEM).decode()


def _administers(by: User) -> None:
    if not administers(by):
        raise PermissionDenied(_("Only the unit head registers and revokes certificates."))
