"""The dossier of a breach for programs: read whole, and every act of the page done through the same form and service."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.http import FileResponse, HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from audit import trail
from ebys.api import acting, files, filling, paging
from ebys.api.base import ApiView
from ebys.api.parsing import BoundedMultiPartParser, StrictJSONParser
from ebys.api.permissions import HasScope, WorksInUnit
from ebys.api.serializers.problems import problems
from ebys.api.versions import etag
from ebys.api.views.incoming import IDEMPOTENCY
from ebys.models import Scope
from incidents import alerting, papers
from incidents.acts import ACTS
from incidents.api.serializers import DoneSerializer, DossierActsSerializer, DossierSerializer
from incidents.dossier import dossier_of
from incidents.models import Breach
from incidents.queries import breach_for
from processes.errors import NotFound
from processes.models import Revision

TAG = "Breaches"
NUMBER = OpenApiParameter(
    "number",
    OpenApiTypes.STR,
    OpenApiParameter.PATH,
    description="The number of the breach with its slashes, such as 5.3.2/2026/000012.",
)
ROW = "row"


class UnitView(ApiView):
    """What the addresses of 5.3.2 have in common: for the unit, and in it for who knows of the breach."""

    permission_classes = (HasScope, WorksInUnit)


class Dossier(UnitView):
    """The dossier of one breach."""

    scopes = {"GET": Scope.CASES_READ}

    @extend_schema(
        operation_id="breaches_read",
        summary="The dossier of a breach",
        tags=[TAG],
        parameters=[NUMBER],
        responses={200: DossierSerializer, **problems(404)},
    )
    def get(self, request: Request, number: str) -> Response:
        """What is known, tasks, evidence, notices, barriers, review, sanctions, who was told."""
        paging.parameters(request)
        breach = breach_for(self.by, number)
        trail.seen(breach)
        return Response(DossierSerializer(dossier_of(breach)).data, headers={"ETag": etag(breach)})


class Acts(UnitView):
    """What can be done on a dossier."""

    scopes = {"GET": Scope.CASES_READ}

    @extend_schema(
        operation_id="breaches_acts",
        summary="What can be done on the dossier, each act with its fields",
        tags=[TAG],
        parameters=[NUMBER],
        responses={200: DossierActsSerializer, **problems(404)},
    )
    def get(self, request: Request, number: str) -> Response:
        """The acts."""
        paging.parameters(request)
        breach_for(self.by, number)
        found = [
            {
                **acting.told(key, act.label, act.form()),
                "part": act.part,
                "about_row": act.rows is not None,
                "open_only": act.open_only,
            }
            for key, act in ACTS.items()
        ]
        return Response({"results": found})


class TakenAct(UnitView):
    """One act."""

    scopes = {"POST": Scope.CASES_WRITE}
    parser_classes = (StrictJSONParser, BoundedMultiPartParser)

    @extend_schema(
        operation_id="breaches_act",
        summary="Do one thing on the dossier",
        description=(
            "The body fills in the fields of the act (see the acts of the dossier); `row` names the task, piece of "
            "evidence, proposal, barrier or action it is about. Evidence with a file is sent as multipart/form-data. "
            "The same form and the same rules as on the page decide."
        ),
        tags=[TAG],
        parameters=[
            NUMBER,
            acting.KEY,
            IDEMPOTENCY,
        ],
        request=acting.BODY,
        examples=[
            OpenApiExample("A task is settled", {"row": 7, "outcome": "done", "note": "Hesap kapatıldı."}),
            OpenApiExample(
                "Evidence is handed over",
                {"row": 3, "giver": "Nöbetçi", "receiver": "Emniyet", "reason": "Savcılık istedi."},
            ),
        ],
        responses={200: DoneSerializer, **problems(404, 409, 413, 415, 422)},
    )
    def post(self, request: Request, number: str, key: str) -> Response:
        """The act is done, or refused with the sentence of the page."""
        breach = breach_for(self.by, number)
        if key not in ACTS:
            raise NotFound(_("This cannot be done on a breach."))
        act = ACTS[key]
        data, _files = filling.sent(request)
        row = act.row(breach, str(data.get(ROW, "")))
        form = filling.filled(request, act.form, apart=(ROW,) if act.rows else ())

        def work() -> Response:
            return self.done(number, act.take(breach, row, self.by, form.cleaned_data))

        return self.once(work)

    def done(self, number: str, result: object) -> Response:
        """What came of it, with the dossier as it is now."""
        written = result.pk if isinstance(result, Model) and not isinstance(result, Breach) else None
        unchanged = result if isinstance(result, bool) else None
        breach = breach_for(self.by, number)
        content: dict[str, Any] = {"row": written, "unchanged": unchanged, "dossier": dossier_of(breach)}
        return Response(DoneSerializer(content).data, headers={"ETag": etag(breach)})


class Acknowledgement(UnitView):
    """Somebody takes a reported breach on."""

    scopes = {"POST": Scope.CASES_WRITE}

    @extend_schema(
        operation_id="breaches_acknowledge",
        summary="“I have seen it and take it on”: nobody else is woken up",
        tags=[TAG],
        parameters=[NUMBER, IDEMPOTENCY],
        request=None,
        responses={200: DossierSerializer, **problems(404, 409, 413, 415, 422)},
    )
    def post(self, request: Request, number: str) -> Response:
        """The chain of alerts ends here."""
        filling.nothing(request)
        breach = breach_for(self.by, number)

        def work() -> Response:
            alerting.acknowledge(breach, by=self.by)
            return Response(DossierSerializer(dossier_of(breach)).data)

        return self.once(work)


class EvidenceList(UnitView):
    """The list of evidence on paper."""

    scopes = {"GET": Scope.CASES_READ}

    @extend_schema(
        operation_id="breaches_evidence_list",
        summary="The list of evidence with hashes and chain of custody as a PDF, as it goes with a letter",
        tags=[TAG],
        parameters=[NUMBER],
        responses=files.as_file(404, media_type="application/pdf"),
    )
    def get(self, request: Request, number: str) -> HttpResponse:
        """Each kept file is compared with its SHA-256 as it is printed."""
        paging.parameters(request)
        breach = breach_for(self.by, number)
        trail.record(breach, "exported", {"list": "evidence", "format": "pdf"})
        return papers.answer(papers.evidence_list(breach), papers.evidence_name(breach))


class SilencePaper(UnitView):
    """The signed decision not to tell the Board on paper."""

    scopes = {"GET": Scope.CASES_READ}

    @extend_schema(
        operation_id="breaches_silence_paper",
        summary="The signed decision not to tell the Board as a PDF: the reason, who proposed it and who signed it",
        tags=[TAG],
        parameters=[NUMBER, OpenApiParameter("id", OpenApiTypes.INT, OpenApiParameter.PATH)],
        responses=files.as_file(404, media_type="application/pdf"),
    )
    def get(self, request: Request, number: str, pk: int) -> HttpResponse:
        """404 while nobody has signed it."""
        paging.parameters(request)
        breach = breach_for(self.by, number)
        content, name = papers.silence_of(breach, pk)
        trail.record(breach, "exported", {"list": "silence", "format": "pdf"})
        return papers.answer(content, name)


class EvidenceFile(UnitView):
    """The file of a piece of evidence."""

    scopes = {"GET": Scope.CASES_READ}

    @extend_schema(
        operation_id="breaches_evidence_file",
        summary="The file of a piece of evidence exactly as it was secured",
        tags=[TAG],
        parameters=[NUMBER, OpenApiParameter("id", OpenApiTypes.INT, OpenApiParameter.PATH)],
        responses=files.as_file(404),
    )
    def get(self, request: Request, number: str, pk: int) -> FileResponse:
        """The bytes; its SHA-256 stands in the dossier."""
        paging.parameters(request)
        breach = breach_for(self.by, number)
        piece = breach.evidence.filter(pk=pk, document__isnull=False).first()
        if piece is None:
            raise NotFound(_("This line does not exist any more."))
        kept = Revision.objects.select_related("file", "document").get(document=piece.document_id, number=1)
        trail.record(kept.document, "downloaded", {"revision": kept.number})
        return files.saved(kept.file, kept.file_name)
