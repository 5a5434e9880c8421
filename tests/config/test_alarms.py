"""docs/alarms.md speaks of every check there is and of no other; of every group of clauses that is looked at, too."""

from __future__ import annotations

import re

from django.utils import translation

from config import monitoring
from config.env import CHECKOUT
from processes import clauses

TEXT = (CHECKOUT / "docs" / "alarms.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table after a heading (or of the page's beginning), without its head."""
    part = TEXT[TEXT.index(heading) :]
    table = re.search(r"(?:^\|.*\n)+", part, re.MULTILINE)
    assert table is not None
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table[0].splitlines()[2:]]


def test_every_check_has_its_row_and_every_row_its_check() -> None:
    named = [key for row in rows("# Alarms") for key in re.findall(r"`([a-z-]+)`", row[0])]

    assert len(named) == len(set(named))
    assert set(named) == set(monitoring._offered)


def test_every_row_says_when_what_it_means_and_what_to_do() -> None:
    for row in rows("# Alarms"):
        assert [len(row), all(row)] == [5, True], row


def test_every_check_has_a_turkish_name_of_its_own() -> None:
    with translation.override("tr"):
        titles = [str(check.title) for check in monitoring._offered.values()]
    with translation.override("en"):
        assert not set(titles) & {str(check.title) for check in monitoring._offered.values()} - {"Redis"}
    assert len(titles) == len(set(titles))


def test_every_group_of_clauses_that_is_looked_at_has_its_row() -> None:
    looked_at = {
        "steps of 5.3" if clause.is_step else ".".join(clause.number.split(".")[:2])
        for clause in clauses.all_clauses()
        if any(keeping.check for keeping in clauses.keepings(clause))
    }

    assert {row[0].strip("`| ") for row in rows("## Findings of clauses")} == looked_at
