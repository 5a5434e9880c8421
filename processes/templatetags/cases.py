"""The state of a case on a page, told without reading the room's own record."""

from functools import cache

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext

from processes import rooms
from processes.models import Case

register = template.Library()


@register.simple_tag
def case_state(case: Case) -> SafeString:
    """The state as a badge, and another one where the case is confidential."""
    state = _state(case.official_number, case.state, get_language())
    return format_html("{} {}", state, confidential_mark(case)) if case.is_confidential else state


@cache
def _state(number: str, state: str, language: str | None) -> SafeString:
    """Kept: a sub-process has few states, and a list prints one in each row."""
    return format_html(
        '<span class="badge badge--{}">{}</span>',
        rooms.tone_of(number, state) or "wait",
        rooms.label_of(number, state),
    )


@register.simple_tag
def confidential_mark(case: Case) -> SafeString:
    """“Gizli” as a badge where the case is confidential."""
    if not case.is_confidential:
        return format_html("{}", "")
    return format_html('<span class="badge badge--late">{}</span>', gettext("confidential"))


@register.filter
def room_title(case: Case) -> str:
    """The name of the sub-process the case belongs to."""
    return str(rooms.room_of(case).title)
