"""The pages of announcements: the letter to institutions and units, and what anybody reads without logging in."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import Unit
from ebys.models import OutgoingLetter
from ebys.reference import load_templates
from security_docs import queries, workflow
from security_docs.models import (
    Announcement,
    AnnouncementState,
    Compliance,
)
from security_docs.services import announcements
from tests.accounts.people import institution, signed_in_client
from tests.security_docs.conftest import Team, entered, in_force
from tests.security_docs.test_pages import words


def test_two_writers_of_an_announcement_do_not_write_over_each_other(team: Team) -> None:
    made = announcements.draft(by=team.officer, title="Duyuru", text="Metin.")
    path, client = f"/announcements/{made.pk}/", signed_in_client(team.lead)
    sent = {"title": "Duyuru", "text": "Birinci.", "seen": made.version}

    answers = [client.post(path, sent), client.post(path, sent | {"text": "İkinci."})]

    made.refresh_from_db()
    assert ([one.status_code for one in answers], made.text) == ([302, 412], "Birinci.")
    assert "İkinci" in answers[1].content.decode()


@pytest.fixture
def notified_case(team: Team) -> Compliance:
    """A notified document whose letter can be drafted."""
    load_templates()
    return workflow.notified(by=team.officer, title="Uyum dokümanı")


def rows(*chosen: tuple[Any, Any], **more: Any) -> dict[str, Any]:
    """The rows of the announcement letter, institution and unit each."""
    sent: dict[str, Any] = {"to-TOTAL_FORMS": len(chosen), "to-INITIAL_FORMS": 0, **more}
    for place, (where, unit) in enumerate(chosen):
        sent |= {f"to-{place}-institution": where or "", f"to-{place}-unit": unit or ""}
    return sent


def test_the_announcement_goes_to_any_number_of_institutions_and_units(
    team: Team, notified_case: Compliance
) -> None:
    places = [institution() for _one in range(7)]
    unit = Unit.objects.create(institution=places[0], name="Bilgi İşlem Birimi")
    client = signed_in_client(team.officer)
    path = f"/cases/{notified_case.number}/announcement-letter/"

    answer = client.post(path, rows(*[(one.pk, None) for one in places], (None, unit.pk), (None, None)))

    letter = OutgoingLetter.objects.get()
    found = {(one.institution_id, one.unit_name) for one in letter.recipients.all()}
    assert answer.status_code == 302
    assert found == {(one.pk, "") for one in places} | {(places[0].pk, "Bilgi İşlem Birimi")}


def test_further_rows_keep_what_was_chosen(team: Team, notified_case: Compliance) -> None:
    place = institution()
    unit = Unit.objects.create(institution=place, name="Arşiv Birimi")
    client = signed_in_client(team.officer)
    path = f"/cases/{notified_case.number}/announcement-letter/"
    sent = rows((place.pk, None), (None, unit.pk), more="1", kinds=["state_hospital"])

    page = client.post(path, sent).content.decode()

    assert 'name="to-TOTAL_FORMS" value="6"' in page
    assert f'name="to-0-institution" value="{place.pk}"' in page
    assert f"Arşiv Birimi – {place}" in page
    assert re.search(r'value="state_hospital"[^>]*checked', page)
    assert not OutgoingLetter.objects.exists()


@pytest.mark.parametrize(
    "sent",
    [
        rows((None, None)),
        rows(("999999", None)),
        {},
        {"to-TOTAL_FORMS": "x", "to-INITIAL_FORMS": "0"},
        {"to-TOTAL_FORMS": "100000", "to-INITIAL_FORMS": "0"},
        {"to-TOTAL_FORMS": "-1", "to-INITIAL_FORMS": "0", "kinds": "nowhere"},
    ],
    ids=["nobody", "unknown", "nothing", "words", "too many", "negative"],
)
def test_a_letter_to_nobody_is_refused_in_words(
    team: Team, notified_case: Compliance, sent: dict[str, Any]
) -> None:
    client = signed_in_client(team.officer)

    answer = client.post(f"/cases/{notified_case.number}/announcement-letter/", sent)

    assert (answer.status_code, OutgoingLetter.objects.count()) == (422, 0)
    assert client.post(
        f"/cases/{notified_case.number}/announcement-letter/", sent | {"more": "1"}
    ).status_code in (200, 422)


def published(team: Team, **values: Any) -> Announcement:
    made = announcements.draft(
        by=team.officer, title="Parola prosedürü yenilendi", text="Yürürlüktedir.", **values
    )
    return announcements.publish(made, by=team.lead)


def test_anybody_reads_announcements_without_logging_in(team: Team) -> None:
    public = entered(team, "BG-PL-01", classification="public")
    one = published(team, document_version=in_force(team, public))
    hidden = announcements.draft(by=team.officer, title="Henüz taslak", text="Görülmez.")
    client = Client()

    listed, detail = client.get("/duyurular/"), client.get(one.public_url)
    feed, paper = client.get("/duyurular/atom.xml"), client.get(f"{one.public_url}pdf/")

    assert [answer.status_code for answer in (listed, detail, feed, paper)] == [200] * 4
    assert "Parola prosedürü yenilendi" in listed.content.decode()
    assert "Henüz taslak" not in listed.content.decode() + feed.content.decode()
    assert b"<feed" in feed.content
    assert "Herkese açık" in words(paper.content)
    assert client.get(f"/duyurular/{hidden.pk}/").status_code == 404
    text = listed.content.decode() + detail.content.decode() + feed.content.decode()
    assert not any(one.last_name in text for one in (team.officer, team.lead, team.head))


@pytest.mark.parametrize("classification", ["internal", "restricted", "confidential"])
def test_what_is_not_public_is_announced_without_its_file(team: Team, classification: str) -> None:
    version = in_force(team, entered(team, classification=classification))
    one = published(team, document_version=version)

    assert Client().get(one.public_url).status_code == 200
    assert Client().get(f"{one.public_url}pdf/").status_code == 404


def test_an_announcement_taken_down_is_gone_but_kept(team: Team) -> None:
    one = published(team)
    client = signed_in_client(team.lead)

    refused = client.post(f"/announcements/{one.pk}/take-down/", {"reason": ""})
    client.post(f"/announcements/{one.pk}/take-down/", {"reason": "Yanlış duyuru."})

    assert refused.status_code == 422
    assert Client().get(one.public_url).status_code == 404
    one.refresh_from_db()
    assert one.state == AnnouncementState.WITHDRAWN


def test_the_public_page_is_not_asked_too_often(team: Team) -> None:
    cache.clear()
    client = Client(REMOTE_ADDR="203.0.113.9")

    answers = [client.get("/duyurular/").status_code for _try in range(122)]

    assert (answers[0], answers[-1]) == (200, 429)


def test_the_choice_of_announced_documents_stays_short_and_takes_an_older_one_all_the_same(
    team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MOST_CHOICES", 2)
    old, *newer = (in_force(team, entered(team, f"BG-PR-{place}")) for place in range(4))
    client = signed_in_client(team.officer)

    page = client.get("/announcements/new/").content.decode()
    client.post("/announcements/new/", {"title": "Eski", "text": "Hâlâ geçerli.", "document_version": old.pk})

    made = Announcement.objects.get()
    edited = client.get(f"/announcements/{made.pk}/").content.decode()
    assert [one.label for one in newer if one.label in page] == [one.label for one in newer[1:]]
    assert (made.document_version, old.label in page, old.label in edited) == (old, False, True)
