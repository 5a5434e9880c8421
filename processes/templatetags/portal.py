"""Template tags of the portal: drawings, due times, addresses with one parameter changed, dates and numbers."""

from __future__ import annotations

from collections.abc import Container, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django import template
from django.forms.widgets import ChoiceWidget
from django.http import HttpRequest, QueryDict
from django.template.context import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from processes import clock, texts, wording
from processes.export import Column

register = template.Library()
register.tag("translate", texts.translate)

# State keys a reader knows from elsewhere; any other state is neutral.
_TONES: dict[str, str] = {
    **dict.fromkeys(
        ("closed", "done", "approved", "registered", "sent", "complete", "active", "kept"), "calm"
    ),
    **dict.fromkeys(("returned", "checked", "at_ebys", "awaiting_signature", "due", "prepared"), "soon"),
    **dict.fromkeys(
        ("refused", "rejected", "stuck", "failed", "broken", "finding", "overdue", "lost"), "late"
    ),
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """A drawing from static/icons.svg; it never carries meaning alone, so it is hidden from screen readers."""
    return _drawing(name)


@cache
def _drawing(name: str) -> SafeString:
    """The same markup as long as the program runs; a page prints some drawings dozens of times."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>',
        static("icons.svg"),
        name,
    )


@register.simple_tag(takes_context=True)
def due(
    context: Context,
    due_at: datetime | None,
    *,
    waiting: object = None,
    closed: object = None,
    in_hours: bool = False,
    now: datetime | None = None,
) -> SafeString:
    """A due time as a badge, as drawing and words: `{% due case.due_at waiting=case.waiting_since closed=case.closed_at %}`.

    Working days are counted unless `in_hours`: `{% due breach.kvkk_due_at in_hours=True %}`. A list says it once per row.
    """
    if closed:
        if due_at is None:
            return SafeString()
        return format_html('<time class="soft" datetime="{}">{}</time>', iso(due_at), short_date(due_at))
    needs_calendar = due_at is not None and not waiting and not in_hours
    told = wording.due_words(
        due_at,
        now=now or timezone.now(),
        closed_days=_closed_days(context) if needs_calendar else frozenset(),
        waiting=bool(waiting),
        in_hours=in_hours,
    )
    kind = f"badge due badge--{told.tone}"
    if due_at is None:
        return format_html('<span class="{}">{}{}</span>', kind, icon(told.icon), told.words)
    return format_html(
        '<span class="{}" title="{}">{}<time datetime="{}">{}</time></span>',
        kind,
        full_moment(due_at),
        icon(told.icon),
        iso(due_at),
        told.words,
    )


def _closed_days(context: Context) -> Container[date]:
    """The closed days the frame of this page has read; asked once per page however many rows it has."""
    frame = context.get("portal") or getattr(_request(context), "_portal", None)
    return frame.closed_days if frame is not None else clock.days_off(timezone.localdate())[0]


def _request(context: Context) -> HttpRequest | None:
    """The request of the page, also inside an include that was given nothing else."""
    return context.get("request") or getattr(context, "request", None)


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: object) -> str:
    """This page's address with parameters changed: `{% query sort="-due" cursor=None %}`; None takes one out."""
    request = _request(context)
    parameters = request.GET.copy() if request is not None else QueryDict(mutable=True)
    for name, value in changes.items():
        if value is None or value == "":
            parameters.pop(name, None)
        else:
            parameters[name] = str(value)
    return f"?{parameters.urlencode()}"


@register.simple_tag(takes_context=True)
def sort_query(context: Context, key: str, current: str = "") -> str:
    """The address that sorts by this column: once upwards, then downwards; begins at the first page."""
    return query(context, sort=f"-{key}" if current == key else key, cursor=None)


@register.filter
def sort_direction(current: str, key: str) -> str:
    """How a column is sorted now, as aria-sort names it; empty when by another."""
    return {key: "ascending", f"-{key}": "descending"}.get(str(current or ""), "")


@register.simple_tag
def state_badge(label: object, state: str = "", tone: str = "") -> SafeString:
    """The state of a record as a badge; the tone follows from the state unless given."""
    return format_html('<span class="badge badge--{}">{}</span>', tone or tone_of(state), label)


@register.filter(name="tone")
def tone_of(state: object) -> str:
    """The tone of a state: calm, soon, late, or wait for a state that says nothing of the kind."""
    return _TONES.get(str(state or ""), "wait")


@register.simple_tag
def cell(row: object, column: Column) -> object:
    """What a column shows of a row, written for the reader."""
    return column.words(row)


@register.filter
def item(mapping: Mapping[Any, Any] | None, key: object) -> object:
    """The value under a key known only at run time."""
    return mapping.get(key, "") if mapping else ""


def _or_missing(value: object, write: Any) -> str:
    return wording.MISSING if value is None or value == "" else str(write(value))


@register.filter
def short_date(value: date | None) -> str:
    """23 Kas, with the year when it is another one."""
    return _or_missing(value, wording.short_date)


@register.filter
def full_date(value: date | None) -> str:
    """23.11.2026"""
    return _or_missing(value, wording.full_date)


@register.filter
def long_date(value: date | None) -> str:
    """23 Kasım 2026, Pazartesi"""
    return _or_missing(value, wording.long_date)


@register.filter
def short_time(value: datetime | None) -> str:
    """14.20"""
    return _or_missing(value, wording.clock_time)


@register.filter
def short_moment(value: datetime | None) -> str:
    """23 Kas 11.02"""
    return _or_missing(value, wording.short_moment)


@register.filter
def full_moment(value: datetime | None) -> str:
    """23.11.2026 11.02"""
    return _or_missing(value, wording.full_moment)


@register.filter
def age(since: datetime | None) -> str:
    """How long ago: 9 gün"""
    return _or_missing(since, lambda moment: wording.age(moment, timezone.now()))


@register.filter
def number(value: Decimal | float | int | None, places: int | None = None) -> str:
    """12.345,6"""
    return _or_missing(value, lambda found: wording.number(found, places))


@register.filter
def percent(value: Decimal | float | int | None, places: int = 1) -> str:
    """% 97,2"""
    return _or_missing(value, lambda found: wording.percent(found, places))


@register.filter
def file_size(value: int | None) -> str:
    """1,4 MB"""
    return _or_missing(value, wording.file_size)


@register.filter
def initials(name: object) -> str:
    """The letters on a person's mark."""
    return wording.initials(str(name or ""))


@register.filter
def iso(value: date | datetime | None) -> str:
    """For the datetime attribute of <time>."""
    return value.isoformat() if value else ""


@register.filter
def widget_kind(field: Any) -> str:
    """How components/field.html lays a form field out: line, tick, choices, file, picker or hidden."""
    widget = field.field.widget
    if widget.is_hidden:
        return "hidden"
    return getattr(widget, "layout", "") or {
        "checkbox": "tick",
        "radioselect": "choices",
        "checkboxselectmultiple": "choices",
        "clearablefile": "file",
        "file": "file",
    }.get(field.widget_type, "line")


@register.filter
def content(form: Any) -> str:
    """Everything a form of filters prints, in one line of text: equal lines print equal boxes."""
    return repr([_content(field) for field in form])


def _content(field: Any) -> tuple[object, ...]:
    """One box: its words and attributes, what may be chosen, and what was."""
    inner, widget, value = field.field, field.field.widget, field.value()
    offered = widget.choices if isinstance(widget, ChoiceWidget) else ()
    told = getattr(widget, "labels", None)
    words = told(value) if told and value else ""
    return (
        field.html_name,
        str(field.label),
        str(field.help_text),
        [str(error) for error in field.errors],
        inner.required,
        inner.disabled,
        type(widget).__name__,
        widget.attrs,
        [(str(key), str(words)) for key, words in offered],
        value,
        words,
    )


@dataclass(frozen=True)
class Chip:
    """A filter in force and the address without it."""

    label: str
    value: str
    url: str


@register.simple_tag(takes_context=True)
def chips(context: Context, form: Any) -> list[Chip]:
    """The filters in force: what the reader set in the address, by the words of the form."""
    request = _request(context)
    if request is None:
        return []
    found = []
    for field in form:
        value = request.GET.get(field.html_name) or request.GET.get(f"{field.html_name}_text")
        if value:
            address = query(context, cursor=None, **{field.html_name: None, f"{field.html_name}_text": None})
            found.append(Chip(str(field.label), _told(field, value), address))
    return found


@register.filter
def marks(form: Any) -> str:
    """Which fields of a form are marked: whichever are fewer, those to be filled in or those that may be left out."""
    needed = sum(field.field.required for field in form.visible_fields())
    return "required" if len(form.visible_fields()) - needed > max(needed, 1) else "optional"


def _told(field: Any, value: str) -> str:
    """A filter's value as the form words it."""
    labels = getattr(field.field.widget, "labels", None)
    if labels is not None:
        return str(labels(value))
    if not hasattr(field.field, "queryset"):
        for key, words in getattr(field.field, "choices", ()):
            if str(key) == value:
                return str(words)
    with suppress(ValueError):
        return wording.full_date(date.fromisoformat(value))
    return _("yes") if field.widget_type == "checkbox" else value


@register.filter
def has_values_beside(form: Any, names: Container[str]) -> bool:
    """A field that is not among `names` has a value."""
    return any(field.value() for field in form if field.name not in names)


@register.filter
def tick_words(row: object) -> str:
    """What the tick of a row says aloud."""
    return _("Choose %(row)s") % {"row": row}


@register.simple_tag
def row_address(row: object, name: str = "") -> str:
    """Where the first cell of a row leads: its `get_absolute_url`, or the attribute or method named."""
    found = getattr(row, name or "get_absolute_url", "")
    return str(found() if callable(found) else found)
