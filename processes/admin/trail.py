"""The history of a record in the admin is the trail, not a second book beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from audit.queries import entries_of

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:
    Base = object


class TrailHistory(Base):
    """Shows what the trail tells of a record where Django would show its own log."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Every change of the record, newest first, with person, step and reason."""
        record = self.get_object(request, object_id)
        if record is None:
            raise Http404
        if not self.has_view_permission(request, record):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": _("Trail"),
            "subtitle": str(record),
            "entries": entries_of(record),
            "object": record,
            "opts": self.opts,
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/processes/trail.html", context)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Nothing beside the trail."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        """Nothing beside the trail."""
