"""The tree of RFC 6962: one hash that stands for all entries in their order.

Leaves and nodes are hashed under different first bytes, so that no node can pass for an entry.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256

SIZE = 32  # bytes of one hash
EMPTY = sha256(b"").digest()


def leaf_hash(text: bytes) -> bytes:
    """The leaf of one canonical text."""
    return sha256(b"\x00" + text).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The node above two."""
    return sha256(b"\x01" + left + right).digest()


class Frontier:
    """All that must be kept of a tree to go on with it: the roots of its full subtrees, the largest first."""

    def __init__(self, size: int = 0, packed: bytes = b"") -> None:
        if len(packed) != SIZE * size.bit_count():
            raise ValueError(f"A tree of {size} leaves has {size.bit_count()} full subtrees.")
        self.size = size
        self.roots = [bytes(packed[start : start + SIZE]) for start in range(0, len(packed), SIZE)]

    def packed(self) -> bytes:
        """The frontier as one column holds it."""
        return b"".join(self.roots)

    def add(self, leaf: bytes) -> None:
        """One more leaf at the end."""
        roots, size, node = self.roots, self.size, leaf
        while size & 1:
            node = sha256(b"\x01" + roots.pop() + node).digest()
            size >>= 1
        roots.append(node)
        self.size += 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        """More leaves at the end, in their order."""
        for leaf in leaves:
            self.add(leaf)

    def root(self) -> bytes:
        """The hash of the whole tree."""
        if not self.roots:
            return EMPTY
        node = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            node = node_hash(left, node)
        return node
