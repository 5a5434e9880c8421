"""The way of a certificate after the post: produced, delivered or returned, active, ended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.models import Employee, User
from audit import trail
from audit.context import because
from esignature.access import KEEPERS, keeps_register
from esignature.models import LIVE, Certificate, Request
from esignature.models import CertificateState as S
from esignature.models.certificates import normal_serial
from esignature.queries import ANSWERED
from processes import inbox
from processes.errors import NotPermitted, RuleBroken
from processes.gate import Gate, Move, check, reason_given, refused_by_constraint, save


def is_over(certificate: Certificate, by: User) -> str | None:
    """Its last day has passed."""
    return (
        None if certificate.is_over() else _("The certificate is still valid; its last day has not passed.")
    )


def is_not_succeeded(certificate: Certificate, by: User) -> str | None:
    """One that expired is history once the next one counts."""
    if certificate.state != S.EXPIRED:
        return None
    live = Certificate.objects.filter(holder=certificate.holder_id, kind=certificate.kind, state__in=LIVE)
    if not live.exclude(pk=certificate.pk).exists():
        return None
    return _("A newer certificate of this kind took its place: this one stays as it is recorded.")


def _is_suspended(certificate: Certificate) -> bool:
    return certificate.state == S.SUSPENDED


def _stays_expired(certificate: Certificate) -> bool:
    return certificate.state == S.EXPIRED and certificate.is_over()


CERTIFICATES = Gate(
    "certificates",
    Certificate,
    {
        "deliver_certificate": Move(
            gettext_lazy("Record the delivery"),
            sources=(S.PRODUCED, S.RETURNED),
            target=S.DELIVERED,
            roles=KEEPERS,
        ),
        "return_certificate": Move(
            gettext_lazy("Record that it came back"), sources=(S.PRODUCED,), target=S.RETURNED, roles=KEEPERS
        ),
        "activate_certificate": Move(
            gettext_lazy("Activate"), sources=(S.DELIVERED,), target=S.ACTIVE, roles=KEEPERS
        ),
        "suspend_certificate": Move(
            gettext_lazy("Record as suspended"), sources=(S.ACTIVE,), target=S.SUSPENDED, roles=KEEPERS
        ),
        "resume_certificate": Move(
            gettext_lazy("Record as valid again"), sources=(S.SUSPENDED,), target=S.ACTIVE, roles=KEEPERS
        ),
        "revoke_certificate": Move(
            gettext_lazy("Record as revoked"),
            sources=(S.PRODUCED, S.RETURNED, S.DELIVERED, *LIVE),
            target=S.REVOKED,
            roles=KEEPERS,
        ),
        "expire_certificate": Move(
            gettext_lazy("Record as expired"),
            sources=LIVE,
            target=S.EXPIRED,
            roles=KEEPERS,
            guards=(is_over,),
        ),
        "correct_certificate": Move(
            gettext_lazy("Correct what was typed wrongly"),
            sources=(*LIVE, S.EXPIRED),
            target=S.ACTIVE,
            roles=KEEPERS,
            guards=(is_not_succeeded,),
            instead=((S.SUSPENDED, _is_suspended), (S.EXPIRED, _stays_expired)),
        ),
        "replace_certificate": Move(gettext_lazy("Replaced"), sources=LIVE, target=S.REPLACED, roles=KEEPERS),
    },
)
# What a person chooses on the page; the others happen with the activation of the next certificate.
CHOSEN = tuple(
    f"{verb}_certificate"
    for verb in ("deliver", "return", "activate", "suspend", "resume", "revoke", "expire", "correct")
)


def produced(request: Request, *, by: User, on: date | None = None) -> Certificate:
    """Kamu SM made the certificate that a posted or online request asked for."""
    _keeps(by)
    if request.state not in ANSWERED or request.holder is None:
        raise RuleBroken(_("A certificate comes of a request that was posted or renewed online."))
    day = _past(on)
    certificate = Certificate(holder=request.holder, kind=request.kind, request=request, produced_on=day)
    with transaction.atomic(), because(step="produce_certificate", by=by):
        Request.objects.select_for_update(of=("self",)).defer("search").get(pk=request.pk)
        if Certificate.objects.filter(request=request).exists():
            raise RuleBroken(_("The certificate of this request is recorded already."))
        save(certificate)
        tell_holder(certificate, by, gettext_noop("The certificate you asked for was produced."))
    return certificate


def existing(
    *, holder: Employee, kind: str, serial: str, carrier: str, valid_from: date, valid_until: date
) -> Certificate:
    """A certificate that exists already, not yet in the register; one whose last day has passed as expired."""
    over = valid_until < timezone.localdate()
    return Certificate(
        state=S.EXPIRED if over else S.ACTIVE,
        holder=holder,
        kind=kind,
        serial=serial,
        carrier=carrier,
        valid_from=valid_from,
        valid_until=valid_until,
        ended_on=valid_until if over else None,
    )


def link(certificate: Certificate, *, by: User, request: Request) -> Certificate:
    """It turns out which request a certificate of the register came of."""
    _keeps(by)
    with CERTIFICATES.locked("link_certificate", certificate, by=by, reason=request.number) as certificate:
        certificate.request = request
    return certificate


def enter_all(certificates: Sequence[Certificate], *, by: User) -> None:
    """Existing certificates are taken into the register: all or none, each with its own entry in the trail."""
    _keeps(by)
    with transaction.atomic(), because(step="enter_certificate", by=by):
        for certificate in certificates:
            check(certificate)
        try:
            Certificate.objects.bulk_create(certificates, batch_size=1_000)
        except IntegrityError as error:
            raise refused_by_constraint(certificates[0], error) from error
        trail.bulk_created(certificates)


def deliver(
    certificate: Certificate, *, by: User, on: date | None = None, version: int | None = None
) -> Certificate:
    """The courier handed it to the holder in person."""
    day = _past(on)
    with CERTIFICATES.move("deliver_certificate", certificate, by=by, version=version) as certificate:
        certificate.delivered_on = day
    return certificate


def give_back(
    certificate: Certificate, *, by: User, reason: str, on: date | None = None, version: int | None = None
) -> Certificate:
    """It could not be handed over and went back to Kamu SM."""
    day = _past(on)
    with CERTIFICATES.move(
        "return_certificate", certificate, by=by, reason=reason_given(reason), version=version
    ) as certificate:
        certificate.returned_on, certificate.note = day, reason
        tell_holder(
            certificate, by, gettext_noop("Your certificate could not be delivered and went back to Kamu SM.")
        )
    return certificate


def activate(
    certificate: Certificate,
    *,
    by: User,
    serial: str,
    carrier: str,
    valid_from: date,
    valid_until: date,
    version: int | None = None,
) -> Certificate:
    """It is valid from now on, with the dates and the number that stand on it; the one before it ends with that."""
    if valid_until < timezone.localdate():
        sentence = _("A certificate that has ended cannot be activated.")
        raise RuleBroken(sentence, fields={"valid_until": [sentence]})
    require_order(valid_from, valid_until)
    with transaction.atomic():
        end_predecessor(certificate, by=by)
        with CERTIFICATES.move("activate_certificate", certificate, by=by, version=version) as certificate:
            certificate.serial, certificate.carrier = normal_serial(serial), carrier.strip()
            certificate.valid_from, certificate.valid_until = valid_from, valid_until
            tell_holder(certificate, by, gettext_noop("Your certificate is active."))
    return certificate


def suspend(certificate: Certificate, *, by: User, reason: str, version: int | None = None) -> Certificate:
    """Kamu SM put it on hold."""
    with CERTIFICATES.move(
        "suspend_certificate", certificate, by=by, reason=reason_given(reason), version=version
    ) as certificate:
        certificate.note = reason
    return certificate


def resume(certificate: Certificate, *, by: User, reason: str, version: int | None = None) -> Certificate:
    """The hold was lifted."""
    with CERTIFICATES.move(
        "resume_certificate", certificate, by=by, reason=reason_given(reason), version=version
    ) as certificate:
        certificate.note = ""
    return certificate


def revoke(
    certificate: Certificate, *, by: User, reason: str, on: date | None = None, version: int | None = None
) -> Certificate:
    """Kamu SM revoked it for good."""
    day = _past(on)
    with CERTIFICATES.move(
        "revoke_certificate", certificate, by=by, reason=reason_given(reason), version=version
    ) as certificate:
        certificate.ended_on, certificate.note = day, reason
    return certificate


def expire(certificate: Certificate, *, by: User, version: int | None = None) -> Certificate:
    """Its last day has passed: written down, although it counts as expired from that day on anyway."""
    with CERTIFICATES.move("expire_certificate", certificate, by=by, version=version) as certificate:
        certificate.ended_on = certificate.valid_until
    return certificate


def end_predecessor(certificate: Certificate, *, by: User) -> None:
    """One live certificate per holder and kind: the earlier one has expired or is replaced."""
    earlier = Certificate.objects.filter(
        holder=certificate.holder_id, kind=certificate.kind, state__in=LIVE
    ).exclude(pk=certificate.pk)
    for one in earlier:
        has_expired = one.is_over()
        key = "expire_certificate" if has_expired else "replace_certificate"
        with CERTIFICATES.move(key, one, by=by, reason=_("A newer certificate is active.")) as ended:
            ended.ended_on = ended.valid_until if has_expired else timezone.localdate()


def require_order(valid_from: date, valid_until: date) -> None:
    """The last day comes after the first one."""
    if valid_until <= valid_from:
        sentence = _("A certificate ends after it began.")
        raise RuleBroken(sentence, fields={"valid_until": [sentence]})


def _keeps(by: User) -> None:
    if not keeps_register(by):
        raise NotPermitted(_("Only the information-technology staff keep the register of certificates."))


def _past(on: date | None) -> date:
    today = timezone.localdate()
    if on is not None and on > today:
        sentence = _("This day is still to come.")
        raise RuleBroken(sentence, fields={"on": [sentence]})
    return on or today


def tell_holder(certificate: Certificate, by: User, text: str) -> None:
    """The holder finds it in the inbox, unless it was done by the holder."""
    user = certificate.holder.user
    if user is not None and user != by:
        inbox.tell([user], None, text, path=certificate.get_absolute_url())
