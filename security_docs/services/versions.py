"""The way of a version: drafted, approved by named people, put in force, retired by the next one."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.authority import roles_of
from accounts.models import User
from accounts.queries import people_with_role
from accounts.roles import UNIT_STAFF, Role
from audit.context import because
from processes import files, inbox, uploads
from processes.errors import RuleBroken, StaleVersion, TooLarge, WrongState
from processes.filetypes import DOCX, PDF
from processes.gate import Gate, Move, reason_given, save
from processes.models import StoredFile
from security_docs import readings, texts, word
from security_docs.leaves import pages_of
from security_docs.models import IN_PREPARATION, Approval, Compliance, Document, Version, VersionState
from security_docs.months import months_after
from security_docs.services.documents import kept, only_unit

S = VersionState
LEADS = frozenset({Role.HIS_LEAD, Role.UNIT_HEAD})
ANYBODY = frozenset(Role.values)  # the names asked for approval decide, not the role
MOST_APPROVERS = 8


def is_asked(version: Version, by: User) -> str | None:
    """The people named for this round approve it, each once."""
    asked = version.approvals.filter(round=version.round, person=by).first()
    if asked is None:
        return _("You were not asked to approve this version.")
    return _("You have approved this version already.") if asked.agreed_at else None


def may_send_back(version: Version, by: User) -> str | None:
    """Somebody who was asked, or a lead."""
    if roles_of(by) & LEADS or version.approvals.filter(round=version.round, person=by).exists():
        return None
    return _("Only those asked for approval, or a lead, send it back.")


def has_content(version: Version, by: User) -> str | None:
    """There is something to approve."""
    if not version.body.strip() and version.upload_id is None:
        return _("The version has neither a text nor a file yet.")
    return None


def others_are_asked(version: Version) -> bool:
    """Somebody has not answered yet."""
    return version.approvals.filter(round=version.round, agreed_at__isnull=True).exists()


class VersionGate(Gate[Version]):
    """The moves of a version; the keys say what they are about, for the trail."""

    def lockable(self) -> models.QuerySet[Version]:
        """The row with its document."""
        return Version.objects.select_for_update(of=("self",)).select_related(
            "document", "upload", "laid_out"
        )


GATE = VersionGate(
    "version",
    Version,
    {
        "version_edit": Move(gettext_lazy("Edit"), sources=(S.DRAFT,), target=S.DRAFT, roles=UNIT_STAFF),
        "version_submit": Move(
            gettext_lazy("Submit for approval"),
            sources=(S.DRAFT,),
            target=S.REVIEW,
            roles=UNIT_STAFF,
            guards=(has_content,),
        ),
        "version_agree": Move(
            gettext_lazy("Approve"),
            sources=(S.REVIEW,),
            target=S.APPROVED,
            roles=ANYBODY,
            persons=(is_asked,),
            instead=((S.REVIEW, others_are_asked),),
        ),
        "version_send_back": Move(
            gettext_lazy("Send back"),
            sources=(S.REVIEW, S.APPROVED),
            target=S.DRAFT,
            roles=ANYBODY,
            persons=(may_send_back,),
        ),
        "version_publish": Move(
            gettext_lazy("Put in force"), sources=(S.APPROVED,), target=S.PUBLISHED, roles=LEADS
        ),
        "version_retire": Move(gettext_lazy("Retire"), sources=(S.PUBLISHED,), target=S.RETIRED, roles=LEADS),
        "version_discard": Move(
            gettext_lazy("Discard"), sources=IN_PREPARATION, target=S.DISCARDED, roles=LEADS
        ),
    },
)


def begin(
    document: Document,
    *,
    by: User,
    change_note: str,
    body: str = "",
    upload: Any = None,
    compliance: Compliance | None = None,
) -> Version:
    """Begin the next version: from a file, from a text, or from the text in force. One at a time."""
    only_unit(by)
    if compliance is not None and not compliance.is_open:
        raise WrongState(_("%(number)s is closed.") % {"number": compliance.number})
    taken = _taken_in(upload) if upload else None
    with transaction.atomic(), because(step="version_begin", reason=change_note, by=by):
        document = kept(document)
        last = document.versions.order_by("-number").first()
        if document.versions.filter(state__in=IN_PREPARATION).exists():
            raise WrongState(_("Another version of this document is being prepared already."))
        in_force = document.versions.filter(state=S.PUBLISHED).first()
        version = Version(
            document=document,
            number=last.number + 1 if last else 1,
            change_note=change_note.strip(),
            compliance=compliance,
            drafted_by=by,
            edited_by=by,
        )
        _fill(version, body or ("" if taken or in_force is None else in_force.body), taken)
        save(version)
    return version


def edit(
    version: Version,
    *,
    by: User,
    change_note: str,
    body: str = "",
    upload: Any = None,
    version_read: int | None = None,
) -> Version:
    """Write the draft over; a file takes the place of the text and the other way round."""
    taken = _taken_in(upload) if upload else None
    with GATE.move("version_edit", version, by=by, version=version_read) as locked:
        if taken is not None:
            _fill(locked, "", taken)
        elif body.strip():
            _fill(locked, body, None)
        locked.change_note, locked.edited_by = change_note.strip(), by
    return locked


def submit(
    version: Version, *, by: User, approvers: Sequence[User], version_read: int | None = None
) -> Version:
    """The draft is finished: its content is fixed by its hash, and the people named are asked to approve it."""
    people = {person.pk: person for person in approvers}
    if not people or len(people) > MOST_APPROVERS:
        sentence = _("Name one to %(count)d people who approve it.") % {"count": MOST_APPROVERS}
        raise RuleBroken(sentence, fields={"approvers": [sentence]})
    with GATE.move("version_submit", version, by=by, version=version_read) as locked:
        if {locked.drafted_by_id, locked.edited_by_id, by.pk} & people.keys():
            sentence = _("Nobody approves what they drafted or submitted themselves.")
            raise RuleBroken(sentence, fields={"approvers": [sentence]})
        if roleless := [one.full_name for one in people.values() if not roles_of(one)]:
            sentence = _("%(people)s has no role in this system and cannot approve.") % {
                "people": ", ".join(roleless)
            }
            raise RuleBroken(sentence, fields={"approvers": [sentence]})
        locked.round += 1
        locked.submitted_at = timezone.now()
        locked.sha256 = digest(locked)
        locked.page_count = len(pages_of(locked))
        for person in people.values():
            save(Approval(version=locked, round=locked.round, person=person))
        inbox.tell(
            people.values(),
            None,
            gettext_noop("%(document)s waits for your approval."),
            path=locked.get_absolute_url(),
            document=locked.label,
        )
    return locked


def agree(
    version: Version, *, by: User, sha256: str, note: str = "", version_read: int | None = None
) -> Version:
    """A person named approves exactly the content they had before them; with the last of them the version is approved."""
    with GATE.move("version_agree", version, by=by, reason=note, version=version_read) as locked:
        if locked.sha256 != sha256:
            raise StaleVersion(
                _(
                    "The text was changed since you had it before you; nothing was approved. Read it as it is now."
                )
            )
        asked = Approval.objects.get(version=locked, round=locked.round, person=by)
        asked.agreed_at, asked.sha256, asked.note = timezone.now(), locked.sha256, note.strip()
        save(asked)
        if not others_are_asked(locked):
            locked.approved_at = asked.agreed_at
            inbox.tell(
                [one for one in people_with_role(Role.HIS_LEAD) if one != by],
                None,
                gettext_noop("%(document)s is approved and can be put in force."),
                path=locked.get_absolute_url(),
                document=locked.label,
            )
    return locked


def send_back(version: Version, *, by: User, reason: str, version_read: int | None = None) -> Version:
    """It needs another look: it becomes a draft again, and whoever approved it is asked anew later."""
    reason = reason_given(reason)
    with GATE.move("version_send_back", version, by=by, reason=reason, version=version_read) as locked:
        locked.submitted_at = locked.approved_at = None
        locked.sha256 = ""
        if locked.edited_by != by:
            inbox.tell(
                [locked.edited_by],
                None,
                gettext_noop("%(document)s was sent back to you."),
                path=locked.get_absolute_url(),
                document=locked.label,
            )
    return locked


def publish(
    version: Version,
    *,
    by: User,
    read_by: date | None = None,
    version_read: int | None = None,
    now: datetime | None = None,
) -> Version:
    """Put it in force: the version before it retires in the same moment, and its readers are asked to read this one."""
    now = now or timezone.now()
    today = timezone.localdate(now)
    if read_by is not None and read_by < today:
        sentence = _("The day to read it by lies in the past.")
        raise RuleBroken(sentence, fields={"read_by": [sentence]})
    with GATE.move("version_publish", version, by=by, version=version_read) as locked:
        document = kept(locked.document)
        former = document.versions.filter(state=S.PUBLISHED).first()
        if former is not None:
            with GATE.move("version_retire", former, by=by) as old:
                old.retired_at = now
            readings.end_unsigned(old, now)
        locked.published_at, locked.published_by = now, by
        locked.read_by = read_by or today + timedelta(days=document.reading_days)
        document.next_review_on = months_after(today, document.review_months)
        save(document)
        readings.ask(locked, now=now)
    return locked


def retire(version: Version, *, by: User, reason: str, version_read: int | None = None) -> Version:
    """It no longer holds and nothing takes its place; nobody is expected to read it any more."""
    reason = reason_given(reason)
    now = timezone.now()
    with GATE.move("version_retire", version, by=by, reason=reason, version=version_read) as locked:
        locked.retired_at = now
        document = kept(locked.document)
        document.next_review_on = None
        save(document)
        readings.end_unsigned(locked, now)
    return locked


def discard(version: Version, *, by: User, reason: str, version_read: int | None = None) -> Version:
    """The version will not be used; another may then be begun. Its number is not given again."""
    reason = reason_given(reason)
    with GATE.move("version_discard", version, by=by, reason=reason, version=version_read) as locked:
        pass
    return locked


def digest(version: Version) -> str:
    """The hash of the content: of the file's bytes, or of the text."""
    if version.upload is not None:
        return version.upload.sha256
    return hashlib.sha256(version.body.encode()).hexdigest()


