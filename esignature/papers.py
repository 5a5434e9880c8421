"""What goes into the parcel on paper: the list of the forms, and the labels."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from esignature.models import Batch, Request
from esignature.queries import kind_label, listed, reason_label
from processes import pdf

ACROSS, DOWN = 3, 8
ON_A_SHEET = ACROSS * DOWN


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


def labels_of(batch: Batch, start: int = 1) -> bytes:
    """Address labels of the parcel and a label for each form, three by eight on a sheet, from place `start` on."""
    letter = batch.letter
    recipient = (
        letter.recipients.select_related("institution").order_by("position").first() if letter else None
    )
    place = recipient.institution if recipient else None
    labels: list[dict[str, str] | None] = [None] * (start - 1)
    if letter is not None and place is not None:
        labels.append(
            {
                "head": place.name,
                "text": _("Letter %(number)s") % {"number": letter.official_number or "…"},
                "foot": batch.parcel,
            }
        )
    labels += [
        {
            "head": one.holder.full_name if one.holder else "",
            "text": one.applicant_institution.name if one.applicant_institution else "",
            "foot": f"{one.number} · {kind_label(one.kind)}",
        }
        for one in listed(batch)
    ]
    sheets = [labels[place : place + ON_A_SHEET] for place in range(0, len(labels), ON_A_SHEET)]
    return pdf.render(
        "esignature/labels_pdf.html",
        {"title": _("Labels"), "sheets": sheets},
        styles=("css/pdf.css", "esignature/labels.css"),
    )
