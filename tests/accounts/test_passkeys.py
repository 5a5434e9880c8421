"""Passkeys in a real browser, with the browser's own virtual authenticator."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.test import Client, RequestFactory

from accounts import attempts
from accounts.models import Passkey
from accounts.roles import Role
from accounts.services import passkeys, second_factor
from audit.queries import entries_of
from tests.accounts.door import code_of, with_app
from tests.accounts.people import PASSWORD, person, signed_in_client


def authenticator(page: Any) -> None:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


@pytest.mark.django_db(transaction=True)
def test_a_passkey_is_made_on_the_own_page_and_opens_the_next_log_in(page: Any, live_server: Any) -> None:
    with transaction.atomic():
        user = person(Role.IT_OFFICER)
        device = with_app(user)
    root = live_server.url.replace("127.0.0.1", "localhost")
    authenticator(page)

    def type_password() -> None:
        page.goto(f"{root}/login/")
        page.fill("[name=username]", user.username)
        page.fill("[name=password]", PASSWORD)
        page.click("main [type=submit]")

    type_password()
    page.fill("[name=code]", code_of(device))
    page.click("form[data-log-in] [type=submit]")
    page.goto(f"{root}/me/passkeys/new/")
    page.fill("[name=name]", "ofis bilgisayarı")
    page.fill("[name=password]", PASSWORD)
    page.click("form[data-passkey] [type=submit]")
    page.wait_for_url(f"{root}/me/")
    assert "ofis bilgisayarı" in page.content()
    key = Passkey.objects.get(user=user)

    page.context.clear_cookies()
    type_password()
    page.click("form[data-passkey] [type=submit]")
    page.wait_for_url(f"{root}/")
    key.refresh_from_db()
    assert key.used_at is not None
    assert entries_of(user)[0].changes == {"second_factor": "passkey"}

    page.goto(f"{root}/me/")
    page.click("form[action*=passkeys] [type=submit]")
    page.wait_for_selector("form[action*=passkeys]", state="detached")
    assert not Passkey.objects.filter(user=user).exists()


@pytest.mark.django_db
class TestRefusals:
    """What opens nothing."""

    @pytest.mark.parametrize(
        "answer", ["", "x", "{}", '{"id": "AA", "rawId": "AA", "type": "public-key"}', "[1]"]
    )
    def test_answers_that_are_none(self, answer: str) -> None:
        user = person(Role.IT_OFFICER)
        with_app(user)
        client = Client()
        client.post("/login/", {"username": user.username, "password": PASSWORD})

        onward = client.post("/login/passkey/", {"answer": answer})

        assert onward["Location"] == "/login/code/"
        assert entries_of(user)[0].changes == {"code": "wrong-passkey"}

    def test_guesses_are_counted(self) -> None:
        user = person(Role.IT_OFFICER)
        with_app(user)
        client = Client()
        client.post("/login/", {"username": user.username, "password": PASSWORD})
        for _try in range(attempts.MOST_PER_PLACE):
            client.post("/login/passkey/", {"answer": "{}"})

        page = client.post("/login/passkey/", {"answer": "{}"}, follow=True).content.decode()

        assert "Çok sayıda başarısız deneme" in page

    def test_without_the_password_nobody_is_asked_for_a_key(self) -> None:
        assert Client().post("/login/passkey/", {"answer": "{}"})["Location"] == "/login/"

    def test_the_app_comes_first(self) -> None:
        client = Client()
        client.force_login(person(Role.REQUESTING_STAFF))

        assert client.get("/me/passkeys/new/").status_code == 403

    def test_the_password_is_asked_again(self) -> None:
        user = person(Role.IT_OFFICER)
        answer = signed_in_client(user).post(
            "/me/passkeys/new/", {"name": "x", "password": "wrong", "answer": "{}"}
        )

        assert answer.status_code == 422
        assert not Passkey.objects.exists()

    def test_somebody_elses_is_not_removed(self) -> None:
        user, other = person(Role.IT_OFFICER), person(Role.IT_OFFICER)
        key = Passkey.objects.create(user=user, name="x", credential_id=b"1", public_key=b"2")

        assert signed_in_client(other).post(f"/me/passkeys/{key.pk}/remove/").status_code == 404
        assert Passkey.objects.filter(pk=key.pk).exists()

    def test_a_reset_ends_passkeys_too(self) -> None:
        user = person(Role.IT_OFFICER)
        Passkey.objects.create(user=user, name="x", credential_id=b"1", public_key=b"2")
        second_factor.reset(user, by=person(Role.UNIT_HEAD), reason="kayıp")

        assert not Passkey.objects.filter(user=user).exists()

    @pytest.mark.parametrize(
        ("host", "possible"),
        [("sbs.example", True), ("localhost:8000", True), ("127.0.0.1:8000", False), ("[::1]:8000", False)],
    )
    def test_passkeys_need_a_name(self, rf: RequestFactory, settings: Any, host: str, possible: bool) -> None:
        settings.ALLOWED_HOSTS = ["*"]

        assert passkeys.is_possible(rf.get("/", headers={"Host": host})) is possible
