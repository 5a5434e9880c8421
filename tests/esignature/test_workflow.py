"""What is special about each step of 5.3.3."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.roles import Role
from accounts.services import staff
from ebys.models import LetterTemplate
from ebys.services.drafting import RecipientEntry, draft_for
from ebys.workflow import outgoing
from esignature import queries, workflow
from esignature.models import CheckItem, Kind, Reason, State
from processes.errors import NotPermitted, RuleBroken
from processes.models import InboxItem, StepRunOutcome
from processes.services import files
from tests.accounts.people import employee, person
from tests.esignature.conftest import Team
from tests.esignature.making import certificate, received
from tests.processes.records import pdf


def test_a_form_goes_through_its_three_official_steps(team: Team) -> None:
    request = received(team.officer, team.holder)
    request = workflow.write_letter(request, by=team.lead, letter_number="E-70000001-719-1")
    request = workflow.post(request, by=team.officer, parcel="RR123456789TR")

    assert (request.state, request.closed_by, request.parcel) == (State.POSTED, team.officer, "RR123456789TR")
    taken = list(request.runs.order_by("entered_at", "id").values_list("step__number", "outcome"))
    assert taken == [("5.3.3.1", "done"), ("5.3.3.2", "done"), ("5.3.3.3", "done")]
    assert InboxItem.objects.filter(user=team.applicant, case=request.pk).exists()


def test_the_request_belongs_to_the_holder(team: Team) -> None:
    request = received(team.officer, team.holder)
    assert (request.applicant, request.applicant_institution, request.applicant_name) == (
        team.applicant,
        team.hospital,
        "",
    )
    stranger = employee(team.hospital)
    other = received(team.officer, stranger)
    assert (other.applicant, other.applicant_name) == (None, stranger.full_name)
    assert stranger.full_name not in other.title


def test_an_incomplete_form_is_not_written_for(team: Team) -> None:
    lines = queries.checks_for(Kind.ESIGN, Reason.FIRST)
    request = workflow.receive_form(by=team.officer, holder=team.holder, checks=lines[:-1])

    with pytest.raises(RuleBroken, match=lines[-1]):
        workflow.write_letter(request, by=team.lead, letter_number="E-1")


def test_a_form_nobody_looked_at_is_not_written_for(team: Team) -> None:
    request = workflow.receive_form(by=team.applicant, holder=team.holder)
    assert not request.is_complete
    with pytest.raises(RuleBroken):
        workflow.write_letter(request, by=team.lead, letter_number="E-1")

    lines = queries.checks_for(Kind.ESIGN, Reason.FIRST)
    seen = workflow.check_form(request, by=team.officer, checks=lines)
    assert (seen.is_complete, seen.checked_by, seen.state) == (True, team.officer, State.RECEIVED)


def test_a_request_by_letter_waits_until_its_holder_is_known(team: Team) -> None:
    request = workflow.receive_form(by=team.officer, title="E-imza", applicant_institution=team.hospital)
    with pytest.raises(RuleBroken, match="kimin için"):
        workflow.write_letter(request, by=team.lead, letter_number="E-1")

    known = workflow.check_form(request, by=team.officer, holder=team.holder)
    assert known.holder == team.holder


def test_the_check_list_is_the_provinces(team: Team) -> None:
    CheckItem.objects.filter(reason=Reason.FIRST).update(is_active=True)
    cache.clear()

    assert "Form iki nüshadır" in queries.checks_for(Kind.ESIGN, Reason.FIRST)
    assert "Form iki nüshadır" not in queries.checks_for(Kind.ESIGN, Reason.RENEWAL)


def test_where_the_province_asks_for_a_scan_the_letter_waits_for_it(team: Team) -> None:
    CheckItem.objects.filter(needs_file=True).update(is_active=True)
    cache.clear()
    request = received(team.officer, team.holder)

    with pytest.raises(RuleBroken, match="taranmış"):
        workflow.write_letter(request, by=team.lead, letter_number="E-1")

    scan = SimpleUploadedFile("form.pdf", pdf(), "application/pdf")
    files.attach(request, team.officer, scan)
    assert workflow.write_letter(request, by=team.lead, letter_number="E-1").state == State.WRITTEN


def test_a_returned_form_comes_back_under_its_number(team: Team) -> None:
    request = received(team.officer, team.holder)
    back = workflow.return_form(request, by=team.officer, return_reason="İmza eksik.")
    assert (back.state, back.returns, back.is_complete, back.is_open) == (State.RETURNED, 1, False, False)
    assert back.runs.get(step__key="write_letter").outcome == StepRunOutcome.LEFT

    again = workflow.receive_again(back, by=team.officer, checks=queries.checks_for(Kind.ESIGN, Reason.FIRST))
    assert (again.number, again.state, again.is_complete) == (request.number, State.RECEIVED, True)


def test_kamu_sm_sends_a_posted_form_back(team: Team) -> None:
    request = received(team.officer, team.holder)
    request = workflow.write_letter(request, by=team.lead, letter_number="E-1")
    request = workflow.post(request, by=team.officer, parcel="RR1")
    back = workflow.return_form(request, by=team.officer, return_reason="Nüfus kaydıyla uyuşmuyor.")

    again = workflow.receive_again(back, by=team.applicant)
    assert (again.state, again.letter_number, again.parcel, again.is_complete) == (
        State.RECEIVED,
        "",
        "",
        False,
    )


def test_two_requests_of_a_kind_are_one_too_many(team: Team) -> None:
    first = received(team.officer, team.holder)
    with pytest.raises(RuleBroken, match=first.number):
        received(team.officer, team.holder)
    assert received(team.officer, team.holder, kind=Kind.MOBILE).kind == Kind.MOBILE


def test_a_first_application_beside_a_valid_certificate_is_refused(team: Team) -> None:
    certificate(team.holder, days=200)
    with pytest.raises(RuleBroken, match="ilk başvuru değildir"):
        received(team.officer, team.holder)
    assert received(team.officer, team.holder, reason=Reason.LOST).reason == Reason.LOST


def test_nothing_is_asked_for_who_has_left(team: Team) -> None:
    gone = staff.leave(employee(team.hospital), by=team.officer)
    with pytest.raises(RuleBroken, match="ayrıldı"):
        received(team.officer, gone)


def test_a_renewal_online_skips_the_paper_with_its_reason(team: Team) -> None:
    certificate(team.holder, days=60)
    request = received(team.officer, team.holder, reason=Reason.RENEWAL, complete=False)

    done = workflow.renew_online(request, by=team.officer, online_reason="Portalda onaylandı.")

    assert (done.state, done.outcome, done.is_open) == (State.ONLINE, "Portalda onaylandı.", False)
    assert done.runs.get(step__key="write_letter").outcome == StepRunOutcome.LEFT


@pytest.mark.parametrize(
    ("days", "reason", "words"),
    [(91, Reason.RENEWAL, "90"), (-1, Reason.RENEWAL, "ıslak imzalı"), (60, Reason.LOST, "Yalnız yenileme")],
)
def test_online_is_for_renewals_in_the_last_three_months(
    team: Team, days: int, reason: str, words: str
) -> None:
    certificate(team.holder, days=days)
    request = received(team.officer, team.holder, reason=reason)
    with pytest.raises(RuleBroken, match=words):
        workflow.renew_online(request, by=team.officer, online_reason="Portal")


def test_who_is_no_staff_asks_for_themselves(team: Team) -> None:
    with pytest.raises(NotPermitted):
        workflow.receive_form(by=team.applicant, holder=employee(team.hospital))


def test_the_head_of_an_institution_asks_for_its_staff(team: Team) -> None:
    head = person(Role.REQUESTING_UNIT_HEAD, username="head", institution=team.hospital)
    request = workflow.receive_form(by=head, holder=team.holder)
    assert workflow.withdraw(request, by=head, withdraw_reason="Vazgeçildi.").state == State.WITHDRAWN
    with pytest.raises(NotPermitted):
        workflow.receive_form(by=head, holder=employee())


def test_the_letter_of_a_single_form_takes_its_step(team: Team) -> None:
    request = received(team.officer, team.holder)
    template = LetterTemplate.objects.get(subprocess__number="5.3.3", step_key="write_letter")
    letter = draft_for(request, template, by=team.lead, recipients=[RecipientEntry(team.kamusm)])
    assert "e-imza talep formu (ilk başvuru)" in letter.body

    letter = outgoing.approve(letter, by=team.approver)
    outgoing.register(letter, by=team.approver, number="E-9", dated=timezone.localdate())

    request.refresh_from_db()
    assert (request.state, request.letter_number) == (State.WRITTEN, "E-9")


def test_nothing_is_posted_before_its_letter_or_on_a_day_to_come(team: Team) -> None:
    request = workflow.write_letter(received(team.officer, team.holder), by=team.lead, letter_number="E-1")
    today = timezone.localdate()
    for day in (today - timedelta(days=1), today + timedelta(days=1)):
        with pytest.raises(RuleBroken) as refused:
            workflow.post(request, by=team.officer, parcel="RR1", posted_on=day)
        assert set(refused.value.fields) == {"posted_on"}
