"""A version on paper: its text set by us, or the uploaded PDF itself; the classification stands on every page."""

from __future__ import annotations

import io
from functools import cache

from django.core.files.base import ContentFile
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import override
from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from weasyprint import CSS, HTML

from processes import files, pdf
from processes.errors import NotFound, RuleBroken
from security_docs import texts, word
from security_docs.models import Classification, Version
from security_docs.models.documents import VersionState

STYLES = ("css/pdf.css", "security_docs/paper.css")
SETTLED = (VersionState.PUBLISHED, VersionState.RETIRED)


def rendered(version: Version) -> bytes:
    """The version as PDF in the language of the office; what is settled is made once and kept."""
    document = version.document
    mark = f"{document.classification}:{version.state}"
    if version.state in SETTLED and version.paper_mark == mark and version.paper_id:
        with files.open(version.paper) as kept:  # type: ignore[arg-type]  # paper_id says that it is there
            return kept.read()
    content = _made(version)
    if version.state in SETTLED:
        stored = files.put(content)
        # Nothing of the version itself: a copy that can be made again at any time.
        Version.objects.filter(pk=version.pk).update(paper=stored, paper_mark=mark)
    return content


def _made(version: Version) -> bytes:
    with override("tr"):
        if version.upload is not None:
            return stamped(_leaves(version), band(version), foot(version))
        return pdf.render(
            "security_docs/version_pdf.html",
            {
                "version": version,
                "document": version.document,
                "title": version.document.title,
                "band": band(version),
                "blocks": texts.blocks(version.text),
                "approvals": version.approvals.filter(round=version.round).select_related("person"),
            },
            styles=STYLES,
            language="tr",
        )


def _leaves(version: Version) -> bytes:
    """The pages of an uploaded file without a stamp; a Word file of former days is set now."""
    if version.leaves is not None:
        with files.open(version.leaves) as source:
            return source.read()
    with files.open(version.upload) as source:  # type: ignore[arg-type]  # it was uploaded
        return word.laid_out(word.html_of(source), version.upload_name)


def band(version: Version) -> str:
    """What stands on every page: the classification, and that it is no version in force where it is none."""
    label = str(Classification(version.document.classification).label)
    if version.state == VersionState.PUBLISHED:
        return label
    return f"{label} · {version.get_state_display()}"


def foot(version: Version) -> str:
    """Under every page of an uploaded file: which document and version it is."""
    return f"{version.document.number} · {_('version %(number)s') % {'number': version.number}}"


def stamped(content: bytes, band: str, foot: str) -> bytes:
    """A PDF with the classification at the head and foot of each of its pages, whatever their size."""
    writer = PdfWriter()
    try:
        for page in PdfReader(io.BytesIO(content), strict=False).pages:
            added = writer.add_page(page)
            if added.rotation:
                added.transfer_rotation_to_content()
            box = added.mediabox
            over = PdfReader(io.BytesIO(_band(float(box.width), float(box.height), band, foot))).pages[0]
            added.merge_translated_page(over, float(box.left), float(box.bottom))
        target = io.BytesIO()
        writer.write(target)
    except (PyPdfError, ValueError, KeyError, TypeError) as error:
        raise RuleBroken(
            _("The uploaded PDF cannot be stamped: it is damaged. Save it anew and upload it again.")
        ) from error
    return target.getvalue()


@cache
def _band(width: float, height: float, band: str, foot: str) -> bytes:
    """A page of that size with nothing on it but the two lines."""
    sheet = (
        f"@page {{ size: {width}pt {height}pt; margin: 0 }}"
        "body { margin: 0; font: 600 9pt 'Noto Sans', 'DejaVu Sans', sans-serif; color: #7a1f1f }"
        "p { position: absolute; left: 0; right: 0; margin: 0; text-align: center }"
        ".head { top: 9pt } .foot { bottom: 9pt }"
    )
    page = HTML(
        string=f'<p class="head">{escape(band)}</p><p class="foot">{escape(band)} · {escape(foot)}</p>'
    )
    return bytes(page.write_pdf(stylesheets=[CSS(string=sheet)]) or b"")


def leaf(version: Version, number: int) -> bytes:
    """One page of an uploaded file as a reader opens it; NotFound where it has no such page."""
    if version.leaves is None:
        raise NotFound(_("This document has no pages of its own."))
    if not 1 <= number <= version.page_count:
        raise NotFound(_("The document has no such page."))
    return single_page(rendered(version), number)


def single_page(content: bytes, number: int) -> bytes:
    """One page of a PDF by itself; the last, where it has fewer pages than its text was cut into."""
    reader = PdfReader(io.BytesIO(content), strict=False)
    writer = PdfWriter()
    writer.add_page(reader.pages[min(number, len(reader.pages)) - 1])
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def as_file(content: bytes, name: str) -> ContentFile[bytes]:
    """A PDF in the shape the letters take an annex in."""
    return ContentFile(content, name=name)
