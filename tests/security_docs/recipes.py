"""Right answers to the forms of 5.3.1, for the tests that hold for every room."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from ebys.models import LetterTemplate
from ebys.reference import load_templates
from ebys.services.drafting import RecipientEntry, draft_for
from ebys.workflow import outgoing
from processes.models import Case
from security_docs.models import Announcement, Compliance
from security_docs.services import announcements

CLAUSES = "4.1 Parolalar en az on iki karakterdir.\n4.2 Yedekler şifrelenir."


def values(key: str, case: Case | None, people: dict[str, User]) -> dict[str, Any]:
    """What a person writes into the form of a step."""
    match key:
        case "notified":
            return {
                "title": "Parola politikası uyum dokümanı",
                "applicant_institution": people[Role.REQUESTING_STAFF].institution_id,
                "applicant": people[Role.REQUESTING_STAFF].pk,
                "source_number": "E-100-1",
                "channel": "letter",
            }
        case "evaluate":
            return {"finding": "İlimizin parola prosedürü değişecek."}
        case "prepare":
            assert isinstance(case, Compliance)
            announce_both_ways(case, people)
            return {"preparation": "Prosedür bu maddeleri zaten karşılıyor.", "no_change": "on"}
        case "announce":
            return {"note": "Yazıyla ve web sayfasında duyuruldu."}
        case "evaluate_again" | "withdraw":
            return {"reason": "Bakanlık yazıyı yeniledi."}
    raise KeyError(key)


def announce_both_ways(case: Compliance, people: dict[str, User]) -> None:
    """The letter is registered and the page is published, as the announcement asks; done once for a record."""
    if Announcement.objects.filter(compliance=case).exists():
        return
    lead, officer, head = people[Role.HIS_LEAD], people[Role.HIS_OFFICER], people[Role.UNIT_HEAD]
    page = announcements.draft(
        by=officer, title="Parola prosedürü", text="Prosedür yürürlüktedir.", compliance=case
    )
    announcements.publish(page, by=lead)
    load_templates()
    template = LetterTemplate.objects.get(subprocess__number="5.3.1", step_key="announce")
    letter = draft_for(
        case,
        template,
        by=officer,
        recipients=[RecipientEntry(people[Role.REQUESTING_STAFF].institution)],
        body="Prosedür yürürlüktedir.\n\nGereğini",
        signatory_name="Dr. Deneme",
        signatory_title="Müdür",
    )
    letter = outgoing.approve(letter, by=head)
    letter = outgoing.hand_over(letter, by=officer)
    outgoing.register(letter, by=officer, number=f"E-1-708-{case.pk}", dated=timezone.localdate())
