"""What another system means by its answer to a message: taken, or an error in the clothes of a success.

Gateways in front of an EBYS like to answer 200 and to write into the body that something failed, or to send the page of
an error or of a log-in. Such an answer is no acknowledgement: the message is sent again.
"""

from __future__ import annotations

import json
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from ebys.egress import Answer

PROBLEM = "application/problem+json"
ERRORS = ("error", "errors", "fault", "hata")  # fields and elements that speak of a failure
FAILED = frozenset({"error", "fail", "failed", "failure", "hata"})


def complaint(answer: Answer) -> str:
    """Why an answer is no acknowledgement, for the operator; empty when it is one. Nothing of its text is repeated."""
    told = f"Answered with {answer.status}"
    if not 200 <= answer.status < 300:
        return f"{told}."
    kind = answer.media_type
    if not answer.body.strip():
        return ""
    if kind == PROBLEM:
        return f"{told} and a problem."
    if kind == "application/json" or kind.endswith("+json"):
        return _of_json(told, answer.body)
    if kind in ("application/xml", "text/xml") or kind.endswith("+xml"):
        return _of_xml(told, answer.body)
    return f"{told} and a page for people." if kind == "text/html" else ""


def _of_json(told: str, body: bytes) -> str:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return f"{told} and JSON that cannot be read."
    return f"{told} and an error." if isinstance(content, dict) and _speaks_of_failure(content) else ""


def _speaks_of_failure(content: dict[str, Any]) -> bool:
    said = {name.lower(): value for name, value in content.items()}
    status = said.get("status")
    if isinstance(status, int) and not isinstance(status, bool):
        has_failed = status >= 400
    else:
        has_failed = isinstance(status, str) and status.lower() in FAILED
    return (
        has_failed
        or any(said.get(name) for name in ERRORS)
        or any(said.get(name) is False for name in ("success", "ok"))
    )


def _of_xml(told: str, body: bytes) -> str:
    try:
        root = fromstring(body, forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError):
        return f"{told} and XML that cannot be read."
    names = {str(element.tag).rpartition("}")[2].lower() for element in root.iter()}
    return f"{told} and an error." if not names.isdisjoint(ERRORS) else ""
