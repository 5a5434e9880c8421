"""The gate: the one way a state changes.

A table of moves and one context manager. It opens a transaction, locks the row, asks whether this person may
(own right or delegated), whether the move starts from the present state and whether the guards agree; the caller
fills fields; then everything is written with its trail entry, or nothing is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import DatabaseError, IntegrityError, models, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.authority import Authority, authority_for
from accounts.models import User
from audit import trail
from audit.context import because
from audit.differences import writable
from processes.errors import DomainError, NotFound, NotPermitted, RuleBroken, StaleVersion, WrongState

ModelT = TypeVar("ModelT", bound=models.Model)
UNWRITABLE = gettext_lazy("A text holds a character that cannot be kept. Type it again.")

Guard = Callable[[Any, User], "str | Promise | None"]


@dataclass(frozen=True)
class Move:
    """One way from some states to another.

    `roles` may make it. `persons` narrow that to named people (the sentence of the first that objects is shown,
    as a matter of permission); `guards` look at the record (their sentence is shown as a broken rule).
    `instead` are further targets, each with the question that leads there: where a step leaves nothing for the next
    one to do, the record goes past it.
    """

    label: str | Promise
    sources: tuple[str, ...]
    target: str
    roles: frozenset[str] = frozenset()
    persons: tuple[Guard, ...] = ()
    guards: tuple[Guard, ...] = ()
    instead: tuple[tuple[str, Callable[[Any], bool]], ...] = ()

    def leads_to(self, record: Any) -> str:
        """The state the move ends in, told from the record as its fields were filled in."""
        return next((target for target, holds in self.instead if holds(record)), self.target)


@dataclass(frozen=True)
class Offer:
    """A move a page may show: allowed, or with the sentence that refuses it."""

    key: str
    label: str | Promise
    number: str = ""
    refusal: DomainError | None = None

    @property
    def is_allowed(self) -> bool:
        """The person may make this move now."""
        return self.refusal is None


class Gate(Generic[ModelT]):
    """The moves of one kind of record. `model` has the fields `state` and `version`."""

    def __init__(self, name: str, model: type[ModelT], moves: Mapping[str, Move]) -> None:
        self.name = name
        self.model = model
        self.moves = dict(moves)

    def roles_for(self, key: str, record: ModelT) -> frozenset[str]:
        """Who may make this move on this record."""
        return self.moves[key].roles

    def state_of(self, record: ModelT) -> str:
        """The state the record is in."""
        return str(record.state)  # type: ignore[attr-defined]

    def refusal(self, key: str, record: ModelT, user: User) -> DomainError | None:
        """Why `user` may not make this move now; None when nothing stands in the way."""
        move = self.moves[key]
        if authority_for(user, self.roles_for(key, record)) is None:
            return NotPermitted(_("Your role does not take this step."))
        for person in move.persons:
            if sentence := person(record, user):
                return NotPermitted(sentence)
        if self.state_of(record) not in move.sources:
            return WrongState(
                _("“%(step)s” cannot be done now: the state is “%(state)s”.")
                % {"step": move.label, "state": record.get_state_display()}  # type: ignore[attr-defined]
            )
        for guard in move.guards:
            if sentence := guard(record, user):
                return RuleBroken(sentence)
        return None

    def offered(self, record: ModelT, user: User) -> list[Offer]:
        """The moves that start from the present state, each with its refusal if this person may not make it."""
        state = self.state_of(record)
        return [
            Offer(key, move.label, refusal=self.refusal(key, record, user))
            for key, move in self.moves.items()
            if state in move.sources
        ]

    @contextmanager
    def move(
        self, key: str, record: ModelT, *, by: User, reason: str = "", version: int | None = None
    ) -> Iterator[ModelT]:
        """Make a move: yields the locked record for its fields to be filled, then saves it in its new state."""
        with self.locked(key, record, by=by, reason=reason, version=version) as locked:
            if refusal := self.refusal(key, locked, by):
                raise refusal
            yield locked
            locked.state = self.moves[key].leads_to(locked)  # type: ignore[attr-defined]

    @contextmanager
    def locked(
        self, verb: str, record: ModelT, *, by: User, reason: str = "", version: int | None = None
    ) -> Iterator[ModelT]:
        """Change a record under its lock without a move: version + 1, saved and audited under `verb`."""
        require_writable(reason)
        authority = authority_for(by, self.roles_for(verb, record)) if verb in self.moves else None
        with (
            transaction.atomic(),
            because(step=verb, reason=reason, on_behalf_of=principal(authority), by=by),
        ):
            current = self.lock(record)
            if version is not None and version != current.version:  # type: ignore[attr-defined]
                raise StaleVersion(
                    _(
                        "Somebody changed this record after you opened it. Look at it again, then repeat your step."
                    )
                )
            trail.hold(current)
            yield current
            current.version += 1  # type: ignore[attr-defined]
            save(current)

    def lock(self, record: ModelT) -> ModelT:
        """The row as it is now, held until the transaction ends."""
        try:
            return self.lockable().get(pk=record.pk)
        except ObjectDoesNotExist:
            raise NotFound(_("This record no longer exists.")) from None

    def lockable(self) -> models.QuerySet[ModelT]:
        """How the row is read for writing."""
        return self.model._default_manager.select_for_update()


def principal(authority: Authority | None) -> User | None:
    """The person in whose name a deputy acts, if that is what happens."""
    return authority.on_behalf_of if authority else None


def reason_given(reason: str) -> str:
    """The reason without blanks around it; refuses none at all."""
    given = reason.strip()
    if not given:
        sentence = _("Write the reason.")
        raise RuleBroken(sentence, fields={"reason": [sentence]})
    return given


def require_writable(reason: str) -> None:
    """Refuse a reason that could not be kept."""
    if not is_writable(reason):
        raise RuleBroken(UNWRITABLE, fields={"reason": [UNWRITABLE]})


def is_writable(text: object) -> bool:
    """The database can hold it: no NUL, no half of a character."""
    return not isinstance(text, str) or text == writable(text)


def save(record: models.Model) -> None:
    """Check the fields that need no query, save, and turn a broken constraint into its own sentence.

    Columns that were not read stay as they are.
    """
    check(record)
    try:
        record.save()
    except IntegrityError as error:
        raise refused_by_constraint(record, error) from error


def check(record: models.Model) -> None:
    """Refuse what the record's own fields object to.

    References and uniqueness are left to the database: it holds them anyway, and asking first costs a query each.
    """
    fields = record._meta.concrete_fields
    if odd := [field.name for field in fields if not is_writable(record.__dict__.get(field.attname))]:
        raise RuleBroken(UNWRITABLE, fields={name: [UNWRITABLE] for name in odd})
    unread = record.get_deferred_fields()
    relations = {field.name for field in record._meta.fields if field.is_relation}
    try:
        record.full_clean(exclude=relations | unread, validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        raise refused_by_fields(error) from error


def refused_by_fields(error: ValidationError) -> RuleBroken:
    """The form's own error messages, as a refusal."""
    messages = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    first = next(iter(messages.values()))[0]
    return RuleBroken(first, fields={name or "__all__": texts for name, texts in messages.items()})


def refused_by_constraint(record: models.Model, error: DatabaseError) -> DomainError:
    """The sentence written beside the constraint the database held; an unknown one is a bug and rises."""
    name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
    for model in (type(record), *record._meta.get_parent_list()):
        for constraint in model._meta.constraints:
            if constraint.name == name:
                return RuleBroken(str(constraint.violation_error_message))
    raise error
