"""Who has what, from when until when: derived from lines carried out, and asked at any past day."""

from __future__ import annotations

import io
from datetime import datetime, timedelta

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.roles import Role
from accounts.services import staff
from tests.accounts.people import employee, person, signed_in_client
from tests.webapps.conftest import Team
from webapps import workflow
from webapps.models import AccessRequest, Authority, Operation, Origin, RequestLine


def moment(days_ago: int) -> datetime:
    """That many days ago, at this hour."""
    return timezone.now() - timedelta(days=days_ago)


def test_a_role_carried_out_begins_and_its_removal_ends_it(team: Team) -> None:
    who = team.staff()
    team.grant(who, now=moment(20))
    team.carried_out(team.ask(team.entry(who, Operation.REMOVE), now=moment(10)), now=moment(10))

    authority = Authority.objects.get()
    assert (authority.since.date(), authority.until and authority.until.date()) == (
        moment(20).date(),
        moment(10).date(),
    )
    assert authority.ended_by_line is not None


def test_deactivating_ends_every_role_of_the_application(team: Team) -> None:
    who = team.staff()
    team.grant(who)
    team.grant(who, role=team.checked)

    team.carried_out(team.ask(team.entry(who, Operation.DEACTIVATE)))

    assert not Authority.objects.open().exists()


def test_asking_for_what_one_has_changes_nothing(team: Team) -> None:
    who = team.staff()
    team.grant(who)
    team.grant(who)

    assert Authority.objects.count() == 1


def test_one_role_is_never_held_twice_at_a_time(team: Team) -> None:
    team.grant(team.staff())
    authority = Authority.objects.get()
    authority.pk = None

    with pytest.raises(IntegrityError, match="authority_no_overlap"), transaction.atomic():
        authority.save(force_insert=True)


def test_an_authority_without_an_origin_is_refused(team: Team) -> None:
    who = team.staff()

    with pytest.raises(IntegrityError, match="authority_has_one_origin"), transaction.atomic():
        Authority.objects.create(
            employee=who,
            application=team.application,
            role=team.plain,
            institution=team.hospital,
            since=timezone.now(),
        )


def test_the_list_shows_any_past_day(team: Team) -> None:
    who = team.staff()
    team.grant(who, now=moment(40))
    team.carried_out(team.ask(team.entry(who, Operation.REMOVE), now=moment(20)), now=moment(20))
    client = signed_in_client(team.officer)

    def names_on(days_ago: int) -> bool:
        day = timezone.localdate() - timedelta(days=days_ago)
        return who.full_name in client.get("/access/", {"on": day.isoformat()}).content.decode()

    assert [names_on(days) for days in (41, 40, 30, 20, 19, 0)] == [False, True, True, True, False, False]


@pytest.mark.parametrize("wrong", ["on=abc", "on=", "application=999", "institution=zzzz"])
def test_a_filter_typed_wrong_leaves_the_list_of_its_day(team: Team, wrong: str) -> None:
    stays, gone = team.staff(), team.staff()
    team.grant(stays, gone, now=moment(40))
    team.carried_out(team.ask(team.entry(gone, Operation.REMOVE), now=moment(20)), now=moment(20))

    page = signed_in_client(team.officer).get(f"/access/?{wrong}")

    assert [row.employee for row in page.context["page"].rows] == [stays]


def test_the_list_is_narrowed_by_application_institution_and_person(team: Team) -> None:
    here, there = team.staff(), employee(team.other)
    team.grant(here, there)
    client = signed_in_client(team.officer)

    def found(**filters: int) -> list[bool]:
        page = client.get("/access/", filters).content.decode()
        return [f"/access/people/{who.pk}/" in page for who in (here, there)]

    assert found(application=team.application.pk) == [True, True]
    assert found(institution=team.other.pk) == [False, True]
    assert found(employee=here.pk) == [True, False]


def test_a_unit_head_sees_the_own_institution_alone(team: Team) -> None:
    here, there = team.staff(), employee(team.other)
    team.grant(here, there)
    client = signed_in_client(team.head)

    for address in ("/access/", f"/applications/{team.application.pk}/matrix/"):
        page = client.get(address).content.decode()
        assert (here.full_name in page, there.full_name in page) == (True, False), address
    assert client.get(f"/access/people/{there.pk}/").status_code == 404
    assert client.get("/access/", {"employee": there.pk}).content.decode().count(there.full_name) == 0


