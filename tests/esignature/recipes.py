"""Right answers to the forms of 5.3.3, for the tests that hold for every room."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from accounts.models import User
from accounts.roles import Role
from esignature import batches, queries, workflow
from esignature.models import Kind, Reason
from processes.models import Case
from tests.accounts.people import employee
from tests.esignature.making import certificate, received


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
        case "conclude":
            return {"conclude_reason": "Sertifika kargoyla geldi."}
        case "withdraw":
            return {"withdraw_reason": "Görev yeri değişti."}
    raise KeyError(key)


def records(people: dict[str, User]) -> dict[str, dict[str, Any]]:
    """What the doors of this room are asked with: certificates here and elsewhere, a posted form, a batch letter."""
    lead, officer, staff = people[Role.IT_LEAD], people[Role.IT_OFFICER], people[Role.REQUESTING_STAFF]
    assert staff.institution is not None
    holder = employee(staff.institution, user=staff)
    own, elsewhere = certificate(holder), certificate()
    posted = workflow.write_letter(received(officer), by=lead, letter_number="E-70000001-719-1")
    posted = workflow.post(posted, by=officer, parcel="RR000000001TR")
    batch = batches.collect([received(officer).pk], by=lead, recipient=staff.institution)
    return {
        "own certificate": {"pk": own.pk},
        "certificate elsewhere": {"pk": elsewhere.pk},
        "posted form": {"number": posted.number},
        "batch letter": {"pk": batch.pk},
        "covered institution": {"pk": staff.institution.pk},
    }
