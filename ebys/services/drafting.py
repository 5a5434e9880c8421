"""Writing letters: from a template and a case to a draft, and the changes until somebody approves it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, BinaryIO, TypeAlias, cast

from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.authority import authority_for, works_in_unit
from accounts.models import Institution, User
from accounts.roles import UNIT_STAFF
from audit.context import because
from ebys import events, wording, words
from ebys.indexing import index_outgoing
from ebys.models import (
    Addressee,
    IncomingLetter,
    LetterTemplate,
    OutgoingAnnex,
    OutgoingLetter,
    Purpose,
    Recipient,
    Security,
    Urgency,
)
from ebys.workflow.outgoing import OUTGOING
from processes import files, filetypes
from processes.errors import NotPermitted, RuleBroken, WrongState
from processes.gate import principal, save
from processes.models import Case, StepRun, StepRunOutcome
from processes.rooms import refuse_text

Upload: TypeAlias = "File[Any]"

DEFAULT_SDP = "719"
MOST_ANNEXES = 30


@dataclass(frozen=True)
class RecipientEntry:
    """One addressee as a form, a template or another system names it."""

    institution: Institution | None = None
    person_name: str = ""
    unit_name: str = ""
    purpose: str = Purpose.ACTION
    without_annexes: bool = False


@dataclass(frozen=True)
class DraftText:
    """Everything of a draft that can be edited, beside addressees and annexes. Names as in `OutgoingLetter`."""

    subject: str
    body: str
    sdp_code: str
    closing: str = ""
    references: Sequence[str] = ()
    security: str = Security.NONE
    urgency: str = Urgency.NORMAL
    answer_by: date | None = None
    signatory_name: str = ""
    signatory_title: str = ""


def draft_for(
    case: Case,
    template: LetterTemplate | None,
    *,
    by: User,
    recipients: Sequence[RecipientEntry] | None = None,
    **changes: Any,
) -> OutgoingLetter:
    """A letter on a case, begun from a template (or from nothing) and filled in from what the case knows.

    `recipients` and the `changes` (fields of DraftText) take the place of what the template says.
    """
    _only_unit(by)
    answered = latest_incoming(case)
    known = {**words_of(case, answered), **words.of_room(case)}
    fields: dict[str, Any] = {
        "subject": (wording.fill(template.subject, known) if template else case.title)[:200].rstrip(" .,;:!"),
        "body": wording.fill(template.body, known) if template else "",
        "sdp_code": (template.sdp_code if template else "")
        or (case.subprocess.sdp_codes or [DEFAULT_SDP])[0],
        "references": [citation_of(answered)] if answered else [],
    }
    if template:
        fields |= {
            name: getattr(template, name)
            for name in ("security", "urgency", "signatory_name", "signatory_title")
        }
        if template.urgency == Urgency.BY_DATE and "answer_by" not in changes:
            fields["urgency"] = Urgency.URGENT
    text = DraftText(**fields | changes)
    letter = OutgoingLetter(case=case, template=template, answers=answered, drafted_by=by)
    with transaction.atomic(), because(step="draft_letter", on_behalf_of=_lender(by)):
        _write(letter, text, by)
        save(letter)
        _address(letter, recipients if recipients is not None else default_recipients(case, template))
        events.tell(events.DRAFTED, letter, by)
    return letter


def edit(
    letter: OutgoingLetter,
    text: DraftText,
    *,
    by: User,
    recipients: Sequence[RecipientEntry],
    version: int | None = None,
) -> OutgoingLetter:
    """The draft is written over; addressees are taken in the order given."""
    _only_unit(by)
    with OUTGOING.locked("edit_letter", letter, by=by, version=version) as letter:
        _must_be_draft(letter)
        _write(letter, text, by)
        _address(letter, recipients)
    return letter


def add_annex(
    letter: OutgoingLetter,
    *,
    by: User,
    title: str,
    extent: str = "",
    upload: Upload | None = None,
    version: int | None = None,
) -> OutgoingAnnex:
    """An annex is added at the end: a file looked through and kept, or something sent on paper."""
    _only_unit(by)
    with OUTGOING.locked("add_annex", letter, by=by, version=version) as letter:
        _must_be_draft(letter)
        position = letter.annexes.count() + 1
        if position > MOST_ANNEXES:
            raise RuleBroken(_("A letter has at most %(count)d annexes here.") % {"count": MOST_ANNEXES})
        refuse_text(letter.case, title=title, upload=(upload.name or "") if upload else "")
        annex = OutgoingAnnex(letter=letter, position=position, title=title.strip(), extent=extent.strip())
        if upload is not None:
            _enclose(annex, upload)
            annex.title = annex.title or annex.file_name.rpartition(".")[0]
        if not annex.title:
            sentence = _("Name the annex or choose its file.")
            raise RuleBroken(sentence, fields={"title": [sentence]})
        save(annex)
        letter.edited_at, letter.edited_by = timezone.now(), by
    return annex


def renew_annex(annex: OutgoingAnnex, *, by: User, upload: Upload) -> OutgoingAnnex:
    """The file of an annex is replaced by a newer one; title and place stay."""
    _only_unit(by)
    with OUTGOING.locked("renew_annex", annex.letter, by=by) as letter:
        _must_be_draft(letter)
        _enclose(annex, upload)
        save(annex)
        annex.letter = letter
        letter.edited_at, letter.edited_by = timezone.now(), by
    return annex


def remove_annex(annex: OutgoingAnnex, *, by: User, version: int | None = None) -> OutgoingLetter:
    """The annex is taken off the draft; those after it move up."""
    _only_unit(by)
    with OUTGOING.locked("remove_annex", annex.letter, by=by, version=version) as letter:
        _must_be_draft(letter)
        annex.delete()
        for position, left in enumerate(letter.annexes.order_by("position"), start=1):
            if left.position != position:
                left.position = position
                left.save(update_fields=("position",))
        letter.edited_at, letter.edited_by = timezone.now(), by
    return letter


def closing_of(letter: OutgoingLetter) -> str:
    """The phrase the letter closes with: the one written by hand, else the one its addressees' levels ask."""
    return letter.closing or closing_for(letter.recipients.all())


