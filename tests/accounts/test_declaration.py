"""Ek-5 5.6.10: rights are declared in writing and acknowledged, first at log-in and again when they change."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts import declaration
from accounts.models import Acknowledgement, User
from accounts.roles import Role
from accounts.services import rights
from tests.accounts.people import PASSWORD, person, signed_in_client

pytestmark = pytest.mark.django_db
PAGE = "/me/rights/"


def newcomer() -> User:
    """Somebody who has not acknowledged anything."""
    user = person()
    rights.grant(user, Role.REQUESTING_STAFF, by=person(Role.UNIT_HEAD), reason="test")
    return user


def enter(user: User) -> Client:
    client = Client()
    client.post("/login/", {"username": user.username, "password": PASSWORD})
    return client


def tick(client: Client, user: User) -> int:
    user.refresh_from_db()
    shown = declaration.digest(declaration.text_of(user))
    return client.post(PAGE, {"shown": shown, "read": "on"}).status_code


def test_nothing_else_opens_before_the_first_acknowledgement() -> None:
    user = newcomer()
    client = enter(user)

    assert client.get("/")["Location"] == "/me/rights/?next=%2F"
    page = client.get(PAGE).content.decode()
    assert "Talep eden" in page or "Talepte bulunan" in page or str(Role.REQUESTING_STAFF.label) in page
    assert tick(client, user) == 302
    assert client.get("/").status_code == 200


def test_what_was_read_is_kept_with_hash_time_and_address() -> None:
    user = newcomer()
    client = enter(user)
    tick(client, user)

    kept = user.acknowledgements.first()
    assert kept is not None
    assert kept.version == declaration.VERSION
    assert user.full_name in kept.text
    assert kept.text_hash == declaration.digest(kept.text)
    assert kept.address == "127.0.0.1"
    assert timezone.now() - kept.at < timedelta(minutes=1)


def test_without_the_tick_nothing_is_acknowledged() -> None:
    user = newcomer()
    answer = enter(user).post(PAGE, {"shown": "x" * 64})

    assert answer.status_code == 422
    assert not declaration.is_current(user)


def test_another_text_than_the_one_shown_is_not_acknowledged() -> None:
    user = newcomer()
    with pytest.raises(ValidationError):
        declaration.acknowledge(user, declaration.digest("something else"))


@pytest.mark.parametrize("change", ["grant", "revoke", "lent"])
def test_every_change_is_declared_at_the_next_page(change: str) -> None:
    head, user = person(Role.UNIT_HEAD), person(Role.IT_OFFICER)
    client = signed_in_client(user)
    assert client.get("/").status_code == 200
    today = timezone.localdate()

    if change == "grant":
        rights.grant(user, Role.IT_LEAD, by=head, reason="test")
    elif change == "revoke":
        rights.revoke(user.grants.get(), by=head, reason="test")
    else:
        lender = person(Role.IT_LEAD)
        rights.delegate(lender, user, by=lender, valid_from=today, valid_until=today, reason="izin")

    assert client.get("/")["Location"] == "/me/rights/?next=%2F"
    assert tick(client, user) == 302
    assert client.get("/").status_code in {200, 302}
    assert "/me/rights/" not in client.get("/").headers.get("Location", "")


def test_what_is_being_sent_is_not_lost() -> None:
    head, user = person(Role.UNIT_HEAD), person(Role.IT_OFFICER)
    client = signed_in_client(user)
    rights.grant(user, Role.IT_LEAD, by=head, reason="test")

    answer = client.post("/me/", {"phone": "0 000 1", "language": "tr"})

    assert answer["Location"] == "/me/"
    user.refresh_from_db()
    assert user.phone == "0 000 1"


def test_a_new_edition_of_the_text_is_declared_to_everybody(monkeypatch: pytest.MonkeyPatch) -> None:
    user = person(Role.IT_OFFICER)
    assert declaration.is_current(user)

    monkeypatch.setattr(declaration, "VERSION", "2027-01")

    assert not declaration.is_current(user)


def test_the_file_copy_is_for_the_person_and_the_unit_head() -> None:
    user = newcomer()
    client = enter(user)
    tick(client, user)
    kept = user.acknowledgements.first()
    assert kept is not None
    address = f"{PAGE}{kept.pk}/"

    assert kept.text_hash in client.get(address).content.decode()
    assert signed_in_client(person(Role.UNIT_HEAD)).get(address).status_code == 200
    assert signed_in_client(person(Role.IT_LEAD)).get(address).status_code == 404


def test_the_unit_head_lists_them() -> None:
    user = person(Role.IT_OFFICER)
    page = signed_in_client(person(Role.UNIT_HEAD)).get("/admin/accounts/acknowledgement/").content.decode()

    assert user.full_name in page


def test_the_database_changes_none_and_removes_none() -> None:
    person(Role.IT_OFFICER)
    for statement in (
        "UPDATE accounts_acknowledgement SET text = 'x'",
        "DELETE FROM accounts_acknowledgement",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(TypeError):
        Acknowledgement.objects.all()[0].save()
