"""What stands on a certificate and was typed wrongly: put right with a reason while it counts, and reminders follow."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from audit.queries import entries_of
from ebys.models import Scope
from esignature import correcting, lifecycle, reminders
from esignature.models import Certificate, CertificateState, ExpiryNotice
from processes import outbox
from processes.errors import NotPermitted, RuleBroken, StaleVersion, WrongState
from processes.models import InboxItem
from tests.accounts.people import person, signed_in_client
from tests.esignature.conftest import Team
from tests.esignature.making import certificate
from tests.esignature.test_api import caller

TODAY = timezone.localdate
REASON = "Karttaki tarih yanlış okunmuş."


def in_days(days: int) -> date:
    return TODAY() + timedelta(days=days)


def corrected(one: Certificate, by: User, **changes: Any) -> Certificate:
    """The certificate with some of its data put right."""
    given: dict[str, Any] = {name: getattr(one, name) for name in correcting.WRITTEN}
    return correcting.correct(one, by=by, **given | {"reason": REASON} | changes)


def told() -> list[int]:
    return list(ExpiryNotice.objects.order_by("-window").values_list("window", flat=True))


def test_everything_that_stands_on_it_is_put_right_with_a_reason(team: Team) -> None:
    one = certificate(team.holder, days=60, serial="4A3F01")

    now = corrected(
        one,
        team.officer,
        serial="4b:3f 02",
        carrier="USB çubuk 7",
        valid_from=in_days(-5),
        valid_until=in_days(1000),
    )

    assert (now.state, now.version) == (CertificateState.ACTIVE, one.version + 1)
    assert (now.serial, now.carrier) == ("4B3F02", "USB çubuk 7")
    assert (now.valid_from, now.valid_until, now.days_left()) == (in_days(-5), in_days(1000), 1000)
    assert (now.corrected_by, now.correction) == (team.officer, REASON)
    assert now.corrected_at is not None
    assert InboxItem.objects.filter(user=team.applicant, path=one.get_absolute_url()).count() == 1


def test_the_trail_keeps_the_old_value_beside_the_new_one(team: Team) -> None:
    one = certificate(team.holder, days=60, serial="4A3F01")

    corrected(one, team.officer, serial="4A3F02", valid_until=in_days(61))

    entry = entries_of(one)[0]
    assert (entry.step, entry.reason, entry.actor) == ("correct_certificate", REASON, team.officer)
    assert entry.changes is not None
    assert entry.changes["serial"] == ["4A3F01", "4A3F02"]
    assert entry.changes["valid_until"] == [in_days(60).isoformat(), in_days(61).isoformat()]
    assert "carrier" not in entry.changes


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": "  "}, "reason"),
        ({"valid_until": date(2001, 1, 1)}, "valid_until"),
        ({"serial": "TAKEN"}, "serial"),
        ({"serial": ""}, ""),
        ({"carrier": " "}, ""),
        ({"carrier": "PIN: 4821"}, "carrier"),
        ({"carrier": "Kart 2", "reason": "parola: Kedi12"}, "correction"),
        ({}, ""),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_changes(
    team: Team, changes: dict[str, Any], field: str
) -> None:
    certificate(serial="TAKEN")
    one = certificate(team.holder, days=60)

    with pytest.raises(RuleBroken) as refused:
        corrected(one, team.officer, **changes)

    assert set(refused.value.fields) == ({field} if field else set())
    now = Certificate.objects.get(pk=one.pk)
    assert (now.version, now.serial, now.corrected_at) == (one.version, one.serial, None)


@pytest.mark.parametrize("state", [*CertificateState])
def test_it_is_corrected_only_while_it_counts_for_something(team: Team, state: str) -> None:
    one = certificate(team.holder, days=60, state=state, **_without_end(state))
    corrigible = (CertificateState.ACTIVE, CertificateState.SUSPENDED, CertificateState.EXPIRED)

    if state not in corrigible:
        with pytest.raises(WrongState):
            corrected(one, team.officer, carrier="Kart 2")
        return
    now = corrected(one, team.officer, carrier="Kart 2")

    stays = CertificateState.ACTIVE if state == CertificateState.EXPIRED else state
    assert (now.state, now.carrier) == (stays, "Kart 2")


def _without_end(state: str) -> dict[str, Any]:
    running = (CertificateState.PRODUCED, CertificateState.DELIVERED, CertificateState.RETURNED)
    return {"ended_on": None} if state in running else {}


def test_one_recorded_as_expired_by_a_wrong_day_is_active_again_if_it_is_still_valid(team: Team) -> None:
    one = lifecycle.expire(certificate(team.holder, days=-1), by=team.officer)

    still = corrected(one, team.officer, valid_until=in_days(-3))
    assert (still.state, still.ended_on) == (CertificateState.EXPIRED, in_days(-3))
    again = corrected(still, team.officer, valid_until=in_days(364))

    assert (again.state, again.ended_on) == (CertificateState.ACTIVE, None)
    assert list(Certificate.objects.valid()) == [again]


def test_one_that_was_succeeded_stays_as_it_is_recorded(team: Team) -> None:
    one = lifecycle.expire(certificate(team.holder, days=-1), by=team.officer)
    certificate(team.holder, days=900)

    with pytest.raises(RuleBroken, match="yerini"):
        corrected(one, team.officer, valid_until=in_days(364))

    assert Certificate.objects.get(pk=one.pk).state == CertificateState.EXPIRED


def test_only_who_keeps_the_register_corrects(team: Team) -> None:
    one = certificate(team.holder)
    for somebody in (team.applicant, person(Role.REQUESTING_UNIT_HEAD, institution=team.hospital)):
        with pytest.raises(NotPermitted):
            corrected(one, somebody, carrier="Kart 2")


def test_two_who_correct_at_once_are_told(team: Team) -> None:
    one = certificate(team.holder)
    corrected(one, team.officer, carrier="Kart 2", version=one.version)
    with pytest.raises(StaleVersion):
        corrected(one, team.lead, carrier="Kart 3", version=one.version)


def test_reminders_given_for_a_wrong_day_are_given_again_for_the_right_one(team: Team) -> None:
    one = certificate(team.holder, days=20)
    reminders.remind(timezone.now())
    assert told() == [30]

    one = corrected(one, team.officer, valid_until=in_days(200))
    assert told() == []
    reminders.remind(timezone.now())
    assert told() == []
    one = corrected(one, team.officer, valid_until=in_days(80))
    reminders.remind(timezone.now())
    assert told() == [90]
    one = corrected(one, team.officer, valid_until=in_days(79))
    reminders.remind(timezone.now())
    assert told() == [90]
    corrected(one, team.officer, valid_until=in_days(15))
    reminders.remind(timezone.now())

    assert told() == [90, 30]
    outbox.send_due(now=timezone.now())
    assert f"{in_days(15):%d.%m.%Y}" in mail.outbox[-1].body


def test_no_mail_goes_out_for_a_day_that_was_corrected_away(team: Team) -> None:
    one = certificate(team.holder, days=20)
    reminders.remind(timezone.now())

    corrected(one, team.officer, valid_until=in_days(500))

    assert outbox.send_due(now=timezone.now()).sent == 1
    assert mail.outbox == []


def test_the_window_of_renewal_follows(team: Team) -> None:
    one = certificate(team.holder, days=20)
    client = signed_in_client(team.officer)
    assert team.holder.full_name in client.get("/e-signatures/?standing=within90").content.decode()

    corrected(one, team.officer, valid_until=in_days(500))

    assert team.holder.full_name not in client.get("/e-signatures/?standing=within90").content.decode()


def test_the_page_shows_the_present_data_to_be_corrected_and_then_who_did_it(team: Team) -> None:
    one = certificate(team.holder, days=60)
    client = signed_in_client(team.officer)
    page = client.get(one.get_absolute_url()).content.decode()
    assert f'value="{one.serial}"' in page
    assert f'value="{in_days(60).isoformat()}"' in page
    given = {
        "serial": one.serial,
        "carrier": "Akıllı kart 9",
        "valid_from": one.valid_from.isoformat() if one.valid_from else "",
        "valid_until": in_days(90).isoformat(),
        "version": one.version,
    }
    address = f"{one.get_absolute_url()}correct_certificate/"

    refused: Any = client.post(address, given)
    assert (refused.status_code, "Akıllı kart 9" in refused.content.decode()) == (422, True)
    client.post(address, given | {"reason": REASON})

    for reader in (client, signed_in_client(team.applicant)):
        shown = reader.get(one.get_absolute_url()).content.decode()
        assert REASON in shown
        assert team.officer.full_name in shown
    denied: Any = signed_in_client(team.applicant).post(address, given | {"reason": REASON})
    assert denied.status_code == 403


def test_programs_correct_it_by_the_same_act(team: Team) -> None:
    one = certificate(team.holder, days=60)
    program = caller(team.officer, Scope.CASES_READ, Scope.CASES_WRITE)
    given = {
        "serial": one.serial,
        "carrier": "Akıllı kart 9",
        "valid_from": one.valid_from.isoformat() if one.valid_from else "",
        "valid_until": in_days(90).isoformat(),
    }
    act = f"certificates/{one.pk}/acts/correct_certificate/"

    assert program.post(act, given).status_code == 422
    done = program.post(act, given | {"reason": REASON})

    assert (done.status_code, done.json()["carrier"]) == (200, "Akıllı kart 9")
    assert done.json()["corrected_at"] is not None
    assert "correct_certificate" in {
        one["key"] for one in program.get(f"certificates/{one.pk}/acts/").json()["results"]
    }
