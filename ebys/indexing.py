"""The words by which letters are found."""

from __future__ import annotations

from django.contrib.postgres.search import SearchVector
from django.db.models import Value
from django.db.models.expressions import CombinedExpression

from ebys.models import IncomingLetter, OutgoingLetter
from processes.searching import WORD
from processes.turkish import fold, tr_lower


def index_incoming(letter: IncomingLetter) -> None:
    """Set the search vector of an incoming letter about to be saved."""
    references = " ".join(str(entry.get("text", "")) for entry in letter.references)
    letter.search = _vector(
        letter.subject,
        letter.official_number,
        letter.sender_display,
        letter.sender_name,
        letter.sdp_code,
        references,
    )


def index_outgoing(letter: OutgoingLetter) -> None:
    """Set the search vector of a letter of ours about to be saved."""
    letter.search = _vector(
        letter.subject, letter.official_number, letter.case.number, letter.case.title, letter.body
    )


def _vector(*texts: str) -> CombinedExpression:
    text = " ".join(texts)
    return SearchVector(Value(tr_lower(text)), config="turkish") + SearchVector(
        Value(" ".join(WORD.findall(fold(text)))), config="simple"
    )
