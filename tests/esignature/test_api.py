"""5.3.3 over the API: the register of certificates and requests for many, as far as the key's user may see and do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from ebys.models import OutgoingLetter, Scope, ServiceAccount
from ebys.workflow import outgoing
from esignature import batches, workflow
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
        "corrected_at",
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


def test_a_certificate_moves_on_over_the_api_as_on_the_page(team: Team) -> None:
    form = workflow.write_letter(received(team.officer, team.holder), by=team.lead, letter_number="E-1")
    form = workflow.post(form, by=team.officer, parcel="RR1")
    program, today = caller(team.officer, Scope.CASES_READ, Scope.CASES_WRITE), str(timezone.localdate())

    made = program.post("certificates/", {"request": form.number, "on": today})
    assert (made.status_code, made.json()["request"]) == (201, form.number)
    again = program.post("certificates/", {"request": form.number, "on": today})
    assert again.status_code == 422
    place = f"certificates/{made.json()['id']}/acts/"
    keys = {one["key"] for one in program.get(place).json()["results"]}
    assert {"deliver_certificate", "activate_certificate", "revoke_certificate"} <= keys

    early = program.post(f"{place}activate_certificate/", active(today))
    delivered = program.post(f"{place}deliver_certificate/", {"on": today}, **{"If-Match": '"1"'})
    stale = program.post(f"{place}return_certificate/", {"on": today, "reason": "x"}, **{"If-Match": '"1"'})
    told = program.post(f"{place}activate_certificate/", active(today))

    assert (early.status_code, delivered.status_code, stale.status_code) == (409, 200, 412)
    assert (told.status_code, told.json()["standing"], told.json()["serial"]) == (200, "active", "4A01")
    secret = program.post(f"{place}suspend_certificate/", {"reason": "PIN: 4821"})
    assert secret.status_code == 422
    assert program.post(f"{place}replace_certificate/", {}).status_code == 404


def active(today: str) -> dict[str, str]:
    """What stands on a certificate."""
    until = timezone.localdate() + timedelta(days=900)
    return {"serial": "4A:01", "carrier": "Kart", "valid_from": today, "valid_until": str(until)}


def test_only_keepers_move_certificates_over_the_api(team: Team) -> None:
    one = certificate(team.holder)
    body = {"reason": "Kart kayboldu.", "on": str(timezone.localdate())}
    statuses = [
        caller(user, Scope.CASES_READ, Scope.CASES_WRITE)
        .post(f"certificates/{one.pk}/acts/revoke_certificate/", body)
        .status_code
        for user in (team.approver, team.applicant, team.officer)
    ]
    assert statuses == [403, 403, 200]


def test_a_batch_is_collected_registered_and_posted_over_the_api(team: Team) -> None:
    forms = [received(team.officer, institution=team.hospital) for _form in range(3)]
    lead = caller(team.lead, Scope.CASES_READ, Scope.CASES_WRITE)
    officer = caller(team.officer, Scope.CASES_READ, Scope.CASES_WRITE)
    body = {"requests": [one.number for one in forms], "recipient": str(team.kamusm.pk)}

    unknown = lead.post("signature-batches/", body | {"requests": ["5.3.3/2026/999999"]})
    made = lead.post("signature-batches/", body)
    assert (unknown.status_code, made.status_code) == (422, 201)
    assert lead.post("signature-batches/", body).status_code == 422
    place = f"signature-batches/{made.json()['id']}/"
    out = lead.post(f"{place}acts/take_out/", {"requests": [forms[0].number], "reason": "Vazgeçti."})
    assert (out.status_code, out.json()["form_count"]) == (200, 2)
    assert lead.post(f"{place}acts/post_batch/", {"parcel": "RR1"}).status_code == 403

    letter = outgoing.approve(OutgoingLetter.objects.get(), by=team.approver)
    outgoing.register(letter, by=team.approver, number="E-1", dated=timezone.localdate())
    assert officer.post(f"{place}acts/print_batch/", {}).status_code == 200
    told = officer.post(f"{place}acts/post_batch/", {"parcel": "RR533"}).json()

    assert (told["state"], told["letter_number"], told["parcel"]) == ("posted", "E-1", "RR533")
    assert {one["state"] for one in told["forms"]} == {"posted"}
    assert [one["id"] for one in lead.get("signature-batches/?state=posted").json()["results"]] == [
        told["id"]
    ]
    assert lead.get("signature-batches/?state=gone").status_code == 400
    assert lead.get(f"{place}acts/").json()["results"][0]["key"] == "register_batch"


def test_batches_are_the_units(team: Team) -> None:
    batch = batches.collect([received(team.officer).pk], by=team.lead, recipient=team.kamusm)
    stranger = caller(team.applicant, Scope.CASES_READ, Scope.CASES_WRITE)

    assert stranger.get("signature-batches/").status_code == 403
    assert stranger.get(f"signature-batches/{batch.pk}/").status_code == 403
    assert (
        stranger.post(f"signature-batches/{batch.pk}/acts/dissolve_batch/", {"reason": "x"}).status_code
        == 403
    )
    assert caller(team.lead).get("signature-batches/999999/").status_code == 404
