"""A step taken for many cases at once leaves what the same step leaves taken case by case."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.forms.models import model_to_dict
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import authority
from accounts.models import User
from accounts.roles import Role
from accounts.services import rights
from audit.models import Entry
from audit.queries import entries_of
from esignature import workflow
from esignature.models import Request, State
from processes.errors import NotFound, NotPermitted, WrongState
from processes.models import InboxItem, StepRun
from tests.accounts.people import employee, person
from tests.esignature.conftest import Team, team
from tests.esignature.making import received

__all__ = ["team"]

OWN = {"id", "case_ptr", "number", "holder", "applicant_name", "opened_at", "checked_at"}
Act = Callable[[Team, list[Request], datetime], Any]


def letter_by_letter(team: Team, forms: list[Request], now: datetime) -> None:
    for form in forms:
        workflow.write_letter(form, by=team.lead, letter_number="E-1", now=now)


def letters(team: Team, forms: list[Request], now: datetime) -> None:
    workflow.write_letters(forms, by=team.lead, letter_number="E-1", now=now)


def post_by_post(team: Team, forms: list[Request], now: datetime) -> None:
    for form in forms:
        workflow.post(form, by=team.officer, parcel="RR1", now=now)


def posts(team: Team, forms: list[Request], now: datetime) -> None:
    workflow.post_all(forms, by=team.officer, parcel="RR1", now=now)


def left_by(form: Request, now: datetime) -> dict[str, Any]:
    """Columns, the runs since it was let in and the newest entry of a form, without what is its own."""
    row = Request.objects.get(pk=form.pk)
    columns = {name: value for name, value in vars(row).items() if name.removesuffix("_id") not in OWN}
    runs = StepRun.objects.filter(case=form.pk).order_by("entered_at", "id")[1:]
    entry = entries_of(form)[0]
    told = ("event", "action", "changes", "step", "reason", "actor_id", "on_behalf_of_id", "object_repr")
    return {
        "columns": {
            name: value for name, value in columns.items() if not name.startswith("_") and name != "search"
        },
        "runs": [model_to_dict(run, exclude=("id", "case", "entered_at")) for run in runs],
        "entered": [run.entered_at == now for run in runs],
        "entry": {name: getattr(entry, name) for name in told}
        | {"object_repr": entry.object_repr == row.number},
        "entries": len(entries_of(form)),
    }


@pytest.mark.parametrize(
    ("one_by_one", "at_once", "begin"),
    [(letter_by_letter, letters, None), (post_by_post, posts, letter_by_letter)],
    ids=["write_letter", "post"],
)
def test_many_at_once_leave_what_each_leaves_alone(
    team: Team, one_by_one: Act, at_once: Act, begin: Act | None
) -> None:
    forms = [received(team.officer, institution=team.hospital) for _form in range(4)]
    if begin is not None:
        begin(team, forms, timezone.now())
    now = timezone.now()
    one_by_one(team, forms[:2], now)
    at_once(team, forms[2:], now)

    first, *others = [left_by(form, now) for form in forms]
    assert first["entry"]["changes"]
    assert others == [first, first, first]


def test_what_differs_is_written_as_it_differs(team: Team) -> None:
    old, new = (received(team.officer) for _form in range(2))
    workflow.check_form(old, by=team.officer, kind="mobile", checks=("x",))
    with workflow.FLOW.steps("check_form", [new, old], by=team.officer) as locked:
        assert locked == [new, old]
        for form in locked:
            form.description = f"Form {form.number}"

    for form, version in ((old, 3), (new, 2)):
        form.refresh_from_db()
        assert (form.description, form.version) == (f"Form {form.number}", version)
        assert (entries_of(form)[0].changes or {})["description"] == ["", f"Form {form.number}"]


def test_the_questions_asked_do_not_grow_with_the_cases(team: Team) -> None:
    def asked(count: int) -> tuple[int, int]:
        forms = [
            received(team.officer, employee(team.hospital, user=person(Role.REQUESTING_STAFF)))
            for _n in range(count)
        ]
        found = []
        for act in (letters, posts):
            with CaptureQueriesContext(connection) as queries:
                act(team, forms, timezone.now())
            found.append(len(queries))
        return found[0], found[1]

    asked(1)
    assert asked(2) == asked(30)


def test_each_applicant_is_told(team: Team) -> None:
    forms = [received(team.officer, team.holder), received(team.officer)]
    letters(team, forms, timezone.now())
    posts(team, forms, timezone.now())
    told = InboxItem.objects.filter(case__in=forms).values_list("user", "values__number")
    assert list(told) == [(team.applicant.pk, forms[0].number)]


def test_nothing_is_written_when_one_case_cannot_take_the_step(team: Team) -> None:
    forms = [received(team.officer) for _form in range(3)]
    workflow.return_form(forms[1], by=team.officer, return_reason="İmza eksik.")
    before = Entry.objects.count()

    with pytest.raises(WrongState, match=forms[1].number):
        letters(team, forms, timezone.now())

    assert set(Request.objects.values_list("state", flat=True)) == {State.RECEIVED, State.RETURNED}
    assert Entry.objects.count() == before
    with pytest.raises(NotPermitted):
        workflow.write_letters([forms[0]], by=team.officer, letter_number="E-1")


def test_a_case_that_is_gone_stops_all(team: Team) -> None:
    form = received(team.officer)
    with pytest.raises(NotFound):
        letters(team, [form, Request(pk=form.pk + 1_000_000)], timezone.now())
    assert Request.objects.get().state == State.RECEIVED


def test_an_entry_names_whom_a_deputy_stands_in_for(team: Team) -> None:
    deputy = person(Role.REQUESTING_STAFF, username="deputy", institution=team.lead.institution)
    today = timezone.localdate()
    head = person(Role.UNIT_HEAD)
    rights.delegate(
        team.lead, deputy, by=head, valid_from=today, valid_until=today, reason="İzin", role=Role.IT_LEAD
    )
    authority.forget(deputy)
    form = received(team.officer)

    workflow.write_letters([form], by=User.objects.get(pk=deputy.pk), letter_number="E-1")

    entry = entries_of(form)[0]
    assert (entry.actor, entry.on_behalf_of) == (deputy, team.lead)
    run = StepRun.objects.get(case=form.pk, step__key="write_letter")
    assert (run.ended_by, run.on_behalf_of) == (deputy, team.lead)


def test_a_broken_constraint_is_told_in_its_own_words(team: Team) -> None:
    form = received(team.officer)
    with (
        pytest.raises(Exception, match="sayısı ve tarihi birlikte"),
        transaction.atomic(),
        workflow.FLOW.steps("check_form", [form], by=team.officer) as locked,
    ):
        locked[0].letter_number = "E-1"
