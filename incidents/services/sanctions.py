"""The sanctions that followed from a breach (çıktı: Yaptırım); often decided long after it was closed."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from incidents.models import Breach, Sanction, SanctionKind
from incidents.services.writing import moment, writing, written
from processes.errors import RuleBroken
from processes.gate import save


def record(
    breach: Breach,
    *,
    by: User,
    kind: str,
    decided_by: str,
    decided_on: date,
    concerning: str = "",
    reference: str = "",
    text: str = "",
    now: datetime | None = None,
) -> Sanction:
    """A sanction as its own authority decided it; “no sanction” is recorded too."""
    if kind not in SanctionKind.values:
        raise RuleBroken(_("Say which sanction it was."), fields={"kind": [_("Choose one.")]})
    decided_by = written(decided_by, "decided_by", _("Write who decided it."))
    if decided_on > timezone.localdate(now):
        sentence = _("This day has not come yet.")
        raise RuleBroken(sentence, fields={"decided_on": [sentence]})
    with writing(breach, "record_sanction", by=by, reason=text, closed_too=True) as locked:
        sanction = Sanction(
            breach_id=locked.pk,
            kind=kind,
            concerning=concerning.strip(),
            decided_by=decided_by,
            decided_on=decided_on,
            reference=reference.strip(),
            text=text.strip(),
            recorded_at=moment(now),
            recorded_by=by,
        )
        save(sanction)
    return sanction