@dataclass(frozen=True)
class Taken:
    """An uploaded file as it is kept, and what was found in it."""

    stored: StoredFile
    name: str
    text: str
    laid_out: StoredFile | None = None
    laid_out_text: str = ""


def _fill(version: Version, body: str, taken: Taken | None) -> None:
    version.body = "" if taken else texts.kept(body)
    version.upload, version.upload_name, version.extracted = None, "", ""
    version.laid_out, version.laid_out_text = None, ""
    if taken is not None:
        version.upload, version.upload_name, version.extracted = taken.stored, taken.name, taken.text
        version.laid_out, version.laid_out_text = taken.laid_out, taken.laid_out_text
    version.page_count = len(pages_of(version))


def _taken_in(upload: Any) -> Taken:
    """A Word or PDF file, kept, with its text and pages; refused when it cannot be shown whole."""
    sentence = _("A version is uploaded as PDF or Word document (DOCX).")
    stored, name = uploads.take_in(upload, only=(PDF, DOCX), otherwise=sentence)
    try:
        with files.open(stored) as content:
            if stored.media_type == PDF.media_type:
                return Taken(stored, name, texts.joined(texts.pages_of_pdf(content)))
            html = word.html_of(content)
        if "<img" not in html and not word.text_of(html):
            raise RuleBroken(_("The Word file holds neither a text nor a picture."))
        made = word.laid_out(html, name)
        pages = texts.joined(texts.pages_of_pdf(io.BytesIO(made)))
        return Taken(stored, name, word.text_of(html), files.put(made), pages)
    except (RuleBroken, TooLarge) as refusal:
        raise type(refusal)(str(refusal), fields={"upload": [str(refusal)]}) from refusal
