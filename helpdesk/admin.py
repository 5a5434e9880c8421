"""What the unit head keeps in order for 5.3.6: categories, equipment, ready texts."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin_base import RecordAdmin
from helpdesk.models import Asset, CannedText, Category


@admin.register(Category)
class CategoryAdmin(RecordAdmin):
    """Categories."""

    list_display = ("name", "is_hardware", "is_active")
    list_filter = ("is_hardware", "is_active")
    search_fields = ("name",)


@admin.register(Asset)
class AssetAdmin(RecordAdmin):
    """Equipment."""

    list_display = ("tag", "name", "institution", "category", "place", "is_active")
    list_filter = ("category", "is_active")
    search_fields = ("tag", "name", "serial_no", "institution__search_key")
    list_select_related = ("institution", "category")
    autocomplete_fields = ("institution",)


@admin.register(CannedText)
class CannedTextAdmin(RecordAdmin):
    """Ready texts."""

    list_display = ("title", "step_key", "is_active")
    list_filter = ("step_key", "is_active")
    search_fields = ("title", "text")
