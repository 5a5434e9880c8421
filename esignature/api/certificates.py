"""The register of certificates for programs, what happens to one, and requests opened for many people at once."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import Employee, User
from accounts.models.staff import registry_key
from ebys.api import fields, filling, paging
from ebys.api.acting import BODY, PARAMETERS, ActsSerializer, ActsView, ActView, RecordView
from ebys.api.base import ApiView
from ebys.api.permissions import HasScope, WorksInUnit
from ebys.api.serializers.problems import problems
from ebys.api.versions import etag
from ebys.api.views.incoming import IDEMPOTENCY
from ebys.models import Scope
from ebys.problems import BadRequest, Invalid
from esignature import asking, lifecycle
from esignature.acts import CERTIFICATE_ACTS
from esignature.fields import line_field
from esignature.forms import DayForm
from esignature.models import Certificate, CertificateState, Kind, Reason
from esignature.models import Request as SignatureRequest
from esignature.queries import Ask, asks_of
from processes.errors import NotFound
from processes.models import Channel
from processes.queries import case_for

TAG = "Certificates"


class CertificateSerializer(serializers.ModelSerializer[Certificate]):
    """A certificate as the register has it. Identity numbers, PIN and security word are not part of it."""

    standing = serializers.ChoiceField(
        choices=CertificateState.choices,
        help_text="As it counts today: one past its last day has expired, whatever was written down.",
    )
    holder = serializers.CharField(source="holder.full_name")
    registry_no = serializers.CharField(source="holder.registry_no", allow_null=True)
    institution = serializers.CharField(source="holder.institution.name")
    request = serializers.CharField(source="request.number", default=None, allow_null=True)

    class Meta:
        model = Certificate
        fields = (
            *("id", "kind", "standing", "serial", "carrier", "holder", "registry_no", "institution"),
            *(
                "produced_on",
                "delivered_on",
                "valid_from",
                "valid_until",
                "ended_on",
                "request",
                "corrected_at",
            ),
        )


class ProducedForm(DayForm):
    """Which request's certificate was made, and when."""

    request = line_field(gettext_lazy("Number of the signature request"), max_length=40)
    field_order = ("request", "on")


class Certificates(ApiView):
    """The certificates this key's user may see."""

    scopes = {"GET": Scope.CASES_READ, "POST": Scope.CASES_WRITE}

    @extend_schema(
        operation_id="certificates_list",
        summary="Certificates, those that end first on top",
        tags=[TAG],
        parameters=[
            OpenApiParameter("kind", str, enum=Kind.values),
            OpenApiParameter(
                "valid_on", str, description="Only those valid on this day, such as 2026-11-22."
            ),
            OpenApiParameter(
                "ends_until", str, description="Only active ones that end on this day or before."
            ),
            *paging.PARAMETERS,
        ],
        responses={200: paging.page_schema(CertificateSerializer), **problems()},
    )
    def get(self, request: Request) -> Response:
        """A page of certificates."""
        given = paging.parameters(request, ("kind", "valid_on", "ends_until"))
        rows = Certificate.objects.visible_to(self.by)
        if kind := given.get("kind"):
            rows = rows.filter(kind=paging.choice(given, "kind", Kind.values, kind))
        if "valid_on" in given:
            rows = rows.valid(_day(given, "valid_on"))
        if "ends_until" in given:
            rows = rows.filter(state=CertificateState.ACTIVE, valid_until__lte=_day(given, "ends_until"))
        rows = rows.select_related("holder__institution", "request").defer("request__search")
        return paging.paged(request, given, rows, ("valid_until", "id"), CertificateSerializer)

    @extend_schema(
        operation_id="certificates_produced",
        summary="Record that Kamu SM made the certificate of a request",
        tags=[TAG],
        parameters=[IDEMPOTENCY],
        request=filling.body_of(ProducedForm, "CertificateProduced"),
        responses={201: CertificateSerializer, **problems(404, 409, 413, 415, 422)},
    )
    def post(self, request: Request) -> Response:
        """It is on its way to the holder."""
        form = filling.filled(request, ProducedForm)

        def work() -> Response:
            asked = case_for(self.by, form.cleaned_data["request"])
            if not isinstance(asked, SignatureRequest):
                raise NotFound(_("There is no request with that number."))
            made = lifecycle.produced(asked, by=self.by, on=form.cleaned_data["on"])
            return told(self.by, made.pk, 201)

        return self.once(work)


def certificate_for(user: User, pk: int) -> Certificate:
    """One certificate, if this key's user may see it."""
    rows = Certificate.objects.visible_to(user).select_related("holder__institution", "request")
    found = rows.defer("request__search").filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such certificate."))
    return found


def told(user: User, pk: int, status: int = 200) -> Response:
    """A certificate as it is now."""
    found = certificate_for(user, pk)
    return Response(CertificateSerializer(found).data, status=status, headers={"ETag": etag(found)})


class OfCertificate(RecordView):
    """The addresses of what can be done with one certificate."""

    acts = CERTIFICATE_ACTS
    permission_classes = (HasScope, WorksInUnit)

    def record(self, **where: Any) -> Certificate:
        """The certificate, if this key's user may see it."""
        return certificate_for(self.by, where["pk"])

    def answer(self, record: Certificate) -> Response:
        """The certificate."""
        return told(self.by, record.pk)