def test_the_old_unit_head_still_opens_the_page_of_who_moved_away(team: Team) -> None:
    who = team.staff()
    team.grant(who)
    staff.move(who, by=team.officer, institution=team.other)

    answer = signed_in_client(team.head).get(f"/access/people/{who.pk}/")

    assert answer.status_code == 200
    assert team.application.name in answer.content.decode()


def test_an_empty_list_tells_whether_a_filter_made_it_so(team: Team) -> None:
    browser = signed_in_client(team.lead)
    assert "Bugün kimsenin erişimi yok" in browser.get("/access/").content.decode()
    past = (timezone.localdate() - timedelta(days=9)).isoformat()
    assert "Bu süzgeçlere uyan kayıt yok" in browser.get(f"/access/?on={past}").content.decode()


def test_somebody_without_duties_sees_oneself(team: Team) -> None:
    user = person(Role.REQUESTING_STAFF, institution=team.hospital)
    own, colleague = team.staff(user=user), team.staff()
    team.grant(own, colleague)

    page = signed_in_client(user).get("/access/").content.decode()

    assert (own.full_name in page, colleague.full_name in page) == (True, False)


def test_the_matrix_is_had_as_a_spreadsheet(team: Team) -> None:
    who = team.staff()
    team.grant(who)
    team.grant(who, role=team.checked)

    answer = signed_in_client(team.officer).get(
        f"/applications/{team.application.pk}/matrix/", {"export": "xlsx"}
    )

    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(answer))).active
    head, row = list(sheet.iter_rows(values_only=True))
    assert head[3:] == ("Kontrol Sorumlusu", "Raporlayıcı")
    assert row[0] == who.full_name
    assert all(isinstance(cell, datetime) for cell in row[3:])


def test_the_matrix_is_had_as_a_print(team: Team) -> None:
    team.grant(team.staff())

    answer = signed_in_client(team.officer).get(
        f"/applications/{team.application.pk}/matrix/", {"export": "pdf"}
    )

    assert answer.content.startswith(b"%PDF")


@pytest.mark.parametrize("rows", [1, 30])
def test_lists_ask_the_same_number_of_questions(
    team: Team, rows: int, django_assert_max_num_queries: object
) -> None:
    team.grant(*(team.staff() for _ in range(rows)))
    client = signed_in_client(team.officer)
    for address in ("/access/", f"/applications/{team.application.pk}/matrix/", "/applications/"):
        client.get(address)
        with django_assert_max_num_queries(12):  # type: ignore[operator]  # session and frame included
            client.get(address)


def test_a_leaver_raises_one_request_for_everything(team: Team) -> None:
    who = team.staff()
    team.grant(who)
    team.grant(who, role=team.checked)

    staff.leave(who, by=team.officer)

    asked = AccessRequest.objects.get(origin=Origin.LEAVER)
    assert list(asked.lines.values_list("operation", "application")) == [
        (Operation.DEACTIVATE, team.application.pk)
    ]
    assert asked.applicant_institution == team.hospital
    team.carried_out(asked)
    assert not Authority.objects.open().exists()


def test_a_leaver_without_access_raises_nothing(team: Team) -> None:
    staff.leave(team.staff(), by=team.officer)

    assert not AccessRequest.objects.exists()


def test_a_mover_loses_what_was_granted_for_the_old_place_once(team: Team) -> None:
    who = team.staff()
    team.grant(who)

    who = staff.move(who, by=team.officer, institution=team.other)
    who = staff.move(who, by=team.officer, institution=team.hospital)
    staff.move(who, by=team.officer, institution=team.other)

    line = RequestLine.objects.get(request__origin=Origin.MOVER)
    assert (line.operation, line.role) == (Operation.REMOVE, team.plain)


def test_leaving_after_moving_asks_for_nothing_twice(team: Team) -> None:
    who = team.staff()
    team.grant(who)
    who = staff.move(who, by=team.officer, institution=team.other)

    staff.leave(who, by=team.officer)

    assert not AccessRequest.objects.filter(origin=Origin.LEAVER).exists()


def test_a_raised_request_is_withdrawn_by_nobody_outside(team: Team) -> None:
    who = team.staff()
    team.grant(who)
    staff.leave(who, by=team.officer)
    asked = AccessRequest.objects.get(origin=Origin.LEAVER)

    assert workflow.FLOW.refusal("withdraw", asked, team.outsider) is not None
