"""Who acts, from where, in whose name and why: known to the trail without being passed through every function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser


@dataclass(frozen=True)
class Circumstances:
    """What is known of the act going on. `held_back` collects refusals until the request's transaction has ended."""

    actor: AbstractBaseUser | None = None
    on_behalf_of: AbstractBaseUser | None = None
    step: str = ""
    reason: str = ""
    address: str | None = None
    request_id: str = ""
    find_actor: Callable[[], Any] | None = field(default=None, repr=False)
    held_back: list[Any] | None = field(default=None, repr=False)

    @property
    def person(self) -> AbstractBaseUser | None:
        """The person who acts: named outright, or the one signed in to the request."""
        if self.actor is not None:
            return self.actor
        found = self.find_actor() if self.find_actor else None
        return found if isinstance(found, AbstractBaseUser) and found.is_authenticated else None


_circumstances: ContextVar[Circumstances | None] = ContextVar("audit_circumstances", default=None)


def current() -> Circumstances:
    """The circumstances of this thread or task now."""
    return _circumstances.get() or Circumstances()


@contextmanager
def acting(
    *,
    by: AbstractBaseUser | None = None,
    find: Callable[[], Any] | None = None,
    address: str | None = None,
    request_id: str = "",
    held_back: list[Any] | None = None,
) -> Iterator[None]:
    """Begin a request or a background job with fresh circumstances: nothing is inherited from what ran before."""
    token = _circumstances.set(
        Circumstances(actor=by, find_actor=find, address=address, request_id=request_id, held_back=held_back)
    )
    try:
        yield
    finally:
        _circumstances.reset(token)


@contextmanager
def signed_in(by: AbstractBaseUser) -> Iterator[None]:
    """What happens inside is this person's doing: background jobs, commands, the API."""
    token = _circumstances.set(replace(current(), actor=by))
    try:
        yield
    finally:
        _circumstances.reset(token)


@contextmanager
def placeless() -> Iterator[None]:
    """What happens inside is told without where it came from: neither the visitor's address nor the request's number.

    For reports over the public form, whose entries must not lead to a desk.
    """
    token = _circumstances.set(replace(current(), address=None, request_id=""))
    try:
        yield
    finally:
        _circumstances.reset(token)


@contextmanager
def because(
    step: str = "",
    reason: str = "",
    on_behalf_of: AbstractBaseUser | None = None,
    by: AbstractBaseUser | None = None,
) -> Iterator[None]:
    """What happens inside belongs to this step and has this reason; what an inner block leaves empty stays.

    `by` names the person outright, for functions that were told who acts.
    """
    outer = current()
    token = _circumstances.set(
        replace(
            outer,
            actor=by or outer.actor,
            step=step or outer.step,
            reason=reason or outer.reason,
            on_behalf_of=on_behalf_of or outer.on_behalf_of,
        )
    )
    try:
        yield
    finally:
        _circumstances.reset(token)


def identify(by: AbstractBaseUser) -> None:
    """The request turned out to be this person's (an API key was checked); holds until the request ends."""
    _circumstances.set(replace(current(), actor=by))
