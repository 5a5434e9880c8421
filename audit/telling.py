"""The trail as people read it: entries turned into sentences, keys into names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from audit import events
from audit.models import Entry

NOTHING = "–"
LONGEST = 400  # characters of one value on the page; the entry keeps all of it
ICONS = {Entry.Action.CREATE: "plus", Entry.Action.UPDATE: "edit", Entry.Action.DELETE: "close"}
EVENT_ICONS = {events.REFUSED: "alert", "viewed": "eye", "downloaded": "download", "exported": "download"}

Names = dict[type[models.Model], dict[str, str]]


@dataclass(frozen=True)
class Column:
    """A column of the record an entry is about; a child's record also speaks for its parent's columns."""

    model: type[models.Model]
    field: models.Field[Any, Any]

    def words(self, value: Any, names: Names) -> str:
        """One stored value in the reader's words."""
        field = self.field
        if related := _related(field):
            return names.get(related, {}).get(str(value)) or _("Record %(key)s") % {"key": value}
        if choices := _choices(field):
            return str(choices.get(value, value))
        if display := getattr(self.model, f"get_{field.name}_display", None):
            try:
                return str(display(self.model(**{field.attname: value})))
            except ValueError:  # a value the room no longer knows stands as it is
                return str(value)
        if isinstance(field, models.DateTimeField):
            return _moment(str(value))
        if isinstance(field, models.DateField):
            return date_format(date.fromisoformat(str(value)), "SHORT_DATE_FORMAT")
        return str(value)


@dataclass(frozen=True)
class Change:
    """One column: what it was and what it became; `before` is empty where nothing stood there."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Line:
    """One entry on the timeline."""

    at: datetime
    who: str
    on_behalf_of: str
    event: str
    kind: str
    record: str
    step: str
    reason: str
    address: str
    icon: str
    is_refusal: bool
    changes: tuple[Change, ...]


def lines(entries: Iterable[Entry], steps: Mapping[str, Any] | None = None) -> list[Line]:
    """Entries as lines; `steps` gives the names of step keys. One query for each kind of record that is named."""
    told = list(entries)
    names = _names_of_keys(told)
    return [_line(entry, steps or {}, names) for entry in told]


def _line(entry: Entry, steps: Mapping[str, Any], names: Names) -> Line:
    model = entry.kind.model_class()
    return Line(
        at=entry.timestamp,
        who=str(entry.actor) if entry.actor else _("The system"),
        on_behalf_of=str(entry.on_behalf_of) if entry.on_behalf_of else "",
        event=events.name_of(entry.event),
        kind=capfirst(str(model._meta.verbose_name)) if model else entry.kind.model,
        record=entry.object_repr,
        step=str(steps.get(entry.step) or events.act_of(entry.step)),
        reason=entry.reason,
        address=entry.remote_addr or "",
        icon=EVENT_ICONS.get(entry.event) or ICONS.get(entry.action, "info"),
        is_refusal=entry.event == events.REFUSED,
        changes=tuple(_changes(entry, model, names)),
    )


def _changes(entry: Entry, model: type[models.Model] | None, names: Names) -> Iterable[Change]:
    for name, values in (entry.changes or {}).items():
        field = _field(model, name)
        if field is not None and not field.editable:
            continue
        before, after = values if isinstance(values, list) and len(values) == 2 else (None, values)
        column = Column(model, field) if model is not None and field is not None else None
        label = capfirst(str(field.verbose_name)) if field is not None else name.replace("_", " ")
        yield Change(label, _words(column, before, names), _words(column, after, names) or NOTHING)


def _words(column: Column | None, value: Any, names: Names) -> str:
    """A stored value as a person writes it; empty for nothing."""
    if value is None or value == "" or value == [] or value == {}:
        return ""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ", ".join(_words(column, item, names) for item in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {_words(None, item, names) or NOTHING}" for key, item in value.items())
    text = column.words(value, names) if column is not None else str(value)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def _moment(text: str) -> str:
    moment = datetime.fromisoformat(text)
    return date_format(timezone.localtime(moment) if moment.tzinfo else moment, "SHORT_DATETIME_FORMAT")


def _field(model: type[models.Model] | None, name: str) -> models.Field[Any, Any] | None:
    """The column an entry names, if the model still has it."""
    if model is None:
        return None
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return field if isinstance(field, models.Field) else None


def _related(field: models.Field[Any, Any]) -> type[models.Model] | None:
    related = field.related_model
    return related if isinstance(related, type) else None


def _choices(field: models.Field[Any, Any]) -> dict[Any, Any]:
    """The choices of a column, or of the items of a list column."""
    return dict(
        getattr(field, "flatchoices", ()) or getattr(getattr(field, "base_field", None), "flatchoices", ())
    )


def _names_of_keys(entries: Iterable[Entry]) -> Names:
    """What the records are called whose keys stand in the changes: one query for each kind."""
    wanted: defaultdict[type[models.Model], set[Any]] = defaultdict(set)
    for entry in entries:
        model = entry.kind.model_class()
        for name, values in (entry.changes or {}).items():
            field = _field(model, name)
            if field is None or not field.editable or not isinstance(values, list):
                continue
            if related := _related(field):
                wanted[related].update(
                    value for value in values if isinstance(value, int | str) and value != ""
                )
    return {
        related: {
            str(found.pk): str(found) for found in related._base_manager.select_related().filter(pk__in=keys)
        }
        for related, keys in wanted.items()
    }
