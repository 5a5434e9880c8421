"""Tables taken in, as the unit head sees them: who handed in what, when, and what became of it."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin_base import LookedAtAdmin
from processes.models import TableImport


@admin.register(TableImport)
class TableImportAdmin(LookedAtAdmin):
    """The rows themselves are not kept."""

    list_display = (
        "at",
        "kind",
        "scope",
        "by",
        "state",
        "new_count",
        "changed_count",
        "same_count",
        "refused_count",
    )
    list_filter = ("state", "kind")
    list_select_related = ("by",)
    ordering = ("-at", "-id")
    fields = (
        *("kind", "scope", "file_name", "digest", "by", "at", "state", "decided_at"),
        *("new_count", "changed_count", "same_count", "refused_count", "taken_offers"),
    )
