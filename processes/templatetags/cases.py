"""The state of a case on a page, told without reading the room's own record."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from processes import rooms
from processes.models import Case

register = template.Library()


@register.simple_tag
def case_state(case: Case) -> SafeString:
    """The state as a badge, and another one where the case is confidential."""
    state = format_html(
        '<span class="badge badge--{}">{}</span>', rooms.state_tone(case) or "wait", rooms.state_label(case)
    )
    return format_html("{} {}", state, confidential_mark(case)) if case.is_confidential else state


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
