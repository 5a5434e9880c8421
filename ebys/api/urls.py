"""The addresses of the API, below /api/v1/."""

from __future__ import annotations

from django.urls import path, register_converter
from django.urls.converters import StringConverter

from ebys.api.views.cases import CaseDetail, Cases, CaseStep, CaseSteps
from ebys.api.views.incoming import IncomingLetterDetail, IncomingLetters
from ebys.api.views.outgoing import (
    OutgoingCollection,
    OutgoingLetterDetail,
    OutgoingLetters,
    OutgoingPackage,
    OutgoingPdf,
    OutgoingRegistration,
    OutgoingRejection,
)

app_name = "api"


class CaseNumber(StringConverter):
    """A case's number with its slashes: 5.3.6/2026/000123."""

    regex = r"[0-9]{1,2}(?:\.[0-9]{1,2}){1,4}/[0-9]{4}/[0-9]{1,9}"


class LetterKey(StringConverter):
    """The number of a row, never larger than the database holds."""

    regex = "[0-9]{1,18}"

    def to_python(self, value: str) -> int:  # type: ignore[override]  # a path converter may turn text into a number
        return int(value)


register_converter(CaseNumber, "api_case")
register_converter(LetterKey, "api_letter")

LETTER = "outgoing-letters/<api_letter:pk>/"
CASE = "cases/<api_case:number>/"

urlpatterns = [
    path("incoming-letters/", IncomingLetters.as_view(), name="incoming-letters"),
    path("incoming-letters/<api_letter:pk>/", IncomingLetterDetail.as_view(), name="incoming-letter"),
    path("outgoing-letters/", OutgoingLetters.as_view(), name="outgoing-letters"),
    path(LETTER, OutgoingLetterDetail.as_view(), name="outgoing-letter"),
    path(f"{LETTER}package/", OutgoingPackage.as_view(), name="outgoing-letter-package"),
    path(f"{LETTER}pdf/", OutgoingPdf.as_view(), name="outgoing-letter-pdf"),
    path(f"{LETTER}collection/", OutgoingCollection.as_view(), name="outgoing-letter-collection"),
    path(f"{LETTER}registration/", OutgoingRegistration.as_view(), name="outgoing-letter-registration"),
    path(f"{LETTER}rejection/", OutgoingRejection.as_view(), name="outgoing-letter-rejection"),
    path("cases/", Cases.as_view(), name="cases"),
    path(CASE, CaseDetail.as_view(), name="case"),
    path(f"{CASE}steps/", CaseSteps.as_view(), name="case-steps"),
    path(f"{CASE}steps/<slug:key>/", CaseStep.as_view(), name="case-step"),
]
