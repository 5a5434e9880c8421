"""5.3.7 after years: 100,000 authorities, a matrix of one application, a comparison of 20,000 users."""

from __future__ import annotations

import time
from datetime import timedelta
from io import BytesIO

from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone

from accounts.models import Employee, User
from accounts.queries import people_with_role
from accounts.roles import Role
from audit.context import signed_in
from bench.fill import FIRST, LAST, places
from processes.imports import machine
from webapps import demo, reviewing, workflow
from webapps.imports import IMPORTER
from webapps.models import Application, Reconciliation, RequestLine, ReviewPart

PEOPLE = 20_000
AUTHORITIES = 100_000
LIST = 20_000
PAST = (timezone.localdate() - timedelta(days=250)).isoformat()
PAGES = {
    "5.3.7: who has access, today": "/access/",
    "5.3.7: who had access, a past day": f"/access/?on={PAST}",
    "5.3.7: matrix of an application": "/applications/1/matrix/",
    "5.3.7: differences of a comparison": "/reconciliations/1/",
    "5.3.7: what a reviewer decides on": "/reviews/parts/1/",
}


def fill() -> None:
    """People, five authorities for each over the years; every tenth has ended. All behind one request's line."""
    lead = people_with_role(Role.IT_LEAD)[0]
    places()
    with signed_in(lead), transaction.atomic():
        for row in demo.APPLICATIONS:
            demo._application(*row)
        PAGES["5.3.7: matrix of an application"] = f"/applications/{measured().pk}/matrix/"
        if Employee.objects.filter(registry_no__startswith="ÖLÇ").exists():
            open_pages()
            return
        staff()
        line = origin(lead)
        with connection.cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO webapps_authority
                    (employee_id, application_id, role_id, institution_id, since, until, granted_by_line_id, ended_by_line_id)
                SELECT e.id, r.application_id, r.id, e.institution_id,
                       now() - ((e.id * 7 + r.id * 13) %% 700 + 20) * interval '1 day',
                       CASE WHEN (e.id + r.id) %% 10 = 0 THEN now() - ((e.id * 7 + r.id * 13) %% 20) * interval '1 day' END,
                       %s, CASE WHEN (e.id + r.id) %% 10 = 0 THEN %s END
                FROM accounts_employee e
                CROSS JOIN webapps_approle r
                WHERE e.registry_no LIKE 'ÖLÇ%%' AND (r.id = %s OR (e.id + r.id * 3) %% 8 = 0)
                LIMIT %s
                """,
                [line.pk, line.pk, measured().roles.order_by("pk")[0].pk, AUTHORITIES],
            )
            cursor.execute("ANALYZE webapps_authority, accounts_employee")
        differences(lead)
        review(lead)
        open_pages()


def differences(lead: User) -> None:
    """A comparison with twenty thousand users nobody knows, every second of them settled."""
    run = Reconciliation.objects.create(
        application=measured(),
        file_name="olcum.csv",
        digest="0" * 64,
        rows=LIST,
        same=0,
        made_at=timezone.now(),
        made_by=lead,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO webapps_difference
                (application_id, reconciliation_id, kind, login, listed_name, role_code, settlement, reason,
                 settled_at, settled_by_id)
            SELECT %s, %s, 'unknown', 'BİL' || n, 'Bilinmeyen Kullanıcı ' || n, 'ROL' || n %% 7,
                   CASE WHEN n %% 2 = 0 THEN 'accepted' ELSE '' END, CASE WHEN n %% 2 = 0 THEN 'Servis hesabı' ELSE '' END,
                   CASE WHEN n %% 2 = 0 THEN now() END, CASE WHEN n %% 2 = 0 THEN %s END
            FROM generate_series(1, %s) AS n
            """,
            [run.application_id, run.pk, lead.pk, LIST],
        )
        cursor.execute("ANALYZE webapps_difference")


def review(lead: User) -> None:
    """A running review of everybody in the measured application."""
    reviewing.begin(
        by=lead,
        title="Ölçüm gözden geçirmesi",
        applications=[measured()],
        deadline=timezone.localdate() + timedelta(days=30),
        reviewer=lead,
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE webapps_reviewpart, webapps_reviewitem")


def open_pages() -> None:
    """The pages opened are those of the measured comparison and of the largest part of its review."""
    run = Reconciliation.objects.filter(file_name="olcum.csv").latest("pk")
    part = ReviewPart.objects.annotate(size=Count("items")).latest("size")
    PAGES["5.3.7: differences of a comparison"] = run.get_absolute_url()
    PAGES["5.3.7: what a reviewer decides on"] = f"/reviews/parts/{part.pk}/"


def staff() -> None:
    """Twenty thousand people in a hundred hospitals."""
    from accounts.models import Institution

    hospitals = list(Institution.objects.filter(name__startswith="Ölçüm").order_by("pk"))
    Employee.objects.bulk_create(
        (
            Employee(
                first_name=FIRST[number % len(FIRST)],
                last_name=f"{LAST[number // 13 % len(LAST)]}",
                registry_no=f"ÖLÇ{number:06d}",
                institution=hospitals[number % len(hospitals)],
            )
            for number in range(PEOPLE)
        ),
        batch_size=5000,
    )


def origin(lead: User) -> RequestLine:
    """The line every measured authority comes from."""
    from webapps.lines import Entry

    who = Employee.objects.filter(registry_no="ÖLÇ000000").get()
    application = measured()
    asked = workflow.request(
        by=lead,
        title="Ölçüm",
        applicant_institution=who.institution,
        lines=[Entry(application, who, "authorise", application.roles.order_by("pk")[0])],
    )
    return asked.lines.get()


def measured() -> Application:
    """The application whose matrix and list are measured."""
    return Application.objects.get(code=demo.APPLICATIONS[0][0])


def rows() -> list[str]:
    """An exported list of 20,000 users compared with the register."""
    lead = people_with_role(Role.IT_LEAD)[0]
    application = measured()
    role = application.roles.order_by("pk")[0]
    numbers = Employee.objects.filter(registry_no__startswith="ÖLÇ").order_by("pk")
    lines = [f"{number};{role.code}" for number in numbers.values_list("registry_no", flat=True)[:LIST]]
    text = "Sicil No;Rol\n" + "\n".join(lines) + f"\nYOK{time.time_ns()};{role.code}\n"
    scope, file = str(application.pk), BytesIO(text.encode())
    began = time.monotonic()
    table = machine.take_in(IMPORTER, file, "olcum.csv", scope=scope, by=lead)
    shown = time.monotonic() - began
    began = time.monotonic()
    machine.confirm(IMPORTER, table, by=lead)
    kept = time.monotonic() - began
    words = f"promise ≤ 10 s ({table.same_count} agree, {table.new_count} only listed, {table.changed_count} missing)"
    return [
        f"{'5.3.7: list of 20 000 users, preview':<56}{shown:>6.1f} s  {words}",
        f"{'5.3.7: the comparison kept':<56}{kept:>6.1f} s  promise ≤ 10 s",
    ]
