"""From a package as it came to the facts of a letter."""

from __future__ import annotations

import uuid
from datetime import date

from django.utils import timezone
from django.utils.dateparse import parse_duration
from django.utils.translation import gettext_lazy

from accounts.models import Institution, InstitutionKind
from ebys import eyp
from ebys.facts import Enclosure, LetterFacts
from ebys.models import AnnexKind
from processes import files
from processes.models import StoredFile
from processes.scanning import refuse_infected


def facts_of(stored: StoredFile) -> LetterFacts:
    """Read a kept package; every way it can be wrong rises as the reader's own refusal."""
    with files.open(stored) as file:
        refuse_infected(file, gettext_lazy("The package"))
        package = eyp.read(file)
    return LetterFacts(
        subject=package.subject,
        sender_name=package.creator.name,
        sender_detsis=package.creator.detsis,
        official_number=package.number,
        dated=timezone.localdate(package.date) if package.date else None,
        belge_id=uuid.UUID(package.document_id),
        sdp_code=package.file_code,
        sdp_name=package.file_code_name,
        security=package.security.value,
        urgency=package.urgency.value,
        answer_by=_answer_by(package),
        references=[_reference(one) for one in package.references],
        distribution=[_recipient(one) for one in package.recipients],
        signers=[
            {"name": one.name, "title": one.position or one.title, "on_behalf_of": one.on_behalf_of}
            for one in package.signatures
        ],
        eyp_version=package.version,
        digests_match=True,
        enclosures=_enclosures(package),
    )


def _answer_by(package: eyp.Package) -> date | None:
    """The day an answer is wanted: from the time given to us, or the shortest given to anyone when we are not named."""
    if package.date is None:
        return None
    dated = [one for one in package.recipients if one.urgency == eyp.Urgency.DATED and one.within]
    own = _own_numbers() if dated else frozenset()
    ours = [one for one in dated if {one.party.detsis, one.party.unit_detsis} & own] or dated
    spans = [span for one in ours if (span := parse_duration(one.within)) is not None]
    return timezone.localdate(package.date) + min(spans) if spans else None


def _own_numbers() -> frozenset[str]:
    """The DETSİS numbers of the directorate and its presidencies."""
    kinds = (InstitutionKind.DIRECTORATE, InstitutionKind.PRESIDENCY)
    numbers = Institution.objects.of_kind(*kinds).values_list("detsis_no", flat=True)
    return frozenset(number for number in numbers if number)


def _reference(one: eyp.Reference) -> dict[str, str]:
    facts = " ".join(
        part
        for part in (
            f"{timezone.localdate(one.date):%d.%m.%Y} tarihli" if one.date else "",
            f"{one.number} sayılı" if one.number else "",
            one.name,
        )
        if part
    )
    return {"label": one.label, "text": facts or one.description, "description": one.description}


def _recipient(one: eyp.Recipient) -> dict[str, str]:
    return {
        "name": one.party.name,
        "detsis_no": one.party.detsis if one.party.kind == eyp.PartyKind.INSTITUTION else "",
        "purpose": one.purpose.value,
        "urgency": one.urgency.value,
    }


def _enclosures(package: eyp.Package) -> list[Enclosure]:
    """The cover, the annexes in their order, and files of the package its metadata does not mention."""
    cover = Enclosure(
        title=package.subject,
        file_name=package.cover.file_name,
        content=package.cover.content,
        is_cover=True,
        is_signed=package.has_signature,
    )
    annexes = [
        Enclosure(
            title=one.name or one.number or (one.part.file_name if one.part else ""),
            file_name=one.part.file_name if one.part else "",
            content=one.part.content if one.part else None,
            kind=AnnexKind(one.kind.value),
            description="; ".join(part for part in (one.number, one.description, one.link) if part),
            is_signed=one.is_signed,
        )
        for one in sorted(package.attachments, key=lambda one: one.order)
    ]
    return [cover, *annexes]
