"""The mission as data: every step of process 5.3 and every duty of the archive directive, and who keeps it here.

An app says in its `clauses.py` how it keeps a clause: `clauses.declare("helpdesk", "5.3.6.2", _("…"))`. What the
software does not simply enforce needs a check: a function that looks at live data and returns what is amiss, as
sentences. A clause nobody has declared stands on the board as "no keeper yet"; that is a fact, not a fault.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml
from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from processes import exchange

SOURCE = Path(__file__).parent / "data" / "clauses.yaml"
Check = Callable[[], Sequence[str]]


class Kind(TextChoices):
    """How a clause can be kept."""

    ENFORCE = "enforce", _("The software refuses what would break it")
    RECORD = "record", _("A register with an owner and a review date")
    MONITOR = "monitor", _("Measured from live data")
    ATTEST = "attest", _("A named person attests with evidence")


class Standing(TextChoices):
    """Where a clause stands today."""

    KEPT = "kept", _("Kept")
    FINDING = "finding", _("Finding")
    NO_KEEPER = "no_keeper", _("No keeper yet")


@dataclass(frozen=True)
class Clause:
    """One duty. `key` tells apart the two steps the document numbers 5.3.6.5; `room` is the app a step belongs to."""

    number: str
    article: str
    kind: Kind
    title: str
    key: str = ""
    room: str = ""

    @property
    def is_step(self) -> bool:
        """A step of process 5.3, as opposed to a duty of the directive."""
        return bool(self.key)


@dataclass(frozen=True)
class Keeping:
    """How one app keeps a clause, and how that is looked at in live data."""

    app: str
    how: str | Promise
    check: Check | None = None


@dataclass(frozen=True)
class Line:
    """One clause on the board."""

    clause: Clause
    keepings: tuple[Keeping, ...]
    findings: tuple[str, ...]

    @property
    def standing(self) -> Standing:
        """Kept, with a finding, or without a keeper."""
        if not self.keepings:
            return Standing.NO_KEEPER
        return Standing.FINDING if self.findings else Standing.KEPT


_kept: dict[str, dict[str, Keeping]] = {}


@lru_cache(maxsize=1)
def all_clauses() -> tuple[Clause, ...]:
    """The 34 steps and the 154 duties, in the order of their documents."""
    steps = [
        Clause(step.number, f"Süreç {step.number}", Kind.ENFORCE, step.name, step.key, edition.code)
        for edition in exchange.reference()
        for step in edition.steps
    ]
    duties = [
        Clause(row["number"], row["article"], Kind(row["kind"]), row["title"])
        for row in yaml.safe_load(SOURCE.read_text(encoding="utf-8"))["clauses"]
    ]
    return (*steps, *duties)


def declare(app: str, number: str, how: str | Promise, check: Check | None = None) -> None:
    """Say that an app keeps the clause of that number (both steps, where the document gives two the same).

    Called once per clause at start; a number that does not exist, or a missing check, stops the program.
    """
    found = [clause for clause in all_clauses() if clause.number == number]
    if not found:
        raise ValueError(f"{app} declares {number!r}, which is no clause of the mission.")
    if check is None and any(clause.kind != Kind.ENFORCE for clause in found):
        raise ValueError(f"{app} keeps {number}, which needs a check on live data.")
    _kept.setdefault(number, {})[app] = Keeping(app, how, check)


def keepings(clause: Clause) -> tuple[Keeping, ...]:
    """The apps that keep a clause."""
    return tuple(_kept.get(clause.number, {}).values())


def board() -> list[Line]:
    """Every clause with its keepers and what their checks find now."""
    lines = []
    for clause in all_clauses():
        found = keepings(clause)
        findings = tuple(sentence for keeping in found if keeping.check for sentence in keeping.check())
        lines.append(Line(clause, found, findings))
    return lines
