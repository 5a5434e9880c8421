"""What the program says of itself while it works: one line each to the terminal, as JSON in production, nothing personal.

A line names the request by its number, the page by its name and a failure by its kind and place. What a person typed,
the text of a library's error, an address with its query, numbers and e-mail addresses do not get through.
"""

from __future__ import annotations

import json
import logging
import re
import traceback
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.apps import apps

from config.env import CHECKOUT

QUERY = re.compile(r"\?[^\s\"'<>]*=[^\s\"'<>]*")
E_MAIL = re.compile(r"[^\s@<>\"'(),;:=]+@[^\s@<>\"'(),;]+")
ELEVEN_DIGITS = re.compile(r"(?<!\d)(?:\d[ \-]?){10}\d(?!\d)")
QUOTED_VALUES = re.compile(r"(=\()[^)]*(\))")  # Key (username)=(…) in the texts of the database
KEY_IN_PATH = re.compile(r"(/(?:calendar|password)/)[^/\s.]+")
LONGEST = 2000
_RESERVED = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


def scrubbed(text: str) -> str:
    """The text without anything that could name a person, on one line, with odd letters made visible."""
    text = unicodedata.normalize("NFKC", text)
    for pattern, word in (
        (QUERY, "?[query]"),
        (E_MAIL, "[e-mail]"),
        (ELEVEN_DIGITS, "[number]"),
        (QUOTED_VALUES, r"\1[value]\2"),
        (KEY_IN_PATH, r"\1[key]"),
    ):
        text = pattern.sub(word, text)
    shown = "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text
    )
    return shown[:LONGEST]


def place_of(error: BaseException) -> list[str]:
    """Where it happened: file, line and function of each frame, without values and without the error's text."""
    return [
        f"{_inside(frame.filename)}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)[-12:]
    ]


def kinds_of(error: BaseException) -> str:
    """The kind of an error and of those that led to it."""
    names: list[str] = []
    found: BaseException | None = error
    while found is not None and len(names) < 5:
        names.append(type(found).__name__)
        found = found.__cause__ or (None if found.__suppress_context__ else found.__context__)
    return " from ".join(names)


class Discreet(logging.Filter):
    """Rewrites each record before it is printed; stands on the handler, so that no logger can pass it by."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always lets the record through, without what does not belong into a log."""
        record.msg, record.args = scrubbed(_sentence(record)), ()
        error = record.exc_info[1] if record.exc_info else None
        record.error = kinds_of(error) if error else ""
        record.place = place_of(error) if error else []
        record.exc_info, record.exc_text, record.stack_info = None, None, None
        record.request_number = _request_number()
        return True


class AsJson(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Time in UTC, level, logger, sentence, request number, and what the caller measured."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "text": record.getMessage(),
        }
        for name, value in vars(record).items():
            is_plain = isinstance(value, int | float | bool) or (isinstance(value, str | list) and value)
            if name not in _RESERVED and is_plain:
                line[name] = scrubbed(value) if isinstance(value, str) else value
        return json.dumps(line, ensure_ascii=False, default=str)


class AsLine(logging.Formatter):
    """The same for a reader at a terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Time, level, logger, sentence; a failure's kind and innermost place behind it."""
        text = f"{self.formatTime(record)} {record.levelname} {record.name} {record.getMessage()}"
        error, place = getattr(record, "error", ""), getattr(record, "place", [])
        return f"{text} [{error} at {'; '.join(place[-3:])}]" if error else text


def logging_for(form: str, level: str = "INFO") -> dict[str, Any]:
    """The LOGGING setting, for Django, Celery and the web server alike."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"discreet": {"()": "config.logs.Discreet"}},
        "formatters": {"json": {"()": "config.logs.AsJson"}, "line": {"()": "config.logs.AsLine"}},
        "handlers": {
            "terminal": {"class": "logging.StreamHandler", "formatter": form, "filters": ["discreet"]}
        },
        "root": {"handlers": ["terminal"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": "INFO"},
            "axes": {"handlers": [], "level": "ERROR"},  # the trail tells of log-ins
            "weasyprint": {"handlers": [], "level": "WARNING"},
            "fontTools": {"handlers": [], "level": "WARNING"},
        },
    }


def _sentence(record: logging.LogRecord) -> str:
    """The record's sentence; those that repeat what a visitor or a failed job brought along are worded anew."""
    if record.name.startswith("django.security"):
        return f"Refused: {record.name.rpartition('.')[2]}"
    if record.name.startswith(("django.request", "django.server", "django.channels")):
        request = getattr(record, "request", None)
        match = getattr(request, "resolver_match", None)
        method = getattr(request, "method", "") or ""
        page = match.view_name if match else "no such page"
        return f"Answered {getattr(record, 'status_code', '')} to {method} {page}"
    if record.name == "celery.app.trace" and isinstance(record.args, dict):
        kind = str(record.args.get("exc", "")).partition("(")[0]
        return f"Task {record.args.get('name')} [{record.args.get('id')}]: {record.args.get('description') or 'done'} {kind}"
    return record.getMessage()


def _request_number() -> str:
    if not apps.ready:  # the web server speaks before Django is there
        return ""
    from audit import context

    return context.current().request_id


def _inside(path: str) -> str:
    """A file's place in the checkout, or its name elsewhere."""
    found = Path(path)
    return str(found.relative_to(CHECKOUT)) if found.is_relative_to(CHECKOUT) else found.name
