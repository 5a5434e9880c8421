"""Letters of ours on their way through EBYS."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.models import Entry
from ebys import eyp
from ebys.models import OutgoingLetter, OutgoingState
from tests.ebys import letters
from tests.ebys.api.calling import caller

pytestmark = pytest.mark.django_db


def today() -> str:
    return timezone.localdate().isoformat()


def test_ready_letters_wait_in_order() -> None:
    first, second = (letters.outgoing_letter(OutgoingState.APPROVED) for _letter in range(2))
    letters.outgoing_letter(OutgoingState.DRAFT)
    letters.outgoing_letter(OutgoingState.HANDED)
    page = caller().get("outgoing-letters/").json()
    assert [letter["id"] for letter in page["results"]] == [first.pk, second.pk]
    [held] = caller().get("outgoing-letters/?state=handed").json()["results"]
    assert held["state"] == "handed"


def test_the_package_is_one_our_reader_accepts() -> None:
    letter = letters.outgoing_letter(OutgoingState.APPROVED)
    answer = caller().get(f"outgoing-letters/{letter.pk}/package/", Accept="application/eyazisma")
    package = eyp.read(answer.content)
    assert answer["Content-Type"] == "application/eyazisma"
    assert answer["Content-Disposition"] == f'attachment; filename="{str(letter.belge_id).upper()}.eyp"'
    assert (package.subject, package.is_draft, package.number) == (letter.subject, True, "")


def test_the_pdf_is_a_pdf_and_its_reading_is_told() -> None:
    letter = letters.outgoing_letter(OutgoingState.APPROVED)
    answer = caller().get(f"outgoing-letters/{letter.pk}/pdf/", Accept="application/pdf")
    assert answer.content.startswith(b"%PDF-")
    assert answer["Cache-Control"] == "no-store"
    assert Entry.objects.filter(event="downloaded", object_pk=str(letter.pk)).exists()


def test_collected_registered() -> None:
    letter = letters.outgoing_letter(OutgoingState.APPROVED)
    who = caller()
    read = who.get(f"outgoing-letters/{letter.pk}/")
    held = who.post(f"outgoing-letters/{letter.pk}/collection/", {}, If_Match=read["ETag"])
    assert (held.status_code, held.json()["state"]) == (200, "handed")
    answer = who.post(
        f"outgoing-letters/{letter.pk}/registration/",
        {"number": "E-12345678-705-1042", "date": today()},
        If_Match=held["ETag"],
    )
    assert (answer.status_code, answer.json()["state"]) == (200, "registered")
    assert (answer.json()["number"], answer.json()["date"]) == ("E-12345678-705-1042", today())
    stored = OutgoingLetter.objects.get(pk=letter.pk)
    assert (stored.official_number, stored.dated) == ("E-12345678-705-1042", timezone.localdate())


def test_a_letter_may_be_registered_at_once() -> None:
    letter = letters.outgoing_letter(OutgoingState.APPROVED)
    answer = caller().post(
        f"outgoing-letters/{letter.pk}/registration/", {"number": "E-1-705-1", "date": today()}
    )
    assert answer.json()["state"] == "registered"


@pytest.mark.parametrize("state", [OutgoingState.APPROVED, OutgoingState.HANDED])
def test_a_letter_is_sent_back_with_a_reason(state: str) -> None:
    letter = letters.outgoing_letter(state)
    answer = caller().post(f"outgoing-letters/{letter.pk}/rejection/", {"reason": "Muhatap yanlış"})
    assert (answer.json()["state"], answer.json()["return_reason"]) == ("returned", "Muhatap yanlış")


@pytest.mark.parametrize("state", [OutgoingState.DRAFT, OutgoingState.DISCARDED])
@pytest.mark.parametrize("path", ["", "package/", "pdf/"])
def test_what_is_still_on_the_desk_does_not_exist_for_ebys(state: str, path: str) -> None:
    letter = letters.outgoing_letter(state)
    assert caller().get(f"outgoing-letters/{letter.pk}/{path}").status_code == 404


@pytest.mark.parametrize(
    ("state", "path", "body"),
    [
        (OutgoingState.HANDED, "collection", {}),
        (OutgoingState.REGISTERED, "collection", {}),
        (OutgoingState.REGISTERED, "registration", {"number": "E-9-705-9", "date": "2026-11-02"}),
        (OutgoingState.RETURNED, "registration", {"number": "E-9-705-9", "date": "2026-11-02"}),
        (OutgoingState.REGISTERED, "rejection", {"reason": "x"}),
        (OutgoingState.RETURNED, "rejection", {"reason": "x"}),
    ],
)
def test_a_wrong_state_is_told(state: str, path: str, body: dict[str, Any]) -> None:
    letter = letters.outgoing_letter(state)
    answer = caller().post(f"outgoing-letters/{letter.pk}/{path}/", body)
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong-state")


@pytest.mark.parametrize("path", ["collection", "registration", "rejection"])
def test_an_old_version_is_refused(path: str) -> None:
    letter = letters.outgoing_letter(OutgoingState.APPROVED)
    body = {
        "collection": {},
        "registration": {"number": "E-9-705-9", "date": today()},
        "rejection": {"reason": "x"},
    }
    answer = caller().post(
        f"outgoing-letters/{letter.pk}/{path}/", body[path], If_Match=f'"{letter.version - 1}"'
    )
    assert (answer.status_code, answer.json()["code"]) == (412, "stale-version")
    assert OutgoingLetter.objects.get(pk=letter.pk).state == OutgoingState.APPROVED


@pytest.mark.parametrize("given", ['"x"', "1, 2", '"' + "9" * 40 + '"', '"1" "2"', "-1"])
def test_a_version_nobody_can_read_is_a_bad_request(given: str) -> None:
    letter = letters.outgoing_letter(OutgoingState.APPROVED)
    assert caller().post(f"outgoing-letters/{letter.pk}/collection/", {}, If_Match=given).status_code == 400


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "number"),
        ({"number": "E-1-705-1"}, "date"),
        ({"number": "", "date": "2026-11-01"}, "number"),
        ({"number": "x" * 101, "date": "2026-11-01"}, "number"),
        ({"number": "E-1-705-1", "date": "2026-02-30"}, "date"),
        ({"number": "E-1-705-1", "date": "0001-01-01"}, "date"),
        ({"number": {"a": 1}, "date": "2026-11-01"}, "number"),
        ({"number": "E-1-705-1", "date": "2026-11-01", "state": "registered"}, "state"),
        ([], "__all__"),
        ('"x"', "__all__"),
        (5, "__all__"),
    ],
    ids=str,
)
def test_a_registration_that_cannot_be_is_named(body: Any, field: str) -> None:
    letter = letters.outgoing_letter(OutgoingState.HANDED)
    answer = caller().post(f"outgoing-letters/{letter.pk}/registration/", body)
    assert answer.status_code == 422
    assert field in answer.json()["errors"]


def test_a_date_in_the_future_is_refused_by_the_rule_of_the_page() -> None:
    letter = letters.outgoing_letter(OutgoingState.HANDED)
    tomorrow = (timezone.localdate() + timedelta(days=1)).isoformat()
    answer = caller().post(
        f"outgoing-letters/{letter.pk}/registration/", {"number": "E-1-705-1", "date": tomorrow}
    )
    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["date"])


def test_a_number_given_twice_is_refused() -> None:
    who = caller()
    one, other = (letters.outgoing_letter(OutgoingState.HANDED) for _letter in range(2))
    body = {"number": "E-1-705-77", "date": today()}
    assert who.post(f"outgoing-letters/{one.pk}/registration/", body).status_code == 200
    answer = who.post(f"outgoing-letters/{other.pk}/registration/", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "rule-broken")
