"""Cases and their steps, through the same forms and the same gate as the pages."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from audit import trail
from ebys.api import fields, paging
from ebys.api.base import ApiView
from ebys.api.serializers.cases import (
    CaseDetailSerializer,
    CaseSerializer,
    ConfidentialSerializer,
    StepRunSerializer,
    StepsSerializer,
    actions_of,
)
from ebys.api.serializers.problems import STALE, problems
from ebys.api.versions import etag, expected, require_current
from ebys.api.views.incoming import IDEMPOTENCY
from ebys.api.views.outgoing import IF_MATCH
from ebys.models import Scope
from ebys.problems import BadRequest, Invalid
from processes import rooms
from processes.confidential import is_hidden_from
from processes.errors import NotFound, NotPermitted
from processes.models import Case, Channel
from processes.queries import case_for, runs_of

OPEN, CLOSED, ALL = "open", "closed", "all"
STATES = (OPEN, CLOSED, ALL)
TAG = "Cases"
LISTED = ("applicant", "applicant_institution", "assignee", "step")
CONFIDENTIAL = gettext_lazy("It was registered and is confidential: only those named work on it.")
NUMBER = OpenApiParameter(
    "number",
    OpenApiTypes.STR,
    OpenApiParameter.PATH,
    description="The number of the case with its slashes, such as 5.3.6/2026/000123.",
)


class Cases(ApiView):
    """The cases this key's user may know of."""

    scopes = {"GET": Scope.CASES_READ, "POST": Scope.CASES_WRITE}

    @extend_schema(
        operation_id="cases_list",
        summary="Cases, the newest first",
        tags=[TAG],
        parameters=[
            OpenApiParameter("state", str, enum=STATES, description="`all` when not given."),
            OpenApiParameter("subprocess", str, description="Number of a sub-process, such as 5.3.6."),
            *paging.PARAMETERS,
        ],
        responses={200: paging.page_schema(CaseSerializer), **problems()},
    )
    def get(self, request: Request) -> Response:
        """A page of cases."""
        given = paging.parameters(request, ("state", "subprocess"))
        state = paging.choice(given, "state", STATES, ALL)
        rows = Case.objects.visible_to(self.by).light().select_related(*LISTED)
        if number := given.get("subprocess"):
            rows = rows.filter(subprocess__number=number)
        if state != ALL:
            rows = rows.filter(closed_at__isnull=state == OPEN)
        return paging.paged(request, given, rows, ("-opened_at", "-id"), CaseSerializer)

    @extend_schema(
        operation_id="cases_open",
        summary="Open a case of a sub-process",
        description=(
            "The body names the sub-process and fills in the fields of its opening form; what is missing or wrong is "
            "answered with 422 and the names of the fields."
        ),
        tags=[TAG],
        parameters=[IDEMPOTENCY],
        request=OpenApiTypes.OBJECT,
        examples=[
            OpenApiExample(
                "A fault is reported",
                {
                    "subprocess": "5.3.6",
                    "title": "Servis ağına erişilemiyor",
                    "description": "3. kat dahiliye servisinde ağ bağlantısı yok.",
                    "applicant_institution": "Örnekova Devlet Hastanesi",
                },
                request_only=True,
            )
        ],
        responses={
            201: OpenApiResponse(CaseDetailSerializer, "The case was opened."),
            202: OpenApiResponse(
                ConfidentialSerializer,
                "It was registered and is confidential: this key's user is told no more of it.",
            ),
            **problems(404, 409, 413, 415, 422),
        },
    )
    def post(self, request: Request) -> Response:
        """Open a case."""
        data = request.data
        if not isinstance(data, dict):
            raise BadRequest(_("The body is a JSON object with the fields of the form."))
        number = data.get("subprocess")
        if not isinstance(number, str) or not rooms.has_room(number):
            known = ", ".join(room.number for room in rooms.all_rooms())
            raise Invalid(
                {"subprocess": [_("Name one of these sub-processes: %(numbers)s.") % {"numbers": known}]}
            )
        room = rooms.room_for(number)
        if not room.flow.may_open(self.by):
            raise NotPermitted(_("Your role does not register requests of this sub-process."))
        empty = room.opening(by=self.by)
        values = fields.form_data(
            {name: value for name, value in data.items() if name != "subprocess"}, empty.fields
        )
        if "channel" in empty.fields:
            values.setdefault("channel", Channel.API.value)

        def work() -> Response:
            form = room.opening(values, by=self.by)
            fields.checked(form)
            registered = form.open()
            if is_hidden_from(registered, self.by):
                return Response({"confidential": True, "detail": str(CONFIDENTIAL)}, status=202)
            opened = case_for(self.by, registered.number)
            content = CaseDetailSerializer(opened, context={"by": self.by}).data
            address = reverse("api:case", args=(opened.number,), request=request)
            return Response(content, status=201, headers={"Location": address, "ETag": etag(opened)})

        return self.once(work)


