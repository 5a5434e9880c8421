"""The shape of a refusal, for the description of the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework import serializers

from ebys.problems import MEDIA_TYPE, TYPE


class ProblemSerializer(serializers.Serializer[Any]):
    """RFC 9457 with a stable code and the fields to look at."""

    type = serializers.CharField(help_text=f"`{TYPE}` followed by the code.")
    title = serializers.CharField(help_text="The kind of problem in a few words, in the language asked for.")
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="The sentence a person would be shown.")
    code = serializers.CharField(help_text="Stable and independent of the language.")
    request_id = serializers.CharField(help_text="The number of this request, also in `X-Request-ID`.")
    errors = serializers.DictField(  # type: ignore[assignment]  # a field by that name
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="Field by field, what has to be mended; `__all__` for the whole.",
    )
    receipt = serializers.IntegerField(
        required=False, help_text="The delivery kept in quarantine, where a package could not be read."
    )


MEANINGS = {
    400: "The request is malformed (`bad-request`).",
    401: "No valid key (`unauthenticated`).",
    403: "The key or its user may not do this (`not-permitted`), not from this address (`outside-network`), or not at this "
    "hour or from this address (`outside-window`).",
    404: "It does not exist or is not for this key (`not-found`).",
    409: "The state does not allow it (`wrong-state`), or the first request under the same Idempotency-Key is still "
    "being worked on (`idempotency-in-progress`).",
    412: "Somebody changed the record after it was read (`stale-version`).",
    413: "Too large (`too-large`, `eyp-too-large`, `eyp-bomb`).",
    415: "A kind of content that is not taken (`unknown-media`, `eyp-not-a-zip`, `eyp-not-a-package`).",
    422: "A rule or a field refuses it (`invalid`, `rule-broken`, `eyp-…`, `idempotency-key-reused`).",
    503: "The file store does not answer now; nothing was kept, send it again later (`store-unavailable`).",
    429: "The limit of the key is used up (`throttled`); `Retry-After` says for how long.",
}


def problems(*statuses: int) -> dict[Any, Any]:
    """The refusals an operation may answer with; 400, 401, 403 and 429 are always among them."""
    return {
        (status, MEDIA_TYPE): OpenApiResponse(ProblemSerializer, MEANINGS[status])
        for status in sorted({400, 401, 403, 429, *statuses})
    }


STALE = OpenApiExample(
    "Stale version",
    {
        "type": f"{TYPE}stale-version",
        "title": "Kayıt bu arada değişti",
        "status": 412,
        "detail": "Siz okuduktan sonra bu kayıt değiştirildi. Yeniden okuyup isteğinizi yineleyin.",
        "code": "stale-version",
        "request_id": "3f0c2f6a5d7a4a1fb6f2e2d4b8f0a9c1",
    },
    response_only=True,
    status_codes=["412"],
    media_type=MEDIA_TYPE,
)
