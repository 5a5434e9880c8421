"""Applications and who has access to them, for programs: read only, through a key that may read cases."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils import timezone
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
from webapps.models import Application, AppRole, Authority

TAG = "Web applications"


class AppRoleSerializer(serializers.ModelSerializer[AppRole]):
    """One role of an application."""

    class Meta:
        model = AppRole
        fields = ("code", "name", "rights", "by_support", "is_active")


class ApplicationSerializer(serializers.ModelSerializer[Application]):
    """A web application with its role catalogue."""

    roles = AppRoleSerializer(many=True)

    class Meta:
        model = Application
        fields = ("code", "name", "owner", "approver", "support_channel", "is_active", "roles")


class AuthoritySerializer(serializers.ModelSerializer[Authority]):
    """A role somebody holds or held."""

    application = serializers.CharField(source="application.code")
    role = serializers.CharField(source="role.code")
    user = serializers.CharField(source="employee.full_name")
    registry_no = serializers.CharField(source="employee.registry_no", allow_null=True)
    institution = serializers.CharField(source="institution.name")
    request = serializers.CharField(
        source="request_number",
        default=None,
        allow_null=True,
        help_text="The request it was granted by; nothing when it came from a comparison.",
    )

    class Meta:
        model = Authority
        fields = (
            *("id", "application", "role", "user", "registry_no", "institution", "since", "until", "request"),
        )


class Applications(ApiView):
    """The register of web applications."""

    scopes = {"GET": Scope.CASES_READ}

    @extend_schema(
        operation_id="web_applications_list",
        summary="Web applications with their roles, by name",
        tags=[TAG],
        parameters=paging.PARAMETERS,
        responses={200: paging.page_schema(ApplicationSerializer), **problems()},
    )
    def get(self, request: Request) -> Response:
        """A page of applications."""
        given = paging.parameters(request)
        rows = Application.objects.prefetch_related("roles")
        return paging.paged(request, given, rows, ("sort_key", "id"), ApplicationSerializer)


class Authorities(ApiView):
    """Who has access to what, as far as this key's user may see."""

    scopes = {"GET": Scope.CASES_READ}

    @extend_schema(
        operation_id="web_application_authorities_list",
        summary="Who had access to what on a day",
        tags=[TAG],
        parameters=[
            OpenApiParameter("on", str, description="A day such as 2026-03-15; today when not given."),
            OpenApiParameter("application", str, description="Code of an application."),
            *paging.PARAMETERS,
        ],
        responses={200: paging.page_schema(AuthoritySerializer), **problems()},
    )
    def get(self, request: Request) -> Response:
        """A page of authorities."""
        given = paging.parameters(request, ("on", "application"))
        rows = Authority.objects.visible_to(self.by).on(_day(given)).told()
        if code := given.get("application"):
            rows = rows.filter(application__code=code)
        return paging.paged(request, given, rows, ("id",), AuthoritySerializer)


def _day(given: dict[str, Any]) -> date:
    """The day asked for; today when none is named."""
    text = given.get("on")
    if not text:
        return timezone.localdate()
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadRequest(
            _("A parameter of the address cannot be read."), fields={"on": [_("A day such as 2026-11-22.")]}
        ) from error
