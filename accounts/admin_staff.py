"""The staff register as the unit head sees it in the admin: read; what happens is entered on the register's own pages."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import LookedAtAdmin
from accounts.models import Employee


@admin.register(Employee)
class EmployeeAdmin(LookedAtAdmin):
    """Who works where. The TC Kimlik number stands starred, and only on the person's own page."""

    list_display = ("full_name", "registry_no", "title", "institution", "unit", "started_on", "left_on")
    list_filter = (("left_on", admin.EmptyFieldListFilter), "institution__kind")
    list_select_related = ("institution", "unit")
    search_fields = ("search_key",)
    ordering = ("sort_key", "id")
    fields = (
        *(
            "first_name",
            "last_name",
            "title",
            "registry_no",
            "tc_starred",
            "institution",
            "unit",
            "email",
            "phone",
        ),
        *("user", "started_on", "left_on"),
    )

    @admin.display(description=_("TC Kimlik number"))
    def tc_starred(self, employee: Employee) -> str:
        """The number as screens show it."""
        return employee.tc_masked or "–"
