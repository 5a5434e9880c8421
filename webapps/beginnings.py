"""The day from which an authority counts that the register takes over from an application's list.

The list may say it, or whoever accepts the difference does; where nobody does, it is the day the list was compared, for that
is when the access was seen. Nothing counts from before the person came, or from before the register's own record of the same
role ended. How long the application itself stands in the register is no bound: its users are older than our knowledge of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from processes import wording
from processes.errors import RuleBroken
from processes.filters import start_of
from webapps.models import Authority, Difference, DifferenceKind

FIRST_DAY = date(2000, 1, 1)  # what an export writes for “not known” lies before it


class Floor(NamedTuple):
    """The earliest moment something can count from, and the sentence that says why."""

    moment: datetime
    sentence: str


def first_day(text: str) -> tuple[date | None, str]:
    """The day a row of a list gives, and what is wrong with it."""
    if not text:
        return None, ""
    day = date.fromisoformat(text)
    if day > timezone.localdate():
        return day, _("This day is still to come. Correct it, or leave the cell empty.")
    if day < FIRST_DAY:
        return day, _before_all()
    return day, ""


def begins_something(difference: Difference) -> bool:
    """Accepting it grants an authority, so that there is a day it begins on."""
    known = difference.employee_id is not None and difference.role_id is not None
    return difference.kind == DifferenceKind.EXTRA and known


class Beginnings:
    """The days of several differences of one application; one question to the database for all of them."""

    def __init__(self, differences: Iterable[Difference], seen_on: date) -> None:
        self._seen_on = seen_on
        self._ended: dict[tuple[int, int], datetime] = {}
        granting = [one for one in differences if begins_something(one)]
        if not granting:
            return
        rows = Authority.objects.filter(
            application=granting[0].application_id,
            employee__in={one.employee_id for one in granting},
            until__isnull=False,
        )
        for employee, role, until in rows.order_by().values_list("employee", "role").annotate(Max("until")):
            self._ended[employee, role] = until

    def of(self, difference: Difference, otherwise: date | None = None) -> datetime:
        """From when it counts: the list's own day, else `otherwise`, else the day it was seen; never before its floor."""
        self._may_be(otherwise)
        moment = start_of(difference.listed_since or otherwise or self._seen_on)
        floor = self._floor(difference)
        return moment if floor is None else max(moment, floor.moment)

    def offered(self, difference: Difference) -> date:
        """The day a page proposes."""
        return timezone.localdate(self.of(difference))

    def chosen(self, difference: Difference, day: date) -> datetime:
        """From when it counts if a person says `day`; refuses a day that cannot be."""
        self._may_be(day)
        floor = self._floor(difference)
        if floor is None or start_of(day) >= floor.moment:
            return start_of(day)
        if day < timezone.localdate(floor.moment):
            raise RuleBroken(floor.sentence, fields={"since": [floor.sentence]})
        return floor.moment

    def _may_be(self, day: date | None) -> None:
        """A day between the first there is and the one on which the list showed the access."""
        if day is None:
            return
        sentence = ""
        if day > self._seen_on:
            sentence = _("The list compared on %(day)s shows this access: it cannot have begun later.") % {
                "day": wording.full_date(self._seen_on)
            }
        elif day < FIRST_DAY:
            sentence = _before_all()
        if sentence:
            raise RuleBroken(sentence, fields={"since": [sentence]})

    def _floor(self, difference: Difference) -> Floor | None:
        """When the person came, or when the same role ended before; the later of the two."""
        assert difference.employee is not None
        assert difference.role_id is not None
        who, floors = difference.employee, []
        if who.started_on is not None and who.started_on <= self._seen_on:
            sentence = _("%(name)s works here since %(day)s: access counts from that day at the earliest.")
            words = {"name": who.full_name, "day": wording.full_date(who.started_on)}
            floors.append(Floor(start_of(who.started_on), sentence % words))
        if (ended := self._ended.get((who.pk, difference.role_id))) is not None:
            sentence = _(
                "By the register %(name)s had this role until %(day)s: access counts anew from that day at the earliest."
            )
            words = {"name": who.full_name, "day": wording.full_date(timezone.localdate(ended))}
            floors.append(Floor(ended, sentence % words))
        return max(floors, key=lambda one: one.moment, default=None)


def _before_all() -> str:
    return _("Days before %(day)s are not kept; leave it empty where the day is not known.") % {
        "day": wording.full_date(FIRST_DAY)
    }
