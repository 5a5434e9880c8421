"""Letters that EBYS delivers."""

from __future__ import annotations

from typing import Any, cast

from django.utils.translation import gettext as _
from django.utils.translation import override
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from audit import trail
from ebys import eyp
from ebys.api import fields, paging
from ebys.api.base import ApiView
from ebys.api.parsing import BoundedMultiPartParser, LetterJSONParser, parsed
from ebys.api.serializers.letters import (
    DeliverySerializer,
    IncomingLetterSerializer,
    LetterMetadataSerializer,
    LetterWithFilesSerializer,
    PackageUploadSerializer,
)
from ebys.api.serializers.problems import problems
from ebys.models import IncomingLetter, IncomingState, Origin, Receipt, Scope
from ebys.problems import Invalid, problem
from ebys.queries import incoming_exchanged
from ebys.services.receiving import LetterFacts, receive_package, register_by_hand
from processes import files
from processes.errors import DomainError

PARTS = frozenset({"package", "metadata", "files"})
ALL = "all"
SENT_AS = {
    "official_number": "number",
    "dated": "date",
    "belge_id": "document_id",
    "sdp_code": "file_code",
    "sdp_name": "file_code_name",
    "sender_name": "sender.name",
    "sender_detsis": "sender.detsis",
    "uploads": "files",
}
STATES = (ALL, *IncomingState.values)
IDEMPOTENCY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="1 to 200 printable ASCII characters. The same key with the same request is done once and answered "
    "the same for 48 hours; with another request it is refused.",
)
DELIVERED = OpenApiExample(
    "A package that became a letter",
    {
        "id": 42,
        "document_id": "4f9e2e9b-f4e6-4428-8f99-2e0a0d1d42d9",
        "subject": "e-Yazışma Test Paketi",
        "number": "1234",
        "date": "2025-05-12",
        "file_code": "010.06.01",
        "file_code_name": "İç Genelgeler",
        "security": "HZO",
        "urgency": "GNL",
        "answer_by": "2025-05-13",
        "sender": {"name": "Cumhurbaşkanlığı Dijital Dönüşüm Ofisi Başkanlığı", "detsis": "82223362"},
        "references": [{"label": "a", "text": "05.11.2009 tarihli 65410891-020-480 sayılı İlgi (a) yazı"}],
        "distribution": [
            {"name": "Adalet Bakanlığı", "detsis_no": "24301050", "purpose": "GRG", "urgency": "ACL"}
        ],
        "signers": [{"name": "Osman Murat Yeşil", "title": "Müsteşar"}],
        "files": [],
        "origin": "package",
        "package_version": "2.0",
        "digests_match": True,
        "signature_checked": False,
        "signature_notice": "İmza doğrulaması yapılmadı.",
        "received_at": "2026-11-22T09:15:00+03:00",
        "state": "unrouted",
        "state_label": "Yönlendirilmedi",
        "case": None,
        "duplicate": False,
    },
    response_only=True,
    status_codes=["201"],
)
SENT = OpenApiExample(
    "A letter without a package",
    {
        "subject": "Ağ Bağlantı Arızası",
        "number": "E-11223344-705-17",
        "date": "2026-11-20",
        "file_code": "705",
        "sender": {"name": "Örnekova Devlet Hastanesi", "detsis": "11223344"},
        "files": [{"name": "yazi.pdf", "content": "JVBERi0xLjcK…"}],
    },
    request_only=True,
    media_type="application/json",
)


