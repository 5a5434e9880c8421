"""Right answers to the forms of 5.3.1, for the tests that hold for every room."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from accounts.services import staff as employees
from ebys.models import LetterTemplate
from ebys.reference import load_templates
from ebys.services.drafting import RecipientEntry, draft_for
from ebys.workflow import outgoing
from processes.models import Case
from security_docs import proofs, workflow
from security_docs.models import Announcement, Compliance, Reading, Version
from security_docs.services import announcements, documents, evaluations, papers, trainings, versions
from tests.accounts.people import person
from tests.processes.records import pdf
from tests.processes.sheets import load

CLAUSES = "4.1 Parolalar en az on iki karakterdir.\n4.2 Yedekler şifrelenir."


def values(key: str, case: Case | None, people: dict[str, User]) -> dict[str, Any]:
    """What a person writes into the form of a step."""
    match key:
        case "notified":
            return {
                "title": "Parola politikası uyum dokümanı",
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


def records(people: Mapping[str, User], colleague: User) -> dict[str, dict[str, Any]]:
    """What stands in the addresses of 5.3.1, for the tests that knock at every door."""
    lead, officer, head = people[Role.HIS_LEAD], people[Role.HIS_OFFICER], people[Role.UNIT_HEAD]
    staff_member = people[Role.REQUESTING_STAFF]
    found: dict[str, dict[str, Any]] = {}
    for name, classification in (("document", "internal"), ("confidential document", "confidential")):
        document = documents.enter(
            by=officer,
            number=f"BG-{classification}",
            title=name,
            kind="policy",
            classification=classification,
            owner=lead,
        )
        place = staff_member.institution if classification == "internal" else lead.institution
        group = documents.add_readers(document, by=officer, kind="institution", institution=place)
        version = versions.begin(document, by=officer, change_note="İlk sürüm.", body="1. Amaç\n\nMetin.")
        version = versions.submit(version, by=officer, approvers=[head])
        version = versions.agree(version, by=head, sha256=version.sha256)
        if classification == "internal":
            assert place is not None
            employees.register(by=lead, first_name="Fatma", last_name="Kaya", institution=place)
        versions.publish(version, by=lead)
        found[name] = {"pk": document.pk}
        found[f"version of the {name}"] = {"pk": document.pk, "number": 1}
        found[f"group of the {name}"] = {"group": group.pk}
    for name, reader in (("own reading", staff_member), ("colleague's reading", colleague)):
        reading = Reading.objects.get(user=reader, version__document=found["document"]["pk"])
        found[name] = {"pk": reading.pk}
    version = Version.objects.get(document=found["document"]["pk"])
    assert staff_member.institution is not None
    training = trainings.enter(
        by=lead,
        user=staff_member,
        subject="Parola",
        held_on=timezone.localdate(),
        valid_until=timezone.localdate() + timedelta(days=365),
    )
    found["training"] = {"pk": training.pk}
    found["paper list"] = {"pk": papers.print_list(version, staff_member.institution, by=lead).pk}
    found["proof as PDF"] = {"pk": proofs.ask(version, by=lead).pk}
    for name in ("announcement", "drafted announcement"):
        page = announcements.draft(by=officer, title=name, text="Metin.", document_version=version)
        if name == "announcement":
            announcements.publish(page, by=lead)
        found[name] = {"pk": page.pk}
    notified = workflow.notified(by=officer, title="Uyum dokümanı", clauses=[("4.1", "Parola.")])
    found["notified document"] = {"number": notified.number}
    found["clause"] = {"pk": notified.clauses.get().pk}
    gap = workflow.notified(
        by=officer, title="Eksikli doküman", clauses=[("7.2", "Yedekleme.")]
    ).clauses.get()
    evaluations.judge(
        gap, by=lead, verdict="applies", gap="Yedek yok.", owner=staff_member, due_on=timezone.localdate()
    )
    found["own gap"] = {"pk": gap.pk}
    return found


def all_over_the_api() -> dict[str, dict[str, Any]]:
    """Records for questions to the whole API, by the first word of their addresses: an office that knows nothing else."""
    load()
    lead, officer, head = (person(role) for role in (Role.HIS_LEAD, Role.HIS_OFFICER, Role.UNIT_HEAD))
    document = documents.enter(
        by=officer, number="BG-PR-77", title="Parola", kind="procedure", classification="internal", owner=lead
    )
    upload = SimpleUploadedFile("parola.pdf", pdf())
    version = versions.begin(document, by=officer, change_note="İlk.", upload=upload)
    version = versions.submit(version, by=officer, approvers=[head])
    versions.publish(versions.agree(version, by=head, sha256=version.sha256), by=lead)
    notified = workflow.notified(by=officer, title="Uyum dokümanı", clauses=[("4.1", "Parola.")])
    page = announcements.draft(by=officer, title="Duyuru", text="Metin.")
    return {
        "security-documents": {"id": document.pk, "number": 1},
        "notified-documents": {"number": notified.number},
        "security-clauses": {"id": notified.clauses.get().pk},
        "security-announcements": {"id": page.pk},
    }
