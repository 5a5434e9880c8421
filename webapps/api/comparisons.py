"""Comparisons with an application's list of users for programs: handed in, looked at first, kept, each difference settled."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ebys.api import filling, paging
from ebys.api.acting import BODY, PARAMETERS, ActView, RecordView
from ebys.api.base import ApiView
from ebys.api.parsing import BoundedMultiPartParser
from ebys.api.permissions import HasScope, WorksInUnit
from ebys.api.serializers.problems import problems
from ebys.api.views.incoming import IDEMPOTENCY
from ebys.models import Scope
from processes.errors import NotFound
from processes.imports import machine
from processes.models import ImportLine, TableImport, Verdict
from webapps import acts
from webapps.imports import IMPORTER
from webapps.models import Application, Difference, DifferenceKind, Reconciliation, Settlement

TAG = "Comparisons of users"
MOST_REFUSED = 1_000


class ListForm(forms.Form):
    """The list an application gave out."""

    file = forms.FileField(label=gettext_lazy("List of users (CSV or XLSX)"))
    preview = forms.BooleanField(label=gettext_lazy("Only look at it"), required=False)


class ComparisonSerializer(serializers.ModelSerializer[Reconciliation]):
    """One comparison."""

    application = serializers.CharField(source="application.code")

    class Meta:
        model = Reconciliation
        fields = ("id", "application", "file_name", "digest", "rows", "same", "made_at")


class RefusedSerializer(serializers.ModelSerializer[ImportLine]):
    """A row that cannot be read, and why."""

    class Meta:
        model = ImportLine
        fields = ("row", "text")


class PreviewSerializer(serializers.Serializer[Any]):
    """What a list would say; nothing was kept."""

    agree = serializers.IntegerField(source="same_count")
    only_listed = serializers.IntegerField(source="new_count")
    missing = serializers.IntegerField(
        source="changed_count", help_text="Whom the list lacks; 0 while a row cannot be read."
    )
    unreadable = serializers.IntegerField(source="refused_count")
    refused = RefusedSerializer(many=True, help_text=f"The first {MOST_REFUSED} rows that cannot be read.")


class DifferenceSerializer(serializers.ModelSerializer[Difference]):
    """One disagreement between list and register."""

    application = serializers.CharField(source="application.code")
    kind = serializers.CharField(help_text="`unknown`, `extra` or `missing`.")
    settlement = serializers.ChoiceField(choices=Settlement.choices, help_text="Empty while it is open.")
    request = serializers.CharField(source="case.number", default=None, allow_null=True)
    left_on = serializers.DateField(
        source="employee.left_on", default=None, allow_null=True, help_text="The day the user left the staff."
    )

    class Meta:
        model = Difference
        fields = (
            *("id", "application", "kind", "login", "listed_name", "role_code", "listed_since", "left_on"),
            *("settlement", "reason"),
            *("request", "settled_at", "came_back_at"),
        )


class Comparisons(ApiView):
    """The comparisons."""

    scopes = {"GET": Scope.CASES_READ}
    permission_classes = (HasScope, WorksInUnit)

    @extend_schema(
        operation_id="web_application_comparisons_list",
        summary="Comparisons with applications' lists, the newest first",
        tags=[TAG],
        parameters=[
            OpenApiParameter("application", str, description="Code of an application."),
            *paging.PARAMETERS,
        ],
        responses={200: paging.page_schema(ComparisonSerializer), **problems()},
    )
    def get(self, request: Request) -> Response:
        """A page of comparisons."""
        given = paging.parameters(request, ("application",))
        rows = Reconciliation.objects.select_related("application")
        if code := given.get("application"):
            rows = rows.filter(application__code=code)
        return paging.paged(request, given, rows, ("-made_at", "-id"), ComparisonSerializer)


class Compare(ApiView):
    """An application's list is handed in."""

    scopes = {"POST": Scope.CASES_WRITE}
    permission_classes = (HasScope, WorksInUnit)
    parser_classes = (BoundedMultiPartParser,)

    @extend_schema(
        operation_id="web_application_comparisons_make",
        summary="Compare an application's list of users with the register, or only look at what it says",
        description=(
            "The file goes along as multipart/form-data and is looked through for viruses. Rows that cannot be read are left "
            "out, and then nobody is called missing. The same file again changes nothing."
        ),
        tags=[TAG],
        parameters=[IDEMPOTENCY],
        request={"multipart/form-data": filling.body_of(ListForm, "UserList")["multipart/form-data"]},
        responses={
            201: OpenApiResponse(ComparisonSerializer, "The comparison was kept."),
            200: OpenApiResponse(PreviewSerializer, "What it says; nothing was kept."),
            **problems(404, 409, 413, 415, 422),
        },
    )
    def post(self, request: Request, code: str) -> Response:
        """The comparison, or its preview."""
        application = Application.objects.filter(code=code).first()
        if application is None:
            raise NotFound(_("There is no such application."))
        form = filling.filled(request, ListForm)
        upload = form.cleaned_data["file"]

        def work() -> Response:
            scope = str(application.pk)
            table = machine.take_in(IMPORTER, upload.file, upload.name or "", scope=scope, by=self.by)
            if form.cleaned_data["preview"]:
                told = self._told(table)
                machine.drop(table, by=self.by)
                return told
            machine.confirm(IMPORTER, table, by=self.by)
            run = Reconciliation.objects.filter(application=application).order_by("-made_at", "-pk")
            return Response(ComparisonSerializer(run.select_related("application")[0]).data, status=201)

        return self.once(work)

    def _told(self, table: TableImport) -> Response:
        refused = list(table.lines.filter(verdict=Verdict.REFUSED).order_by("row")[:MOST_REFUSED])
        counts = {f"{verdict}_count": count for verdict, count in table.counts.items()}
        return Response(PreviewSerializer(counts | {"refused": refused}).data)


