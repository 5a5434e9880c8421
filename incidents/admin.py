"""What the unit head keeps in order for 5.3.2: categories, check lists, the emergency plan."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin_base import RecordAdmin
from incidents.models import (
    Authority,
    Category,
    ChecklistItem,
    Cooperation,
    EmergencyOfficer,
    LevelPlan,
    SharedAddress,
)


@admin.register(Category)
class CategoryAdmin(RecordAdmin):
    """Categories."""

    list_display = ("name", "position", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name",)


@admin.register(ChecklistItem)
class ChecklistItemAdmin(RecordAdmin):
    """Lines of check lists. A change is taken over by breaches to come, not by those that have begun."""

    list_display = ("text", "category", "phase", "is_mandatory", "position", "is_active")
    list_filter = ("phase", "category", "is_mandatory", "is_active")
    list_select_related = ("category",)
    search_fields = ("text",)


@admin.register(EmergencyOfficer)
class EmergencyOfficerAdmin(RecordAdmin):
    """Emergency officers (5.1.1)."""

    list_display = ("duty", "person", "appointed_on", "reviewed_on", "review_by", "is_active")
    list_filter = ("is_active",)
    list_select_related = ("person",)
    autocomplete_fields = ("person",)
    search_fields = ("duty",)


@admin.register(Cooperation)
class CooperationAdmin(RecordAdmin):
    """Cooperation in the house (5.1.2)."""

    list_display = ("partner", "contact", "reviewed_on", "review_by", "is_active")
    list_filter = ("is_active",)
    search_fields = ("partner", "need")


@admin.register(LevelPlan)
class LevelPlanAdmin(RecordAdmin):
    """Plans of the levels (5.1.8)."""

    list_display = ("level", "reviewed_on", "review_by", "is_active")


@admin.register(Authority)
class AuthorityAdmin(RecordAdmin):
    """Authorities to turn to (5.1.11)."""

    list_display = ("event", "institution", "way", "applicant", "reviewed_on", "review_by", "is_active")
    list_filter = ("is_active",)
    search_fields = ("event", "institution")


@admin.register(SharedAddress)
class SharedAddressAdmin(RecordAdmin):
    """Addresses many people share, such as a hospital's, and how many reports an hour the public form takes from each."""

    list_display = ("name", "network", "reports_per_hour", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "network")
