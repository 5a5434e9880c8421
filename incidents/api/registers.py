"""Registers of 5.3.2 for programs: breaches, alerts, what is due, the rota, the emergency plan, one's own reports."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from ebys.api import filling, paging
from ebys.api.base import ApiView
from ebys.api.serializers.problems import problems
from ebys.api.views.incoming import IDEMPOTENCY
from ebys.models import Scope
from incidents import gaps, plan, queries, reporting
from incidents.api.dossier import TAG, UnitView
from incidents.api.serializers import (
    AlertSerializer,
    BreachSerializer,
    FollowUpSerializer,
    OwnReportSerializer,
    PlannedShiftsSerializer,
    PlanSerializer,
    RotaGapsSerializer,
    ShiftSerializer,
)
from incidents.filters import ALL, CLOCKS, CLOSED, OPEN, RUNNING
from incidents.forms import PatternForm, ShiftForm
from incidents.models import Breach, FollowUp, FollowUpKind, Level, Shift
from incidents.services import rota
from processes.confidential import knows_of_all
from processes.errors import NotFound, NotPermitted

NEWEST = ("-reported_at", "-pk")
EARLIEST = ("due_on", "row", "key")
WEEKS = tuple(str(count) for count in range(1, 9))
SHIFT = OpenApiParameter("id", OpenApiTypes.INT, OpenApiParameter.PATH, description="`id` of the window.")


class Breaches(UnitView):
    """The register of breaches."""

    scopes = {"GET": Scope.CASES_READ}

    @extend_schema(
        operation_id="breaches_list",
        summary="Breaches this key's user may know of, the last reported first",
        tags=[TAG],
        parameters=[
            OpenApiParameter("status", str, enum=(ALL, OPEN, CLOSED), description="`all` when not given."),
            OpenApiParameter("level", str, enum=Level.values),
            OpenApiParameter(
                "clock",
                str,
                enum=CLOCKS,
                description="`running`: the 72 hours run; `phase`: a notice is incomplete.",
            ),
            *paging.PARAMETERS,
        ],
        responses={200: paging.page_schema(BreachSerializer), **problems()},
    )
    def get(self, request: Request) -> Response:
        """A page of the register."""
        given = paging.parameters(request, ("status", "level", "clock"))
        rows = Breach.objects.visible_to(self.by).light().select_related("category")
        status = paging.choice(given, "status", (ALL, OPEN, CLOSED), ALL)
        if status != ALL:
            rows = rows.filter(closed_at__isnull=status == OPEN)
        if level := given.get("level"):
            rows = rows.filter(level=paging.choice(given, "level", Level.values, level))
        if clock := given.get("clock"):
            paging.choice(given, "clock", CLOCKS, clock)
            rows = rows.clock_running() if clock == RUNNING else queries.phase_open(rows)
        return paging.paged(request, given, queries.with_phase(rows), NEWEST, BreachSerializer)


class Alerts(UnitView):
    """Who was told of which breach."""

    scopes = {"GET": Scope.CASES_READ}

    @extend_schema(
        operation_id="breach_alerts_list",
        summary="Who was told of which breach, the last told first",
        tags=[TAG],
        parameters=[
            OpenApiParameter("waiting", str, enum=("yes",), description="Only what nobody has answered yet."),
            *paging.PARAMETERS,
        ],
        responses={200: paging.page_schema(AlertSerializer), **problems()},
    )
    def get(self, request: Request) -> Response:
        """A page of alerts."""
        given = paging.parameters(request, ("waiting",))
        rows = queries.alerts_for(self.by)
        if waiting := given.get("waiting"):
            paging.choice(given, "waiting", ("yes",), waiting)
            rows = queries.unanswered(rows)
        return paging.paged(request, given, rows, ("-told_at", "-id"), AlertSerializer)


class FollowUps(UnitView):
    """What is due after breaches."""

    scopes = {"GET": Scope.CASES_READ}

    @extend_schema(
        operation_id="breach_follow_ups_list",
        summary="What is due after breaches: barriers, reviews, actions, sanctions, notices; the earliest first",
        tags=[TAG],
        parameters=[
            OpenApiParameter(
                "kind", str, enum=FollowUpKind.values, description="Only what is due of this kind."
            ),
            *paging.PARAMETERS,
        ],
        responses={200: paging.page_schema(FollowUpSerializer), **problems()},
    )
    def get(self, request: Request) -> Response:
        """A page of what is due."""
        given = paging.parameters(request, ("kind",))
        rows = FollowUp.objects.visible_to(self.by).told()
        if kind := given.get("kind"):
            rows = rows.filter(kind=paging.choice(given, "kind", FollowUpKind.values, kind))
        return paging.paged(request, given, rows, EARLIEST, FollowUpSerializer)


class NamedView(UnitView):
    """For the roles that know of every breach."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Nobody else is told who is on call."""
        super().initial(request, *args, **kwargs)
        if not knows_of_all(self.by):
            raise NotPermitted(_("Only those who know of breaches see the rota."))


