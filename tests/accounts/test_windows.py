"""Ek-5 5.7.2.5: log-in by hour, day and network; 5.6.7: locked accounts; the last administrator always gets in."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts import windows
from accounts.models import AccessWindow, User
from accounts.models.windows import WindowKind
from accounts.roles import Role
from accounts.services import log_in, rights
from audit.queries import entries_of
from tests.accounts.door import fail_often
from tests.accounts.people import PASSWORD, person, signed_in_client

pytestmark = pytest.mark.django_db
MONDAY_NOON = datetime(2026, 11, 23, 12, 0, tzinfo=timezone.get_default_timezone())
OFFICE = "10.20.3.4"


def window(**values: Any) -> AccessWindow:
    made = AccessWindow(
        reason="test", made_by=values.pop("made_by", None) or person(Role.UNIT_HEAD), **values
    )
    made.full_clean()
    made.save()
    return made


def may(user: User, address: str | None = OFFICE, now: datetime = MONDAY_NOON) -> bool:
    return windows.admits(User.objects.get(pk=user.pk), address, now)


def test_without_a_window_everybody_may() -> None:
    assert may(person(Role.IT_OFFICER))


@pytest.mark.parametrize(
    ("hours", "hour", "expected"),
    [
        ((8, 18), 8, True),
        ((8, 18), 17, True),
        ((8, 18), 18, False),
        ((8, 18), 7, False),
        ((22, 6), 23, True),
        ((22, 6), 5, True),
        ((22, 6), 6, False),
        ((22, 6), 12, False),
    ],
)
def test_hours_also_past_midnight(hours: tuple[int, int], hour: int, expected: bool) -> None:
    user = person(Role.IT_OFFICER)
    window(user=user, starts=time(hours[0]), ends=time(hours[1]))

    assert may(user, now=MONDAY_NOON.replace(hour=hour)) is expected


def test_the_night_belongs_to_the_day_it_began() -> None:
    user = person(Role.IT_OFFICER)
    window(user=user, days=[1], starts=time(22), ends=time(6))

    assert may(user, now=MONDAY_NOON.replace(hour=23))
    assert may(user, now=MONDAY_NOON.replace(hour=5) + timedelta(days=1))
    assert not may(user, now=MONDAY_NOON.replace(hour=5))


@pytest.mark.parametrize(
    ("address", "expected"),
    [(OFFICE, True), ("::ffff:10.20.0.1", True), ("192.0.2.1", False), (None, False), ("fe80::1", False)],
)
def test_networks(address: str | None, expected: bool) -> None:
    user = person(Role.IT_OFFICER)
    window(user=user, networks="10.20.0.0/16\n198.51.100.7")

    assert may(user, address) is expected


def test_own_windows_come_before_those_of_the_role_and_of_everybody() -> None:
    user, colleague, other = person(Role.IT_OFFICER), person(Role.IT_OFFICER), person(Role.HIS_OFFICER)
    window(starts=time(1), ends=time(2))
    window(role=Role.IT_OFFICER, starts=time(11), ends=time(13))
    window(user=user, starts=time(3), ends=time(4))

    assert [may(user), may(colleague), may(other)] == [False, True, False]
    assert may(user, now=MONDAY_NOON.replace(hour=3))


def test_a_closed_window_bars_whoever_else_is_let_in() -> None:
    user = person(Role.IT_OFFICER)
    window(user=user, days=[1, 2, 3, 4, 5])
    window(kind=WindowKind.CLOSED, networks="10.20.3.0/24", starts=time(11), ends=time(14))

    assert not may(user)
    assert may(user, "10.20.4.1")


def test_ended_and_past_windows_limit_nobody() -> None:
    user = person(Role.IT_OFFICER)
    window(user=user, starts=time(1), ends=time(2), ended_at=timezone.now())
    window(
        user=user,
        starts=time(1),
        ends=time(2),
        valid_from=timezone.localdate() - timedelta(days=9),
        valid_until=timezone.localdate() - timedelta(days=1),
    )

    assert may(user)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"networks": "office"},
        {"starts": time(8)},
        {"starts": time(8), "ends": time(8)},
        {"days": [8]},
    ],
)
def test_windows_that_mean_nothing_are_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        window(**values)


def test_a_window_is_for_a_person_or_a_role() -> None:
    with pytest.raises(ValidationError):
        window(user=person(), role=Role.IT_LEAD, days=[1])


def test_log_in_outside_is_refused_without_a_reason_and_told() -> None:
    user = person(Role.REQUESTING_STAFF)
    window(user=user, networks="10.20.0.0/16")

    answer = Client().post("/login/", {"username": user.username, "password": PASSWORD})

    assert answer.status_code == 422
    assert str(log_in.REFUSAL) in answer.content.decode()
    assert entries_of(user)[0].changes == {"code": "outside-window"}


def test_a_session_ends_when_its_hour_is_over_without_one_query_more(django_assert_num_queries: Any) -> None:
    user = person(Role.IT_OFFICER)
    client = signed_in_client(user)
    client.get("/find/people/?q=x")
    with django_assert_num_queries(7):
        assert client.get("/find/people/?q=x").status_code == 200
    window(user=user, networks="127.0.0.0/8")
    with django_assert_num_queries(7):
        assert client.get("/find/people/?q=x").status_code == 200

    window(kind=WindowKind.CLOSED, user=user, networks="127.0.0.1")

    assert client.get("/find/people/?q=x").status_code == 302
    assert SESSION_KEY not in client.session
    assert entries_of(user)[0].changes == {"why": "outside-window"}


def test_the_last_administrator_is_never_shut_out_by_windows() -> None:
    head = person(Role.UNIT_HEAD)
    window(kind=WindowKind.CLOSED, days=[1, 2, 3, 4, 5, 6, 7], made_by=head)
    assert may(head)

    second = person(Role.UNIT_HEAD)
    assert may(second)
    window(kind=WindowKind.CLOSED, user=second, starts=time(0), ends=time(23), made_by=head)
    assert may(head)


@pytest.mark.parametrize(
    ("role", "limits"),
    [
        (Role.UNIT_HEAD, {"networks": "198.51.100.0/24"}),
        ("", {"networks": "198.51.100.0/24"}),
        ("", {"starts": time(1), "ends": time(2)}),
        (Role.UNIT_HEAD, {"days": [7]}),
    ],
)
def test_windows_that_concern_every_administrator_bind_every_administrator(
    role: str, limits: dict[str, Any]
) -> None:
    heads = [person(Role.UNIT_HEAD) for _each in range(3)]
    window(role=role, made_by=heads[0], **limits)

    assert [may(head) for head in heads] == [False] * 3


def test_the_door_stands_open_where_closed_windows_leave_no_address_of_a_network() -> None:
    heads = [person(Role.UNIT_HEAD), person(Role.UNIT_HEAD)]
    window(networks="10.20.0.0/16", made_by=heads[0])
    assert [may(head, "203.0.113.9") for head in heads] == [False, False]

    window(kind=WindowKind.CLOSED, networks="10.20.0.0/15", made_by=heads[0])
    assert [may(head, "203.0.113.9") for head in heads] == [True, True]


def test_nobody_shuts_themselves_out_by_a_slip() -> None:
    head = person(Role.UNIT_HEAD)
    form = {
        "kind": "open",
        "networks": "10.0.0.0/8",
        "valid_from": timezone.localdate().strftime("%d.%m.%Y"),
        "reason": "mesai",
    }

    refused = signed_in_client(head).post("/admin/accounts/accesswindow/add/", form)

    assert "Kendinizi dışarıda" in refused.content.decode()
    assert not AccessWindow.objects.exists()
    form["networks"] += "\n127.0.0.0/8"
    assert signed_in_client(head).post("/admin/accounts/accesswindow/add/", form).status_code == 302


def test_whoever_has_the_servers_command_line_ends_the_windows() -> None:
    window(networks="198.51.100.0/24")
    said = StringIO()

    call_command("end_windows", "--reason", "Ağ değişti", stdout=said)

    assert said.getvalue() == "1 windows have ended.\n"
    ended = AccessWindow.objects.get()
    assert ended.ended_at is not None
    assert entries_of(ended)[0].reason == "Ağ değişti"
    call_command("end_windows", "--reason", "Ağ değişti", stdout=said)
    assert said.getvalue().endswith("0 windows have ended.\n")


def test_one_of_several_administrators_is_bound() -> None:
    bound, free = person(Role.UNIT_HEAD), person(Role.UNIT_HEAD)
    window(user=bound, networks="198.51.100.0/24", made_by=free)

    assert [may(bound), may(free)] == [False, True]


def try_now(user: User) -> int:
    return Client().post("/login/", {"username": user.username, "password": PASSWORD}).status_code


def test_strangers_everywhere_slow_an_account_down_but_never_the_last_administrators() -> None:
    head, staff = person(Role.UNIT_HEAD), person(Role.REQUESTING_STAFF)
    for user in (head, staff):
        fail_often(user, 60, addresses=60)

    assert try_now(staff) == 429
    assert try_now(head) == 302

    second = person(Role.UNIT_HEAD)
    assert try_now(head) == 429
    fail_often(second, 60, addresses=60)
    assert try_now(second) == 302


def test_the_unit_head_sees_and_unlocks() -> None:
    head, user, quiet = person(Role.UNIT_HEAD), person(Role.IT_OFFICER), person(Role.IT_OFFICER)
    fail_often(user, 5)
    admin = signed_in_client(head)

    listed = admin.get("/admin/accounts/user/?locked=yes").content.decode()
    assert user.full_name in listed
    assert quiet.full_name not in listed

    assert admin.post(f"/admin/accounts/user/{user.pk}/unlock/", {"reason": ""}).status_code == 422
    admin.post(f"/admin/accounts/user/{user.pk}/unlock/", {"reason": "telefonla doğrulandı"})
    assert not log_in.is_locked(user)
    told = entries_of(user)[0]
    assert (told.event, told.reason, told.actor) == ("unlocked", "telefonla doğrulandı", head)


def test_nobody_else_unlocks() -> None:
    with pytest.raises(PermissionDenied):
        log_in.unlock(person(), by=person(Role.IT_LEAD), reason="x")


def test_windows_are_made_and_ended_in_the_admin() -> None:
    head = person(Role.UNIT_HEAD)
    admin = signed_in_client(head)
    form = {
        "kind": "open",
        "role": Role.IT_OFFICER,
        "days": ["1", "5"],
        "networks": "10.0.0.0/8",
        "valid_from": timezone.localdate().strftime("%d.%m.%Y"),
        "reason": "mesai",
    }

    answer = admin.post("/admin/accounts/accesswindow/add/", form)

    made = AccessWindow.objects.get()
    assert (answer.status_code, made.days, made.made_by) == (302, [1, 5], head)
    assert admin.get(f"/admin/accounts/accesswindow/{made.pk}/change/").status_code == 200
    assert "Pazartesi, Cuma" in admin.get("/admin/accounts/accesswindow/").content.decode()
    admin.post(f"/admin/accounts/accesswindow/{made.pk}/end/", {"reason": "kaldırıldı"})
    made.refresh_from_db()
    assert made.ended_by == head


def test_a_lent_role_counts_for_windows_too() -> None:
    lender, user = person(Role.IT_LEAD), person(Role.IT_OFFICER)
    today = timezone.localdate()
    with transaction.atomic():
        rights.delegate(lender, user, by=lender, valid_from=today, valid_until=today, reason="izin")
    window(kind=WindowKind.CLOSED, role=Role.IT_LEAD, starts=time(11), ends=time(13))

    assert not may(user)
