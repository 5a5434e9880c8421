"""5.3.3 after years: 100,000 certificates of 20,000 people, coverage of a hundred hospitals, a batch letter of 500 forms."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Employee, Institution
from accounts.queries import people_with_role
from accounts.roles import Role
from audit.context import signed_in
from bench.fill import FIRST, LAST, places
from ebys.models import OutgoingLetter
from ebys.reference import load_templates
from ebys.workflow import outgoing
from esignature import batches, papers, queries, workflow
from esignature.models import Batch, Certificate, Kind, Reason

PEOPLE = 20_000
FORMS = 500
MARK = "İMZ"
PAGES = {
    "5.3.3: certificates, those that end first": "/e-signatures/",
    "5.3.3: certificates that end within 90 days": "/e-signatures/?standing=within90",
    "5.3.3: certificates of one name": "/e-signatures/?q=demir",
    "5.3.3: coverage by institution": "/e-signatures/coverage/",
}
T = TypeVar("T")
# Of each person: a valid e-signature, a valid mobile signature, and three certificates that have expired.
CERTIFICATES = """
INSERT INTO esignature_certificate (state, version, holder_id, kind, serial, carrier, valid_from, valid_until, ended_on, note)
SELECT CASE WHEN n < 2 THEN 'active' ELSE 'expired' END, 1, e.id, CASE WHEN n = 1 THEN 'mobile' ELSE 'esign' END,
    'B' || e.id || 'N' || n, 'Kart', ends.day - 1095, ends.day, CASE WHEN n < 2 THEN NULL ELSE ends.day END, ''
FROM accounts_employee e CROSS JOIN generate_series(0, 4) AS n,
    LATERAL (SELECT CASE WHEN n < 2 THEN current_date + 1 + ((e.id * 7 + n * 31) % 1095)::int
        ELSE current_date - 1 - ((e.id * 11 + n * 400) % 3000)::int END AS day) AS ends
WHERE e.registry_no LIKE 'İMZ%'
"""


def fill() -> None:
    """The staff and five certificates of each."""
    if Certificate.objects.filter(holder__registry_no__startswith=MARK).exists():
        return
    places()
    hospitals = list(Institution.objects.filter(name__startswith="Ölçüm").order_by("pk"))
    Employee.objects.bulk_create(
        (
            Employee(
                first_name=FIRST[number % len(FIRST)],
                last_name=LAST[number // len(FIRST) % len(LAST)],
                registry_no=f"{MARK}{number:06d}",
                institution=hospitals[number % len(hospitals)],
            )
            for number in range(PEOPLE)
        ),
        batch_size=5_000,
    )
    with connection.cursor() as cursor:
        cursor.execute(CERTIFICATES)
        cursor.execute("ANALYZE esignature_certificate, accounts_employee")


def rows() -> list[str]:
    """A letter of 500 forms: collected with its list, registered and posted for all of them, labels; taken back at the end."""
    lead, officer = people_with_role(Role.IT_LEAD)[0], people_with_role(Role.IT_OFFICER)[0]
    approver = people_with_role(Role.HIS_LEAD)[0]
    load_templates()
    told = []

    def timed(what: str, work: Callable[[], T]) -> T:
        began = time.perf_counter()
        done = work()
        told.append(f"5.3.3: {what}, {FORMS} forms: {time.perf_counter() - began:.1f} s (<= 10 s)")
        return done

    with transaction.atomic(), signed_in(lead):
        holders = Employee.objects.filter(registry_no__startswith=MARK).order_by("-pk")[:FORMS]
        checks = queries.checks_for(Kind.ESIGN, Reason.LOST)
        forms = [
            workflow.receive_form(by=officer, holder=holder, reason=Reason.LOST, checks=checks).pk
            for holder in holders.select_related("institution", "user")
        ]
        place = Institution.objects.filter(name__startswith="Ölçüm").earliest("pk")
        batch = timed("collected into a letter", lambda: batches.collect(forms, by=lead, recipient=place))
        letter = outgoing.approve(OutgoingLetter.objects.get(pk=batch.letter_id), by=approver)
        today = timezone.localdate()
        timed(
            "registered by EBYS",
            lambda: outgoing.register(letter, by=approver, number="E-80000000-719-533", dated=today),
        )
        batch = Batch.objects.get(pk=batch.pk)
        timed("posted", lambda: batches.post(batch, by=officer, parcel="RR533"))
        timed("labels", lambda: papers.labels_of(Batch.objects.get(pk=batch.pk)))
        transaction.set_rollback(True)
    return told
