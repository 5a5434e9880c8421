"""Bodies are read strictly: what two programs could understand differently is refused."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from typing import IO, Any

from django.utils.translation import gettext as _
from rest_framework.parsers import BaseParser, MultiPartParser

from ebys.problems import BadRequest
from processes.errors import TooLarge

MB = 1024 * 1024
LARGEST_JSON = 1 * MB
LARGEST_LETTER = 48 * MB  # a letter with its files in base64
LARGEST_UPLOAD = 100 * MB
DEEPEST = 20
LARGEST_NUMBER = 2**53
NOT_TEXT = re.compile("[\x00\ud800-\udfff]")


class StrictJSONParser(BaseParser):
    """UTF-8 JSON without duplicate names, NaN, infinite or huge numbers, NUL, lone surrogates or endless nesting."""

    media_type = "application/json"
    limit = LARGEST_JSON

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """The value of the body."""
        body = stream.read(self.limit + 1)
        if len(body) > self.limit:
            raise TooLarge(_("The body may have at most %(megabytes)d MB.") % {"megabytes": self.limit // MB})
        return parsed(body)


class LetterJSONParser(StrictJSONParser):
    """The same for a letter that brings its files along."""

    limit = LARGEST_LETTER


class BoundedMultiPartParser(MultiPartParser):
    """A form with files, refused by its announced length before a byte is read."""

    def parse(self, stream: Any, media_type: Any = None, parser_context: Any = None) -> Any:
        """The fields and files."""
        length = (parser_context or {})["request"].META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) > LARGEST_UPLOAD:
            raise TooLarge(
                _("A delivery may have at most %(megabytes)d MB.") % {"megabytes": LARGEST_UPLOAD // MB}
            )
        return super().parse(stream, media_type, parser_context)


def parsed(body: bytes | str) -> Any:
    """The value of a JSON text; BadRequest says what is wrong with it."""
    try:
        text = body.decode("utf-8") if isinstance(body, bytes) else body
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_no_constant,
            parse_float=_number,
            parse_int=_whole,
        )
    except (ValueError, RecursionError) as error:
        raise BadRequest(_("The body is not valid JSON in UTF-8.")) from error
    _checked(value)
    return value


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise BadRequest(_("The body names a field twice."))
    return found


def _no_constant(name: str) -> Any:
    raise BadRequest(_("The body holds a number that is none (NaN, Infinity)."))


def _number(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise BadRequest(_("The body holds a number that is too large."))
    return value


def _whole(text: str) -> int:
    if len(text) > 20 or abs(int(text)) > LARGEST_NUMBER:
        raise BadRequest(_("The body holds a number that is too large."))
    return int(text)


def _checked(value: Any, depth: int = 0) -> None:
    """No text a database cannot hold, no nesting a form never has."""
    if depth > DEEPEST:
        raise BadRequest(_("The body is nested too deeply."))
    if isinstance(value, str):
        if NOT_TEXT.search(value):
            raise BadRequest(_("The body holds characters that are no text (NUL, half of a pair)."))
    elif isinstance(value, dict):
        for name, inner in value.items():
            _checked(name, depth)
            _checked(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _checked(inner, depth + 1)