def closing_for(recipients: Iterable[Recipient | RecipientEntry]) -> str:
    """The phrase for these addressees, by those who are to act and those who are to know alike."""
    return wording.closing_phrase(one.institution.level if one.institution else None for one in recipients)


def default_recipients(case: Case, template: LetterTemplate | None) -> list[RecipientEntry]:
    """Whom a letter on this case is addressed to when nobody says otherwise."""
    rule = template.addressee if template else Addressee.APPLICANT
    if rule == Addressee.APPLICANT:
        if case.applicant_institution:
            return [RecipientEntry(institution=case.applicant_institution)]
        return [RecipientEntry(person_name=case.applicant_display)] if case.applicant_display else []
    if rule == Addressee.FIXED and template:
        action = [RecipientEntry(one) for one in template.action_recipients.in_order()]
        information = [
            RecipientEntry(one, purpose=Purpose.INFORMATION)
            for one in template.information_recipients.in_order()
        ]
        return action + [
            entry for entry in information if entry.institution not in [one.institution for one in action]
        ]
    return []


def latest_incoming(case: Case) -> IncomingLetter | None:
    """The letter an answer on this case refers to: the last one that came in."""
    letters = IncomingLetter.objects.light().filter(case_id=case.pk).select_related("sender")
    return letters.order_by("-received_at", "-id").first()


def citation_of(letter: IncomingLetter) -> str:
    """How our letter refers to one that came in."""
    return wording.citation(letter.sender_display, letter.official_number, letter.dated)


def words_of(case: Case, answered: IncomingLetter | None) -> dict[str, str]:
    """What the placeholders of templates stand for on this case."""
    done = (
        StepRun.objects.filter(case_id=case.pk, outcome=StepRunOutcome.DONE)
        .exclude(note="")
        .order_by("-ended_at", "-id")
        .first()
    )
    institution = case.applicant_institution
    return {
        "basvuru_no": case.number,
        "basvuru_tarihi": f"{timezone.localtime(case.opened_at):%d.%m.%Y}",
        "basvuru_konusu": case.title,
        "basvuran": case.applicant_display,
        "kurum": institution.name if institution else "",
        "gelen_sayi": answered.official_number if answered else "",
        "gelen_tarih": f"{answered.dated:%d.%m.%Y}" if answered and answered.dated else "",
        "gelen_konu": answered.subject if answered else "",
        "son_islem": done.note if done else "",
        "bugun": f"{timezone.localdate():%d.%m.%Y}",
    }


def _enclose(annex: OutgoingAnnex, upload: Upload) -> None:
    found = filetypes.examine(cast(BinaryIO, upload), upload.name or "")
    annex.file_name = filetypes.clean_name(upload.name or "", found.kind)
    annex.file = files.put(upload)


def _write(letter: OutgoingLetter, text: DraftText, by: User) -> None:
    letter.subject = " ".join(text.subject.split())
    letter.body = text.body.replace("\r\n", "\n").strip()
    letter.closing = text.closing.strip()
    letter.references = [line.strip() for line in text.references if line.strip()]
    letter.sdp_code = text.sdp_code.strip()
    letter.security, letter.urgency = text.security, text.urgency
    letter.answer_by = text.answer_by if text.urgency == Urgency.BY_DATE else None
    letter.signatory_name = text.signatory_name.strip()
    letter.signatory_title = text.signatory_title.strip()
    letter.edited_at, letter.edited_by = timezone.now(), by
    refuse_text(letter.case, subject=letter.subject, body=letter.body)
    index_outgoing(letter)


def _address(letter: OutgoingLetter, entries: Sequence[RecipientEntry]) -> None:
    """Write the distribution as given, those who act before those who know; unchanged rows are left alone."""
    ordered = sorted(entries, key=lambda entry: entry.purpose != Purpose.ACTION)
    wanted = [
        (
            position,
            entry.purpose,
            entry.institution.pk if entry.institution else None,
            entry.unit_name.strip(),
            entry.person_name.strip(),
            entry.without_annexes,
        )
        for position, entry in enumerate(ordered, start=1)
    ]
    names = ("position", "purpose", "institution_id", "unit_name", "person_name", "without_annexes")
    rows = list(letter.recipients.order_by("position"))
    if [tuple(getattr(row, name) for name in names) for row in rows] == wanted:
        return
    for row in rows:
        row.delete()
    for values in wanted:
        save(Recipient(letter=letter, **dict(zip(names, values, strict=True))))


def _must_be_draft(letter: OutgoingLetter) -> None:
    if not letter.is_editable:
        raise WrongState(
            _("The letter can be changed only while it is a draft; its state is “%(state)s”.")
            % {"state": letter.get_state_display()}
        )


def _only_unit(by: User) -> None:
    if not works_in_unit(by):
        raise NotPermitted(_("Only the unit's staff write letters."))


def _lender(by: User) -> User | None:
    """In whose name a deputy writes."""
    return principal(authority_for(by, UNIT_STAFF))