class CertificateActs(OfCertificate, ActsView):
    """What can be done with it."""

    @extend_schema(
        operation_id="certificates_acts",
        summary="What can be recorded of a certificate, each act with its fields",
        tags=[TAG],
        responses={200: ActsSerializer, **problems(404)},
    )
    def get(self, request: Request, pk: int) -> Response:
        """The acts."""
        return self.listed(request, pk=pk)


class CertificateAct(OfCertificate, ActView):
    """One act."""

    @extend_schema(
        operation_id="certificates_act",
        summary=(
            "Record what happened to a certificate: delivered, returned, active, suspended, resumed, revoked, expired; or "
            "correct it"
        ),
        tags=[TAG],
        parameters=PARAMETERS,
        request=BODY,
        responses={200: CertificateSerializer, **problems(404, 409, 412, 413, 415, 422)},
    )
    def post(self, request: Request, pk: int, key: str) -> Response:
        """The certificate moves on, or is refused as the page refuses it."""
        return self.taken(request, key, pk=pk)


class CertificateDetail(ApiView):
    """One certificate."""

    scopes = {"GET": Scope.CASES_READ}

    @extend_schema(
        operation_id="certificates_read",
        summary="One certificate",
        tags=[TAG],
        responses={200: CertificateSerializer, **problems(404)},
    )
    def get(self, request: Request, pk: int) -> Response:
        """The certificate, if this key's user may see it."""
        paging.parameters(request)
        return told(self.by, pk)


class Numbers(forms.MultipleChoiceField):
    """Registry numbers; which of them there are is looked at later."""

    def valid_value(self, value: str) -> bool:
        """Any may be named."""
        return True


class AskForm(forms.Form):
    """For whom and which kind."""

    kind = forms.ChoiceField(choices=Kind.choices)
    registry_numbers = Numbers()
    preview = forms.BooleanField(required=False)


class AskSerializer(serializers.Serializer[Any]):
    """The people a request is opened for."""

    kind = serializers.ChoiceField(choices=Kind.choices)
    registry_numbers = serializers.ListField(child=serializers.CharField(), max_length=asking.MOST)
    preview = serializers.BooleanField(
        default=False, help_text="Say only what would happen; nothing is opened."
    )


class AskedSerializer(serializers.Serializer[Any]):
    """What became of one of them, or would become."""

    registry_no = serializers.CharField(source="ask.holder.registry_no")
    kind = serializers.ChoiceField(source="ask.kind", choices=Kind.choices)
    reason = serializers.ChoiceField(
        source="ask.reason",
        choices=Reason.choices,
        help_text="The renewal of a certificate that has expired, else the first application.",
    )
    refusal = serializers.CharField(help_text="Why none can be opened; empty when one can.")
    number = serializers.CharField(help_text="The request that was opened; empty in a preview.")


class SignatureRequests(ApiView):
    """Requests for many people."""

    scopes = {"POST": Scope.CASES_WRITE}

    @extend_schema(
        operation_id="signature_requests_open",
        summary="Open requests for many people at once",
        description="A request for each, or for none: 409 when one of them cannot be opened. `preview` tells which and why.",
        tags=[TAG],
        parameters=[IDEMPOTENCY],
        request=AskSerializer,
        examples=[
            OpenApiExample(
                "Two people are asked for",
                {"kind": "esign", "registry_numbers": ["S000101", "S000102"], "preview": True},
                request_only=True,
            )
        ],
        responses={
            201: OpenApiResponse(AskedSerializer(many=True), "All of them were opened."),
            200: OpenApiResponse(AskedSerializer(many=True), "The preview; nothing was opened."),
            **problems(409, 413, 415, 422),
        },
    )
    def post(self, request: Request) -> Response:
        """They are opened, or it is said what would be."""
        values = fields.form_data(request.data, AskForm.base_fields)

        def work() -> Response:
            form = AskForm(values)
            fields.checked(form)
            asks = self._asks(form.cleaned_data["registry_numbers"], form.cleaned_data["kind"])
            verdicts = asking.looked_at(asks, by=self.by)
            if form.cleaned_data["preview"]:
                return _told(verdicts, {}, 200)
            opened = asking.open_all(asks, by=self.by, channel=Channel.API)
            numbers = {one.holder_id: one.number for one in opened}
            return _told(verdicts, numbers, 201)

        return self.once(work)

    def _asks(self, numbers: list[str], kind: str) -> list[Ask]:
        """A request for each of these people, as far as this key's user may know of them."""
        people = Employee.objects.visible_to(self.by).with_registry(numbers)
        found = list(people.select_related("institution", "user").order_by("sort_key", "pk"))
        known = {registry_key(one.registry_no or "") for one in found}
        if missing := [number for number in dict.fromkeys(numbers) if registry_key(number) not in known]:
            sentence = _("Nobody on the staff register has this number: %(number)s.")
            raise Invalid({"registry_numbers": [sentence % {"number": number} for number in missing]})
        return asks_of(found, kind)


def _told(verdicts: list[asking.Verdict], numbers: dict[int | None, str], status: int) -> Response:
    rows = [
        {"ask": one.ask, "refusal": one.refusal, "number": numbers.get(one.ask.holder.pk, "")}
        for one in verdicts
    ]
    return Response(AskedSerializer(rows, many=True).data, status=status)


def _day(given: dict[str, str], name: str) -> date:
    try:
        return date.fromisoformat(given[name])
    except ValueError as error:
        raise BadRequest(
            _("A parameter of the address cannot be read."), fields={name: [_("Write a day as 2026-11-22.")]}
        ) from error
