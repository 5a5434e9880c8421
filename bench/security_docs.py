"""5.3.1 after years: 100,000 documents in the register, and one document read by 5,000 people in a day."""

from __future__ import annotations

import time
from statistics import median

from django.db import connection, transaction
from django.db.models import Count
from django.test import Client
from django.utils import timezone

from accounts import declaration
from accounts.models import Institution, User
from accounts.queries import people_with_role
from accounts.roles import Role
from audit.context import signed_in
from bench.fill import PEOPLE, places
from security_docs import proofs, queries, readings, workflow
from security_docs.models import Document, Reading, Version
from security_docs.services import documents, versions

DOCUMENTS = 100_000
SIGNED = 500  # people measured one after the other
TURNS = 9
BODY = "1. Amaç\n\n" + "\n\n".join(f"{place}. " + "Kural metni. " * 60 for place in range(2, 12))
PAGES = {
    "5.3.1: document register": "/documents/",
    "5.3.1: register, by words": "/documents/?q=olcum",
    "5.3.1: review is due": "/documents/?standing=due",
    "5.3.1: new announcement": "/announcements/new/",
    "5.3.1: announcements": "/announcements/",
    "5.3.1: open gaps": "/documents/gaps/",
    "5.3.1: my gaps": "/gaps/",
    "5.3.1: training register": "/trainings/",
    "5.3.1: training register, by person": "/trainings/?q=ayse",
}
REGISTER = """
INSERT INTO security_docs_document (sort_key, search_key, number, title, kind, classification, owner_id, review_months,
    next_review_on, needs_signature, reading_days, training_subject, ended_reason, made_by_id, made_at)
SELECT 'olc-' || lpad(n::text, 7, '0'), 'olc-' || lpad(n::text, 7, '0') || ' olcum proseduru', 'ÖLÇ-' || lpad(n::text, 7, '0'),
    'Ölçüm prosedürü ' || n, (ARRAY['policy','procedure','instruction','form'])[1 + n %% 4], 'internal', %(lead)s, 12,
    current_date + (n %% 700 - 100), false, 15, '', '', %(lead)s, now()
FROM generate_series(1, %(count)s) AS n
"""
ANNOUNCEMENTS = """
INSERT INTO security_docs_announcement (title, text, state, made_by_id, made_at, published_at, published_by_id, version)
SELECT 'Ölçüm duyurusu ' || n, 'Doküman yürürlüktedir.', 'published', %(lead)s, now(), now() - n * interval '1 minute',
    %(lead)s, 1
FROM generate_series(1, %(count)s) AS n
"""
TRAININGS = """
INSERT INTO accounts_training (user_id, subject, provider, held_on, valid_until, entered_by_id)
SELECT user_id, 'Ölçüm eğitimi ' || n %% 20, '', current_date - (n %% 900)::int, current_date - (n %% 900)::int + 365, %(lead)s
FROM (SELECT row_number() OVER () AS n, u.id AS user_id
      FROM accounts_user u CROSS JOIN generate_series(1, 1 + %(count)s / (SELECT count(*) FROM accounts_user)) AS times
      LIMIT %(count)s) AS each
"""
GAPS = """
INSERT INTO security_docs_clause (compliance_id, number, text, verdict, reason, gap, owner_id, due_on, closing_note)
SELECT %(case)s, 'ölç-' || n, 'Madde', 'applies', '', 'Eksik', %(lead)s, current_date + (n %% 400 - 100), ''
FROM generate_series(1, %(count)s) AS n
"""
VERSIONS = """
INSERT INTO security_docs_version (document_id, number, state, body, upload_name, extracted,
    laid_out_text, page_count, sha256, paper_mark,
    change_note, drafted_by_id, drafted_at, edited_by_id, round, published_at, published_by_id, version)
SELECT id, 1, 'published', 'Metin.', '', '', '', 1, repeat('a', 64), '',
    'Ölçüm', %(lead)s, now(), %(lead)s, 1, now(), %(lead)s, 1
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
        cursor.execute(ANNOUNCEMENTS, {"lead": lead.pk, "count": DOCUMENTS})
        cursor.execute(TRAININGS, {"lead": lead.pk, "count": DOCUMENTS})
        with signed_in(lead):
            case = workflow.notified(by=lead, title="Ölçüm: çok maddeli genelge")
        cursor.execute(GAPS, {"lead": lead.pk, "count": DOCUMENTS, "case": case.pk})
    with connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE security_docs_document, security_docs_version, security_docs_announcement, security_docs_clause, "
            "accounts_training"
        )


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
    begin = time.perf_counter()
    with signed_in(version.drafted_by):
        paper = proofs.ask(version, by=version.drafted_by, institution=largest_place(version))
        if not paper.is_made:
            paper = proofs.make(paper)
    printing = time.perf_counter() - begin
    return [
        f"5.3.1: put in force and ask {tally.expected:,} people: {asked:.1f} s (one row a person, no question a row)",
        f"5.3.1: read and sign as a browser: {SIGNED / signing:.1f} people/s one by one (promised: {PEOPLE:,} in a day)",
        f"5.3.1: remind {reminded:,} who have not signed: {reminding:.1f} s",
        f"5.3.1: proof as PDF, {paper.total:,} rows on {paper.pages} pages: {printing:.0f} s by the worker",
        f"5.3.1: tally of {tally.expected:,} and {first} rows of the proof: {proving * 1000:.0f} ms",
        *opened(version),
    ]


def largest_place(version: Version) -> Institution | None:
    """None while one proof holds everybody; else the institution with the most readers: one paper has its limit."""
    readers = version.readings.filter(ended_at__isnull=True)
    if readers.count() <= proofs.MOST:
        return None
    places = readers.filter(employee__isnull=False).order_by().values_list("employee__institution")
    largest, _count = places.annotate(count=Count("pk")).order_by("-count").first() or (None, 0)
    return Institution.objects.get(pk=largest)


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


def browser_of(reader: User) -> Client:
    """A browser in which this person is signed in and has read their rights."""
    declaration.acknowledge(reader, declaration.digest(declaration.text_of(reader)))
    browser = Client(SERVER_NAME="127.0.0.1")
    browser.force_login(reader)
    return browser


def opened(version: Version) -> list[str]:
    """The proof as the lead sees it, and the public page, whose visitors are counted and so are asked only a few times."""
    from bench.__main__ import cookies_of  # the bench itself, once it runs

    browser = Client(SERVER_NAME="127.0.0.1")
    browser.cookies.load(cookies_of(people_with_role(Role.HIS_LEAD)[0].username))
    proof = f"{version.get_absolute_url()}proof/"
    pages = {"proof of 5,000": proof, "public page": "/duyurular/", "feed": "/duyurular/atom.xml"}
    times: dict[str, list[float]] = {}
    for _turn in range(TURNS):
        for name, address in {"floor": "/floor/", **pages}.items():
            begin = time.perf_counter()
            status = browser.get(address).status_code
            times.setdefault(name, []).append(time.perf_counter() - begin)
            if status != 200:
                raise RuntimeError(f"{address} answered {status}")
    floor = median(times.pop("floor"))
    return [
        f"5.3.1: {name}: {median(took) * 1000:.0f} ms ({median(took) / floor:.1f} x floor)"
        for name, took in times.items()
    ]


def signed(version: Version) -> float:
    """Seconds for that many people to open every page, turn it and sign, by the same requests a browser sends."""
    chosen = Reading.objects.filter(version=version, user__isnull=False).order_by("pk")[:SIGNED]
    waiting = list(chosen.select_related("user"))
    spent = 0.0
    for reading in waiting:
        reader = reading.user
        assert isinstance(reader, User)
        browser = browser_of(reader)
        begin = time.perf_counter()
        for page in range(1, version.page_count + 1):
            browser.get(f"/readings/{reading.pk}/{page}/")
            browser.post(f"/readings/{reading.pk}/{page}/")
        answer = browser.post(f"/readings/{reading.pk}/sign/", {"sha256": version.sha256, "is_read": "on"})
        spent += time.perf_counter() - begin
        if answer.status_code != 302:
            raise RuntimeError(f"Signing answered {answer.status_code}.")
    return spent
