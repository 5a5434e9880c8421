"""A letter that is secret or may be about a breach: until it is routed, only those who may know of breaches meet it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from ebys import routing
from ebys.models import IncomingLetter, Receipt
from ebys.models.codes import Security
from ebys.queries import found_anywhere
from ebys.services import receiving
from ebys.services.receiving import LetterFacts, register_by_hand
from ebys.workflow import incoming
from processes.models import InboxItem
from tests.accounts.people import person, signed_in_client
from tests.ebys.test_pages import package
from tests.processes.records import pdf
from tests.processes.sheets import load

pytestmark = pytest.mark.django_db
BREACH = {"subject": "Siber ihlal bildirimi hk."}
SECRET = {"subject": "Sunucu talebi", "security": Security.SECRET}
ORDINARY = {"subject": "Sunucu talebi"}


@pytest.fixture(autouse=True)
def catalogue() -> None:
    load("5.3.2", "5.3.6")


@pytest.fixture
def lead() -> User:
    return person(Role.IT_LEAD)


@pytest.fixture
def knowing() -> User:
    return person(Role.HIS_LEAD)


def came(by: User, **facts: Any) -> IncomingLetter:
    scan = SimpleUploadedFile("yazi.pdf", pdf())
    return register_by_hand(LetterFacts(sender_name="Valilik", **facts), by=by, uploads=[scan])


@pytest.mark.parametrize(
    ("facts", "is_reserved"),
    [(BREACH, True), (SECRET, True), (ORDINARY, False), ({"subject": "Tutanak"}, False)],
)
def test_what_is_secret_or_fits_a_breach_best_is_reserved(facts: dict[str, Any], is_reserved: bool) -> None:
    assert came(person(Role.HIS_OFFICER), **facts).is_reserved == is_reserved


def test_a_word_of_breaches_beside_stronger_ones_reserves_nothing() -> None:
    letter = came(person(Role.HIS_OFFICER), subject="Ağ kesintisi, internet ve switch arızası, ihlal değil")

    assert "5.3.2" in {one.number for one in routing.suggest(letter)}
    assert not letter.is_reserved


@pytest.mark.parametrize("facts", [BREACH, SECRET])
def test_it_shows_at_no_door_until_it_is_routed(lead: User, knowing: User, facts: dict[str, Any]) -> None:
    letter = came(person(Role.HIS_OFFICER), **facts)
    page = letter.get_absolute_url()
    file = reverse("letter-incoming-file", args=[letter.pk, letter.files.get().pk])
    words = letter.subject.split()[1]

    for user, sees in ((lead, False), (knowing, True)):
        own = signed_in_client(user)
        listed = own.get(reverse("letters-incoming")).content.decode()
        export: Any = own.get(reverse("letters-incoming"), {"export": "csv"})
        taken = b"".join(export).decode("utf-8-sig")
        assert (letter.subject in listed, letter.subject in taken) == (sees, sees)
        assert [own.get(address).status_code for address in (page, file)] == [200 if sees else 404] * 2
        assert bool(found_anywhere(user, words)) is sees
        assert InboxItem.objects.filter(user=user).exists() is sees

    own = signed_in_client(lead)
    assert own.post(reverse("letter-route", args=[letter.pk]), {"subprocess": "5.3.6"}).status_code == 404

    incoming.route(letter, "5.3.6", by=knowing)
    assert signed_in_client(lead).get(page).status_code == 200


def test_taken_back_from_another_case_it_is_reserved_again(lead: User, knowing: User) -> None:
    letter = came(knowing, **BREACH)

    letter = incoming.route(letter, "5.3.6", by=knowing)
    assert IncomingLetter.objects.visible_to(lead).exists()
    incoming.unroute(letter, by=lead, reason="Yanlış")
    assert not IncomingLetter.objects.visible_to(lead).exists()
    assert IncomingLetter.objects.visible_to(knowing).exists()


def test_routed_to_a_breach_it_stays_with_those_who_know(lead: User, knowing: User) -> None:
    incoming.route(came(knowing, **BREACH), "5.3.2", by=knowing)

    assert not IncomingLetter.objects.visible_to(lead).exists()


def test_a_filed_secret_letter_stays_reserved(lead: User, knowing: User) -> None:
    incoming.file(came(knowing, **SECRET), by=knowing, reason="Bilgi için")

    assert not IncomingLetter.objects.visible_to(lead).exists()


def test_who_registers_it_without_the_right_to_read_it_is_told(lead: User) -> None:
    answer = signed_in_client(lead).post(
        reverse("letter-register"),
        {"subject": "Zafiyet", "sender_name": "Bakanlık", "security": "GZL", "urgency": "NRM"},
        follow=True,
    )

    assert answer.redirect_chain[-1][0] == reverse("letters-incoming")
    assert "Zafiyet" not in answer.content.decode()
    assert "yalnız" in answer.content.decode()


def test_deliveries_stay_with_the_unit_unless_their_letter_is_reserved(lead: User, knowing: User) -> None:
    broken = receiving.receive_package(ContentFile(b"bozuk"), by=knowing, file_name="bozuk.eyp")
    sent = receiving.receive_package(package(), by=knowing, file_name="sample-v2.eyp")
    assert set(Receipt.objects.visible_to(lead)) == {broken, sent}

    IncomingLetter.objects.filter(pk=sent.letter_id).update(is_reserved=True)

    assert set(Receipt.objects.visible_to(lead)) == {broken}
    assert set(Receipt.objects.visible_to(knowing)) == {broken, sent}
