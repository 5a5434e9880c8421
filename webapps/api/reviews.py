"""Access reviews for programs: begun, decided part by part, handed on and finished; refused as the pages refuse it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.authority import works_in_unit
from ebys.api import filling, paging
from ebys.api.acting import BODY, PARAMETERS, ActsSerializer, ActsView, ActView, RecordView
from ebys.api.base import ApiView
from ebys.api.permissions import HasScope, WorksInUnit
from ebys.api.serializers.problems import problems
from ebys.api.views.incoming import IDEMPOTENCY
from ebys.models import Scope
from processes.errors import NotFound
from webapps import acts, reviewing
from webapps.forms import CampaignForm
from webapps.models import Application, Campaign, ReviewItem, ReviewPart
from webapps.queries import counted, part_for

TAG = "Access reviews"


class ReviewForm(CampaignForm):
    """A new review; applications are named by their codes."""

    applications = forms.ModelMultipleChoiceField(
        Application.objects.active().in_order(),
        label=CampaignForm.base_fields["applications"].label,
        to_field_name="code",
    )


class Counts(serializers.Serializer[Any]):
    """How far it is."""

    authorities = serializers.IntegerField(source="all_items")
    undecided = serializers.IntegerField(
        source="open_items", help_text="After the review is finished: on which nobody decided."
    )
    to_remove = serializers.IntegerField(source="remove_items")


class CampaignSerializer(serializers.ModelSerializer[Campaign]):
    """A review and how far it is."""

    counts = Counts(source="*")

    class Meta:
        model = Campaign
        fields: tuple[str, ...] = (
            *("id", "title", "is_of_moves", "deadline", "opened_at", "finished_at"),
            "counts",
        )


class PartSerializer(serializers.ModelSerializer[ReviewPart]):
    """What one reviewer answers for."""

    institution = serializers.CharField(source="institution.name")
    reviewer = serializers.CharField(source="reviewer.full_name")
    counts = Counts(source="*")

    class Meta:
        model = ReviewPart
        fields = ("id", "institution", "reviewer", "reminded_on", "counts")


class CampaignDetailSerializer(CampaignSerializer):
    """A review with its parts."""

    parts = PartSerializer(many=True, source="told_parts")

    class Meta(CampaignSerializer.Meta):
        fields = (*CampaignSerializer.Meta.fields, "parts")


class ItemSerializer(serializers.ModelSerializer[ReviewItem]):
    """One authority under review."""

    user = serializers.CharField(source="authority.employee.full_name")
    registry_no = serializers.CharField(source="authority.employee.registry_no", allow_null=True)
    application = serializers.CharField(source="authority.application.code")
    role = serializers.CharField(source="authority.role.code")
    since = serializers.DateTimeField(source="authority.since")
    decision = serializers.CharField(help_text="`keep` or `remove`; empty while it is not decided.")
    request = serializers.CharField(source="case.number", default=None, allow_null=True)

    class Meta:
        model = ReviewItem
        fields = (
            "id",
            "user",
            "registry_no",
            "application",
            "role",
            "since",
            "decision",
            "reason",
            "request",
        )


def told(pk: int, status: int = 200) -> Response:
    """A review as it is now."""
    campaign: Any = Campaign.objects.annotate(**counted("parts__items")).filter(pk=pk).first()
    if campaign is None:
        raise NotFound(_("There is no such review."))
    parts = campaign.parts.select_related("institution", "reviewer").annotate(**counted("items"))
    campaign.told_parts = parts.order_by("institution__sort_key", "pk")
    return Response(CampaignDetailSerializer(campaign).data, status=status)


class Reviews(ApiView):
    """The reviews."""

    scopes = {"GET": Scope.CASES_READ, "POST": Scope.CASES_WRITE}
    permission_classes = (HasScope, WorksInUnit)

    @extend_schema(
        operation_id="access_reviews_list",
        summary="Access reviews, the newest first",
        tags=[TAG],
        parameters=paging.PARAMETERS,
        responses={200: paging.page_schema(CampaignSerializer), **problems()},
    )
    def get(self, request: Request) -> Response:
        """A page of reviews."""
        given = paging.parameters(request)
        rows = Campaign.objects.annotate(**counted("parts__items"))
        return paging.paged(request, given, rows, ("-opened_at", "-id"), CampaignSerializer)

    @extend_schema(
        operation_id="access_reviews_begin",
        summary="Begin a review: every institution's head is asked, or the reviewer named where there is none",
        tags=[TAG],
        parameters=[IDEMPOTENCY],
        request=filling.body_of(ReviewForm, "AccessReviewBegun"),
        responses={201: CampaignDetailSerializer, **problems(409, 413, 415, 422)},
    )
    def post(self, request: Request) -> Response:
        """The reviewers are told."""
        form = filling.filled(request, ReviewForm)
        return self.once(lambda: told(reviewing.begin(by=self.by, **form.cleaned_data).pk, 201))


class OfReview(RecordView):
    """The addresses of one review."""

    acts = acts.REVIEW
    permission_classes = (HasScope, WorksInUnit)

    def record(self, **where: Any) -> Campaign:
        """The review."""
        found = Campaign.objects.filter(pk=where["pk"]).first()
        if found is None:
            raise NotFound(_("There is no such review."))
        return found

    def answer(self, record: Campaign) -> Response:
        """The review with its parts."""
        return told(record.pk)


class ReviewDetail(OfReview):
    """One review."""

    scopes = {"GET": Scope.CASES_READ}

    @extend_schema(
        operation_id="access_reviews_read",
        summary="A review with its parts, institution by institution",
        tags=[TAG],
        responses={200: CampaignDetailSerializer, **problems(404)},
    )
    def get(self, request: Request, pk: int) -> Response:
        """The review."""
        paging.parameters(request)
        return told(pk)


class ReviewAct(OfReview, ActView):
    """What is done with a review."""

    @extend_schema(
        operation_id="access_reviews_act",
        summary="Finish a review (`finish`): what is to be removed becomes requests",
        tags=[TAG],
        parameters=PARAMETERS,
        request=BODY,
        responses={200: CampaignDetailSerializer, **problems(404, 409, 413, 415, 422)},
    )
    def post(self, request: Request, pk: int, key: str) -> Response:
        """Refused while something is undecided and the last day is not over."""
        return self.taken(request, key, pk=pk)


class OfPart(RecordView):
    """The addresses of one part: for its reviewer and the unit's staff."""

    acts = acts.PART

    def record(self, **where: Any) -> ReviewPart:
        """The part, if this key's user may see it."""
        return part_for(self.by, where["pk"])

    def answer(self, record: ReviewPart) -> Response:
        """The part as it is now; who handed it on may not see it any more."""
        rows = ReviewPart.objects.filter(pk=record.pk).select_related("institution", "reviewer")
        return Response(PartSerializer(rows.annotate(**counted("items")).get()).data)


