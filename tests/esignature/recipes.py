"""Right answers to the forms of 5.3.3, for the tests that hold for every room."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.models import User
from esignature import queries
from esignature.models import Kind, Reason
from processes.models import Case
from tests.accounts.people import employee
from tests.esignature.making import certificate


def values(key: str, case: Case | None, people: dict[str, User]) -> dict[str, Any]:
    """What a person writes into the form of a step."""
    checks = queries.checks_for(Kind.ESIGN, Reason.RENEWAL)
    match key:
        case "receive_form":
            with transaction.atomic():
                holder = employee()
                certificate(holder, days=60)
            return {
                "holder": holder.pk,
                "kind": "esign",
                "reason": "renewal",
                "checks": checks,
                "channel": "letter",
            }
        case "write_letter":
            return {"letter_number": "E-70000001-719-12"}
        case "post":
            return {"parcel": "RR123456789TR"}
        case "check_form":
            return {"kind": "esign", "reason": "renewal", "checks": checks}
        case "return_form":
            return {"return_reason": "İmza eksik."}
        case "receive_again":
            return {"checks": checks, "description": "İmza tamamlandı."}
        case "renew_online":
            return {"online_reason": "Kamu SM sayfasında e-imza ile onaylandı."}
        case "withdraw":
            return {"withdraw_reason": "Görev yeri değişti."}
    raise KeyError(key)
