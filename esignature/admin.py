"""What the unit head keeps in order for 5.3.3: the check list of the form."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from esignature.models import Batch, Certificate, CheckItem


@admin.register(CheckItem)
class CheckItemAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Lines are put out of use, never removed: requests tell which of them were found in order."""

    list_display = ("title", "kind", "reason", "needs_file", "position", "is_active")
    list_filter = ("is_active", "kind", "reason", "needs_file")
    search_fields = ("title",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody removes; “in use” is unticked instead."""
        return False


class ReadOnly(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows to look at: they change through their steps alone."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Nobody adds here."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes here."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody removes."""
        return False


@admin.register(Certificate)
class CertificateAdmin(ReadOnly):
    """The register of certificates."""

    list_display = ("holder", "kind", "state", "serial", "valid_from", "valid_until")
    list_filter = ("state", "kind")
    search_fields = ("serial", "holder__search_key", "holder__registry_no")
    list_select_related = ("holder",)
    show_full_result_count = False


@admin.register(Batch)
class BatchAdmin(ReadOnly):
    """Batch letters."""

    list_display = ("__str__", "state", "letter", "parcel", "posted_on", "made_by", "made_at")
    list_filter = ("state",)
    search_fields = ("parcel", "letter__official_number")
    list_select_related = ("letter", "made_by")
