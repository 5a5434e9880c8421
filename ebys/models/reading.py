"""Who reads letters, the same for those that come in and those the unit writes."""

from __future__ import annotations

from typing import Self, TypeVar

from django.db import models
from django.db.models import Q

from accounts.authority import roles_of, works_in_unit
from accounts.models import User
from accounts.roles import CONFIDENTIAL_STAFF
from processes.models.case import apart_from_hidden

LetterT = TypeVar("LetterT", bound=models.Model)


def apart_from_reserved(user: User, path: str = "") -> Q:
    """Letters without those that wait for routing and may be about a breach, or are secret, for who must not know of such."""
    if roles_of(user) & CONFIDENTIAL_STAFF:
        return Q()
    return ~Q(**{f"{path}is_reserved": True, f"{path}case__isnull": True})


class LetterQuerySet(models.QuerySet[LetterT]):
    """Letters; access starts at `visible_to`."""

    def visible_to(self, user: User) -> Self:
        """Drafts and official letters are read by the unit's staff only; those of a confidential case by who knows of it."""
        return self.exchanged_by(user).filter(apart_from_hidden(user))

    def exchanged_by(self, user: User) -> Self:
        """What a program acting as this person exchanges: EBYS has these letters anyway, whatever case they belong to."""
        return self if works_in_unit(user) else self.none()

    def light(self) -> Self:
        """Without the search vector, which no page prints."""
        return self.defer("search")
