"""The version of a record as ETag and If-Match: nobody overwrites what they have not seen."""

from __future__ import annotations

import re
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request

from ebys.problems import BadRequest
from processes.errors import StaleVersion

GIVEN = re.compile(r'(?:W/)?"?([0-9]{1,10})"?', re.ASCII)


def etag(record: Any) -> str:
    """The version of a record as a header."""
    return f'"{record.version}"'


def expected(request: Request) -> int | None:
    """The version the caller has seen; None when they did not say or do not mind (`*`)."""
    given = request.headers.get("If-Match", "").strip()
    if given in ("", "*"):
        return None
    matched = GIVEN.fullmatch(given)
    if matched is None:
        raise BadRequest(_('If-Match takes one version as given in ETag, such as "7".'))
    return int(matched[1])


def require_current(record: Any, version: int | None) -> None:
    """Refuse early what the gate would refuse under the lock: the caller's version is an old one."""
    if version is not None and version != record.version:
        raise StaleVersion(
            _("Somebody changed this record after you read it. Read it again, then repeat your request.")
        )
