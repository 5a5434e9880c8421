"""An application's list against the register: unknown, extra, missing; once each, settled with a reason or a request."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import Employee
from processes.errors import NotPermitted, RuleBroken, WrongState
from processes.models import TableImport
from tests.accounts.people import signed_in_client
from tests.webapps.conftest import Team
from webapps import reconciling, remedies, workflow
from webapps.models import (
    AccessRequest,
    Authority,
    Difference,
    DifferenceKind,
    Operation,
    Reconciliation,
    Settlement,
)

HEAD = "Sicil No;Ad Soyad;Rol\n"


def compared(team: Team, *rows: str) -> Reconciliation:
    """A comparison with these rows."""
    text = HEAD + "".join(f"{row}\n" for row in rows)
    return reconciling.compare(team.application, BytesIO(text.encode()), "liste.csv", by=team.officer).run


def told() -> set[tuple[str, str, str]]:
    """The differences nobody has settled."""
    rows = Difference.objects.filter(settlement=Settlement.OPEN)
    return set(rows.values_list("kind", "login", "role_code"))


def test_unknown_extra_and_missing_are_told_apart(team: Team) -> None:
    agreed, forgotten, extra = team.staff(), team.staff(), team.staff()
    team.grant(agreed, forgotten)

    run = compared(
        team,
        f"{agreed.registry_no};{agreed.full_name};RAPOR",
        f"{extra.registry_no};{extra.full_name};raporlayıcı",
        "X999;Bilinmeyen Kişi;RAPOR",
    )

    assert (run.rows, run.same) == (3, 1)
    assert told() == {
        (DifferenceKind.EXTRA, extra.registry_no, "RAPOR"),
        (DifferenceKind.UNKNOWN, "X999", "RAPOR"),
        (DifferenceKind.MISSING, forgotten.registry_no, "RAPOR"),
    }


def test_the_same_list_again_makes_no_doubles(team: Team) -> None:
    first = compared(team, "X1;Biri;RAPOR")
    again = compared(team, "X1;Biri;RAPOR")
    later = compared(team, "X1;Biri;RAPOR", "X2;Öteki;RAPOR")

    assert first == again != later
    assert Difference.objects.count() == 2
    assert set(later.differences.values_list("login", flat=True)) == {"X1", "X2"}


def test_what_is_no_longer_found_is_closed(team: Team) -> None:
    compared(team, "X1;Biri;RAPOR")
    compared(team, "X2;Biri;RAPOR")

    assert Difference.objects.get(login="X1").settlement == Settlement.GONE
    assert told() == {(DifferenceKind.UNKNOWN, "X2", "RAPOR")}


def test_accepting_an_extra_user_grants_by_the_comparison(team: Team) -> None:
    who = team.staff()
    compared(team, f"{who.registry_no};;RAPOR")
    difference = Difference.objects.get()

    with pytest.raises(RuleBroken) as refused:
        reconciling.accept(difference, by=team.officer, reason=" ")
    reconciling.accept(difference, by=team.officer, reason="Yazısı arşivde bulundu.")

    assert set(refused.value.fields) == {"reason"}
    authority = Authority.objects.get()
    assert (authority.employee, authority.granted_by_difference) == (who, difference)


def test_accepting_a_missing_user_ends_the_authority(team: Team) -> None:
    who = team.staff()
    team.grant(who)
    compared(team, "X1;Biri;RAPOR")

    reconciling.accept(
        Difference.objects.get(kind=DifferenceKind.MISSING), by=team.officer, reason="Bakanlık kapatmış."
    )

    assert Authority.objects.get().ended_by_difference is not None


def test_a_request_takes_the_extra_user_away(team: Team) -> None:
    who = team.staff()
    compared(team, f"{who.registry_no};;RAPOR")

    opened = remedies.open_case(Difference.objects.get(), by=team.officer)

    line = opened.lines.get()
    assert (line.employee, line.operation, line.role) == (who, Operation.REMOVE, team.plain)
    with pytest.raises(WrongState):
        remedies.open_case(Difference.objects.get(), by=team.officer)


def test_a_difference_whose_request_was_withdrawn_is_open_again(team: Team) -> None:
    who = team.staff()
    compared(team, f"{who.registry_no};;RAPOR")
    opened = remedies.open_case(Difference.objects.get(), by=team.officer)
    workflow.withdraw(opened, by=team.officer, reason="Yanlış açıldı.")

    compared(team, f"{who.registry_no};;RAPOR", "X1;Biri;RAPOR")

    assert (DifferenceKind.EXTRA, who.registry_no, "RAPOR") in told()


def test_nobody_outside_the_unit_compares(team: Team) -> None:
    with pytest.raises(NotPermitted):
        reconciling.compare(team.application, BytesIO(HEAD.encode()), "liste.csv", by=team.head)


def handed_in(client: Client, team: Team, text: str) -> HttpResponse:
    """The answer to a list sent by the page of the application."""
    answer: Any = client.post(
        f"/imports/application-users/?scope={team.application.pk}",
        {"file": SimpleUploadedFile("liste.csv", text.encode("cp1254"))},
    )
    return answer


def test_the_page_shows_a_list_before_it_is_kept_and_settles_its_differences(team: Team) -> None:
    who, absent = team.staff(), team.staff()
    team.grant(absent)
    client = signed_in_client(team.officer)
    rows = f"{HEAD}{who.registry_no};{who.full_name};RAPOR\nX1;=kötü();RAPOR\nX2;İyi;RAPOR\n"

    answer = handed_in(client, team, rows)

    table = TableImport.objects.get()
    assert answer["Location"] == f"/imports/application-users/{table.pk}/"
    assert not Reconciliation.objects.exists()
    assert [(line.row, line.verdict) for line in table.lines.order_by("row")] == [
        (2, "new"),
        (3, "refused"),
        (4, "new"),
    ]
    page = client.get(answer["Location"]).content.decode()
    assert "Okunamadı" in page
    assert "Karşılaştırmayı kaydet" in page
    refused = client.get(f"{answer['Location']}refused.csv").getvalue().decode("utf-8-sig")
    assert "\n3;" in refused.replace("\r", "")

    kept = client.post(answer["Location"])
    run = Reconciliation.objects.get()
    assert kept["Location"] == run.get_absolute_url()
    assert (run.file_name, run.rows, run.same) == ("liste.csv", 2, 0)
    page = client.get(run.get_absolute_url()).content.decode()
    assert who.full_name in page
    assert "X2" in page
    assert DifferenceKind.MISSING not in {kind for kind, _login, _code in told()}
    extra = Difference.objects.get(kind=DifferenceKind.EXTRA)
    client.post(f"/differences/{extra.pk}/", {"settle": "case"})
    client.post(
        f"/differences/{Difference.objects.get(login='X2').pk}/", {"settle": "accept", "reason": "Servis."}
    )

    assert AccessRequest.objects.filter(lines__employee=who).exists()
    assert told() == set()


def test_the_preview_names_whom_a_whole_list_lacks(team: Team) -> None:
    agreed, absent = team.staff(), team.staff()
    team.grant(agreed, absent)
    client = signed_in_client(team.officer)

    answer = handed_in(client, team, f"{HEAD}{agreed.registry_no};{agreed.full_name};RAPOR\n")

    table = TableImport.objects.get()
    assert (table.same_count, table.changed_count) == (1, 1)
    assert absent.full_name in table.lines.get(row=0).label
    page = client.get(f"{answer['Location']}?show=changed").content.decode()
    assert "Listede yok" in page
    client.post(answer["Location"])
    assert told() == {(DifferenceKind.MISSING, absent.registry_no, "RAPOR")}


def test_a_list_that_agrees_is_kept_too_and_again_changes_nothing(team: Team) -> None:
    agreed = team.staff()
    team.grant(agreed)
    client = signed_in_client(team.officer)
    rows = f"{HEAD}{agreed.registry_no};{agreed.full_name};RAPOR\n"

    client.post(handed_in(client, team, rows)["Location"])
    client.post(handed_in(client, team, rows)["Location"])

    assert Reconciliation.objects.get().same == 1


def test_somebody_granted_after_the_preview_brings_it_up_to_date(team: Team) -> None:
    agreed, later = team.staff(), team.staff()
    team.grant(agreed)
    client = signed_in_client(team.officer)
    preview = handed_in(client, team, f"{HEAD}{agreed.registry_no};{agreed.full_name};RAPOR\n")["Location"]
    team.grant(later)

    assert client.post(preview)["Location"] == preview
    assert not Reconciliation.objects.exists()
    assert TableImport.objects.get().lines.filter(row=0).count() == 1
    client.post(preview)
    assert told() == {(DifferenceKind.MISSING, later.registry_no, "RAPOR")}


def test_a_file_that_is_no_table_or_for_no_application_is_told(team: Team) -> None:
    client = signed_in_client(team.officer)

    assert handed_in(client, team, "bos\n").status_code == 422
    assert client.get("/imports/application-users/?scope=999999").status_code == 404
    assert client.get("/imports/application-users/").status_code == 404
    assert signed_in_client(team.head).get("/imports/application-users/").status_code == 403
    assert not Reconciliation.objects.exists()


def test_twenty_thousand_users_are_compared_in_a_few_questions(
    team: Team, django_assert_max_num_queries: Any
) -> None:
    with transaction.atomic():
        people = Employee.objects.bulk_create(
            Employee(
                first_name="Ali",
                last_name=f"Deneme{number}",
                registry_no=f"B{number:06d}",
                institution=team.hospital,
            )
            for number in range(20_000)
        )
    seed = team.staff()
    team.grant(seed)
    origin = Authority.objects.get().granted_by_line
    now = timezone.now()
    Authority.objects.bulk_create(
        Authority(
            employee=who,
            application=team.application,
            role=team.plain,
            institution=team.hospital,
            since=now,
            granted_by_line=origin,
        )
        for who in people[500:]
    )
    rows = [f"{who.registry_no};{who.full_name};RAPOR" for who in people[:19_500]]

    with django_assert_max_num_queries(20):
        run = compared(team, *rows, *(f"Y{number};Biri;RAPOR" for number in range(500)))

    assert (run.rows, run.same) == (20_000, 19_000)
    assert run.differences.count() == 500 + 500 + 501


def test_while_a_row_cannot_be_read_nobody_is_called_missing(team: Team) -> None:
    listed, absent = team.staff(), team.staff()
    team.grant(listed, absent)
    compared(team, f"{listed.registry_no};{listed.full_name};RAPOR")
    assert told() == {(DifferenceKind.MISSING, absent.registry_no, "RAPOR")}

    compared(team, f"{absent.registry_no};{absent.full_name};" + "R" * 61, "X1;Bilinmeyen;RAPOR")

    assert told() == {
        (DifferenceKind.MISSING, absent.registry_no, "RAPOR"),
        (DifferenceKind.UNKNOWN, "X1", "RAPOR"),
    }
    Difference.objects.all().delete()
    compared(team, f"{absent.registry_no};{absent.full_name};" + "R" * 61, "X1;Bilinmeyen;RAPOR")
    assert told() == {(DifferenceKind.UNKNOWN, "X1", "RAPOR")}


def test_a_registry_number_is_one_however_its_letters_are_written(team: Team) -> None:
    employee = team.staff()
    Employee.objects.filter(pk=employee.pk).update(registry_no="İŞ-17")
    team.grant(employee)

    run = compared(team, f"iş-17;{employee.full_name};RAPOR")

    assert (run.same, told()) == (1, set())


def test_an_unknown_user_stays_one_however_the_list_writes_the_number(team: Team) -> None:
    first = compared(team, "Ş101;Biri;RAPOR", "s101;Biri;RAPOR")
    again = compared(team, "ş101;Biri;RAPOR", "X1;Öteki;RAPOR")

    assert (first.rows, first.same) == (2, 1)
    assert told() == {(DifferenceKind.UNKNOWN, "Ş101", "RAPOR"), (DifferenceKind.UNKNOWN, "X1", "RAPOR")}
    assert again.differences.count() == 2


def test_a_list_is_taken_over_at_once_with_one_reason(team: Team) -> None:
    first, second, gone = team.staff(), team.staff(), team.staff()
    team.grant(gone)
    run = compared(team, *(f"{one.registry_no};{one.full_name};RAPOR" for one in (first, second)))

    with pytest.raises(RuleBroken):
        reconciling.accept_all(run, DifferenceKind.EXTRA, by=team.officer, reason=" ")
    assert len(told()) == 3
    taken = reconciling.accept_all(run, DifferenceKind.EXTRA, by=team.officer, reason="İlk envanter")

    assert taken == 2
    assert told() == {(DifferenceKind.MISSING, gone.registry_no, "RAPOR")}
    assert set(Authority.objects.open().values_list("employee", flat=True)) == {first.pk, second.pk, gone.pk}
    reconciling.accept_all(run, DifferenceKind.MISSING, by=team.officer, reason="Ayrıldı")
    assert set(Authority.objects.open().values_list("employee", flat=True)) == {first.pk, second.pk}


def test_the_page_accepts_all_of_a_kind(team: Team) -> None:
    run = compared(team, *(f"X{number};Bilinmeyen;RAPOR" for number in range(3)))
    client = signed_in_client(team.officer)
    page = client.get(run.get_absolute_url()).content.decode()
    assert 'value="unknown"' in page

    refused = client.post(run.get_absolute_url(), {"kind": "unknown", "reason": ""})
    assert (refused.status_code, len(told())) == (422, 3)
    wrong = client.post(run.get_absolute_url(), {"kind": "all", "reason": "Servis hesapları"})
    assert (wrong.status_code, len(told())) == (422, 3)
    done = client.post(run.get_absolute_url(), {"kind": "unknown", "reason": "Servis hesapları"})

    assert (done.status_code, told()) == (302, set())


def test_while_a_row_cannot_be_read_nothing_found_before_is_closed(team: Team) -> None:
    extra = team.staff()
    compared(team, f"{extra.registry_no};{extra.full_name};RAPOR", "X1;Servis;RAPOR", "X2;Eski;RAPOR")
    difference = Difference.objects.get(login="X1")
    reconciling.accept(difference, by=team.officer, reason="Servis hesabı.")

    run = compared(team, "X1;Servis;" + "R" * 61, "X3;Yeni;RAPOR")

    assert told() == {
        (DifferenceKind.EXTRA, extra.registry_no, "RAPOR"),
        (DifferenceKind.UNKNOWN, "X2", "RAPOR"),
        (DifferenceKind.UNKNOWN, "X3", "RAPOR"),
    }
    assert Difference.objects.get(pk=difference.pk).settlement == Settlement.ACCEPTED
    assert compared(team, "X1;Servis;" + "R" * 61, "X3;Yeni;RAPOR") == run


def test_a_list_of_which_nothing_can_be_read_is_no_comparison(team: Team) -> None:
    client = signed_in_client(team.officer)

    preview = handed_in(client, team, f"{HEAD}X1;=kötü();RAPOR\n")["Location"]
    told_why = client.post(preview, follow=True).content.decode()

    assert "hiçbir satırı okunamadı" in told_why
    assert not Reconciliation.objects.exists()
    with pytest.raises(RuleBroken):
        compared(team, "X1;=kötü();RAPOR")
