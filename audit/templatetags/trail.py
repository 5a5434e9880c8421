"""The trail on a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import template

from audit import telling
from audit.models import Entry, EntryQuerySet

MOST = 200  # lines on one page; the admin pages through the rest

register = template.Library()


@register.simple_tag
def trail_lines(
    entries: Sequence[Entry] | EntryQuerySet | None, steps: Mapping[str, Any] | None = None
) -> list[telling.Line]:
    """Entries as readable lines: `{% trail_lines entries steps as lines %}`."""
    return telling.lines(entries[:MOST] if entries is not None else (), steps or None)
