"""The register of certificates for other programs: read only, through a key that may read cases."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from ebys.api import paging
from ebys.api.base import ApiView
from ebys.api.serializers.problems import problems
from ebys.models import Scope
from ebys.problems import BadRequest
from esignature.models import Certificate, CertificateState, Kind
from processes.errors import NotFound

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
            *("produced_on", "delivered_on", "valid_from", "valid_until", "ended_on", "request"),
        )


class Certificates(ApiView):
    """The certificates this key's user may see."""

    scopes = {"GET": Scope.CASES_READ}

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
        return paging.paged(
            request,
            given,
            rows,
            ("valid_until", "id"),
            lambda found: CertificateSerializer(found, many=True).data,
        )


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
        rows = Certificate.objects.visible_to(self.by).select_related("holder__institution", "request")
        found = rows.defer("request__search").filter(pk=pk).first()
        if found is None:
            raise NotFound(_("There is no such certificate."))
        data: Any = CertificateSerializer(found).data
        return Response(data)


def _day(given: dict[str, str], name: str) -> date:
    try:
        return date.fromisoformat(given[name])
    except ValueError as error:
        raise BadRequest(
            _("A parameter of the address cannot be read."), fields={name: [_("Write a day as 2026-11-22.")]}
        ) from error
