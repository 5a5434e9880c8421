"""Finding cases by words, as Turkish is typed: with or without dots, in any case, by stem or by beginning."""

from __future__ import annotations

import re
from functools import reduce
from operator import or_

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Value

from processes.models import Case
from processes.turkish import fold, tr_lower

WORD = re.compile(r"[a-z0-9]+")


def index(case: Case, extra: str = "") -> None:
    """Set the search vector of a case about to be saved: subject, applicant, institution and the room's own words."""
    institution = case.applicant_institution.name if case.applicant_institution else ""
    text = " ".join((case.number, case.title, case.applicant_display, institution, extra))
    case.search = SearchVector(Value(tr_lower(text)), config="turkish") + SearchVector(
        Value(" ".join(WORD.findall(fold(text)))), config="simple"
    )


def query(text: str) -> SearchQuery | None:
    """Every word of `text` must be found, by its Turkish stem or as the beginning of a word; None for no words."""
    words = WORD.findall(fold(text))[:8]
    if not words:
        return None
    prefixes = SearchQuery(" & ".join(f"{word}:*" for word in words), config="simple", search_type="raw")
    stems = SearchQuery(tr_lower(text), config="turkish", search_type="plain")
    return reduce(or_, (prefixes, stems))
