"""Applications and authorities over the API."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from ebys.models import ServiceAccount
from tests.accounts.people import employee
from tests.ebys.api.calling import Caller, key_of
from tests.webapps.conftest import Team


def program_of(user: User) -> Caller:
    """A program that acts as this person."""
    account, _made = ServiceAccount.objects.get_or_create(acts_as=user, defaults={"name": user.username})
    return Caller(key_of(account)[1])


def test_applications_come_with_their_roles(team: Team) -> None:
    answer = program_of(team.officer).get("web-applications/")

    (row,) = answer.json()["results"]
    assert (row["code"], [role["code"] for role in row["roles"]]) == ("TST", ["KONTROL", "RAPOR"])


def test_authorities_are_those_of_a_day_and_of_what_one_may_see(team: Team) -> None:
    here, there = team.staff(), employee(team.other)
    team.grant(here, there, now=timezone.now() - timedelta(days=3))
    early = (timezone.localdate() - timedelta(days=9)).isoformat()

    def numbers(user: User, query: str = "") -> list[str]:
        rows = program_of(user).get(f"web-application-authorities/{query}").json()["results"]
        return [row["registry_no"] for row in rows]

    assert numbers(team.officer) == [here.registry_no, there.registry_no]
    assert numbers(team.head) == [here.registry_no]
    assert numbers(team.officer, f"?on={early}") == []
    assert numbers(team.officer, "?application=YOK") == []
    assert program_of(team.officer).get("web-application-authorities/?on=dün").status_code == 400
