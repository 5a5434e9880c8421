"""Applications and authorities over the API."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from ebys.models import ServiceAccount
from tests.accounts.people import employee
from tests.ebys.api.calling import Caller, key_of, upload
from tests.webapps.conftest import Team
from webapps import reviewing
from webapps.models import AccessRequest, Origin, Reconciliation


def program_of(user: User) -> Caller:
    """A program that acts as this person."""
    account, _made = ServiceAccount.objects.get_or_create(acts_as=user, defaults={"name": user.username})
    return Caller(key_of(account)[1])


def test_applications_come_with_their_roles(team: Team) -> None:
    answer = program_of(team.officer).get("web-applications/")

    (row,) = answer.json()["results"]
    assert (row["code"], [role["code"] for role in row["roles"]]) == ("TST", ["KONTROL", "RAPOR"])


def test_authorities_are_those_of_a_day_and_of_what_one_may_see(team: Team) -> None:
    here, there = team.staff(), employee(team.other)
    team.grant(here, there, now=timezone.now() - timedelta(days=3))
    early = (timezone.localdate() - timedelta(days=9)).isoformat()

    def numbers(user: User, query: str = "") -> list[str]:
        rows = program_of(user).get(f"web-application-authorities/{query}").json()["results"]
        return [row["registry_no"] for row in rows]

    assert numbers(team.officer) == [here.registry_no, there.registry_no]
    assert numbers(team.head) == [here.registry_no]
    assert numbers(team.officer, f"?on={early}") == []
    assert numbers(team.officer, "?application=YOK") == []
    assert program_of(team.officer).get("web-application-authorities/?on=dün").status_code == 400


def lists(team: Team, *rows: str) -> bytes:
    return ("Sicil No;Ad Soyad;Rol\n" + "".join(f"{row}\n" for row in rows)).encode()


def sent(program: Caller, content: bytes, **more: str) -> Any:
    """An application's list handed in."""
    return program.form("web-applications/TST/comparisons/", {"file": upload(content, "liste.csv"), **more})


def test_a_list_is_looked_at_kept_and_its_differences_settled(team: Team) -> None:
    extra, absent = team.staff(), team.staff()
    team.grant(absent)
    program = program_of(team.officer)
    rows = lists(team, f"{extra.registry_no};{extra.full_name};RAPOR", "X1;Biri;RAPOR")

    seen = sent(program, lists(team, "X1;=kötü();RAPOR"), preview="true")
    assert (seen.status_code, seen.json()["unreadable"], seen.json()["missing"]) == (200, 1, 0)
    assert seen.json()["refused"][0]["row"] == 2
    assert not Reconciliation.objects.exists()
    kept = sent(program, rows)
    assert (kept.status_code, kept.json()["rows"]) == (201, 2)
    assert sent(program, rows).json()["id"] == kept.json()["id"]

    place = f"web-application-comparisons/{kept.json()['id']}/"
    found = {one["kind"]: one for one in program.get(f"{place}differences/").json()["results"]}
    assert set(found) == {"extra", "missing", "unknown"}
    act = f"web-application-differences/{found['extra']['id']}/acts/"
    assert program.post(f"{act}accept/", {}).status_code == 422
    assert program.post(f"{act}request/", {}).json()["settlement"] == "case"
    assert program.post(f"{act}accept/", {"reason": "Yazısı var."}).status_code == 409
    told = program.post(f"{place}acts/accept_all/", {"kind": "unknown", "reason": "Servis hesapları"})
    assert told.status_code == 200
    (unknown,) = program.get(f"{place}differences/?kind=unknown").json()["results"]
    assert (unknown["settlement"], unknown["reason"]) == ("accepted", "Servis hesapları")
    assert [
        one["id"] for one in program.get("web-application-comparisons/?application=TST").json()["results"]
    ] == [kept.json()["id"]]


