"""Passwords that became known elsewhere, where the institution keeps such a list: looked up on this machine, told to nobody.

The list is a file of SHA-1 digests in order, one a line (`DIGEST:times`), as Have I Been Pwned hands it out for use without a
network. It may be many gigabytes: it is searched where it lies, in about forty reads.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.conf import settings

DIGEST = 40


def is_leaked(password: str) -> bool:
    """Whether the list holds the password; without a list nothing is known."""
    if not settings.LEAKED_PASSWORDS:
        return False
    digest = hashlib.sha1(password.encode(errors="replace"), usedforsecurity=False).hexdigest()
    return holds(Path(settings.LEAKED_PASSWORDS), digest.upper().encode())


def holds(path: Path, digest: bytes) -> bool:
    """Whether a line begins so; `low` is always the beginning of a line, and all lines before it are smaller."""
    with path.open("rb") as file:
        low, high = 0, file.seek(0, 2)
        while low < high:
            middle = (low + high) // 2
            file.seek(max(middle - 1, 0))
            if middle:
                file.readline()  # the rest of the line the middle lies in, unless it begins one
            start = file.tell()
            line = file.readline()
            if not line or line[:DIGEST].upper() >= digest:
                high = middle
            else:
                low = start + len(line)
        file.seek(low)
        return file.readline()[:DIGEST].upper() == digest
