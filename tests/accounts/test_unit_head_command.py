"""The first unit head of an installation."""

from __future__ import annotations

import io
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.authority import administers
from accounts.models import User
from audit.queries import entries_of
from tests.accounts.people import institution

pytestmark = pytest.mark.django_db
NEW = "v9$Tq-eX3?mBz+"


def appoint(username: str = "ayse.yildirim") -> str:
    said = io.StringIO()
    call_command("unit_head", username, "Ayşe", "Yıldırım", stdout=said)
    return said.getvalue().strip()


def test_link_leads_to_a_password_and_on_to_the_second_factor(client: Client) -> None:
    institution()
    link = urlsplit(appoint()).path

    form = client.get(link)["Location"]
    client.post(form, {"new_password1": NEW, "new_password2": NEW})
    answer = client.post("/login/", {"username": "ayse.yildirim", "password": NEW})

    assert administers(User.objects.get(username="ayse.yildirim"))
    assert answer["Location"] == "/me/second-factor/"


def test_the_same_command_again_makes_a_new_link_until_a_password_was_chosen(client: Client) -> None:
    institution()
    appoint()

    form = client.get(urlsplit(appoint()).path)["Location"]
    client.post(form, {"new_password1": NEW, "new_password2": NEW})

    told = entries_of(User.objects.get(username="ayse.yildirim"))
    assert [entry.event for entry in told if entry.event == "password_link_made"] == ["password_link_made"]
    with pytest.raises(CommandError):
        appoint()


def test_second_appointment_is_refused_and_leaves_nothing() -> None:
    appoint()

    with pytest.raises(CommandError, match="ilk birim sorumlusu"):
        appoint("baska.kisi")
    assert not User.objects.filter(username="baska.kisi").exists()


@pytest.mark.parametrize("username", ["12345", "a b", ""])
def test_odd_names_are_refused(username: str) -> None:
    with pytest.raises(CommandError):
        appoint(username)
