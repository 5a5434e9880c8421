"""Who reports over the public form is promised that their address is not kept with the report."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Max
from django.test import Client

from accounts.models import User
from audit.context import acting, current, placeless
from audit.models import Entry
from audit.queries import entries_of
from incidents.models import Breach
from processes.keepers.audit import traced
from processes.models import Document, Revision
from tests.accounts.people import signed_in_client
from tests.incidents.walking import Team
from tests.processes.records import pdf
from tests.processes.test_scanning import MARK, clamd

__all__ = ["clamd"]

DESK, NUMBER = "10.20.30.40", "bir-istek-0001"


@pytest.fixture(autouse=True)
def _fresh_counts() -> None:
    cache.clear()


def last() -> int:
    return Entry.objects.aggregate(last=Max("pk"))["last"] or 0


def sent(visitor: Client, **more: Any) -> list[Entry]:
    """Every entry of the request that sends the form from a desk."""
    before = last()
    given = {"title": "Ekran açık", "description": "Danışmada ekran açıktı."} | more
    visitor.post("/ihlal-bildirimi/", given, REMOTE_ADDR=DESK, HTTP_X_REQUEST_ID=NUMBER)
    return list(Entry.objects.filter(pk__gt=before))


def test_no_entry_of_a_report_without_a_name_leads_to_the_desk(team: Team) -> None:
    entries = sent(Client(), uploads=[SimpleUploadedFile("goruntu.pdf", pdf())])

    assert Breach.objects.get().is_anonymous
    assert {entry.kind.model_class() for entry in entries} >= {User, Breach, Document, Revision}
    assert [(entry.remote_addr, entry.cid) for entry in entries] == [(None, "")] * len(entries)


@pytest.mark.parametrize("more", [{"name": "Deneme Kişi"}, {"contact": "0555 000 00 00"}])
def test_the_promise_holds_for_who_gives_a_name_too(team: Team, more: dict[str, str]) -> None:
    entries = sent(Client(), **more)

    assert {(entry.remote_addr, entry.cid) for entry in entries} == {(None, "")}


def test_somebody_signed_in_is_not_named_either(team: Team) -> None:
    browser = signed_in_client(team.reporter)

    entries = sent(browser)

    assert Breach.objects.get().applicant is None
    assert team.reporter.pk not in {entry.actor_id for entry in entries}
    assert {entry.remote_addr for entry in entries} == {None}


def test_the_tab_of_the_trail_prints_no_address_for_the_leads(team: Team) -> None:
    sent(Client())
    breach = Breach.objects.get()

    page = signed_in_client(team.lead).get(breach.get_absolute_url()).content.decode()

    assert entries_of(breach).exists()
    assert DESK not in page


def test_a_file_the_scanner_refuses_leaves_no_address(team: Team, clamd: Any) -> None:
    entries = sent(Client(), uploads=[SimpleUploadedFile("liste.txt", b"Liste " + MARK)])

    assert not Breach.objects.exists()
    assert "refused" in [entry.event for entry in entries]
    assert {entry.remote_addr for entry in entries} == {None}


def test_somebody_signed_in_whose_file_is_refused_is_not_named(team: Team) -> None:
    browser = signed_in_client(team.reporter)

    entries = sent(browser, uploads=[SimpleUploadedFile("goruntu.pdf", b"MZ" + b"\0" * 64)])

    assert not Breach.objects.exists()
    assert [entry for entry in entries if entry.remote_addr or entry.actor_id == team.reporter.pk] == []


@pytest.mark.parametrize("address", ["/ihlal-bildirimi/", "/ihlal-bildirimi/durum/"])
def test_a_form_that_was_too_old_is_told_nowhere_before_it_is_sent_again(team: Team, address: str) -> None:
    before = last()

    answer = Client(enforce_csrf_checks=True).post(address, {"title": "x"}, REMOTE_ADDR=DESK)

    assert answer.status_code == 403
    assert not Entry.objects.filter(pk__gt=before).exists()


def test_other_pages_tell_of_a_form_that_was_too_old(team: Team) -> None:
    Client(enforce_csrf_checks=True).post("/login/", {}, REMOTE_ADDR=DESK)

    assert Entry.objects.filter(remote_addr=DESK, event="refused").exists()


def test_the_address_counts_for_the_limit_all_the_same(team: Team, settings: Any) -> None:
    settings.INCIDENTS_REPORTS_PER_HOUR = 1
    sent(Client())
    sent(Client())

    assert Breach.objects.count() == 1


def test_the_board_does_not_miss_the_address(team: Team) -> None:
    before = traced()
    sent(Client())

    assert list(traced()) == list(before)


def test_what_comes_after_has_its_place_again() -> None:
    with acting(address=DESK, request_id=NUMBER):
        with placeless():
            inside = (current().address, current().request_id)
        after = (current().address, current().request_id)

    assert (inside, after) == ((None, ""), (DESK, NUMBER))
