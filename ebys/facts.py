"""What a letter says, from whichever door it comes: a package, a form, another system."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from accounts.models import Institution
from ebys.models import AnnexKind, Security, Urgency
from processes.files import Readable


@dataclass(frozen=True)
class Enclosure:
    """One file of a letter about to be registered: the letter's own page or an annex.

    `content` is empty for what came on paper or lies at another address.
    """

    title: str = ""
    file_name: str = ""
    content: bytes | Readable | None = None
    is_cover: bool = False
    kind: str = AnnexKind.ENCLOSED
    description: str = ""
    is_signed: bool = False


@dataclass(frozen=True)
class LetterFacts:
    """What is written on a letter, from whichever door it comes. Names as in `IncomingLetter`."""

    subject: str
    sender_name: str = ""
    sender_detsis: str = ""
    sender: Institution | None = None
    official_number: str = ""
    dated: date | None = None
    belge_id: uuid.UUID | None = None
    sdp_code: str = ""
    sdp_name: str = ""
    security: str = Security.NONE
    urgency: str = Urgency.NORMAL
    answer_by: date | None = None
    references: Sequence[Mapping[str, str]] = ()
    distribution: Sequence[Mapping[str, str]] = ()
    signers: Sequence[Mapping[str, str]] = ()
    eyp_version: str = ""
    digests_match: bool = False
    enclosures: Sequence[Enclosure] = field(default=())