class Rota(NamedView):
    """Who is on call when."""

    scopes = {"GET": Scope.CASES_READ, "POST": Scope.CASES_WRITE}

    @extend_schema(
        operation_id="breach_rota_list",
        summary="The rota from now on, in order",
        tags=[TAG],
        parameters=paging.PARAMETERS,
        responses={200: paging.page_schema(ShiftSerializer), **problems()},
    )
    def get(self, request: Request) -> Response:
        """A page of windows."""
        given = paging.parameters(request)
        rows = queries.rota_from(timezone.now())
        return paging.paged(request, given, rows, ("starts_at", "id"), ShiftSerializer)

    @extend_schema(
        operation_id="breach_rota_plan",
        summary="Plan a window of the rota",
        tags=[TAG],
        parameters=[IDEMPOTENCY],
        request=filling.body_of(ShiftForm, "ShiftPlan"),
        responses={201: ShiftSerializer, **problems(409, 413, 415, 422)},
    )
    def post(self, request: Request) -> Response:
        """The window stands on the rota."""
        form = filling.filled(request, ShiftForm)

        def work() -> Response:
            shift = rota.plan(by=self.by, **form.cleaned_data)
            return Response(ShiftSerializer(shift).data, status=201)

        return self.once(work)


class RotaPattern(NamedView):
    """All windows of a week pattern."""

    scopes = {"POST": Scope.CASES_WRITE}

    @extend_schema(
        operation_id="breach_rota_plan_pattern",
        summary="Plan all windows of a week pattern, or none of them",
        tags=[TAG],
        parameters=[IDEMPOTENCY],
        request=filling.body_of(PatternForm, "ShiftPattern"),
        responses={201: PlannedShiftsSerializer, **problems(409, 413, 415, 422)},
    )
    def post(self, request: Request) -> Response:
        """The windows stand on the rota."""
        form = filling.filled(request, PatternForm)
        assert isinstance(form, PatternForm)

        def work() -> Response:
            shifts = rota.plan_pattern(form.pattern(), by=self.by, **form.people())
            return Response(PlannedShiftsSerializer({"results": shifts}).data, status=201)

        return self.once(work)


class RotaGaps(NamedView):
    """When nobody is on call."""

    scopes = {"GET": Scope.CASES_READ}

    @extend_schema(
        operation_id="breach_rota_gaps",
        summary="Hours of the weeks ahead in which nobody is on call and the office is closed",
        tags=[TAG],
        parameters=[
            OpenApiParameter("weeks", str, enum=WEEKS, description="So many weeks; `4` when not given.")
        ],
        responses={200: RotaGapsSerializer, **problems()},
    )
    def get(self, request: Request) -> Response:
        """The gaps, in order."""
        given = paging.parameters(request, ("weeks",))
        weeks = int(paging.choice(given, "weeks", WEEKS, WEEKS[3]))
        now = timezone.now()
        found = gaps.gaps(now, now + timedelta(weeks=weeks))
        return Response(RotaGapsSerializer({"results": found}).data)


class RotaCancellation(NamedView):
    """A window is taken off the rota."""

    scopes = {"POST": Scope.CASES_WRITE}

    @extend_schema(
        operation_id="breach_rota_cancel",
        summary="Take a window off the rota",
        tags=[TAG],
        parameters=[SHIFT, IDEMPOTENCY],
        request=None,
        responses={200: ShiftSerializer, **problems(404, 409, 413, 415, 422)},
    )
    def post(self, request: Request, pk: int) -> Response:
        """It stays on record."""
        filling.nothing(request)
        shift = Shift.objects.filter(pk=pk).first()
        if shift is None:
            raise NotFound(_("This window does not exist."))
        return self.once(lambda: Response(ShiftSerializer(rota.cancel(shift, by=self.by)).data))


class Plan(UnitView):
    """The emergency plan."""

    scopes = {"GET": Scope.CASES_READ}

    @extend_schema(
        operation_id="breach_plan_read",
        summary="The emergency plan: officers, cooperation, levels, authorities to turn to",
        tags=[TAG],
        parameters=[
            OpenApiParameter(
                "part", str, enum=plan.PARTS, description="Only this part; the others stay empty."
            )
        ],
        responses={200: PlanSerializer, **problems()},
    )
    def get(self, request: Request) -> Response:
        """What is in use of it."""
        given = paging.parameters(request, ("part",))
        part = paging.choice(given, "part", plan.PARTS, "") if "part" in given else ""
        asked = {name: rows if part in ("", name) else [] for name, rows in plan.in_use().items()}
        return Response(PlanSerializer(asked).data)


class OwnReports(ApiView):
    """What this key's user reported."""

    scopes = {"GET": Scope.CASES_READ}

    @extend_schema(
        operation_id="breach_reports_list",
        summary="This user's own reports: when, and whether received, being examined or concluded",
        tags=[TAG],
        parameters=paging.PARAMETERS,
        responses={200: paging.page_schema(OwnReportSerializer), **problems()},
    )
    def get(self, request: Request) -> Response:
        """A page of one's own reports, without a number and without a word of the matter."""
        given = paging.parameters(request)
        rows = reporting.reported_by(self.by)
        return paging.paged(request, given, rows, NEWEST, OwnReportSerializer)
