"""The closing table: what each scenario cost, by which seed, in which order of events; and which never came to their end."""

from __future__ import annotations

import os
import random
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

SEED = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**6))
PROPERTY = "fault"  # under this name an outcome travels with its test's report, from a half of the suite too
NOT_ENDED = "NOT ENDED"
FOLDER = "tests/faults/"


@dataclass
class Outcome:
    """What a scenario cost: what was acknowledged and is gone, what was done twice; `unsound`: what the closing look found."""

    scenario: str
    lost: int
    double: int
    seconds: float
    timeline: list[str]
    seed: int = SEED
    unsound: str = ""

    @property
    def verdict(self) -> str:
        if self.unsound:
            return f"UNSOUND: {self.unsound}"
        return "held" if not self.lost and not self.double else "BROKEN"

    def noted(self) -> tuple[str, dict[str, Any]]:
        """As it is kept with the report of its test."""
        return PROPERTY, asdict(self)


def outcomes(reports: Iterable[Any]) -> tuple[list[Outcome], list[str]]:
    """What the reports of tests tell: the outcomes, and the scenarios that failed before they could be counted."""
    told, others = {}, {}
    for report in reports:
        kept = dict(report.user_properties).get(PROPERTY)
        if kept is not None:
            told[report.nodeid] = Outcome(**kept)
        elif report.failed and report.nodeid.startswith(FOLDER):
            others[report.nodeid] = report.nodeid.rpartition("::")[2]
    return list(told.values()), [name for node, name in others.items() if node not in told]


def lines(told: list[Outcome], not_ended: list[str]) -> Iterator[str]:
    """The table, with the seed that repeats the run and the timeline of each scenario."""
    for seed in sorted({one.seed for one in told}):
        yield f"seed {seed}"
    yield f"{'scenario':<66} | {'lost':>4} | {'double':>6} | {'s':>6} | verdict"
    for one in told:
        yield f"{one.scenario:<66} | {one.lost:>4} | {one.double:>6} | {one.seconds:>6.1f} | {one.verdict}"
        yield from (f"    {line}" for line in one.timeline)
    for name in not_ended:
        yield f"{name:<66} | {'?':>4} | {'?':>6} | {'':>6} | {NOT_ENDED}"
    broken = sum(one.verdict != "held" for one in told) + len(not_ended)
    yield (
        f"{len(told) + len(not_ended)} scenarios: {sum(one.lost for one in told)} lost,"
        f" {sum(one.double for one in told)} double, {broken} not held"
    )


def write(reporter: Any) -> None:
    """At the end of every run in which something was broken on purpose."""
    reports = [one for kind in ("passed", "failed", "error") for one in reporter.getreports(kind)]
    told, not_ended = outcomes(reports)
    for line in lines(told, not_ended) if told or not_ended else ():
        reporter.write_line(line)
