"""Clauses of notified documents, gaps and announcements for programs; announcements and clauses are the unit's."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authority import works_in_unit
from audit import trail
from ebys.api import acting, filling, paging
from ebys.api.acting import ActsSerializer, ActsView, ActView, RecordView
from ebys.api.base import ApiView
from ebys.api.permissions import HasScope, WorksInUnit
from ebys.api.serializers.problems import STALE, problems
from ebys.api.versions import etag
from ebys.api.views.incoming import IDEMPOTENCY
from ebys.models import Scope
from processes.models.case import apart_from_hidden
from security_docs import acts, queries
from security_docs.api.serializers import (
    AnnouncementSerializer,
    ClauseSerializer,
    ClausesSerializer,
)
from security_docs.forms.papers import AnnouncementForm, ClausesForm
from security_docs.models import Announcement, AnnouncementState, Clause, Compliance
from security_docs.services import announcements, evaluations

TAG, PUBLIC = "Clauses of notified documents", "Announcements"
NUMBER = OpenApiParameter(
    "number",
    OpenApiTypes.STR,
    OpenApiParameter.PATH,
    description="The number of the notified document with its slashes, such as 5.3.1/2026/000003.",
)


class UnitView(ApiView):
    """For the unit alone."""

    permission_classes = (HasScope, WorksInUnit)


class Clauses(UnitView):
    """The clauses of one notified document."""

    scopes = {"GET": Scope.CASES_READ, "POST": Scope.CASES_WRITE}

    @extend_schema(
        operation_id="security_clauses_list",
        summary="All clauses of a notified document with what they mean for the province",
        tags=[TAG],
        parameters=[NUMBER],
        responses={200: ClausesSerializer, **problems(404)},
    )
    def get(self, request: Request, number: str) -> Response:
        """The clauses in their order; at most a few hundred."""
        paging.parameters(request)
        case = queries.compliance_for(self.by, number)
        trail.seen(case)
        return self.told(case)

    @extend_schema(
        operation_id="security_clauses_add",
        summary="Add clauses, one a line with its number first",
        tags=[TAG],
        parameters=[NUMBER, IDEMPOTENCY],
        request=filling.body_of(ClausesForm, "ClausesEntry"),
        responses={200: ClausesSerializer, **problems(404, 409, 413, 415, 422)},
    )
    def post(self, request: Request, number: str) -> Response:
        """They are added, or none is."""
        case = queries.compliance_for(self.by, number)
        form = filling.filled(request, ClausesForm)

        def work() -> Response:
            evaluations.add(case, by=self.by, text=form.cleaned_data["text"])
            return self.told(case)

        return self.once(work)

    def told(self, case: Compliance) -> Response:
        """All clauses as they are now."""
        rows = case.clauses.select_related("compliance", "owner").defer("compliance__search")
        return Response(ClausesSerializer({"results": rows}).data)


class Gaps(ApiView):
    """What is still missing."""

    scopes = {"GET": Scope.CASES_READ}

    @extend_schema(
        operation_id="security_gaps_list",
        summary="Open gaps, the earliest day first: all of them for the unit, one's own for others",
        tags=[TAG],
        parameters=paging.PARAMETERS,
        responses={200: paging.page_schema(ClauseSerializer), **problems()},
    )
    def get(self, request: Request) -> Response:
        """A page of gaps."""
        given = paging.parameters(request)
        rows = queries.open_gaps()
        in_unit = works_in_unit(self.by)
        rows = rows.filter(apart_from_hidden(self.by, "compliance") if in_unit else Q(owner=self.by))
        return paging.paged(request, given, rows, ("due_on", "id"), ClauseSerializer)


class ClauseAct(ActView):
    """One act on a clause."""

    acts = acts.CLAUSES

    def record(self, **where: Any) -> Clause:
        """A clause for the unit, and for others a gap they were made to close."""
        return queries.clause_for(self.by, where["pk"])

    def answer(self, record: Clause) -> Response:
        """The clause as it is now."""
        return Response(ClauseSerializer(queries.clause_for(self.by, record.pk)).data)

    @extend_schema(
        operation_id="security_clauses_act",
        summary="Evaluate a clause (`judge`), or close its gap (`close`)",
        tags=[TAG],
        parameters=[acting.KEY, IDEMPOTENCY],
        request=acting.BODY,
        responses={200: ClauseSerializer, **problems(404, 409, 413, 415, 422)},
    )
    def post(self, request: Request, pk: int, key: str) -> Response:
        """Done as on the page."""
        return self.taken(request, key, pk=pk)


class Announcements(UnitView):
    """Announcements in every state."""

    scopes = {"GET": Scope.CASES_READ, "POST": Scope.CASES_WRITE}

    @extend_schema(
        operation_id="security_announcements_list",
        summary="Announcements in every state, the newest first",
        tags=[PUBLIC],
        parameters=[
            OpenApiParameter("state", str, enum=AnnouncementState.values),
            *paging.PARAMETERS,
        ],
        responses={200: paging.page_schema(AnnouncementSerializer), **problems()},
    )
    def get(self, request: Request) -> Response:
        """A page of announcements."""
        given = paging.parameters(request, ("state",))
        rows = queries.announcements(self.by)
        if state := given.get("state"):
            rows = rows.filter(state=paging.choice(given, "state", AnnouncementState.values, state))
        return paging.paged(request, given, rows, ("-id",), AnnouncementSerializer)

    @extend_schema(
        operation_id="security_announcements_draft",
        summary="Write an announcement as a draft",
        tags=[PUBLIC],
        parameters=[IDEMPOTENCY],
        request=filling.body_of(AnnouncementForm, "AnnouncementDraft"),
        responses={201: AnnouncementSerializer, **problems(409, 413, 415, 422)},
    )
    def post(self, request: Request) -> Response:
        """Nobody outside sees it yet."""
        form = filling.filled(request, acts.announcement_form(None, self.by))

        def work() -> Response:
            made = announcements.draft(by=self.by, **form.cleaned_data)
            return Response(AnnouncementSerializer(made).data, status=201, headers={"ETag": etag(made)})

        return self.once(work)


class OfAnnouncement(RecordView):
    """The addresses of one announcement."""

    acts = acts.ANNOUNCEMENTS
    permission_classes = (HasScope, WorksInUnit)

    def record(self, **where: Any) -> Announcement:
        """The announcement, whatever its state."""
        return queries.announcement_for(self.by, where["pk"])

    def answer(self, record: Announcement) -> Response:
        """The announcement as it is now."""
        found = queries.announcement_for(self.by, record.pk)
        return Response(AnnouncementSerializer(found).data, headers={"ETag": etag(found)})


class AnnouncementDetail(OfAnnouncement):
    """One announcement."""

    scopes = {"GET": Scope.CASES_READ}

    @extend_schema(
        operation_id="security_announcements_read",
        summary="One announcement",
        tags=[PUBLIC],
        responses={200: AnnouncementSerializer, **problems(404)},
    )
    def get(self, request: Request, pk: int) -> Response:
        """The announcement with its version."""
        paging.parameters(request)
        return self.answer(self.record(pk=pk))


class AnnouncementActs(OfAnnouncement, ActsView):
    """What can be done with an announcement."""

    @extend_schema(
        operation_id="security_announcements_acts",
        summary="What can be done with an announcement, each act with its fields",
        tags=[PUBLIC],
        responses={200: ActsSerializer, **problems(404)},
    )
    def get(self, request: Request, pk: int) -> Response:
        """The acts."""
        return self.listed(request, pk=pk)


class AnnouncementAct(OfAnnouncement, ActView):
    """One act."""

    @extend_schema(
        operation_id="security_announcements_act",
        summary="Change a draft (`rewrite`), put it on the web page (`publish`), take it down (`take_down`)",
        tags=[PUBLIC],
        parameters=acting.PARAMETERS,
        request=acting.BODY,
        examples=[STALE],
        responses={200: AnnouncementSerializer, **problems(404, 409, 412, 413, 415, 422)},
    )
    def post(self, request: Request, pk: int, key: str) -> Response:
        """Done through the gate of announcements, with its sentences."""
        return self.taken(request, key, pk=pk)
