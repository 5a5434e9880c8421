"""Batch letters for programs: collected, registered, printed, posted, forms taken out; refused as the pages refuse it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from ebys.api import filling, paging
from ebys.api.acting import BODY, PARAMETERS, Act, ActsSerializer, ActsView, ActView, RecordView, plain
from ebys.api.base import ApiView
from ebys.api.permissions import HasScope, WorksInUnit
from ebys.api.serializers.problems import problems
from ebys.api.versions import etag
from ebys.api.views.incoming import IDEMPOTENCY
from ebys.models import Scope
from ebys.problems import Invalid
from esignature import batches, models, queries
from esignature.acts import BATCH_ACTS
from esignature.forms import ReasonForm, RecipientForm
from esignature.models import Batch, BatchState
from processes.errors import NotFound

TAG = "Batch letters"


class Numbers(forms.MultipleChoiceField):
    """Numbers of requests; which of them there are is looked at later."""

    def valid_value(self, value: str) -> bool:
        """Any may be named."""
        return True


class CollectForm(RecipientForm):
    """Which forms go into the letter, and to whom."""

    requests = Numbers(label=gettext_lazy("Numbers of the requests"))


class TakeOutForm(ReasonForm):
    """Which forms are taken off the list, and why."""

    requests = Numbers(label=gettext_lazy("Numbers of the requests"))


def _named(numbers: list[str], among: list[models.Request]) -> list[models.Request]:
    """The requests of these numbers; refuses numbers that are not among them."""
    known = {one.number: one for one in among}
    if missing := [number for number in dict.fromkeys(numbers) if number not in known]:
        sentence = _("%(number)s does not wait here.")
        raise Invalid({"requests": [sentence % {"number": number} for number in missing]})
    return [known[number] for number in dict.fromkeys(numbers)]


def _take_out(batch: Batch, by: User, form: forms.Form, _version: int | None) -> Batch:
    found = _named(form.cleaned_data["requests"], queries.listed(batch))
    return batches.take_out(found, by=by, reason=form.cleaned_data["reason"])


ACTS = {**BATCH_ACTS, "take_out": Act(gettext_lazy("Take off the list"), plain(TakeOutForm), _take_out)}


class BatchSerializer(serializers.ModelSerializer[Batch]):
    """A batch letter and how far it is."""

    state = serializers.ChoiceField(choices=BatchState.choices)
    form_count = serializers.IntegerField(help_text="Forms on its list.")
    letter_number = serializers.CharField(
        source="letter.official_number", default="", help_text="Given by EBYS."
    )
    made_by = serializers.CharField(source="made_by.full_name")

    class Meta:
        model = Batch
        fields: tuple[str, ...] = (
            *("id", "state", "version", "form_count", "letter_number", "made_by", "made_at", "printed_at"),
            *("parcel", "posted_on"),
        )


class BatchFormSerializer(serializers.Serializer[Any]):
    """One form of the list."""

    number = serializers.CharField()
    state = serializers.CharField()
    holder = serializers.CharField(source="holder.full_name")
    kind = serializers.ChoiceField(choices=models.Kind.choices)
    reason = serializers.ChoiceField(choices=models.Reason.choices)


class BatchDetailSerializer(BatchSerializer):
    """A batch letter with its list."""

    forms = BatchFormSerializer(many=True, source="listed_forms")

    class Meta(BatchSerializer.Meta):
        fields = (*BatchSerializer.Meta.fields, "forms")


def batch_for(user: User, pk: int) -> Batch:
    """One batch, as this key's user may see it."""
    rows = Batch.objects.visible_to(user).select_related("letter", "made_by")
    found = rows.defer("letter__search").annotate(form_count=Count("requests")).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such batch."))
    return found


def told(user: User, pk: int, status: int = 200) -> Response:
    """A batch with its list as it is now."""
    batch: Any = batch_for(user, pk)
    batch.listed_forms = queries.listed(batch)
    return Response(BatchDetailSerializer(batch).data, status=status, headers={"ETag": etag(batch)})


class Batches(ApiView):
    """The batch letters."""

    scopes = {"GET": Scope.CASES_READ, "POST": Scope.CASES_WRITE}
    permission_classes = (HasScope, WorksInUnit)

    @extend_schema(
        operation_id="signature_batches_list",
        summary="Batch letters, the newest first",
        tags=[TAG],
        parameters=[OpenApiParameter("state", str, enum=BatchState.values), *paging.PARAMETERS],
        responses={200: paging.page_schema(BatchSerializer), **problems()},
    )
    def get(self, request: Request) -> Response:
        """A page of batches."""
        given = paging.parameters(request, ("state",))
        rows = Batch.objects.visible_to(self.by).select_related("letter", "made_by").defer("letter__search")
        if state := given.get("state"):
            rows = rows.filter(state=paging.choice(given, "state", BatchState.values, state))
        return paging.paged(
            request, given, rows.annotate(form_count=Count("requests")), ("-made_at", "-id"), BatchSerializer
        )

    @extend_schema(
        operation_id="signature_batches_collect",
        summary="Collect complete forms into one letter to be registered: all of them or none",
        tags=[TAG],
        parameters=[IDEMPOTENCY],
        request=filling.body_of(CollectForm, "SignatureBatch"),
        responses={201: BatchDetailSerializer, **problems(409, 413, 415, 422)},
    )
    def post(self, request: Request) -> Response:
        """The letter is drafted with the list as its annex."""
        form = filling.filled(request, CollectForm)

        def work() -> Response:
            chosen = _named(form.cleaned_data["requests"], list(queries.waiting()))
            made = batches.collect(
                [one.pk for one in chosen], by=self.by, recipient=form.cleaned_data["recipient"]
            )
            return told(self.by, made.pk, 201)

        return self.once(work)


class OfBatch(RecordView):
    """The addresses of one batch."""

    acts = ACTS
    permission_classes = (HasScope, WorksInUnit)

    def record(self, **where: Any) -> Batch:
        """The batch, if this key's user may see it."""
        return batch_for(self.by, where["pk"])

    def answer(self, record: Batch) -> Response:
        """The batch with its list."""
        return told(self.by, record.pk)


class BatchDetail(OfBatch):
    """One batch."""

    scopes = {"GET": Scope.CASES_READ}

    @extend_schema(
        operation_id="signature_batches_read",
        summary="A batch letter with the forms on its list",
        tags=[TAG],
        responses={200: BatchDetailSerializer, **problems(404)},
    )
    def get(self, request: Request, pk: int) -> Response:
        """The batch."""
        paging.parameters(request)
        return told(self.by, pk)


class BatchActs(OfBatch, ActsView):
    """What can be done with it."""

    @extend_schema(
        operation_id="signature_batches_acts",
        summary="What can be done with a batch letter, each act with its fields",
        tags=[TAG],
        responses={200: ActsSerializer, **problems(404)},
    )
    def get(self, request: Request, pk: int) -> Response:
        """The acts."""
        return self.listed(request, pk=pk)


class BatchAct(OfBatch, ActView):
    """One act."""

    @extend_schema(
        operation_id="signature_batches_act",
        summary="Do one thing with a batch letter: register, print, post, dissolve, take forms off its list",
        tags=[TAG],
        parameters=PARAMETERS,
        request=BODY,
        responses={200: BatchDetailSerializer, **problems(404, 409, 412, 413, 415, 422)},
    )
    def post(self, request: Request, pk: int, key: str) -> Response:
        """For all its forms or none."""
        return self.taken(request, key, pk=pk)
