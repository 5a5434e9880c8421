"""5.3.2: the register of breaches with 100,000 rows, what hangs on them, and a minute of passing alerts on.

The pages are opened by the bench's staff visitor, who does not know of breaches and is shown none of 100,000; `rows`
opens the same pages as the unit head, who sees them all.
"""

from __future__ import annotations

import os
import time
from statistics import median

from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.queries import people_with_role
from accounts.roles import Role
from incidents import alerting
from incidents.models import Breach

ROWS = int(os.environ.get("BENCH_ROWS", "100000"))
PAGES = {
    "register of breaches": "/breaches/",
    "breaches, 72 hours running": "/breaches/?clock=running",
    "breach alerts": "/breaches/alerts/",
    "due after breaches": "/breaches/follow-ups/",
    "sanctions awaited": "/breaches/follow-ups/?kind=sanction",
}
SEEN = {
    **PAGES,
    "barriers to verify": "/breaches/follow-ups/?kind=barrier",
    "notices to be completed": "/breaches/follow-ups/?kind=phase",
    "breaches of level A": "/breaches/?level=A",
    "my work": "/",
}
TURNS = 25

CASES = """
INSERT INTO processes_case (number, subprocess_id, definition_id, state, title, applicant_name, applicant_contact, channel,
    step_id, queue_at, opened_at, opened_by_id, waiting_reason, outcome, version, is_confidential)
SELECT '5.3.2/2020/' || lpad(n::text, 6, '0'), step.subprocess_id, step.definition_id, 'reported', 'Konu ' || n, '', '',
    'telephone', step.id, '9999-12-31', now() - n * interval '5 minutes', who.id, '', '', 1, true
FROM generate_series(1, %s) AS n,
    (SELECT one.id, one.definition_id, definition.subprocess_id FROM processes_stepdefinition one
     JOIN processes_definition definition ON definition.id = one.definition_id
     JOIN processes_subprocess sub ON sub.id = definition.subprocess_id
     WHERE sub.number = '5.3.2' AND one.key = 'decide' AND definition.state = 'approved' LIMIT 1) AS step,
    (SELECT id FROM accounts_user ORDER BY id LIMIT 1) AS who
"""
BREACHES = """
INSERT INTO incidents_breach (case_ptr_id, source, source_reference, is_anonymous, level, description, system, learned_at,
    reported_at, personal_data, is_special_category, affected_groups, data_kinds, consequences, decision, decision_reason,
    referral_number, containment_note, answer_channel, answer_note)
SELECT id, 'telephone', '', false, 'C', '', '', opened_at, opened_at, CASE WHEN id %% 50 = 0 THEN 'unknown' ELSE 'no' END,
    false, '', '', '', '', '', '', '', '', ''
FROM processes_case WHERE number LIKE '5.3.2/2020/%%'
"""
# One of each to a breach; a tenth of the sanctions and of the phases of notices, a hundredth of the barriers and a
# thousandth of the others are still open.
HANGING = """
INSERT INTO incidents_alert (breach_id, person_id, rank, told_at, answer_by, acknowledged_at, acknowledged_by_id)
SELECT id, who, 0, opened_at, opened_at + interval '15 minutes',
    CASE WHEN id %% 1000 > 0 THEN opened_at + interval '5 minutes' END, CASE WHEN id %% 1000 > 0 THEN who END
FROM bench_breach WHERE id %% 100 <> 7;
INSERT INTO incidents_task (breach_id, phase, text, is_mandatory, outcome, note, settled_at, settled_by_id)
SELECT id, 'contain', 'Oturumları kapat', true, 'done', '', opened_at, who FROM bench_breach;
INSERT INTO incidents_task (breach_id, phase, text, is_mandatory, outcome, note, settled_at, settled_by_id, awaits, due_on)
SELECT id, 'close', 'Disiplin soruşturmasının sonucunu kaydet', false, CASE WHEN id %% 10 = 0 THEN '' ELSE 'done' END, '',
    CASE WHEN id %% 10 > 0 THEN now() END, CASE WHEN id %% 10 > 0 THEN who END, 'discipline', opened_at::date + 60
FROM bench_breach;
INSERT INTO incidents_notice (breach_id, addressee, position, sent_at, way, reference, summary, late_reason, recorded_at,
    recorded_by_id)
SELECT id, 'board', 1, opened_at, 'Form', '', 'İlk bildirim', '', opened_at, who FROM bench_breach;
INSERT INTO incidents_noticephase (notice_id, breach_id, due_on, missing, asked_at, asked_by_id, settled_at,
    settled_by_id, reason)
SELECT notice.id, breach_id, sent_at::date + 30, 'Kişi sayısı', sent_at, who, CASE WHEN breach_id %% 10 > 0 THEN now() END,
    CASE WHEN breach_id %% 10 > 0 THEN who END, CASE WHEN breach_id %% 10 > 0 THEN 'Eksik kalmadı' ELSE '' END
FROM bench_breach JOIN incidents_notice notice ON notice.breach_id = bench_breach.id;
INSERT INTO incidents_barrier (breach_id, text, owner_id, verify_on, verified_at, verified_by_id, holds, finding)
SELECT id, 'Parola kuralı', who, opened_at::date + 30, CASE WHEN id %% 100 > 0 THEN now() END,
    CASE WHEN id %% 100 > 0 THEN who END, CASE WHEN id %% 100 > 0 THEN true END,
    CASE WHEN id %% 100 > 0 THEN 'Duruyor' ELSE '' END
FROM bench_breach;
INSERT INTO incidents_review (breach_id, due_on, held_on, held_by_id, participants, course, lessons)
SELECT id, opened_at::date + 30, CASE WHEN id %% 1000 > 0 THEN opened_at::date END,
    CASE WHEN id %% 1000 > 0 THEN who END, '', '', CASE WHEN id %% 1000 > 0 THEN 'Eğitim' ELSE '' END
FROM bench_breach;
INSERT INTO incidents_reviewaction (review_id, text, owner_id, due_on, done_at, done_by_id, result)
SELECT review.id, 'Eğitim ver', who, review.due_on, CASE WHEN bench_breach.id %% 1000 > 1 THEN now() END,
    CASE WHEN bench_breach.id %% 1000 > 1 THEN who END, CASE WHEN bench_breach.id %% 1000 > 1 THEN 'Verildi' ELSE '' END
FROM bench_breach JOIN incidents_review review ON review.breach_id = bench_breach.id;
"""
TABLES = (
    "processes_case",
    *(
        f"incidents_{name}"
        for name in ("breach", "alert", "task", "notice", "noticephase", "barrier", "review", "reviewaction")
    ),
)


