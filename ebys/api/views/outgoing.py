"""Letters of ours that EBYS collects, signs, and registers or sends back."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from audit import trail
from ebys import printing
from ebys.api import fields, paging
from ebys.api.base import ApiView
from ebys.api.serializers.letters import (
    NothingSerializer,
    OutgoingLetterSerializer,
    RegistrationSerializer,
    RejectionSerializer,
)
from ebys.api.serializers.problems import STALE, problems
from ebys.api.versions import etag, expected, require_current
from ebys.api.views.incoming import IDEMPOTENCY
from ebys.models import OutgoingLetter, OutgoingState, Scope
from ebys.queries import outgoing_exchanged, outgoing_whole
from ebys.workflow import outgoing
from processes.errors import NotFound

READY = "ready"
STATES = (READY, OutgoingState.HANDED.value, OutgoingState.REGISTERED.value, OutgoingState.RETURNED.value)
TAG = "Outgoing letters"
PK = OpenApiParameter("id", OpenApiTypes.INT, OpenApiParameter.PATH, description="`id` of the letter.")
IF_MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The `ETag` (version) you read. When the record changed since, the request is answered with 412.",
)
UNSEEN = (OutgoingState.DRAFT, OutgoingState.DISCARDED)


class OutgoingView(ApiView):
    """What the addresses of one letter have in common."""

    def letter(self, pk: int) -> OutgoingLetter:
        """The letter, if it has left the unit's desk: drafts are not EBYS's business."""
        found = outgoing_exchanged(self.by, pk)
        if found.state in UNSEEN:
            raise NotFound(_("There is no such letter."))
        return found

    def answer(self, letter: OutgoingLetter) -> Response:
        """The letter as it is now, with its version."""
        found = outgoing_exchanged(self.by, letter.pk)
        content = OutgoingLetterSerializer(found, context={"request": self.request, "by": self.by}).data
        return Response(content, headers={"ETag": etag(found)})


class OutgoingLetters(ApiView):
    """The letters that wait for EBYS, and those it has."""

    scopes = {"GET": Scope.OUTGOING_READ}

    @extend_schema(
        operation_id="outgoing_letters_list",
        summary="Letters that wait to be collected, the longest waiting first",
        tags=[TAG],
        parameters=[
            OpenApiParameter("state", str, enum=STATES, description="`ready` when not given."),
            *paging.PARAMETERS,
        ],
        responses={200: paging.page_schema(OutgoingLetterSerializer), **problems()},
    )
    def get(self, request: Request) -> Response:
        """A page of letters."""
        given = paging.parameters(request, ("state",))
        state = paging.choice(given, "state", STATES, READY)
        wanted = OutgoingState.APPROVED if state == READY else state
        rows = outgoing_whole(OutgoingLetter.objects.exchanged_by(self.by)).filter(state=wanted)
        return paging.paged(request, given, rows, ("id",), OutgoingLetterSerializer, by=self.by)


class OutgoingLetterDetail(OutgoingView):
    """One letter of ours."""

    scopes = {"GET": Scope.OUTGOING_READ}

    @extend_schema(
        operation_id="outgoing_letters_read",
        summary="One letter of ours",
        tags=[TAG],
        parameters=[PK],
        responses={200: OutgoingLetterSerializer, **problems(404)},
    )
    def get(self, request: Request, pk: int) -> Response:
        """The letter with its version."""
        paging.parameters(request)
        letter = self.letter(pk)
        trail.seen(letter)
        return self.answer(letter)


class OutgoingPackage(OutgoingView):
    """The taslak package of a letter."""

    scopes = {"GET": Scope.OUTGOING_READ}

    @extend_schema(
        operation_id="outgoing_letters_package",
        summary="The letter as an unsigned draft package (.eyp)",
        description="A taslak of version 2.0 without number, date and signature. It is not an official document.",
        tags=[TAG],
        parameters=[PK],
        responses={
            (200, "application/eyazisma"): OpenApiResponse(OpenApiTypes.BINARY, "The package."),
            **problems(404, 422),
        },
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The package as a file."""
        paging.parameters(request)
        letter = self.letter(pk)
        trail.record(letter, "downloaded")
        return download(
            printing.package_of(letter), "application/eyazisma", f"{printing.file_stem(letter)}.eyp"
        )


