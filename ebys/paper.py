"""The page of a letter as it will print: one value from which PDF, preview, field sheet and package are made.

Layout and wording follow the regulation on official correspondence; its words stay Turkish in every language of the
portal. Number and date stay blank until EBYS gives them, and nothing claims a signature.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from accounts.models import Institution, InstitutionKind
from accounts.turkish import tr_upper
from ebys import wording
from ebys.models import OutgoingLetter, OutgoingState, Purpose, Recipient, Security, Urgency
from ebys.services.drafting import DraftText, RecipientEntry, closing_for

DIRECTORATE = "İl Sağlık Müdürlüğü"
DRAFT_MARK = "TASLAK"
COPY_MARK = "SURET"

SECURITY_MARKS = {
    Security.RESTRICTED: "HİZMETE ÖZEL",
    Security.SECRET: "GİZLİ",
    Security.TOP_SECRET: "ÇOK GİZLİ",
}
URGENCY_MARKS = {Urgency.URGENT: "ACELE", Urgency.BY_DATE: "GÜNLÜDÜR"}


@dataclass(frozen=True)
class Line:
    """One line of a list on the page: `a)` and its words, or the words alone."""

    text: str
    label: str = ""


@dataclass(frozen=True)
class Paper:
    """What stands on the page, in the order it is read."""

    mark: str
    heading: tuple[str, ...]
    number: str
    date: str
    subject: str
    addressee: tuple[str, ...]
    references: tuple[Line, ...]
    paragraphs: tuple[str, ...]
    signatory_name: str = ""
    signatory_title: str = ""
    annexes: tuple[Line, ...] = ()
    action: tuple[str, ...] = ()
    information: tuple[str, ...] = ()
    security: str = ""
    urgency: str = ""
    address: tuple[str, ...] = ()
    contact: tuple[str, ...] = field(default=())

    @property
    def has_distribution(self) -> bool:
        """Several addressees: they stand in a list at the end."""
        return bool(self.information) or len(self.action) > 1


def paper_of(letter: OutgoingLetter) -> Paper:
    """The page of a letter as it is saved."""
    return compose(letter, text_of(letter), entries_of(letter))


def compose(letter: OutgoingLetter, text: DraftText, recipients: Sequence[RecipientEntry]) -> Paper:
    """The page of a letter with this text and these addressees, saved or not."""
    sender = sender_of(letter)
    closing = text.closing.strip() or closing_for(recipients)
    body = [part.strip() for part in text.body.replace("\r\n", "\n").split("\n\n") if part.strip()]
    references = [line for line in text.references if line.strip()]
    annexes = list(letter.annexes.all()) if letter.pk else []
    action = [one for one in recipients if one.purpose == Purpose.ACTION]
    information = [one for one in recipients if one.purpose == Purpose.INFORMATION]
    return Paper(
        mark=COPY_MARK if letter.state == OutgoingState.REGISTERED else DRAFT_MARK,
        heading=heading_of(sender),
        number=letter.official_number or number_stem(sender, text.sdp_code),
        date=f"{letter.dated:%d.%m.%Y}" if letter.dated else "",
        subject=text.subject,
        addressee=_addressee(recipients),
        references=tuple(map(Line, references, wording.labels(len(references)))),
        paragraphs=tuple(wording.closed(body, closing)),
        signatory_name=text.signatory_name,
        signatory_title=text.signatory_title,
        annexes=tuple(
            Line(
                f"{one.title} ({one.extent})" if one.extent else one.title,
                f"{place}-" if len(annexes) > 1 else "",
            )
            for place, one in enumerate(annexes, start=1)
        ),
        action=tuple(_listed(one, bool(annexes)) for one in action),
        information=tuple(_listed(one, bool(annexes)) for one in information),
        security=SECURITY_MARKS.get(Security(text.security), ""),
        urgency=_urgency(text),
        address=_address(sender),
        contact=_contact(letter),
    )


def text_of(letter: OutgoingLetter) -> DraftText:
    """The saved text in the form it is edited in."""
    return DraftText(
        subject=letter.subject,
        body=letter.body,
        sdp_code=letter.sdp_code,
        closing=letter.closing,
        references=tuple(letter.references),
        security=letter.security,
        urgency=letter.urgency,
        answer_by=letter.answer_by,
        signatory_name=letter.signatory_name,
        signatory_title=letter.signatory_title,
    )


def entries_of(letter: OutgoingLetter) -> list[RecipientEntry]:
    """The saved addressees in the form they are edited in."""
    return [
        RecipientEntry(
            institution=one.institution,
            person_name=one.person_name,
            unit_name=one.unit_name,
            purpose=one.purpose,
            without_annexes=one.without_annexes,
        )
        for one in letter.recipients.all()
    ]


def sender_of(letter: OutgoingLetter) -> Institution | None:
    """The directorate in whose name the unit writes."""
    own = letter.drafted_by.institution
    if own is not None and own.kind == InstitutionKind.DIRECTORATE:
        return own
    return Institution.objects.active().of_kind(InstitutionKind.DIRECTORATE).order_by("pk").first()


def heading_of(sender: Institution | None) -> tuple[str, ...]:
    """`T.C.`, the governorship, the directorate: the provincial organisation writes under its governor."""
    if sender is None:
        return ("T.C.", DIRECTORATE)
    if sender.name.endswith(DIRECTORATE):
        province = sender.name.removesuffix(DIRECTORATE).strip()
        return ("T.C.", f"{tr_upper(province)} VALİLİĞİ", DIRECTORATE)
    return ("T.C.", tr_upper(sender.name))


def number_stem(sender: Institution | None, sdp_code: str) -> str:
    """`E-12345678-719-`: the running number is EBYS's to give."""
    return f"E-{sender.detsis_no if sender and sender.detsis_no else '…'}-{sdp_code}-"


