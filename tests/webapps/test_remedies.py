"""What is done about differences: leavers are not taken over, what comes back is open again, accounts of nobody are closed."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from accounts.services import staff
from audit.queries import entries_of
from processes.errors import RuleBroken
from processes.models import TableImport
from tests.accounts.people import employee, signed_in_client
from tests.webapps.conftest import Team, keys
from tests.webapps.test_api import program_of
from tests.webapps.test_reconciling import HEAD, compared, handed_in, told
from webapps import clauses, lines, queries, raising, reconciling, remedies, workflow
from webapps.models import (
    AccessRequest,
    Authority,
    Difference,
    DifferenceKind,
    Operation,
    Origin,
    RequestLine,
    Settlement,
    State,
)


def test_a_leaver_in_the_list_is_named_before_it_is_kept(team: Team) -> None:
    gone, still = team.staff(), team.staff()
    team.grant(still)
    staff.leave(gone, by=team.officer)
    staff.leave(still, by=team.officer)
    client = signed_in_client(team.officer)

    preview = handed_in(client, team, f"{HEAD}{gone.registry_no};;RAPOR\n{still.registry_no};;RAPOR\n")

    texts = [line.text for line in TableImport.objects.get().lines.order_by("row")]
    assert len(texts) == 2
    assert all("tarihinde görevden ayrıldı." in text for text in texts)
    client.post(preview["Location"])
    page = client.get(Difference.objects.get().reconciliation.get_absolute_url()).content.decode()
    assert "tarihinde ayrıldı" in page
    assert 'value="case"' in page
    assert 'value="accept"' not in page


def test_a_missing_leaver_is_named_too_and_nothing_is_asked_for_again(team: Team) -> None:
    gone, present = team.staff(), team.staff()
    team.grant(gone, present)
    staff.leave(gone, by=team.officer)
    client = signed_in_client(team.officer)
    preview = handed_in(client, team, f"{HEAD}{present.registry_no};;RAPOR\n")
    assert "görevden ayrıldı" in TableImport.objects.get().lines.get(row=0).text
    client.post(preview["Location"])
    difference = Difference.objects.get()

    with pytest.raises(RuleBroken, match="görevden ayrıldı"):
        remedies.open_case(difference, by=team.officer)
    with pytest.raises(RuleBroken):
        remedies.open_all(difference.reconciliation, DifferenceKind.MISSING, by=team.officer)
    answer = client.post(f"/differences/{difference.pk}/", {"settle": "case"})
    assert answer.status_code == 422
    assert "görevden ayrıldı" in answer.content.decode()

    reconciling.accept(difference, by=team.officer, reason="Uygulamada kapatılmış.")
    assert not Authority.objects.open().filter(employee=gone).exists()


def test_taking_a_list_over_passes_over_who_left(team: Team) -> None:
    gone, here = team.staff(), team.staff()
    staff.leave(gone, by=team.officer)
    run = compared(team, f"{gone.registry_no};;RAPOR", f"{here.registry_no};;RAPOR")
    client = signed_in_client(team.officer)

    with pytest.raises(RuleBroken, match="görevden ayrıldı"):
        reconciling.accept(Difference.objects.get(employee=gone), by=team.officer, reason="x")
    page = client.post(
        run.get_absolute_url(), {"kind": "extra", "reason": "İlk envanter"}, follow=True
    ).content.decode()

    assert "1 fark kabul edildi" in page
    assert "Görevden ayrılmış 1 kişinin erişimi devralınmadı" in page
    assert list(Authority.objects.open().values_list("employee", flat=True)) == [here.pk]
    assert told() == {(DifferenceKind.EXTRA, gone.registry_no, "RAPOR")}
    assert remedies.open_case(
        Difference.objects.get(employee=gone), by=team.officer
    ).lines.get().operation == (Operation.REMOVE)


def test_an_accepted_extra_that_comes_back_is_open_again(team: Team) -> None:
    who = team.staff()
    compared(team, f"{who.registry_no};;RAPOR")
    reconciling.accept(Difference.objects.get(), by=team.officer, reason="Yazısı var.")
    team.carried_out(team.ask(team.entry(who, Operation.REMOVE)))

    run = compared(team, f"{who.registry_no};;RAPOR")

    difference = Difference.objects.get()
    assert told() == {(DifferenceKind.EXTRA, who.registry_no, "RAPOR")}
    assert (difference.reconciliation, difference.settled_at) == (run, None)
    assert difference.came_back_at is not None
    page = signed_in_client(team.officer).get(run.get_absolute_url()).content.decode()
    assert "giderilmişti" in page
    assert "Yazısı var." in page
    newest = entries_of(difference).order_by("-pk").first()
    assert newest is not None
    assert newest.changes is not None
    assert newest.changes["settlement"] == ["accepted", ""]


def test_an_accepted_missing_that_comes_back_is_open_again(team: Team) -> None:
    who = team.staff()
    team.grant(who)
    compared(team, "X1;Biri;RAPOR")
    reconciling.accept(Difference.objects.get(kind="missing"), by=team.officer, reason="Kapatılmış.")
    team.grant(who)
    client = signed_in_client(team.officer)

    preview = handed_in(client, team, f"{HEAD}X1;Biri;RAPOR\n")
    assert "yeniden ortaya çıktı" in TableImport.objects.get().lines.get(row=0).text
    client.post(preview["Location"])

    assert (DifferenceKind.MISSING, who.registry_no, "RAPOR") in told()


def test_the_same_file_again_opens_what_its_request_did_not_end(team: Team) -> None:
    who = team.staff()
    compared(team, f"{who.registry_no};;RAPOR")
    opened = remedies.open_case(Difference.objects.get(), by=team.officer)
    compared(team, f"{who.registry_no};;RAPOR")
    assert told() == set()

    team.carried_out(opened)
    compared(team, f"{who.registry_no};;RAPOR")

    assert told() == {(DifferenceKind.EXTRA, who.registry_no, "RAPOR")}
    assert Difference.objects.get().came_back_at is not None


def test_an_unknown_user_or_role_accepted_with_a_reason_stays_accepted(team: Team) -> None:
    who = team.staff()
    run = compared(team, "SERVIS;Servis hesabı;RAPOR", f"{who.registry_no};;OZEL")
    reconciling.accept_all(run, DifferenceKind.UNKNOWN, by=team.officer, reason="Servis hesabı")
    reconciling.accept_all(run, DifferenceKind.EXTRA, by=team.officer, reason="Özel rol")

    compared(team, "SERVIS;Servis hesabı;RAPOR", f"{who.registry_no};;OZEL", "X2;Yeni;RAPOR")

    assert told() == {(DifferenceKind.UNKNOWN, "X2", "RAPOR")}


def test_an_account_of_nobody_becomes_a_request_that_ends(team: Team) -> None:
    compared(team, "X999;Bilinmeyen Kişi;RAPOR", "X999;Bilinmeyen Kişi;KONTROL")

    opened = remedies.open_case(Difference.objects.get(role_code="RAPOR"), by=team.officer)

    line = opened.lines.get()
    assert (line.employee, line.login, line.listed_name) == (None, "X999", "Bilinmeyen Kişi")
    assert (line.operation, told()) == (Operation.DEACTIVATE, set())
    client = signed_in_client(team.lead)
    assert "Bilinmeyen Kişi" in client.get(opened.get_absolute_url()).content.decode()
    assert (
        "personel kütüğünde yok" in client.get(f"{opened.get_absolute_url()}steps/evaluate/").content.decode()
    )
    opened = team.carried_out(opened)
    assert opened.state == State.CLOSED
    assert "X999 Bilinmeyen Kişi (personel kütüğünde yok)" in queries.answer_lines(queries.lines_of(opened))
    assert clauses.performed() == []


def test_an_account_of_nobody_is_rejected_with_its_own_reason(team: Team) -> None:
    compared(team, "X999;Bilinmeyen Kişi;RAPOR")
    opened = remedies.open_case(Difference.objects.get(), by=team.officer)

    opened = workflow.evaluate(opened, by=team.lead, refused=keys(opened), refusal="Servis hesabıdır.")

    assert (opened.state, opened.lines.get().reason) == (State.EVALUATED, "Servis hesabıdır.")
    assert "Servis hesabıdır." in queries.answer_lines(queries.lines_of(opened))


def test_a_role_outside_the_catalogue_is_taken_away_by_its_name(team: Team) -> None:
    who = team.staff()
    team.grant(who)
    compared(team, f"{who.registry_no};;RAPOR", f"{who.registry_no};;ESKI_ROL")

    opened = remedies.open_case(Difference.objects.get(), by=team.officer)

    line = opened.lines.get()
    assert (line.employee, line.role, line.role_text) == (who, None, "ESKI_ROL")
    assert "ESKI_ROL" in queries.lines_of(opened)[0].wanted
    assert list(raising.not_asked_yet(Authority.objects.open())) == list(Authority.objects.open())
    team.carried_out(opened)
    assert Authority.objects.open().get().role == team.plain


def test_its_users_are_entered_again_as_they_were_written(team: Team) -> None:
    who = team.staff()
    compared(team, "X999;Bilinmeyen Kişi;RAPOR", f"{who.registry_no};;ESKI")
    opened = remedies.open_case(Difference.objects.get(login="X999"), by=team.officer)
    client = signed_in_client(team.officer)
    address = f"{opened.get_absolute_url()}steps/enter/"
    page = client.get(address).content.decode()
    assert "X999; " in page
    text = lines.written(opened.lines.select_related("application", "role", "employee"))

    client.post(
        address, {"lines": f"{text}\n{who.registry_no}; Yetki silme; TST:ESKI", "version": opened.version}
    )

    first, second = opened.lines.order_by("position")
    assert (first.login, first.listed_name, second.role_text) == ("X999", "Bilinmeyen Kişi", "ESKI")


@pytest.mark.parametrize("line", ["X999; Yetkilendirme; TST:RAPOR", "#999999; Pasife alma; TST:"])
def test_nothing_is_given_to_an_account_of_nobody(team: Team, line: str) -> None:
    found, wrong = lines.read(line, team.application, team.officer, after_comparison=True)

    assert (found, len(wrong)) == ([], 1)


def test_accounts_of_nobody_stand_only_in_requests_after_a_comparison(team: Team) -> None:
    stranger = lines.Entry(team.application, None, Operation.DEACTIVATE, login="X999")

    with pytest.raises(RuleBroken):
        team.ask(stranger)
    with pytest.raises(RuleBroken):
        workflow.enter(team.ask(team.entry(team.staff())), by=team.officer, lines=[stranger])
    assert lines.read("X999; Pasife alma; TST:", team.application, team.officer)[0] == []
    assert not RequestLine.objects.filter(employee=None).exists()


def test_the_database_keeps_grants_to_people_on_the_staff(team: Team) -> None:
    asked = team.ask(team.entry(team.staff()))

    with pytest.raises(IntegrityError, match="requestline_of_somebody"), transaction.atomic():
        RequestLine.objects.filter(request=asked.pk).update(employee=None, login="X1")


def test_three_hundred_extras_become_few_requests(team: Team) -> None:
    people = [employee(team.hospital, registry_no=f"TOPLU{number}") for number in range(205)]
    run = compared(team, *(f"{who.registry_no};;RAPOR" for who in people))

    opened = remedies.open_all(run, DifferenceKind.EXTRA, by=team.officer)

    assert [one.lines_total for one in opened.requests] == [100, 100, 5]
    assert (opened.differences, opened.waiting, told()) == (205, 0, set())
    assert {one.applicant_institution for one in opened.requests} == {team.hospital}
    assert {one.origin for one in AccessRequest.objects.all()} == {Origin.RECONCILIATION}
    assert set(Difference.objects.values_list("settlement", flat=True)) == {Settlement.CASE}


def test_one_click_opens_so_many_and_says_what_waits(team: Team, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remedies, "MOST", 2)
    monkeypatch.setattr(remedies, "AT_ONCE", 2)
    run = compared(team, *(f"X{number};Biri;RAPOR" for number in range(5)), "X0;Biri;KONTROL")
    client = signed_in_client(team.officer)
    assert "Hepsi için talep aç" in client.get(run.get_absolute_url()).content.decode()

    page = client.post(
        run.get_absolute_url(), {"settle": "case", "kind": "unknown"}, follow=True
    ).content.decode()

    numbers = AccessRequest.objects.order_by("pk").values_list("number", flat=True)
    assert len(numbers) == 2
    assert all(number in page for number in numbers)
    assert "5 fark" in page
    assert "1 fark daha bekliyor" in page
    assert {login for _kind, login, _role in told()} == {"X4"}
    refused = client.post(run.get_absolute_url(), {"settle": "case", "kind": "extra"})
    assert refused.status_code == 422
    assert "talep bekleyen fark yok" in refused.content.decode()


def test_requests_over_several_institutions_are_the_unit_s(team: Team) -> None:
    here, there = team.staff(), employee(team.other)
    run = compared(team, f"{here.registry_no};;RAPOR", f"{there.registry_no};;RAPOR")

    (asked,) = remedies.open_all(run, DifferenceKind.EXTRA, by=team.officer).requests

    assert asked.applicant_institution == team.officer.institution
    assert not AccessRequest.objects.visible_to(team.head).filter(pk=asked.pk).exists()


def test_programs_ask_for_all_and_read_who_left(team: Team) -> None:
    gone = team.staff()
    gone = staff.leave(gone, by=team.officer)
    run = compared(team, f"{gone.registry_no};;RAPOR", "X1;Biri;RAPOR")
    program = program_of(team.officer)
    address = f"web-application-comparisons/{run.pk}/"

    rows = program.get(f"{address}differences/").json()["results"]
    answer = program.post(f"{address}acts/request_all/", {"kind": "extra"})

    assert {row["login"]: row["left_on"] for row in rows} == {
        gone.registry_no: gone.left_on.isoformat() if gone.left_on else None,
        "X1": None,
    }
    assert answer.status_code == 200
    assert told() == {(DifferenceKind.UNKNOWN, "X1", "RAPOR")}
