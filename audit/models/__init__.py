"""The trail's tables: entries, and the seals over them."""

from audit.models.entry import Entry, EntryQuerySet
from audit.models.seals import Anchor, AnchorKind, Checkpoint, Epoch, Leaf, Verification

__all__ = [
    "Anchor",
    "AnchorKind",
    "Checkpoint",
    "Entry",
    "EntryQuerySet",
    "Epoch",
    "Leaf",
    "Verification",
]
