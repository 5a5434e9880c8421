"""One search box over everything: cases here, and what the floors above offer to find."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import F
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _

from accounts.authority import works_in_unit
from accounts.models import User
from accounts.queries import find_institutions, people_for
from processes import searching
from processes.models import Case
from processes.queries import cases_for_list

CASE_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)+/[0-9]{4}/[0-9]{1,}")
CASES = 50
SHORT = 5


@dataclass(frozen=True)
class Hit:
    """One thing found beside the cases: a letter, a person, an institution."""

    title: str
    url: str
    detail: str = ""


@dataclass(frozen=True)
class Section:
    """Hits of one kind."""

    title: str | Promise
    hits: list[Hit]


Finder = Callable[[User, str], list[Hit]]
_finders: dict[str, tuple[str | Promise, Finder]] = {}


def offer(key: str, title: str | Promise, finder: Finder) -> None:
    """Let the search box find one more kind of thing; called once per app at start."""
    _finders[key] = (title, finder)


def exact_case(user: User, text: str) -> Case | None:
    """The case whose number was typed, if this person may see it; leading zeros may be left out."""
    if not CASE_NUMBER.fullmatch(text.strip()):
        return None
    head, year, last = text.strip().split("/")
    return Case.objects.visible_to(user).light().filter(number=f"{head}/{year}/{last.zfill(6)}").first()


def cases(user: User, text: str) -> list[Case]:
    """The newest cases in which every word occurs.

    They are put in order after they were found: asked for the newest first, the database would walk through all cases
    in that order looking for the rare word.
    """
    query = searching.query(text)
    if query is None:
        return []
    newest = (F("opened_at") + timedelta(0)).desc()
    return list(cases_for_list(user).filter(search=query).order_by(newest, "-pk")[:CASES])


def sections(user: User, text: str) -> list[Section]:
    """People, institutions and what the floors above find; empty ones are left out."""
    found = [Section(title, finder(user, text)) for title, finder in _finders.values()]
    if works_in_unit(user):
        listed = reverse("case-list")
        people = people_for(user).found_by(text).in_order()[:SHORT]
        institutions = find_institutions(text, limit=SHORT)
        found += [
            Section(
                _("Institutions"),
                [
                    Hit(one.name, f"{listed}?{urlencode({'institution': str(one.pk), 'status': 'all'})}")
                    for one in institutions
                ],
            ),
            Section(
                _("People"),
                [
                    Hit(
                        one.full_name,
                        f"{listed}?{urlencode({'applicant': str(one.pk), 'status': 'all'})}",
                        one.title,
                    )
                    for one in people
                ],
            ),
        ]
    return [section for section in found if section.hits]
