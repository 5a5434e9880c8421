"""Cases over the API: the same forms, the same gate, the same sentences as on the pages."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from accounts.roles import Role
from helpdesk.models import Ticket
from processes import rooms
from tests.accounts import people
from tests.ebys import letters
from tests.ebys.api.calling import Caller, account, caller, key_of
from tests.processes import sheets

pytestmark = pytest.mark.django_db
FAULT = {"subprocess": "5.3.6", "title": "Servis ağına erişilemiyor", "applicant_name": "Ayşe Örnek"}


@pytest.fixture(autouse=True)
def catalogue() -> None:
    sheets.load()


def test_a_case_is_opened() -> None:
    who = caller(Role.IT_OFFICER)
    answer = who.post("cases/", FAULT | {"description": "3. kat", "priority": 2})
    case = answer.json()
    ticket = Ticket.objects.get(number=case["number"])
    assert answer.status_code == 201
    assert answer["ETag"] == '"1"'
    assert (case["subprocess"], case["channel"], case["state"]) == ("5.3.6", "api", "reported")
    assert (ticket.title, ticket.priority, ticket.description) == (FAULT["title"], 2, "3. kat")
    assert who.get(answer["Location"].partition("/api/v1/")[2]).json() == case


def test_an_institution_is_named_in_words() -> None:
    place = people.institution(name="Örnekova Göğüs Hastalıkları Hastanesi")
    answer = caller(Role.IT_OFFICER).post("cases/", FAULT | {"applicant_institution": "göğüs hastalıkları"})
    assert answer.json()["applicant_institution"] == {"name": place.name, "detsis": place.detsis_no}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"subprocess": None}, "subprocess"),
        ({"subprocess": "9.9.9"}, "subprocess"),
        ({"subprocess": ["5.3.6"]}, "subprocess"),
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": {"x": 1}}, "title"),
        ({"title": True}, "title"),
        ({"priority": "sehr"}, "priority"),
        ({"priority": 99}, "priority"),
        ({"applicant_institution": "böyle bir yer yok"}, "applicant_institution"),
        ({"applicant_institution": 2**40}, "applicant_institution"),
        ({"state": "closed"}, "state"),
        ({"version": 7}, "version"),
        ({"is_superuser": True}, "is_superuser"),
        ({"applicant_name": None}, "applicant"),
    ],
    ids=str,
)
def test_a_case_that_cannot_be_opened_names_the_field(change: dict[str, Any], field: str) -> None:
    answer = caller(Role.IT_OFFICER).post("cases/", FAULT | change)
    assert answer.status_code == 422
    assert field in answer.json()["errors"]
    assert not Ticket.objects.exists()


def test_a_role_that_registers_nothing_is_refused() -> None:
    answer = caller(Role.MINISTRY_UNIT_HEAD).post("cases/", FAULT)
    assert answer.status_code == 403


def test_actions_are_what_the_page_offers() -> None:
    key, text = key_of(account(Role.IT_OFFICER))
    ticket = letters.ticket()
    told = Caller(text).get(f"cases/{ticket.number}/").json()["actions"]
    offered = rooms.room_of(ticket).flow.offered(ticket, key.account.acts_as)
    assert [(one["key"], one["number"], one["allowed"]) for one in told] == [
        (offer.key, offer.number, offer.is_allowed) for offer in offered
    ]


def test_a_refused_action_says_why() -> None:
    ticket = letters.ticket()
    [action] = [
        one
        for one in caller(Role.HIS_OFFICER).get(f"cases/{ticket.number}/steps/").json()["actions"]
        if one["key"] == "merge"
    ]
    assert action["allowed"] is False
    assert (action["refusal"]["code"], action["refusal"]["status"]) == ("not-permitted", 403)
    assert "fields" not in action


def test_a_step_tells_its_fields() -> None:
    ticket = letters.ticket()
    actions = caller(Role.IT_OFFICER, Role.IT_LEAD).get(f"cases/{ticket.number}/steps/").json()["actions"]
    fields = {field["name"]: field for field in actions[0]["fields"]}
    assert (fields["finding"]["kind"], fields["finding"]["required"]) == ("text", True)
    assert [choice["value"] for choice in fields["priority"]["choices"]] == ["1", "2", "3", "4"]


def test_the_whole_way_over_the_api() -> None:
    who = caller(Role.IT_LEAD, Role.IT_OFFICER)
    number = who.post("cases/", FAULT).json()["number"]
    helper = people.person(Role.IT_OFFICER)
    version = '"1"'
    for key, body in (
        ("assess", {"finding": "Kat anahtarı arızalı"}),
        ("plan", {"way": "Anahtar değiştirilecek"}),
        ("supply", {"nothing_needed": True}),
        ("assign", {"assignee": helper.pk}),
        ("solve", {"solution": "Değiştirildi"}),
        ("inform", {"answer_channel": "telephone", "answer_note": "Bilgi verildi"}),
    ):
        answer = who.post(f"cases/{number}/steps/{key}/", body, If_Match=version)
        assert answer.status_code == 200, answer.json()
        version = answer["ETag"]
    steps = who.get(f"cases/{number}/steps/").json()
    assert answer.json()["state"] == "closed"
    assert [run["number"] for run in steps["runs"]] == [
        "5.3.6.1", "5.3.6.2", "5.3.6.3", "5.3.6.4", "5.3.6.5", "5.3.6.5", "5.3.6.6",
    ]  # fmt: skip
    assert all(run["ended_by"] for run in steps["runs"])


def test_a_step_from_the_wrong_state_is_refused() -> None:
    ticket = letters.ticket()
    answer = caller(Role.IT_LEAD, Role.IT_OFFICER).post(f"cases/{ticket.number}/steps/inform/", {})
    assert (answer.status_code, answer.json()["code"]) == (409, "wrong-state")


def test_a_step_by_the_wrong_role_is_refused() -> None:
    ticket = letters.ticket()
    answer = caller(Role.HIS_OFFICER).post(f"cases/{ticket.number}/steps/merge/", {"into": "x"})
    assert (answer.status_code, answer.json()["code"]) == (403, "not-permitted")


def test_an_old_version_is_refused_before_anything_else() -> None:
    ticket = letters.ticket()
    answer = caller(Role.IT_LEAD, Role.IT_OFFICER).post(
        f"cases/{ticket.number}/steps/assess/", {"finding": "x"}, If_Match='"7"'
    )
    assert (answer.status_code, answer.json()["code"]) == (412, "stale-version")
    assert Ticket.objects.get(pk=ticket.pk).state == "reported"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "finding"),
        ({"finding": "x", "by": 1}, "by"),
        ({"finding": ["x"]}, "finding"),
        ({"finding": 1, "note": "x"}, "note"),
    ],
    ids=str,
)
def test_a_step_with_wrong_fields_is_refused(body: dict[str, Any], field: str) -> None:
    ticket = letters.ticket()
    answer = caller(Role.IT_LEAD, Role.IT_OFFICER).post(f"cases/{ticket.number}/steps/assess/", body)
    assert answer.status_code == 422
    assert field in answer.json()["errors"]
    assert Ticket.objects.get(pk=ticket.pk).version == 1


@pytest.mark.parametrize("key", ["nothing", "report", "assess-x", "__class__"])
def test_a_step_that_does_not_exist_is_not_found(key: str) -> None:
    ticket = letters.ticket()
    answer = caller(Role.IT_OFFICER).post(f"cases/{ticket.number}/steps/{key}/", {"finding": "x"})
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_a_case_of_somebody_else_does_not_exist() -> None:
    ticket = letters.ticket()
    outsider = caller(Role.REQUESTING_STAFF)
    for path in (f"cases/{ticket.number}/", f"cases/{ticket.number}/steps/"):
        theirs, missing = outsider.get(path), outsider.get(path.replace(ticket.number, "5.3.6/2026/999999"))
        assert theirs.status_code == missing.status_code == 404
        assert theirs.json()["code"] == missing.json()["code"]
    assert outsider.post(f"cases/{ticket.number}/steps/assess/", {}).status_code == 404
    assert outsider.get("cases/").json()["results"] == []


def test_lists_are_narrowed_and_paged() -> None:
    who = caller(Role.IT_OFFICER)
    numbers = [letters.ticket().number for _case in range(5)]
    seen: list[str] = []
    address: str | None = "cases/?page_size=2&state=open&subprocess=5.3.6"
    while address:
        page = who.get(address).json()
        seen += [case["number"] for case in page["results"]]
        address = page["next"] and page["next"].partition("/api/v1/")[2]
    assert seen == numbers[::-1]
    assert who.get("cases/?state=closed").json()["results"] == []
    assert who.get("cases/?subprocess=5.3.1").json()["results"] == []


@pytest.mark.parametrize(
    "query",
    [
        "order=title", "expand=applicant", "fields=tckn", "applicant__password=1", "state=x", "state=open&state=closed",
        "page_size=0", "page_size=-1", "page_size=x", "page_size=" + "9" * 50, "cursor=x", "cursor=%00", "state=%00",
        "subprocess=%00", "cursor=" + "A" * 3000,
    ],
)  # fmt: skip
def test_strange_parameters_are_a_bad_request(query: str) -> None:
    answer = caller(Role.IT_OFFICER).get(f"cases/?{query}")
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-request")
    assert answer.json()["errors"]


@pytest.mark.parametrize("value", ["' OR 1=1--", '"; DROP TABLE', "%27", "%", "_", "5.3.6' --", "5_3_6"])
def test_a_filter_is_literal(value: str) -> None:
    letters.ticket()
    answer = caller(Role.IT_OFFICER).get(f"cases/?subprocess={quote(value)}")
    assert (answer.status_code, answer.json()["results"]) == (200, [])
