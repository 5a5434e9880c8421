"""Sub-processes in the admin: their file-plan codes are the province's to change, their numbers are not."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin_base import RecordAdmin
from processes.admin.trail import TrailHistory
from processes.models import Subprocess


@admin.register(Subprocess)
class SubprocessAdmin(TrailHistory, RecordAdmin):
    """Official numbers and the file-plan codes letters of the sub-process carry."""

    list_display = ("number", "code", "file_plan")
    search_fields = ("number", "code")
    ordering = ("number",)
    fields = ("number", "code", "sdp_codes")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """Cases carry the number and rooms know the code name: both are chosen once."""
        return ("number", "code") if obj else ()

    @admin.display(description=Subprocess._meta.get_field("sdp_codes").verbose_name)
    def file_plan(self, subprocess: Subprocess) -> str:
        """In the order they are used."""
        return ", ".join(subprocess.sdp_codes)
