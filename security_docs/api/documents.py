"""The document register for programs: documents, their versions with text, file and PDF, and the proof of reading."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authority import works_in_unit
from audit import trail
from ebys.api import acting, files, filling, paging
from ebys.api.acting import ActsSerializer, ActsView, ActView, RecordView
from ebys.api.base import ApiView
from ebys.api.permissions import HasScope, WorksInUnit
from ebys.api.serializers.problems import STALE, problems
from ebys.api.versions import etag
from ebys.api.views.incoming import IDEMPOTENCY
from ebys.api.views.outgoing import download
from ebys.models import Scope
from processes.errors import NotFound
from security_docs import acts, printing, queries, readings
from security_docs.api.serializers import (
    DocumentDetailSerializer,
    DocumentSerializer,
    ProofSerializer,
    VersionDetailSerializer,
)
from security_docs.filters import DocumentFilter
from security_docs.forms.papers import DocumentForm
from security_docs.models import Document, Kind, Version
from security_docs.services import documents

TAG = "Security documents"
STANDINGS = ("in_use", "due", "preparing", "without", "ended")
PDF = "application/pdf"
OPEN, SIGNED = "open", "signed"


class Documents(ApiView):
    """The document register."""

    scopes = {"GET": Scope.CASES_READ, "POST": Scope.CASES_WRITE}

    @extend_schema(
        operation_id="security_documents_list",
        summary="Documents of the register this key's user may see, by number",
        tags=[TAG],
        parameters=[
            OpenApiParameter("q", str, description="Words of number or title."),
            OpenApiParameter("kind", str, enum=Kind.values),
            OpenApiParameter("standing", str, enum=STANDINGS, description="`in_use` when not given."),
            *paging.PARAMETERS,
        ],
        responses={200: paging.page_schema(DocumentSerializer), **problems()},
    )
    def get(self, request: Request) -> Response:
        """A page of the register."""
        given = paging.parameters(request, ("q", "kind", "standing"))
        for name, allowed in (("kind", Kind.values), ("standing", STANDINGS)):
            if name in given:
                paging.choice(given, name, allowed, "")
        rows = DocumentFilter(given, queryset=queries.register(self.by)).qs
        return paging.paged(request, given, rows, ("sort_key", "id"), DocumentSerializer)

    @extend_schema(
        operation_id="security_documents_enter",
        summary="Put a document into the register",
        tags=[TAG],
        parameters=[IDEMPOTENCY],
        request=filling.body_of(DocumentForm, "DocumentEntry"),
        responses={201: DocumentDetailSerializer, **problems(409, 413, 415, 422)},
    )
    def post(self, request: Request) -> Response:
        """It has no version yet."""
        documents.only_unit(self.by)
        form = filling.filled(request, DocumentForm)

        def work() -> Response:
            made = documents.enter(by=self.by, **form.cleaned_data)
            return Response(told(made.pk, self), status=201)

        return self.once(work)


def told(pk: int, view: ApiView) -> Any:
    """A document as it is now."""
    document = queries.document_for(view.by, pk)
    versions = queries.versions_for(view.by, document).defer(
        "body", "extracted", "laid_out_text", "compliance__search"
    )
    groups = document.audience.select_related("institution", "unit__institution")
    context = {"versions": versions, "groups": groups if works_in_unit(view.by) else []}
    return DocumentDetailSerializer(document, context=context).data


class OfDocument(RecordView):
    """The addresses of one document."""

    acts = acts.DOCUMENTS

    def record(self, **where: Any) -> Document:
        """The document, if this key's user may see it."""
        return queries.document_for(self.by, where["pk"])

    def answer(self, record: Document) -> Response:
        """The document with its versions."""
        return Response(told(record.pk, self))


class DocumentDetail(OfDocument):
    """One document."""

    scopes = {"GET": Scope.CASES_READ}

    @extend_schema(
        operation_id="security_documents_read",
        summary="One document with its versions and readers",
        tags=[TAG],
        responses={200: DocumentDetailSerializer, **problems(404)},
    )
    def get(self, request: Request, pk: int) -> Response:
        """The document."""
        paging.parameters(request)
        return self.answer(self.record(pk=pk))


class DocumentActs(OfDocument, ActsView):
    """What can be done with a document."""

    permission_classes = (HasScope, WorksInUnit)

    @extend_schema(
        operation_id="security_documents_acts",
        summary="What can be done with a document, each act with its fields",
        tags=[TAG],
        responses={200: ActsSerializer, **problems(404)},
    )
    def get(self, request: Request, pk: int) -> Response:
        """The acts."""
        return self.listed(request, pk=pk)


class DocumentAct(OfDocument, ActView):
    """One act."""

    permission_classes = (HasScope, WorksInUnit)

    @extend_schema(
        operation_id="security_documents_act",
        summary="Do one thing with a document: change, review, end, readers, begin the next version",
        tags=[TAG],
        parameters=[acting.KEY, IDEMPOTENCY],
        request=acting.BODY,
        responses={200: DocumentDetailSerializer, **problems(404, 409, 413, 415, 422)},
    )
    def post(self, request: Request, pk: int, key: str) -> Response:
        """Done as on the page; a version with a file is begun by multipart/form-data."""
        return self.taken(request, key, pk=pk)


