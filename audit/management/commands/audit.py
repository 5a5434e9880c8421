"""`manage.py audit seal | verify | export | discard | holds | checkpoint | stamp | epoch`: sealed, whole, and kept."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _

from audit import (
    anchoring,
    exporting,
    keys,
    protection,
    publishing,
    retention,
    sealing,
    strays,
    trail,
    verifying,
)
from audit.context import acting, because
from audit.models import Entry, Hold
from audit.timestamps import NoTimestamp

STAMP_SECONDS = 3600


class Command(BaseCommand):
    """The trail's seals on the command line."""

    help = "Seal, verify, export the trail; give up old exports; print holds and the newest seal; declare a restore."

    strays: list[int] = []  # told already by this process

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        seal = verbs.add_parser("seal", help="seal what was written and publish the seals")
        seal.add_argument("--every", type=int, metavar="SECONDS", help="go on doing so until stopped")
        verify = verbs.add_parser(
            "verify", help="recompute the whole trail; ends with 1 when something is amiss"
        )
        verify.add_argument(
            "--record", action="store_true", help="keep the result for the page of the unit head"
        )
        export = verbs.add_parser("export", help="write the sealed trail and its verifier into a new folder")
        export.add_argument("folder", type=Path)
        export.add_argument("--since", type=int, default=0, help="only entries after the seal over so many")
        export.add_argument("--reason", default="", help="for whom and why; stands in the trail")
        discard = verbs.add_parser(
            "discard", help="give up an exported trail that need not be kept any longer"
        )
        discard.add_argument("folder", type=Path)
        discard.add_argument("--reason", required=True, help="who decided so; stands in the trail")
        verbs.add_parser("holds", help="print which spans are held for an examination")
        verbs.add_parser("checkpoint", help="print the newest seal and the public key")
        verbs.add_parser("stamp", help="have the newest seal stamped by the time-stamp authority now")
        verbs.add_parser("protection", help="print the marks of what protects the trail in this database")
        epoch = verbs.add_parser("epoch", help="declare that the database was restored")
        epoch.add_argument("--reason", required=True, help="from which backup and why")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['verb']}")(options)

    def _seal(self, options: dict[str, Any]) -> None:
        if options["every"] is None:
            try:
                self._seal_now(always_tell=True)
            except (sealing.MustNotSeal, keys.NoKey) as error:
                raise CommandError(str(error)) from error
            return
        if not keys.can_sign():
            raise CommandError(str(keys.NoKey()))
        stamped = 0.0
        is_first = True
        while True:
            try:
                self._seal_now(always_tell=is_first)
                is_first = False
                if time.monotonic() - stamped >= STAMP_SECONDS:  # every try may cost a prepaid stamp
                    stamped = time.monotonic()
                    anchoring.stamp_latest()
            except (
                DatabaseError,
                OSError,
                publishing.Conflict,
                sealing.MustNotSeal,
                NoTimestamp,
            ) as failure:
                # The database restarts, the folder is away: the next round tries again, the monitoring tells the lag.
                self.stderr.write(f"{type(failure).__name__}: {failure}")
                connection.close()
            time.sleep(options["every"])

    def _seal_now(self, *, always_tell: bool) -> None:
        done = sealing.seal()
        published = publishing.publish(thorough=always_tell)
        if always_tell or done.entries or published:
            self.stdout.write(
                _("%(entries)d entries sealed, %(published)d seals published.")
                % {"entries": done.entries, "published": published}
            )
        if done.strays != self.strays:
            self.strays = done.strays
            for entry in done.strays[: strays.LISTED]:
                self.stderr.write(str(verifying.Finding("unsealed", {"entry": entry})))

    def _verify(self, options: dict[str, Any]) -> None:
        report = verifying.verify_and_record() if options["record"] else verifying.verify()
        self.stdout.write(
            _("%(entries)d entries, %(checkpoints)d seals and %(published)d published seals were verified.")
            % {
                "entries": report.tree_size,
                "checkpoints": report.checkpoints,
                "published": report.published,
            }
        )
        for finding in report.explained:
            self.stdout.write(_("Explained by a restore: %(finding)s") % {"finding": finding})
        for finding in report.findings:
            self.stderr.write(str(finding))
        if report.findings:
            raise CommandError(_("The trail is not whole."), returncode=1)
        self.stdout.write(_("The trail is whole."))

    def _export(self, options: dict[str, Any]) -> None:
        try:
            done = exporting.export(options["folder"].absolute(), since=options["since"])
        except exporting.CannotExport as error:
            raise CommandError(str(error)) from error
        with acting(), transaction.atomic(), because(step="command", reason=options["reason"]):
            trail.record(Entry, "exported", {"first": done.first, "size": done.size})
        self.stdout.write(
            _("Entries %(first)d to %(last)d were written to %(folder)s.")
            % {"first": done.first, "last": done.size - 1, "folder": done.folder}
        )

    def _discard(self, options: dict[str, Any]) -> None:
        folder = options["folder"].absolute()
        with acting(), transaction.atomic(), because(step="command", reason=options["reason"]):
            try:
                retention.discard(folder)
            except retention.MustStay as refusal:
                raise CommandError(str(refusal), returncode=1) from refusal
        self.stdout.write(_("%(folder)s was given up.") % {"folder": folder})

    def _holds(self, options: dict[str, Any]) -> None:
        for hold in Hold.objects.in_force().order_by("pk"):
            self.stdout.write(f"{hold.pk}  {hold}  {hold.reason}")

    def _checkpoint(self, options: dict[str, Any]) -> None:
        newest = anchoring.latest()
        if newest is None:
            raise CommandError(_("Nothing is sealed yet."))
        self.stdout.write(f"{newest.note}\n{keys.verifier().text}\n")

    def _protection(self, options: dict[str, Any]) -> None:
        self.stdout.write(json.dumps(protection.found(), indent=1, sort_keys=True))

    def _stamp(self, options: dict[str, Any]) -> None:
        try:
            anchor = anchoring.stamp_latest()
        except NoTimestamp as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            _("Seal %(number)d was stamped.") % {"number": anchor.checkpoint}
            if anchor
            else _("There was nothing to stamp.")
        )

    def _epoch(self, options: dict[str, Any]) -> None:
        try:
            epoch = sealing.begin_epoch(options["reason"])
        except (sealing.MustNotSeal, keys.NoKey) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_("Epoch %(number)d of the trail has begun.") % {"number": epoch.number})
