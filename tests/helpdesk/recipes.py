"""Right answers to the forms of 5.3.6, for the tests that hold for every room."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from accounts.roles import Role
from helpdesk import workflow
from processes.models import Case

HANDED_TO = "5.3.4"


def values(key: str, case: Case | None, people: dict[str, User]) -> dict[str, Any]:
    """What a person writes into the form of a step."""
    match key:
        case "report":
            return {
                "title": "Ağ bağlantısı yok",
                "applicant": people[Role.REQUESTING_STAFF].pk,
                "channel": "telephone",
                "priority": "2",
            }
        case "assess":
            return {"finding": "Kablo kopuk.", "priority": "2"}
        case "plan":
            return {"way": "Kablo değişecek."}
        case "supply":
            return {"nothing_needed": "on", "note": "Depoda var."}
        case "assign":
            return {"assignee": people[Role.IT_OFFICER].pk, "note": "Bugün bakılsın."}
        case "solve":
            return {"solution": "Kablo değişti."}
        case "inform":
            return {"answer_channel": "telephone", "answer_note": "Arandı, bilgi verildi."}
        case "rate":
            return {"satisfaction": "5", "satisfaction_note": "Teşekkürler."}
        case "merge":
            other = workflow.report(
                by=people[Role.IT_OFFICER], title="Aynı arıza", applicant=people[Role.REQUESTING_STAFF]
            )
            return {"into": other.number, "reason": "Aynı kablo."}
        case "hand_over":
            return {"to": HANDED_TO, "reason": "Uygulama yetkisi isteniyor."}
        case "reopen" | "withdraw":
            return {"reason": "Sorun sürüyor."}
    raise KeyError(key)
