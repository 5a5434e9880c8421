"""Existing certificates taken in from a table: every row judged before anything is written, and again without doubles."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit.queries import entries_of
from esignature import lifecycle
from esignature.imports import IMPORTER
from esignature.models import Certificate, CertificateState
from processes.errors import RuleBroken
from processes.imports import machine
from processes.models import TableImport
from tests.accounts.people import employee, made_up_tc
from tests.esignature.conftest import Team
from tests.esignature.making import certificate

HEADS = "Sicil No;TC No;Tür;Seri No;Taşıyıcı;Başlangıç Tarihi;Bitiş Tarihi"


def day(days: int) -> str:
    return f"{timezone.localdate() + timedelta(days=days):%d.%m.%Y}"


def taken_in(team: Team, *rows: str, heads: str = HEADS, confirm: bool = True) -> TableImport:
    content = "\n".join((heads, *rows)).encode("utf-8-sig")
    table = machine.take_in(IMPORTER, BytesIO(content), "sertifikalar.csv", scope="", by=team.officer)
    return machine.confirm(IMPORTER, table, by=team.officer) if confirm else table


def verdicts(table: TableImport) -> dict[int, str]:
    return dict(table.lines.order_by("row").values_list("row", "verdict"))


def test_rows_are_found_by_registry_or_identity_number(team: Team) -> None:
    number = made_up_tc()
    first, second = employee(team.hospital, registry_no="0012"), employee(tc=number)

    taken_in(
        team,
        f"0012;;E-imza;4a:3f;Kart 1;{day(-100)};{day(900)}",
        f";{number};MOBİL İMZA;4B00;;{day(-900)};{day(-10)}",
    )

    one, other = Certificate.objects.order_by("serial")
    assert (one.holder, one.kind, one.serial, one.state) == (first, "esign", "4A3F", CertificateState.ACTIVE)
    assert (other.holder, other.kind, other.state, other.ended_on) == (
        second,
        "mobile",
        CertificateState.EXPIRED,
        other.valid_until,
    )


def test_the_same_table_again_changes_nothing(team: Team) -> None:
    employee(registry_no="0012")
    row = f"0012;;;4A3F;Kart;{day(-100)};{day(900)}"
    taken_in(team, row)
    again = taken_in(team, row)
    assert (again.same_count, again.new_count) == (1, 0)
    assert Certificate.objects.count() == 1


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("9999;;;01;Kart;{0};{1}", "kimse yok"),
        ("0012;;kaşe;01;Kart;{0};{1}", "Mobil imza"),
        ("0012;;;01;Kart;{1};{0}", "başlangıç gününden sonra"),
        ("0012;;;01;PIN: 4821;{0};{1}", "güvenlik sözcüğü"),
        ("0012;;;TAKEN;Kart;{0};{1}", "başka bir sahip"),
        ("0013;;;01;Kart;{0};{1}", "sona ermemiş"),
        ("0012;;;01;Kart;dün;{1}", ""),
    ],
)
def test_a_wrong_row_is_refused_with_its_reason(team: Team, row: str, words: str) -> None:
    employee(registry_no="0012")
    certificate(employee(registry_no="0013"), serial="TAKEN")

    table = taken_in(team, row.format(day(-1), day(900)), confirm=False)

    (line,) = table.lines.all()
    assert line.verdict == "refused"
    assert words in line.text


def test_doubles_within_a_table_are_told(team: Team) -> None:
    employee(registry_no="0012"), employee(registry_no="0013")
    table = taken_in(
        team,
        f"0012;;;01;Kart;{day(-1)};{day(9)}",
        f"0013;;;01;Kart;{day(-1)};{day(9)}",
        f"0012;;;02;Kart;{day(-1)};{day(9)}",
        confirm=False,
    )
    assert verdicts(table) == {2: "new", 3: "refused", 4: "refused"}


def test_a_column_for_the_pin_is_passed_over_and_kept_nowhere(team: Team) -> None:
    employee(registry_no="0012")
    table = taken_in(team, f"0012;;;01;Kart;{day(-1)};{day(9)};48214821", heads=f"{HEADS};PIN", confirm=False)
    assert table.ignored == ["PIN"]
    assert b"48214821" not in bytes(table.content or b"")
    assert not any("48214821" in line.text + line.label for line in table.lines.all())


def test_a_pin_in_the_column_of_another_number_is_not_shown_back(team: Team) -> None:
    employee(registry_no="0012")
    table = taken_in(team, f"0012;;;PIN: 4821;Kart;{day(-1)};{day(9)}", confirm=False)
    (line,) = table.lines.all()
    assert (line.verdict, line.label) == ("refused", "0012")
    assert "4821" not in line.text


def test_only_keepers_take_tables_in(team: Team) -> None:
    assert IMPORTER.shown_to(team.officer)
    assert not IMPORTER.shown_to(team.applicant)


def test_each_certificate_has_its_entry_and_the_questions_do_not_grow(team: Team) -> None:
    def asked(count: int) -> int:
        people = [employee(team.hospital) for _one in range(count)]
        rows = [f"{one.registry_no};;;C{one.pk};Kart;{day(-100)};{day(900)}" for one in people]
        with CaptureQueriesContext(connection) as queries:
            taken_in(team, *rows)
        return len(queries)

    asked(1)
    assert asked(2) == asked(40)
    newest = Certificate.objects.order_by("-pk")[0]
    (entry,) = entries_of(newest)
    assert (entry.event, entry.step, entry.actor) == ("created", "enter_certificate", team.officer)
    assert (entry.changes or {})["serial"] == [None, newest.serial]


def test_a_holder_who_got_a_certificate_meanwhile_stops_the_table(team: Team) -> None:
    holder = employee(team.hospital)
    one = lifecycle.existing(
        holder=holder,
        kind="esign",
        serial="AB1",
        carrier="Kart",
        valid_from=timezone.localdate() - timedelta(days=9),
        valid_until=timezone.localdate() + timedelta(days=9),
    )
    certificate(holder)
    with pytest.raises(RuleBroken, match="sona ermemiş"):
        lifecycle.enter_all([one], by=team.officer)
    assert Certificate.objects.count() == 1
