"""Tables of official correspondence and of the systems we exchange it with."""

from ebys.models.codes import WRITABLE_SECURITY, AnnexKind, Purpose, Security, Urgency
from ebys.models.incoming import (
    IncomingFile,
    IncomingLetter,
    IncomingState,
    Origin,
    Receipt,
    ReceiptOutcome,
)
from ebys.models.outgoing import OutgoingAnnex, OutgoingLetter, OutgoingState, Recipient
from ebys.models.service import ApiKey, Event, IdempotencyKey, Scope, ServiceAccount, WebhookEndpoint
from ebys.models.templates import Addressee, LetterTemplate

TRACKED = (
    IncomingLetter,
    IncomingFile,
    Receipt,
    OutgoingLetter,
    Recipient,
    OutgoingAnnex,
    LetterTemplate,
    ServiceAccount,
    ApiKey,
    WebhookEndpoint,
)

__all__ = [
    "TRACKED",
    "WRITABLE_SECURITY",
    "Addressee",
    "AnnexKind",
    "ApiKey",
    "Event",
    "IdempotencyKey",
    "IncomingFile",
    "IncomingLetter",
    "IncomingState",
    "LetterTemplate",
    "Origin",
    "OutgoingAnnex",
    "OutgoingLetter",
    "OutgoingState",
    "Purpose",
    "Receipt",
    "ReceiptOutcome",
    "Recipient",
    "Scope",
    "Security",
    "ServiceAccount",
    "Urgency",
    "WebhookEndpoint",
]
