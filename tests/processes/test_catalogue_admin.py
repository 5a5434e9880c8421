"""The unit head's admin: editions signed there, leave entered there, nothing typed over and nothing deleted."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from accounts.roles import Role
from audit.queries import entries_of
from processes import approval, exchange
from processes.models import DayOff, Definition, Subprocess
from processes.services import definitions
from tests.accounts.people import person, signed_in_client
from tests.processes.sheets import load

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit_head():
    return person(Role.UNIT_HEAD)


@pytest.fixture
def client(unit_head):
    return signed_in_client(unit_head)


@pytest.fixture
def in_force() -> Definition:
    return load("5.3.6", "5.3.7")["5.3.6"]


@pytest.fixture
def draft(in_force) -> Definition:
    return definitions.copy(in_force, by=person(Role.HIS_LEAD), note="Süre değişti.")


def address(page: str, *args: object) -> str:
    return reverse(f"admin:processes_{page}", args=args)


@pytest.mark.parametrize("model", ["definition", "subprocess", "dayoff"])
def test_every_list_opens_for_the_unit_head_and_for_nobody_else(client, in_force, model):
    assert client.get(address(f"{model}_changelist")).status_code == 200
    assert signed_in_client(person(Role.IT_LEAD)).get(address(f"{model}_changelist")).status_code == 403


def test_an_edition_is_read_with_its_steps(client, in_force):
    response = client.get(address("definition_change", in_force.pk))

    text = response.content.decode()
    assert response.status_code == 200
    assert "Sorunun çözülmesi" in text
    assert "<textarea" not in text


def test_an_edition_is_neither_added_nor_deleted(client, in_force):
    assert client.get(address("definition_add")).status_code == 403
    assert client.post(address("definition_delete", in_force.pk), {"post": "yes"}).status_code == 403
    assert client.post(address("dayoff_delete", 1), {"post": "yes"}).status_code in (302, 403)


def test_posting_a_change_of_an_edition_changes_nothing(client, draft):
    client.post(address("definition_change", draft.pk), {"name": "Başka", "state": "approved"})

    draft.refresh_from_db()
    assert (draft.name, draft.state) == ("Müdürlük ve Bağlı Tesislerin Bilişim Altyapı İşlemleri", "draft")


def test_the_unit_head_approves_with_a_remark(client, draft, in_force, unit_head):
    approval.check(draft, by=person(Role.IT_LEAD))

    response = client.post(address("definition_approve", draft.pk), {"reason": "Uygundur."})

    draft.refresh_from_db()
    in_force.refresh_from_db()
    assert (response.status_code, draft.state, draft.approved_by, in_force.state) == (
        302,
        "approved",
        unit_head,
        "retired",
    )
    assert ("Uygundur.", unit_head) in [(entry.reason, entry.actor) for entry in entries_of(draft)]


def test_a_refused_signature_stands_above_the_form(client, draft):
    response = client.post(address("definition_approve", draft.pk), {"reason": "Uygundur."})

    draft.refresh_from_db()
    assert (response.status_code, draft.state) == (422, "draft")


def test_the_history_is_the_trail(client, draft):
    response = client.get(address("definition_history", draft.pk))

    assert response.status_code == 200
    assert [entry.event for entry in response.context["entries"]] == ["created"]


def test_chosen_editions_are_exported_as_one_file(client, in_force):
    chosen = list(Definition.objects.values_list("pk", flat=True))

    response = client.post(address("definition_changelist"), {"action": "export", "_selected_action": chosen})

    assert [edition.number for edition in exchange.read(response.content)] == ["5.3.6", "5.3.7"]


def test_two_editions_of_a_sub_process_are_not_exported_together(client, draft, in_force):
    response = client.post(
        address("definition_changelist"), {"action": "export", "_selected_action": [draft.pk, in_force.pk]}
    )

    assert response.status_code == 302


def test_the_file_plan_codes_are_changed_and_the_number_is_not(client, in_force):
    row = Subprocess.objects.get(number="5.3.6")

    client.post(
        address("subprocess_change", row.pk), {"number": "9.9.9", "code": "x", "sdp_codes": "704,705"}
    )

    row.refresh_from_db()
    assert (row.number, row.code, row.sdp_codes) == ("5.3.6", "helpdesk", ["704", "705"])


def test_a_day_entered_in_the_admin_leads_to_the_cases_it_moved(client):
    response = client.post(
        address("dayoff_add"), {"date": "2026-11-24", "kind": "administrative", "name": "İdari izin"}
    )

    assert response["Location"] == "/days-off/?year=2026"
    assert DayOff.objects.get(date=date(2026, 11, 24)).name == "İdari izin"
    assert client.get(response["Location"]).context["moved"]["count"] == 0


def test_a_holiday_is_declared_a_working_day_in_the_admin(client):
    row = DayOff.objects.create(
        date=date(2026, 10, 29), name="Cumhuriyet Bayramı", kind="public", is_official=True
    )

    response = client.post(address("dayoff_change", row.pk), {"kind": "worked", "name": row.name})

    row.refresh_from_db()
    assert (response.status_code, row.kind) == (302, "worked")


def test_a_step_is_not_an_own_page_of_the_admin(client, in_force):
    step = in_force.steps.first()

    assert client.get(f"/admin/processes/stepdefinition/{step.pk}/change/").status_code == 404
