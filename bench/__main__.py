"""`python -m bench [1000 100000 1000000]`: fills a private database, starts the web server, prints the table of speeds.

With `--cases` it stops after pages, forms and load of cases; letters, registers of rooms and the trail are left out.
"""

from __future__ import annotations

import argparse
import io
import logging
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path

os.environ.setdefault("SBS_VAR", str(Path(__file__).resolve().parent.parent / "var" / "bench"))
os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"

import django

from bench import rooms
from bench.clock import CSRF, Timing, Visitor, side_by_side, under_load
from config.env import current
from config.run import answers, free_port
from config.services import opened

SIZES = (1_000, 100_000, 1_000_000)
ROUNDS = 60


@contextmanager
def web(port: int) -> Iterator[None]:
    """The web server as in production: two workers of four threads."""
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "--config",
        "deploy/gunicorn.conf.py",
        "--bind",
        f"127.0.0.1:{port}",
    ]
    with (current().var / "web.log").open("wb") as log:
        server = subprocess.Popen([*command, "config.wsgi"], stdout=log, stderr=log, start_new_session=True)
        try:
            deadline = time.monotonic() + 60
            while not answers(port):
                if time.monotonic() > deadline or server.poll() is not None:
                    raise RuntimeError(f"The web server did not come up; see {log.name}")
                time.sleep(0.2)
            yield
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(30)


@cache
def cookies_of(username: str) -> dict[str, str]:
    """A finished log-in of that person, second factor included; one session serves all of a person's windows."""
    from django.conf import settings
    from django.test import Client
    from django_otp import DEVICE_ID_SESSION_KEY
    from django_otp.plugins.otp_totp.models import TOTPDevice

    from accounts.models import User

    user = User.objects.get(username=username)
    client = Client()
    client.force_login(user)
    device = TOTPDevice.objects.filter(user=user).first()
    if device:
        session = client.session
        session[DEVICE_ID_SESSION_KEY] = device.persistent_id
        session.save()
    return {
        settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value,
        settings.CSRF_COOKIE_NAME: CSRF,
    }


def prepare() -> None:
    """Tables, catalogue, people, and one person who sees a hundredth of all cases."""
    from django.core.management import call_command

    from accounts import declaration
    from accounts.authority import forget
    from accounts.demo import build_people
    from accounts.models import User
    from accounts.roles import Role
    from accounts.services import rights
    from bench import fill
    from config.prepare import collect_static, migrate

    migrate()
    collect_static()
    call_command("catalogue", "load", stdout=io.StringIO())
    build_people()
    fill.places()
    head = User.objects.get(username="olcum0")
    if not head.grants.exists():
        giver = User.objects.get(username="birim.sorumlusu")
        rights.grant(head, Role.REQUESTING_UNIT_HEAD, by=giver, reason="bench")
        forget(head)
        declaration.acknowledge(head, declaration.digest(declaration.text_of(head)))


