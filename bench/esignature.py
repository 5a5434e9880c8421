"""5.3.3 after years: 100,000 certificates of 20,000 people in a hundred hospitals, a letter of 500 forms, a table of 20,000."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import TypeVar

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Employee, Institution, User
from accounts.queries import people_with_role
from accounts.roles import Role
from audit.context import signed_in
from bench.fill import FIRST, LAST, places
from ebys.models import OutgoingLetter
from ebys.reference import load_templates
from ebys.workflow import outgoing
from esignature import asking, batches, papers, queries, workflow
from esignature.imports import IMPORTER
from esignature.models import Batch, Certificate, Kind, Reason
from processes.imports import machine

PEOPLE = 20_000
FORMS = 500
MARK = "İMZ"
PAGES: dict[str, str] = {
    "5.3.3: certificates, those that end first": "/e-signatures/",
    "5.3.3: certificates that end within 90 days": "/e-signatures/?standing=within90",
    "5.3.3: certificates of one name": "/e-signatures/?q=demir",
    "5.3.3: a certificate's serial number": "/e-signatures/?q=B5000N1",
    "5.3.3: coverage by institution": "/e-signatures/coverage/",
    "5.3.3: batch letters": "/e-signatures/batches/",
    "5.3.3: forms to look at": "/e-signatures/forms/",
    "5.3.3: certificates to record": "/e-signatures/outcomes/",
    "5.3.3: staff without a certificate": "/e-signatures/coverage/1/",
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
# Letters that were given up: the list shows them like the others, and no letter of EBYS has to be made for them.
BATCHES = """
INSERT INTO esignature_batch (state, version, made_by_id, made_at, parcel)
SELECT 'dissolved', 1, %s, now() - n * interval '1 day', '' FROM generate_series(1, 2000) AS n
"""


def fill() -> None:
    """The staff and five certificates of each; two thousand batch letters of the years."""
    _open_pages()
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
        cursor.execute(BATCHES, [people_with_role(Role.IT_LEAD)[0].pk])
        cursor.execute("ANALYZE esignature_certificate, accounts_employee, esignature_batch")
    _open_pages()


def _open_pages() -> None:
    """The page of one institution's staff is that of the first hospital."""
    first = Institution.objects.filter(name__startswith="Ölçüm").order_by("pk").first()
    if first is not None:
        PAGES["5.3.3: staff without a certificate"] = f"/e-signatures/coverage/{first.pk}/?kind=mobile"


def rows() -> list[str]:
    """What a clerk waits for, each beside its promise; everything is taken back at the end."""
    lead = people_with_role(Role.IT_LEAD)[0]
    load_templates()
    told: list[str] = []
    with transaction.atomic(), signed_in(lead):
        _letter(lead, told)
        transaction.set_rollback(True)
    with transaction.atomic(), signed_in(lead):
        _table(lead, told)
        transaction.set_rollback(True)
    return told


def _timed(told: list[str], what: str, most: int, work: Callable[[], T]) -> T:
    began = time.perf_counter()
    done = work()
    told.append(f"{f'5.3.3: {what}':<56}{time.perf_counter() - began:>6.1f} s  promise ≤ {most} s")
    return done


def _letter(lead: User, told: list[str]) -> None:
    """A letter of 500 forms: collected with its list, registered and posted for all of them, labels; 200 asked for at once."""
    officer, approver = people_with_role(Role.IT_OFFICER)[0], people_with_role(Role.HIS_LEAD)[0]
    people = Employee.objects.filter(registry_no__startswith=MARK).order_by("-pk")
    holders = list(people.select_related("institution", "user")[: FORMS + asking.MOST])
    asks = queries.asks_of(holders[FORMS:], Kind.MOBILE)
    asks = [queries.Ask(ask.holder, ask.kind, Reason.RENEWAL) for ask in asks]
    _timed(told, f"{asking.MOST} requests opened at once", 10, lambda: asking.open_all(asks, by=officer))
    checks = queries.checks_for(Kind.ESIGN, Reason.LOST)
    forms = [
        workflow.receive_form(by=officer, holder=holder, reason=Reason.LOST, checks=checks).pk
        for holder in holders[:FORMS]
    ]
    place = Institution.objects.filter(name__startswith="Ölçüm").earliest("pk")
    batch = _timed(
        told,
        f"letter of {FORMS} forms collected, with its list",
        10,
        lambda: batches.collect(forms, by=lead, recipient=place),
    )
    letter = outgoing.approve(OutgoingLetter.objects.get(pk=batch.letter_id), by=approver)
    today = timezone.localdate()
    number = "E-80000000-719-533"
    _timed(
        told,
        f"registered, {FORMS} forms",
        2,
        lambda: outgoing.register(letter, by=approver, number=number, dated=today),
    )
    batch = Batch.objects.get(pk=batch.pk)
    _timed(told, f"posted, {FORMS} forms", 2, lambda: batches.post(batch, by=officer, parcel="RR533"))
    _timed(told, f"labels of {FORMS} forms", 10, lambda: papers.labels_of(Batch.objects.get(pk=batch.pk)))


def _table(lead: User, told: list[str]) -> None:
    """Existing certificates of 20,000 people from a table: judged, then taken in."""
    Certificate.objects.filter(holder__registry_no__startswith=MARK).delete()
    today = timezone.localdate()
    days = f"{today - timedelta(days=30):%d.%m.%Y};{today + timedelta(days=1000):%d.%m.%Y}"
    lines = [f"{MARK}{number:06d};E-imza;T{number:06d};Kart;{days}" for number in range(PEOPLE)]
    heads = "Sicil No;Tür;Seri No;Taşıyıcı;Başlangıç Tarihi;Bitiş Tarihi"
    file = BytesIO("\n".join([heads, *lines]).encode())
    table = _timed(
        told,
        f"table of {PEOPLE:,} certificates judged".replace(",", " "),
        10,
        lambda: machine.take_in(IMPORTER, file, "sertifikalar.csv", scope="", by=lead),
    )
    _timed(told, "the same taken in", 10, lambda: machine.confirm(IMPORTER, table, by=lead))