class CaseDetail(ApiView):
    """One case."""

    scopes = {"GET": Scope.CASES_READ}

    @extend_schema(
        operation_id="cases_read",
        summary="One case and what can be done next",
        tags=[TAG],
        parameters=[NUMBER],
        responses={200: CaseDetailSerializer, **problems(404)},
    )
    def get(self, request: Request, number: str) -> Response:
        """The case with its version."""
        paging.parameters(request)
        case = case_for(self.by, number)
        trail.seen(case)
        return answer(case, self)


class CaseSteps(ApiView):
    """The steps of a case."""

    scopes = {"GET": Scope.CASES_READ}

    @extend_schema(
        operation_id="cases_steps",
        summary="The steps a case went through and those that can be taken, each with its fields",
        tags=[TAG],
        parameters=[NUMBER],
        responses={200: StepsSerializer, **problems(404)},
    )
    def get(self, request: Request, number: str) -> Response:
        """Runs and actions."""
        paging.parameters(request)
        case = case_for(self.by, number)
        trail.seen(case)
        content = {
            "case": case.number,
            "version": case.version,
            "runs": StepRunSerializer(runs_of(case), many=True, context={"by": self.by}).data,
            "actions": actions_of(case, self.by, with_fields=True),
        }
        return Response(content, headers={"ETag": etag(case)})


class CaseStep(ApiView):
    """One step of a case."""

    scopes = {"POST": Scope.CASES_WRITE}

    @extend_schema(
        operation_id="cases_take_step",
        summary="Take a step",
        description=(
            "The body fills in the fields of the step (see the case's steps). Who may take it, from which state and "
            "under which conditions is decided by the same gate as on the pages, with the same sentences."
        ),
        tags=[TAG],
        parameters=[
            NUMBER,
            OpenApiParameter(
                "key", OpenApiTypes.STR, OpenApiParameter.PATH, description="`key` of an action."
            ),
            IDEMPOTENCY,
            IF_MATCH,
        ],
        request=OpenApiTypes.OBJECT,
        examples=[
            OpenApiExample(
                "5.3.6.2", {"finding": "Kat anahtarı arızalı.", "priority": "2"}, request_only=True
            ),
            STALE,
        ],
        responses={200: CaseDetailSerializer, **problems(404, 409, 412, 413, 415, 422)},
    )
    def post(self, request: Request, number: str, key: str) -> Response:
        """The step is taken, or refused with the gate's own sentence."""
        version = expected(request)
        case: Any = case_for(self.by, number)
        room = rooms.room_of(case)
        form_class = room.forms.get(key)
        if form_class is None:
            raise NotFound(_("This sub-process has no step “%(key)s”.") % {"key": key})
        data = request.data

        def work() -> Response:
            require_current(case, version)
            if refusal := room.flow.refusal(key, case, self.by):
                raise refusal
            values = fields.form_data(data, form_class(case=case, by=self.by).fields)
            form = form_class(values, case=case, by=self.by)
            fields.checked(form)
            form.take(version=version)
            return answer(case_for(self.by, number), self)

        return self.once(work)


def answer(case: Case, view: ApiView) -> Response:
    """A case as it is now, with its version."""
    content = CaseDetailSerializer(case, context={"by": view.by}).data
    return Response(content, headers={"ETag": etag(case)})
