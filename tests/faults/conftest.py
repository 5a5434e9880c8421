"""Faults: one installation for all scenarios, each ending with the same questions; what was lost stands in a table."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.faults.ground import Ground
from tests.faults.standby import Standby


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
    installation.scenario(request.node.name)
    installation.require_services()
    installation.mailbox.mood, installation.mailbox.on_taken = "ok", None
    installation.mailbox.refused_to.clear()
    installation.mailbox.taken.clear()
    installation.mailbox.unsaid.clear()
    installation.registry.forget()
    installation.sql("UPDATE ebys_webhookendpoint SET failures = 0")
    installation.sql("UPDATE processes_delivery SET state = 'sent', sent_at = now() WHERE state <> 'sent'")
    yield installation
    installation.end_programs()


Closing = Callable[[Ground, str, int, int], None]


@pytest.fixture
def closing(request: pytest.FixtureRequest) -> Closing:
    """End a scenario: look at everything, write the line of the table, and insist on nothing lost and nothing double."""

    def closed(ground: Ground, scenario: str, lost: int, double: int) -> None:
        outcome = ground.outcome(scenario, lost, double)
        request.node.user_properties.append(outcome.noted())
        assert outcome.verdict == "held", "\n".join((outcome.verdict, *ground.story))

    return closed


@pytest.fixture
def tell(ground: Ground, closing: Closing) -> Callable[[str, int, int], None]:
    """The same on the installation all scenarios share."""
    return lambda scenario, lost, double: closing(ground, scenario, lost, double)


@pytest.fixture
def own(request: pytest.FixtureRequest) -> Iterator[tuple[Ground, Callable[[str], Standby]]]:
    """An installation that may be lost, and further database servers for it."""
    folder = Path(tempfile.mkdtemp(prefix="sbs-s"))
    folder.chmod(0o755)
    with ExitStack() as kept:
        kept.callback(shutil.rmtree, folder, ignore_errors=True)
        ground = Ground(folder)
        kept.callback(ground.close)
        ground.scenario(request.node.name)

        def server(name: str) -> Standby:
            made = Standby(ground, name)
            kept.callback(made.stop)
            return made

        yield ground, server
