"""What stands on a certificate was typed wrongly: put right with a reason, while the certificate counts for something.

The trail keeps the old value beside the new one; the certificate itself says when it was last corrected, by whom and why.
Reminders follow the corrected last day.
"""

from __future__ import annotations

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from esignature import lifecycle, reminders
from esignature.models import Certificate, CertificateState
from esignature.models.certificates import normal_serial
from processes.errors import RuleBroken
from processes.gate import reason_given

WRITTEN = ("serial", "carrier", "valid_from", "valid_until")


def correct(
    certificate: Certificate,
    *,
    by: User,
    serial: str,
    carrier: str,
    valid_from: date,
    valid_until: date,
    reason: str,
    version: int | None = None,
) -> Certificate:
    """Put right what stands on it. One recorded as expired by a wrong last day is active again if it is still valid."""
    reason = reason_given(reason)
    lifecycle.require_order(valid_from, valid_until)
    with lifecycle.CERTIFICATES.move(
        "correct_certificate", certificate, by=by, reason=reason, version=version
    ) as certificate:
        before = [getattr(certificate, name) for name in WRITTEN]
        certificate.serial, certificate.carrier = normal_serial(serial), carrier.strip()
        certificate.valid_from, certificate.valid_until = valid_from, valid_until
        if before == [getattr(certificate, name) for name in WRITTEN]:
            raise RuleBroken(_("This is what is recorded already; nothing was corrected."))
        _only_one_with(certificate)
        if certificate.state == CertificateState.EXPIRED:
            certificate.ended_on = valid_until if certificate.is_over() else None
        certificate.corrected_at, certificate.corrected_by = timezone.now(), by
        certificate.correction = reason
        reminders.follow(certificate)
        lifecycle.tell_holder(
            certificate, by, gettext_noop("What the register says of your certificate was corrected.")
        )
    return certificate


def _only_one_with(certificate: Certificate) -> None:
    """The serial number is no other certificate's."""
    others = Certificate.objects.filter(serial=certificate.serial).exclude(pk=certificate.pk)
    if others.exists():
        sentence = _("Another certificate has this serial number.")
        raise RuleBroken(sentence, fields={"serial": [sentence]})