class OutgoingPdf(OutgoingView):
    """The PDF of a letter."""

    scopes = {"GET": Scope.OUTGOING_READ}

    @extend_schema(
        operation_id="outgoing_letters_pdf",
        summary="The letter in the official layout as PDF, marked TASLAK",
        tags=[TAG],
        parameters=[PK],
        responses={
            (200, "application/pdf"): OpenApiResponse(OpenApiTypes.BINARY, "The PDF."),
            **problems(404),
        },
    )
    def get(self, request: Request, pk: int) -> HttpResponse:
        """The PDF as a file."""
        paging.parameters(request)
        letter = self.letter(pk)
        trail.record(letter, "downloaded")
        return download(printing.pdf_of(letter), "application/pdf", f"{printing.file_stem(letter)}.pdf")


class OutgoingCollection(OutgoingView):
    """EBYS has the letter."""

    scopes = {"POST": Scope.OUTGOING_REGISTER}

    @extend_schema(
        operation_id="outgoing_letters_collect",
        summary="Tell that EBYS has collected the letter",
        tags=[TAG],
        parameters=[PK, IDEMPOTENCY, IF_MATCH],
        request=NothingSerializer,
        examples=[STALE],
        responses={200: OutgoingLetterSerializer, **problems(404, 409, 412, 415, 422)},
    )
    def post(self, request: Request, pk: int) -> Response:
        """The letter goes on to “at EBYS”."""
        letter, version = self.letter(pk), expected(request)
        NothingSerializer(data=request.data or {}).is_valid(raise_exception=True)
        require_current(letter, version)
        return self.once(lambda: self.answer(outgoing.hand_over(letter, by=self.by, version=version)))


class OutgoingRegistration(OutgoingView):
    """EBYS signed and registered the letter."""

    scopes = {"POST": Scope.OUTGOING_REGISTER}

    @extend_schema(
        operation_id="outgoing_letters_register",
        summary="Record the number and date EBYS gave",
        tags=[TAG],
        parameters=[PK, IDEMPOTENCY, IF_MATCH],
        request=RegistrationSerializer,
        examples=[
            OpenApiExample(
                "Registered", {"number": "E-12345678-705-1042", "date": "2026-11-20"}, request_only=True
            ),
            STALE,
        ],
        responses={200: OutgoingLetterSerializer, **problems(404, 409, 412, 415, 422)},
    )
    def post(self, request: Request, pk: int) -> Response:
        """The letter has its number."""
        letter, version = self.letter(pk), expected(request)
        form = RegistrationSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        values = form.validated_data

        def work() -> Response:
            with fields.as_sent({"dated": "date", "official_number": "number"}):
                registered = outgoing.register(
                    letter, by=self.by, number=values["number"], dated=values["date"], version=version
                )
            return self.answer(registered)

        return self.once(work)


class OutgoingRejection(OutgoingView):
    """EBYS or a signatory sent the letter back."""

    scopes = {"POST": Scope.OUTGOING_REGISTER}

    @extend_schema(
        operation_id="outgoing_letters_reject",
        summary="Send the letter back with a reason",
        description="A letter that was not told as collected yet is taken as collected and sent back in one go.",
        tags=[TAG],
        parameters=[PK, IDEMPOTENCY, IF_MATCH],
        request=RejectionSerializer,
        examples=[
            OpenApiExample(
                "Sent back", {"reason": "İmza makamı Başkan Yardımcısı olmalı."}, request_only=True
            ),
            STALE,
        ],
        responses={200: OutgoingLetterSerializer, **problems(404, 409, 412, 415, 422)},
    )
    def post(self, request: Request, pk: int) -> Response:
        """The letter is returned to the unit."""
        letter, version = self.letter(pk), expected(request)
        form = RejectionSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        reason = form.validated_data["reason"]

        def work() -> Response:
            held, seen = letter, version
            if letter.state == OutgoingState.APPROVED:
                held = outgoing.hand_over(letter, by=self.by, version=version)
                seen = held.version
            return self.answer(outgoing.reject(held, by=self.by, reason=reason, version=seen))

        return self.once(work)


def download(content: bytes, media_type: str, name: str) -> HttpResponse:
    """A file under a name without personal data, never shown in place."""
    return HttpResponse(
        content,
        content_type=media_type,
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "no-store",
        },
    )