def test_what_the_page_refuses_of_a_list_the_api_refuses(team: Team) -> None:
    program = program_of(team.officer)

    assert sent(program, b"bos\n").status_code == 422
    assert sent(program, b"%PDF-1.7").status_code == 415
    assert (
        program.form("web-applications/NONE/comparisons/", {"file": upload(b"x", "a.csv")}).status_code == 404
    )
    assert sent(program_of(team.head), lists(team)).status_code == 403
    assert program_of(team.head).get("web-application-comparisons/").status_code == 403


def test_a_review_is_begun_decided_and_finished_over_the_api(team: Team) -> None:
    own, other = employee(team.hospital, user=team.head), team.staff()
    team.grant(own, other)
    officer, head = program_of(team.officer), program_of(team.head)
    body = {
        "title": "Yıllık",
        "applications": ["TST"],
        "deadline": str(timezone.localdate()),
        "reviewer": str(team.lead.pk),
    }
    past = officer.post("access-reviews/", body | {"deadline": "2020-01-01"})
    begun = officer.post("access-reviews/", body)
    assert (past.status_code, begun.status_code) == (422, 201)
    place = f"access-reviews/{begun.json()['id']}/"
    (part,) = begun.json()["parts"]
    assert (part["reviewer"], part["counts"]["undecided"]) == (team.head.full_name, 2)
    assert officer.post(f"{place}acts/finish/", {}).status_code == 422

    items = f"access-review-parts/{part['id']}/"
    keys = {one["registry_no"]: str(one["id"]) for one in head.get(f"{items}items/").json()["results"]}
    mine, theirs = keys[str(own.registry_no)], keys[str(other.registry_no)]
    remove = {"items": [theirs], "decision": "remove"}
    assert head.post(f"{items}acts/decide/", remove).status_code == 422
    assert head.post(f"{items}acts/decide/", {"items": [mine], "decision": "keep"}).status_code == 403
    told = head.post(f"{items}acts/decide/", remove | {"reason": "Görevi değişti."})
    assert (told.status_code, told.json()["counts"]["to_remove"]) == (200, 1)
    head.post(f"{items}acts/keep_undecided/", {})
    assert officer.post(f"{place}acts/finish/", {}).status_code == 422
    officer.post(f"{items}acts/keep_undecided/", {})
    done = officer.post(f"{place}acts/finish/", {})

    assert (done.status_code, done.json()["counts"]["undecided"]) == (200, 0)
    assert AccessRequest.objects.get(origin=Origin.REVIEW).lines.get().employee == other
    assert officer.get("access-reviews/").json()["results"][0]["finished_at"] is not None
    assert officer.post(f"{items}acts/keep_undecided/", {}).status_code == 409


def test_parts_are_the_reviewers_and_the_units(team: Team) -> None:
    team.grant(team.staff(), employee(team.other))
    officer = program_of(team.officer)
    campaign = reviewing.begin(
        by=team.officer,
        title="Yıllık",
        applications=[team.application],
        deadline=timezone.localdate(),
        reviewer=team.lead,
    )
    here = campaign.parts.get(institution=team.hospital)

    assert len(officer.get("access-review-parts/").json()["results"]) == 2
    assert [one["id"] for one in program_of(team.head).get("access-review-parts/").json()["results"]] == [
        here.pk
    ]
    assert program_of(team.outsider).get(f"access-review-parts/{here.pk}/items/").status_code == 404
    assert program_of(team.head).get("access-reviews/").status_code == 403
    acts = {one["key"] for one in officer.get(f"access-review-parts/{here.pk}/acts/").json()["results"]}
    assert acts == {"decide", "keep_undecided", "hand_over"}
    handed = officer.post(f"access-review-parts/{here.pk}/acts/hand_over/", {"reviewer": str(team.lead.pk)})
    assert handed.json()["reviewer"] == team.lead.full_name
    refused = program_of(team.head).post(f"access-review-parts/{here.pk}/acts/keep_undecided/", {})
    assert refused.status_code == 404
