"""What the unit head sees of 5.3.1 in the administration: the registers, to look at; work goes through the pages."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin_base import LookedAtAdmin
from security_docs.models import Announcement, Audience, Document, PaperList, Review, Version


@admin.register(Document)
class DocumentAdmin(LookedAtAdmin):
    """The register."""

    list_display = ("number", "title", "kind", "classification", "owner", "next_review_on", "ended_on")
    list_filter = ("kind", "classification")
    search_fields = ("number", "title", "search_key")
    list_select_related = ("owner",)


@admin.register(Version)
class VersionAdmin(LookedAtAdmin):
    """Versions, without their text."""

    list_display = ("document", "number", "state", "published_at", "read_by")
    list_filter = ("state",)
    search_fields = ("document__number", "document__title")
    list_select_related = ("document",)
    exclude = ("body", "extracted", "laid_out", "laid_out_text", "paper", "paper_mark", "upload")

    def get_queryset(self, request: HttpRequest) -> Any:
        """The list prints no text."""
        return super().get_queryset(request).defer("body", "extracted", "laid_out_text")


@admin.register(Audience)
class AudienceAdmin(LookedAtAdmin):
    """Who reads what."""

    list_display = ("document", "kind", "name")
    list_filter = ("kind",)
    list_select_related = ("document", "institution", "unit__institution")


@admin.register(Review)
class ReviewAdmin(LookedAtAdmin):
    """Periodic reviews."""

    list_display = ("document", "reviewed_on", "reviewed_by", "next_on")
    list_select_related = ("document", "reviewed_by")


@admin.register(Announcement)
class AnnouncementAdmin(LookedAtAdmin):
    """Announcements of the public page."""

    list_display = ("title", "state", "published_at")
    list_filter = ("state",)


@admin.register(PaperList)
class PaperListAdmin(LookedAtAdmin):
    """Lists signed on paper."""

    list_display = ("__str__", "version", "institution", "printed_at", "signed_on")
    list_select_related = ("version__document", "institution")
    exclude = ("scan", "names")
