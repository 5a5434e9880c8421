"""Records of one hospital, and for each address what those are answered whom they do not concern."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Delegation, Employee
from accounts.roles import Role
from ebys.models import IncomingLetter, OutgoingLetter
from helpdesk import workflow
from helpdesk.services import supplies
from processes.models import Case, CaseLink, Document, InboxItem, SavedView
from processes.services import cases, files, notes
from tests.accounts.people import employee
from tests.ebys import letters
from tests.engine.cast import Cast, assemble
from tests.esignature.making import certificate
from tests.processes.records import pdf
from tests.webapps.recipes import registered
from webapps import reconciling, reviewing

SECRET = "Başhekimin bilgisayarına girildi"
Arguments = dict[str, Any]


@dataclass(frozen=True)
class Belongings:
    """Records of one hospital that concern nobody else."""

    people: Cast
    case: Case
    document: Document
    link: CaseLink
    item: InboxItem
    supply: int
    view: SavedView
    delegation: Delegation
    incoming: IncomingLetter
    outgoing: OutgoingLetter


def belongings() -> Belongings:
    """Everything there is to knock at, each record with the secret in it where it has words."""
    people = assemble()
    lead, officer = people[Role.IT_LEAD], people[Role.IT_OFFICER]
    applicant = people[Role.REQUESTING_STAFF]
    case = workflow.report(by=officer, title=SECRET, applicant=applicant, channel="telephone")
    case = workflow.assess(case, by=officer, finding=SECRET)
    other = workflow.report(by=officer, title=SECRET, applicant=applicant, channel="telephone")
    notes.write(case, by=lead, text=SECRET, internal=True)
    outgoing = letters.outgoing_letter("approved", by=people[Role.HIS_OFFICER])
    (document,) = [files.attach(case, by=lead, upload=SimpleUploadedFile("tutanak.pdf", pdf()), title=SECRET)]
    return Belongings(
        people=people,
        case=case,
        document=document,
        link=cases.link(case, other, by=lead),
        item=InboxItem.objects.create(user=lead, case=case, text="%(number)s was assigned to you."),
        supply=supplies.add(case, by=officer, name=SECRET).pk,
        view=SavedView.objects.create(owner=lead, list_name="cases", name=SECRET, query="q=a"),
        delegation=Delegation.objects.create(
            from_user=lead,
            to_user=officer,
            valid_from="2026-11-22",
            valid_until="2030-01-01",
            reason=SECRET,
            given_by=lead,
        ),
        incoming=letters.incoming(by=people[Role.HIS_OFFICER], subject=SECRET),
        outgoing=outgoing,
    )


def case(theirs: Belongings) -> Arguments:
    return {"number": theirs.case.number}


def incoming(theirs: Belongings) -> Arguments:
    return {"pk": theirs.incoming.pk}


def outgoing(theirs: Belongings) -> Arguments:
    return {"pk": theirs.outgoing.pk}


def edition(theirs: Belongings) -> Arguments:
    return {"number": "5.3.6", "edition": theirs.case.definition.edition}


def someone(theirs: Belongings) -> Arguments:
    return {"pk": employee(theirs.people[Role.REQUESTING_STAFF].institution, last_name=SECRET).pk}


def certificate_of_somebody(theirs: Belongings) -> Arguments:
    holder = employee(theirs.people[Role.REQUESTING_STAFF].institution, last_name=SECRET)
    return {"pk": certificate(holder).pk}


def application(theirs: Belongings) -> Arguments:
    return {"pk": registered().pk}


def review_part(theirs: Belongings) -> Arguments:
    """What the head of their own hospital decides on: one authority, accepted from the application's list."""
    officer = theirs.people[Role.IT_OFFICER]
    someone(theirs)
    mine = Employee.objects.latest("pk")
    text = f"Sicil No;Rol\n{mine.registry_no};RAPOR\n"
    run = reconciling.compare(registered(), BytesIO(text.encode()), "liste.csv", by=officer).run
    reconciling.accept(run.differences.get(employee=mine), by=officer, reason="Yazısı bulundu.")
    campaign = reviewing.begin(
        by=officer,
        title=SECRET,
        applications=[registered()],
        deadline=timezone.localdate(),
        reviewer=officer,
    )
    return {"pk": campaign.parts.get().pk}


