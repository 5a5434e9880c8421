"""What a room has to say about a letter on one of its cases, on the letter's own pages, before it goes out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ebys.models import OutgoingLetter, OutgoingState

BEFORE_IT_GOES = frozenset({OutgoingState.DRAFT, OutgoingState.APPROVED, OutgoingState.RETURNED})


@dataclass(frozen=True)
class Remark:
    """A sentence for whoever writes or approves the letter, and where something can be done about it."""

    text: str
    path: str
    label: str
    is_urgent: bool = False


_offered: dict[str, Callable[[OutgoingLetter], Remark | None]] = {}


def offer(number: str, remark: Callable[[OutgoingLetter], Remark | None]) -> None:
    """Let a room speak about the letters of its sub-process; called once from its AppConfig.ready()."""
    _offered[number] = remark


def about(letter: OutgoingLetter) -> Remark | None:
    """What is to be known of this letter before it goes out; nothing of one that has gone."""
    remark = _offered.get(letter.case.official_number)
    return remark(letter) if remark is not None and letter.state in BEFORE_IT_GOES else None
