"""5.3.1 after years: 100,000 documents in the register, and one document read by 5,000 people in a day."""

from __future__ import annotations

import time

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from accounts.queries import people_with_role
from accounts.roles import Role
from audit.context import signed_in
from bench.fill import PEOPLE, places
from security_docs import queries, readings
from security_docs.models import Document, Reading, Version
from security_docs.services import documents, versions

DOCUMENTS = 100_000
SIGNED = 500  # signatures measured one after the other
BODY = "1. Amaç\n\n" + "\n\n".join(f"{place}. " + "Kural metni. " * 60 for place in range(2, 12))
PAGES = {
    "5.3.1: document register": "/documents/",
    "5.3.1: register, by words": "/documents/?q=olcum",
    "5.3.1: review is due": "/documents/?standing=due",
    "5.3.1: new announcement": "/announcements/new/",
}
REGISTER = """
INSERT INTO security_docs_document (sort_key, search_key, number, title, kind, classification, owner_id, review_months,
    next_review_on, needs_signature, reading_days, training_subject, ended_reason, made_by_id, made_at)
SELECT 'olc-' || lpad(n::text, 7, '0'), 'olc-' || lpad(n::text, 7, '0') || ' olcum proseduru', 'ÖLÇ-' || lpad(n::text, 7, '0'),
    'Ölçüm prosedürü ' || n, (ARRAY['policy','procedure','instruction','form'])[1 + n %% 4], 'internal', %(lead)s, 12,
    current_date + (n %% 700 - 100), false, 15, '', '', %(lead)s, now()
FROM generate_series(1, %(count)s) AS n
"""
VERSIONS = """
INSERT INTO security_docs_version (document_id, number, state, body, upload_name, extracted, page_count, sha256, paper_mark,
    change_note, drafted_by_id, drafted_at, edited_by_id, round, published_at, published_by_id, version)
SELECT id, 1, 'published', 'Metin.', '', '', 1, repeat('a', 64), '', 'Ölçüm', %(lead)s, now(), %(lead)s, 1, now(), %(lead)s, 1
FROM security_docs_document WHERE number LIKE 'ÖLÇ-%%'
"""


def fill() -> None:
    """The register, each document with a version in force."""
    places()
    if Document.objects.filter(number="ÖLÇ-0000001").exists():
        return
    lead = people_with_role(Role.HIS_LEAD)[0]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(REGISTER, {"lead": lead.pk, "count": DOCUMENTS})
        cursor.execute(VERSIONS, {"lead": lead.pk})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE security_docs_document, security_docs_version")


def rows() -> list[str]:
    """Asking 5,000 people, signing, reminding, and the proof; each beside what was promised."""
    version, asked = published()
    signing = signed(version)
    begin = time.perf_counter()
    reminded = readings.remind(timezone.now() + readings.FIRST_REMINDER)["reminded"]
    reminding = time.perf_counter() - begin
    begin = time.perf_counter()
    tally, first = queries.tally(version), len(queries.proof(version)[:50])
    proving = time.perf_counter() - begin
    return [
        f"5.3.1: put in force and ask {tally.expected:,} people: {asked:.1f} s (one row a person, no question a row)",
        f"5.3.1: sign: {SIGNED / signing:.0f}/s by one connection (promised: {PEOPLE:,} in a day)",
        f"5.3.1: remind {reminded:,} who have not signed: {reminding:.1f} s",
        f"5.3.1: tally of {tally.expected:,} and {first} rows of the proof: {proving * 1000:.0f} ms",
    ]


def published() -> tuple[Version, float]:
    """A document everybody has to read, put in force; and how long that took."""
    lead, officer = people_with_role(Role.HIS_LEAD)[0], people_with_role(Role.HIS_OFFICER)[0]
    head = people_with_role(Role.UNIT_HEAD)[0]
    with signed_in(officer), transaction.atomic():
        document = documents.enter(
            by=officer,
            number=f"OKU-{int(time.time())}",
            title="Herkesin okuyacağı politika",
            kind="policy",
            classification="internal",
            owner=lead,
        )
        documents.add_readers(document, by=officer, kind="everybody")
        version = versions.begin(document, by=officer, change_note="Ölçüm.", body=BODY)
        version = versions.submit(version, by=officer, approvers=[head])
    with signed_in(head):
        version = versions.agree(version, by=head, sha256=version.sha256)
    with signed_in(lead):
        begin = time.perf_counter()
        version = versions.publish(version, by=lead)
        return version, time.perf_counter() - begin


def signed(version: Version) -> float:
    """Seconds for that many people who have turned every page to sign, one after the other."""
    chosen = Reading.objects.filter(version=version, user__isnull=False).order_by("pk")[:SIGNED]
    waiting = list(chosen.select_related("user"))
    Reading.objects.filter(pk__in=[one.pk for one in waiting]).update(
        pages_seen=list(range(1, version.page_count + 1)), opened_at=timezone.now()
    )
    begin = time.perf_counter()
    for reading in waiting:
        reader = reading.user
        assert isinstance(reader, User)
        with signed_in(reader):
            readings.sign(reading, by=reader, sha256=version.sha256, address="10.0.0.1")
    return time.perf_counter() - begin
