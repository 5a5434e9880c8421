"""5.3.3 over the API: the register of certificates and requests for many, as far as the key's user may see and do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from ebys.models import Scope, ServiceAccount
from esignature.models import Request
from processes.models import Channel
from tests.accounts.people import employee, institution, person
from tests.ebys.api.calling import Caller, key_of
from tests.esignature.conftest import Team
from tests.esignature.making import certificate, received


def caller(user: User, *scopes: str) -> Caller:
    account, _made = ServiceAccount.objects.get_or_create(acts_as=user, defaults={"name": user.username})
    return Caller(key_of(account, list(scopes) or [Scope.CASES_READ])[1])


def test_certificates_come_in_order_of_their_end(team: Team) -> None:
    far, near = certificate(team.holder, days=300), certificate(days=10)
    told = caller(team.officer).get("certificates/").json()["results"]
    assert [one["id"] for one in told] == [near.pk, far.pk]
    assert set(told[1]) == {
        *("id", "kind", "standing", "serial", "carrier", "holder", "registry_no", "institution"),
        *("produced_on", "delivered_on", "valid_from", "valid_until", "ended_on", "request"),
    }
    assert (told[1]["holder"], told[1]["standing"]) == (team.holder.full_name, "active")


def test_the_list_is_narrowed(team: Team) -> None:
    near, _over = certificate(days=10), certificate(days=-1)
    certificate(kind="mobile", days=300)
    program, today = caller(team.officer), timezone.localdate()
    valid = program.get(f"certificates/?valid_on={today}&kind=esign").json()["results"]
    ending = program.get(f"certificates/?ends_until={today + timedelta(days=30)}").json()["results"]
    assert [one["id"] for one in valid] == [near.pk]
    assert near.pk in {one["id"] for one in ending}
    for wrong in ("kind=x", "valid_on=dün", "unknown=1"):
        assert program.get(f"certificates/?{wrong}").status_code == 400


def test_a_key_sees_what_its_user_may(team: Team) -> None:
    own, other = certificate(team.holder), certificate(employee())
    head = person(Role.REQUESTING_UNIT_HEAD, username="head", institution=team.hospital)
    program = caller(head)
    assert [one["id"] for one in program.get("certificates/").json()["results"]] == [own.pk]
    assert program.get(f"certificates/{own.pk}/").json()["serial"] == own.serial
    assert program.get(f"certificates/{other.pk}/").status_code == 404


def test_a_key_without_the_scope_is_refused_and_nothing_is_written(team: Team) -> None:
    one = certificate(team.holder)
    assert caller(team.officer, Scope.INCOMING_READ).get("certificates/").status_code == 403
    assert caller(team.officer).post(f"certificates/{one.pk}/", {}).status_code == 405


def test_requests_are_previewed_and_opened_for_many(team: Team) -> None:
    other = employee(team.hospital)
    certificate(other, days=-5)
    sent = {"kind": "esign", "registry_numbers": [team.holder.registry_no, other.registry_no]}
    program = caller(team.officer, Scope.CASES_WRITE)

    preview = program.post("signature-requests/", sent | {"preview": True})
    assert (preview.status_code, Request.objects.count()) == (200, 0)
    told = {one["registry_no"]: (one["reason"], one["refusal"], one["number"]) for one in preview.json()}
    assert told == {team.holder.registry_no: ("first", "", ""), other.registry_no: ("renewal", "", "")}

    answer = program.post("signature-requests/", sent)
    assert answer.status_code == 201
    assert {one["number"] for one in answer.json()} == set(Request.objects.values_list("number", flat=True))
    assert set(Request.objects.values_list("channel", flat=True)) == {Channel.API}

    again = program.post("signature-requests/", sent)
    assert (again.status_code, Request.objects.count()) == (409, 2)
    why = program.post("signature-requests/", sent | {"preview": True}).json()
    assert all(one["refusal"] for one in why)


def test_one_that_cannot_be_opened_lets_none_be(team: Team) -> None:
    busy = employee(team.hospital)
    received(team.officer, busy)
    sent = {"kind": "esign", "registry_numbers": [team.holder.registry_no, busy.registry_no]}
    assert caller(team.officer, Scope.CASES_WRITE).post("signature-requests/", sent).status_code == 409
    assert not Request.objects.filter(holder=team.holder).exists()


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"kind": "x", "registry_numbers": ["S1"]}, "kind"),
        ({"kind": "esign", "registry_numbers": ["YOK"]}, "registry_numbers"),
        ({"kind": "esign", "registry_numbers": []}, "registry_numbers"),
        ({"kind": "esign", "registry_numbers": "S1"}, "registry_numbers"),
        ({"kind": "esign", "registry_numbers": ["S1"], "preview": "yes"}, "preview"),
        ({"kind": "esign", "registry_numbers": ["S1"], "reason": "lost"}, "reason"),
    ],
)
def test_what_cannot_be_asked_is_told_by_field(team: Team, sent: dict[str, object], field: str) -> None:
    answer = caller(team.officer, Scope.CASES_WRITE).post("signature-requests/", sent)
    assert answer.status_code == 422
    assert field in answer.json()["errors"]


def test_a_program_asks_only_for_whom_its_user_may(team: Team) -> None:
    stranger = employee(institution())
    head = person(Role.REQUESTING_UNIT_HEAD, username="head", institution=team.hospital)
    program = caller(head, Scope.CASES_WRITE)
    for number, status in ((stranger.registry_no, 422), (team.holder.registry_no, 201)):
        sent = {"kind": "esign", "registry_numbers": [number]}
        assert program.post("signature-requests/", sent).status_code == status
    reader = caller(team.officer, Scope.CASES_READ)
    assert (
        reader.post("signature-requests/", {"kind": "esign", "registry_numbers": ["S1"]}).status_code == 403
    )