class OfComparison(RecordView):
    """The addresses of one comparison."""

    acts = acts.COMPARISON
    permission_classes = (HasScope, WorksInUnit)

    def record(self, **where: Any) -> Reconciliation:
        """The comparison."""
        found = Reconciliation.objects.select_related("application").filter(pk=where["pk"]).first()
        if found is None:
            raise NotFound(_("There is no such comparison."))
        return found

    def answer(self, record: Reconciliation) -> Response:
        """The comparison."""
        return Response(ComparisonSerializer(record).data)


class Differences(OfComparison):
    """What a comparison found."""

    scopes = {"GET": Scope.CASES_READ}

    @extend_schema(
        operation_id="web_application_comparisons_differences",
        summary="The differences a comparison found, settled or not",
        tags=[TAG],
        parameters=[OpenApiParameter("kind", str, enum=DifferenceKind.values), *paging.PARAMETERS],
        responses={200: paging.page_schema(DifferenceSerializer), **problems(404)},
    )
    def get(self, request: Request, pk: int) -> Response:
        """A page of differences."""
        given = paging.parameters(request, ("kind",))
        rows = (
            self.record(pk=pk)
            .differences.select_related("application", "case", "employee")
            .defer("case__search")
        )
        if kind := given.get("kind"):
            rows = rows.filter(kind=paging.choice(given, "kind", DifferenceKind.values, kind))
        return paging.paged(request, given, rows, ("kind", "id"), DifferenceSerializer)


class ComparisonAct(OfComparison, ActView):
    """What is done with a whole comparison."""

    @extend_schema(
        operation_id="web_application_comparisons_act",
        summary="Settle every open difference of one kind: accept it (`accept_all`) or ask for it (`request_all`)",
        description=(
            "`accept_all` passes over users who left: they stay open. `request_all` opens at most ten requests of a hundred "
            "users or roles; what is left stays open for the next call."
        ),
        tags=[TAG],
        parameters=PARAMETERS,
        request=BODY,
        responses={200: ComparisonSerializer, **problems(404, 409, 413, 415, 422)},
    )
    def post(self, request: Request, pk: int, key: str) -> Response:
        """All of them or none."""
        return self.taken(request, key, pk=pk)


class DifferenceAct(ActView):
    """How one difference is settled."""

    acts = acts.DIFFERENCE
    permission_classes = (HasScope, WorksInUnit)

    def record(self, **where: Any) -> Difference:
        """The difference."""
        found = Difference.objects.filter(pk=where["pk"]).first()
        if found is None:
            raise NotFound(_("There is no such difference."))
        return found

    def answer(self, record: Difference) -> Response:
        """The difference as it is now."""
        rows = Difference.objects.select_related("application", "case", "employee").defer("case__search")
        return Response(DifferenceSerializer(rows.get(pk=record.pk)).data)

    @extend_schema(
        operation_id="web_application_differences_act",
        summary="Settle a difference: `accept` it with a reason, or `request` what removes it",
        tags=[TAG],
        parameters=PARAMETERS,
        request=BODY,
        responses={200: DifferenceSerializer, **problems(404, 409, 413, 415, 422)},
    )
    def post(self, request: Request, pk: int, key: str) -> Response:
        """Settled once."""
        return self.taken(request, key, pk=pk)
