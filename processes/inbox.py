"""What a person should know: messages read in the portal, gathered into the digest e-mail for those who were away."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import User
from processes.confidential import who_know
from processes.models import Case, InboxItem
from processes.models.case import apart_from_hidden


def tell(people: Iterable[User], case: Case | None, text: str, *, path: str = "", **values: Any) -> None:
    """Put one message on the desk of each of `people`, in the caller's transaction.

    It leads to the case, or to the page at `path` when it speaks of something else, such as a letter.

    `text` is an English msgid marked with gettext_noop; %(number)s is the case's number, other names come from
    `values`. People who left the house are passed over, and nobody is told twice by one call. Of a confidential case
    only those are told who know of it.
    """
    _put(_items(people, case, text, path, values))


def answering(person: User | None, instead: Iterable[User]) -> list[User]:
    """Who hears of what is one person's: those instead when it is nobody's, or the person has left."""
    return [person] if person is not None and person.is_active else list(instead)


def tell_each(told: Iterable[tuple[User, Case]], text: str, **values: Any) -> None:
    """The same of many cases at once, to one person of each."""
    _put(item for person, case in told for item in _items([person], case, text, "", values))


def _items(
    people: Iterable[User], case: Case | None, text: str, path: str, values: dict[str, Any]
) -> list[InboxItem]:
    filled = {name: value if isinstance(value, int) else str(value) for name, value in values.items()}
    if case is not None:
        filled.setdefault("number", case.number)
    told = {person.pk for person in (who_know(case, people) if case else people) if person.is_active}
    return [
        InboxItem(user_id=pk, case_id=case.pk if case else None, path=path, text=text, values=filled)
        for pk in sorted(told)
    ]


def _put(items: Iterable[InboxItem]) -> None:
    if fresh := list(items):
        InboxItem.objects.bulk_create(fresh)


def belongs_to(path: str, case: Case) -> None:
    """What was told of the page at `path` speaks of `case` from now on: who must not learn of it reads it no more."""
    InboxItem.objects.filter(path=path, case=None).update(case=case.pk)


def target(item: InboxItem) -> str:
    """The page a message leads to; empty when there is none."""
    return item.path or (item.case.get_absolute_url() if item.case else "")


def sentence(item: InboxItem) -> str:
    """The message in the reader's language."""
    return str(gettext(item.text) % item.values)


def items_of(user: User) -> QuerySet[InboxItem]:
    """A person's messages with the cases they speak of, newest first; none of a case hidden from them meanwhile."""
    return own(user).select_related("case__subprocess").defer("case__search")


def own(user: User) -> QuerySet[InboxItem]:
    """The messages on a person's desk that they may still read."""
    return InboxItem.objects.filter(apart_from_hidden(user), user=user)


def unread(user: User) -> QuerySet[InboxItem]:
    """The messages that wait to be read."""
    return own(user).filter(read_at__isnull=True)


def unread_count(user: User) -> int:
    """How many messages wait to be read."""
    return unread(user).count()


def mark_read(user: User, item_id: int | None = None, *, now: datetime | None = None) -> int:
    """Mark one message of the person as read, or all of them; says how many were unread till now."""
    waiting = InboxItem.objects.filter(user=user, read_at__isnull=True)
    if item_id is not None:
        waiting = waiting.filter(pk=item_id)
    return waiting.update(read_at=now or timezone.now())
