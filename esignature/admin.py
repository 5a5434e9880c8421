"""What the unit head keeps in order for 5.3.3: the check list of the form."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin_base import LookedAtAdmin, RecordAdmin
from esignature.models import Batch, Certificate, CheckItem


@admin.register(CheckItem)
class CheckItemAdmin(RecordAdmin):
    """Lines are put out of use, never removed: requests tell which of them were found in order."""

    list_display = ("title", "kind", "reason", "needs_file", "position", "is_active")
    list_filter = ("is_active", "kind", "reason", "needs_file")
    search_fields = ("title",)


@admin.register(Certificate)
class CertificateAdmin(LookedAtAdmin):
    """The register of certificates."""

    list_display = ("holder", "kind", "state", "serial", "valid_from", "valid_until")
    list_filter = ("state", "kind")
    search_fields = ("serial", "holder__search_key", "holder__registry_no")
    list_select_related = ("holder",)


@admin.register(Batch)
class BatchAdmin(LookedAtAdmin):
    """Batch letters."""

    list_display = ("__str__", "state", "letter", "parcel", "posted_on", "made_by", "made_at")
    list_filter = ("state",)
    search_fields = ("parcel", "letter__official_number")
    list_select_related = ("letter", "made_by")
