"""What is known of a breach grows while it is worked on: moments, level, category, the personal data reached."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from accounts.models import User
from audit.context import because
from incidents import alerting, holding
from incidents.behalf import in_whose_right
from incidents.models import Breach, Category, PersonalData
from incidents.services import checklists, easing
from incidents.services.writing import moment, not_ahead
from processes.services.cases import handled


def change(
    breach: Breach,
    *,
    by: User,
    level: str,
    category: Category | None,
    personal_data: str,
    learned_at: datetime,
    reported_at: datetime,
    occurred_at: datetime | None = None,
    detected_at: datetime | None = None,
    reason: str = "",
    version: int | None = None,
    now: datetime | None = None,
    **facts: Any,
) -> Breach:
    """Write down what is known now. `facts` are system, is_special_category, affected_count, affected_groups,
    data_kinds and consequences. A higher level shortens the time to acknowledge and keeps the logs. What ends or
    lengthens the 72 hours needs its `reason`, and the lead once personal data were involved.
    """
    now = moment(now)
    not_ahead(
        now, occurred_at=occurred_at, detected_at=detected_at, learned_at=learned_at, reported_at=reported_at
    )
    by_lead = easing.is_for_the_lead(breach) and easing.eases(breach, personal_data, learned_at)
    roles = easing.deciding_roles(breach) if by_lead else ()
    with (
        because(on_behalf_of=in_whose_right(by, roles, breach)),
        handled(breach, "assess_breach", by=by, reason=reason.strip(), version=version) as (case, _run),
    ):
        assert isinstance(case, Breach)
        locked = case
        easing.require(locked, personal_data, learned_at, by=by, reason=reason)
        easing.require_untold(locked, personal_data)
        easing.require_learned_before_told(locked, learned_at)
        if locked.clock_runs and easing.eases(locked, personal_data, learned_at):
            easing.tell(locked, by)
        locked.level, locked.category, locked.personal_data = level, category, personal_data
        locked.occurred_at, locked.detected_at = occurred_at, detected_at
        locked.learned_at, locked.reported_at = learned_at, reported_at
        for name, value in facts.items():
            setattr(locked, name, value)
        if personal_data != PersonalData.YES:
            locked.is_special_category = False
        if category is not None:
            checklists.take_over(locked)
        alerting.hurry(locked)
        holding.keep_logs(locked, by=by)
    return locked
