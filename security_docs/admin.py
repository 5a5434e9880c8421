"""What the unit head sees of 5.3.1 in the administration: the registers, to look at; work goes through the pages."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from security_docs.models import Announcement, Audience, Document, PaperList, Review, Version


class Looked(admin.ModelAdmin):  # type: ignore[type-arg]
    """Rows are looked at here: their steps, approvals and signatures go through the pages."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Entered on the pages."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Changed on the pages."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never removed."""
        return False


@admin.register(Document)
class DocumentAdmin(Looked):
    """The register."""

    list_display = ("number", "title", "kind", "classification", "owner", "next_review_on", "ended_on")
    list_filter = ("kind", "classification")
    search_fields = ("number", "title", "search_key")
    list_select_related = ("owner",)


@admin.register(Version)
class VersionAdmin(Looked):
    """Versions, without their text."""

    list_display = ("document", "number", "state", "published_at", "read_by")
    list_filter = ("state",)
    search_fields = ("document__number", "document__title")
    list_select_related = ("document",)
    exclude = ("body", "extracted", "paper", "paper_mark", "upload")

    def get_queryset(self, request: HttpRequest) -> Any:
        """The list prints no text."""
        return super().get_queryset(request).defer("body", "extracted")


@admin.register(Audience)
class AudienceAdmin(Looked):
    """Who reads what."""

    list_display = ("document", "kind", "name")
    list_filter = ("kind",)
    list_select_related = ("document", "institution", "unit__institution")


@admin.register(Review)
class ReviewAdmin(Looked):
    """Periodic reviews."""

    list_display = ("document", "reviewed_on", "reviewed_by", "next_on")
    list_select_related = ("document", "reviewed_by")


@admin.register(Announcement)
class AnnouncementAdmin(Looked):
    """Announcements of the public page."""

    list_display = ("title", "state", "published_at")
    list_filter = ("state",)


@admin.register(PaperList)
class PaperListAdmin(Looked):
    """Lists signed on paper."""

    list_display = ("__str__", "version", "institution", "printed_at", "signed_on")
    list_select_related = ("version__document", "institution")
    exclude = ("scan", "names")
