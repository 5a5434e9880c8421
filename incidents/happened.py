"""What was done in the dossier, for the timeline of the case: read with the case itself; the unit alone is told."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.authority import works_in_unit
from accounts.models import User
from incidents.models import Breach, Happening, HappeningKind, NoticeTo, SanctionKind, TaskOutcome
from processes.panels import Event

KIND = "room"
K = HappeningKind
# The title of an entry by what it was and how it came out; where that does not matter, `OF_A_KIND` says it.
SAID: dict[tuple[str, str], str | Promise] = {
    (K.TASK, TaskOutcome.DONE): _("Task done: %(subject)s"),
    (K.TASK, TaskOutcome.NOT_NEEDED): _("Task not needed: %(subject)s"),
    (K.PHASE, "asked"): _("Notice marked incomplete: next phase by %(subject)s"),
    (K.PHASE, "nothing_left"): _("Nothing left to tell: the notice is complete"),
    (K.SILENCE, "proposed"): _("Proposed not to tell the Board"),
    (K.SILENCE, "signed"): _("Signed the decision not to tell the Board"),
    (K.SILENCE, "sent_back"): _("Sent the proposal not to tell the Board back"),
    (K.BARRIER, "holds"): _("Barrier holds: %(subject)s"),
    (K.BARRIER, "fails"): _("Barrier does not hold: %(subject)s"),
    (K.ALERT, "told"): _("Was told of the breach"),
    (K.ALERT, "taken"): _("Acknowledged the alert and took the breach on"),
    (K.ALERT, "passed_on"): _("Nobody acknowledged in time: the next person was told"),
}
OF_A_KIND: dict[str, str | Promise] = {
    K.EVIDENCE: _("Evidence secured: %(subject)s"),
    K.HANDOVER: _("Evidence handed over: %(subject)s"),
    K.NOTICE: _("Notice recorded: %(subject)s"),
    K.REVIEW: _("Review held"),
    K.ACTION: _("Action of the review carried out: %(subject)s"),
    K.SANCTION: _("Sanction recorded: %(subject)s"),
}
# The drawing of an entry and the part of the dossier it leads to.
PLACES: dict[str, tuple[str, str]] = {
    K.EVIDENCE: ("box", "evidence"),
    K.HANDOVER: ("box", "evidence"),
    K.TASK: ("check", "tasks"),
    K.NOTICE: ("letter-out", "clock"),
    K.PHASE: ("clock", "clock"),
    K.SILENCE: ("info", "clock"),
    K.BARRIER: ("lock", "follow-ups"),
    K.REVIEW: ("list", "follow-ups"),
    K.ACTION: ("check", "follow-ups"),
    K.SANCTION: ("note", "sanctions"),
    K.ALERT: ("phone", "clock"),
}


def with_happenings(breaches: QuerySet[Breach]) -> QuerySet[Breach]:
    """Breaches with what was done in their dossiers, read in the same query (`events` tells it)."""
    told = JSONObject(
        kind="kind",
        code="code",
        at="at",
        subject="subject",
        detail="detail",
        by="by",
        first_name="by__first_name",
        last_name="by__last_name",
        principal="principal",
        principal_first_name="principal__first_name",
        principal_last_name="principal__last_name",
    )
    done = Happening.objects.filter(breach=OuterRef("pk")).order_by("at", "key")
    return breaches.annotate(happenings=ArraySubquery(done.values(told=told)))


def events(breach: Breach, user: User) -> Iterator[Event]:
    """The acts of the dossier as entries of the timeline; nothing for who does not do the unit's work."""
    if not works_in_unit(user):
        return
    address = breach.get_dossier_url()
    for one in getattr(breach, "happenings", ()):
        icon, part = PLACES[one["kind"]]
        title = SAID.get((one["kind"], one["code"])) or OF_A_KIND[one["kind"]]
        yield Event(
            at=datetime.fromisoformat(one["at"]),
            kind=KIND,
            title=str(title) % {"subject": _subject(one)},
            text=one["detail"],
            by=_named(one),
            on_behalf_of=_named(one, "principal"),
            url=f"{address}#{part}",
            icon=icon,
        )


def _subject(one: dict[str, Any]) -> str:
    """What an act was about, in the reader's language."""
    if one["kind"] == K.NOTICE:
        return str(NoticeTo(one["code"]).label)
    if one["kind"] == K.SANCTION:
        return str(SanctionKind(one["code"]).label)
    return str(one["subject"])


def _named(one: dict[str, Any], whose: str = "by") -> User | None:
    """Who it was, or in whose name, as far as a timeline names people."""
    if one[whose] is None:
        return None
    mark = "" if whose == "by" else f"{whose}_"
    return User(pk=one[whose], first_name=one[f"{mark}first_name"], last_name=one[f"{mark}last_name"])
