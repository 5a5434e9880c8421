"""Holders, certificates and requests for the tests of 5.3.3."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import count
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Employee, Institution, User
from esignature import queries, workflow
from esignature.models import Certificate, CertificateState, Kind, Reason, Request
from tests.accounts.people import employee

_numbers = count(1)


def certificate(
    holder: Employee | None = None, *, days: int = 60, state: str = CertificateState.ACTIVE, **values: Any
) -> Certificate:
    """A certificate whose last day is `days` from today (negative: passed)."""
    today = timezone.localdate()
    until = today + timedelta(days=days)
    ended = state not in (CertificateState.ACTIVE, CertificateState.SUSPENDED)
    values.setdefault("kind", Kind.ESIGN)
    values.setdefault("serial", f"4A3F{next(_numbers):06d}")
    values.setdefault("carrier", "Kart")
    values.setdefault("ended_on", today if ended else None)
    with transaction.atomic():
        return Certificate.objects.create(
            holder=holder or employee(),
            state=state,
            valid_from=three_years_before(until),
            valid_until=until,
            **values,
        )


def three_years_before(day: date) -> date:
    """About when a certificate of three years began."""
    return day - timedelta(days=3 * 365)


def received(
    by: User,
    holder: Employee | None = None,
    *,
    institution: Institution | None = None,
    reason: str = Reason.FIRST,
    kind: str = Kind.ESIGN,
    complete: bool = True,
    **values: Any,
) -> Request:
    """A form on the desk, complete unless said otherwise."""
    return workflow.receive_form(
        by=by,
        holder=holder or employee(institution),
        kind=kind,
        reason=reason,
        checks=queries.checks_for(kind, reason) if complete else (),
        **values,
    )