def fill() -> None:
    """Breaches as they are after years, each told, worked on and looked back at."""
    if Breach.objects.filter(number="5.3.2/2020/000001").exists():
        return
    breaches = (
        "SELECT id, opened_at, (SELECT min(id) FROM accounts_user) AS who FROM processes_case"
        " WHERE number LIKE '5.3.2/2020/%%'"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CASES, [ROWS])
        cursor.execute(BREACHES, [])
        for statement in HANGING.strip().removesuffix(";").split(";"):
            cursor.execute(f"WITH bench_breach AS ({breaches}) {statement}", [])
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {', '.join(TABLES)}")


def rows() -> list[str]:
    """What who knows of breaches waits for, and a hundred alerts nobody acknowledged passed on in one run."""
    return [*seen_by_the_head(), passed_on()]


def seen_by_the_head() -> list[str]:
    """The room's pages as the unit head sees them, each beside the floor in the same process."""
    from bench.__main__ import cookies_of  # the bench itself, once it runs

    client = Client(SERVER_NAME="127.0.0.1")
    client.cookies.load(cookies_of(people_with_role(Role.UNIT_HEAD)[0].username))
    times: dict[str, list[float]] = {}
    for _turn in range(TURNS):
        for name, address in {"floor": "/floor/", **SEEN}.items():
            began = time.perf_counter()
            status = client.get(address).status_code
            times.setdefault(name, []).append(time.perf_counter() - began)
            if status != 200:
                raise RuntimeError(f"{address} answered {status}")
    floor = median(times.pop("floor"))
    return [
        f"{name}, as the unit head: {median(took) * 1000:.0f} ms ({median(took) / floor:.1f} x floor)"
        for name, took in times.items()
    ]


def passed_on() -> str:
    """The minute's task with a hundred alerts due."""
    now = timezone.now()
    fresh = Breach.objects.light().filter(number__startswith="5.3.2/2020/", alerts__isnull=True)[:100]
    with transaction.atomic():
        for breach in fresh:
            alerting.begin(breach, now)
        began = time.perf_counter()
        told = alerting.pass_on_due(now + alerting.time_for("C"))
        took = time.perf_counter() - began
        transaction.set_rollback(True)
    return f"breaches: {told} unanswered alerts passed on in {took:.2f} s (promised: within the minute)"
