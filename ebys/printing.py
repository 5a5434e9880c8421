"""What leaves this system of a letter: the PDF of its page, the draft package, the fields to copy into EBYS.

None of them is an official document: the signature, the number and the date are EBYS's.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import Institution
from ebys import eyp
from ebys.eyp import draft
from ebys.models import OutgoingAnnex, OutgoingLetter, Recipient, Urgency
from ebys.paper import Paper, paper_of, sender_of
from ebys.wording import labels
from processes import files, pdf
from processes.errors import RuleBroken

STYLES = ("ebys/paper.css", "ebys/paper-print.css")
# Where a signed document is verified; EBYS replaces it with its own when it signs.
VERIFICATION_ADDRESS = "https://www.turkiye.gov.tr"


@dataclass(frozen=True)
class Fact:
    """One field of EBYS's form and what to put there; `is_long` for texts of several lines."""

    label: str | Promise
    value: str
    is_long: bool = False


def pdf_of(letter: OutgoingLetter) -> bytes:
    """The letter in the official layout, marked as a draft; Turkish whoever prints it."""
    return pdf.render("ebys/paper_pdf.html", {"paper": paper_of(letter)}, styles=STYLES, language="tr")


def package_of(letter: OutgoingLetter) -> bytes:
    """The letter as an unsigned package that EBYS may take up. Raises RuleBroken when something it needs is missing."""
    sender = sender_of(letter)
    if sender is None or not sender.detsis_no:
        raise RuleBroken(_("The directorate's DETSİS number is not on record; the unit head enters it."))
    recipients = list(letter.recipients.all())
    if not recipients:
        raise RuleBroken(_("The letter has no addressee yet."))
    annexes = list(letter.annexes.all())
    tags = labels(len(letter.references)) if len(letter.references) > 1 else ["a"]
    return draft.write_draft(
        draft.DraftLetter(
            document_id=str(letter.belge_id).upper(),
            subject=letter.subject,
            creator=_office(sender),
            recipients=tuple(_recipient(one, letter, annexes) for one in recipients),
            cover=pdf_of(letter),
            created_at=letter.edited_at,
            verification_address=getattr(settings, "LETTER_VERIFICATION_ADDRESS", VERIFICATION_ADDRESS),
            file_code=letter.sdp_code,
            security=eyp.Security(letter.security),
            references=tuple(
                eyp.Reference(label=tag, name=text)
                for tag, text in zip(tags, letter.references, strict=False)
            ),
            attachments=tuple(_attachment(one) for one in annexes),
        )
    )


def fields_of(letter: OutgoingLetter) -> list[Fact]:
    """Everything EBYS's own form asks for, in its order, for copying field by field."""
    paper = paper_of(letter)
    facts = [
        Fact(_("Subject"), letter.subject),
        Fact(_("File-plan code"), letter.sdp_code),
        Fact(_("Addressee"), "\n".join(paper.addressee), is_long=len(paper.addressee) > 1),
        Fact(_("For action (gereği)"), "\n".join(paper.action), is_long=True),
        Fact(_("For information (bilgi)"), "\n".join(paper.information), is_long=True),
        Fact(_("DETSİS numbers"), "\n".join(_numbers(letter.recipients.all())), is_long=True),
        Fact(
            _("References (ilgi)"),
            "\n".join(f"{line.label}) {line.text}" if line.label else line.text for line in paper.references),
            is_long=True,
        ),
        Fact(_("Text"), "\n\n".join(paper.paragraphs), is_long=True),
        Fact(
            _("Annexes"),
            "\n".join(f"{line.label} {line.text}".strip() for line in paper.annexes),
            is_long=True,
        ),
        Fact(_("Secrecy"), letter.get_security_display()),
        Fact(_("Urgency"), letter.get_urgency_display()),
        Fact(_("Answer wanted by"), f"{letter.answer_by:%d.%m.%Y}" if letter.answer_by else ""),
        Fact(
            _("Signed by"),
            "\n".join(part for part in (letter.signatory_name, letter.signatory_title) if part),
        ),
    ]
    return [fact for fact in facts if fact.value]


def file_stem(letter: OutgoingLetter) -> str:
    """The name of a downloaded file: the identifier EBYS uses, so no personal data stands in it."""
    return str(letter.belge_id).upper()


def _office(place: Institution) -> eyp.Party:
    """An institution by its DETSİS number; one without it as a legal person."""
    if place.detsis_no:
        return eyp.Party(eyp.PartyKind.INSTITUTION, place.name, place.detsis_no)
    return eyp.Party(eyp.PartyKind.COMPANY, place.name)


def _recipient(one: Recipient, letter: OutgoingLetter, annexes: Sequence[OutgoingAnnex]) -> eyp.Recipient:
    party = _office(one.institution) if one.institution else eyp.Party(eyp.PartyKind.PERSON, one.person_name)
    return eyp.Recipient(
        party=party,
        purpose=eyp.Purpose(one.purpose),
        urgency=eyp.Urgency(letter.urgency),
        within=_within(letter),
        withheld=tuple(_annex_id(annex) for annex in annexes) if one.without_annexes else (),
    )


def _within(letter: OutgoingLetter) -> str:
    """The time given to answer, as the package writes it: whole days from the day the letter was last changed."""
    if letter.urgency != Urgency.BY_DATE or letter.answer_by is None:
        return ""
    written: date = letter.edited_at.date()
    return f"P{max((letter.answer_by - written).days, 1)}D"


def _annex_id(annex: OutgoingAnnex) -> str:
    """An identifier that stays the same however often the package is made."""
    return str(uuid.uuid5(annex.letter.belge_id, f"annex {annex.pk}")).upper()


def _attachment(annex: OutgoingAnnex) -> draft.DraftAttachment:
    if annex.file is None:
        return draft.DraftAttachment(
            _annex_id(annex), annex.title, eyp.AttachmentKind.PHYSICAL, description=annex.extent
        )
    with files.open(annex.file) as content:
        return draft.DraftAttachment(
            id=_annex_id(annex),
            name=annex.title,
            file_name=annex.file_name,
            media_type=annex.file.media_type,
            description=annex.extent,
            content=content.read(),
        )


def _numbers(recipients: Iterable[Recipient]) -> list[str]:
    return [
        f"{one.institution.detsis_no} {one.institution.name}"
        for one in recipients
        if one.institution and one.institution.detsis_no
    ]


__all__ = ["Fact", "Paper", "fields_of", "file_stem", "package_of", "pdf_of"]
