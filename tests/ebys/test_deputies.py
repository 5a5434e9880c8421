"""Where a deputy acted, the page names both: who did it and for whom (Ek-5 5.4.4.4)."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from accounts.services import rights
from ebys.services.receiving import LetterFacts, register_by_hand
from ebys.workflow import incoming, outgoing
from helpdesk import workflow
from processes.models import Definition, DefinitionState
from processes.services import definitions
from tests.accounts.people import person, signed_in_client
from tests.ebys import letters
from tests.processes.sheets import load

pytestmark = pytest.mark.django_db


@pytest.fixture
def absent() -> User:
    return person(Role.HIS_LEAD, first_name="Şule", last_name="İzinli")


@pytest.fixture
def deputy(absent: User) -> User:
    """Somebody without a role of their own in the unit."""
    load("5.3.6")
    deputy = person(first_name="Vedat", last_name="Vekil")
    today = timezone.localdate()
    rights.delegate(absent, deputy, by=absent, valid_from=today, valid_until=today, reason="izin")
    return deputy


def page(user: User, address: str) -> str:
    text = re.sub(r"<[^>]+>", " ", signed_in_client(user).get(address).content.decode())
    return " ".join(text.split())


def facts(text: str, after: str) -> str:
    """What the page says after a heading."""
    return text.partition(after)[2][:60]


def test_a_letter_names_both_who_drafted_and_approved_it(absent: User, deputy: User) -> None:
    officer = person(Role.HIS_OFFICER, last_name="Memur")
    case = workflow.report(by=officer, title="Yazıcı", applicant=officer)
    drafted = letters.outgoing_letter(by=deputy, case=case, subject="Cevap")
    other = letters.outgoing_letter(by=officer, case=case, subject="Başka cevap")
    outgoing.approve(other, by=deputy)

    assert "Vedat Vekil Şule İzinli adına" in facts(page(officer, drafted.get_absolute_url()), "Hazırlayan")
    text = page(officer, other.get_absolute_url())
    assert "adına" not in facts(text, "Hazırlayan")
    assert "Vedat Vekil Şule İzinli adına" in facts(text, "Onaylayan")


def test_an_incoming_letter_names_both_who_took_it_in_and_who_filed_it(absent: User, deputy: User) -> None:
    letter = register_by_hand(LetterFacts(subject="Tutanak", sender_name="Valilik"), by=deputy)
    incoming.file(letter, by=deputy, reason="Bilgi için")

    text = page(absent, letter.get_absolute_url())

    assert text.count("Vedat Vekil Şule İzinli adına") >= 2


def test_an_edition_names_both(absent: User, deputy: User) -> None:
    source = Definition.objects.get(subprocess__number="5.3.6", state=DefinitionState.APPROVED)
    definitions.copy(source, by=deputy, note="Yıllık gözden geçirme")

    text = page(absent, reverse("process-editions", args=["5.3.6"]))
    assert "Vedat Vekil Şule İzinli adına" in text
