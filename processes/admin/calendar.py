"""The working-day calendar in the admin: entering leave moves open cases at once and shows which."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import ModelForm, RecordAdmin
from processes.admin.trail import TrailHistory
from processes.catalogue_forms import ENTERED_BY_HAND
from processes.models import DayOff, DayOffKind
from processes.requests import person
from processes.services import calendar
from processes.views.days_off import remember


class DayOffAdminForm(ModelForm):
    """A day entered by hand: administrative leave, or an announced holiday that is worked after all."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [DayOffKind(self.instance.kind)] if self.instance.kind else []
        kinds += [kind for kind in ENTERED_BY_HAND if kind not in kinds]
        self.fields["kind"].choices = [(kind.value, kind.label) for kind in kinds]  # type: ignore[attr-defined]


@admin.register(DayOff)
class DayOffAdmin(TrailHistory, RecordAdmin):
    """Holidays come from the official calendar; leave is entered by the unit head."""

    form = DayOffAdminForm
    list_display = ("date", "name", "kind", "is_official")
    list_filter = ("kind", "is_official")
    date_hierarchy = "date"
    search_fields = ("name",)
    ordering = ("-date",)
    fieldsets = (
        (
            None,
            {
                "fields": ("date", "kind", "name"),
                "description": _(
                    "Open cases are counted anew at once and their people are told. A day is not removed: "
                    "one entered by mistake becomes an ordinary working day."
                ),
            },
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A day stays the day it is; what it is may be corrected."""
        return ("date",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Through the same function as the portal's page."""
        by = person(request)
        if not self.has_change_permission(request):
            raise PermissionDenied
        row, moved = calendar.set_day(by=by, day=obj.date, kind=obj.kind, name=obj.name)
        obj.pk = row.pk
        remember(request, row, moved)

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        return self._to_the_calendar(obj)

    def response_change(self, request: HttpRequest, obj: Any) -> HttpResponse:
        return self._to_the_calendar(obj)

    def _to_the_calendar(self, obj: DayOff) -> HttpResponse:
        """The calendar's page shows which cases moved."""
        return HttpResponseRedirect(f"{reverse('days-off')}?year={obj.date.year}")