class Bench:
    """Everything measured at one size."""

    def __init__(self, port: int, size: int) -> None:
        from django.db import transaction

        from bench import fill
        from processes.models import Case, InboxItem

        self.size = size
        self.staff = Visitor(port, cookies_of("bilgi.islem1"))
        self.few = Visitor(port, cookies_of("olcum0"))
        self.bare = Visitor(port)
        self.port = port
        self.waiting = fill.waiting(700)
        self.case = Case.objects.filter(state="reported").order_by("pk").values_list("number", flat=True)[10]
        from accounts.models import User

        user = User.objects.get(username="bilgi.islem1")
        with transaction.atomic():
            self.rows = [InboxItem.objects.create(user=user, text="floor").pk for _turn in range(100)]

    def get(self, visitor: Visitor, address: str) -> float:
        """Seconds of one page; anything but the page itself stops the bench."""
        status, took, _body = visitor.ask(address)
        if status != 200:
            raise RuntimeError(f"{address} answered {status}")
        return took

    def post(self, visitor: Visitor, address: str, data: dict[str, str]) -> float:
        """Seconds of one form sent."""
        status, took, body = visitor.ask(address, data)
        if status != 302:
            raise RuntimeError(f"{address} answered {status}: {body[:300]!r}")
        return took

    def step(self, visitor: Visitor) -> float:
        """One official step of a case nobody has touched."""
        return self.post(visitor, f"/cases/{self.waiting.pop()}/steps/assess/", {"finding": "Kablo kopuk."})

    def deep(self) -> str:
        """The address of a page far inside the queue, as its pager gives it."""
        from accounts.models import User
        from processes.paging import page_of
        from processes.queries import cases_for_list

        queue = cases_for_list(User.objects.get(username="bilgi.islem1")).open()
        rows = list(queue.order_by("queue_at", "pk")[: min(self.size // 40, 5_000)])
        page = page_of(queue.filter(queue_at__gte=rows[-1].queue_at), ("queue_at", "pk"), "", size=25)
        return f"/cases/?cursor={page.next_cursor}" if page.next_cursor else "/cases/"

    def run(self) -> dict[str, Timing]:
        """Pages and forms, each beside the floor."""
        cursor = self.deep()
        return side_by_side(
            {
                "floor list": lambda turn: self.get(self.bare, "/floor/"),
                "floor create": lambda turn: self.post(self.bare, "/floor/create/", {"title": "x"}),
                "floor change": lambda turn: self.post(
                    self.bare, f"/floor/change/{self.rows[turn % 100]}/", {"a": "b"}
                ),
                "my work, unit": lambda turn: self.get(self.staff, "/?tab=unit"),
                "all cases": lambda turn: self.get(self.staff, "/cases/"),
                "all cases, far page": lambda turn: self.get(self.staff, cursor),
                "own institution's cases": lambda turn: self.get(self.few, "/cases/?status=all"),
                "case page": lambda turn: self.get(self.staff, f"/cases/{self.case}/"),
                "search, words": lambda turn: self.get(self.few, "/search/?q=yaz%C4%B1c%C4%B1+barkod"),
                "search, person": lambda turn: self.get(
                    self.few, f"/search/?q=ayse+{LAST[turn % len(LAST)]}"
                ),
                "search, staff": lambda turn: self.get(self.staff, f"/search/?q=kilic{turn:04d}"),
                "create": lambda turn: self.post(
                    self.staff,
                    "/new/",
                    {"subprocess": "5.3.6", "title": f"Ölçüm {turn}", "applicant_name": "Deneme"},
                ),
                "step": lambda turn: self.step(self.staff),
            },
            ROUNDS,
        )

    def load(self) -> list[str]:
        """Lists and steps with eight at once."""
        visitors = [Visitor(self.port, cookies_of("bilgi.islem1")) for _number in range(8)]
        rate, times = under_load(lambda who, turn: self.get(visitors[who], "/cases/"), 8, 40)
        lines = [f"list, 8 connections: {rate:.0f} requests/s, p95 {times.p95:.0f} ms (promise ≥ 60/s)"]
        for count in (1, 4, 8):
            rate, times = under_load(lambda who, turn: self.step(visitors[who]), count, 40)
            lines.append(
                f"step, {count} at once: {rate:.0f} steps/s, p95 {times.p95:.0f} ms (promise p95 ≤ 50 ms at 8)"
            )
        return lines


LAST = ("aydin", "bulut", "cetin", "demir", "filiz", "gunes", "isik", "kilic", "sahin", "yildiz")
FLOOR_OF = {"create": "floor create", "step": "floor change"}
PROMISES = {
    "my work, unit": "≤ 2.0×",
    "all cases": "≤ 2.0×",
    "all cases, far page": "≤ 2.0×",
    "case page": "≤ 2.5×",
    "create": "≤ 3×",
    "step": "≤ 3×",
    "search, words": "p95 ≤ 100 ms",
    "search, person": "p95 ≤ 100 ms",
    "search, staff": "p95 ≤ 100 ms",
}


def intake(port: int, package: Path) -> list[str]:
    """A real package delivered again and again, each time as another letter or as a replay."""
    from bench.letters import bench_key, renamed

    key = bench_key()
    letters = [renamed(package) for _turn in range(60)]
    visitors = [Visitor(port, headers={"Authorization": f"Bearer {key}"}) for _number in range(2)]

    def deliver(who: int, turn: int) -> float:
        return sent(visitors[who], letters[who * 30 + turn])

    def sent(visitor: Visitor, content: bytes) -> float:
        boundary = uuid.uuid4().hex
        body = (
            (
                f'--{boundary}\r\nContent-Disposition: form-data; name="package"; filename="a.eyp"\r\n'
                "Content-Type: application/octet-stream\r\n\r\n"
            ).encode()
            + content
            + f"\r\n--{boundary}--\r\n".encode()
        )
        headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Idempotency-Key": uuid.uuid4().hex,
        }
        status, took, answer = visitor.ask("/api/v1/incoming-letters/", body, **headers)
        if status not in (200, 201):
            raise RuntimeError(f"intake answered {status}: {answer[:300]!r}")
        return took

    rate, times = under_load(deliver, 2, 30)
    size = package.stat().st_size // 1000
    return [
        f"EBYS intake of {package.name} ({size} kB): {rate:.0f}/s, p95 {times.p95:.0f} ms (promise ≥ 20/s)"
    ]


def show(size: int, times: dict[str, Timing], first: dict[str, Timing] | None) -> None:
    """One size's table."""
    print(f"\n{size:,} cases".replace(",", " "))
    print(f"{'work':<26}{'p50 ms':>8}{'p95 ms':>8}{'× floor':>9}{'× 1st size':>12}  promise")
    for name, found in times.items():
        floor = times[FLOOR_OF.get(name, "floor list")]
        growth = f"{found.p50 / first[name].p50:.2f}" if first else ""
        print(
            f"{name:<26}{found.p50:>8.1f}{found.p95:>8.1f}{found.p50 / floor.p50:>9.2f}{growth:>12}  {PROMISES.get(name, '')}"
        )


def show_pages(staff: Visitor, bare: Visitor) -> None:
    """The registers of the rooms with 100,000 rows, each beside the floor."""

    def get(visitor: Visitor, address: str) -> float:
        status, took, _body = visitor.ask(address)
        if status != 200:
            raise RuntimeError(f"{address} answered {status}")
        return took

    work = {
        name: partial(lambda address, turn: get(staff, address), to) for name, to in rooms.pages().items()
    }
    times = side_by_side({"floor list": lambda turn: get(bare, "/floor/"), **work}, ROUNDS)
    print(f"\n{'register of a room':<46}{'p50 ms':>8}{'p95 ms':>8}{'× floor':>9}  promise ≤ 2.0×")
    for name, found in times.items():
        print(f"{name:<46}{found.p50:>8.1f}{found.p95:>8.1f}{found.p50 / times['floor list'].p50:>9.2f}")


def main(sizes: tuple[int, ...], *, only_cases: bool) -> int:
    """Everything, from an empty folder to the table."""
    folder = current().var / "demo"
    with opened(folder, durable=True):
        django.setup()
        logging.getLogger("config.requests").setLevel(
            logging.WARNING
        )  # a line a request would hide the table
        from bench import fill
        from bench.audit import rows as trail_rows

        prepare()
        first = None
        for size in sizes:
            began = time.monotonic()
            fill.cases(size)
            print(f"filled to {size} in {time.monotonic() - began:.0f} s", file=sys.stderr)
            port = free_port("")
            with web(port):
                bench = Bench(port, size)
                times = bench.run()
                show(size, times, first)
                first = first or times
                if size >= 100_000 or size == sizes[-1]:
                    print("\n".join(bench.load()))
        if only_cases:
            return 0
        port = free_port("")
        package = Path("tests/data/eyp")
        with web(port):
            for path in sorted(package.glob("*.eyp")):
                print("\n".join(intake(port, path)))
        rooms.fill()
        port = free_port("")
        with web(port):
            show_pages(Visitor(port, cookies_of("bilgi.islem1")), Visitor(port))
        print("\n".join([*rooms.rows(), *trail_rows()]))
    return 0


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("sizes", nargs="*", type=int, default=SIZES)
    parser.add_argument("--cases", action="store_true")
    asked = parser.parse_args()
    sys.exit(main(tuple(asked.sizes), only_cases=asked.cases))
