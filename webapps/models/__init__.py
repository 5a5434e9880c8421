"""What room 5.3.7 keeps: applications, requests for access, who has what, reviews and comparisons."""

from webapps.models.authorities import Authority
from webapps.models.reconciling import Difference, DifferenceKind, Reconciliation, Settlement
from webapps.models.register import Application, AppRole, Condition
from webapps.models.requests import (
    ENDING,
    GRANTING,
    AccessRequest,
    AnswerChannel,
    ConditionCheck,
    Operation,
    Origin,
    RequestLine,
    Standing,
    State,
)
from webapps.models.reviews import Campaign, Decision, ReviewItem, ReviewPart

__all__ = [
    "ENDING",
    "GRANTING",
    "AccessRequest",
    "AnswerChannel",
    "AppRole",
    "Application",
    "Authority",
    "Campaign",
    "Condition",
    "ConditionCheck",
    "Decision",
    "Difference",
    "DifferenceKind",
    "Operation",
    "Origin",
    "Reconciliation",
    "RequestLine",
    "ReviewItem",
    "ReviewPart",
    "Settlement",
    "Standing",
    "State",
]
