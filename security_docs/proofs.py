"""The proof of reading as PDF: a short list at once, a long one by the worker, whole in either case."""

from __future__ import annotations

import io

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop, override
from pypdf import PdfReader, PdfWriter

from accounts.models import Institution, User
from audit import trail
from audit.context import because, signed_in
from ebys.models import OutgoingLetter
from ebys.services import drafting
from processes import export, files, inbox, outbox, pdf
from processes.errors import DomainError, RuleBroken, WrongState
from processes.gate import save
from processes.models import Delivery
from security_docs import printing, queries
from security_docs.models import ProofPaper, Reading, Version
from security_docs.services.documents import only_unit

KIND = "security_docs.proof"
AT_ONCE = 300  # rows somebody waits for
PORTION = 300  # rows set at a time, so that the memory needed does not grow with the list
MOST = 30_000
COLUMNS = [
    export.Column("name", gettext_lazy("Name"), lambda row: row.reader.full_name),
    export.Column("registry", gettext_lazy("Registry number"), lambda row: row.reader.registry_no or ""),
    export.Column("institution", gettext_lazy("Institution"), "place"),
    export.Column("unit", gettext_lazy("Unit"), lambda row: row.reader.unit.name if row.reader.unit else ""),
    export.Column("asked", gettext_lazy("Asked"), "asked_at", kind="time"),
    export.Column("signed", gettext_lazy("Signed"), "signed_at", kind="time"),
    export.Column("how", gettext_lazy("How"), lambda row: how(row)),
    export.Column("hash", gettext_lazy("SHA-256 of what was signed"), lambda row: row.signed_hash[:16]),
]


def how(row: Reading) -> str:
    """By which way somebody signed."""
    if row.signed_at is None:
        return _("no longer expected") if row.ended_at else _("not signed yet")
    if row.paper_id:
        return _("on paper, list %(list)s") % {"list": row.paper}
    return _("in the portal, from %(address)s") % {"address": row.signed_address or "–"}


def ask(
    version: Version,
    *,
    by: User,
    standing: str = "",
    institution: Institution | None = None,
    letter: OutgoingLetter | None = None,
) -> ProofPaper:
    """Have the list made, and enclosed in a letter when one is named; a long one is made while people go on working."""
    only_unit(by)
    if letter is not None and not letter.is_editable:
        raise WrongState(_("The letter is no draft any more; nothing can be enclosed in it."))
    paper = ProofPaper(
        version=version, institution=institution, standing=standing, letter=letter, asked_by=by
    )
    paper.total = rows_of(paper).count()
    if not paper.total:
        raise RuleBroken(_("Nobody stands on this list; there is nothing to print."))
    if paper.total > MOST:
        raise RuleBroken(
            _("The list has %(count)d people; at most %(most)d stand in one PDF. Choose an institution.")
            % {"count": paper.total, "most": MOST}
        )
    with transaction.atomic(), because(step="proof_ask", by=by):
        save(paper)
        if paper.total > AT_ONCE:
            outbox.enqueue(KIND, {"proof": paper.pk}, key=f"{KIND}:{paper.pk}")
    return paper if paper.total > AT_ONCE else make(paper)


def rows_of(paper: ProofPaper) -> QuerySet[Reading]:
    """The people on the list, in its order."""
    rows = queries.proof(paper.version, paper.standing)
    return rows.in_institution(paper.institution_id) if paper.institution_id else rows


def make(paper: ProofPaper) -> ProofPaper:
    """Write every row, keep the file and enclose it; done already is done."""
    if paper.is_made:
        return paper
    keys = list(rows_of(paper).values_list("pk", flat=True))
    writer, pages = PdfWriter(), 0
    for start in range(0, len(keys), PORTION):
        rows = list(rows_of(paper).filter(pk__in=keys[start : start + PORTION]))
        portion = PdfReader(io.BytesIO(_set(paper, rows, start, len(keys), pages)))
        for page in portion.pages:
            writer.add_page(page)
        pages += len(portion.pages)
        # Shown while it is being made; nothing is decided by it.
        ProofPaper.objects.filter(pk=paper.pk).update(written=start + len(rows), total=len(keys))
    target = io.BytesIO()
    writer.compress_identical_objects()
    writer.write(target)
    content = target.getvalue()
    with signed_in(paper.asked_by), transaction.atomic(), because(step="proof_make", by=paper.asked_by):
        row = ProofPaper.objects.select_for_update(of=("self",)).select_related(*RELATED).get(pk=paper.pk)
        if row.is_made:
            return row
        row.file, row.made_at, row.pages = files.put(content), timezone.now(), pages
        row.written = row.total = len(keys)
        if row.letter is not None:
            row.refusal = _enclosed(row, row.letter, content)
        save(row)
        trail.record(row.version, "exported", {"list": "proof", "format": "pdf"})
        if row.total > AT_ONCE:
            inbox.tell(
                [row.asked_by],
                None,
                gettext_noop("The proof of reading of %(document)s is ready."),
                path=row.get_absolute_url(),
                document=row.version.label,
            )
    return row


RELATED = ("version__document__owner", "institution", "letter", "asked_by", "file")


def _enclosed(paper: ProofPaper, letter: OutgoingLetter, content: bytes) -> str:
    """Enclose the list in the letter; what refuses it is told beside the file, which is kept all the same."""
    title = f"{paper.version.document.number} sürüm {paper.version.number} okuma kanıtı"
    try:
        with transaction.atomic():
            drafting.add_annex(
                letter,
                by=paper.asked_by,
                title=title,
                extent=f"{paper.pages} Sayfa",
                upload=printing.as_file(content, name_of(paper)),
            )
    except DomainError as refusal:
        return str(refusal)[:500]
    return ""


def name_of(paper: ProofPaper) -> str:
    """What the file is called."""
    return f"{paper.version.document.number}-v{paper.version.number}-okuma-kaniti.pdf"


def _set(paper: ProofPaper, rows: list[Reading], start: int, total: int, pages: int) -> bytes:
    """Some of the rows on their pages, numbered on from those before; the first says of what it is the proof."""
    with override("tr"):
        context = {
            "title": _("Proof of reading"),
            "version": paper.version,
            "document": paper.version.document,
            "institution": paper.institution,
            "tally": queries.tally(paper.version) if start == 0 else None,
            "columns": COLUMNS,
            "rows": rows,
            "is_first": start == 0,
            "is_last": start + len(rows) >= total,
            "total": total,
            "band": str(paper.version.document.get_classification_display()),
        }
        onward = f"@page {{ @bottom-right {{ content: counter(page) }} }} @page :first {{ counter-reset: page {pages + 1} }}"
        return pdf.render(
            "security_docs/proof_pdf.html", context, styles=printing.STYLES, language="tr", more=onward
        )


def deliver(delivery: Delivery) -> None:
    """The worker makes a long list."""
    make(ProofPaper.objects.select_related(*RELATED).get(pk=delivery.payload["proof"]))
