"""The document register: documents entered and kept up, who reads them, and their periodic reviews."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import roles_of, works_in_unit
from accounts.models import Institution, Unit, User
from accounts.roles import Role
from audit.context import because
from processes.errors import NotPermitted, RuleBroken, WrongState
from processes.gate import save
from security_docs import readings
from security_docs.models import Audience, Document, Review, Version, VersionState
from security_docs.months import months_after

LEADS = frozenset({Role.HIS_LEAD, Role.UNIT_HEAD})
FIELDS = (
    "number",
    "title",
    "kind",
    "classification",
    "owner",
    "review_months",
    "needs_signature",
    "reading_days",
    "training_subject",
)


def enter(*, by: User, **values: Any) -> Document:
    """Put a document into the register; it has no version yet."""
    only_unit(by)
    document = Document(made_by=by, **{name: values[name] for name in FIELDS if name in values})
    with transaction.atomic(), because(step="document_enter", by=by):
        refuse_second(document)
        save(document)
    return document


def change(document: Document, *, by: User, **values: Any) -> Document:
    """Change what the register says of a document; its versions are not touched."""
    only_unit(by)
    with transaction.atomic(), because(step="document_change", by=by):
        locked = kept(document)
        _only_leads_classify(locked, by, values.get("classification", locked.classification))
        for name in FIELDS:
            if name in values:
                setattr(locked, name, values[name])
        refuse_second(locked)
        save(locked)
    return locked


def _only_leads_classify(document: Document, by: User, wanted: str) -> None:
    """The classification of what is in force opens it to others or shuts it: that is for the leads."""
    in_force = document.versions.filter(state=VersionState.PUBLISHED)
    if wanted != document.classification and not roles_of(by) & LEADS and in_force.exists():
        sentence = _("Only the leads change the classification of a document in force.")
        raise NotPermitted(sentence)


def end(document: Document, *, by: User, reason: str) -> Document:
    """The document is no longer kept. A version in force is retired first: nobody reads what does not hold."""
    if not roles_of(by) & LEADS:
        raise NotPermitted(_("Only the leads end a document."))
    if not reason.strip():
        sentence = _("Write why the document is no longer kept.")
        raise RuleBroken(sentence, fields={"reason": [sentence]})
    with transaction.atomic(), because(step="document_end", reason=reason, by=by):
        locked = kept(document)
        standing = locked.versions.exclude(state__in=(VersionState.RETIRED, VersionState.DISCARDED)).first()
        if standing is not None:
            raise RuleBroken(
                _("%(version)s is still “%(state)s”: retire or discard it first.")
                % {"version": standing.label, "state": standing.get_state_display()}
            )
        locked.ended_on, locked.ended_reason, locked.next_review_on = (
            timezone.localdate(),
            reason.strip(),
            None,
        )
        save(locked)
    return locked


def add_readers(
    document: Document,
    *,
    by: User,
    kind: str,
    institution: Institution | None = None,
    unit: Unit | None = None,
    institution_kind: str = "",
    role: str = "",
) -> Audience:
    """A group has to read the document: asked at once for the version in force, and for every later one."""
    only_unit(by)
    group = Audience(
        document=document,
        kind=kind,
        institution=institution if kind == "institution" else None,
        unit=unit if kind == "unit" else None,
        institution_kind=institution_kind if kind == "institution_kind" else "",
        role=role if kind == "role" else "",
    )
    with transaction.atomic(), because(step="readers_add", by=by):
        kept(document)
        save(group)
        in_force = Version.objects.filter(document=document, state=VersionState.PUBLISHED).first()
        if in_force is not None:
            readings.ask(in_force)
    return group


def remove_readers(group: Audience, *, by: User) -> None:
    """The group need no longer read it: what was signed stays, what was not is no longer expected."""
    only_unit(by)
    with transaction.atomic(), because(step="readers_remove", by=by):
        document = kept(group.document)
        group.delete()
        in_force = Version.objects.filter(document=document, state=VersionState.PUBLISHED).first()
        if in_force is not None:
            readings.drop_strangers(in_force)


def review(document: Document, *, by: User, note: str, on: date | None = None) -> Review:
    """Its review day has come and it holds as it stands; the next one is a period later."""
    on = on or timezone.localdate()
    only_unit(by)
    if on > timezone.localdate():
        sentence = _("A review does not lie in the future.")
        raise RuleBroken(sentence, fields={"on": [sentence]})
    with transaction.atomic(), because(step="document_review", reason=note, by=by):
        locked = kept(document)
        if not locked.versions.filter(state=VersionState.PUBLISHED).exists():
            raise WrongState(_("No version of this document is in force; there is nothing to review."))
        done = Review(
            document=locked,
            reviewed_on=on,
            reviewed_by=by,
            note=note.strip(),
            next_on=months_after(on, locked.review_months),
        )
        save(done)
        locked.next_review_on = done.next_on
        save(locked)
    return done


def kept(document: Document) -> Document:
    """The register's row, locked; refused once the document is no longer kept."""
    locked = Document.objects.select_for_update().get(pk=document.pk)
    if locked.ended_on is not None:
        raise WrongState(_("This document is no longer kept: %(reason)s") % {"reason": locked.ended_reason})
    return locked


def refuse_second(document: Document) -> None:
    """A number names one document; the database holds it as well."""
    others = Document.objects.exclude(pk=document.pk)
    if others.filter(number__iexact=document.number).exists():
        sentence = _("Another document already has this number.")
        raise RuleBroken(sentence, fields={"number": [sentence]})


def only_unit(by: User) -> None:
    """The register is the unit's."""
    if not works_in_unit(by):
        raise NotPermitted(_("Only the unit's staff keep the document register."))
