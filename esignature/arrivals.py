"""Certificates that have arrived, as the judged rows of a table tell: entered, taken further, their requests closed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.models import User
from esignature import lifecycle, workflow
from esignature.models import Certificate, CertificateState
from esignature.outcomes import OPEN, Plan
from processes import inbox

NO_CARRIER = "–"
TOLD = {
    gettext_noop("The certificate of %(number)s was produced."): (
        CertificateState.PRODUCED,
        CertificateState.DELIVERED,
    ),
    gettext_noop("The certificate of %(number)s is active."): (CertificateState.ACTIVE,),
}


def take_over(plans: Iterable[Plan], *, by: User) -> None:
    """Write what the rows do: requests closed, certificates entered or taken further; the caller has a transaction."""
    rows = list(plans)
    opened = [plan.request for plan in rows if plan.request is not None and plan.request.state in OPEN]
    if opened:
        workflow.conclude_all(opened, by=by, conclude_reason=_("Its certificate has arrived."))
    fresh = [(plan, _certificate(plan)) for plan in rows if plan.known is None]
    for plan, made in fresh:
        if plan.replaces is not None:
            lifecycle.end_predecessor(made, by=by)
    lifecycle.enter_all([made for _plan, made in fresh], by=by)
    _tell_holders(fresh, by)
    for plan in rows:
        if plan.known is not None:
            _go_on(plan, plan.known, by)


def _tell_holders(fresh: Sequence[tuple[Plan, Certificate]], by: User) -> None:
    """Who asked hears that the certificate is there."""
    users = User.objects.in_bulk({plan.holder.user_id for plan, _made in fresh if plan.request is not None})
    for text, states in TOLD.items():
        inbox.tell_each(
            (
                (users[plan.holder.user_id], plan.request)
                for plan, made in fresh
                if plan.request is not None
                and made.state in states
                and plan.holder.user_id in users
                and plan.holder.user_id != by.pk
            ),
            text,
        )


def _certificate(plan: Plan) -> Certificate:
    """A certificate not in the register yet, as far as the row says."""
    common = {
        "holder": plan.holder,
        "kind": plan.kind,
        "request": plan.request,
        "produced_on": plan.produced_on,
        "delivered_on": plan.delivered_on,
    }
    if not plan.is_active:
        arrived = CertificateState.DELIVERED if plan.delivered_on else CertificateState.PRODUCED
        return Certificate(state=arrived, **common)
    return Certificate(
        state=CertificateState.EXPIRED if plan.is_over else CertificateState.ACTIVE,
        serial=plan.serial,
        carrier=plan.carrier or NO_CARRIER,
        valid_from=plan.valid_from,
        valid_until=plan.valid_until,
        ended_on=plan.valid_until if plan.is_over else None,
        **common,
    )


def _go_on(plan: Plan, certificate: Certificate, by: User) -> None:
    """A certificate of the register goes further by its own moves."""
    if plan.request is not None:
        certificate = lifecycle.link(certificate, by=by, request=plan.request)
    if certificate.state in (CertificateState.PRODUCED, CertificateState.RETURNED) and plan.delivered_on:
        certificate = lifecycle.deliver(certificate, by=by, on=plan.delivered_on)
    if certificate.state == CertificateState.DELIVERED and plan.valid_from and plan.valid_until:
        lifecycle.activate(
            certificate,
            by=by,
            serial=plan.serial,
            carrier=plan.carrier or NO_CARRIER,
            valid_from=plan.valid_from,
            valid_until=plan.valid_until,
        )
