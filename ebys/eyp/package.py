"""What an e-Yazışma package says, as plain values. Nothing here was checked against a signature."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Security(StrEnum):
    """Gizlilik derecesi. `OZL` and `KSO` were abolished but stand in old letters."""

    NONE = "YOK"
    RESTRICTED = "HZO"
    PRIVATE = "OZL"
    SECRET = "GZL"  # noqa: S105 - a security level, not a password
    TOP_SECRET = "CGZ"  # noqa: S105 - a security level, not a password
    PERSONAL = "KSO"


class Urgency(StrEnum):
    """İvedilik: normal, acele, günlü."""

    NORMAL = "NRM"
    URGENT = "ACL"
    DATED = "GNL"


class Purpose(StrEnum):
    """Why a recipient gets the letter: to act on it (gereği) or to know of it (bilgi)."""

    ACTION = "GRG"
    INFORMATION = "BLG"


class AttachmentKind(StrEnum):
    """Where an attachment is: in the package, at an address, on paper."""

    INSIDE = "DED"
    LINK = "HRF"
    PHYSICAL = "FZK"


class PartyKind(StrEnum):
    """Who writes or receives a letter."""

    INSTITUTION = "institution"
    PERSON = "person"
    COMPANY = "company"


@dataclass(frozen=True)
class Party:
    """A sender or recipient. `detsis` is the institution's number (KKK), for a company the number of its register.

    TC Kimlik numbers and private addresses in the package are not read.
    """

    kind: PartyKind
    name: str
    detsis: str = ""
    unit_detsis: str = ""
    title: str = ""


@dataclass(frozen=True)
class Recipient:
    """One line of the dağıtım. `within` is the time allowed as an ISO duration; `withheld` the ids of attachments
    this recipient does not get.
    """

    party: Party
    purpose: Purpose
    urgency: Urgency = Urgency.NORMAL
    within: str = ""
    withheld: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reference:
    """One ilgi: the earlier letter this one answers or cites."""

    label: str
    number: str = ""
    date: datetime | None = None
    name: str = ""
    description: str = ""
    attachment_id: str = ""


@dataclass(frozen=True)
class Part:
    """A file of the package. `file_name` is what the sender called it: show it, never use it as a path."""

    name: str
    file_name: str
    media_type: str
    content: bytes = field(repr=False)

    @property
    def size(self) -> int:
        """The number of bytes."""
        return len(self.content)


@dataclass(frozen=True)
class Attachment:
    """One ek as the metadata describes it; `part` is there when its file came with the package."""

    id: str
    order: int
    kind: AttachmentKind
    name: str = ""
    description: str = ""
    number: str = ""
    link: str = ""
    is_signed: bool = False
    is_withheld: bool = False
    part: Part | None = None


@dataclass(frozen=True)
class Signature:
    """Who signed according to the metadata. Not verified."""

    name: str
    title: str = ""
    position: str = ""
    purpose: str = ""
    signed_at: datetime | None = None
    on_behalf_of: str = ""


@dataclass(frozen=True)
class Digest:
    """One digest recomputed and found equal."""

    summary: str
    part: str
    algorithm: str


@dataclass(frozen=True)
class Package:
    """One letter as it came. Both summaries were recomputed and hold; the signature was not looked at.

    `number` and `date` are empty in a draft (taslak). `unlisted` names files the metadata does not mention.
    """

    version: str
    document_id: str
    subject: str
    number: str
    date: datetime | None
    security: Security
    file_code: str
    file_code_name: str
    other_file_codes: tuple[str, ...]
    creator: Party
    recipients: tuple[Recipient, ...]
    references: tuple[Reference, ...]
    attachments: tuple[Attachment, ...]
    cover: Part
    signatures: tuple[Signature, ...]
    digests: tuple[Digest, ...]
    has_signature: bool
    has_seal: bool
    verification_address: str = ""
    language: str = ""
    unlisted: tuple[str, ...] = ()
    signature_checked: bool = field(default=False, init=False)

    @property
    def is_draft(self) -> bool:
        """Nobody signed it yet: no number, no date, no signature."""
        return not self.has_signature

    @property
    def urgency(self) -> Urgency:
        """The most pressing urgency any recipient is given."""
        given = {recipient.urgency for recipient in self.recipients}
        return next((one for one in (Urgency.DATED, Urgency.URGENT) if one in given), Urgency.NORMAL)

    def recipients_for(self, purpose: Purpose) -> tuple[Recipient, ...]:
        """The recipients under Gereği or under Bilgi."""
        return tuple(recipient for recipient in self.recipients if recipient.purpose == purpose)
