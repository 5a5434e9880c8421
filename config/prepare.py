"""What the trial run needs before its first page: schema, catalogue, invented province, style sheets. Cheap the second time.

python -m config.prepare       (started by `config.run`, with the services already up)
"""

from __future__ import annotations

import hashlib
import io
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

import django

from config.env import CHECKOUT, current
from config.logins import logged_in, prefix_of
from config.translations import compile_stale


@contextmanager
def step(what: str) -> Iterator[None]:
    """Says what takes time, and how long it took."""
    print(f"{what} …", end="", flush=True)
    began = time.monotonic()
    yield
    print(f" {time.monotonic() - began:.1f} s", flush=True)


def fingerprint(paths: Iterable[Path]) -> str:
    """A digest that changes when a file appears, goes or is written to."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        found = path.stat()
        digest.update(f"{path}\0{found.st_size}\0{found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def unless_done(stamp: Path, mark: str, work: Callable[[], None]) -> None:
    """Does the work unless the stamp says that it was done for the same mark."""
    if stamp.exists() and stamp.read_text(encoding="ascii") == mark:
        return
    work()
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(mark, encoding="ascii")


def lay_out() -> None:
    """Tables and rights, by the owner of the database where one is named; everything after that is the program's work."""
    environment = current()
    with logged_in(environment.database_owner_url) if environment.database_owner_url else nullcontext():
        migrate()
        if prefix := environment.database_owner_url and prefix_of(environment.database_url):
            give_rights(prefix)


def migrate() -> None:
    """The tables as the code wants them."""
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        with step("Laying out the tables"):
            call_command("migrate", interactive=False, verbosity=0)


def give_rights(prefix: str) -> None:
    """The database roles; at every start, because a restored database has none."""
    from django.core.management import call_command

    call_command("database_roles", "--execute", "--prefix", prefix, stdout=io.StringIO())


def collect_static() -> None:
    """Style sheets and scripts under names that change with their content."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    def work() -> None:
        with step("Gathering style sheets and scripts"):
            call_command("collectstatic", interactive=False, clear=True, verbosity=0)

    files = [
        Path(storage.path(name))
        for finder in get_finders()
        for name, storage in finder.list(["CVS", ".*", "*~"])
    ]
    root = Path(settings.STATIC_ROOT)
    stamp = root.with_name(f"{root.name}.stamp")
    if not root.exists():
        stamp.unlink(missing_ok=True)
    unless_done(stamp, fingerprint(files), work)


def fill() -> None:
    """The catalogue of 5.3 and, into an empty database, the invented province; CASES says of how many requests."""
    from django.core.management import call_command
    from django.db import transaction

    from processes.models import Case

    cases = os.environ.get("CASES", "")
    with step("Reading the catalogue"):
        call_command("catalogue", "load", stdout=io.StringIO())
        call_command("letter_templates", stdout=io.StringIO())
        call_command("breach_checklists", first=True, stdout=io.StringIO())
    if not Case.objects.exists():
        # Whole or not at all: half a province would be taken for a finished one at the next start.
        with step("Inventing a province"), transaction.atomic():
            call_command("demo", *([f"--cases={cases}"] if cases else []), stdout=io.StringIO())


def main() -> int:
    """Everything in order."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.chdir(CHECKOUT)
    current().var.mkdir(mode=0o700, parents=True, exist_ok=True)
    compile_stale()
    django.setup()
    lay_out()
    collect_static()
    fill()
    return 0


if __name__ == "__main__":
    sys.exit(main())
