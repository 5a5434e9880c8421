"""The API is asked, over HTTP, everything its description allows and much that it does not.

No answer is a failure of ours, and every answer is one the description names: status, kind of content and shape.
"""

from __future__ import annotations

from typing import Any

import hypothesis
import pytest
import schemathesis
import yaml
from django.conf import settings as base
from hypothesis import strategies
from requests import Session
from schemathesis import GenerationMode
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks

from accounts.roles import Role
from ebys.models import OutgoingState
from esignature.models import Batch
from security_docs.models import Reading, Version
from tests.accounts.people import person
from tests.ebys import letters
from tests.ebys.api.calling import account, committed, key_of
from tests.esignature.making import certificate
from tests.incidents.walking import secured, silenced
from tests.security_docs import recipes as security_docs
from tests.webapps import recipes as webapps

EXAMPLES = {"unit": 15, "requester": 5}  # for each operation and each mode
WHO = {
    "unit": (Role.UNIT_HEAD, Role.HIS_LEAD, Role.IT_LEAD, Role.IT_OFFICER),
    "requester": (Role.REQUESTING_STAFF,),
}
DESCRIBED = schemathesis.openapi.from_dict(
    yaml.safe_load((base.BASE_DIR / "docs" / "openapi.yaml").read_text(encoding="utf-8"))
)
ALL: Any = DESCRIBED.get_all_operations()
OPERATIONS = [found.ok() for found in ALL]
CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
WITHOUT_LIMIT = {"api-read": "1000000/min", "api-write": "1000000/min"}
ONCE = {"api-read": "1/min", "api-write": "1/min"}


@pytest.fixture
def known(transactional_db: None) -> dict[str, Any]:
    """Records that exist, so that not everything asked for is answered with 404."""
    ticket = committed(letters.ticket)
    piece = committed(secured)
    return {
        **committed(security_docs.all_over_the_api),
        **committed(webapps.all_over_the_api),
        "silences": {"number": piece.breach.number, "id": committed(lambda: silenced(piece.breach)).pk},
        "breaches": {"number": piece.breach.number, "id": piece.pk},
        "cases": {"number": ticket.number},
        "certificates": {"id": committed(certificate).pk},
        "signature-batches": {"id": committed(lambda: Batch.objects.create(made_by=person(Role.IT_LEAD))).pk},
        "incoming-letters": {"id": committed(letters.incoming).pk},
        "outgoing-letters": {"id": committed(lambda: letters.outgoing_letter(OutgoingState.HANDED)).pk},
    }


def run(
    operation: Any,
    mode: GenerationMode,
    session: Session,
    address: str,
    key: str,
    known: dict[str, Any],
    statuses: set[int],
    examples: int,
) -> list[str]:
    """Ask one operation its share of questions; what was wrong with an answer, each kind once."""
    found: dict[str, str] = {}
    existing: dict[str, Any] = next(
        (row for topic, row in known.items() if f"/{topic}/" in operation.path), {}
    )

    @hypothesis.settings(
        max_examples=examples,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode), real=strategies.booleans())
    def ask(case: Any, real: bool) -> None:
        if real:
            case.path_parameters |= {
                name: existing[name] for name in case.path_parameters if name in existing
            }
        answer = case.call(address, session, headers={"Authorization": f"Bearer {key}"}, timeout=30)
        statuses.add(answer.status_code)
        try:
            case.validate_response(answer, checks=CHECKS)
        except FailureGroup as group:
            for failure in group.exceptions:
                found.setdefault(
                    f"{operation.label} {answer.status_code}: {failure.title}",
                    f"{failure} {answer.request.method} {answer.request.url} {answer.request.body!r:.300} {answer.text[:300]}",
                )

    ask()
    return [f"{what}\n{how}" for what, how in found.items()]


@pytest.mark.parametrize("who", ["unit", "requester"])
def test_every_answer_of_the_api_is_a_described_one(
    who: str, known: dict[str, Any], live_server: Any, settings: Any
) -> None:
    """Asked by somebody who may nearly everything, and by a requester, who is refused most of it."""
    settings.REST_FRAMEWORK = base.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": WITHOUT_LIMIT}
    owner = committed(lambda: account(*WHO[who]))
    key = committed(lambda: key_of(owner))[1]
    if who == "unit":
        version = Version.objects.get(document=known["security-documents"]["id"])
        reading = committed(lambda: Reading.objects.create(version=version, user=owner.acts_as))
        known["security-readings"] = {"id": reading.pk, "page": 1}
    complaints: list[str] = []
    statuses: dict[str, set[int]] = {operation.label: set() for operation in OPERATIONS}
    with Session() as session:  # one conversation: the server, too, keeps its connection to the database
        for operation in OPERATIONS:
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                complaints += run(
                    operation,
                    mode,
                    session,
                    live_server.url,
                    key,
                    known,
                    statuses[operation.label],
                    EXAMPLES[who],
                )
    assert not complaints, "\n\n".join(complaints)
    assert [label for label, seen in statuses.items() if 429 in seen] == []
    # The questions did reach the records: what can be read was read, and wrong questions were refused.
    if who == "unit":
        assert [
            label for label, seen in statuses.items() if label.startswith("GET ") and 200 not in seen
        ] == []
        assert [label for label, seen in statuses.items() if not seen & {400, 404, 415, 422}] == []
    else:
        for closed in ("breach-alerts", "breach-follow-ups", "breach-plan"):
            assert statuses[f"GET /api/v1/{closed}/"] <= {401, 403}, closed
        assert not {200, 201} & statuses["GET /api/v1/breaches/{number}/"]
        assert 200 in statuses["GET /api/v1/cases/"]


def test_whoever_asks_too_often_reads_so_in_the_words_of_the_description(
    known: dict[str, Any], live_server: Any, settings: Any
) -> None:
    """With the limits on, every operation answers the second question with a 429 that stands in the description."""
    settings.REST_FRAMEWORK = base.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": ONCE}
    undescribed = [
        operation.label for operation in OPERATIONS if "429" not in operation.definition.raw["responses"]
    ]
    assert undescribed == []
    key = committed(lambda: key_of(account(Role.REQUESTING_STAFF)))[1]
    listed = DESCRIBED["/api/v1/cases/"]["GET"]
    answers = [
        listed.Case().call(base_url=live_server.url, headers={"Authorization": f"Bearer {key}"}, timeout=30)
        for _time in range(2)
    ]
    assert [answer.status_code for answer in answers] == [200, 429]
    listed.Case().validate_response(answers[1], checks=CHECKS)
    assert int(answers[1].headers["retry-after"][0]) > 0
