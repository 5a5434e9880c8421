"""Bringing a backup back, and proving on a private cluster that it can be.

    python -m config.restore [SET] --keys FOLDER     only the keys, as files for NAME_FILE
    python -m config.restore [SET]                   into the installation's own database, which must be empty
    python -m config.restore [SET] --into ADDRESS    into another empty database
        --files FOLDER --seals FOLDER                 where the files go; default SBS_FILES and SBS_SEALS, which must be empty
    python -m config.restore --cluster FOLDER        the whole cluster by pgBackRest into an empty data folder
        --until "2026-11-22 14:00:00+03"              as it was at that moment; default the end of the archived log

Nothing that exists is ever overwritten.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import os
import secrets
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

import psycopg2

from config.backup import (
    COPY,
    DATABASE,
    FILES,
    KEYS,
    SEALS,
    BackupFailed,
    address_of,
    counts_of,
    for_libpq,
    in_words,
    key_of,
    newest_or,
    program,
    reachable,
)
from config.env import CHECKOUT, Environment, current, read
from config.envelopes import Opening
from config.physical import PhysicalFailed, bring_back
from config.services import opened
from config.sets import BackupSet


class NotRestored(BackupFailed):
    """The backup was not brought back, or is not what it should be; the text says why."""


@dataclass(frozen=True)
class Report:
    """What a restore on trial showed."""

    name: str
    seconds: float
    rows: int
    tables: int
    files: int
    trail: str

    def text(self) -> str:
        """For the terminal and the drill's record."""
        return (
            f"restored on trial: {self.name} in {self.seconds:.1f} s (RTO); "
            f"{self.rows} rows of {self.tables} tables, {self.files} files, trail: {self.trail}"
        )


def require_empty(address: str) -> None:
    """A database that holds anything is not restored over."""
    with closing(psycopg2.connect(address)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname NOT IN ('pg_catalog', 'information_schema') AND n.nspname NOT LIKE 'pg_toast%'"
        )
        if cursor.fetchone()[0]:
            raise NotRestored("The database is not empty. Give an empty one with --into.")


def require_no_files(folder: Path) -> None:
    """Nor a folder that holds files."""
    if folder.exists() and any(path.is_file() for path in folder.rglob("*")):
        raise NotRestored(f"{folder} is not empty. Give an empty one.")


