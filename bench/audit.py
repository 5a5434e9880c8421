"""What the trail costs and how fast it is sealed and verified: `python -m bench.audit` alone, or at the end of `make bench`.

Commit rate: the same small change committed with and without its entry, in turns of a few seconds, on a database that
waits for the disk as in production; a sealer works beside it. Once bare, where nothing but the entry's own cost shows, and
once as in a request, where the transaction is open for 20 ms: a design that lets writers queue would show there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

if __name__ == "__main__":
    os.environ.setdefault("SBS_VAR", str(Path(__file__).resolve().parent.parent / "var" / "bench"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"

ENTRIES = 200_000
SECONDS = 3.0
ROUNDS = 3
CHANGE = "UPDATE bench_commit SET value = value + 1 WHERE id = %s"
ENTRY = (
    "INSERT INTO audit_entry (content_type_id, object_pk, object_id, object_repr, action, event, step, reason, cid, timestamp, "
    "actor_id, remote_addr, changes, db_user, epoch, canon) SELECT (SELECT min(id) FROM django_content_type), "
    "number::text, number, '5.3.6/2026/000123', 1, 'changed', 'assess', 'Kablo kopuk; kat dağıtıcısı değiştirilecek.', "
    "'0123456789abcdef0123456789abcdef', now(), (SELECT min(id) FROM accounts_user), '192.0.2.7', "
    '\'{"state": ["reported", "assessed"], "priority": [null, "high"], "version": [3, 4], "finding": ["", "Kablo kopuk."]}\', '
    "'', 1, '' FROM generate_series(1, %s) AS number"
)


def commits(count: int, other_work: float, *, with_entry: bool) -> float:
    """Commits per second of so many connections at once, each with so many seconds of other work inside."""
    import psycopg2
    from django.db import connection

    values = connection.get_connection_params()
    names = ("dbname", "user", "host", "port", "password")
    done = [0] * count
    stop = threading.Event()

    def work(place: int) -> None:
        own = psycopg2.connect(**{name: values[name] for name in names if values.get(name)})
        with own.cursor() as cursor:
            cursor.execute(f"PREPARE change AS {CHANGE % '$1'}")
            cursor.execute(f"PREPARE entry AS {ENTRY % '1'}")
            own.commit()
            statements = f"EXECUTE change({place})" + ("; EXECUTE entry" if with_entry else "")
            while not stop.is_set():
                cursor.execute(statements)
                time.sleep(other_work)
                own.commit()
                done[place] += 1
        own.close()

    threads = [threading.Thread(target=work, args=(place,)) for place in range(count)]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    time.sleep(SECONDS)
    stop.set()
    for thread in threads:
        thread.join()
    return sum(done) / (time.monotonic() - began)


def commit_rates() -> list[str]:
    """With and without entries, one connection and eight."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_commit")
        cursor.execute("CREATE TABLE bench_commit (id int PRIMARY KEY, value int NOT NULL)")
        cursor.execute("INSERT INTO bench_commit SELECT generate_series(0, 7), 0")
    lines = []
    with sealer():
        for what, other_work in (("bare commits", 0.0), ("requests of 20 ms", 0.02)):
            for count in (1, 8):
                without, told = [], []
                for _round in range(ROUNDS):
                    without.append(commits(count, other_work, with_entry=False))
                    told.append(commits(count, other_work, with_entry=True))
                lines.append(
                    f"{what}, {count} at once: {median(without):.0f}/s without, {median(told):.0f}/s with entry, "
                    f"{median(told) / median(without):.2f}× (promise ≥ 0.75×)"
                )
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE bench_commit")
    return lines


@contextmanager
def sealer() -> Iterator[None]:
    """A sealer that works every second, in a process of its own."""
    command = [sys.executable, "manage.py", "audit", "seal", "--every", "1"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(30)


def timed(work: Callable[[], object]) -> float:
    """Seconds a piece of work takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def seal_and_verify(count: int = ENTRIES) -> list[str]:
    """So many fresh entries sealed, verified in the database, exported, verified from the files."""
    from django.db import connection, transaction

    from audit import exporting, publishing, sealing, verifying
    from audit.models import Checkpoint

    sealing.seal()
    newest = Checkpoint.objects.order_by("-number").first()
    since = newest.tree_size if newest else 0
    for _part in range(10):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(ENTRY, [count // 10])
    seconds = timed(sealing.seal)
    lines = [f"seal: {count / seconds:.0f} entries/s (promise ≥ 30 000)"]
    publishing.publish()
    began = time.perf_counter()
    report = verifying.verify()
    seconds = time.perf_counter() - began
    if report.findings:
        raise RuntimeError(f"The trail of the bench is not whole: {report.findings[0]}")
    lines.append(f"verify in the database: {report.tree_size / seconds:.0f} entries/s of {report.tree_size}")
    folder = Path(tempfile.mkdtemp())
    try:
        seconds = timed(lambda: exporting.export(folder / "trail", since=since))
        lines.append(f"export: {count / seconds:.0f} entries/s")
        command = [sys.executable, "-I", "-S", str(folder / "trail/verify.py"), str(folder / "trail")]
        seconds = timed(lambda: subprocess.run(command, check=True, stdout=subprocess.DEVNULL))
        lines.append(f"offline verify: {count / seconds:.0f} entries/s (promise ≥ 80 000)")
    finally:
        shutil.rmtree(folder)
    return lines


def rows() -> list[str]:
    """The trail's part of the table."""
    return ["", "trail", *commit_rates(), *seal_and_verify()]


def main() -> int:
    """The trail alone."""
    import django

    from config.env import current
    from config.services import opened

    with opened(current().var / "demo", durable=True):
        django.setup()
        from accounts.demo import build_people
        from config.prepare import migrate

        migrate()
        build_people()
        print("\n".join(rows()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
