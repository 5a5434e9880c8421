"""Writing the trail. Every entry is written in the transaction of what it tells, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from auditlog.registry import AuditlogModelRegistry
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection, models, transaction
from django.db.models.signals import post_delete, post_save, pre_save

from audit import context, events
from audit.differences import SECRET, Values, difference, fields_of, filled, plain, snapshot, writable
from audit.models import Entry
from audit.queries import entries_of as of

__all__ = [
    "bulk_changed",
    "bulk_created",
    "hold",
    "is_new_look",
    "is_refusal_told",
    "is_tracked",
    "of",
    "record",
    "record_many",
    "refused",
    "seen",
    "track",
    "tracked_models",
    "write_held_back",
]

HELD = "_trail_held"  # on a record: its values before the change
REPR_LENGTH = 300
SAME_LOOK = 15 * 60  # seconds

Changes = Mapping[str, Any]
Target = models.Model | type[models.Model]
ModelT = TypeVar("ModelT", bound=models.Model)


@dataclass(frozen=True)
class Tracked:
    """What is told of a model: which columns, and which of them only as set or not set."""

    fields: tuple[models.Field[Any, Any], ...]
    masked: frozenset[str]


@dataclass(frozen=True)
class _Look:
    """A look that was told; called when it is kept for good."""

    mark: str

    def __call__(self) -> None:
        cache.set(self.mark, 1, SAME_LOOK)


_tracked: dict[type[models.Model], Tracked] = {}


def track(model: type[models.Model], exclude: Iterable[str] = (), masked: Iterable[str] = ()) -> None:
    """From now on every save and removal of this model's records is told, each with its step and reason."""
    _tracked[model] = Tracked(fields_of(model, exclude), SECRET | frozenset(masked))
    _registry.register(model)


def is_tracked(model: type[models.Model]) -> bool:
    """The records of this model tell their changes themselves."""
    return model in _tracked


def tracked_models() -> list[type[models.Model]]:
    """Every model whose records tell their changes."""
    return list(_tracked)


def hold(instance: models.Model) -> None:
    """Remember a record just read under its row's lock as it is: its next save need not ask the database again."""
    if tracked := _tracked.get(type(instance)):
        instance.__dict__[HELD] = snapshot(instance, tracked.fields)


def record(obj: Target, event: str, changes: Changes | None = None, reason: str = "") -> Entry:
    """Tell what is no change of columns: a reading, a download, a log-in, an export; `obj` may be a whole model."""
    entry = _entry(obj, Entry.Action.ACCESS, event, plain(changes) if changes else None, reason)
    entry.save(force_insert=True)
    return entry


def seen(obj: models.Model) -> None:
    """Tell that a person looked at a record; looking again within a quarter of an hour is the same look."""
    looker = context.current().person
    mark = f"seen:{obj._meta.label_lower}:{obj.pk}:{looker.pk if looker else ''}"
    if is_new_look(mark):
        record(obj, "viewed")


def is_new_look(mark: str) -> bool:
    """Whether this look was not told within a quarter of an hour.

    Others are silenced once what tells it is kept for good: a look whose transaction was taken back silences none.
    """
    if _Look(mark) in [waiting for _points, waiting, _robust in connection.run_on_commit] or cache.get(mark):
        return False
    transaction.on_commit(_Look(mark), robust=True)
    return True


def record_many(
    objs: Iterable[ModelT],
    event: str,
    changes: Changes | Callable[[ModelT], Changes] | None = None,
    reason: str = "",
) -> list[Entry]:
    """The same for many records in one statement: what a bulk write did to each, alike or told record by record."""

    def told(obj: ModelT) -> Any:
        found = changes(obj) if callable(changes) else changes
        return plain(found) if found else None

    return Entry.objects.bulk_create(
        [_entry(obj, Entry.Action.ACCESS, event, told(obj), reason) for obj in objs]
    )


def bulk_created(objs: Iterable[models.Model]) -> None:
    """Tell what `bulk_create` wrote, which tells nothing by itself: each record with its values, in one statement."""
    entries = []
    for obj in objs:
        tracked = _tracked[type(obj)]
        values = filled(snapshot(obj, tracked.fields), tracked.masked)
        changes = {name: [None, value] for name, value in values.items()}
        entries.append(_entry(obj, Entry.Action.CREATE, events.CREATED, changes))
    Entry.objects.bulk_create(entries, batch_size=1_000)


