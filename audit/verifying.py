"""Verification: the whole tree is built again from the entries themselves and compared with everything once signed.

The sealer hashes in the database, this recomputes in Python, so that a fault in one of them shows in the other. Besides,
the columns people read are compared with the canonical text the seal was taken of.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from audit import checkpoints, epochs, keys, kinds, notes, protection, publishing, strays
from audit.comparing import KINDS_MISSING, PLACES
from audit.merkle import EMPTY, Frontier, leaf_hash
from audit.models import Anchor, Checkpoint, Epoch, Verification
from audit.notes import BadNote, EpochNote, Note

RANGE = 20_000  # places read at once
LISTED = 20  # findings of one kind that are told singly
LATE_MINUTES = 10
AHEAD = timedelta(minutes=strays.AHEAD_MINUTES).total_seconds()
LONGEST = timedelta(days=1).total_seconds()  # longer than any transaction of ours lasts

SENTENCES = {
    "gap": gettext_noop("Place %(pos)s of the tree is empty."),
    "entry-missing": gettext_noop("Entry %(entry)s was sealed at place %(pos)s and is gone."),
    "entry-changed": gettext_noop("Entry %(entry)s (place %(pos)s) is not what was sealed."),
    "columns-changed": gettext_noop("The columns of entry %(entry)s do not say what its sealed text says."),
    "unsealed": gettext_noop(
        "Entry %(entry)s has no seal and can never get one: it lies where the sealer has been, or nowhere."
    ),
    "late": gettext_noop("Entry %(entry)s has waited for its seal for more than %(minutes)s minutes."),
    "root": gettext_noop("Seal %(number)s does not fit the entries it covers."),
    "signature": gettext_noop("Seal %(number)s was not signed with a key of this trail."),
    "numbering": gettext_noop("Seal %(number)s is missing."),
    "unsigned-tail": gettext_noop("%(count)s sealed entries lie behind the last seal."),
    "published-shrank": gettext_noop(
        "A seal over %(size)s entries was published; the tree has only %(now)s."
    ),
    "published-root": gettext_noop("The published seal over %(size)s entries does not fit the entries."),
    "published-missing": gettext_noop("The published seal over %(size)s entries is not in the database."),
    "published-text": gettext_noop("%(file)s is no seal signed with a key of this trail."),
    "epoch-unsigned": gettext_noop(
        "Epoch %(number)s was not signed with a key of this trail: it excuses nothing."
    ),
    "epoch-root": gettext_noop("Epoch %(number)s took over %(size)s entries, and they are not these."),
    "epoch-missing": gettext_noop("Epoch %(number)s, in which entries were sealed, is missing."),
    "kind-missing": gettext_noop(
        "The kind of record no. %(kind)s is missing, to which %(count)s entries belong: their records show none of them."
    ),
    "order": gettext_noop(
        "The database's times of entries %(before)s and %(entry)s contradict the order in which they were sealed."
    ),
    "future": gettext_noop("Entry %(entry)s (place %(pos)s) bears a time that has not been yet."),
    "unpublished": gettext_noop(
        "%(count)s seals older than %(minutes)s minutes were not published, seal %(number)s the first of them."
    ),
    "anchor": gettext_noop("Seal %(number)s is noted as published, and there is no such seal."),
    **protection.SENTENCES,
    "more": gettext_noop("%(count)s further findings of the same kind: %(kind)s."),
}


@dataclass(frozen=True)
class Finding:
    """One thing that is amiss."""

    code: str
    values: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return _(SENTENCES[self.code]) % self.values

    def stored(self) -> dict[str, Any]:
        """As a verification keeps it."""
        return {"code": self.code, **self.values}


def sentence(stored: dict[str, Any]) -> str:
    """A kept finding in the reader's language."""
    values = dict(stored)
    return str(Finding(values.pop("code"), values))


@dataclass
class Report:
    """What one verification found. `explained`: what a restore that was declared accounts for."""

    began_at: datetime
    tree_size: int = 0
    root: bytes = EMPTY
    checkpoints: int = 0
    published: int = 0
    findings: list[Finding] = field(default_factory=list)
    explained: list[Finding] = field(default_factory=list)
    _counted: dict[str, int] = field(default_factory=dict)

    @property
    def codes(self) -> set[str]:
        """Which kinds of findings there are."""
        return {finding.code for finding in self.findings}

    def add(self, code: str, **values: Any) -> None:
        """One more finding; of very many alike only the first are told singly."""
        self._counted[code] = self._counted.get(code, 0) + 1
        if self._counted[code] <= LISTED:
            self.findings.append(Finding(code, values))

    def close(self) -> None:
        """Tell how many were left out."""
        for code, count in self._counted.items():
            if count > LISTED:
                self.findings.append(Finding("more", {"count": count - LISTED, "kind": code}))


