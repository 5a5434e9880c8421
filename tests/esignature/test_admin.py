"""The unit head keeps the check list; registers are there to look at."""

from __future__ import annotations

import pytest

from accounts.roles import Role
from esignature.models import CheckItem
from tests.accounts.people import person, signed_in_client
from tests.esignature.conftest import Team
from tests.esignature.making import certificate


@pytest.mark.parametrize("name", ["checkitem", "certificate", "batch"])
def test_the_unit_head_opens_every_list(team: Team, name: str) -> None:
    certificate(team.holder)
    head = signed_in_client(person(Role.UNIT_HEAD, username="head"))
    assert head.get(f"/admin/esignature/{name}/").status_code == 200
    assert head.get(f"/admin/esignature/{name}/?q=ab").status_code == 200


def test_nothing_is_removed_and_registers_are_not_changed(team: Team) -> None:
    one = certificate(team.holder)
    line = CheckItem.objects.earliest("pk")
    head = signed_in_client(person(Role.UNIT_HEAD, username="head"))
    assert head.post(f"/admin/esignature/checkitem/{line.pk}/delete/", {"post": "yes"}).status_code == 403
    assert head.get("/admin/esignature/certificate/add/").status_code == 403
    assert head.post(f"/admin/esignature/certificate/{one.pk}/change/", {"serial": "X"}).status_code == 403
