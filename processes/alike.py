"""Many records of one kind written at once: those that changed alike in one statement, each with its own entry in the trail."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, models

from audit import trail
from audit.differences import Values, difference, fields_of, snapshot
from processes.gate import check, refused_by_constraint


def hold(records: Sequence[models.Model]) -> list[Values]:
    """Remember records just read under their lock as they are; `save` is told what this answers."""
    for record in records:
        trail.hold(record)
    return [_values(record) for record in records]


def save(records: Sequence[models.Model], before: Sequence[Values]) -> None:
    """Check and write what differs from what was held, and tell it to the trail record by record."""
    groups: dict[str, list[models.Model]] = defaultdict(list)
    for record, held in zip(records, before, strict=True):
        check(record)
        changes = difference(held, _values(record))
        groups[json.dumps({name: new for name, (_old, new) in changes.items()}, sort_keys=True)].append(
            record
        )
    for told, group in groups.items():
        _write(group, list(json.loads(told)))
    if records and trail.is_tracked(type(records[0])):
        trail.bulk_changed(records)


def _write(records: list[models.Model], names: list[str]) -> None:
    """The columns of these names, as the first of the records has them and every other too; each table by itself."""
    first = records[0]
    tables: dict[type[models.Model], dict[str, Any]] = defaultdict(dict)
    for name in names:
        field = first._meta.get_field(name)
        assert isinstance(field, models.Field)
        tables[field.model][field.attname] = getattr(first, field.attname)
    keys = [record.pk for record in records]
    try:
        for model, values in tables.items():
            model._base_manager.filter(pk__in=keys).update(**values)
    except IntegrityError as error:
        raise refused_by_constraint(first, error) from error


def _values(record: models.Model) -> Values:
    return snapshot(record, fields_of(type(record)))
