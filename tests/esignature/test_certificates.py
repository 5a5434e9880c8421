"""The certificate's own life: produced, delivered, active between its dates, ended."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from esignature import lifecycle, workflow
from esignature.models import Certificate, CertificateState, Reason
from processes.errors import NotPermitted, RuleBroken, WrongState
from processes.models import InboxItem
from tests.accounts.people import employee
from tests.esignature.conftest import Team
from tests.esignature.making import certificate, received

TODAY = timezone.localdate


def posted_certificate(team: Team, reason: str = Reason.FIRST) -> Certificate:
    request = received(team.officer, team.holder, reason=reason)
    request = workflow.write_letter(request, by=team.lead, letter_number="E-1-719-1")
    request = workflow.post(request, by=team.officer, parcel="RR1")
    return lifecycle.produced(request, by=team.officer)


def active(team: Team, made: Certificate, serial: str = "4a:3f 01") -> Certificate:
    delivered = lifecycle.deliver(made, by=team.officer)
    return lifecycle.activate(
        delivered,
        by=team.officer,
        serial=serial,
        carrier="Akıllı kart",
        valid_from=TODAY(),
        valid_until=TODAY() + timedelta(days=1095),
    )


def test_a_posted_request_becomes_an_active_certificate(team: Team) -> None:
    made = active(team, posted_certificate(team))

    assert (made.state, made.serial, made.holder, made.version) == (
        CertificateState.ACTIVE,
        "4A3F01",
        team.holder,
        3,
    )
    assert list(Certificate.objects.valid()) == [made]
    assert InboxItem.objects.filter(user=team.applicant, path=made.get_absolute_url()).count() == 2


def test_one_request_has_one_certificate(team: Team) -> None:
    made = posted_certificate(team)
    assert made.request is not None
    with pytest.raises(RuleBroken, match="zaten"):
        lifecycle.produced(made.request, by=team.officer)


def test_nothing_is_produced_before_the_post(team: Team) -> None:
    with pytest.raises(RuleBroken):
        lifecycle.produced(received(team.officer, team.holder), by=team.officer)


def test_the_certificate_before_ends_with_the_new_one(team: Team) -> None:
    old = certificate(team.holder, days=40)

    active(team, posted_certificate(team, reason=Reason.RENEWAL))

    old.refresh_from_db()
    assert (old.state, old.ended_on) == (CertificateState.REPLACED, TODAY())


def test_one_past_its_last_day_counts_as_expired_and_is_written_so(team: Team) -> None:
    old = certificate(team.holder, days=-1)
    assert (old.standing, old.days_left()) == (CertificateState.EXPIRED, None)
    assert not Certificate.objects.valid().exists()

    active(team, posted_certificate(team, reason=Reason.RENEWAL))

    old.refresh_from_db()
    assert (old.state, old.ended_on) == (CertificateState.EXPIRED, old.valid_until)


def test_an_undelivered_one_goes_back_and_out_again(team: Team) -> None:
    back = lifecycle.give_back(posted_certificate(team), by=team.officer, reason="Adreste bulunamadı.")
    assert (back.state, back.note) == (CertificateState.RETURNED, "Adreste bulunamadı.")
    assert lifecycle.deliver(back, by=team.officer).state == CertificateState.DELIVERED


def test_a_hold_is_lifted_and_a_revocation_is_for_good(team: Team) -> None:
    held = lifecycle.suspend(certificate(), by=team.officer, reason="Kart bulunamıyor.")
    again = lifecycle.resume(held, by=team.officer, reason="Bulundu.")
    gone = lifecycle.revoke(again, by=team.officer, reason="Çalındı.")

    assert (gone.state, gone.ended_on) == (CertificateState.REVOKED, TODAY())
    with pytest.raises(WrongState):
        lifecycle.resume(gone, by=team.officer, reason="Bulundu.")


def test_a_valid_one_does_not_expire(team: Team) -> None:
    with pytest.raises(RuleBroken, match="hâlâ geçerli"):
        lifecycle.expire(certificate(), by=team.officer)


def test_only_the_staff_keep_the_register(team: Team) -> None:
    with pytest.raises(NotPermitted):
        lifecycle.revoke(certificate(team.holder), by=team.applicant, reason="Kayıp")
    here = lifecycle.existing(
        holder=team.holder,
        kind="esign",
        serial="1",
        carrier="Kart",
        valid_from=TODAY(),
        valid_until=TODAY() + timedelta(days=1),
    )
    with pytest.raises(NotPermitted):
        lifecycle.enter_all([here], by=team.applicant)
    assert Certificate.objects.count() == 1


def test_the_dates_are_in_order(team: Team) -> None:
    made = lifecycle.deliver(posted_certificate(team), by=team.officer)
    with pytest.raises(RuleBroken) as refused:
        lifecycle.activate(
            made,
            by=team.officer,
            serial="1",
            carrier="Kart",
            valid_from=TODAY() + timedelta(days=2),
            valid_until=TODAY() + timedelta(days=1),
        )
    assert set(refused.value.fields) == {"valid_until"}
    with pytest.raises(RuleBroken):
        lifecycle.revoke(made, by=team.officer, reason="x", on=TODAY() + timedelta(days=1))


def test_a_serial_number_is_given_once_however_it_is_spelled(team: Team) -> None:
    certificate(serial="AB12")
    made = lifecycle.deliver(posted_certificate(team), by=team.officer)
    with pytest.raises(RuleBroken, match="seri numarası"):
        lifecycle.activate(
            made,
            by=team.officer,
            serial="ab:12",
            carrier="Kart",
            valid_from=TODAY(),
            valid_until=TODAY() + timedelta(days=9),
        )


def test_the_database_holds_one_live_certificate_of_a_kind(team: Team) -> None:
    holder = employee()
    certificate(holder)
    certificate(holder, kind="mobile")
    with pytest.raises(IntegrityError, match="certificate_one_live"), transaction.atomic():
        certificate(holder, state=CertificateState.SUSPENDED)