# For each address: its arguments, and what those are answered whom the record does not concern.
ROWS: dict[str, tuple[Callable[[Belongings], Arguments], int]] = {
    "case": (case, 404),
    "case-due": (case, 404),
    "case-pdf": (case, 404),
    "case-step": (lambda theirs: case(theirs) | {"key": "plan"}, 404),
    "case-handle": (case, 403),
    "case-pause": (case, 403),
    "case-resume": (case, 403),
    "case-assign": (case, 403),
    "case-link": (case, 403),
    "case-unlink": (lambda theirs: case(theirs) | {"pk": theirs.link.pk}, 403),
    "case-insiders": (case, 403),
    "case-insider-end": (lambda theirs: case(theirs) | {"pk": 1}, 403),
    "note-add": (case, 404),
    "file-add": (case, 404),
    "file": (lambda theirs: {"pk": theirs.document.pk, "revision": 1}, 404),
    "file-revise": (lambda theirs: {"pk": theirs.document.pk}, 404),
    "file-withdraw": (lambda theirs: {"pk": theirs.document.pk}, 404),
    "inbox-open": (lambda theirs: {"pk": theirs.item.pk}, 404),
    "view-change": (lambda theirs: {"pk": theirs.view.pk}, 404),
    "view-remove": (lambda theirs: {"pk": theirs.view.pk}, 404),
    "delegation-end": (lambda theirs: {"pk": theirs.delegation.pk}, 404),
    "acknowledgement": (lambda theirs: {"pk": theirs.people[Role.IT_LEAD].acknowledgements.get().pk}, 404),
    "passkey-remove": (lambda theirs: {"pk": 1}, 404),
    "supply-add": (case, 403),
    "supply-mark": (lambda theirs: case(theirs) | {"pk": theirs.supply}, 403),
    **dict.fromkeys(
        (
            "letter-incoming",
            "letter-route",
            "letter-attach",
            "letter-file",
            "letter-unroute",
            "letter-unfile",
            "letter-package",
        ),
        (incoming, 403),
    ),
    "letter-incoming-file": (lambda theirs: incoming(theirs) | {"file_pk": 1}, 403),
    **dict.fromkeys(
        ("letter-quarantine-file", "letter-quarantine-again", "letter-quarantine-settle"),
        (lambda theirs: {"pk": 1}, 403),
    ),
    **dict.fromkeys(
        (
            "letter-outgoing",
            "letter-edit",
            "letter-preview",
            "letter-annex-add",
            "letter-approve",
            "letter-discard",
            "letter-take-back",
            "letter-hand-over",
            "letter-number",
            "letter-reject",
            "letter-revise",
            "letter-pdf",
            "letter-eyp",
            "letter-fields",
        ),
        (outgoing, 403),
    ),
    **dict.fromkeys(
        ("letter-annex", "letter-annex-remove"), (lambda theirs: outgoing(theirs) | {"annex_pk": 1}, 403)
    ),
    # The catalogue is everybody's to read; editions are the unit's to write.
    "process": (lambda theirs: {"number": "5.3.6"}, 200),
    "process-editions": (lambda theirs: {"number": "5.3.6"}, 200),
    "process-card": (edition, 200),
    "process-pdf": (edition, 200),
    "process-export": (edition, 403),
    "process-diff": (lambda theirs: edition(theirs) | {"other": theirs.case.definition.edition}, 200),
    "process-copy": (edition, 403),
    "process-edit": (edition, 403),
    "process-move": (lambda theirs: edition(theirs) | {"verb": "check"}, 403),
    **dict.fromkeys(("breach-dossier", "breach-acknowledge", "breach-evidence-list"), (case, 403)),
    "breach-silence-paper": (lambda theirs: case(theirs) | {"pk": 1}, 403),
    "breach-act": (lambda theirs: case(theirs) | {"key": "notice"}, 403),
    "breach-rota-cancel": (lambda theirs: {"pk": 1}, 403),
    # Of programs with a key; a session opens none of them.
    **dict.fromkeys(
        (
            *("breach-api-dossier", "breach-api-acts", "breach-api-acknowledgement"),
            "breach-api-evidence-list",
        ),
        (case, 401),
    ),
    "breach-api-act": (lambda theirs: case(theirs) | {"key": "notice"}, 401),
    **dict.fromkeys(
        ("breach-api-evidence-file", "breach-api-silence-paper"),
        (lambda theirs: case(theirs) | {"pk": 1}, 401),
    ),
    **dict.fromkeys(
        (
            *("breach-api-rota-cancellation", "security-api-document", "security-api-document-acts"),
            *(
                "security-api-reading-signature",
                "security-api-announcement",
                "security-api-announcement-acts",
            ),
        ),
        (lambda theirs: {"pk": 1}, 401),
    ),
    **dict.fromkeys(
        ("security-api-document-act", "security-api-clause-act", "security-api-announcement-act"),
        (lambda theirs: {"pk": 1, "key": "close"}, 401),
    ),
    **dict.fromkeys(
        (
            *("security-api-version", "security-api-version-acts", "security-api-version-file"),
            *("security-api-version-pdf", "security-api-version-proof"),
        ),
        (lambda theirs: {"pk": 1, "number": 1}, 401),
    ),
    "security-api-version-act": (lambda theirs: {"pk": 1, "number": 1, "key": "retire"}, 401),
    **dict.fromkeys(
        ("security-api-reading-page", "security-api-reading-paper"),
        (lambda theirs: {"pk": 1, "page": 1}, 401),
    ),
    "security-api-clauses": (case, 401),
    "staff-detail": (someone, 404),
    **dict.fromkeys(
        ("staff-tc", "staff-change", "staff-move", "staff-leave", "staff-return"),
        (someone, 403),
    ),
    **dict.fromkeys(("import-new", "import-template"), (lambda theirs: {"key": "staff"}, 403)),
    **dict.fromkeys(("import-preview", "import-refused"), (lambda theirs: {"key": "staff", "pk": 1}, 403)),
    "webapps-application": (application, 403),
    "webapps-api-compare": (lambda theirs: {"code": "TST"}, 401),
    **dict.fromkeys(
        ("webapps-api-comparison-act", "webapps-api-difference-act", "webapps-api-review-act"),
        (lambda theirs: {"pk": 1, "key": "accept"}, 401),
    ),
    "webapps-api-review-part-act": (lambda theirs: {"pk": 1, "key": "decide"}, 401),
    **dict.fromkeys(
        (
            *("webapps-api-differences", "webapps-api-review"),
            *("webapps-api-review-items", "webapps-api-review-part-acts"),
        ),
        (lambda theirs: {"pk": 1}, 401),
    ),
    # The head of another hospital sees the matrix of the own one: nobody of this one.
    "webapps-matrix": (application, 200),
    "webapps-person": (someone, 404),
    **dict.fromkeys(
        ("webapps-reconciliation", "webapps-difference-settle", "webapps-review", "webapps-review-finish"),
        (lambda theirs: {"pk": 1}, 403),
    ),
    "webapps-review-part": (review_part, 404),
    "webapps-review-hand": (review_part, 403),
    # One's own views of a list, whatever the list is called.
    "view-save": (lambda theirs: {"list_name": "cases"}, 422),
    **dict.fromkeys(
        (
            *("security-document", "public-announcement", "public-announcement-pdf"),
            *("security-reading-sign", "security-my-gap-close"),
        ),
        (lambda theirs: {"pk": 1}, 404),
    ),
    **dict.fromkeys(
        (
            *("security-document-edit", "security-document-end", "security-document-review"),
            *("security-readers-add", "security-version-new", "security-paper", "security-paper-pdf"),
            *("security-proof-paper", "security-proof-file", "security-certificate"),
            *("security-announcement", "security-announcement-publish", "security-announcement-take-down"),
        ),
        (lambda theirs: {"pk": 1}, 403),
    ),
    "security-readers-remove": (lambda theirs: {"pk": 1, "group": 1}, 403),
    **dict.fromkeys(
        ("security-version", "security-version-pdf"),
        (lambda theirs: {"pk": 1, "number": 1}, 404),
    ),
    "security-version-move": (lambda theirs: {"pk": 1, "number": 1, "verb": "publish"}, 404),
    "security-version-compare": (lambda theirs: {"pk": 1, "number": 2, "other": 1}, 404),
    **dict.fromkeys(
        (
            *("security-version-edit", "security-version-file", "security-version-proof"),
            *("security-paper-new", "security-proof-new"),
        ),
        (lambda theirs: {"pk": 1, "number": 1}, 403),
    ),
    **dict.fromkeys(
        ("security-reading", "security-reading-paper"), (lambda theirs: {"pk": 1, "page": 1}, 404)
    ),
    **dict.fromkeys(("security-clauses", "security-announcement-letter"), (case, 403)),
    **dict.fromkeys(
        ("security-clause", "security-gap-close"), (lambda theirs: case(theirs) | {"pk": 1}, 403)
    ),
    "esignature-certificate": (certificate_of_somebody, 404),
    "esignature-certificate-move": (lambda theirs: {"pk": 1, "key": "revoke_certificate"}, 403),
    **dict.fromkeys(
        ("esignature-api-certificate", "esignature-api-certificate-acts"), (certificate_of_somebody, 401)
    ),
    **dict.fromkeys(
        ("esignature-api-certificate-act", "esignature-api-batch-act"),
        (lambda theirs: {"pk": 1, "key": "post_batch"}, 401),
    ),
    **dict.fromkeys(("esignature-api-batch", "esignature-api-batch-acts"), (lambda theirs: {"pk": 1}, 401)),
    "esignature-produced": (case, 403),
    **dict.fromkeys(
        (
            *("esignature-batch", "esignature-batch-pdf", "esignature-batch-labels"),
            *("esignature-batch-take-out", "esignature-uncovered", "esignature-ask"),
        ),
        (lambda theirs: {"pk": 1}, 403),
    ),
    "esignature-batch-move": (lambda theirs: {"pk": 1, "key": "post_batch"}, 403),
}
