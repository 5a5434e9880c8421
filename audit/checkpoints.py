"""Which seals of the database count: those the sealer signed, and whose row says what was signed.

Whoever writes to the database can add a row that looks like a seal. Nothing goes on from such a row, neither the sealer nor
what the page says of the trail.
"""

from __future__ import annotations

from audit import keys, notes
from audit.merkle import Frontier
from audit.models import Checkpoint
from audit.notes import BadNote, Note


def note_of(checkpoint: Checkpoint) -> Note | None:
    """What was signed; None when nothing was, or the row says something else."""
    try:
        note = notes.check(checkpoint.note, keys.known())
        root = Frontier(checkpoint.tree_size, bytes(checkpoint.frontier)).root()
    except (BadNote, ValueError):
        return None
    said = (checkpoint.tree_size, bytes(checkpoint.root), checkpoint.epoch)
    return note if said == (note.tree_size, note.root, note.epoch) and root == note.root else None


def newest() -> Checkpoint | None:
    """The newest seal that counts."""
    rows = Checkpoint.objects.order_by("-number").iterator(chunk_size=100)
    return next((row for row in rows if note_of(row) is not None), None)


def free_number(after: int) -> int:
    """The next number no row has taken yet."""
    while Checkpoint.objects.filter(number=after + 1).exists():
        after += 1
    return after + 1
