"""Files as a program gets them: under a name without personal data, never shown in place."""

from __future__ import annotations

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse

from ebys.api.serializers.problems import problems
from processes import files
from processes.models import StoredFile

BYTES = "application/octet-stream"


def saved(stored: StoredFile, name: str) -> FileResponse:
    """A kept file exactly as it came, sent while it is read; whatever it is, it is bytes to be saved."""
    answer = FileResponse(files.open(stored), as_attachment=True, filename=name, content_type=BYTES)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "no-store"
    return answer


def as_file(*statuses: int, media_type: str = BYTES) -> dict[object, object]:
    """How a file is described in an answer."""
    return {(200, media_type): OpenApiResponse(OpenApiTypes.BINARY, "The file."), **problems(*statuses)}
