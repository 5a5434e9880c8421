"""Who has left: nothing more is asked for them, and what still stands in their name is named to those who end it."""

from __future__ import annotations

import pytest

from accounts.models import Employee
from accounts.services import staff
from ebys.models import OutgoingLetter
from esignature import batches, queries, workflow
from esignature.models import CertificateState, Request, State
from processes.errors import RuleBroken, WrongState
from processes.models import InboxItem
from tests.accounts.people import employee, signed_in_client
from tests.esignature.conftest import Team
from tests.esignature.making import certificate, received
from tests.esignature.test_batches import registered


@pytest.fixture
def gone(team: Team) -> Employee:
    """Somebody with a complete form on the desk, about to leave."""
    return employee(team.hospital)


def leave(who: Employee, team: Team) -> None:
    InboxItem.objects.all().delete()
    staff.leave(who, by=team.officer)


def test_the_form_of_a_leaver_goes_on_no_letter(team: Team, gone: Employee) -> None:
    request = received(team.officer, gone)
    leave(gone, team)

    assert not queries.waiting().filter(pk=request.pk).exists()
    with pytest.raises(WrongState, match="beklemiyor"):
        batches.collect([request.pk], by=team.lead, recipient=team.kamusm)
    with pytest.raises(RuleBroken, match="ayrılmış"):
        workflow.write_letter(Request.objects.get(pk=request.pk), by=team.lead, letter_number="1")
    assert not OutgoingLetter.objects.exists()
    workflow.withdraw(Request.objects.get(pk=request.pk), by=team.officer, withdraw_reason="Ayrıldı.")
    assert Request.objects.get(pk=request.pk).state == State.WITHDRAWN


def test_a_letter_registered_before_is_recorded_for_the_leaver_too(team: Team, gone: Employee) -> None:
    forms = [received(team.officer, gone), received(team.officer)]
    batch = batches.collect([form.pk for form in forms], by=team.lead, recipient=team.kamusm)
    leave(gone, team)

    registered(team, batch)

    assert set(Request.objects.filter(batch=batch).values_list("state", flat=True)) == {State.WRITTEN}


def test_the_unit_hears_of_open_requests_and_certificates(team: Team, gone: Employee) -> None:
    request = received(team.officer, gone, kind="mobile")
    live = certificate(gone, days=300)
    certificate(gone, days=-1, state=CertificateState.EXPIRED)
    certificate(gone, state=CertificateState.REVOKED)
    leave(gone, team)

    keepers = InboxItem.objects.filter(user=team.officer)
    assert list(keepers.exclude(case=None).values_list("case", flat=True)) == [request.pk]
    assert list(keepers.filter(case=None).values_list("path", flat=True)) == [live.get_absolute_url()]
    assert not InboxItem.objects.filter(user=team.applicant).exists()


def test_the_register_lists_what_leavers_still_hold(team: Team, gone: Employee) -> None:
    live, over = certificate(gone, days=300), certificate(gone, days=-1, kind="mobile")
    stays = certificate(employee(team.hospital), days=300)
    leave(gone, team)

    page = signed_in_client(team.officer).get("/e-signatures/", {"standing": "left"}).content.decode()

    assert live.serial in page
    assert over.serial not in page
    assert stays.serial not in page