def verify(*, guards: bool = True) -> Report:
    """Recompute everything and compare it; reads only. `guards`: also look whether the triggers are in force."""
    report = Report(timezone.now())
    with _snapshot():
        roots = _tree(report)
        _checkpoints(report, roots)
        _published(report, roots, _epochs(report, roots))
        _anchors(report)
        _kinds(report)
        _unsealed(report)
        if guards:
            _guards(report)
    report.close()
    return report


def verify_and_record() -> Report:
    """Verify, and keep what was found for the page and the alarm."""
    report = verify()
    with transaction.atomic():
        Verification.objects.create(
            began_at=report.began_at,
            ended_at=timezone.now(),
            tree_size=report.tree_size,
            findings=[finding.stored() for finding in report.findings],
            explained=[finding.stored() for finding in report.explained],
        )
    kinds.remember()
    return report


@contextmanager
def _snapshot() -> Iterator[None]:
    """One moment of the database for all questions, while the sealer goes on."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _rows(sql: str, values: Any = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


def _tree(report: Report) -> dict[int, bytes]:
    """Build the tree from the entries; the root at each size for which a checkpoint exists here or outside."""
    sizes = set(Checkpoint.objects.values_list("tree_size", flat=True))
    for _path, text in publishing.published():
        try:
            sizes.add(notes.read(text).tree_size)
        except BadNote:
            continue
    sizes |= set(Epoch.objects.values_list("accepted_size", flat=True))
    roots = {0: EMPTY}
    tree = Frontier()
    highest = _rows("SELECT coalesce(max(pos), -1) FROM audit_leaf")[0][0]
    order = _Order(report)
    for start in range(0, highest + 1, RANGE):
        expected = start
        for pos, entry, leaf, canon, agrees, life, at in _rows(
            PLACES, {"start": start, "end": start + RANGE}
        ):
            while expected < pos:
                report.add("gap", pos=expected)
                expected += 1
            expected += 1
            own = bytes(leaf)
            if canon is None:
                report.add("entry-missing", pos=pos, entry=entry)
            else:
                own = leaf_hash(canon.encode())
                if own != bytes(leaf):
                    report.add("entry-changed", pos=pos, entry=entry)
                elif not agrees:
                    report.add("columns-changed", pos=pos, entry=entry)
                order.look(pos, entry, life, at)
            tree.add(own)
            if tree.size in sizes:
                roots[tree.size] = tree.root()
        for missing in range(expected, min(start + RANGE, highest + 1)):
            report.add("gap", pos=missing)
    report.tree_size, report.root = tree.size, tree.root()
    return roots


class _Order:
    """Entries were sealed in the order of their transactions, which the database's clock must bear out."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.now = _rows("SELECT extract(epoch FROM now())::float8")[0][0]
        self.life, self.latest, self.before = 0, 0.0, 0

    def look(self, pos: int, entry: int, life: int, at: float | None) -> None:
        """The next entry of the tree: its epoch and the database's time."""
        if at is None or at > self.now + AHEAD:
            self.report.add("future", entry=entry, pos=pos)
            return
        if life == self.life and at < self.latest - LONGEST:
            self.report.add("order", before=self.before, entry=entry)
        if life != self.life or at > self.latest or at < self.latest - LONGEST:
            self.life, self.latest, self.before = life, at, entry


def _checkpoints(report: Report, roots: dict[int, bytes]) -> None:
    """Every checkpoint of the database: numbered without gaps, signed by us, fitting the tree."""
    known = keys.known()
    expected, covered = 1, 0
    found = Checkpoint.objects.order_by("number").values_list(
        "number", "tree_size", "root", "note", "epoch", "made_at"
    )
    for number, size, root, text, epoch, made_at in found.iterator(chunk_size=2000):
        for missing in range(expected, min(number, expected + LISTED)):
            report.add("numbering", number=missing)
        expected, covered = number + 1, max(covered, size)
        report.checkpoints += 1
        try:
            note = notes.check(text, known)
        except BadNote:
            report.add("signature", number=number)
            continue
        says_the_same = (note.tree_size, note.root, note.epoch, note.at) == (
            size,
            bytes(root),
            epoch,
            made_at,
        )
        if not says_the_same or roots.get(size) != note.root:
            report.add("root", number=number)
    if report.tree_size > covered:
        report.add("unsigned-tail", count=report.tree_size - covered)


