"""docs/asvs.md answers for every requirement of levels 1 and 2 once, and what it names is there."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from config.env import CHECKOUT
from tests.security.requirements import ASKED, REQUIREMENTS
from tests.security.test_more_inputs import names_in

PAGE = CHECKOUT / "docs/asvs.md"
ROW = re.compile(r"^\| (\d+\.\d+\.\d+) \| (\d) \| ([^|]+) \| ([^|]+) \| (.+) \|$", re.MULTILINE)
STATES = ("proved", "deviation", "not applicable", "open")
TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
MOST_WORDS = 12


@dataclass(frozen=True)
class Row:
    """One requirement as the page tells it."""

    number: str
    level: int
    asked: str
    state: str
    answer: str

    @property
    def tests(self) -> list[tuple[str, str]]:
        return TEST.findall(self.answer)

    @property
    def words(self) -> list[str]:
        """The answer without what stands in code."""
        return re.findall(r"\w{2,}", re.sub(r"`[^`]*`", " ", self.answer))


def rows_in(text: str) -> list[Row]:
    return [
        Row(number, int(level), asked, state, answer)
        for number, level, asked, state, answer in ROW.findall(text)
    ]


@cache
def names(file: Path) -> frozenset[str]:
    return frozenset(names_in(file))


def complaints(text: str) -> list[str]:
    """Whatever is wrong with the page."""
    rows = rows_in(text)
    found = []
    told = Counter(row.number for row in rows)
    found += [f"{number} is missing" for number in ASKED if not told[number]]
    found += [f"{number} stands here {times} times" for number, times in told.items() if times > 1]
    for row in rows:
        if REQUIREMENTS.get(row.number) != row.level:
            found.append(f"{row.number} is not of level {row.level}")
        if len(row.asked.split()) > MOST_WORDS:
            found.append(f"{row.number} asks in too many words")
        if row.state not in STATES:
            found.append(f"{row.number} is {row.state!r}")
        if row.state == "proved" and not row.tests:
            found.append(f"{row.number} is proved by nothing")
        if row.state != "proved" and len(row.words) < 2:
            found.append(f"{row.number} gives no reason")
        if row.state == "open" and "missing:" not in row.answer:
            found.append(f"{row.number} does not say what is missing")
        for file, name in row.tests:
            if not (CHECKOUT / file).is_file() or name not in names(CHECKOUT / file):
                found.append(f"{row.number}: there is no {file}::{name}")
    counts = Counter(row.state for row in rows if row.number in ASKED)
    line = "| " + " | ".join(str(counts[state]) for state in STATES) + f" | {len(ASKED)} |"
    if line not in text:
        found.append(f"the counts are {line}")
    return found


def test_the_list_is_that_of_the_standard() -> None:
    assert (len(REQUIREMENTS), len(ASKED)) == (345, 253)
    assert sum(1 for level in ASKED.values() if level == 1) == 70


def test_every_requirement_is_answered_for_and_every_proof_is_there() -> None:
    assert complaints(PAGE.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (r"^\| 4\.2\.1 .*\n", "", "4.2.1 is missing"),
        (r"^(\| 4\.2\.1 .*\n)", r"\1\1", "4.2.1 stands here 2 times"),
        (r"^\| 4\.2\.1 \| 2 ", "| 4.2.1 | 1 ", "4.2.1 is not of level 1"),
        (r"^\| 4\.2\.1 (.*)\| proved \|.*", r"| 4.2.1 \1| proved | surely |", "4.2.1 is proved by nothing"),
        (r"^\| 6\.2\.5 (.*)\| deviation \|.*", r"| 6.2.5 \1| deviation | – |", "6.2.5 gives no reason"),
        (
            r"^(\| 4\.2\.1 .*)test_asvs_proxy\.py::\w+",
            r"\1test_asvs_proxy.py::test_gone",
            "4.2.1: there is no tests/security/test_asvs_proxy.py::test_gone",
        ),
        (r"^(\| 4\.2\.1 .*)\| proved \|", r"\1| deviation |", "the counts are"),
        (r"^(\| 15\.2\.1 .*)missing:", r"\1it is", "15.2.1 does not say what is missing"),
    ],
)
def test_a_page_that_is_not_whole_is_noticed(old: str, new: str, said: str) -> None:
    text = PAGE.read_text(encoding="utf-8")
    bent = re.sub(old, new, text, count=1, flags=re.MULTILINE)

    assert bent != text
    assert any(one.startswith(said) for one in complaints(bent))
