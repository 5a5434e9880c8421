"""A request may be repeated: under the same Idempotency-Key it is done once and answered the same each time.

The key is claimed in a transaction of its own, so that a second sender meets the first; the answer is written down in
the transaction of the work itself, so that work and answer exist together or not at all.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from ebys.models import IdempotencyKey, ServiceAccount
from ebys.problems import MEDIA_TYPE, BadRequest
from processes.errors import DomainError

KEPT = timedelta(hours=48)
GIVEN_UP = timedelta(minutes=2)  # a first sender that has not come back is taken for dead
KEY = re.compile(r"[\x21-\x7e]{1,200}")
CHUNK = 1024 * 1024
HEADERS = ("Location", "ETag")


class KeyReused(DomainError):
    """The same key came with another request."""

    code = "idempotency-key-reused"
    status = 422
    title = gettext_lazy("The Idempotency-Key was used for another request")


class InProgress(DomainError):
    """The first request under this key is still being worked on."""

    code = "idempotency-in-progress"
    status = 409
    title = gettext_lazy("The first request under this key is still being worked on")


def once(request: Request, account: ServiceAccount, work: Callable[[], Response]) -> Response:
    """Do the work in one transaction; under a key, do it once and repeat its answer."""
    given = request.headers.get("Idempotency-Key", "")
    if not given:
        with transaction.atomic():
            return work()
    if not KEY.fullmatch(given):
        raise BadRequest(_("An Idempotency-Key has 1 to 200 printable ASCII characters without spaces."))
    fingerprint = fingerprint_of(request)
    claimed, earlier = _claim(account, given, fingerprint, timezone.now())
    if claimed is None:
        return _repeated(earlier, fingerprint)
    try:
        with transaction.atomic():
            answer = work()
            _write_down(claimed, answer)
    except BaseException:
        IdempotencyKey.objects.filter(pk=claimed.pk, status__isnull=True).delete()
        raise
    return answer


def fingerprint_of(request: Request) -> str:
    """What makes two requests the same: method, address and content, whatever the boundaries of the form are."""
    digest = hashlib.sha256(
        f"{request.method} {request.path}\n{request.headers.get('If-Match', '')}\n".encode()
    )
    files: Any = getattr(request, "FILES", None) or {}
    data: Any = request.data
    plain = (
        {name: data.getlist(name) for name in data if name not in files} if hasattr(data, "getlist") else data
    )
    digest.update(json.dumps(plain, sort_keys=True).encode())
    for name in sorted(files):
        for file in files.getlist(name):
            digest.update(f"\n{name}\n{file.name}\n{file.size}\n".encode())
            for chunk in file.chunks(CHUNK):
                digest.update(chunk)
            file.seek(0)
    return digest.hexdigest()


def purge(now: datetime) -> int:
    """Forget answers nobody repeats any more."""
    return IdempotencyKey.objects.filter(made_at__lt=now - KEPT).delete()[0]


def _claim(
    account: ServiceAccount, key: str, fingerprint: str, now: datetime
) -> tuple[IdempotencyKey | None, IdempotencyKey]:
    """The key as ours to work under, or what is known of its first use."""
    row = IdempotencyKey(account=account, key=key, fingerprint=fingerprint, made_at=now)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        with transaction.atomic():
            earlier = IdempotencyKey.objects.select_for_update().filter(account=account, key=key).first()
            if earlier is None:  # the first request failed just now and gave the key back
                raise InProgress(_("Send the request again.")) from None
            is_dead = earlier.status is None and earlier.made_at < now - GIVEN_UP
            if not is_dead and earlier.made_at >= now - KEPT:
                return None, earlier
            earlier.fingerprint, earlier.made_at, earlier.status = fingerprint, now, None
            earlier.headers, earlier.body = {}, None
            earlier.save()
            return earlier, earlier
    return row, row


def _repeated(earlier: IdempotencyKey, fingerprint: str) -> Response:
    if earlier.fingerprint != fingerprint:
        raise KeyReused(_("Use a new Idempotency-Key for every new request."))
    if earlier.status is None:
        raise InProgress(_("Wait a moment and send the same request again to get its answer."))
    headers: Mapping[str, str] = {**earlier.headers, "Idempotency-Replayed": "true"}
    kind = MEDIA_TYPE if earlier.status >= 400 else None
    return Response(earlier.body, status=earlier.status, headers=dict(headers), content_type=kind)


def _write_down(claimed: IdempotencyKey, answer: Response) -> None:
    content: Any = json.loads(JSONRenderer().render(answer.data)) if answer.data is not None else None
    claimed.status, claimed.body = answer.status_code, content
    claimed.headers = {name: answer[name] for name in HEADERS if answer.has_header(name)}
    claimed.save(update_fields=("status", "body", "headers"))
