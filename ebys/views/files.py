"""Files of letters on their way out: always looked up for this person, never by a path."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from audit import trail
from ebys import printing
from ebys.models import IncomingFile, OutgoingAnnex
from ebys.queries import incoming_for, outgoing_for, receipt_for
from processes import files
from processes.errors import NotFound
from processes.filetypes import PDF
from processes.models import StoredFile
from processes.requests import person

# A file opened beside its letter is a page of its own in which nothing runs.
SHUT = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'"
UNKNOWN = "application/octet-stream"


@require_safe
@xframe_options_sameorigin
def incoming_file(request: HttpRequest, pk: int, file_pk: int) -> HttpResponseBase:
    """The letter itself or an annex: drawn in the page when it is harmless and `show` is asked, else saved."""
    letter = incoming_for(person(request), pk)
    found = next((one for one in letter.files.all() if one.pk == file_pk), None)
    if found is None or found.file is None:
        raise NotFound(_("There is no such file."))
    shown = "show" in request.GET and found.file.is_inert and found.file.media_type == PDF.media_type
    trail.record(letter, "viewed" if shown else "downloaded", {"file": found.position})
    return sent(found.file, name_of(found), shown=shown)


@require_safe
def incoming_package(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The package exactly as it came."""
    letter = incoming_for(person(request), pk)
    if letter.package is None:
        raise NotFound(_("This letter came without a package."))
    trail.record(letter, "downloaded", {"file": "package"})
    return sent(letter.package, f"{str(letter.belge_id).upper()}.eyp")


@require_safe
def quarantine_file(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A delivery nobody could read, exactly as it came."""
    receipt = receipt_for(person(request), pk)
    trail.record(receipt, "downloaded")
    response = sent(receipt.file, receipt.file_name or f"teslim-{receipt.pk}")
    response["Content-Type"] = UNKNOWN
    return response


@require_safe
def annex_file(request: HttpRequest, pk: int, annex_pk: int) -> HttpResponseBase:
    """An annex of a letter of ours."""
    letter = outgoing_for(person(request), pk)
    found = OutgoingAnnex.objects.select_related("file").filter(letter=letter, pk=annex_pk).first()
    if found is None or found.file is None:
        raise NotFound(_("There is no such file."))
    trail.record(letter, "downloaded", {"annex": found.position})
    return sent(found.file, found.file_name)


@require_safe
@xframe_options_sameorigin
def letter_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """A letter of ours in the official layout."""
    letter = outgoing_for(person(request), pk)
    trail.record(letter, "exported", reason="pdf")
    response = HttpResponse(printing.pdf_of(letter), content_type=PDF.media_type)
    return made(response, f"{printing.file_stem(letter)}.pdf", shown="show" in request.GET)


@require_safe
def letter_eyp(request: HttpRequest, pk: int) -> HttpResponse:
    """A letter of ours as an unsigned package."""
    letter = outgoing_for(person(request), pk)
    trail.record(letter, "exported", reason="eyp")
    response = HttpResponse(printing.package_of(letter), content_type="application/eyazisma")
    return made(response, f"{printing.file_stem(letter)}.eyp")


def name_of(file: IncomingFile) -> str:
    """The name a file is saved under: its own, without folders."""
    name = file.file_name.replace("\\", "/").rpartition("/")[2]
    return name or f"ek-{file.position}"


def sent(stored: StoredFile, name: str, *, shown: bool = False) -> FileResponse:
    """A kept file as a download, or in the page."""
    response = FileResponse(
        files.open(stored), as_attachment=not shown, filename=name, content_type=stored.media_type
    )
    _keep_private(response)
    return response


def made(response: HttpResponse, name: str, *, shown: bool = False) -> HttpResponse:
    """A file made just now as a download, or in the page."""
    disposition = content_disposition_header(not shown, name)
    if disposition:
        response["Content-Disposition"] = disposition
    _keep_private(response)
    return response


def _keep_private(response: HttpResponseBase) -> None:
    response["Content-Security-Policy"] = SHUT
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
