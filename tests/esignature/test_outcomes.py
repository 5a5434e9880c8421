"""Certificates for many requests at once: typed, pasted or from a file; each row answers its request, none twice."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Employee
from accounts.roles import Role
from audit.queries import entries_of
from esignature import batches, lifecycle, queries, workflow
from esignature.imports import IMPORTER
from esignature.models import Certificate, CertificateState, Request, State
from processes.imports import machine
from processes.models import InboxItem, StepRun, TableImport
from tests.accounts.people import employee, person, signed_in_client
from tests.esignature.conftest import Team
from tests.esignature.making import certificate, received

URL = "/e-signatures/outcomes/"
HEADS = "Kayıt No;Sicil No;Tür;Üretim Tarihi;Teslim Tarihi;Seri No;Taşıyıcı;Başlangıç Tarihi;Bitiş Tarihi"
S = CertificateState


@pytest.fixture
def browser(team: Team) -> Client:
    return signed_in_client(team.officer)


def day(days: int = 0) -> str:
    return f"{timezone.localdate() + timedelta(days=days):%d.%m.%Y}"


def iso(days: int = 0) -> str:
    return (timezone.localdate() + timedelta(days=days)).isoformat()


def posted(team: Team, holder: Employee | None = None, **values: Any) -> Request:
    """A form on its way to Kamu SM."""
    form = received(team.officer, holder, institution=team.hospital, **values)
    form = workflow.write_letter(form, by=team.lead, letter_number="E-70000001-719-1")
    return workflow.post(form, by=team.officer, parcel="RR000000001TR")


def judged(team: Team, *rows: str) -> TableImport:
    content = "\n".join((HEADS, *rows)).encode()
    return machine.take_in(IMPORTER, BytesIO(content), "kamusm.csv", scope="", by=team.officer)


def taken_in(team: Team, *rows: str) -> TableImport:
    return machine.confirm(IMPORTER, judged(team, *rows), by=team.officer)


def verdicts(table: TableImport) -> list[str]:
    return list(table.lines.order_by("row").values_list("verdict", flat=True))


def why(table: TableImport) -> str:
    return table.lines.get().text


def active(form: Request, serial: str = "4A3F") -> str:
    return f"{form.number};;;;;{serial};Kart 7;{day()};{day(1000)}"


def test_a_row_answers_the_posted_request_of_its_holder_and_again_changes_nothing(team: Team) -> None:
    form = posted(team, team.holder)
    row = f";{team.holder.registry_no};E-imza;{day()};{day()};4A:3F;Kart 7;{day()};{day(1000)}"

    table = judged(team, row)
    assert f"{form.number} talebini karşılar" in why(table)
    machine.confirm(IMPORTER, table, by=team.officer)

    one = Certificate.objects.get()
    assert (one.request, one.state, one.serial) == (form, S.ACTIVE, "4A3F")
    assert one.produced_on == one.delivered_on == timezone.localdate()
    assert InboxItem.objects.filter(user=team.applicant, case=form).exists()
    assert verdicts(judged(team, row)) == ["same"]


def test_a_request_still_open_is_closed_through_its_own_step(team: Team) -> None:
    written = workflow.write_letter(received(team.officer), by=team.lead, letter_number="E-1")
    desk = received(team.officer, complete=False)

    table = judged(team, active(written, "A1"), active(desk, "A2"))
    assert "kapatır" in table.lines.get(row=2).text
    machine.confirm(IMPORTER, table, by=team.officer)

    for form in (written, desk):
        closed = Request.objects.get(pk=form.pk)
        assert (closed.state, closed.closed_by, closed.step) == (State.CONCLUDED, team.officer, None)
        assert entries_of(closed)[0].step == "conclude"
        assert not StepRun.objects.filter(case=closed, ended_at__isnull=True).exists()
        assert closed.certificate.state == S.ACTIVE


def test_a_certificate_goes_on_from_produced_to_active_as_tables_come(team: Team) -> None:
    form = posted(team)
    taken_in(team, f"{form.number};;;{day()};;;;;")
    one = Certificate.objects.get()
    assert (one.state, one.request) == (S.PRODUCED, form)
    assert verdicts(judged(team, f"{form.number};;;{day()};;;;;")) == ["same"]

    early = judged(team, active(form))
    assert "teslim gününü de yazın" in why(early)
    taken_in(team, f"{form.number};;;;{day()};;;;")
    assert Certificate.objects.get().state == S.DELIVERED
    taken_in(team, active(form))

    one = Certificate.objects.get()
    assert (one.state, one.serial, one.carrier) == (S.ACTIVE, "4A3F", "Kart 7")
    assert [entry.step for entry in entries_of(one)][:2] == ["activate_certificate", "deliver_certificate"]
    assert verdicts(judged(team, f"{form.number};;;{day()};;;;;")) == ["same"]


def test_the_renewed_certificate_takes_the_place_of_the_old_one(team: Team) -> None:
    old = certificate(team.holder, days=40)
    form = posted(team, team.holder, reason="renewal")

    table = judged(team, active(form))
    assert old.serial in why(table)
    machine.confirm(IMPORTER, table, by=team.officer)

    assert Certificate.objects.get(pk=old.pk).state == S.REPLACED
    assert form.certificate.state == S.ACTIVE


def test_a_certificate_entered_before_finds_its_request(team: Team) -> None:
    form = posted(team, team.holder)
    known = certificate(team.holder, serial="4A3F")
    Certificate.objects.filter(pk=known.pk).update(valid_from=timezone.localdate())
    row = f";{team.holder.registry_no};;;;4A3F;Kart;{day()};{known.valid_until:%d.%m.%Y}"

    assert verdicts(judged(team, row)) == ["changed"]
    taken_in(team, row)

    assert Certificate.objects.get().request == form
    assert verdicts(judged(team, row)) == ["same"]


def test_a_certificate_older_than_the_request_does_not_answer_it(team: Team) -> None:
    form = posted(team, team.holder)
    row = f"{{}};{{}};;;;4A3F;Kart;{day(-30)};{day(1000)}"

    assert "talepten eski" in why(judged(team, row.format(form.number, "")))
    taken_in(team, row.format("", team.holder.registry_no))

    assert Certificate.objects.get().request is None


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("5.3.3/2026/999999;;;{0};;;;;", "Bu numarada bir talep yok"),
        ("{n};{other};;{0};;;;;", "ayrı kişilere ait"),
        ("{n};;mobil;{0};;;;;", "öbür tür imza"),
        ("{n};;;;;;Kart;;", "hiçbir şey söylemiyor"),
        ("{n};;;{1};;;;;", "henüz gelmedi"),
        ("{n};;;{0};{-1};;;;", "üretildiği günden önce"),
        ("{n};;;;;4A3F;Kart;{0};", "iki tarih"),
        (";{other};;{0};;;;;", "bekleyen talebi yok"),
        ("{n};;;;;4A3F;PIN: 4821;{0};{1}", "güvenlik sözcüğü"),
    ],
)
def test_a_wrong_row_is_refused_with_its_reason_before_anything_is_written(
    team: Team, row: str, words: str
) -> None:
    form, other = posted(team), employee(registry_no="X-1")
    filled = row.replace("{n}", form.number).replace("{other}", other.registry_no or "")
    for place, days in (("{0}", 0), ("{1}", 900), ("{-1}", -1)):
        filled = filled.replace(place, day(days))

    table = judged(team, filled)

    assert (verdicts(table), Certificate.objects.count()) == (["refused"], 0)
    assert words in why(table)


def test_a_form_on_the_list_of_a_drafted_letter_is_refused(team: Team) -> None:
    form = received(team.officer)
    batches.collect([form.pk], by=team.lead, recipient=team.kamusm)

    table = judged(team, active(form))

    assert verdicts(table) == ["refused"]
    assert form.number in why(table)
    assert "toplu yazının" in why(table)


def test_one_holder_twice_in_a_table_is_told(team: Team) -> None:
    form = posted(team, team.holder)

    table = judged(team, active(form, "A1"), f";{team.holder.registry_no};;;;A2;Kart;{day()};{day(9)}")

    assert verdicts(table) == ["new", "refused"]


def test_a_returned_request_waits_for_no_certificate(team: Team) -> None:
    form = workflow.return_form(received(team.officer), by=team.officer, return_reason="İmza eksik.")

    assert "beklemiyor" in why(judged(team, active(form)))


def test_typed_rows_take_what_they_leave_empty_from_the_line_for_all(team: Team, browser: Client) -> None:
    first, second, untouched = posted(team), posted(team), posted(team)

    answer = browser.post(
        URL,
        {
            "all-valid_from": iso(),
            "all-valid_until": iso(1095),
            "all-carrier": "Kart",
            f"serial-{first.pk}": "4A01",
            f"serial-{second.pk}": "4A02",
            f"valid_until-{second.pk}": iso(365),
        },
    )

    table = TableImport.objects.get()
    assert answer["Location"] == f"/imports/certificates/{table.pk}/"
    browser.post(answer["Location"])
    ends = {one.request: one.valid_until for one in Certificate.objects.all()}
    today = timezone.localdate()
    assert ends == {first: today + timedelta(days=1095), second: today + timedelta(days=365)}
    assert list(queries.without_outcome()) == [untouched]


def test_what_was_typed_stays_when_a_row_is_refused(team: Team, browser: Client) -> None:
    good, wrong = posted(team), posted(team)
    values = {
        "all-carrier": "Kart 5",
        f"serial-{good.pk}": "4A01",
        f"valid_from-{good.pk}": iso(),
        f"valid_until-{good.pk}": iso(365),
        f"serial-{wrong.pk}": "4A02",
        f"valid_from-{wrong.pk}": iso(365),
        f"valid_until-{wrong.pk}": iso(),
    }

    refused = browser.post(URL, values)
    pasted = browser.post(URL, {"rows": f"{good.number};4A01;Kart;dün;{day(9)}"})

    page, other = refused.content.decode(), pasted.content.decode()
    assert (refused.status_code, pasted.status_code) == (422, 422)
    assert f"{wrong.number}: Sertifikanın bitiş günü" in page
    assert good.number + ":" not in page
    assert all(f'value="{typed}"' in page for typed in ("Kart 5", "4A01", "4A02", iso(365)))
    assert "1.: Başlangıç Tarihi" in other
    assert ";4A01;Kart;dün;" in other
    assert not Certificate.objects.exists()
    assert not TableImport.objects.filter(state="previewed").exists()
    fixed = browser.post(URL, values | {f"valid_until-{wrong.pk}": iso(730)})
    browser.post(fixed["Location"])
    assert Certificate.objects.count() == 2


def test_a_ticked_row_takes_everything_from_the_line_for_all(team: Team, browser: Client) -> None:
    form = posted(team)

    assert browser.post(URL, {"all-produced_on": iso()}).status_code == 422
    answer = browser.post(URL, {"all-produced_on": iso(), f"take-{form.pk}": "1"})
    browser.post(answer["Location"])

    assert Certificate.objects.get().produced_on == timezone.localdate()
    shown = browser.get(f"{URL}?stage=produced").content.decode()
    assert f'value="{iso()}"' in shown


@pytest.mark.parametrize("sign", [";", "\t"])
def test_pasted_rows_need_no_heads(team: Team, browser: Client, sign: str) -> None:
    form, other = posted(team), posted(team)
    assert other.holder is not None
    by_number = sign.join((form.number, "4A01", "Kart", day(), day(900)))
    by_person = sign.join((str(other.holder.registry_no), "4A02", "Kart", day(), day(900)))

    for rows in (
        by_number,
        f"Sicil No{sign}Seri No{sign}Taşıyıcı{sign}Başlangıç Tarihi{sign}Bitiş Tarihi\n{by_person}",
    ):
        browser.post(browser.post(URL, {"rows": rows})["Location"])

    assert {one.request for one in Certificate.objects.all()} == {form, other}
    assert browser.post(URL, {"rows": ""}).status_code == 422
    assert browser.post(URL, {"rows": "\n\n \n"}).status_code == 422


def test_the_list_to_fill_in_is_read_again_as_it_was_given(team: Team, browser: Client) -> None:
    form = posted(team)
    lifecycle.produced(form, by=team.officer)
    sheet = browser.get(f"{URL}?export=xlsx").getvalue()

    table = machine.take_in(IMPORTER, BytesIO(sheet), "liste.xlsx", scope="", by=team.officer)

    assert verdicts(table) == ["same"]


def test_forty_forms_are_recorded_in_one_go(team: Team, browser: Client) -> None:
    forms = [posted(team) for _form in range(40)]

    taken_in(team, *(active(form, f"F{form.pk}") for form in forms))

    assert Certificate.objects.filter(state=S.ACTIVE, request__in=forms).count() == 40


def test_only_keepers_record_certificates(team: Team) -> None:
    assert signed_in_client(team.approver).get(URL).status_code == 403
    assert signed_in_client(person(Role.UNIT_HEAD)).get(URL).status_code == 200