def restore_database(chosen: BackupSet, key: bytes, address: str) -> None:
    """The database of a set into an empty one: whole or not at all."""
    with closing(psycopg2.connect(address)) as connection:
        major = connection.server_version // 10000
    place, environ = for_libpq(address)
    command: list[str | Path] = [
        program("pg_restore", max(major, chosen.manifest(key)["server"] // 10000)),
        "--single-transaction",
        "--exit-on-error",
        "--no-owner",
        "--no-privileges",
        place,
    ]
    with tempfile.TemporaryFile() as complaints, (chosen.folder / DATABASE).open("rb") as sealed:
        running = subprocess.Popen(
            command, env=environ, stdin=subprocess.PIPE, stdout=complaints, stderr=complaints
        )
        assert running.stdin is not None
        try:
            plain = Opening(sealed, key, DATABASE)
            while data := plain.read(COPY):
                running.stdin.write(data)
            running.stdin.close()
        except BrokenPipeError:
            pass  # pg_restore gave up first; what it says is told below
        except BaseException:
            running.kill()
            running.wait()
            raise
        if running.wait():
            complaints.seek(0)
            raise NotRestored(f"pg_restore failed: {complaints.read().decode(errors='replace')[-1500:]}")


def restore_folder(chosen: BackupSet, key: bytes, part: str, folder: Path) -> int:
    """The files of a part into an empty folder."""
    return unpack(chosen.folder / part, key, folder)


def unpack(path: Path, key: bytes, folder: Path) -> int:
    """The files of an encrypted archive into a folder."""
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    count = 0
    with path.open("rb") as sealed:
        plain = cast(BinaryIO, Opening(sealed, key, path.name))
        with tarfile.open(fileobj=plain, mode="r|") as archive:
            for member in archive:
                _unpack(archive, member, folder)
                count += 1
        while plain.read(COPY):  # to the marked end, so that a stream cut short is noticed
            pass
    return count


def _unpack(archive: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> None:
    """One file or folder of a part, inside `folder` and nowhere else; links and devices are refused.

    Written out because Debian's Python 3.11.2 does not know the extraction filters of later ones.
    """
    target = (folder / member.name).resolve()
    if not target.is_relative_to(folder.resolve()):
        raise NotRestored(f"{member.name} leads out of the folder.")
    if member.isdir():
        target.mkdir(mode=0o750, parents=True, exist_ok=True)
        return
    content = archive.extractfile(member) if member.isfile() else None
    if content is None:
        raise NotRestored(f"{member.name} is neither a file nor a folder.")
    target.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    with target.open("xb") as written:
        shutil.copyfileobj(content, written)
    target.chmod(member.mode & 0o640)
    os.utime(target, (member.mtime, member.mtime))


def keys_in(chosen: BackupSet, key: bytes) -> dict[str, str]:
    """The secrets of the installation that made the set."""
    with (chosen.folder / KEYS).open("rb") as sealed:
        return dict(json.loads(Opening(sealed, key, KEYS).readall()))


def require_same_rows(address: str, told: dict[str, int]) -> None:
    """Every table has as many rows as when the backup was made."""
    with closing(psycopg2.connect(address)) as connection, connection.cursor() as cursor:
        found = counts_of(cursor)
    wrong = sorted(table for table in told.keys() | found.keys() if told.get(table) != found.get(table))
    if wrong:
        raise NotRestored(f"Other row counts than at the backup: {', '.join(wrong)}.")


def require_all_files(address: str, folder: Path) -> int:
    """Every file a row speaks of is there, and every file is what its name says."""
    with closing(psycopg2.connect(address)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT sha256 FROM processes_storedfile")
        wanted = {row[0] for row in cursor.fetchall()}
    there = {path.name: path for path in folder.rglob("*") if path.is_file()}
    if missing := sorted(wanted - there.keys()):
        raise NotRestored(f"{len(missing)} files are missing, first {missing[0]}.")
    for name, path in there.items():
        with path.open("rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != name:
                raise NotRestored(f"The file {name} is not what it was.")
    return len(there)


def _key_of_the_trial(environ: dict[str, str]) -> dict[str, str]:
    """A copy on trial signs with a key of its own: nothing it signs counts for the real trail."""
    from audit.notes import Verifier

    given = read(environ)
    old = (Verifier("trial", given.seal_public_key).text, *given.seal_old_public_keys)
    return {
        "SBS_SEAL_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
        "SBS_SEAL_PUBLIC_KEY": "",
        "SBS_SEAL_OLD_PUBLIC_KEYS": ",".join(old),
    }


def verify_trail(address: str, seals: Path, keys: dict[str, str], var: Path) -> str:
    """The trail's own verifier over the restored copy, where this version has one."""
    from django.core.management import get_commands

    if "audit" not in get_commands():
        return "no verifier in this version"
    with closing(psycopg2.connect(address)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM audit_checkpoint")
        if not cursor.fetchone()[0]:
            return "not sealed yet"
    environ = {name: value for name, value in os.environ.items() if not name.endswith("_FILE")}
    environ |= keys | {"DATABASE_URL": address, "SBS_SEALS": str(seals), "SBS_VAR": str(var)}
    environ |= {"SBS_TIMESTAMP_URL": "", "SBS_SEAL_MAIL_TO": ""}  # a copy on trial speaks to nobody
    environ |= _key_of_the_trial(environ)
    # What was not sealed yet at the backup is sealed in the copy: another cluster counts its transactions anew.
    for verb in ("seal", "verify"):
        done = subprocess.run(
            [sys.executable, "manage.py", "audit", verb],
            cwd=CHECKOUT,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise NotRestored(f"The trail does not verify: {(done.stdout + done.stderr)[-1500:]}")
    return "clean"


def verify(chosen: BackupSet, key: bytes) -> Report:
    """Restore a set on a private cluster of its own and look whether everything is there."""
    _set_up()
    began = time.monotonic()
    told = chosen.require_whole(key)
    with tempfile.TemporaryDirectory(prefix="sbs-trial-") as name:
        place = Path(name)
        with opened(place / "cluster", durable=False, redis=False) as private:
            restore_database(chosen, key, private.database)
            files = restore_folder(chosen, key, FILES, place / "files")
            restore_folder(chosen, key, SEALS, place / "seals")
            seconds = time.monotonic() - began
            require_same_rows(private.database, told["rows"])
            if require_all_files(private.database, place / "files") != told["files"]:
                raise NotRestored("Another number of files than at the backup.")
            trail = verify_trail(private.database, place / "seals", keys_in(chosen, key), place)
    return Report(chosen.folder.name, seconds, sum(told["rows"].values()), len(told["rows"]), files, trail)


def restore(chosen: BackupSet, key: bytes, address: str, files: Path, seals: Path) -> None:
    """Bring a set back to empty places."""
    told = chosen.require_whole(key)
    require_empty(address)
    require_no_files(files)
    require_no_files(seals)
    restore_database(chosen, key, address)
    require_same_rows(address, told["rows"])
    restore_folder(chosen, key, FILES, files)
    restore_folder(chosen, key, SEALS, seals)
    require_all_files(address, files)


def write_keys(chosen: BackupSet, key: bytes, folder: Path) -> list[Path]:
    """The secrets as files for their owner; nothing that exists is replaced."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    written = []
    for name, value in keys_in(chosen, key).items():
        path = folder / name
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "w") as output:
            output.write(value)
        written.append(path)
    return written


def _stanza_of(environment: Environment) -> str:
    if not environment.backup_stanza:
        raise PhysicalFailed("SBS_BACKUP_STANZA names no stanza: there is only pg_dump's set.")
    return environment.backup_stanza


def _set_up() -> None:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m config.restore", description="Bring a backup back.")
    parser.add_argument("set", nargs="?", default="", help="name or folder of the set; default the newest")
    parser.add_argument("--into", default="", help="address of an empty database")
    parser.add_argument("--files", type=Path)
    parser.add_argument("--seals", type=Path)
    parser.add_argument(
        "--keys", type=Path, help="write the keys of the set into this folder and do nothing else"
    )
    parser.add_argument("--cluster", type=Path, help="an empty data folder for pgBackRest's backup")
    parser.add_argument("--until", default="", help="with --cluster: the moment to go back to")
    given = parser.parse_args()
    os.chdir(CHECKOUT)
    environment = current()
    if given.cluster:
        began = time.monotonic()
        bring_back(_stanza_of(environment), given.cluster, given.until)
        print(f"restored: {given.cluster} in {time.monotonic() - began:.1f} s")
        print(
            "Now: start PostgreSQL on it, manage.py audit verify, manage.py audit epoch --reason …, then the worker."
        )
        return 0
    key, chosen = key_of(environment), newest_or(environment, given.set)
    if given.keys:
        for path in write_keys(chosen, key, given.keys):
            print(f"written: {path}")
        return 0
    began = time.monotonic()
    target = given.into or address_of(environment)
    with reachable(environment):
        restore(chosen, key, target, given.files or environment.files, given.seals or environment.seals)
    print(f"restored: {chosen.folder.name} in {time.monotonic() - began:.1f} s")
    print(
        "Now: manage.py migrate, the database roles, manage.py audit verify, and the outbox before the worker starts."
    )
    return 0


if __name__ == "__main__":
    sys.exit(in_words(main))
