"""Right answers to the forms of 5.3.2, for the tests that hold for every room."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from incidents import workflow
from incidents.models import Breach, Category
from processes.models import Case
from tests.incidents.walking import concluded


def category(name: str = "Yetkisiz erişim") -> Category:
    """A category without a check list of its own."""
    return Category.objects.get_or_create(name=name)[0]


def values(key: str, case: Case | None, people: dict[str, User]) -> dict[str, Any]:
    """What a person writes into the form of a step."""
    match key:
        case "report":
            return {
                "title": "Paylaşılan parola",
                "applicant": people[Role.REQUESTING_STAFF].pk,
                "channel": "telephone",
                "level": "C",
                "personal_data": "no",
            }
        case "decide":
            return {
                "decision": "disciplinary",
                "decision_reason": "Parola başkasına verilmiş.",
                "category": category().pk,
                "level": "C",
                "personal_data": "no",
            }
        case "refer":
            return {
                "referral_number": "E-1-708-5",
                "referral_date": timezone.localdate().isoformat(),
                "note": "Ek: tutanak.",
            }
        case "contain":
            return {"note": "Parola sıfırlandı, oturumlar kapatıldı."}
        case (
            "prevent"
        ):  # what came of the decision is known by then, so that nothing stands in the way of closing
            assert isinstance(case, Breach)
            concluded(case, people[Role.HIS_OFFICER])
            return {
                "barrier": "İkinci doğrulama zorunlu kılındı.",
                "owner": people[Role.HIS_OFFICER].pk,
                "verify_on": (timezone.localdate() + timedelta(days=30)).isoformat(),
            }
        case "inform":
            return {"answer_channel": "telephone", "answer_note": "Arandı, bilgi verildi."}
        case "merge":
            other = workflow.report(by=people[Role.HIS_OFFICER], title="Aynı olay", personal_data="no")
            return {"into": other.number, "reason": "Aynı hesap."}
        case "dismiss" | "reopen":
            return {"reason": "Kayıtlar yeniden incelendi."}
    raise KeyError(key)
