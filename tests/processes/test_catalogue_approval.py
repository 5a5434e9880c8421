"""An edition is prepared, checked and approved by three different people, and then stands still."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import Delegation
from accounts.roles import Role
from audit.context import signed_in
from audit.queries import entries_of
from helpdesk.models import Ticket
from helpdesk.workflow import FLOW
from processes import approval, exchange
from processes.errors import NotPermitted, RuleBroken, StaleVersion, WrongState
from processes.models import Definition, DefinitionState, StepDefinition
from processes.models.case import Channel
from processes.services import definitions
from tests.accounts.people import person
from tests.processes.sheets import load

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_english")]


@pytest.fixture
def his_lead():
    return person(Role.HIS_LEAD)


@pytest.fixture
def it_lead():
    return person(Role.IT_LEAD)


@pytest.fixture
def unit_head():
    return person(Role.UNIT_HEAD)


@pytest.fixture
def in_force() -> Definition:
    return load("5.3.6")["5.3.6"]


@pytest.fixture
def draft(in_force, his_lead) -> Definition:
    return definitions.copy(in_force, by=his_lead, note="Tedarik süresi uzatıldı.")


def steps_of(definition: Definition) -> tuple[exchange.StepText, ...]:
    return exchange.text_of(definition).steps


def test_copy_begins_the_next_edition_with_the_same_steps(in_force, his_lead):
    draft = definitions.copy(in_force, by=his_lead, note="Süreler değişecek.")

    assert (draft.edition, draft.state, draft.prepared_by, draft.change_note) == (
        2,
        "draft",
        his_lead,
        "Süreler değişecek.",
    )
    assert steps_of(draft) == steps_of(in_force)


def test_copy_needs_a_note(in_force, his_lead):
    with pytest.raises(RuleBroken, match="Write what changes"):
        definitions.copy(in_force, by=his_lead, note=" ")


def test_copy_is_refused_while_another_edition_is_in_preparation(draft, it_lead):
    with pytest.raises(WrongState, match=r"Edition 2 of 5\.3\.6"):
        definitions.copy(draft, by=it_lead, note="Bir tane daha.")


@pytest.mark.parametrize(
    "role", [Role.HIS_OFFICER, Role.IT_OFFICER, Role.REQUESTING_STAFF, Role.REQUESTING_UNIT_HEAD]
)
def test_copy_is_refused_to_everybody_but_the_leads_and_the_unit_head(in_force, role):
    with pytest.raises(NotPermitted):
        definitions.copy(in_force, by=person(role), note="Denendi.")


def test_change_keeps_the_row_of_a_step_and_tells_what_changed(draft, his_lead):
    steps = [replace(step, days=4) if step.key == "supply" else step for step in steps_of(draft)]
    row = draft.steps.get(key="supply")

    definitions.change(draft, by=his_lead, steps=steps)

    row.refresh_from_db()
    assert row.planned_days == 4
    changes = entries_of(row)[0].changes or {}
    assert changes["planned_days"] == [2, 4]


def test_change_puts_the_steps_in_their_new_order(draft, his_lead):
    steps = steps_of(draft)

    definitions.change(draft, by=his_lead, steps=(*steps[1:], steps[0]))

    assert [step.key for step in steps_of(draft)] == [
        "assess",
        "plan",
        "supply",
        "assign",
        "solve",
        "inform",
        "report",
    ]


def test_change_is_the_preparers_alone(draft, it_lead, his_lead):
    with pytest.raises(NotPermitted, match=his_lead.get_full_name()):
        definitions.change(draft, by=it_lead, values={"name": "Başka"})


def test_change_refuses_a_name_that_ends_otherwise(draft, his_lead):
    steps = [replace(step, name="Sorun çözülür") if step.key == "solve" else step for step in steps_of(draft)]

    with pytest.raises(RuleBroken, match="-mesi or -ması"):
        definitions.change(draft, by=his_lead, steps=steps)


def test_change_refuses_a_number_of_another_sub_process(draft, his_lead):
    steps = [replace(step, number="5.3.7.6") if step.key == "solve" else step for step in steps_of(draft)]

    with pytest.raises(RuleBroken, match=r"5\.3\.6 plus one more part"):
        definitions.change(draft, by=his_lead, steps=steps)


def test_change_refuses_a_version_somebody_changed_meanwhile(draft, his_lead):
    definitions.change(draft, by=his_lead, values={"purpose": "Yeni amaç."}, version=1)

    with pytest.raises(StaleVersion):
        definitions.change(draft, by=his_lead, values={"purpose": "Eski sayfadan."}, version=1)


def test_the_three_signatures_put_an_edition_in_force_and_retire_the_former(
    in_force, draft, his_lead, it_lead, unit_head
):
    approval.check(draft, by=it_lead)
    with signed_in(unit_head):
        approval.approve(draft, by=unit_head)

    in_force.refresh_from_db()
    draft.refresh_from_db()
    assert (in_force.state, draft.state) == (DefinitionState.RETIRED, DefinitionState.APPROVED)
    assert (draft.prepared_by, draft.checked_by, draft.approved_by) == (his_lead, it_lead, unit_head)
    assert None not in (draft.prepared_at, draft.checked_at, draft.approved_at)
    assert [(entry.step, entry.actor) for entry in entries_of(draft)[:1]] == [("approve", unit_head)]


def test_the_preparer_does_not_check(draft, his_lead):
    with pytest.raises(NotPermitted, match="You prepared this edition"):
        approval.check(draft, by=his_lead)


def test_the_preparers_deputy_does_not_check_in_their_name(draft, his_lead):
    deputy = person(Role.REQUESTING_STAFF)
    lend(his_lead, deputy)

    with pytest.raises(NotPermitted, match="You prepared this edition"):
        approval.check(draft, by=deputy)


def test_the_unit_head_who_checked_does_not_approve(draft, unit_head):
    approval.check(draft, by=unit_head)

    with pytest.raises(NotPermitted, match="a third person"):
        approval.approve(draft, by=unit_head)


@pytest.mark.parametrize("role", [Role.HIS_LEAD, Role.IT_LEAD, Role.HIS_OFFICER, Role.IT_OFFICER])
def test_only_the_unit_head_approves(draft, it_lead, role):
    approval.check(draft, by=it_lead)

    with pytest.raises(NotPermitted):
        approval.approve(draft, by=person(role))


def test_a_draft_is_not_approved_unchecked(draft, unit_head):
    with pytest.raises(WrongState):
        approval.approve(draft, by=unit_head)


def test_checking_refuses_a_gap_in_the_numbers(draft, his_lead, it_lead):
    steps = [replace(step, number="5.3.6.8") if step.key == "inform" else step for step in steps_of(draft)]
    definitions.change(draft, by=his_lead, steps=steps)

    with pytest.raises(RuleBroken, match=r"5\.3\.6\.6 was expected"):
        approval.check(draft, by=it_lead)


def test_checking_refuses_a_process_of_another_number(draft, his_lead, it_lead):
    definitions.change(draft, by=his_lead, values={"process": "5.4 Sağlık Bilgi Sistemleri"})

    with pytest.raises(RuleBroken, match=r"must begin with the number 5\.3\."):
        approval.check(draft, by=it_lead)


def test_send_back_gives_the_edition_to_its_preparer_again(draft, his_lead, it_lead, unit_head):
    approval.check(draft, by=it_lead)

    approval.send_back(draft, by=unit_head, reason="Süre tabloya uymuyor.")

    draft.refresh_from_db()
    assert (draft.state, draft.checked_by, draft.checked_at) == ("draft", None, None)
    definitions.change(draft, by=his_lead, values={"period": "Her gün"})


def test_send_back_needs_a_reason(draft, it_lead, unit_head):
    approval.check(draft, by=it_lead)

    with pytest.raises(RuleBroken, match="Write the reason"):
        approval.send_back(draft, by=unit_head, reason="")


def test_withdraw_makes_room_for_another_draft(draft, in_force, his_lead, unit_head):
    approval.withdraw(draft, by=unit_head, reason="Gerek kalmadı.")

    assert definitions.copy(in_force, by=his_lead, note="Yeniden.").edition == 3


def test_adopting_is_refused_for_an_edition_somebody_here_prepared(draft):
    with pytest.raises(RuleBroken):
        approval.adopt(draft)


@pytest.mark.parametrize("state", ["checked", "approved", "retired"])
def test_the_database_refuses_to_change_a_signed_edition(draft, it_lead, unit_head, state):
    approval.check(draft, by=it_lead)
    if state != "checked":
        approval.approve(draft, by=unit_head)
    if state == "retired":
        Definition.objects.filter(pk=draft.pk).update(state="retired")

    with pytest.raises(IntegrityError), transaction.atomic():
        Definition.objects.filter(pk=draft.pk).update(name="Başka ad")
    with pytest.raises(IntegrityError), transaction.atomic():
        StepDefinition.objects.filter(definition=draft, key="solve").update(planned_days=9)
    with pytest.raises(IntegrityError), transaction.atomic():
        StepDefinition.objects.filter(definition=draft, key="solve").delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        StepDefinition.objects.create(
            definition=draft,
            position=9,
            number="5.3.6.7",
            key="x",
            name="Yapılması",
            short_name="x",
            roles=["it_lead"],
        )


def test_the_database_refuses_a_signature_to_be_exchanged(draft, it_lead, unit_head, his_lead):
    approval.check(draft, by=it_lead)
    approval.approve(draft, by=unit_head)

    with pytest.raises(IntegrityError), transaction.atomic():
        Definition.objects.filter(pk=draft.pk).update(checked_by=person(Role.HIS_LEAD))


def test_the_database_refuses_an_edition_that_skips_the_check(draft):
    with pytest.raises(IntegrityError), transaction.atomic():
        Definition.objects.filter(pk=draft.pk).update(state="approved")


def test_the_database_refuses_one_person_under_two_names(draft, his_lead):
    with pytest.raises(IntegrityError), transaction.atomic():
        Definition.objects.filter(pk=draft.pk).update(
            state="checked", checked_by=his_lead, checked_at=draft.prepared_at
        )


def lend(lender, deputy) -> None:
    Delegation.objects.create(
        from_user=lender,
        to_user=deputy,
        valid_from=timezone.localdate(),
        valid_until=timezone.localdate(),
        reason="İzin",
        given_by=lender,
    )


def test_a_running_case_keeps_the_edition_it_began_with(in_force, draft, his_lead, it_lead, unit_head):
    officer = person(Role.IT_OFFICER)
    running = FLOW.open(Ticket(title="Ağ çalışmıyor", channel=Channel.TELEPHONE), by=officer)
    steps = [
        replace(step, roles=(Role.HIS_OFFICER,)) if step.key == "assess" else step for step in steps_of(draft)
    ]
    definitions.change(draft, by=his_lead, steps=steps)
    approval.check(draft, by=it_lead)
    approval.approve(draft, by=unit_head)
    fresh = FLOW.open(Ticket(title="Yazıcı çalışmıyor", channel=Channel.TELEPHONE), by=officer)

    assert (running.definition_id, fresh.definition_id) == (in_force.pk, draft.pk)
    assert FLOW.refusal("assess", running, officer) is None
    assert isinstance(FLOW.refusal("assess", fresh, officer), NotPermitted)


def test_a_step_the_room_works_on_cannot_be_left_out(draft, his_lead, it_lead):
    definitions.change(draft, by=his_lead, steps=steps_of(draft)[:-1])

    with pytest.raises(RuleBroken, match="“inform” is worked on in this system"):
        approval.check(draft, by=it_lead)


def test_a_step_the_room_does_not_know_is_refused(draft, his_lead, it_lead):
    strange = replace(steps_of(draft)[-1], number="5.3.6.7", key="celebrate")
    definitions.change(draft, by=his_lead, steps=(*steps_of(draft), strange))

    with pytest.raises(RuleBroken, match="no work for a step with the code name “celebrate”"):
        approval.check(draft, by=it_lead)


def test_an_edition_in_force_is_not_approved_again(draft, it_lead):
    approval.check(draft, by=it_lead)
    approval.approve(draft, by=person(Role.UNIT_HEAD))

    with pytest.raises(WrongState):
        approval.approve(draft, by=person(Role.UNIT_HEAD))
