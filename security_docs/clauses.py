"""How this room keeps the steps of 5.3.1, and the clauses of Ek-5 that ask for a written document."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Training
from processes import clauses
from processes.errors import Text
from processes.lateness import late
from security_docs import queries
from security_docs.models import Document, Kind, Reading, Version, VersionState

APP = "security_docs"
LATE = timedelta(days=30)  # after the day to read by
HOW = {
    "5.3.1.1": gettext_lazy(
        "The Ministry's document is registered with its letter, number, date and clauses."
    ),
    "5.3.1.2": gettext_lazy(
        "An evaluation is concluded only when every clause is judged; a gap has an owner and a day."
    ),
    "5.3.1.3": gettext_lazy(
        "The step is done when a version is approved by the people named for it, or the lead wrote that none is needed."
    ),
    "5.3.1.4": gettext_lazy(
        "The record closes only when EBYS registered the letter and the announcement is on the web page."
    ),
}
DOCUMENTED: tuple[tuple[str, Kind, Text], ...] = (
    (
        "5.1.1",
        Kind.EMERGENCY_PLAN,
        gettext_lazy(
            "The emergency plan stands in the document register: in force, reviewed, read by its readers."
        ),
    ),
    (
        "5.2.13",
        Kind.BACKUP_PLAN,
        gettext_lazy(
            "The backup standard stands in the document register: in force, reviewed, read by its readers."
        ),
    ),
    (
        "5.3.5",
        Kind.BACKUP_PLAN,
        gettext_lazy("Backup plans are written, approved by named people and reviewed on their day."),
    ),
)


def documented(kind: Kind) -> Callable[[], Sequence[str]]:
    """A check that a document of this kind is in force, its review not overdue, and its readers not far behind."""

    def check() -> Sequence[str]:
        in_force = Version.objects.filter(
            state=VersionState.PUBLISHED, document__kind=kind, document__ended_on__isnull=True
        ).select_related("document")
        versions = list(in_force.defer("body", "extracted", "laid_out_text"))
        if not versions:
            return [_("No document of the kind “%(kind)s” is in force.") % {"kind": kind.label}]
        today = timezone.localdate()
        found = [
            _("%(document)s should have been reviewed by %(day)s.")
            % {"document": version.document, "day": f"{version.document.next_review_on:%d.%m.%Y}"}
            for version in versions
            if version.document.is_review_due(today)
        ]
        for version in versions:
            tally = queries.tally(version)
            if version.read_by and version.read_by + LATE < today and tally.open:
                found.append(
                    _("%(count)d people have not signed %(version)s a month after the day to read it by.")
                    % {"count": tally.open, "version": version.label}
                )
        return found

    return check


def trained() -> Sequence[str]:
    """A training document is in force, and those who signed it stand in the training register as well."""
    documents = Document.objects.in_use().filter(kind=Kind.TRAINING).exclude(training_subject="")
    found = list(documented(Kind.TRAINING)())
    today = timezone.localdate()
    for document in documents:
        signed = Reading.objects.filter(
            version__document=document,
            version__state=VersionState.PUBLISHED,
            signed_at__isnull=False,
        )
        held = Training.objects.current(today).filter(subject=document.training_subject)
        missing = signed.exclude(
            Exists(held.filter(user=OuterRef("user")))
            | Exists(held.filter(employee=OuterRef("employee")))
            | Exists(held.filter(user=OuterRef("employee__user")))
            | Exists(held.filter(employee__user=OuterRef("user")))
        ).count()
        if missing:
            found.append(
                _("%(count)d people signed %(document)s but have no such training in the register.")
                % {"count": missing, "document": document.number}
            )
    return found


def declare() -> None:
    """Tell the registry; called once when the room moves in."""
    for number, how in HOW.items():
        clauses.declare(APP, number, how, late(number))
    for number, kind, written in DOCUMENTED:
        clauses.declare(APP, number, written, documented(kind))
    clauses.declare(
        APP,
        "5.4.1.6",
        gettext_lazy(
            "Training documents are read and signed; each signature, on paper too, makes its entry in the training register, "
            "where trainings are also entered for staff without an account."
        ),
        trained,
    )
