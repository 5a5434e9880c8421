"""Cases by the million, written by the database itself: what a list meets after years of work."""

from __future__ import annotations

from django.db import connection

from accounts.models import Institution, InstitutionKind, User
from helpdesk.demo import TROUBLES
from processes import catalogue
from processes.models import Case
from processes.turkish import fold, tr_lower

INSTITUTIONS = 100  # so that each sees one case in a hundred
PEOPLE = 5_000
OPEN_EVERY = 20  # one case in twenty is open
FIRST = (
    "Ayşe",
    "Çağrı",
    "Emre",
    "Fadıl",
    "Gülşah",
    "Hülya",
    "İlker",
    "Jale",
    "Kâzım",
    "Leylâ",
    "Mümtaz",
    "Nazlı",
    "Öznur",
)
LAST = (
    "Aydın",
    "Bulut",
    "Çetin",
    "Demir",
    "Erdoğdu",
    "Filiz",
    "Güneş",
    "Hızlı",
    "Işık",
    "Kılıç",
    "Öztürk",
    "Şahin",
    "Yıldız",
)


def places() -> None:
    """Institutions and people who ask; made once."""
    if Institution.objects.filter(name__startswith="Ölçüm").exists():
        return
    Institution.objects.bulk_create(
        Institution(
            name=f"Ölçüm {number}. Devlet Hastanesi",
            name_dative=f"ÖLÇÜM {number}. DEVLET HASTANESİNE",
            kind=InstitutionKind.STATE_HOSPITAL,
            detsis_no=str(80_000_000 + number),
        )
        for number in range(INSTITUTIONS)
    )
    hospitals = list(Institution.objects.filter(name__startswith="Ölçüm").order_by("pk"))
    User.objects.bulk_create(
        User(
            username=f"olcum{number}",
            first_name=FIRST[number % len(FIRST)],
            last_name=f"{LAST[number // len(FIRST) % len(LAST)]}{number:04d}",
            institution=hospitals[number % INSTITUTIONS],
            password="!",
        )
        for number in range(PEOPLE)
    )


CASES = """
INSERT INTO processes_case (number, subprocess_id, definition_id, state, title, applicant_id, applicant_name,
    applicant_contact, applicant_institution_id, channel, assignee_id, step_id, due_at, queue_at, waiting_reason, opened_at,
    opened_by_id, closed_at, closed_by_id, outcome, version, search)
SELECT '5.3.6/2020/' || lpad(n::text, 9, '0'), %(subprocess)s, %(definition)s,
    CASE WHEN n %% %(open)s = 0 THEN 'reported' ELSE 'closed' END,
    titles.t[1 + n %% array_length(titles.t, 1)], people.ids[1 + n %% array_length(people.ids, 1)], '', '',
    people.places[1 + n %% array_length(people.ids, 1)], 'telephone',
    CASE WHEN n %% (%(open)s * 2) = 0 THEN staff.ids[1 + n %% array_length(staff.ids, 1)] END,
    CASE WHEN n %% %(open)s = 0 THEN %(step)s END, NULL,
    CASE WHEN n %% %(open)s = 0 THEN now() + ((n::bigint * 7919 %% 86400) || ' seconds')::interval
        ELSE '9999-12-31T00:00:00+03'::timestamptz END, '',
    now() - ((n::bigint * 104729 %% 157680000) || ' seconds')::interval, staff.ids[1],
    CASE WHEN n %% %(open)s = 0 THEN NULL ELSE now() END, CASE WHEN n %% %(open)s = 0 THEN NULL ELSE staff.ids[1] END, '', 1,
    to_tsvector('turkish', titles.lowered[1 + n %% array_length(titles.t, 1)]) ||
    to_tsvector('simple', titles.folded[1 + n %% array_length(titles.t, 1)] || ' ' ||
        people.folded[1 + n %% array_length(people.ids, 1)] || ' ' || n)
FROM generate_series(%(first)s, %(last)s) AS n,
    (SELECT %(titles)s::text[] AS t, %(lowered)s::text[] AS lowered, %(folded)s::text[] AS folded) AS titles,
    (SELECT array_agg(id ORDER BY id) AS ids, array_agg(institution_id ORDER BY id) AS places,
        array_agg(search_key ORDER BY id) AS folded FROM accounts_user WHERE username LIKE 'olcum%%') AS people,
    (SELECT array_agg(id ORDER BY id) AS ids FROM accounts_user WHERE username LIKE 'bilgi.islem%%') AS staff
"""
TICKETS = """
INSERT INTO helpdesk_ticket (case_ptr_id, priority, description, finding, way, nothing_needed, solution, answer_channel,
    answer_note, satisfaction_note, reopenings)
SELECT id, 3, '', '', '', false, '', '', '', '', 0 FROM processes_case
WHERE NOT EXISTS (SELECT 1 FROM helpdesk_ticket WHERE case_ptr_id = processes_case.id)
"""
RUNS = """
INSERT INTO processes_steprun (case_id, step_id, entered_at, pauses, outcome, note)
SELECT id, step_id, opened_at, '[]', '', '' FROM processes_case
WHERE closed_at IS NULL AND NOT EXISTS (SELECT 1 FROM processes_steprun WHERE case_id = processes_case.id)
"""


def cases(total: int) -> None:
    """Bring the number of cases up to `total`, one in twenty open."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM processes_case")
        (present,) = cursor.fetchone()
    if present < total:
        _write(present + 1, total, OPEN_EVERY)


def waiting(count: int) -> list[str]:
    """The numbers of that many more cases that wait for their first step."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM processes_case")
        (last,) = cursor.fetchone()
    _write(last + 10_000_000, last + 10_000_000 + count - 1, 1)
    return list(Case.objects.filter(pk__gt=last).values_list("number", flat=True))


def _write(first: int, last: int, open_every: int) -> None:
    definition = catalogue.approved("5.3.6")
    step = catalogue.sheet(definition.pk).step("assess")
    assert step is not None
    titles = [title for title, *_rest in TROUBLES]
    values = {
        "subprocess": definition.subprocess_id,
        "definition": definition.pk,
        "step": step.pk,
        "open": open_every,
        "titles": titles,
        "lowered": [tr_lower(title) for title in titles],
        "folded": [fold(title) for title in titles],
        "first": first,
        "last": last,
    }
    with connection.cursor() as cursor:
        for statement in (CASES, TICKETS, RUNS):
            cursor.execute(statement, values)
        cursor.execute("VACUUM (ANALYZE) processes_case, helpdesk_ticket, processes_steprun")
