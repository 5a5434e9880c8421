"""5.3.2: the register of breaches with 100,000 rows, and a minute of passing alerts on.

The pages are opened by the bench's staff visitor; who does not know of breaches pays for being shown none of 100,000.
"""

from __future__ import annotations

import os
import time

from django.db import connection, transaction
from django.utils import timezone

from incidents import alerting
from incidents.models import Breach

ROWS = int(os.environ.get("BENCH_ROWS", "100000"))
PAGES = {
    "register of breaches": "/breaches/",
    "breaches, 72 hours running": "/breaches/?clock=running",
    "due after breaches": "/breaches/follow-ups/",
}

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


def fill() -> None:
    """Breaches as they are after years."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CASES, [ROWS])
        cursor.execute(BREACHES, [])
        cursor.execute("ANALYZE processes_case; ANALYZE incidents_breach")


def rows() -> list[str]:
    """A hundred alerts nobody acknowledged, passed on in one run of the minute's task."""
    now = timezone.now()
    with transaction.atomic():
        for breach in Breach.objects.light().filter(number__startswith="5.3.2/2020/")[:100]:
            alerting.begin(breach, now)
        began = time.perf_counter()
        told = alerting.pass_on_due(now + alerting.time_for("C"))
        took = time.perf_counter() - began
        transaction.set_rollback(True)
    return [f"breaches: {told} unanswered alerts passed on in {took:.2f} s (promised: within the minute)"]
