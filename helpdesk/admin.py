"""What the unit head keeps in order for 5.3.6: categories, equipment, ready texts."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from helpdesk.models import Asset, CannedText, Category


class Kept(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows are put out of use, never removed: requests refer to them."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody removes; “in use” is unticked instead."""
        return False


@admin.register(Category)
class CategoryAdmin(Kept):
    """Categories."""

    list_display = ("name", "is_hardware", "is_active")
    list_filter = ("is_hardware", "is_active")
    search_fields = ("name",)


@admin.register(Asset)
class AssetAdmin(Kept):
    """Equipment."""

    list_display = ("tag", "name", "institution", "category", "place", "is_active")
    list_filter = ("category", "is_active")
    search_fields = ("tag", "name", "serial_no", "institution__search_key")
    list_select_related = ("institution", "category")
    autocomplete_fields = ("institution",)


@admin.register(CannedText)
class CannedTextAdmin(Kept):
    """Ready texts."""

    list_display = ("title", "step_key", "is_active")
    list_filter = ("step_key", "is_active")
    search_fields = ("title", "text")
