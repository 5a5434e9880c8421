"""What the unit head keeps in order for 5.3.7: applications, their roles, their check lists."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin_base import RecordAdmin
from webapps.models import Application, AppRole, Condition


@admin.register(Application)
class ApplicationAdmin(RecordAdmin):
    """Web applications."""

    list_display = ("name", "code", "owner", "is_active")
    list_filter = ("is_active",)
    search_fields = ("search_key", "code", "owner")


@admin.register(AppRole)
class AppRoleAdmin(RecordAdmin):
    """The role catalogue."""

    list_display = ("name", "application", "code", "by_support", "is_active")
    list_filter = ("application", "by_support", "is_active")
    search_fields = ("search_key", "code")
    list_select_related = ("application",)
    autocomplete_fields = ("application",)


@admin.register(Condition)
class ConditionAdmin(RecordAdmin):
    """The check lists."""

    list_display = ("text", "application", "role", "position", "is_active")
    list_filter = ("application", "is_active")
    search_fields = ("text", "rejection")
    list_select_related = ("application", "role")
    autocomplete_fields = ("application", "role")
