"""The trail of each finished month as one encrypted file in the folder of backups, for keeping five years and longer.

    python -m config.monthly                            make what is missing; runs every night after the backup
    python -m config.monthly open 2026-10 FOLDER        decrypt one, to check it with its verify.py
    python -m config.monthly discard 2026-10 --reason … give one up: not before five years, and not while it is held

A file is written under another name and gets its own when it is whole and its verifier found nothing, so that a stop
in the midst leaves nothing behind but work for the next night. A file that is there is never written again.
"""

from __future__ import annotations

import argparse
import os
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from config.backup import COPY, BackupFailed, in_words, key_of, reachable
from config.env import CHECKOUT, Environment, current
from config.envelopes import Sealing
from config.restore import unpack

if TYPE_CHECKING:
    from audit.months import Month


def make(environment: Environment) -> list[str]:
    """Export every finished month that has no file yet; their names."""
    from audit import months

    made = []
    for month in months.missing(environment.backups):
        _export(environment, month)
        made.append(month.name)
    return made


def _export(environment: Environment, month: Month) -> None:
    """One month: exported, checked by its verifier, encrypted, told in the trail, and only then under its name."""
    from django.db import transaction

    from audit import exporting, offline_verifier, trail
    from audit.context import acting, because
    from audit.models import Entry

    target = environment.backups / month.file
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = target.with_suffix(".new")
    with tempfile.TemporaryDirectory(prefix="sbs-trail-") as name:
        try:
            folder = exporting.export(Path(name) / month.name, since=month.first, until=month.size).folder
        except exporting.CannotExport as error:
            raise BackupFailed(f"The trail of {month.name} was not exported: {error}") from error
        found = offline_verifier.verify(folder)[0]
        if found.told:
            raise BackupFailed(f"The trail of {month.name} was not exported: {found.told[0]}")
        with fresh.open("wb") as file:
            fresh.chmod(0o600)
            sealing = Sealing(file, key_of(environment), target.name)
            with tarfile.open(fileobj=cast(BinaryIO, sealing), mode="w|", bufsize=COPY) as archive:
                archive.add(folder, month.name)
            sealing.close()
            file.flush()
            os.fsync(file.fileno())
    with acting(), transaction.atomic(), because(step="command"):
        trail.record(Entry, "exported", {"first": month.first, "size": month.size, "month": month.name})
    fresh.rename(target)


def opened(environment: Environment, name: str, folder: Path) -> Path:
    """Decrypt the file of a month into a folder; where its export now lies."""
    unpack(_file(environment, name), key_of(environment), folder)
    return folder / name


def discard(environment: Environment, name: str, reason: str) -> None:
    """Give up the file of a month: refused within five years, and while a hold touches it."""
    from django.db import transaction

    from audit import retention
    from audit.context import acting, because

    with tempfile.TemporaryDirectory(prefix="sbs-trail-") as place:
        folder = opened(environment, name, Path(place))
        try:
            with acting(), transaction.atomic(), because(step="command", reason=reason):
                retention.discard(folder)
                _file(environment, name).unlink()
        except retention.MustStay as refusal:
            raise BackupFailed(str(refusal)) from refusal


def _file(environment: Environment, name: str) -> Path:
    from audit.months import FOLDER

    path = environment.backups / FOLDER / f"{name}.tar.sealed"
    if "/" in name or not path.is_file():
        raise BackupFailed(f"There is no exported trail of {name} in {path.parent}.")
    return path


def main() -> int:
    """The command line."""
    import django

    parser = argparse.ArgumentParser(
        prog="python -m config.monthly", description="The trail, month by month."
    )
    verbs = parser.add_subparsers(dest="verb")
    verbs.add_parser("make", help="export what is missing (default)")
    opening = verbs.add_parser("open", help="decrypt one")
    opening.add_argument("month")
    opening.add_argument("folder", type=Path)
    giving_up = verbs.add_parser("discard", help="give one up")
    giving_up.add_argument("month")
    giving_up.add_argument("--reason", required=True)
    given = parser.parse_args()
    os.chdir(CHECKOUT)
    environment = current()
    with reachable(environment):
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        django.setup()
        if given.verb == "open":
            print(f"opened: {opened(environment, given.month, given.folder.absolute())}")
        elif given.verb == "discard":
            discard(environment, given.month, given.reason)
            print(f"given up: {given.month}")
        else:
            print(f"made: {', '.join(make(environment)) or 'nothing was missing'}")
    return 0


if __name__ == "__main__":
    sys.exit(in_words(main))
