"""Ways round the doors: extra fields, other methods, a right taken away meanwhile, files nobody should find."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import Delegation, Grant, User
from accounts.roles import Role
from audit.queries import entries_of
from helpdesk import workflow
from processes.models import Case
from tests.accounts.people import institution, person, signed_in_client
from tests.engine.cast import Cast, assemble
from tests.laying import laid

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "=cmd|' /C calc'!A0")
HIDDEN_FILES = (
    "/.git/config",
    "/.env",
    "/static/../config/settings.py",
    "/static/%2e%2e/manage.py",
    "/server-status",
    "/__debug__/",
    "/wp-login.php",
    "/media/",
    "/var/",
)


people = laid(assemble)


@pytest.fixture
def case(people: Cast) -> Case:
    return workflow.report(
        by=people[Role.IT_OFFICER],
        title="Ağ yok",
        applicant=people[Role.REQUESTING_STAFF],
        channel="telephone",
    )


def stored(case: Case) -> Case:
    return type(case).objects.get(pk=case.pk)


def test_extra_fields_of_a_step_are_not_taken(people: Cast, case: Case) -> None:
    extra = {
        "state": "closed",
        "number": "5.3.6/2026/999999",
        "assignee": "1",
        "closed_by": "1",
        "outcome": "x",
    }
    client = signed_in_client(people[Role.IT_OFFICER])
    client.post(f"/cases/{case.number}/steps/assess/", {"finding": "Kablo", "version": case.version} | extra)
    after = stored(case)
    assert (after.state, after.number, after.assignee, after.closed_by, after.outcome) == (
        "assessed",
        case.number,
        None,
        None,
        "",
    )


def test_extra_fields_of_an_opening_are_not_taken(people: Cast) -> None:
    applicant = people[Role.REQUESTING_STAFF]
    elsewhere = institution()
    other = people[Role.REQUESTING_UNIT_HEAD]
    client = signed_in_client(applicant)
    answer = client.post(
        "/new/",
        {
            "subprocess": "5.3.6",
            "title": "Yazıcı",
            "applicant": other.pk,
            "applicant_institution": elsewhere.pk,
            "opened_by": other.pk,
            "state": "closed",
            "channel": "letter",
            "priority": "1",
        },
    )
    case = Case.objects.get()
    assert answer.status_code == 302
    assert (case.applicant, case.applicant_institution, case.opened_by, case.channel, case.state) == (
        applicant,
        applicant.institution,
        applicant,
        "portal",
        "reported",
    )


def test_extra_fields_of_the_own_profile_are_not_taken(people: Cast) -> None:
    person_ = people[Role.REQUESTING_STAFF]
    client = signed_in_client(person_)
    client.post(
        "/me/",
        {
            "phone": "0312 000 00 00",
            "language": "tr",
            "is_superuser": "on",
            "is_staff": "on",
            "username": "yonetici",
            "institution": institution().pk,
        },
    )
    after = User.objects.get(pk=person_.pk)
    assert (after.is_superuser, after.is_staff, after.username, after.institution) == (
        False,
        False,
        person_.username,
        person_.institution,
    )


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "PROPFIND"])
def test_other_methods_change_nothing(method: str, people: Cast, case: Case) -> None:
    client = signed_in_client(people[Role.IT_OFFICER])
    for url in (
        f"/cases/{case.number}/",
        f"/cases/{case.number}/steps/assess/",
        f"/cases/{case.number}/pause/",
    ):
        assert client.generic(method, url).status_code < 500
    assert stored(case).version == case.version


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-Method-Override", "X-HTTP-Method"])
def test_a_method_in_a_header_counts_for_nothing(header: str, people: Cast, case: Case) -> None:
    client = signed_in_client(people[Role.IT_OFFICER])
    client.get(f"/cases/{case.number}/steps/assess/", {"finding": "Kablo"}, headers={header: "POST"})
    assert stored(case).version == case.version


def test_a_right_taken_away_during_the_session_ends_at_once(people: Cast, case: Case) -> None:
    officer = people[Role.IT_OFFICER]
    client = signed_in_client(officer)
    assert client.get(f"/cases/{case.number}/handle/").status_code == 200
    Grant.objects.filter(user=officer).update(revoked_at=timezone.now(), revoked_by=people[Role.UNIT_HEAD])
    answer = client.post(f"/cases/{case.number}/pause/", {"reason": "Parça"})
    assert (answer.status_code, stored(case).version) == (403, case.version)


def test_a_delegation_over_opens_nothing(people: Cast, case: Case) -> None:
    deputy = person(username="deputy")
    today = timezone.localdate()
    Delegation.objects.create(
        from_user=people[Role.IT_OFFICER],
        to_user=deputy,
        valid_from=today - timedelta(days=9),
        valid_until=today - timedelta(days=1),
        reason="İzin",
        given_by=people[Role.IT_OFFICER],
    )
    answer = signed_in_client(deputy).post(f"/cases/{case.number}/steps/assess/", {"finding": "Kablo"})
    assert (answer.status_code, stored(case).version) == (404, case.version)


def test_a_form_without_its_token_changes_nothing(people: Cast, case: Case) -> None:
    client = signed_in_client(people[Role.IT_OFFICER], enforce_csrf_checks=True)
    answer = client.post(f"/cases/{case.number}/steps/assess/", {"finding": "Kablo"})
    assert (answer.status_code, stored(case).version) == (403, case.version)


def test_a_session_after_logging_out_is_worth_nothing(people: Cast, case: Case) -> None:
    client = signed_in_client(people[Role.IT_OFFICER])
    stolen = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/logout/")
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = stolen
    assert thief.get(f"/cases/{case.number}/").status_code == 302


def test_signs_of_patterns_are_searched_as_they_are(people: Cast, case: Case) -> None:
    client = signed_in_client(people[Role.IT_OFFICER])
    for words in ("%", "_", "%%", "\\", "' OR zz=zz--", "zz%' UNION SELECT 1--"):
        page = client.get("/cases/", {"q": words})
        assert page.status_code == 200
        assert case.number not in page.content.decode()


@pytest.mark.parametrize("formula", FORMULAS)
def test_a_cell_of_an_export_is_no_formula(formula: str, people: Cast) -> None:
    workflow.report(
        by=people[Role.IT_OFFICER],
        title=formula.strip() or formula,
        applicant=people[Role.REQUESTING_STAFF],
        channel="telephone",
    )
    answer = signed_in_client(people[Role.IT_OFFICER]).get("/cases/", {"export": "csv"})
    text = b"".join(answer).decode("utf-8-sig") if answer.streaming else answer.content.decode("utf-8-sig")
    cells = [cell.strip('"') for line in text.splitlines()[1:] for cell in line.split(";")]
    assert [cell for cell in cells if cell.startswith(("=", "+", "@", "\t", "＝")) or cell == "-1"] == []


@pytest.mark.parametrize("path", HIDDEN_FILES)
def test_files_of_the_program_are_not_served(path: str, db: None) -> None:
    assert Client().get(path).status_code in {302, 400, 404}


def test_a_foreign_host_is_refused(db: None) -> None:
    assert Client().get("/login/", headers={"Host": "evil.example"}).status_code == 400


def test_what_people_typed_stands_escaped_on_the_page(people: Cast) -> None:
    text = "<script>alert(1)</script>"
    case = workflow.report(
        by=people[Role.IT_OFFICER], title=text, applicant=people[Role.REQUESTING_STAFF], channel="telephone"
    )
    client = signed_in_client(people[Role.IT_OFFICER])
    for url in ("/cases/", f"/cases/{case.number}/", f"/cases/{case.number}/?tab=trail", "/search/?q=alert"):
        page = client.get(url).content.decode()
        assert text not in page


def security_headers(answer: Any) -> dict[str, str]:
    return {
        name: answer.headers.get(name, "")
        for name in (
            "X-Content-Type-Options",
            "X-Frame-Options",
            "Referrer-Policy",
            "Cross-Origin-Opener-Policy",
        )
    }


def test_every_kind_of_answer_carries_the_safety_headers(people: Cast, case: Case) -> None:
    client = signed_in_client(people[Role.IT_OFFICER])
    strangers = signed_in_client(people[Role.REQUESTING_UNIT_HEAD])
    answers = [
        client.get("/"),
        client.get(f"/cases/{case.number}/"),
        client.get("/no-such-page/"),
        strangers.get(f"/cases/{case.number}/handle/"),
        client.post(f"/cases/{case.number}/steps/assess/", {}),
        Client().get("/login/"),
    ]
    for answer in answers:
        assert security_headers(answer) == {
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "same-origin",
            "Cross-Origin-Opener-Policy": "same-origin",
        }
        policy = answer.headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert answer.headers["X-Request-ID"]


def test_an_own_request_cannot_be_told_under_another_name(people: Cast, case: Case) -> None:
    officer = people[Role.IT_OFFICER]
    client = signed_in_client(officer)
    client.post(
        f"/cases/{case.number}/steps/assess/",
        {"finding": "Kablo", "version": case.version, "by": people[Role.UNIT_HEAD].pk},
        headers={
            "Remote-User": "the_unit_head",
            "X-Forwarded-User": "the_unit_head",
            "X-Forwarded-For": "8.8.8.8",
        },
        REMOTE_ADDR="203.0.113.9",
    )
    entry = entries_of(stored(case))[0]
    assert (entry.actor, entry.remote_addr) == (officer, "203.0.113.9")
