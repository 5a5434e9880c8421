"""Looks the trail keeps although they change nothing: what somebody looked for, and what they read in the admin.

One rule for every room: whoever narrows a list to somebody's records, looks a person up, or reads the trail is told, once
for the same question within a quarter of an hour. A list nobody narrowed is no look at anybody and is not told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from django.contrib.admin.views.main import SEARCH_VAR
from django.db.models import Model

from accounts.identity import masked
from accounts.sealed import token
from audit import context, trail
from audit.models import Entry

SEARCHED = "searched"
LONGEST = 200
ELEVEN_DIGITS = re.compile(r"(?<!\d)[1-9](?:\s?\d){10}(?!\d)")


def looked_for(kind: type[Model], asked: Mapping[str, str]) -> None:
    """Tell for what somebody looked among records of a kind; nothing when nothing was asked."""
    told = {name: text for name, value in asked.items() if (text := _written(value))}
    if not told:
        return
    person = context.current().person
    question = sha256(repr((kind._meta.label_lower, sorted(told.items()))).encode()).hexdigest()
    if trail.is_new_look(f"searched:{question}:{person.pk if person else ''}"):
        trail.record(kind, SEARCHED, told)


def read_in_admin(answer: object) -> None:
    """Tell what a page of the admin showed: one record, the answer to a search, or the trail itself."""
    shown: Mapping[str, Any] = getattr(answer, "context_data", None) or {}
    record, listed = shown.get("original"), shown.get("cl")
    if isinstance(record, Entry):
        looked_for(Entry, {"entry": str(record.pk)})
    elif isinstance(record, Model):
        trail.seen(record)
    elif listed is not None and issubclass(listed.model, Entry):
        looked_for(Entry, {"list": "all", "words": listed.query, **_narrowed(listed.params)})
    elif listed is not None:
        looked_for(listed.model, {"words": listed.query})


def _narrowed(params: Mapping[str, Any]) -> dict[str, str]:
    """The filters in the address of an admin list, without its words."""
    return {str(name): str(value) for name, value in params.items() if name != SEARCH_VAR}


def _written(text: str) -> str:
    """What was asked as the trail may keep it: of a TC Kimlik number only stars and its keyed mark."""

    def starred(found: re.Match[str]) -> str:
        number = "".join(found[0].split())
        return f"{masked(number)} ({token('searched', number)[:16]})"

    clean = "".join(sign for sign in text if sign.isprintable()).strip()[:LONGEST]
    return ELEVEN_DIGITS.sub(starred, clean)
