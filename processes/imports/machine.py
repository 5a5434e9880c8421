"""Taking a table in: read and judged, shown, then written as a whole or dropped."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import BinaryIO

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from accounts.sealed import seal_bytes, unseal_bytes
from accounts.tables import Refusal, Row, Table, UnreadableTable, read
from audit import events
from audit.context import because
from processes.errors import DomainError, NotFound, RuleBroken, TooLarge, UnknownMedia, WrongState
from processes.gate import refused_by_fields
from processes.imports import Importer, Line, Offer
from processes.models.imports import ImportLine, ImportState, TableImport, Verdict
from processes.plaintext import one_line
from processes.scanning import refuse_infected

events.name_acts(
    import_preview=gettext_lazy("Table read in and judged"),
    import_drop=gettext_lazy("Table read in was dropped"),
    **{"import": gettext_lazy("Table read in was taken over")},
)

CHUNK = 1 << 18
KEPT = timedelta(days=7)
TAKEN = "23505"  # PostgreSQL: what has to be unique is there already
_REFUSALS: dict[int, type[DomainError]] = {413: TooLarge, 415: UnknownMedia}


def take_in(importer: Importer, file: BinaryIO, name: str, *, scope: str, by: User) -> TableImport:
    """Read and judge a file and keep the result for a decision; an earlier undecided one of the same person goes.

    Refuses a file that is no such table (413, 415, 422) with the sentence that says what to do.
    """
    importer.scope_title(scope, by)
    refuse_infected(file, name)
    try:
        table = read(file, name, importer.columns, most_rows=importer.most_rows)
    except UnreadableTable as refusal:
        raise _REFUSALS.get(refusal.status, RuleBroken)(refusal.message) from refusal
    unread = _refused(table.refusals)
    lines = [*unread, *_judged(importer, table.rows, scope, by, unread=len(unread))]
    with transaction.atomic(), because(step="import_preview", by=by):
        undecided = TableImport.objects.select_for_update().filter(
            kind=importer.key, scope=scope, by=by, state=ImportState.PREVIEWED
        )
        for earlier in undecided:
            _settle(earlier, ImportState.DROPPED)
        kept = TableImport(
            kind=importer.key,
            scope=scope,
            digest=_digest(file),
            file_name=one_line(name)[:200] or "–",
            by=by,
            ignored=list(table.ignored)[:20],
        )
        kept.content = _packed(kept, table)
        _count(kept, lines)
        kept.save()
        _write(kept, lines)
    return kept


def table_for(importer: Importer, pk: int, by: User) -> TableImport:
    """A table of this kind that this person handed in."""
    found = TableImport.objects.filter(pk=pk, kind=importer.key, by=by).first()
    if found is None:
        raise NotFound(_("There is no such table."))
    return found


def same_file_before(table: TableImport) -> TableImport | None:
    """The last time the very same file was taken in for the same purpose."""
    same = TableImport.objects.filter(
        kind=table.kind, scope=table.scope, digest=table.digest, state=ImportState.APPLIED
    )
    return same.exclude(pk=table.pk).select_related("by").order_by("-decided_at").first()


def offers_of(importer: Importer, table: TableImport, by: User) -> list[Offer]:
    """What may be done beside the rows; nothing while a row is refused, for it might be about the very person."""
    if importer.offers is None or table.state != ImportState.PREVIEWED or table.refused_count:
        return []
    return importer.offers(_rows(table), table.scope, by)


def confirm(importer: Importer, table: TableImport, *, by: User, ticked: Sequence[str] = ()) -> TableImport:
    """Write the accepted rows and what was ticked, all of it or nothing.

    The rows are judged again first. Where something changed since the preview, nothing is written and the preview is
    brought up to date.
    """
    with transaction.atomic(), because(step="import", by=by):
        current = _undecided(table)
        rows = _rows(current)
        unread = sum(current.counts.values()) - current.lines.filter(row=0).count() - len(rows)
        lines = _judged(importer, rows, current.scope, by, unread=unread)
        shown = set(current.lines.values_list("row", "verdict", "label"))
        found = {(line.row, line.verdict, line.label[:300]) for line in lines}
        is_as_shown = found <= shown and _lacking(found) == _lacking(shown)
        if is_as_shown:
            _apply(importer, current, rows, lines, ticked, by)
        else:
            _judge_anew(current, lines)
    if not is_as_shown:
        raise WrongState(
            _(
                "Since the preview something was changed that the table is about. Nothing was written; "
                "the preview below is of this moment."
            )
        )
    return current


def drop(table: TableImport, *, by: User) -> TableImport:
    """Decide not to take a table in; its rows are forgotten."""
    with transaction.atomic(), because(step="import_drop", by=by):
        current = _undecided(table)
        _settle(current, ImportState.DROPPED)
    return current


def forget_undecided(*, now: datetime | None = None) -> int:
    """Drop what nobody decided within a week, so that no list of people lies about."""
    before = (now or timezone.now()) - KEPT
    gone = 0
    with transaction.atomic(), because(step="import_drop", reason=_("Nobody decided within a week.")):
        waiting = TableImport.objects.select_for_update(skip_locked=True)
        for table in waiting.filter(state=ImportState.PREVIEWED, at__lt=before):
            _settle(table, ImportState.DROPPED)
            gone += 1
    return gone


def told(importer: Importer, table: TableImport) -> str:
    """What was done, in a sentence for the next page."""
    if importer.told:
        return str(importer.told)
    done = table.new_count + table.changed_count
    return ngettext("%(count)d row was taken in.", "%(count)d rows were taken in.", done) % {"count": done}


def _judged(importer: Importer, rows: Sequence[Row], scope: str, by: User, *, unread: int) -> list[Line]:
    """What each row does; and what the table lacks, if all of it could be read."""
    lines = importer.check(rows, scope, by)
    if importer.absent is None or unread or any(line.verdict == Verdict.REFUSED for line in lines):
        return lines
    return [*lines, *importer.absent(rows, scope, by)]


def _lacking(lines: set[tuple[int, str, str]]) -> set[tuple[int, str, str]]:
    return {line for line in lines if line[0] == 0}


def _apply(
    importer: Importer,
    table: TableImport,
    rows: Sequence[Row],
    lines: Iterable[Line],
    ticked: Sequence[str],
    by: User,
) -> None:
    accepted = {line.row for line in lines if line.verdict != Verdict.REFUSED}
    offered = {offer.key for offer in offers_of(importer, table, by)} if ticked else set()
    if unknown := set(ticked) - offered:
        raise WrongState(
            ngettext(
                "%(count)d of the proposals ticked no longer stands. Look at the preview again.",
                "%(count)d of the proposals ticked no longer stand. Look at the preview again.",
                len(unknown),
            )
            % {"count": len(unknown)}
        )
    try:
        with transaction.atomic():
            taken = [row for row in rows if row.number in accepted]
            if importer.apply_table is not None:
                importer.apply_table(table, taken, by)
            elif importer.apply is not None:
                importer.apply(taken, table.scope, by)
            if ticked and importer.take_offers is not None:
                importer.take_offers(list(ticked), table.scope, by)
    except ValidationError as refusal:
        raise refused_by_fields(refusal) from refusal
    except IntegrityError as clash:
        if getattr(getattr(clash.__cause__, "diag", None), "sqlstate", "") != TAKEN:
            raise
        raise WrongState(
            _("Somebody else wrote one of these rows at the same moment. Nothing was written; try again.")
        ) from clash
    table.taken_offers = len(ticked)
    _settle(table, ImportState.APPLIED)


def _judge_anew(table: TableImport, lines: list[Line]) -> None:
    """The preview as of this moment; what reading the file had refused stays refused."""
    judged = {line.row for line in lines}
    unread = [
        Line(line.row, line.verdict, line.label, line.text)
        for line in table.lines.exclude(row=0)
        if line.row not in judged
    ]
    table.lines.all().delete()
    _count(table, [*unread, *lines])
    _write(table, [*unread, *lines])
    table.save()


def _undecided(table: TableImport) -> TableImport:
    current = TableImport.objects.select_for_update().get(pk=table.pk)
    if current.state != ImportState.PREVIEWED:
        raise WrongState(_("This table was decided already."))
    return current


def _settle(table: TableImport, state: str) -> None:
    """The decision; the rows and the lines about people go with it."""
    table.state, table.decided_at, table.content = state, timezone.now(), None
    table.lines.all().delete()
    table.save()


def _refused(refusals: Iterable[Refusal]) -> list[Line]:
    """One line for each row that could not be read, with everything that is wrong with it."""
    sentences: dict[int, list[str]] = {}
    for refusal in refusals:
        sentence = f"{refusal.column}: {refusal.text}" if refusal.column else refusal.text
        sentences.setdefault(refusal.row, []).append(sentence)
    return [Line(row, Verdict.REFUSED, "", " ".join(texts)) for row, texts in sentences.items()]


def _count(table: TableImport, lines: Iterable[Line]) -> None:
    counts = dict.fromkeys(Verdict.values, 0)
    for line in lines:
        counts[line.verdict] += 1
    for verdict, count in counts.items():
        setattr(table, f"{verdict}_count", count)


def _write(table: TableImport, lines: Iterable[Line]) -> None:
    ImportLine.objects.bulk_create(
        (
            ImportLine(
                table=table, row=line.row, verdict=line.verdict, label=line.label[:300], text=line.text
            )
            for line in lines
        ),
        batch_size=2_000,
    )


def _digest(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while piece := file.read(CHUNK):
        digest.update(piece)
    return digest.hexdigest()


def _packed(table: TableImport, read_table: Table) -> bytes:
    """The rows, sealed to this table: they hold TC Kimlik numbers."""
    content = json.dumps([[row.number, row.values] for row in read_table.rows], ensure_ascii=False)
    return seal_bytes(zlib.compress(content.encode(), 1), _sealed_to(table))


def _rows(table: TableImport) -> list[Row]:
    if table.content is None:
        raise WrongState(_("This table was decided already."))
    content = json.loads(zlib.decompress(unseal_bytes(bytes(table.content), _sealed_to(table))))
    return [Row(number, values) for number, values in content]


def _sealed_to(table: TableImport) -> str:
    return f"processes.tableimport:{table.key}"
