"""The registers of 5.3.2: who is shown which rows, page by page, and what stands above a working day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from incidents import queries
from incidents.models import Alert, Breach, FollowUp, FollowUpKind, Review
from incidents.services import notices, reviews
from incidents.views import registers
from processes.services import insiders
from tests.accounts.people import signed_in_client
from tests.incidents.test_api import program_of
from tests.incidents.walking import Team, report, walked


def shown(user: User, address: str) -> str:
    return signed_in_client(user).get(address).content.decode()


@pytest.mark.parametrize("address", ["/breaches/", "/breaches/alerts/", "/breaches/follow-ups/"])
def test_who_was_let_into_one_breach_is_shown_that_one_and_no_other(team: Team, address: str) -> None:
    known, other = (walked(report(team), team, until="prevent") for _place in range(2))
    insiders.admit(known, team.it_officer, by=team.lead, reason="Kayıtları inceliyor")

    page = shown(team.it_officer, address)

    assert known.number in page
    assert other.number not in page


def test_a_breach_is_hidden_even_when_it_was_not_marked_confidential(team: Team, breach: Breach) -> None:
    Breach.objects.filter(pk=breach.pk).update(is_confidential=False)

    assert list(Breach.objects.visible_to(team.it_officer)) == []
    assert list(Breach.objects.visible_to(team.officer)) == [breach]


def test_the_register_goes_on_where_its_first_page_ended(team: Team) -> None:
    known = [report(team, personal_data="no") for _place in range(registers.ROWS + 2)]
    browser = signed_in_client(team.lead)

    first = browser.get("/breaches/").context["page"]
    second = browser.get(f"/breaches/?cursor={first.next_cursor}").context["page"]
    back = browser.get(f"/breaches/?cursor={second.prev_cursor}").context["page"]

    told = [row.number for row in (*first.rows, *second.rows)]
    assert told == [one.number for one in reversed(known)]
    assert (second.message, [row.number for row in back.rows]) == ("", told[: registers.ROWS])


def test_what_is_due_comes_page_by_page_the_earliest_first(team: Team, breach: Breach) -> None:
    today = timezone.localdate()
    for place in range(registers.ROWS + 2):
        day = today + timedelta(days=40 - place)
        reviews.add_barrier(breach, by=team.lead, text=f"Engel {place}", owner=team.officer, verify_on=day)
    browser = signed_in_client(team.lead)

    first = browser.get("/breaches/follow-ups/").context["page"]
    second = browser.get(f"/breaches/follow-ups/?cursor={first.next_cursor}").context["page"]

    days = [row.due_on for row in (*first.rows, *second.rows)]
    assert (len(first.rows), len(second.rows)) == (registers.ROWS, 2)
    assert days == sorted(days) == sorted(FollowUp.objects.values_list("due_on", flat=True))


def test_what_was_done_is_no_longer_due(team: Team, breach: Breach) -> None:
    day = timezone.localdate()
    barrier = reviews.add_barrier(breach, by=team.lead, text="Engel", owner=team.officer, verify_on=day)
    before = FollowUp.objects.get()

    reviews.verify_barrier(barrier, by=team.officer, holds=True, finding="Duruyor.")

    assert (before.kind, before.row, before.about) == ("barrier", barrier.pk, "Engel")
    assert not FollowUp.objects.exists()


def test_a_review_is_due_under_its_own_name_and_is_nobodys(team: Team) -> None:
    walked(report(team, level="A"), team, until="inform")

    due = FollowUp.objects.told().get(kind="review")

    assert (due.about, due.owner_name) == ("Olay sonrası değerlendirme", "")


def test_a_working_day_begins_with_what_must_not_wait_and_only_with_that(team: Team) -> None:
    assert queries.urgent(team.lead) == []

    waiting = report(team, personal_data="no")
    report(team, personal_data="no")
    Alert.objects.exclude(breach=waiting).update(acknowledged_at=timezone.now(), acknowledged_by=team.lead)

    told = [str(one.text) for one in queries.urgent(team.lead)]
    assert told == ["İhlaller: 1 bildirim henüz onaylanmadı."]
    assert queries.urgent(team.it_officer) == []


def test_more_than_a_page_can_tell_is_told_as_more(
    team: Team, breach: Breach, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "COUNTED", 2)
    for _place in range(2):
        report(team)

    (_unheard, running) = (str(one.text) for one in queries.urgent(team.lead))

    assert "2+ kayıtta 72 saat" in running
    earliest = Breach.objects.order_by("learned_at")[0]
    assert f"{timezone.localtime(earliest.learned_at + timedelta(hours=72)):%d.%m.%Y}" in running


@pytest.fixture
def due(team: Team, breach: Breach) -> Breach:
    """A breach with something due of every kind."""
    walked(breach, team, until="prevent", decision="disciplinary")
    day = timezone.localdate()
    notices.record(breach, by=team.lead, summary="İlk", way="Form", missing="Sayı", next_by=day)
    reviews.add_barrier(breach, by=team.lead, text="Engel", owner=team.officer, verify_on=day)
    Review.objects.get_or_create(breach=breach, defaults={"due_on": day})
    held = Review.objects.create(
        breach=report(team), due_on=day, held_on=day, held_by=team.lead, lessons="Ders", participants="Ekip"
    )
    reviews.add_action(held, by=team.lead, text="Eğitim ver", owner=team.officer, due_on=day)
    return breach


@pytest.mark.parametrize("kind", FollowUpKind.values)
def test_what_is_due_is_narrowed_to_one_kind_on_the_page_in_files_and_for_programs(
    team: Team, due: Breach, kind: str
) -> None:
    browser, program = signed_in_client(team.lead), program_of(team.lead)

    page = browser.get(f"/breaches/follow-ups/?kind={kind}").context["page"]
    book = browser.get(f"/breaches/follow-ups/?kind={kind}&export=csv")
    told = program.get(f"breach-follow-ups/?kind={kind}").json()["results"]

    everything = list(FollowUp.objects.values_list("kind", flat=True))
    assert set(everything) == set(FollowUpKind.values)
    assert [row.kind for row in page.rows] == [kind] * everything.count(kind)
    lines = b"".join(book).decode("utf-8-sig").strip().splitlines()
    assert len(lines) == 1 + everything.count(kind)
    assert {line.split(";")[1] for line in lines[1:]} == {str(FollowUpKind(kind).label)}
    assert [row["kind"] for row in told] == [kind] * everything.count(kind)


def test_an_unknown_kind_shows_everything_and_is_refused_to_programs(team: Team, due: Breach) -> None:
    page = signed_in_client(team.lead).get("/breaches/follow-ups/?kind=hepsi")

    assert len(page.context["page"].rows) == FollowUp.objects.count()
    assert program_of(team.lead).get("breach-follow-ups/?kind=hepsi").status_code == 400


def test_a_kind_of_which_nothing_is_due_leads_back_to_everything(team: Team) -> None:
    page = shown(team.lead, "/breaches/follow-ups/?kind=sanction")

    assert 'href="/breaches/follow-ups/"' in page
    assert "Bu türden bekleyen bir şey yok." in page


def test_the_narrowed_list_asks_no_more_than_eight_questions(
    team: Team, due: Breach, counted: Callable[[Client, str], int]
) -> None:
    assert counted(signed_in_client(team.lead), "/breaches/follow-ups/?kind=sanction") <= 8
