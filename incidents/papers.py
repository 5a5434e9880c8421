"""What of a breach goes to paper: the list of evidence with hashes and chain of custody, and the signed decision not to
tell the Board. In Turkish whoever prints them, marked as confidential on every page.
"""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from incidents.dossier import evidence_of
from incidents.models import Breach, Silence
from incidents.services.evidence import is_unchanged
from processes import pdf
from processes.errors import NotFound

LANGUAGE = "tr"
STYLES = ("css/pdf.css", "incidents/paper.css")


def evidence_list(breach: Breach, now: datetime | None = None) -> bytes:
    """Every piece with its SHA-256, compared with the kept file as it is printed, and every hand it went through."""
    pieces = [
        {"piece": piece, "unchanged": is_unchanged(piece), "chain": list(piece.chain.all())}
        for piece in evidence_of(breach)
    ]
    with translation.override(LANGUAGE):
        context = {
            "title": _("List of evidence and chain of custody"),
            "breach": breach,
            "pieces": pieces,
            "compared_at": now or timezone.now(),
            "band": _("CONFIDENTIAL"),
        }
    return pdf.render("incidents/evidence_pdf.html", context, styles=STYLES, language=LANGUAGE)


def evidence_name(breach: Breach) -> str:
    """The name of the list's file."""
    return f"delil-listesi-{breach.number.replace('/', '-')}.pdf"


def silence_paper(proposal: Silence) -> bytes:
    """The decision not to tell the Board: why, who proposed it and who signed it, each with in whose name."""
    with translation.override(LANGUAGE):
        context = {
            "title": _("Decision not to notify the Personal Data Protection Board"),
            "breach": proposal.breach,
            "decision": proposal,
            "band": _("CONFIDENTIAL"),
        }
    return pdf.render("incidents/silence_pdf.html", context, styles=STYLES, language=LANGUAGE)


def silence_of(breach: Breach, pk: int) -> tuple[bytes, str]:
    """The paper of one of a breach's decisions, and the name of its file; only a signed one has any."""
    people = (
        *("breach", "proposed_by", "proposed_for", "answered_by", "answered_for"),
        *("lapsed_by", "lapsed_for"),
    )
    proposal = breach.silences.select_related(*people).filter(pk=pk, is_approved=True).first()
    if proposal is None:
        raise NotFound(_("Only a signed decision has a paper."))
    return silence_paper(proposal), f"bildirmeme-karari-{breach.number.replace('/', '-')}.pdf"


def answer(content: bytes, name: str) -> HttpResponse:
    """A paper of a breach, saved and kept by nobody on the way."""
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )
