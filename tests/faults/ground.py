"""A whole installation of its own to be broken: cluster, Redis, mail server, web, dispatchers and workers as real processes."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg2
import redis

from config.addresses import private_addresses
from config.env import CHECKOUT
from config.logins import as_role
from config.services import Pair
from tests import parts
from tests.faults.mailbox import Mailbox
from tests.faults.registry import Registry
from tests.faults.table import SEED, Outcome
from tests.faults.web import Web, children
from tests.faults.wire import Wire

SECONDS = 90
REAL_MINUTES = (
    31 if os.environ.get("REAL") else 0
)  # how long what lasts for long lasts in real time; 0: it passes faster
CLOCK = Path(__file__).with_name("clock.c")
SEALER = ("trail", "seal", "verify", "epoch")  # acts of the sealer


class Ground:
    """The installation."""

    def __init__(self, folder: Path, *, environ: dict[str, str] | None = None) -> None:
        self.folder = folder
        (folder / "var" / "static").mkdir(parents=True)
        self.pair = Pair(folder / "s", durable=True)
        self.pair.enter()
        self.addresses = private_addresses(self.pair.folder)
        self.program = as_role(self.addresses.database, "sbs_app")
        self.mailbox = Mailbox()
        self.registry = Registry()
        assert self.pair.postgres is not None
        self.wire = Wire(self.pair.postgres.sockets / ".s.PGSQL.5432")
        self.environ = {
            **os.environ,
            "SBS_MODE": "test",
            "SBS_VAR": str(folder / "var"),
            "SBS_FILES": str(folder / "files"),
            "DATABASE_URL": self.program,
            "REDIS_URL": self.addresses.redis,
            "SBS_EMAIL_URL": f"smtp://127.0.0.1:{self.mailbox.port}",
            "SBS_WEBHOOK_HOSTS": self.registry.url,
            "SBS_WEBHOOK_NETWORKS": "127.0.0.1/32",
            "SBS_MONITORING_TOKEN": "w" * 40,
            "SBS_LOG_FORMAT": "json",
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "PYTHONUNBUFFERED": "1",
            **(environ or {}),
        }
        self.running: list[subprocess.Popen[str]] = []
        self.story: list[str] = []
        self.began = time.monotonic()
        self.chance = random.Random()
        self.facts = self.act("prepare")

    def scenario(self, name: str) -> None:
        """A new timeline; what is left to chance in it follows from the seed."""
        self.story.clear()
        self.began = time.monotonic()
        self.chance = random.Random(f"{SEED} {name}")

    # What the machines do

    def sessions(self, who: str = "staff") -> list[str]:
        """Fresh sessions of the lead and two clerks ("staff") or of two more clerks ("passing")."""
        found: list[str] = self.act("sign_in", *map(str, self.facts[who]))["sessions"]
        return found

    def act(self, *words: str, tree: Path = CHECKOUT, **environ: str) -> dict[str, Any]:
        """One act to its end; tables are the owner's, seals the sealer's, the rest the program's.

        `tree` holds the version of the program that acts.
        """
        owner = self.addresses.database
        logins = {
            **dict.fromkeys(("prepare", "deploy"), owner),
            **dict.fromkeys(SEALER, as_role(owner, "sbs_sealer")),
        }
        environ.setdefault("DATABASE_URL", logins.get(words[0], self.program))
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.acts", *words],
            cwd=tree, env=self.environ | environ, capture_output=True, text=True, check=False,
        )  # fmt: skip
        if done.returncode:
            raise AssertionError(f"{words}: {done.stderr[-3000:]}")
        found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return found

    def begin(self, *command: str, tree: Path = CHECKOUT, **environ: str) -> subprocess.Popen[str]:
        """One program in the background, in a group of its own."""
        log = (self.folder / f"{len(self.running)}.log").open("w")
        started = subprocess.Popen(
            command, cwd=tree, env=self.environ | environ, stdin=subprocess.DEVNULL, stdout=log,
            stderr=log, text=True, start_new_session=True,
        )  # fmt: skip
        self.running.append(started)
        return started

    def log_of(self, process: subprocess.Popen[str]) -> str:
        return (self.folder / f"{self.running.index(process)}.log").read_text(
            encoding="utf-8", errors="replace"
        )

    def dispatcher(self) -> subprocess.Popen[str]:
        """A sender of the outbox."""
        return self.begin(sys.executable, "-m", "tests.faults.acts", "send")

    def sealer(self) -> subprocess.Popen[str]:
        """One round of the sealer."""
        login = as_role(self.addresses.database, "sbs_sealer")
        return self.begin(sys.executable, "-m", "tests.faults.acts", "seal", DATABASE_URL=login)

    def beat(self, name: str) -> subprocess.Popen[str]:
        """A real beat with a memory of its own."""
        return self.begin(
            sys.executable, "-m", "celery", "-A", "config.celery", "beat", "--loglevel=INFO",
            f"--schedule={self.folder / name}", "--pidfile=",
        )  # fmt: skip

    def worker(self) -> subprocess.Popen[str]:
        """A real Celery worker."""
        begun = self.begin(
            sys.executable, "-m", "celery", "-A", "config.celery", "worker", "--concurrency=1", "--loglevel=INFO",
            "--without-mingle",
        )  # fmt: skip
        self.until(lambda: " ready" in self.log_of(begun), "the worker is ready")
        return begun

    @contextmanager
    def web(self, *, wired: bool = True, tree: Path = CHECKOUT, **environ: str) -> Iterator[Web]:
        """A real gunicorn; `wired` through the wire that can be cut."""
        with closing(socket.socket()) as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if wired:
            environ.setdefault("DATABASE_URL", f"postgresql://sbs_app@127.0.0.1:{self.wire.port}/sbs")
        environ.setdefault("WEB_WORKERS", "1")
        process = self.begin(
            sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "--bind", f"127.0.0.1:{port}",
            "config.wsgi", tree=tree, **environ,
        )  # fmt: skip
        web = Web(self, process, port)
        try:
            self.until(lambda: web.get("/health/").status == 200, "the portal answers", process)
            yield web
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(20)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    # What happens to them

    def note(self, what: str) -> None:
        """A line of the timeline."""
        self.story.append(f"{time.monotonic() - self.began:7.2f} s  {what}")

    def kill(self, pid: int, what: str) -> None:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        self.note(f"SIGKILL to {what}")

    def kill_postgres(self) -> None:
        """The whole cluster, as a power cut would."""
        assert self.pair.postgres is not None
        text = (self.pair.postgres.data / "postmaster.pid").read_text(encoding="ascii")
        main = int(text.split()[0])
        for pid in (main, *children(main)):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.note("SIGKILL to every process of PostgreSQL")
        self.until(lambda: not Path(f"/proc/{main}").exists(), "PostgreSQL is gone")
        time.sleep(0.5)

    def start_postgres(self) -> None:
        assert self.pair.postgres is not None
        self.pair.postgres.start()
        self.note("PostgreSQL started again")

    @property
    def redis(self) -> redis.Redis:
        """The broker's own book."""
        return redis.Redis.from_url(self.addresses.redis)

    def kill_redis(self) -> None:
        redis = self.pair.redis
        assert redis is not None
        pid = int(redis.pid_file.read_text(encoding="ascii"))
        self.kill(pid, "Redis")
        self.until(lambda: not redis.answers(), "Redis is gone")

    def move_to(self, address: str, socket_file: Path) -> None:
        """The database is another server from now on; the wire leads there too."""
        self.addresses = replace(self.addresses, database=address)
        self.program = self.environ["DATABASE_URL"] = as_role(address, "sbs_app")
        self.wire.upstream = socket_file
        self.wire.cut()

    def start_redis(self) -> None:
        assert self.pair.redis is not None
        self.pair.redis.start()
        self.note("Redis started again, empty")

    def clock_off(self, seconds: float) -> dict[str, str]:
        """What makes the time of day of a program wrong by so much."""
        built = self.folder / "clock.so"
        if not built.exists():
            done = subprocess.run(
                ["cc", "-shared", "-fPIC", "-O2", "-o", str(built), str(CLOCK)],
                check=False,
                capture_output=True,
            )
            if done.returncode:
                parts.missing(f"a wrong clock is built by a C compiler: {done.stderr.decode()[-300:]}")
        return {"LD_PRELOAD": str(built), "CLOCK_OFF": str(round(seconds))}

    def later(self, minutes: int) -> None:
        """Time passes for what waits to be sent."""
        self.sql(
            "UPDATE processes_delivery SET next_at = next_at - %s * interval '1 minute' WHERE state = 'due'",
            minutes,
        )
        self.sql(
            "UPDATE ebys_webhookendpoint SET last_failure_at = last_failure_at - %s * interval '1 minute'",
            minutes,
        )
        self.note(f"{minutes} minutes pass for the outbox")

    def letters(self, count: int) -> dict[str, Any]:
        """Letters approved in the office, of which EBYS wants to be told; their numbers, and the messages due."""
        if "connected" not in self.facts:
            self.facts["connected"] = self.act("connect", self.registry.url)
        return self.act("approve", str(count))

    # What is so

    def sql(self, text: str, *values: Any) -> list[tuple[Any, ...]]:
        with closing(psycopg2.connect(self.addresses.database)) as link, link, link.cursor() as cursor:
            cursor.execute(text, values or None)
            return cursor.fetchall() if cursor.description else []

    def sql_alone(self, text: str) -> None:
        """A command that takes no transaction around it."""
        with closing(psycopg2.connect(self.addresses.database)) as link:
            link.autocommit = True
            link.cursor().execute(text)

    def sql_until_it_stops(self, text: str) -> None:
        """The same command again and again until the server takes it no more."""
        with suppress(psycopg2.Error):
            for _time in range(1000):
                self.sql(text)

    def until(
        self,
        condition: Any,
        what: str,
        process: subprocess.Popen[str] | None = None,
        seconds: float = SECONDS,
    ) -> None:
        """Waits until it is so."""
        deadline = time.monotonic() + seconds
        while not condition():
            if process is not None and process.poll() is not None:
                raise AssertionError(f"not so: {what}\n{self.log_of(process)[-3000:]}")
            if time.monotonic() > deadline:
                logs = "\n".join(self.log_of(one)[-1500:] for one in self.running[-2:])
                raise AssertionError(f"not in {seconds} s: {what}\n{logs}")
            time.sleep(0.05)

    def titles(self, tag: str) -> list[str]:
        """The requests registered under a mark."""
        found = self.sql("SELECT title FROM processes_case WHERE title LIKE %s", f"{tag}%")
        return [row[0] for row in found]

    def numbers(self, tag: str) -> list[str]:
        """The numbers of the requests registered under a mark."""
        found = self.sql("SELECT number FROM processes_case WHERE title LIKE %s ORDER BY id", f"{tag}%")
        return [row[0] for row in found]

    def require_sound(self) -> None:
        """No orphan, no half-done case, no gap, no change without its entry; the trail verifies."""
        for what, text in INVARIANTS.items():
            assert self.sql(text) == [], what
        there = {path.name for path in (self.folder / "files").rglob("*") if path.is_file()}
        wanted = {row[0] for row in self.sql("SELECT sha256 FROM processes_storedfile")}
        assert wanted <= there, "a row speaks of a file that is not there"
        assert self.act("trail") == {"findings": []}, "the trail verifies"

    def outcome(self, scenario: str, lost: int, double: int) -> Outcome:
        """What the scenario cost, and what the questions every scenario ends with find."""
        found = ""
        try:
            self.require_sound()
        except AssertionError as broken:
            found = (str(broken).splitlines() or ["?"])[0]
        return Outcome(scenario, lost, double, time.monotonic() - self.began, list(self.story), unsound=found)

    def require_services(self) -> None:
        """A scenario that failed half-way leaves none of them down for the next."""
        for service in (self.pair.postgres, self.pair.redis):
            if service is not None and not service.answers():
                service.start()

    def end_programs(self) -> None:
        """Every program begun in the background, with what it began."""
        for process in self.running:
            if process.poll() is None:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def close(self) -> None:
        self.end_programs()
        self.mailbox.shutdown()
        self.mailbox.server_close()
        self.registry.shutdown()
        self.registry.server_close()
        self.wire.close()
        self.pair.leave()


INVARIANTS = {
    "an open case has exactly one running step, a closed one none": """
        SELECT c.id FROM processes_case c LEFT JOIN processes_steprun r ON r.case_id = c.id AND r.ended_at IS NULL
        GROUP BY c.id HAVING count(r.id) <> CASE WHEN c.closed_at IS NULL THEN 1 ELSE 0 END""",
    "a request has its room's row": """
        SELECT c.id FROM processes_case c LEFT JOIN helpdesk_ticket t ON t.case_ptr_id = c.id
        WHERE t.case_ptr_id IS NULL AND c.number LIKE '5.3.6/%'""",
    "numbers have no gap and no double": """
        SELECT split_part(number, '/', 1) FROM processes_case GROUP BY 1, split_part(number, '/', 2)
        HAVING count(*) <> max(split_part(number, '/', 3)::int) OR count(DISTINCT number) <> count(*)""",
    "every request has an entry in the trail": """
        SELECT c.id FROM processes_case c WHERE c.number LIKE '5.3.6/%' AND NOT EXISTS (
            SELECT 1 FROM audit_entry e JOIN django_content_type k ON k.id = e.content_type_id
            WHERE e.object_pk = c.id::text AND k.model IN ('case', 'ticket'))""",
    "no entry speaks of a case that is not there": """
        SELECT e.id FROM audit_entry e JOIN django_content_type k ON k.id = e.content_type_id
        WHERE k.model IN ('case', 'ticket') AND e.object_pk ~ '^[0-9]+$'
        AND NOT EXISTS (SELECT 1 FROM processes_case c WHERE c.id::text = e.object_pk)""",
    "an answer that was written down belongs to something that is there": """
        SELECT id FROM ebys_idempotencykey WHERE status = 201 AND body::text LIKE '%"number"%'
        AND NOT EXISTS (SELECT 1 FROM processes_case c WHERE body::text LIKE '%' || c.number || '%')""",
}
