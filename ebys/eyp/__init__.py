"""e-Yazışma packages (.eyp): the form in which public offices send each other official letters."""

from ebys.eyp.errors import EypError
from ebys.eyp.package import (
    Attachment,
    AttachmentKind,
    Package,
    Part,
    Party,
    PartyKind,
    Purpose,
    Recipient,
    Reference,
    Security,
    Signature,
    Urgency,
)
from ebys.eyp.reading import read

__all__ = [
    "Attachment",
    "AttachmentKind",
    "EypError",
    "Package",
    "Part",
    "Party",
    "PartyKind",
    "Purpose",
    "Recipient",
    "Reference",
    "Security",
    "Signature",
    "Urgency",
    "read",
]
