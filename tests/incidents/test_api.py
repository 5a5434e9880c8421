"""5.3.2 over the API: who is answered what, every act through the form of the page, nothing for who must not know."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from audit.models import Entry
from ebys.models import Scope, ServiceAccount
from incidents.acts import ACTS
from incidents.models import Alert, Authority, Breach, Cooperation, Evidence, Notice, Shift, Task
from incidents.services import checklists, evidence, reviews, rota
from processes.services import insiders
from tests.ebys.api.calling import Caller, key_of
from tests.incidents.walking import Team, report, walked
from tests.processes.records import pdf


def program_of(user: User, **values: Any) -> Caller:
    """A program that acts as this person."""
    account, _made = ServiceAccount.objects.get_or_create(acts_as=user, defaults={"name": user.username})
    return Caller(key_of(account, **values)[1])


def of(breach: Breach, rest: str = "") -> str:
    return f"breaches/{breach.number}/{rest}"


def window(team: Team) -> Shift:
    now = timezone.now()
    return rota.plan(
        by=team.lead,
        officer=team.officer,
        deputy=team.lead,
        starts_at=now + timedelta(days=1),
        ends_at=now + timedelta(days=2),
    )


READ = ("", "acts/", "evidence/1/file/")
LISTS = ("breaches/", "breach-alerts/", "breach-follow-ups/", "breach-rota/", "breach-plan/")


def test_the_dossier_is_read_whole(team: Team, breach: Breach) -> None:
    checklists.add(breach, by=team.officer, phase="contain", text="Hesabı kapat")
    secured = evidence.secure(breach, by=team.officer, title="Bellek", place="Kasa")
    evidence.hand_over(secured, by=team.officer, giver="Görevli", receiver="Emniyet", reason="Savcılık")

    told = program_of(team.lead).get(of(breach)).json()

    assert (told["breach"]["number"], told["breach"]["clock_until"] is not None) == (breach.number, True)
    assert [(task["text"], task["outcome"]) for task in told["tasks"]] == [("Hesabı kapat", "")]
    assert told["evidence"][0]["chain"][0]["receiver"] == "Emniyet"
    assert told["alerts"][0]["person"] == team.lead.full_name
    assert told["review"] is None
    assert Entry.objects.filter(event="viewed", content_type__model="breach", actor=team.lead).exists()


@pytest.mark.parametrize("rest", READ)
def test_a_breach_does_not_exist_for_who_must_not_know_of_it(team: Team, breach: Breach, rest: str) -> None:
    other = program_of(team.it_officer)

    real, never = other.get(of(breach, rest)), other.get(f"breaches/5.3.2/2026/999999/{rest}")

    assert (real.status_code, never.status_code) == (404, 404)
    assert breach.title not in real.content.decode()


@pytest.mark.parametrize("rest", ["acts/notice/", "acknowledgement/"])
def test_nothing_can_be_done_on_a_breach_one_must_not_know_of(team: Team, breach: Breach, rest: str) -> None:
    answer = program_of(team.it_officer).post(of(breach, rest), {})

    assert answer.status_code == 404
    assert not Notice.objects.exists()
    assert Alert.objects.filter(breach=breach, acknowledged_at__isnull=True).count() == 1


@pytest.mark.parametrize("address", [*LISTS, "breaches/5.3.2/2026/000001/"])
def test_the_addresses_of_the_unit_are_closed_to_everybody_else(
    team: Team, breach: Breach, address: str
) -> None:
    assert program_of(team.reporter).get(address).status_code == 403
    assert Caller().get(address).status_code == 401


def test_the_rota_is_told_to_the_named_roles_alone(team: Team) -> None:
    shift = window(team)

    answer = program_of(team.it_officer).get("breach-rota/")
    told = program_of(team.officer).get("breach-rota/").json()["results"]

    assert answer.status_code == 403
    assert [(row["id"], row["officer"]) for row in told] == [(shift.pk, team.officer.full_name)]


@pytest.mark.parametrize("address", ["breaches/", "breach-alerts/", "breach-follow-ups/"])
def test_lists_hold_what_the_keys_user_may_know_of(team: Team, address: str) -> None:
    known, hidden = (walked(report(team), team, until="prevent") for _place in range(2))
    insiders.admit(known, team.it_officer, by=team.lead, reason="İnceliyor")

    def numbers(user: User) -> set[str]:
        rows = program_of(user).get(address).json()["results"]
        return {row.get("number", row.get("breach")) for row in rows}

    assert numbers(team.lead) == {known.number, hidden.number}
    assert numbers(team.it_officer) == {known.number}


@pytest.mark.parametrize("address", ["breaches/", "breach-alerts/", "breach-follow-ups/"])
def test_lists_cost_the_same_with_one_row_and_with_many(team: Team, address: str) -> None:
    program = program_of(team.lead)
    counts = []
    for more in (1, 6):
        for _place in range(more):
            walked(report(team, personal_data="no"), team, until="prevent")
        program.get(address)
        with CaptureQueriesContext(connection) as queries:
            program.get(address)
        counts.append(len([one for one in queries if "SAVEPOINT" not in one["sql"]]))

    assert counts[0] == counts[1] <= 8


def test_the_register_is_narrowed_and_paged(team: Team) -> None:
    grave = report(team, level="A", personal_data="no")
    later = [report(team) for _place in range(2)]
    program = program_of(team.lead)

    first = program.get("breaches/?page_size=2").json()
    rest = program.get(first["next"].partition("/api/v1/")[2]).json()

    assert [row["number"] for row in first["results"]] == [one.number for one in reversed(later)]
    assert [row["number"] for row in rest["results"]] == [grave.number]
    assert [row["number"] for row in program.get("breaches/?level=A").json()["results"]] == [grave.number]
    assert len(program.get("breaches/?clock=running").json()["results"]) == 2
    assert program.get("breaches/?clock=no").status_code == 400
    assert program.get("breaches/?colour=red").status_code == 400


def test_every_act_of_the_page_is_an_act_of_the_api(team: Team, breach: Breach) -> None:
    told = program_of(team.officer).get(of(breach, "acts/")).json()["results"]

    assert [one["key"] for one in told] == list(ACTS)
    assert {one["key"] for one in told if one["takes_file"]} == {"evidence-add"}
    pressed = {"evidence-verify", "evidence-annex", "evidence-leave-out"}
    assert all(one["fields"] for one in told if one["key"] not in pressed)


def test_a_task_is_added_and_settled(team: Team, breach: Breach) -> None:
    program = program_of(team.officer)

    added = program.post(of(breach, "acts/task-add/"), {"phase": "contain", "text": "Parolayı sıfırla"})
    row = added.json()["row"]
    settled = program.post(of(breach, "acts/task/"), {"row": row, "outcome": "done", "note": "Yapıldı."})
    again = program.post(of(breach, "acts/task/"), {"row": row, "outcome": "done"})

    task = Task.objects.get(pk=row)
    assert (task.outcome, task.settled_by, task.is_mandatory) == ("done", team.officer, False)
    assert settled.json()["dossier"]["tasks"][0]["settled_by"] == team.officer.full_name
    assert (again.status_code, again.json()["code"]) == (409, "wrong-state")
    assert Entry.objects.filter(step="task_settle", actor=team.officer).exists()


def test_a_row_of_another_breach_is_not_found(team: Team, breach: Breach) -> None:
    other = checklists.add(report(team), by=team.officer, phase="contain", text="Başka")

    answer = program_of(team.officer).post(of(breach, "acts/task/"), {"row": other.pk, "outcome": "done"})

    assert answer.status_code == 404
    other.refresh_from_db()
    assert other.outcome == ""


def test_evidence_comes_with_its_file_and_goes_out_as_it_came(team: Team, breach: Breach) -> None:
    content = pdf()
    program = program_of(team.officer)
    upload = SimpleUploadedFile("kayit.pdf", content)

    secured = program.form(
        of(breach, "acts/evidence-add/"), {"title": "Kayıt", "place": "Kasa", "upload": upload}
    )
    piece = secured.json()["dossier"]["evidence"][0]
    checked = program.post(of(breach, "acts/evidence-verify/"), {"row": piece["id"]})
    file = program.get(of(breach, f"evidence/{piece['id']}/file/"))

    assert piece["sha256"] == hashlib.sha256(content).hexdigest()
    assert checked.json()["unchanged"] is True
    assert (b"".join(file), file["X-Content-Type-Options"]) == (content, "nosniff")
    assert file["Content-Disposition"].startswith("attachment")
    assert Entry.objects.filter(event="downloaded", actor=team.officer).exists()


def test_a_file_where_none_is_taken_is_refused(team: Team, breach: Breach) -> None:
    answer = program_of(team.officer).form(
        of(breach, "acts/task-add/"),
        {"phase": "contain", "text": "İş", "upload": SimpleUploadedFile("a.pdf", pdf())},
    )

    assert (answer.status_code, list(answer.json()["errors"])) == (422, ["upload"])
    assert not Task.objects.exists()


@pytest.mark.parametrize(
    ("key", "body", "field"),
    [
        ("notice", {"addressee": "board", "way": "Form"}, "summary"),
        ("notice", {"addressee": "kimse", "way": "Form", "summary": "…"}, "addressee"),
        (
            "notice",
            {"addressee": "board", "way": "Form", "summary": "…", "sent_at": "0001-01-01T00:00"},
            "sent_at",
        ),
        ("evidence-add", {"title": "Disk", "place": "Kasa", "sha256": "xyz"}, "sha256"),
        ("task-add", {"phase": "contain", "text": "İş", "colour": "red"}, "colour"),
        ("task-add", {"phase": "contain", "text": ["İş"]}, "text"),
    ],
)
def test_what_the_page_refuses_is_refused_with_its_field(
    team: Team, breach: Breach, key: str, body: dict[str, Any], field: str
) -> None:
    answer = program_of(team.officer).post(of(breach, f"acts/{key}/"), body)

    assert (answer.status_code, list(answer.json()["errors"])) == (422, [field])
    assert (Notice.objects.count(), Task.objects.count(), Evidence.objects.count()) == (0, 0, 0)


def test_nobody_signs_their_own_proposal_over_the_api_either(team: Team, breach: Breach) -> None:
    proposed = program_of(team.head).post(of(breach, "acts/silence/"), {"reason": "Veri şifreliydi."})
    row = proposed.json()["row"]
    body = {"row": row, "is_approved": "yes"}

    own = program_of(team.head).post(of(breach, "acts/silence-answer/"), body)
    officers = program_of(team.officer).post(of(breach, "acts/silence-answer/"), body)

    assert (own.status_code, officers.status_code) == (422, 403)
    breach.refresh_from_db()
    assert breach.kvkk_settled_at is None


def test_a_repeated_act_is_done_once(team: Team, breach: Breach) -> None:
    program = program_of(team.officer)
    body = {"addressee": "board", "way": "Form", "summary": "İlk bildirim."}

    first = program.post(of(breach, "acts/notice/"), body, Idempotency_Key="bir")
    second = program.post(of(breach, "acts/notice/"), body, Idempotency_Key="bir")

    assert (first.json(), second["Idempotency-Replayed"]) == (second.json(), "true")
    assert Notice.objects.count() == 1


def test_a_key_that_only_reads_changes_nothing(team: Team, breach: Breach) -> None:
    program = program_of(team.officer, scopes=[Scope.CASES_READ])

    answer = program.post(of(breach, "acts/task-add/"), {"phase": "contain", "text": "İş"})

    assert (answer.status_code, Task.objects.count()) == (403, 0)


def test_an_alert_is_acknowledged_once(team: Team, breach: Breach) -> None:
    program = program_of(team.officer)

    waiting = program.get("breach-alerts/?waiting=yes").json()["results"]
    first, second = (program.post(of(breach, "acknowledgement/")) for _turn in range(2))

    assert [row["breach"] for row in waiting] == [breach.number]
    assert (first.status_code, second.status_code) == (200, 409)
    assert Alert.objects.get(breach=breach).acknowledged_by == team.officer
    assert program.get("breach-alerts/?waiting=yes").json()["results"] == []


def test_the_rota_is_planned_and_a_window_taken_off_by_the_lead(team: Team) -> None:
    start = timezone.now() + timedelta(days=3)
    body = {
        "officer": team.officer.pk,
        "deputy": team.lead.pk,
        "starts_at": start.isoformat(),
        "ends_at": (start + timedelta(days=1)).isoformat(),
    }
    program = program_of(team.lead)

    refused = program_of(team.officer).post("breach-rota/", body)
    planned = program.post("breach-rota/", body)
    twice = program.post("breach-rota/", body)
    cancelled = program.post(f"breach-rota/{planned.json()['id']}/cancellation/")

    assert (refused.status_code, planned.status_code, twice.status_code) == (403, 201, 422)
    assert cancelled.json()["cancelled_at"] is not None
    assert program.get("breach-rota/").json()["results"] == []


def test_what_is_due_leads_to_its_row(team: Team, breach: Breach) -> None:
    day = timezone.localdate()
    barrier = reviews.add_barrier(breach, by=team.lead, text="Engel", owner=team.officer, verify_on=day)
    program = program_of(team.officer)

    (due,) = program.get("breach-follow-ups/").json()["results"]
    verified = program.post(
        of(breach, "acts/barrier/"), {"row": due["id"], "holds": "no", "finding": "Parola kâğıtta."}
    )

    assert (due["kind"], due["id"], due["owner"]) == ("barrier", barrier.pk, team.officer.full_name)
    assert verified.json()["dossier"]["barriers"][0]["holds"] is False
    assert program.get("breach-follow-ups/").json()["results"] == []


def test_a_reporter_learns_when_and_one_word_and_nothing_else(team: Team, breach: Breach) -> None:
    (own,) = program_of(team.reporter).get("breach-reports/").json()["results"]

    assert (set(own), own["status"]) == ({"reported_at", "status"}, "received")
    assert program_of(team.outsider).get("breach-reports/").json()["results"] == []


def test_the_emergency_plan_is_read_whole_or_by_part(team: Team) -> None:
    today = timezone.localdate()
    Authority.objects.create(
        event="Veri sızıntısı", institution="Kurul", way="Form", contact="ihlalbildirim", applicant="Müdür",
        review_by=today,
    )  # fmt: skip
    Cooperation.objects.create(partner="Bilgi işlem", need="Ağı ayırmak", contact="1234", review_by=today)
    program = program_of(team.it_officer)

    whole, part = program.get("breach-plan/").json(), program.get("breach-plan/?part=authorities").json()

    assert ([row["institution"] for row in whole["authorities"]], len(whole["cooperations"])) == (
        ["Kurul"],
        1,
    )
    assert (len(part["authorities"]), part["cooperations"]) == (1, [])
    assert program.get("breach-plan/?part=all").status_code == 400