def bulk_changed(objs: Iterable[models.Model]) -> None:
    """Tell what `bulk_update` wrote to records that were put under `hold` before they were changed."""
    entries = []
    for obj in objs:
        tracked = _tracked[type(obj)]
        held: Values = obj.__dict__.pop(HELD)
        if changes := difference(held, snapshot(obj, tracked.fields), tracked.masked):
            entries.append(_entry(obj, Entry.Action.UPDATE, events.CHANGED, changes))
    Entry.objects.bulk_create(entries, batch_size=1_000)


def refused(obj: Target, code: str, reason: str = "", changes: Changes | None = None) -> None:
    """Tell that something was refused.

    Inside a request the entry waits until the request's own transaction has ended, because a refusal takes that
    transaction back; outside a request it is written at once.
    """
    entry = _entry(obj, Entry.Action.ACCESS, events.REFUSED, {"code": code, **plain(changes or {})}, reason)
    held_back = context.current().held_back
    if held_back is None:
        entry.save(force_insert=True)
    else:
        held_back.append(entry)


def is_refusal_told() -> bool:
    """Whether this request has told already that something was refused."""
    return any(entry.event == events.REFUSED for entry in context.current().held_back or ())


def write_held_back(entries: list[Entry]) -> None:
    """Write the refusals of a request that has come to its end."""
    if entries:
        Entry.objects.bulk_create(entries)


def _entry(obj: Target, action: int, event: str, changes: Any, reason: str = "") -> Entry:
    """An unsaved entry with the circumstances of this moment."""
    now = context.current()
    person = now.person
    is_record = isinstance(obj, models.Model)
    return Entry(
        content_type=ContentType.objects.get_for_model(obj),
        object_pk="" if not is_record or obj.pk is None else str(obj.pk),
        object_id=obj.pk if is_record and isinstance(obj.pk, int) else None,
        object_repr=writable(str(obj))[:REPR_LENGTH] if is_record else "",
        action=action,
        event=event,
        changes=changes,
        actor_id=person.pk if person else None,
        on_behalf_of_id=now.on_behalf_of.pk if now.on_behalf_of else None,
        step=now.step,
        reason=writable(reason or now.reason),
        cid=now.request_id,
        remote_addr=now.address,
    )


def _remember(sender: type[models.Model], instance: models.Model, **kwargs: Any) -> None:
    """Before a save: the values that are about to be replaced."""
    using = kwargs["using"]
    tracked = _tracked[sender]
    named = kwargs.get("update_fields")
    told = [field for field in tracked.fields if named is None or {field.name, field.attname} & set(named)]
    if kwargs.get("raw") or not told:
        instance.__dict__[HELD] = None
        return
    if not transaction.get_connection(using).in_atomic_block:
        raise transaction.TransactionManagementError(
            f"{sender._meta.label} is tracked: save it inside transaction.atomic(), so that the record and its "
            "entry in the trail are written together."
        )
    if instance._state.adding or HELD in instance.__dict__:
        return
    stored = (
        sender._base_manager.using(using).filter(pk=instance.pk).only(*(field.name for field in told)).first()
    )
    instance.__dict__[HELD] = snapshot(stored, told) if stored else {}


def _tell_saved(sender: type[models.Model], instance: models.Model, created: bool, **kwargs: Any) -> None:
    """After a save, in the same transaction: what became of the values."""
    tracked = _tracked[sender]
    held: Values | None = instance.__dict__.pop(HELD, {})
    if held is None:
        return
    after = snapshot(instance, tracked.fields)
    named = kwargs.get("update_fields")
    if named is not None:
        written = {field.name for field in tracked.fields if {field.name, field.attname} & set(named)}
        after = {name: value for name, value in after.items() if name in written}
    if created:
        changes = {name: [None, value] for name, value in filled(after, tracked.masked).items()}
        _entry(instance, Entry.Action.CREATE, events.CREATED, changes).save(
            force_insert=True, using=kwargs["using"]
        )
    elif changes := difference(held, after, tracked.masked):
        _entry(instance, Entry.Action.UPDATE, events.CHANGED, changes).save(
            force_insert=True, using=kwargs["using"]
        )


def _tell_removed(sender: type[models.Model], instance: models.Model, **kwargs: Any) -> None:
    """After a removal, in the same transaction: what the record held."""
    tracked = _tracked[sender]
    values = filled(snapshot(instance, tracked.fields), tracked.masked)
    changes = {name: [value, None] for name, value in values.items()}
    _entry(instance, Entry.Action.DELETE, events.REMOVED, changes).save(
        force_insert=True, using=kwargs["using"]
    )


_registry = AuditlogModelRegistry(
    create=False,
    update=False,
    delete=False,
    access=False,
    m2m=False,
    custom={pre_save: _remember, post_save: _tell_saved, post_delete: _tell_removed},
)
