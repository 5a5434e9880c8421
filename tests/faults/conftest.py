"""Faults: one installation for all scenarios, each ending with the same questions; what was lost stands in a table."""

from __future__ import annotations

import os
import random
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.ground import Ground, Outcome

OUTCOMES: list[Outcome] = []
SEED = int(os.environ.get("SEED") or random.SystemRandom().randrange(10**6))


@pytest.fixture(scope="session")
def installation() -> Iterator[Ground]:
    """A cluster, a Redis and a mail server of their own, with people and keys."""
    folder = Path(tempfile.mkdtemp(prefix="sbs-f"))
    folder.chmod(0o755)
    ground = Ground(folder)
    yield ground
    ground.close()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def ground(installation: Ground, request: pytest.FixtureRequest) -> Iterator[Ground]:
    """The installation as a scenario finds it: services up, the mail server in good mood, nothing waiting."""
    installation.story.clear()
    installation.began = time.monotonic()
    installation.chance = random.Random(f"{SEED} {request.node.name}")
    installation.mailbox.mood, installation.mailbox.on_taken = "ok", None
    installation.mailbox.refused_to.clear()
    installation.mailbox.taken.clear()
    installation.mailbox.unsaid.clear()
    installation.registry.forget()
    installation.sql("UPDATE ebys_webhookendpoint SET failures = 0")
    installation.sql("UPDATE processes_delivery SET state = 'sent', sent_at = now() WHERE state <> 'sent'")
    yield installation
    for process in installation.running:
        if process.poll() is None:
            process.kill()
            process.wait()


@pytest.fixture
def tell(ground: Ground) -> Callable[[str, int, int], None]:
    """End a scenario: look at everything, write the line of the table, and insist on nothing lost and nothing double."""

    def told(scenario: str, lost: int, double: int) -> None:
        outcome = Outcome(scenario, lost, double, time.monotonic() - ground.began, list(ground.story))
        OUTCOMES.append(outcome)
        ground.require_sound()
        assert (outcome.lost, outcome.double) == (0, 0), "\n".join(ground.story)

    return told


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """The table, with the seed that repeats the run; the timelines where all faults were asked for."""
    if not OUTCOMES:
        return
    write = terminalreporter.write_line
    write(f"seed {SEED}")
    write(f"{'scenario':<62} | {'lost':>4} | {'double':>6} | {'s':>5} | verdict")
    for one in OUTCOMES:
        write(f"{one.scenario:<62} | {one.lost:>4} | {one.double:>6} | {one.seconds:>5.1f} | {one.verdict}")
        if terminalreporter.config.option.markexpr == "faults":
            for line in one.timeline:
                write(f"    {line}")
