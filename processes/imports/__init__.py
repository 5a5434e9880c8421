"""Tables of people, users or certificates taken in from CSV and Excel files: one machine for every kind.

A floor or room says once what a table of its kind holds, how a row is judged and how the rows are written:
`imports.register(Importer("staff", _("Staff"), COLUMNS, check, apply, shown_to, done_url))`. The machine reads the file,
shows every row and every refusal with its reason before anything is written, and writes the accepted rows in one
transaction when the person who handed the file in says yes. Handed in again, the same rows are judged “as it was”.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.tables import MOST_ROWS, Column, Row
from processes.errors import NotFound
from processes.models.imports import Verdict

if TYPE_CHECKING:
    from processes.models.imports import TableImport

__all__ = ["Column", "Importer", "Line", "Offer", "Row", "Verdict", "importer_for", "register"]

Text = str | Promise


class Line(NamedTuple):
    """What a row would do: its number in the file, the verdict, whom or what it is about, and a sentence.

    Row 0 is no row of the file: the line says what the file lacks.
    """

    row: int
    verdict: str
    label: str = ""
    text: str = ""


class Offer(NamedTuple):
    """Something beside the rows that may be done as well, when it is ticked by hand: a person missing from a full list."""

    key: str
    label: str
    text: str = ""


def _no_scope(scope: str, by: User) -> str:
    if scope:
        raise NotFound(_("There is nothing of that kind a table could be for."))
    return ""


@dataclass(frozen=True)
class Importer:
    """One kind of table.

    `check` judges rows without writing, one line for each; it is asked at the preview and again when the table is taken
    in. `apply` writes rows that `check` did not refuse, those judged “same” included, inside a transaction and under a
    reason. `scope` is what the table is for (an institution, an application), empty when it is for nothing in particular;
    `scope_title` names it, or raises NotFound for one that is not this person's. `offers` are asked only when no row was
    refused; those ticked come to `take_offers` by their keys.

    A list that is compared instead of taken over has `apply_table` in place of `apply`: it is kept whatever its rows say,
    `absent` tells what it lacks (asked only when every row could be read), `verdicts` and `submit` are its own words.
    """

    key: str
    title: Text
    columns: Sequence[Column]
    check: Callable[[Sequence[Row], str, User], list[Line]]
    apply: Callable[[Sequence[Row], str, User], None] | None
    shown_to: Callable[[User], bool]
    done_url: Callable[[str], str]
    scope_title: Callable[[str, User], str] = _no_scope
    offers: Callable[[Sequence[Row], str, User], list[Offer]] | None = None
    take_offers: Callable[[Sequence[str], str, User], None] | None = None
    offers_title: Text = ""
    hint: Text = ""
    most_rows: int = MOST_ROWS
    absent: Callable[[Sequence[Row], str, User], list[Line]] | None = None
    apply_table: Callable[[TableImport, Sequence[Row], User], None] | None = None
    verdicts: Mapping[str, Text] = field(default_factory=dict)
    submit: Text = ""
    told: Text = ""

    def label_of(self, verdict: str) -> Text:
        """What a verdict is called for tables of this kind."""
        return self.verdicts.get(verdict) or Verdict(verdict).label


_known: dict[str, Importer] = {}


def register(importer: Importer) -> None:
    """Make a kind of table known; called once at start. A second registration of the same one changes nothing."""
    if _known.setdefault(importer.key, importer) != importer:
        raise ValueError(f"Two importers are called {importer.key!r}.")


def importer_for(key: str, user: User) -> Importer:
    """The importer of that name, for a person who may use it; NotFound otherwise."""
    found = _known.get(key)
    if found is None or not found.shown_to(user):
        raise NotFound(_("There is no such kind of table."))
    return found
