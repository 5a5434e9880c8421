"""The same form opens the same case, for the same person, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from helpdesk.models import Ticket
from processes.models import SentForm
from processes.services import sent_forms
from tests.accounts.people import signed_in_client

pytestmark = pytest.mark.django_db


def test_the_form_sent_twice_leads_to_one_case(around):
    client = signed_in_client(around.officer)
    once = client.get("/new/?subprocess=5.3.6").context["once"]
    values = {"subprocess": "5.3.6", "title": "Ağ yok", "applicant_name": "Ayşe Örnek", "once": once}
    before = Ticket.objects.count()
    first, second = (client.post("/new/", values) for _click in range(2))

    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert Ticket.objects.count() == before + 1


def test_another_showing_of_the_form_is_another_case(around):
    client = signed_in_client(around.officer)
    values = {"subprocess": "5.3.6", "title": "Ağ yok", "applicant_name": "Ayşe Örnek"}
    before = Ticket.objects.count()
    for _showing in range(2):
        client.post("/new/", values | {"once": client.get("/new/?subprocess=5.3.6").context["once"]})

    assert Ticket.objects.count() == before + 2


def test_a_form_sent_back_with_a_mistake_keeps_its_key(around):
    client = signed_in_client(around.officer)
    once = client.get("/new/?subprocess=5.3.6").context["once"]
    answer = client.post("/new/", {"subprocess": "5.3.6", "title": "", "once": once})

    assert answer.status_code == 422
    assert answer.context["once"] == once
    assert not SentForm.objects.exists()


def test_a_key_belongs_to_one_person_and_an_odd_one_counts_as_none(around):
    key = sent_forms.fresh_key()
    opened = sent_forms.once(around.officer, key, lambda: around.ticket)
    asked = []

    def asking(name: str) -> Ticket:
        asked.append(name)
        return around.ticket

    sent_forms.once(around.officer, key, lambda: asking("again"))
    sent_forms.once(around.officer, "x' OR 1=1", lambda: asking("odd"))

    assert opened.pk == around.ticket.pk
    assert asked == ["odd"]
    assert list(SentForm.objects.values_list("user", "key")) == [(around.officer.pk, key)]


def test_forms_are_forgotten_after_two_days(around):
    sent_forms.once(around.officer, sent_forms.fresh_key(), lambda: around.ticket)

    assert sent_forms.forget(timezone.now()) == 0
    assert sent_forms.forget(timezone.now() + timedelta(days=3)) == 1
