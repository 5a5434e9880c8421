"""A letter about a breach or a document: what the law counts begins when it came, and its number goes along."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from ebys.models import IncomingLetter
from ebys.workflow import incoming
from incidents.models import Breach
from incidents.services.repeats import AlreadyReported
from security_docs.models import Compliance
from tests.accounts.people import signed_in_client
from tests.ebys import letters
from tests.incidents.walking import Team

AGO = timedelta(hours=60)


def came(team: Team, subject: str = "Bilgi güvenliği ihlal bildirimi", **facts: Any) -> IncomingLetter:
    """A letter that came sixty hours ago and waits for routing; nothing but its subject tells where it belongs."""
    facts = {"sdp_code": "", "official_number": "E-1234", **facts}
    letter = letters.incoming(by=team.lead, subject=subject, **facts)
    IncomingLetter.objects.filter(pk=letter.pk).update(received_at=timezone.now() - AGO)
    return IncomingLetter.objects.get(pk=letter.pk)


@pytest.fixture
def browser(team: Team) -> Client:
    return signed_in_client(team.lead)


def typed(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"


def test_the_clock_runs_from_the_moment_the_letter_came(team: Team) -> None:
    letter = came(team)

    incoming.route(letter, "5.3.2", by=team.lead)

    breach = Breach.objects.get()
    assert (breach.learned_at, breach.reported_at) == (letter.received_at, letter.received_at)
    assert (breach.source, breach.source_reference) == ("ebys", letter.official_number)


def test_the_page_proposes_moment_and_number_and_takes_what_was_corrected(
    team: Team, browser: Client
) -> None:
    letter = came(team)
    earlier = letter.received_at - timedelta(hours=3)

    page = browser.get(letter.get_absolute_url()).content.decode()
    browser.post(
        f"{letter.get_absolute_url()}route/",
        {
            "subprocess": "5.3.2",
            "version": letter.version,
            "learned_at": typed(earlier),
            "reported_at": "",
            "source_reference": "BGYS-9",
        },
    )

    breach = Breach.objects.get()
    for name, value in (
        ("learned_at", typed(letter.received_at)),
        ("reported_at", typed(letter.received_at)),
    ):
        assert f'name="{name}" value="{value}"' in page
    assert f'value="{letter.official_number}"' in page
    assert (typed(breach.learned_at), breach.source_reference) == (typed(earlier), "BGYS-9")
    assert breach.reported_at == letter.received_at
    assert "Boş bırakılırsa yazının geldiği andır." in page


def test_what_was_typed_stays_when_it_is_refused(team: Team, browser: Client) -> None:
    letter = came(team)

    answer = browser.post(
        f"{letter.get_absolute_url()}route/",
        {"subprocess": "5.3.2", "learned_at": "1026-11-20T10:00", "source_reference": "BGYS-9"},
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="1026-11-20T10:00"' in page
    assert 'value="BGYS-9"' in page
    assert not Breach.objects.exists()


def test_another_sub_process_is_opened_with_its_fields_before_the_eyes(team: Team, browser: Client) -> None:
    letter = came(team, subject="Toplantı")

    plain = browser.get(letter.get_absolute_url()).content.decode()
    chosen = browser.get(f"{letter.get_absolute_url()}?to=5.3.2").content.decode()
    nowhere = browser.get(f"{letter.get_absolute_url()}?to=9.9.9")

    assert ('name="learned_at"' in plain, "?to=5.3.2" in plain, "?to=5.3.6" in plain) == (False, True, False)
    assert ('name="learned_at"' in chosen, 'name="subprocess" value="5.3.2"' in chosen) == (True, True)
    assert nowhere.status_code == 200


def test_a_document_of_the_ministry_keeps_number_and_date_of_its_letter(team: Team, browser: Client) -> None:
    letter = came(team, subject="Bilgi Güvenliği Politikaları Kılavuzu")

    page = browser.get(f"{letter.get_absolute_url()}?to=5.3.1").content.decode()
    incoming.route(letter, "5.3.1", by=team.lead)

    compliance = Compliance.objects.get()
    assert (compliance.source_number, compliance.source_dated) == (letter.official_number, date(2026, 11, 2))
    assert f'name="source_number" value="{letter.official_number}"' in page
    assert 'value="2026-11-02"' in page


def test_a_number_too_long_for_the_room_hinders_nobody(team: Team) -> None:
    letter = came(team, official_number="E-" + "7" * 80)

    incoming.route(letter, "5.3.2", by=team.lead)

    assert Breach.objects.get().source_reference == ""


def test_the_same_letter_twice_is_added_to_the_breach_and_opens_no_second(team: Team) -> None:
    first = incoming.route(came(team, official_number="E-1-702-7"), "5.3.2", by=team.lead)
    second = came(team, official_number="E-1-702-7", dated=date(2026, 11, 3))

    with pytest.raises(AlreadyReported) as refused:
        incoming.route(second, "5.3.2", by=team.lead)

    assert first.case is not None
    assert first.case.number in str(refused.value)
    assert incoming.attach(second, first.case, by=team.lead).case == first.case