class Parts(ApiView):
    """The parts of open reviews."""

    scopes = {"GET": Scope.CASES_READ}

    @extend_schema(
        operation_id="access_review_parts_list",
        summary="Parts of open reviews: all of them for the unit, those one was asked for others",
        tags=[TAG],
        parameters=paging.PARAMETERS,
        responses={200: paging.page_schema(PartSerializer), **problems()},
    )
    def get(self, request: Request) -> Response:
        """A page of parts."""
        given = paging.parameters(request)
        rows: QuerySet[ReviewPart] = ReviewPart.objects.filter(campaign__finished_at__isnull=True)
        if not works_in_unit(self.by):
            rows = rows.filter(reviewer=self.by)
        rows = rows.select_related("institution", "reviewer").annotate(**counted("items"))
        return paging.paged(request, given, rows, ("id",), PartSerializer)


class PartItems(OfPart):
    """What is decided in one part."""

    scopes = {"GET": Scope.CASES_READ}

    @extend_schema(
        operation_id="access_review_parts_items",
        summary="The authorities of a part with their decisions",
        tags=[TAG],
        parameters=paging.PARAMETERS,
        responses={200: paging.page_schema(ItemSerializer), **problems(404)},
    )
    def get(self, request: Request, pk: int) -> Response:
        """A page of authorities."""
        given = paging.parameters(request)
        rows = self.record(pk=pk).items.select_related(
            "authority__employee", "authority__application", "authority__role", "case"
        )
        return paging.paged(request, given, rows, ("id",), ItemSerializer)


class PartActs(OfPart, ActsView):
    """What can be done with a part."""

    @extend_schema(
        operation_id="access_review_parts_acts",
        summary="What can be done with a part of a review, each act with its fields",
        tags=[TAG],
        responses={200: ActsSerializer, **problems(404)},
    )
    def get(self, request: Request, pk: int) -> Response:
        """The acts."""
        return self.listed(request, pk=pk)


class PartAct(OfPart, ActView):
    """One act."""

    @extend_schema(
        operation_id="access_review_parts_act",
        summary="Decide on authorities of a part, keep everything undecided, or let somebody else review",
        description="Nobody decides on own authorities: 403.",
        tags=[TAG],
        parameters=PARAMETERS,
        request=BODY,
        responses={200: PartSerializer, **problems(404, 409, 413, 415, 422)},
    )
    def post(self, request: Request, pk: int, key: str) -> Response:
        """The part as it is afterwards."""
        return self.taken(request, key, pk=pk)
