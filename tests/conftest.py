"""What every test may ask for: real PostgreSQL and Redis, a real browser, a real worker."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.utils import translation

from config.addresses import Addresses, with_database
from config.env import current
from config.logins import as_role
from config.services import opened
from tests import parts
from tests.database.logins import APP, PREFIX, logins
from tests.faults import table
from tests.laying import ground

CHROMIUM_PLACES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
)
WORKER_SECONDS = 60
# The files that take longest come first, the longest of all at the head: the halves of the suite then end together.
LONG = (
    "journey/test_every_page.py",
    "security/test_hostile_input.py",
    "security/test_access_matrix.py",
    "security/test_described_api.py",
    "security/test_confidential_doors.py",
    "engine/test_page_is_api.py",
    "portal/test_browser.py",
    "security/test_strangers.py",
    "faults/test_ebys.py",
    "journey/test_webapps.py",
    "config/test_run.py",
    "faults/test_outbox.py",
    "engine/test_races.py",
    "journey/test_security_docs.py",
    "journey/test_incidents.py",
    "engine/test_matrix.py",
    "engine/test_walks.py",
    "engine/test_steps.py",
    "config/test_backup.py",
    "accounts/test_demo.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first, in the order of the list; the others as they were found."""
    here = Path(__file__).parent
    places = {here / name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: places.get(item.path, len(LONG)))


def pytest_collection_finish() -> None:
    """What was imported and collected stays to the end: nothing of it is looked through for garbage again and again."""
    gc.collect()
    gc.freeze()


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What the faults of the run cost."""
    table.write(terminalreporter)


@pytest.fixture(scope="session")
def services() -> Iterator[Addresses]:
    """PostgreSQL and Redis: those named in the environment, else a private pair of this checkout."""
    environment = current()
    given = Addresses(environment.database_url, environment.redis_url)
    if given.database and given.redis:
        yield given
        return
    with opened(
        environment.var / "test", durable=False, database=not given.database, redis=not given.redis
    ) as private:
        yield Addresses(given.database or private.database, given.redis or private.redis)


@pytest.fixture(scope="session")
def django_db_setup(services: Addresses, django_db_setup: None) -> None:
    """The test database, which needs its server."""


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Every test enters the database as the program, except those that play the owner and say so."""
    ground.clear_for(item)
    marker = item.get_closest_marker("login")
    logins.enter(marker.args[0] if marker else APP)
    ground.lay_for(item)


@pytest.fixture(autouse=True)
def office_language() -> None:
    """Every test begins in the language of the office: a request in English leaves its choice to the thread."""
    translation.deactivate()


@pytest.fixture(autouse=True)
def empty_cache(request: pytest.FixtureRequest) -> Iterator[None]:
    """No test finds in the cache what another left there (counters of attempts, sessions)."""
    yield
    if "services" in request.fixturenames or "django_db_setup" in request.fixturenames:
        client = cache._cache.get_client(None, write=True)  # type: ignore[attr-defined]
        keys = list(client.scan_iter(match=f"{settings.CACHES['default']['KEY_PREFIX']}:*", count=1000))
        if keys:
            client.delete(*keys)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A running Chromium, driven by Playwright."""
    program = parts.program(*CHROMIUM_PLACES, package="chromium")
    from playwright.sync_api import sync_playwright

    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps an event loop in this thread
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(CHROMIUM_ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Any, live_server: Any) -> Iterator[Any]:
    """A page of a fresh browser session that has the test server as its address."""
    context = chromium.new_context(base_url=live_server.url, locale="tr-TR", timezone_id="Europe/Istanbul")
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


@pytest.fixture
def worker(transactional_db: None, services: Addresses, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A real Celery worker in its own process, on the test database and the same broker."""
    from config.celery import app

    database = with_database(services.database, connection.settings_dict["NAME"])
    program_address = as_role(database, f"{PREFIX}_{APP}")
    app.control.purge()
    log = tmp_path / "worker.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "celery",
                "-A",
                "config.celery",
                "worker",
                "--concurrency=1",
                "--loglevel=INFO",
            ],
            env=os.environ | {"DATABASE_URL": program_address},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + WORKER_SECONDS
        while b" ready." not in log.read_bytes():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"The worker did not come up:\n{log.read_text(encoding='utf-8')}")
            time.sleep(0.05)
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
