"""The training register for programs of the unit: who was trained, who was not, and one more entry (Ek-5 5.4.1.6)."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Employee, Institution, Training
from ebys.api import filling, paging
from ebys.api.serializers.problems import problems
from ebys.api.views.incoming import IDEMPOTENCY
from ebys.models import Scope
from processes.errors import NotFound
from security_docs import queries
from security_docs.api.evaluation import UnitView
from security_docs.filters import years
from security_docs.forms.trainings import TrainingForm
from security_docs.services import trainings

TAG = "Training register"
VALID, OVER = "valid", "over"


class TrainingSerializer(serializers.ModelSerializer[Training]):
    """One entry of the register."""

    name = serializers.CharField(source="full_name")
    institution = serializers.CharField(source="institution_name", help_text="Where the person works today.")
    has_account = serializers.SerializerMethodField()

    class Meta:
        model = Training
        fields = ("id", "name", "institution", "has_account", "subject", "provider", "held_on", "valid_until")

    def get_has_account(self, row: Training) -> bool:
        """The person has an account; else the entry is that of a row of the staff register."""
        return row.user_id is not None


class UntrainedSerializer(serializers.ModelSerializer[Employee]):
    """Somebody on the staff who was not trained."""

    name = serializers.CharField(source="full_name")
    registry_no = serializers.CharField(allow_null=True)
    institution = serializers.CharField(source="institution.name")
    unit = serializers.CharField(source="unit.name", default=None, allow_null=True)

    class Meta:
        model = Employee
        fields = ("id", "name", "registry_no", "title", "institution", "unit")


class Trainings(UnitView):
    """The register."""

    scopes = {"GET": Scope.CASES_READ, "POST": Scope.CASES_WRITE}

    @extend_schema(
        operation_id="security_trainings_list",
        summary="Who was trained in what, the last held first",
        tags=[TAG],
        parameters=[
            OpenApiParameter("standing", str, enum=(VALID, OVER), description="`over`: to be repeated."),
            OpenApiParameter("subject", str, description="Only this training, in its own words."),
            *paging.PARAMETERS,
        ],
        responses={200: paging.page_schema(TrainingSerializer), **problems()},
    )
    def get(self, request: Request) -> Response:
        """A page of the register."""
        given = paging.parameters(request, ("standing", "subject"))
        rows, today = queries.trainings(), timezone.localdate()
        match paging.choice(given, "standing", ("", VALID, OVER), ""):
            case "valid":
                rows = rows.filter(valid_until__gte=today)
            case "over":
                rows = rows.filter(valid_until__lt=today)
        if subject := given.get("subject"):
            rows = rows.filter(subject=subject)
        return paging.paged(request, given, rows, ("-held_on", "-id"), TrainingSerializer)

    @extend_schema(
        operation_id="security_trainings_enter",
        summary="Enter a training that was held, of somebody on the staff register or of a person with an account",
        tags=[TAG],
        parameters=[IDEMPOTENCY],
        request=filling.body_of(TrainingForm, "TrainingEntry"),
        responses={201: TrainingSerializer, **problems(409, 413, 415, 422)},
    )
    def post(self, request: Request) -> Response:
        """The entry, as the page would have made it."""
        form = filling.filled(request, TrainingForm)

        def work() -> Response:
            made = trainings.enter(by=self.by, **form.cleaned_data)
            return Response(TrainingSerializer(queries.trainings().get(pk=made.pk)).data, status=201)

        return self.once(work)


class Untrained(UnitView):
    """Who was not trained."""

    scopes = {"GET": Scope.CASES_READ}

    @extend_schema(
        operation_id="security_trainings_missing",
        summary="The staff who were not trained in a year, in order of their names",
        tags=[TAG],
        parameters=[
            OpenApiParameter(
                "year", str, description="This year or one of the four before it; this year when not given."
            ),
            OpenApiParameter("institution", str, description="DETSİS number of the institution."),
            OpenApiParameter("subject", str, description="Not trained in this, in its own words."),
            *paging.PARAMETERS,
        ],
        responses={200: paging.page_schema(UntrainedSerializer), **problems(404)},
    )
    def get(self, request: Request) -> Response:
        """A page of staff."""
        given = paging.parameters(request, ("year", "institution", "subject"))
        known = [year for year, _label in years()]
        year = int(paging.choice(given, "year", known, known[0]))
        rows = queries.untrained(self.by, year, given.get("subject", ""))
        if number := given.get("institution"):
            rows = rows.filter(institution=_institution(number))
        return paging.paged(request, given, rows, ("sort_key", "id"), UntrainedSerializer)


def _institution(number: str) -> Any:
    found = Institution.objects.filter(detsis_no=number).first()
    if found is None:
        raise NotFound(_("There is no institution with this DETSİS number."))
    return found
