"""From which day an authority counts that a list brought into the register, and what that answers for past days."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import Employee
from audit.queries import entries_of
from processes.errors import RuleBroken
from processes.filters import start_of
from processes.models import TableImport
from tests.accounts.people import signed_in_client
from tests.webapps.conftest import Team
from tests.webapps.test_api import program_of
from webapps import reconciling
from webapps.models import Authority, Difference, DifferenceKind, Operation, Reconciliation, Settlement

HEAD = "Sicil No;Rol;Başlangıç Tarihi\n"
TODAY = timezone.localdate


def compared(team: Team, *rows: str) -> Reconciliation:
    """A comparison with these rows."""
    text = HEAD + "".join(f"{row}\n" for row in rows)
    return reconciling.compare(team.application, BytesIO(text.encode()), "liste.csv", by=team.officer).run


def accepted(team: Team, who: Employee, since: date | None = None) -> Authority:
    """The only authority the person has after the difference was accepted."""
    difference = Difference.objects.get(employee=who, settlement=Settlement.OPEN)
    reconciling.accept(difference, by=team.officer, reason="Yazısı bulundu.", since=since)
    return Authority.objects.get(employee=who, until__isnull=True)


def held_on(day: date) -> set[int]:
    """Who had access on a day."""
    return set(Authority.objects.on(day).values_list("employee", flat=True))


def ago(days: int) -> date:
    return TODAY() - timedelta(days=days)


def test_the_day_in_the_list_is_the_day_it_counts_from(team: Team) -> None:
    who = team.staff()
    compared(team, f"{who.registry_no};RAPOR;{ago(400):%d.%m.%Y}")

    authority = accepted(team, who)

    assert authority.since == start_of(ago(400))
    assert (held_on(ago(401)), held_on(ago(400)), held_on(ago(30))) == (set(), {who.pk}, {who.pk})
    (entry,) = entries_of(authority)
    assert entry.changes is not None
    assert entry.changes["since"].startswith(f"{start_of(ago(400)):%Y}")


def test_without_a_day_it_counts_from_the_day_of_the_comparison(team: Team) -> None:
    who = team.staff()
    run = compared(team, f"{who.registry_no};RAPOR;")
    Reconciliation.objects.filter(pk=run.pk).update(made_at=start_of(ago(3)) + timedelta(hours=9))

    assert accepted(team, who).since == start_of(ago(3))


def test_the_day_a_person_gives_goes_before_that_of_the_list(team: Team) -> None:
    who = team.staff()
    compared(team, f"{who.registry_no};RAPOR;{ago(400):%d.%m.%Y}")

    assert accepted(team, who, since=ago(20)).since == start_of(ago(20))


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1999, 12, 31), date(9999, 12, 31), "tomorrow"])
def test_a_day_that_cannot_be_is_refused(team: Team, day: Any) -> None:
    who = team.staff()
    run = compared(team, f"{who.registry_no};RAPOR;")
    day = TODAY() + timedelta(days=1) if day == "tomorrow" else day

    with pytest.raises(RuleBroken) as one:
        reconciling.accept(Difference.objects.get(), by=team.officer, reason="Var.", since=day)
    with pytest.raises(RuleBroken) as every:
        reconciling.accept_all(run, DifferenceKind.EXTRA, by=team.officer, reason="Var.", since=day)

    assert set(one.value.fields) == set(every.value.fields) == {"since"}
    assert not Authority.objects.exists()
    assert Difference.objects.get().settlement == Settlement.OPEN


def test_nothing_counts_from_before_the_person_came(team: Team) -> None:
    listed, typed, to_come = team.staff(), team.staff(), team.staff()
    Employee.objects.filter(pk__in=(listed.pk, typed.pk)).update(started_on=ago(100))
    Employee.objects.filter(pk=to_come.pk).update(started_on=TODAY() + timedelta(days=5))
    days = f"RAPOR;{ago(400):%d.%m.%Y}"
    compared(team, *(f"{one.registry_no};{days}" for one in (listed, typed, to_come)))

    with pytest.raises(RuleBroken, match="çalışıyor") as refused:
        accepted(team, typed, since=ago(101))

    assert set(refused.value.fields) == {"since"}
    assert accepted(team, typed, since=ago(100)).since == start_of(ago(100))
    assert accepted(team, listed).since == start_of(ago(100))
    assert accepted(team, to_come).since == start_of(ago(400))


def test_what_ended_before_stays_as_it_was(team: Team) -> None:
    who = team.staff()
    granted = start_of(ago(300)) + timedelta(hours=8)
    ended = start_of(ago(50)) + timedelta(hours=8)
    team.grant(who, now=granted)
    team.carried_out(team.ask(team.entry(who, Operation.REMOVE), now=ended), now=ended)
    compared(team, f"{who.registry_no};RAPOR;{ago(400):%d.%m.%Y}")
    difference = Difference.objects.get()

    with pytest.raises(RuleBroken, match="Yetki kaydına göre"):
        reconciling.accept(difference, by=team.officer, reason="Kapatılmamış.", since=ago(51))
    reconciling.accept(difference, by=team.officer, reason="Kapatılmamış.", since=ago(50))

    before, after = Authority.objects.order_by("since")
    assert (before.since, before.until, after.since) == (granted, ended, ended)


def test_a_whole_list_is_taken_over_each_from_its_own_day(team: Team) -> None:
    dated, undated, later = team.staff(), team.staff(), team.staff()
    Employee.objects.filter(pk=later.pk).update(started_on=ago(10))
    run = compared(
        team,
        f"{dated.registry_no};RAPOR;{ago(400):%d.%m.%Y}",
        f"{undated.registry_no};RAPOR;",
        f"{later.registry_no};RAPOR;",
    )

    reconciling.accept_all(run, DifferenceKind.EXTRA, by=team.officer, reason="İlk envanter", since=ago(30))

    since = dict(Authority.objects.values_list("employee", "since"))
    assert since == {
        dated.pk: start_of(ago(400)),
        undated.pk: start_of(ago(30)),
        later.pk: start_of(ago(10)),
    }
    assert held_on(ago(20)) == {dated.pk, undated.pk}


def test_a_day_is_refused_where_nothing_begins(team: Team) -> None:
    absent = team.staff()
    team.grant(absent)
    run = compared(team, "X1;RAPOR;", "X2;RAPOR;")

    for kind in (DifferenceKind.UNKNOWN, DifferenceKind.MISSING):
        with pytest.raises(RuleBroken) as refused:
            reconciling.accept_all(run, kind, by=team.officer, reason="Var.", since=ago(3))
        assert set(refused.value.fields) == {"since"}
    missing = Difference.objects.get(kind=DifferenceKind.MISSING)
    with pytest.raises(RuleBroken):
        reconciling.accept(missing, by=team.officer, reason="Var.", since=ago(3))

    assert Difference.objects.filter(settlement=Settlement.OPEN).count() == 3


def test_who_was_granted_it_by_a_request_meanwhile_keeps_that_beginning(team: Team) -> None:
    first, second = team.staff(), team.staff()
    run = compared(team, f"{first.registry_no};RAPOR;", f"{second.registry_no};RAPOR;")
    team.grant(first)
    by_request = Authority.objects.get()

    assert reconciling.accept_all(run, DifferenceKind.EXTRA, by=team.officer, reason="Envanter") == 2

    assert Authority.objects.get(employee=first) == by_request
    assert Authority.objects.filter(employee=second).exists()


def test_a_later_list_tells_the_day_of_a_difference_found_before(team: Team) -> None:
    who = team.staff()
    compared(team, f"{who.registry_no};RAPOR;")
    compared(team, f"{who.registry_no};RAPOR;{ago(40):%d.%m.%Y}")
    assert Difference.objects.get().listed_since == ago(40)

    compared(team, f"{who.registry_no};RAPOR;", "X1;RAPOR;")

    assert Difference.objects.get(employee=who).listed_since == ago(40)


def test_a_row_whose_day_cannot_be_is_told_and_nobody_is_called_missing(team: Team) -> None:
    who, absent = team.staff(), team.staff()
    team.grant(absent)
    client = signed_in_client(team.officer)
    tomorrow = TODAY() + timedelta(days=1)
    rows = (
        f"{HEAD}{who.registry_no};RAPOR;{tomorrow:%d.%m.%Y}\nX1;RAPOR;01.01.1950\nX2;RAPOR;dün\nX3;RAPOR;\n"
    )

    answer: Any = client.post(
        f"/imports/application-users/?scope={team.application.pk}",
        {"file": SimpleUploadedFile("liste.csv", rows.encode("cp1254"))},
    )

    told = dict(TableImport.objects.get().lines.filter(verdict="refused").values_list("row", "text"))
    assert set(told) == {2, 3, 4}
    assert all(text.startswith("Başlangıç Tarihi: ") for text in told.values())
    client.post(answer["Location"])
    assert set(Difference.objects.values_list("login", flat=True)) == {"X3"}
    run = compared(team, f"{who.registry_no};RAPOR;{tomorrow:%d.%m.%Y}", "X4;RAPOR;")
    assert set(run.differences.values_list("login", flat=True)) == {"X4"}


def test_the_page_proposes_the_day_and_keeps_what_was_typed_when_it_refuses(team: Team) -> None:
    who, other = team.staff(), team.staff()
    Employee.objects.filter(pk=who.pk).update(started_on=ago(100))
    run = compared(team, f"{who.registry_no};RAPOR;{ago(400):%d.%m.%Y}", f"{other.registry_no};RAPOR;")
    difference = Difference.objects.get(employee=who)
    client = signed_in_client(team.officer)
    page = client.get(run.get_absolute_url()).content.decode()
    assert f'value="{ago(100).isoformat()}"' in page
    assert f"{ago(400):%d.%m.%Y}" in page

    address = f"/differences/{difference.pk}/?kind=extra"
    refused: Any = client.post(
        address, {"settle": "accept", "reason": "Yazı bulundu", "since": ago(200).isoformat()}
    )

    page = refused.content.decode()
    assert refused.status_code == 422
    assert 'value="Yazı bulundu"' in page
    assert f'value="{ago(200).isoformat()}"' in page
    assert "daha önce" in page or "en erken" in page
    nothing: Any = client.post(address, {"settle": "accept", "reason": "", "since": ago(90).isoformat()})
    assert (nothing.status_code, f'value="{ago(90).isoformat()}"' in nothing.content.decode()) == (422, True)
    odd: Any = client.post(address, {"settle": "accept", "reason": "Var", "since": "dün"})
    assert (odd.status_code, 'value="dün"' in odd.content.decode()) == (422, True)

    done: Any = client.post(address, {"settle": "accept", "reason": "Var", "since": ago(90).isoformat()})
    assert done["Location"] == f"{run.get_absolute_url()}?kind=extra"
    assert Authority.objects.get().since == start_of(ago(90))
    assert f"{ago(90):%d.%m.%Y}" in client.get(run.get_absolute_url()).content.decode()


def test_taking_the_list_over_on_the_page_keeps_what_was_typed_when_it_is_refused(team: Team) -> None:
    people = [team.staff(), team.staff()]
    run = compared(team, *(f"{one.registry_no};RAPOR;" for one in people))
    client = signed_in_client(team.officer)
    values = {"kind": "extra", "reason": "İlk envanter", "since": (TODAY() + timedelta(days=1)).isoformat()}

    refused: Any = client.post(run.get_absolute_url(), values)
    page = refused.content.decode()
    assert (refused.status_code, 'value="İlk envanter"' in page, values["since"] in page) == (422, True, True)
    assert not Authority.objects.exists()

    client.post(run.get_absolute_url(), values | {"since": ago(7).isoformat()})
    assert set(Authority.objects.values_list("since", flat=True)) == {start_of(ago(7))}


def test_programs_see_the_listed_day_and_give_another(team: Team) -> None:
    who = team.staff()
    run = compared(team, f"{who.registry_no};RAPOR;{ago(40):%d.%m.%Y}")
    program = program_of(team.officer)
    (one,) = program.get(f"web-application-comparisons/{run.pk}/differences/").json()["results"]
    assert one["listed_since"] == ago(40).isoformat()

    act = f"web-application-differences/{one['id']}/acts/accept/"
    late = program.post(act, {"reason": "Var.", "since": (TODAY() + timedelta(days=1)).isoformat()})
    done = program.post(act, {"reason": "Var.", "since": ago(15).isoformat()})

    assert (late.status_code, done.status_code) == (422, 200)
    (held,) = program.get(f"web-application-authorities/?on={ago(15).isoformat()}").json()["results"]
    assert datetime.fromisoformat(held["since"]) == start_of(ago(15))
    assert program.get(f"web-application-authorities/?on={ago(16).isoformat()}").json()["results"] == []


def test_a_page_of_differences_asks_as_much_for_thirty_as_for_one(
    team: Team, django_assert_max_num_queries: Any
) -> None:
    people = [team.staff() for _number in range(30)]
    run = compared(team, *(f"{one.registry_no};RAPOR;{ago(40):%d.%m.%Y}" for one in people))
    reconciling.accept(Difference.objects.order_by("pk")[0], by=team.officer, reason="Var.")
    client = signed_in_client(team.officer)
    client.get(run.get_absolute_url())

    with django_assert_max_num_queries(12):
        client.get(run.get_absolute_url())
