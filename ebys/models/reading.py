"""Who reads letters, the same for those that come in and those the unit writes."""

from __future__ import annotations

from typing import Self, TypeVar

from django.db import models

from accounts.authority import works_in_unit
from accounts.models import User
from processes.models.case import apart_from_hidden

LetterT = TypeVar("LetterT", bound=models.Model)


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
