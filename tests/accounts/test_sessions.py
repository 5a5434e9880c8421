"""Ek-5 5.7.2.6: one session for one person, ended when nobody sits at it and at the end of a day."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import PermissionDenied
from django.test import Client

from accounts import sessions
from accounts.models import User
from accounts.roles import Role
from accounts.services import people
from audit.queries import entries_of
from tests.accounts.people import PASSWORD, person, signed_in_client

pytestmark = pytest.mark.django_db
PAGE = "/me/"


@pytest.fixture
def user() -> User:
    return person(Role.REQUESTING_STAFF)


def enter(user: User) -> Client:
    client = Client()
    client.post("/login/", {"username": user.username, "password": PASSWORD})
    assert SESSION_KEY in client.session
    return client


def back_in_time(client: Client, seconds: int, *keys: str) -> None:
    session = client.session
    for key in keys:
        session[key] -= seconds
    session.save()


def test_a_new_log_in_ends_the_old_session_and_both_are_told(user: User) -> None:
    first = enter(user)
    assert first.get(PAGE).status_code == 200

    second = enter(user)
    answer = first.get(PAGE, follow=True)

    assert answer.redirect_chain[0][0] == "/login/?next=%2Fme%2F"
    assert "başka bir yerde oturum açtınız" in answer.content.decode()
    assert SESSION_KEY not in first.session
    assert second.get(PAGE).status_code == 200
    told = [entry.event for entry in entries_of(user)]
    assert told.count("session_replaced") == 1
    assert [entry.changes for entry in entries_of(user) if entry.event == "session_ended"] == [
        {"why": "replaced"}
    ]


def test_logging_out_in_the_old_one_does_not_touch_the_new_one(user: User) -> None:
    first = enter(user)
    second = enter(user)

    first.post("/logout/")

    assert second.get(PAGE).status_code == 200


def test_after_a_log_out_a_new_log_in_replaces_nothing(user: User) -> None:
    enter(user).post("/logout/")
    enter(user)

    assert "session_replaced" not in [entry.event for entry in entries_of(user)]


def test_a_stolen_cookie_is_worth_nothing_after_log_out(user: User) -> None:
    client = enter(user)
    thief = Client()
    thief.cookies.update(client.cookies)
    client.post("/logout/")

    assert thief.get(PAGE).status_code == 302


@pytest.mark.parametrize(("seconds", "status"), [(15 * 60 - 5, 200), (15 * 60 + 1, 302)])
def test_fifteen_idle_minutes_end_it(user: User, seconds: int, status: int) -> None:
    client = enter(user)
    back_in_time(client, seconds, sessions.SEEN)

    assert client.get(PAGE).status_code == status


def test_the_person_reads_why(user: User) -> None:
    client = enter(user)
    back_in_time(client, 16 * 60, sessions.SEEN)

    assert "15 dakika" in client.get(PAGE, follow=True).content.decode()


def test_use_keeps_it_open_and_what_a_page_fetches_does_not(user: User) -> None:
    client = enter(user)
    back_in_time(client, 10 * 60, sessions.SEEN)
    seen = client.session[sessions.SEEN]

    client.get(PAGE, headers={"HX-Request": "true"})
    assert client.session[sessions.SEEN] == seen

    client.get(PAGE)
    assert client.session[sessions.SEEN] >= seen + 10 * 60


def test_ten_hours_end_it_whatever_is_done(user: User) -> None:
    client = enter(user)
    back_in_time(client, 10 * 3600 + 1, sessions.BEGAN)

    assert client.get(PAGE).status_code == 302


def test_a_session_without_a_name_counts_for_nothing(user: User) -> None:
    client = enter(user)
    session = client.session
    del session[sessions.NAME]
    session.save()

    assert client.get(PAGE).status_code == 302


def test_personal_pages_are_not_kept_by_the_browser(user: User) -> None:
    assert enter(user).get("/")["Cache-Control"] == "no-store, private"
    assert "no-store" in enter(user).get(PAGE)["Cache-Control"]


def test_using_it_costs_no_query(user: User, django_assert_num_queries: Any) -> None:
    """Session, person, second factor, rights, the search itself and what surrounds one transaction."""
    client = signed_in_client(person(Role.IT_OFFICER))
    client.get("/find/people/?q=x")
    with django_assert_num_queries(7):
        client.get("/find/people/?q=x")


def test_the_unit_head_ends_a_session_and_the_account_stays_open() -> None:
    head, user = person(Role.UNIT_HEAD), person(Role.REQUESTING_STAFF)
    admin, theirs = signed_in_client(head), signed_in_client(user)
    user.refresh_from_db()
    address = f"/admin/accounts/user/{user.pk}/end-session/"

    assert admin.post(address, {"reason": ""}).status_code == 422
    assert theirs.get("/me/").status_code == 200
    admin.post(address, {"reason": "açık bırakılmış bilgisayar"})

    told = entries_of(user)[0]
    assert (told.event, told.reason, told.actor) == ("session_ended", "açık bırakılmış bilgisayar", head)
    assert theirs.get("/me/")["Location"].startswith("/login/")
    assert theirs.get("/login/").content.decode().count("Oturumunuz sona erdi") == 1
    assert signed_in_client(user).get("/me/").status_code == 200


def test_nobody_else_ends_a_session() -> None:
    user = person(Role.REQUESTING_STAFF)

    assert signed_in_client(person(Role.IT_LEAD)).post(
        f"/admin/accounts/user/{user.pk}/end-session/", {"reason": "x"}
    ).status_code in {302, 403, 404}
    with pytest.raises(PermissionDenied):
        people.end_session(user, by=person(Role.IT_LEAD), reason="x")


def test_pages_meet_the_persons_record_and_no_stand_in(user: User) -> None:
    answer = signed_in_client(user).get("/profile/")
    assert type(answer.wsgi_request.user) is User
    assert answer.wsgi_request.user == user
