"""The trail's tables: entries, and the seals over them, the holds on them."""

from audit.models.entry import Entry, EntryQuerySet
from audit.models.holds import Hold, HoldQuerySet, Release
from audit.models.seals import Acknowledgement, Anchor, AnchorKind, Checkpoint, Epoch, Leaf, Verification

__all__ = [
    "Acknowledgement",
    "Anchor",
    "AnchorKind",
    "Checkpoint",
    "Entry",
    "EntryQuerySet",
    "Epoch",
    "Hold",
    "HoldQuerySet",
    "Leaf",
    "Release",
    "Verification",
]