def _epochs(report: Report, roots: dict[int, bytes]) -> list[EpochNote]:
    """The lives of the database that the sealer signed; what they took over must still be there."""
    found = list(Epoch.objects.order_by("number"))
    signed = []
    for epoch in found:
        note = epochs.note_of(epoch)
        if note is not None:
            signed.append(note)
        elif epoch.number > 1 or epoch.note:  # the first one excuses nothing; once it was not signed
            report.add("epoch-unsigned", number=epoch.number)
    for note in signed:
        is_left_behind = _is_left_behind(note.number, note.accepted_size, signed)
        if not is_left_behind and roots.get(note.accepted_size) != note.accepted_root:
            report.add("epoch-root", number=note.number, size=note.accepted_size)
    used = set(Checkpoint.objects.order_by().values_list("epoch", flat=True).distinct())
    for number in sorted(used - {epoch.number for epoch in found}):
        report.add("epoch-missing", number=number)
    return signed


def _is_left_behind(epoch: int, size: int, signed: list[EpochNote]) -> bool:
    """Whether a later life began with fewer entries than this one once had: a restore did not bring them back."""
    return any(note.number > epoch and size > note.accepted_size for note in signed)


def _published(report: Report, roots: dict[int, bytes], signed: list[EpochNote]) -> None:
    """Every checkpoint outside must be one of ours and fit; those a signed epoch left behind are explained."""
    known = keys.known()
    sizes = set(Checkpoint.objects.values_list("tree_size", flat=True))
    outside = set()
    for path, text in publishing.published():
        report.published += 1
        try:
            note = notes.check(text, known)
        except BadNote:
            report.add("published-text", file=path.name)
            continue
        outside.add((note.tree_size, note.epoch))
        finding = _misfit(note, report.tree_size, roots, sizes)
        if finding is None:
            continue
        if _is_left_behind(note.epoch, note.tree_size, signed):
            report.explained.append(finding)
        else:
            report.add(finding.code, **finding.values)
    _unpublished(report, outside)


def _unpublished(report: Report, outside: set[tuple[int, int]]) -> None:
    """Seals of the present life that should have left the house; whether they did, the files say, not the database."""
    life = Epoch.objects.order_by("-number").values_list("number", flat=True).first() or 1
    due = Checkpoint.objects.filter(epoch=life, made_at__lt=report.began_at - timedelta(minutes=LATE_MINUTES))
    rows = due.order_by("number").values_list("number", "tree_size", "epoch")
    missing = [number for number, size, epoch in rows if (size, epoch) not in outside]
    if missing:
        report.add("unpublished", count=len(missing), minutes=LATE_MINUTES, number=missing[0])


def _anchors(report: Report) -> None:
    """What is noted of published seals speaks of seals there are."""
    newest = Checkpoint.objects.order_by("-number").values_list("number", flat=True).first() or 0
    ahead = Anchor.objects.filter(checkpoint__gt=newest).order_by("checkpoint")
    for number in ahead.values_list("checkpoint", flat=True).distinct()[: LISTED + 1]:
        report.add("anchor", number=number)


def _kinds(report: Report) -> None:
    """The table of kinds, by which entries are shown on their records' pages, still has every kind there are entries of."""
    for kind, count in _rows(KINDS_MISSING):
        report.add("kind-missing", kind=kind, count=count)


def _misfit(note: Note, tree_size: int, roots: dict[int, bytes], sizes: set[int]) -> Finding | None:
    size = note.tree_size
    if size > tree_size:
        return Finding("published-shrank", {"size": size, "now": tree_size})
    if roots.get(size) != note.root:
        return Finding("published-root", {"size": size})
    if size not in sizes:
        return Finding("published-missing", {"size": size})
    return None


def _unsealed(report: Report) -> None:
    """Entries no round of the sealer will ever take, or that wait longer than it ever does."""
    for entry, is_strange in strays.everywhere(checkpoints.newest(), LATE_MINUTES):
        if is_strange:
            report.add("unsealed", entry=entry)
        else:
            report.add("late", entry=entry, minutes=LATE_MINUTES)


def _guards(report: Report) -> None:
    """What the database does by itself for the trail must be what this release lays down, and in force for everybody."""
    for code, values in protection.amiss():
        report.add(code, **values)
