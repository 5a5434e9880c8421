"""The register of certificates over the API: read only, and only what the key's user may see."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from ebys.models import Scope, ServiceAccount
from tests.accounts.people import employee, person
from tests.ebys.api.calling import Caller, key_of
from tests.esignature.conftest import Team
from tests.esignature.making import certificate


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
