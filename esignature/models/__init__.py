"""Requests for signatures (5.3.3), the batches they travel in, and the certificates that come of them."""

from esignature.models.batches import Batch, BatchState
from esignature.models.certificates import (
    LIVE,
    ON_THE_WAY,
    WINDOWS,
    Certificate,
    CertificateState,
    ExpiryNotice,
)
from esignature.models.requests import CheckItem, Kind, Reason, Request, State

__all__ = [
    "LIVE",
    "ON_THE_WAY",
    "WINDOWS",
    "Batch",
    "BatchState",
    "Certificate",
    "CertificateState",
    "CheckItem",
    "ExpiryNotice",
    "Kind",
    "Reason",
    "Request",
    "State",
]
