"""One's own readings for programs: page by page, then a signature bound to the hash of the very content."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from audit.addresses import client_address
from ebys.api import files, filling, paging
from ebys.api.base import ApiView
from ebys.api.serializers.problems import problems
from ebys.api.views.incoming import IDEMPOTENCY
from ebys.api.views.outgoing import download
from ebys.models import Scope
from processes.errors import NotFound
from processes.filetypes import PDF
from security_docs import printing, queries, readings
from security_docs.api.serializers import PageSerializer, ReadingSerializer
from security_docs.forms.papers import SignForm
from security_docs.leaves import must_be_opened, pages_of
from security_docs.models import Reading, VersionState

TAG = "Own readings"
OPEN, SIGNED = "open", "signed"


class Readings(ApiView):
    """What this key's user was asked to read."""

    scopes = {"GET": Scope.CASES_READ}

    @extend_schema(
        operation_id="security_readings_list",
        summary="What this key's user has to read and has read, the last asked first",
        tags=[TAG],
        parameters=[
            OpenApiParameter("standing", str, enum=(OPEN, SIGNED), description="`open`: still to be signed."),
            *paging.PARAMETERS,
        ],
        responses={200: paging.page_schema(ReadingSerializer), **problems()},
    )
    def get(self, request: Request) -> Response:
        """A page of one's own readings; nobody else's."""
        given = paging.parameters(request, ("standing",))
        rows = queries.readings_of(self.by)
        match paging.choice(given, "standing", ("", OPEN, SIGNED), ""):
            case "open":
                rows = rows.undecided()
            case "signed":
                rows = rows.filter(signed_at__isnull=False)
        return paging.paged(request, given, rows, ("-asked_at", "-id"), ReadingSerializer)


class ReadingPage(ApiView):
    """One page of a document to be read."""

    scopes = {"GET": Scope.CASES_READ, "POST": Scope.CASES_WRITE}

    @extend_schema(
        operation_id="security_readings_page",
        summary="One page of a document this key's user was asked to read",
        tags=[TAG],
        responses={200: PageSerializer, **problems(404, 409)},
    )
    def get(self, request: Request, pk: int, page: int) -> Response:
        """The text of the page."""
        paging.parameters(request)
        reading = queries.reading_for(self.by, pk)
        if reading.version.state != VersionState.PUBLISHED and reading.signed_at is None:
            raise readings.no_longer_in_force(reading.version)
        return self.told(reading, page)

    @extend_schema(
        operation_id="security_readings_see",
        summary="Tell that the page was on the person's screen",
        tags=[TAG],
        parameters=[IDEMPOTENCY],
        request=None,
        responses={200: PageSerializer, **problems(404, 409, 413, 415, 422)},
    )
    def post(self, request: Request, pk: int, page: int) -> Response:
        """Every page has to be seen before the signature; one that is a picture has to be opened as PDF before."""
        filling.nothing(request)
        reading = queries.reading_for(self.by, pk)
        return self.once(lambda: self.told(readings.see(reading, by=self.by, page=page), page))

    def told(self, reading: Reading, page: int) -> Response:
        """The page, and whether it was seen."""
        pages = pages_of(reading.version)
        if not 1 <= page <= len(pages):
            raise NotFound(_("The document has no such page."))
        content = {
            "page": page,
            "text": pages[page - 1],
            "seen": page in reading.pages_seen,
            "to_be_opened": must_be_opened(reading, page),
        }
        return Response(PageSerializer(content).data)


class ReadingPaper(ApiView):
    """One page as it looks."""

    scopes = {"GET": Scope.CASES_READ}

    @extend_schema(
        operation_id="security_readings_paper",
        summary="One page of an uploaded document as it looks, its classification on it; needed for pages that are pictures",
        tags=[TAG],
        responses=files.as_file(404, 409, media_type=PDF.media_type),
    )
    def get(self, request: Request, pk: int, page: int) -> HttpResponse:
        """The page as PDF; that it was given out is written down."""
        paging.parameters(request)
        reading = queries.reading_for(self.by, pk)
        version = reading.version
        if version.state != VersionState.PUBLISHED and reading.signed_at is None:
            raise readings.no_longer_in_force(version)
        content = printing.leaf(version, page)
        if request.method == "GET":
            readings.opened(version, by=self.by, pages=(page,))
        return download(content, PDF.media_type, f"{version.document.number}-v{version.number}-{page}.pdf")


class ReadingSignature(ApiView):
    """“I have read it.”"""

    scopes = {"POST": Scope.CASES_WRITE}

    @extend_schema(
        operation_id="security_readings_sign",
        summary="Sign that the document was read and understood",
        description=(
            "`sha256` names the content that was read; a version that was replaced meanwhile, another hash and pages "
            "not seen are refused. A person signs for themselves alone, with a key that acts in their name."
        ),
        tags=[TAG],
        parameters=[IDEMPOTENCY],
        request=filling.body_of(SignForm, "Signature"),
        responses={200: ReadingSerializer, **problems(404, 409, 412, 413, 415, 422)},
    )
    def post(self, request: Request, pk: int) -> Response:
        """The signature is recorded with hash, time and address."""
        reading = queries.reading_for(self.by, pk)
        form = filling.filled(request, SignForm)
        address = client_address(request._request)

        def work() -> Response:
            signed = readings.sign(reading, by=self.by, sha256=form.cleaned_data["sha256"], address=address)
            return Response(ReadingSerializer(signed).data)

        return self.once(work)