class IncomingLetters(ApiView):
    """Deliver letters, and see what became of them."""

    scopes = {"GET": Scope.INCOMING_READ, "POST": Scope.INCOMING_DELIVER}
    parser_classes = (LetterJSONParser, BoundedMultiPartParser)

    @extend_schema(
        operation_id="incoming_letters_list",
        summary="Letters that were delivered, the newest first",
        tags=["Incoming letters"],
        parameters=[
            OpenApiParameter("state", str, enum=STATES, description="`all` when not given."),
            *paging.PARAMETERS,
        ],
        responses={200: paging.page_schema(IncomingLetterSerializer), **problems()},
    )
    def get(self, request: Request) -> Response:
        """A page of letters."""
        given = paging.parameters(request, ("state",))
        state = paging.choice(given, "state", STATES, ALL)
        rows = (
            IncomingLetter.objects.exchanged_by(self.by)
            .light()
            .select_related("sender", "case")
            .prefetch_related("files__file")
        )
        if state != ALL:
            rows = rows.filter(state=state)
        return paging.paged(
            request, given, rows, ("-received_at", "-id"), IncomingLetterSerializer, by=self.by
        )

    @extend_schema(
        operation_id="incoming_letters_deliver",
        summary="Deliver a letter: an EYP package, or metadata with files",
        description=(
            "Send an EYP package as the file `package` of a multipart form, or the letter's metadata as JSON with its "
            "files in base64, or a form with `metadata` (JSON) and `files`. A package that cannot be read is answered "
            "with the reason and kept in quarantine (`receipt`): nothing is lost. A document that was delivered before "
            "(same BelgeId) is answered with 200 and the letter as it is now. The signature is never verified."
        ),
        tags=["Incoming letters"],
        parameters=[IDEMPOTENCY],
        request={
            "multipart/form-data": PackageUploadSerializer,
            "application/json": LetterWithFilesSerializer,
        },
        examples=[SENT, DELIVERED],
        responses={
            201: OpenApiResponse(DeliverySerializer, "The letter was registered."),
            200: OpenApiResponse(DeliverySerializer, "The letter was here already; nothing was added."),
            **problems(409, 413, 415, 422, 503),
        },
    )
    def post(self, request: Request) -> Response:
        """Take a letter in."""
        data: Any = request.data
        if not hasattr(data, "getlist"):
            return self.once(lambda: self._described(data, ()))
        if unknown := (set(data) | set(request.FILES)) - PARTS:
            raise Invalid({name: [_("There is no such field here.")] for name in sorted(unknown)})
        packages = request.FILES.getlist("package")
        uploads = request.FILES.getlist("files")
        if "metadata" in data and not packages:
            metadata = parsed(str(data["metadata"]))
            return self.once(lambda: self._described(metadata, uploads))
        if len(packages) != 1 or uploads or "metadata" in data:
            raise Invalid({"package": [_("Send exactly one package, or metadata with files.")]})
        return self.once(lambda: self._package(packages[0]))

    def _package(self, upload: Any) -> Response:
        receipt = receive_package(upload, by=self.by, file_name=upload.name or "")
        if receipt.is_refused:
            return quarantined(receipt)
        letter = incoming_exchanged(self.by, cast("int", receipt.letter_id))
        return self._answer(letter, duplicate=receipt.outcome == "duplicate")

    def _described(self, data: Any, uploads: Any) -> Response:
        kind = LetterMetadataSerializer if uploads else LetterWithFilesSerializer
        form = kind(data=data)
        form.is_valid(raise_exception=True)
        values = form.validated_data
        uploads = list(uploads) or [one["upload"] for one in values.pop("files", [])]
        with fields.as_sent(SENT_AS):
            letter = register_by_hand(facts(values), by=self.by, uploads=uploads, origin=Origin.API)
        return self._answer(incoming_exchanged(self.by, letter.pk), duplicate=False)

    def _answer(self, letter: IncomingLetter, *, duplicate: bool) -> Response:
        content = DeliverySerializer(letter, context={"by": self.by, "duplicate": duplicate}).data
        address = reverse("api:incoming-letter", args=(letter.pk,), request=self.request)
        return Response(content, status=200 if duplicate else 201, headers={"Location": address})


class IncomingLetterDetail(ApiView):
    """One delivered letter."""

    scopes = {"GET": Scope.INCOMING_READ}

    @extend_schema(
        operation_id="incoming_letters_read",
        summary="One delivered letter and what became of it",
        tags=["Incoming letters"],
        parameters=[
            OpenApiParameter("id", OpenApiTypes.INT, OpenApiParameter.PATH, description="`id` of the letter.")
        ],
        responses={200: IncomingLetterSerializer, **problems(404)},
    )
    def get(self, request: Request, pk: int) -> Response:
        """The letter."""
        paging.parameters(request)
        letter = incoming_exchanged(self.by, pk)
        trail.seen(letter)
        return Response(IncomingLetterSerializer(letter, context={"by": self.by}).data)


def facts(values: dict[str, Any]) -> LetterFacts:
    """What was sent, under the names the register uses."""
    sender = values["sender"]
    return LetterFacts(
        subject=values["subject"],
        sender_name=sender["name"],
        sender_detsis=sender["detsis"],
        official_number=values["number"],
        dated=values["date"],
        belge_id=values["document_id"],
        sdp_code=values["file_code"],
        sdp_name=values["file_code_name"],
        security=values["security"],
        urgency=values["urgency"],
        answer_by=values["answer_by"],
        references=values["references"],
        distribution=values["distribution"],
    )


def quarantined(receipt: Receipt) -> Response:
    """Why a package could not be read, in the language of the caller; its bytes are kept."""
    refusal: DomainError | None = None
    try:
        with files.open(receipt.file) as content:
            eyp.read(content)
    except DomainError as error:
        refusal = error
    kept = _("The package was kept in quarantine under receipt %(number)d.") % {"number": receipt.pk}
    if refusal is None or refusal.code != receipt.code:
        with override("tr"):
            return problem(
                422, receipt.code, str(eyp.EypError.title), f"{receipt.sentence} {kept}", receipt=receipt.pk
            )
    detail = f"{refusal} {kept}"
    return problem(refusal.status, refusal.code, refusal.title, detail, refusal.fields, receipt=receipt.pk)
