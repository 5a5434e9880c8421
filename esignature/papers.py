"""What goes into the parcel on paper: the list of the forms, and the labels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import Institution
from esignature.models import Batch, Request
from esignature.queries import kind_label, listed, reason_label
from processes import files, pdf

ACROSS, DOWN = 3, 8
ON_A_SHEET = ACROSS * DOWN


@dataclass(frozen=True)
class Label:
    """What stands on one label; `needs_address` leaves a line to write on by hand."""

    head: str
    text: str
    address: str = ""
    foot: str = ""
    needs_address: bool = False


def list_title() -> str:
    """What the list is called as an annex of the letter."""
    return "Talep formu listesi"


def list_of(forms: Sequence[Request]) -> bytes:
    """The forms of one letter as a numbered table. No identity number: that stands on the form itself."""
    rows = [
        (
            place,
            one.number,
            one.holder.signature_name if one.holder else "",
            one.applicant_institution.name if one.applicant_institution else "",
            kind_label(one.kind),
            reason_label(one.reason),
        )
        for place, one in enumerate(forms, start=1)
    ]
    return pdf.render("esignature/form_list_pdf.html", {"title": _("List of request forms"), "rows": rows})


def list_file(batch: Batch) -> bytes:
    """The list as it went with the letter; drawn up only where no letter carries it any more."""
    annexes = batch.letter.annexes.filter(title=list_title(), file__isnull=False) if batch.letter else None
    annex = annexes.select_related("file").order_by("position").first() if annexes is not None else None
    if annex is None or annex.file is None:
        with translation.override("tr"):
            return list_of(listed(batch))
    with files.open(annex.file) as kept:
        return kept.read()


def labels_of(batch: Batch, start: int = 1) -> bytes:
    """The parcel's address label and a label for each form, three by eight on a sheet, from place `start` on."""
    labels: list[Label | None] = [None] * (start - 1)
    place = recipient_of(batch)
    if batch.letter is not None and place is not None:
        number = batch.letter.official_number or "…"
        labels.append(
            Label(
                place.name,
                _("Letter %(number)s") % {"number": number},
                place.address,
                batch.parcel,
                needs_address=not place.address,
            )
        )
    labels += [
        Label(
            one.holder.full_name if one.holder else "",
            one.applicant_institution.name if one.applicant_institution else "",
            one.applicant_institution.address if one.applicant_institution else "",
            f"{one.number} · {kind_label(one.kind)}",
        )
        for one in listed(batch)
    ]
    sheets = [labels[place : place + ON_A_SHEET] for place in range(0, len(labels), ON_A_SHEET)]
    return pdf.render(
        "esignature/labels_pdf.html",
        {"title": _("Labels"), "sheets": sheets},
        styles=("css/pdf.css", "esignature/labels.css"),
    )


def recipient_of(batch: Batch) -> Institution | None:
    """Where the parcel goes: the letter's first addressee."""
    if batch.letter is None:
        return None
    first = batch.letter.recipients.select_related("institution").order_by("position").first()
    return first.institution if first else None


def without_address(batch: Batch, forms: Sequence[Request]) -> list[str]:
    """Institutions whose labels have no postal address because the register of institutions has none; the addressee first."""
    places = [recipient_of(batch), *(one.applicant_institution for one in forms)]
    return list(dict.fromkeys(place.name for place in places if place is not None and not place.address))