class OfVersion(RecordView):
    """The addresses of one version."""

    acts = acts.VERSIONS

    def record(self, **where: Any) -> Version:
        """The version, if this key's user may see it."""
        return queries.version_for(self.by, where["pk"], where["number"])

    def answer(self, record: Version) -> Response:
        """The version as it is now."""
        found = queries.version_for(self.by, record.document_id, record.number)
        in_unit = works_in_unit(self.by)
        context = {
            "approvals": found.approvals.filter(round=found.round).select_related("person"),
            "tally": queries.tally(found) if in_unit and found.published_at else None,
        }
        return Response(VersionDetailSerializer(found, context=context).data, headers={"ETag": etag(found)})


class VersionDetail(OfVersion):
    """One version."""

    scopes = {"GET": Scope.CASES_READ}

    @extend_schema(
        operation_id="security_versions_read",
        summary="One version with its text, approvals and hash",
        tags=[TAG],
        responses={200: VersionDetailSerializer, **problems(404)},
    )
    def get(self, request: Request, pk: int, number: int) -> Response:
        """The version."""
        paging.parameters(request)
        found = self.record(pk=pk, number=number)
        trail.seen(found)
        return self.answer(found)


class VersionActs(OfVersion, ActsView):
    """What can be done with a version."""

    @extend_schema(
        operation_id="security_versions_acts",
        summary="What can be done with a version, each act with its fields",
        tags=[TAG],
        responses={200: ActsSerializer, **problems(404)},
    )
    def get(self, request: Request, pk: int, number: int) -> Response:
        """The acts."""
        return self.listed(request, pk=pk, number=number)


class VersionAct(OfVersion, ActView):
    """One act."""

    @extend_schema(
        operation_id="security_versions_act",
        summary="Edit, submit, approve, send back, put in force, retire or discard a version",
        tags=[TAG],
        parameters=acting.PARAMETERS,
        request=acting.BODY,
        examples=[STALE],
        responses={200: VersionDetailSerializer, **problems(404, 409, 412, 413, 415, 422)},
    )
    def post(self, request: Request, pk: int, number: int, key: str) -> Response:
        """Done through the gate of versions, with its sentences."""
        return self.taken(request, key, pk=pk, number=number)


class VersionFile(OfVersion):
    """The uploaded file, which bears no classification: for the unit alone."""

    scopes = {"GET": Scope.CASES_READ}
    permission_classes = (HasScope, WorksInUnit)

    @extend_schema(
        operation_id="security_versions_file",
        summary="The uploaded file of a version exactly as it came, for the unit; others take the PDF",
        tags=[TAG],
        responses=files.as_file(404),
    )
    def get(self, request: Request, pk: int, number: int) -> FileResponse:
        """The bytes."""
        paging.parameters(request)
        found = self.record(pk=pk, number=number)
        if found.upload is None:
            raise NotFound(_("This version was written here; it has no file."))
        trail.record(found, "downloaded", {"version": found.number})
        return files.saved(found.upload, found.upload_name)


class VersionPdf(OfVersion):
    """The version as PDF."""

    scopes = {"GET": Scope.CASES_READ}

    @extend_schema(
        operation_id="security_versions_pdf",
        summary="The version as PDF, its classification on every page",
        tags=[TAG],
        responses=files.as_file(404, media_type=PDF),
    )
    def get(self, request: Request, pk: int, number: int) -> HttpResponse:
        """The PDF."""
        paging.parameters(request)
        found = self.record(pk=pk, number=number)
        content = printing.rendered(found)
        trail.record(found, "exported", {"format": "pdf"})
        if request.method == "GET":
            readings.opened(found, by=self.by)
        return download(content, PDF, f"{found.document.number}-v{found.number}.pdf")


class VersionProof(OfVersion):
    """Who was asked to read a version and has signed."""

    scopes = {"GET": Scope.CASES_READ}
    permission_classes = (HasScope, WorksInUnit)

    @extend_schema(
        operation_id="security_versions_proof",
        summary="The proof list of a version: who was asked, and when each signed which content",
        tags=[TAG],
        parameters=[OpenApiParameter("standing", str, enum=(OPEN, SIGNED)), *paging.PARAMETERS],
        responses={200: paging.page_schema(ProofSerializer), **problems(404)},
    )
    def get(self, request: Request, pk: int, number: int) -> Response:
        """A page of the list, by institution and name."""
        given = paging.parameters(request, ("standing",))
        found = self.record(pk=pk, number=number)
        rows = queries.proof(found, paging.choice(given, "standing", ("", OPEN, SIGNED), ""))
        trail.seen(found)
        return paging.paged(request, given, rows, ("place_key", "name_key", "id"), ProofSerializer)
