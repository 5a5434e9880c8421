"""5.3.1 over the API: the register and versions as the pages show them, and one's own signature bound to its content."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from audit.models import Entry
from ebys.models import ServiceAccount
from security_docs import acts, workflow
from security_docs.models import Announcement, Clause, Document, Reading, Version
from security_docs.services import announcements, evaluations, versions
from tests.accounts.people import person
from tests.ebys.api.calling import Caller, key_of
from tests.processes.records import pdf
from tests.security_docs.conftest import TEXT, Team, approved, entered, in_force


def program_of(user: User) -> Caller:
    """A program that acts as this person."""
    account, _made = ServiceAccount.objects.get_or_create(acts_as=user, defaults={"name": user.username})
    return Caller(key_of(account)[1])


def of(document: Document, rest: str = "") -> str:
    return f"security-documents/{document.pk}/{rest}"


def numbers(program: Caller, query: str = "") -> list[str]:
    return [row["number"] for row in program.get(f"security-documents/{query}").json()["results"]]


def test_the_register_is_what_its_reader_may_see(team: Team, document: Document) -> None:
    in_force(team, document)
    secret = entered(team, "BG-GZ-01", classification="confidential")
    in_force(team, secret)
    entered(team, "BG-TS-01")  # nothing of it is in force

    assert numbers(program_of(team.lead)) == ["BG-GZ-01", "BG-PR-01", "BG-TS-01"]
    assert numbers(program_of(team.lead), "?standing=without") == ["BG-TS-01"]
    assert numbers(program_of(team.reader)) == ["BG-PR-01"]
    assert program_of(team.reader).get(of(secret)).status_code == 404
    assert program_of(team.reader).get(of(secret, "versions/1/")).status_code == 404


def test_the_register_costs_the_same_with_one_row_and_with_many(team: Team, document: Document) -> None:
    program = program_of(team.lead)
    counts = []
    for more in (0, 9):
        for place in range(more):
            entered(team, f"BG-X-{place}")
        program.get("security-documents/")
        with CaptureQueriesContext(connection) as queries:
            program.get("security-documents/")
        counts.append(len([one for one in queries if "SAVEPOINT" not in one["sql"]]))

    assert counts[0] == counts[1] <= 8


def test_a_document_is_entered_and_changed_by_the_unit_alone(team: Team) -> None:
    body = {
        "number": "BG-PL-01",
        "title": "Temiz masa politikası",
        "kind": "policy",
        "classification": "internal",
        "owner": team.lead.pk,
        "review_months": 12,
        "needs_signature": True,
        "reading_days": 10,
    }

    refused = program_of(team.reader).post("security-documents/", body)
    entered_ = program_of(team.officer).post("security-documents/", body)
    twice = program_of(team.officer).post("security-documents/", body)

    document = Document.objects.get()
    changed = program_of(team.officer).post(of(document, "acts/change/"), body | {"title": "Temiz masa"})
    assert (refused.status_code, entered_.status_code, entered_.json()["id"]) == (403, 201, document.pk)
    assert (twice.status_code, list(twice.json()["errors"])) == (422, ["number"])
    assert (changed.status_code, changed.json()["title"]) == (200, "Temiz masa")


def test_a_version_goes_its_whole_way(team: Team, document: Document) -> None:
    officer, head, lead = (program_of(one) for one in (team.officer, team.head, team.lead))

    begun = officer.post(of(document, "acts/version-begin/"), {"change_note": "Yeni kural.", "body": TEXT})
    submitted = officer.post(of(document, "versions/1/acts/submit/"), {"first": team.head.pk})
    unnamed = head.post(of(document, "versions/1/acts/agree/"))
    other = head.post(of(document, "versions/1/acts/agree/"), {"sha256": "0" * 64})
    agreed = head.post(of(document, "versions/1/acts/agree/"), {"sha256": submitted.json()["sha256"]})
    early = officer.post(of(document, "versions/1/acts/publish/"))
    published = lead.post(of(document, "versions/1/acts/publish/"))

    assert begun.json()["versions"][0]["state"] == "draft"
    assert [one.json()["state"] for one in (submitted, agreed, published)] == [
        "review",
        "approved",
        "published",
    ]
    assert (early.status_code, unnamed.status_code, other.status_code) == (403, 422, 412)
    assert published.json()["sha256"] == hashlib.sha256(TEXT.encode()).hexdigest()
    assert published.json()["tally"] == {"expected": 1, "signed": 0}
    assert lead.get(of(document)).json()["in_force"] == 1


def test_a_version_changed_meanwhile_is_not_written_over(team: Team, document: Document) -> None:
    versions.begin(document, by=team.officer, change_note="İlk.", body=TEXT)
    program = program_of(team.officer)
    tag = program.get(of(document, "versions/1/"))["ETag"]
    body = {"change_note": "İkinci.", "body": "Başka metin."}

    first = program.post(of(document, "versions/1/acts/edit/"), body, If_Match=tag)
    second = program.post(of(document, "versions/1/acts/edit/"), body, If_Match=tag)

    assert (first.status_code, second.status_code) == (200, 412)


def test_a_version_with_a_file_comes_and_goes_as_it_is(team: Team, document: Document) -> None:
    content = pdf()
    program = program_of(team.officer)

    begun = program.form(
        of(document, "acts/version-begin/"),
        {"change_note": "Dosya.", "upload": SimpleUploadedFile("parola.pdf", content)},
    )
    file = program.get(of(document, "versions/1/file/"))
    paper = program.get(of(document, "versions/1/pdf/"))

    assert begun.json()["versions"][0]["has_file"] is True
    assert (b"".join(file), file["Content-Type"]) == (content, "application/octet-stream")
    assert (paper["Content-Type"], paper.content[:4]) == ("application/pdf", b"%PDF")
    assert Entry.objects.filter(event="downloaded", actor=team.officer).exists()


def test_a_version_written_here_has_no_file(team: Team, document: Document) -> None:
    in_force(team, document)

    assert program_of(team.lead).get(of(document, "versions/1/file/")).status_code == 404


def test_others_see_what_holds_and_no_draft(team: Team, document: Document) -> None:
    in_force(team, document)
    versions.begin(document, by=team.officer, change_note="Taslak.", body="Taslak metin.")

    told = program_of(team.reader).get(of(document)).json()

    assert [one["number"] for one in told["versions"]] == [1]
    assert told["readers"] == []
    assert program_of(team.reader).get(of(document, "versions/2/")).status_code == 404


def signing(team: Team, document: Document) -> tuple[Version, Reading]:
    version = in_force(team, document)
    return version, Reading.objects.get(version=version, user=team.reader)


def test_what_was_read_is_signed_by_its_hash(team: Team, document: Document) -> None:
    version, reading = signing(team, document)
    program = program_of(team.reader)
    body = {"sha256": version.sha256, "is_read": True}

    unread = program.post(f"security-readings/{reading.pk}/signature/", body)
    page = program.get(f"security-readings/{reading.pk}/pages/1/").json()
    seen = [
        program.post(f"security-readings/{reading.pk}/pages/{number}/").json()["seen"]
        for number in range(1, version.page_count + 1)
    ]
    signed = program.post(f"security-readings/{reading.pk}/signature/", body)

    reading.refresh_from_db()
    assert (unread.status_code, unread.json()["code"]) == (422, "rule-broken")
    assert ("parolaları korumaktır" in page["text"], page["seen"], set(seen)) == (True, False, {True})
    assert (signed.json()["signed_hash"], reading.signed_hash) == (version.sha256, version.sha256)
    assert reading.signed_address == "127.0.0.1"
    assert Entry.objects.filter(step="reading_sign", actor=team.reader).exists()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"sha256": "0" * 64, "is_read": True}, 412),
        ({"is_read": True}, 422),
        ({"sha256": "0" * 64}, 422),
        ({"sha256": "0" * 64, "is_read": "yes"}, 422),
    ],
)
def test_another_content_and_half_a_signature_are_refused(
    team: Team, document: Document, body: dict[str, Any], status: int
) -> None:
    _version, reading = signing(team, document)

    answer = program_of(team.reader).post(f"security-readings/{reading.pk}/signature/", body)

    reading.refresh_from_db()
    assert (answer.status_code, reading.signed_at) == (status, None)


def test_a_version_that_was_replaced_is_not_signed(team: Team, document: Document) -> None:
    version, reading = signing(team, document)
    in_force(team, document, body="1. Yeni\n\nYeni kural.")

    answer = program_of(team.reader).post(
        f"security-readings/{reading.pk}/signature/", {"sha256": version.sha256, "is_read": True}
    )

    assert (answer.status_code, answer.json()["code"]) == (409, "wrong-state")


@pytest.mark.parametrize("rest", ["pages/1/", "signature/"])
def test_nobody_reads_or_signs_for_another(team: Team, document: Document, rest: str) -> None:
    version, reading = signing(team, document)
    lead = program_of(team.lead)

    answer = lead.post(
        f"security-readings/{reading.pk}/{rest}",
        {"sha256": version.sha256, "is_read": True} if rest == "signature/" else {},
    )

    reading.refresh_from_db()
    assert (answer.status_code, reading.signed_at, reading.pages_seen) == (404, None, [])
    assert lead.get("security-readings/").json()["results"] == []


def test_ones_own_readings_are_told_by_standing(team: Team, document: Document) -> None:
    _version, reading = signing(team, document)
    program = program_of(team.reader)

    assert [row["id"] for row in program.get("security-readings/?standing=open").json()["results"]] == [
        reading.pk
    ]
    assert program.get("security-readings/?standing=signed").json()["results"] == []
    assert program.get("security-readings/?standing=x").status_code == 400


def test_the_proof_is_the_units(team: Team, document: Document) -> None:
    signing(team, document)

    told = program_of(team.lead).get(of(document, "versions/1/proof/?standing=open")).json()["results"]

    assert [(row["name"], row["signed_at"]) for row in told] == [(team.reader.full_name, None)]
    assert (
        program_of(team.lead).get(of(document, "versions/1/proof/?standing=signed")).json()["results"] == []
    )
    assert program_of(team.reader).get(of(document, "versions/1/proof/")).status_code == 403


def test_clauses_are_added_and_judged_and_their_gap_closed(team: Team) -> None:
    case = workflow.notified(by=team.officer, title="Uyum dokümanı", clauses=[("4.1", "Parola.")])
    officer = program_of(team.officer)
    address = f"notified-documents/{case.number}/clauses/"
    day = (timezone.localdate() + timedelta(days=20)).isoformat()

    added = officer.post(address, {"text": "4.2 Yedekler şifrelenir."}).json()["results"]
    judged = officer.post(
        f"security-clauses/{added[1]['id']}/acts/judge/",
        {"verdict": "applies", "gap": "Şifre yok.", "owner": team.reader.pk, "due_on": day},
    )
    theirs = program_of(team.reader).get("security-gaps/").json()["results"]
    closed = program_of(team.reader).post(
        f"security-clauses/{added[1]['id']}/acts/close/",
        {"note": "Şifrelendi.", "on": timezone.localdate().isoformat()},
    )

    assert [row["number"] for row in added] == ["4.1", "4.2"]
    assert (judged.json()["owner"], [row["id"] for row in theirs]) == (
        team.reader.full_name,
        [added[1]["id"]],
    )
    assert closed.json()["closing_note"] == "Şifrelendi."
    assert officer.get("security-gaps/").json()["results"] == []


def test_clauses_are_closed_to_who_has_no_part_in_them(team: Team) -> None:
    case = workflow.notified(by=team.officer, title="Uyum dokümanı", clauses=[("4.1", "Parola.")])
    clause = evaluations.judge(
        case.clauses.get(),
        by=team.lead,
        verdict="applies",
        gap="Kilit yok.",
        owner=team.reader,
        due_on=timezone.localdate(),
    )
    outsider = program_of(team.outsider)

    judged = outsider.post(f"security-clauses/{clause.pk}/acts/judge/", {"verdict": "not"})
    own = program_of(team.reader).post(
        f"security-clauses/{clause.pk}/acts/judge/", {"verdict": "not", "reason": "İstemiyorum."}
    )

    assert outsider.get(f"notified-documents/{case.number}/clauses/").status_code == 403
    assert (judged.status_code, own.status_code) == (404, 403)
    assert Clause.objects.get().verdict == "applies"
    assert outsider.get("security-gaps/").json()["results"] == []


def test_an_announcement_goes_from_draft_to_the_web_page_and_off_it(team: Team) -> None:
    officer, lead = program_of(team.officer), program_of(team.lead)

    drafted = officer.post("security-announcements/", {"title": "Parola", "text": "Yeni kural."})
    address = f"security-announcements/{drafted.json()['id']}/"
    early = officer.post(f"{address}acts/publish/")
    changed = officer.post(f"{address}acts/rewrite/", {"title": "Parola kuralı", "text": "Yeni kural."})
    published = lead.post(f"{address}acts/publish/", If_Match=changed["ETag"])
    down = lead.post(f"{address}acts/take_down/", {"reason": "Süresi doldu."})

    assert (drafted.status_code, early.status_code) == (201, 403)
    assert (changed.json()["title"], published.json()["state"]) == ("Parola kuralı", "published")
    assert down.json()["state"] == "withdrawn"
    assert program_of(team.reader).get("security-announcements/").status_code == 403


def test_an_announcement_of_a_confidential_record_is_not_told_to_the_rest_of_the_unit(team: Team) -> None:
    case = workflow.notified(by=team.officer, title="Gizli doküman")
    made = announcements.draft(by=team.officer, title="Gizli", text="…", compliance=case)
    type(case).objects.filter(pk=case.pk).update(is_confidential=True)
    blind = program_of(person(Role.IT_OFFICER))

    assert blind.get("security-announcements/").json()["results"] == []
    assert blind.get(f"security-announcements/{made.pk}/").status_code == 404
    assert program_of(team.lead).get(f"security-announcements/{made.pk}/").status_code == 200
    assert Announcement.objects.count() == 1


@pytest.mark.parametrize(
    ("address", "table"),
    [
        ("security-documents/{document}/acts/", acts.DOCUMENTS),
        ("security-documents/{document}/versions/1/acts/", acts.VERSIONS),
    ],
)
def test_every_act_is_told_with_its_fields(
    team: Team, document: Document, address: str, table: dict[str, Any]
) -> None:
    approved(team, document)

    told = program_of(team.officer).get(address.format(document=document.pk)).json()["results"]

    assert [one["key"] for one in told] == list(table)
    assert program_of(team.officer).post(f"{address.format(document=document.pk)}fly/").status_code == 404
