"""Notes and files of a case: written, brought, opened, revised, withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from accounts.authority import works_in_unit
from accounts.models import User
from audit import trail
from processes import files
from processes.errors import DomainError, NotPermitted, TooLarge
from processes.filetypes import PDF
from processes.models import Case, Document
from processes.plaintext import one_line
from processes.queries import case_for
from processes.record_forms import FilesForm, NoteForm, RevisionForm, WithdrawForm
from processes.requests import person
from processes.services import files as case_files
from processes.services import notes
from processes.services.files import document_for, may_change, revision_for

LARGEST_REQUEST = 110 * 1024 * 1024
View = Callable[..., HttpResponseBase]
# An opened file is a page of its own in which nothing runs; a browser's PDF reader does not start inside a sandbox.
SHUT = "default-src 'none'; img-src 'self'; frame-ancestors 'none'; sandbox"
SHUT_PDF = "default-src 'none'; object-src 'self'; frame-ancestors 'none'"


def limited(view: View) -> View:
    """Refuse an oversized request by its declared length, before a byte of it is read (the form's token included)."""
    protected = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        length = str(request.META.get("CONTENT_LENGTH") or "0")
        if not length.isascii() or not length.isdigit() or int(length[:18]) > LARGEST_REQUEST:
            raise TooLarge(
                _("All files together may have at most %(megabytes)d MB. Nothing was kept.")
                % {"megabytes": LARGEST_REQUEST // 2**20}
            )
        return protected(request, *args, **kwargs)

    return checked


@dataclass(frozen=True)
class Brought:
    """What became of one file: taken in, or refused with a sentence."""

    name: str
    document: Document | None = None
    refusal: DomainError | None = None


@require_http_methods(["GET", "POST"])
def note_add(request: HttpRequest, number: str) -> HttpResponse:
    """Write a note on a case. What was written stays in the form when it is refused."""
    user = person(request)
    found = case_for(user, number)
    staff = works_in_unit(user)
    form = NoteForm(request.POST if request.method == "POST" else None, staff=staff)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            internal = staff and not form.cleaned_data["for_applicant"]
            try:
                notes.write(found, user, form.cleaned_data["text"], internal=internal)
            except DomainError as refusal:
                form.add_error(None, str(refusal))
                status = refusal.status
            else:
                messages.success(request, _("The note was added."))
                return redirect(found)
    return render(request, "processes/records/note.html", {"case": found, "form": form}, status=status)


@limited
@require_http_methods(["GET", "POST"])
def file_add(request: HttpRequest, number: str) -> HttpResponse:
    """Bring files to a case. Each is taken in whole or refused with its reason, whatever becomes of the others."""
    user = person(request)
    found = case_for(user, number)
    form = FilesForm(
        request.POST if request.method == "POST" else None, request.FILES or None, staff=works_in_unit(user)
    )
    brought: list[Brought] = []
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            brought = [
                _bring(found, user, upload, form.cleaned_data) for upload in form.cleaned_data["uploads"]
            ]
            refusals = [one.refusal for one in brought if one.refusal]
            if not refusals:
                count = len(brought)
                messages.success(
                    request,
                    ngettext("%(count)d file was added.", "%(count)d files were added.", count)
                    % {"count": count},
                )
                return redirect(f"{found.get_absolute_url()}?{urlencode({'tab': 'files'})}")
            status = refusals[0].status
    context = {"case": found, "form": form, "brought": brought, "largest": files.LARGEST}
    return render(request, "processes/records/files.html", context, status=status)


def _bring(case: Case, user: User, upload: UploadedFile[Any], values: dict[str, Any]) -> Brought:
    name = one_line(str(upload.name or ""))
    try:
        document = case_files.attach(
            case, user, upload, values["title"], values["kind"], internal=values.get("internal", False)
        )
    except DomainError as refusal:
        trail.refused(case, refusal.code)
        return Brought(name, refusal=refusal)
    return Brought(name, document=document)


@require_safe
def file(request: HttpRequest, pk: int, revision: int) -> HttpResponseBase:
    """Open one version of a file: saved to the reader's disk, or drawn in the browser when that is harmless."""
    found = revision_for(person(request), pk, revision)
    shown = found.file.is_inert and "show" in request.GET
    content = files.open(found.file)
    if request.method == "GET":
        trail.record(found.document, "viewed" if shown else "downloaded", {"revision": found.number})
    response = FileResponse(
        content, as_attachment=not shown, filename=found.file_name, content_type=found.file.media_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    is_pdf = shown and found.file.media_type == PDF.media_type
    response["Content-Security-Policy"] = SHUT_PDF if is_pdf else SHUT
    return response


@limited
@require_http_methods(["GET", "POST"])
def file_revise(request: HttpRequest, pk: int) -> HttpResponse:
    """Add a newer version of a file."""
    user = person(request)
    document = _changeable(user, pk)
    form = RevisionForm(request.POST if request.method == "POST" else None, request.FILES or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                case_files.revise(document, user, form.cleaned_data["file"])
            except DomainError as refusal:
                trail.refused(document, refusal.code)
                form.add_error("file", str(refusal))
                status = refusal.status
            else:
                messages.success(request, _("The newer version was added; the earlier ones stay."))
                return redirect(_files_of(document))
    context = {"document": document, "case": document.case, "form": form, "largest": files.LARGEST}
    return render(request, "processes/records/revise.html", context, status=status)


@require_http_methods(["GET", "POST"])
def file_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a file out of use, with a reason."""
    user = person(request)
    document = _changeable(user, pk)
    form = WithdrawForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                case_files.withdraw(document, user, form.cleaned_data["reason"])
            except DomainError as refusal:
                form.add_error("reason", str(refusal))
                status = refusal.status
            else:
                messages.success(request, _("The file was withdrawn. It stays listed with the reason."))
                return redirect(_files_of(document))
    context = {"document": document, "case": document.case, "form": form}
    return render(request, "processes/records/withdraw.html", context, status=status)


def _changeable(user: User, pk: int) -> Document:
    """A file this person may change; what was withdrawn is refused by the service with its own sentence."""
    document = document_for(user, pk)
    if document.withdrawn_at is None and not may_change(document, user):
        raise NotPermitted(_("Only who added a file, or the unit's staff, change it."))
    return document


def _files_of(document: Document) -> str:
    return f"{document.case.get_absolute_url()}?{urlencode({'tab': 'files'})}"