def _addressee(recipients: Sequence[RecipientEntry]) -> tuple[str, ...]:
    """The lines above the text: the one addressee in the dative, or the distribution."""
    if not recipients:
        return ()
    if len(recipients) > 1:
        return ("DAĞITIM YERLERİNE",)
    only = recipients[0]
    if only.institution is None:
        return (f"Sayın {person_as_addressed(only.person_name)}",)
    unit = (f"({only.unit_name})",) if only.unit_name else ()
    return (only.institution.name_dative, *unit)


def person_as_addressed(name: str) -> str:
    """`Ayşe YILDIRIM`: the surname in capitals."""
    first, _space, surname = name.strip().rpartition(" ")
    return f"{first} {tr_upper(surname)}".strip()


def _listed(one: RecipientEntry | Recipient, has_annexes: bool) -> str:
    """One line of the distribution."""
    if one.institution is None:
        name = f"Sayın {person_as_addressed(one.person_name)}"
    else:
        name = wording.listed(one.institution.name, one.institution.name_dative)
    unit = f" ({one.unit_name})" if one.unit_name else ""
    return f"{name}{unit}{' (Ek konulmadı)' if has_annexes and one.without_annexes else ''}"


def _urgency(text: DraftText) -> str:
    mark = URGENCY_MARKS.get(Urgency(text.urgency), "")
    return (
        f"{mark} ({text.answer_by:%d.%m.%Y})"
        if mark and text.urgency == Urgency.BY_DATE and text.answer_by
        else mark
    )


def _address(sender: Institution | None) -> tuple[str, ...]:
    """The foot of the page at the left; nothing is invented for what is not on record."""
    if sender is None:
        return ()
    reach = " · ".join(
        part
        for part in (
            f"Tel: {sender.phone}" if sender.phone else "",
            f"e-Posta: {sender.email}" if sender.email else "",
        )
        if part
    )
    kep = f"KEP: {sender.kep_address}" if sender.kep_address else ""
    return tuple(line for line in (sender.address, reach, kep) if line)


def _contact(letter: OutgoingLetter) -> tuple[str, ...]:
    """`Bilgi için` at the right: who drafted it and how to reach them."""
    who = letter.drafted_by
    return tuple(
        line for line in (who.full_name, who.title, f"Tel: {who.phone}" if who.phone else "") if line
    )
