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
# Left out of the trail: how a letter is found is no fact about it.
UNTOLD = ("search",)
# Told only as set or not set.
MASKED = ("digest", "sealed_secret")

__all__ = [
    "MASKED",
    "TRACKED",
    "UNTOLD",
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
