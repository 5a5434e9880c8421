"""Sessions, codes and jobs go by the database's clock, however wrong this machine's own is."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import DatabaseError, connection
from django_otp.oath import TOTP
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts import clock, sessions
from accounts.models import User
from accounts.roles import Role
from accounts.services import second_factor
from processes import jobs
from processes.models import JobRun
from tests.accounts.people import person, signed_in_client

pytestmark = pytest.mark.django_db
Shift = Callable[[float], None]


@pytest.fixture
def shift(monkeypatch: pytest.MonkeyPatch) -> Any:
    """This machine's clock is off by so many seconds, and the database was asked about it."""
    real = time.time

    def shifted(seconds: float) -> None:
        monkeypatch.setattr("time.time", lambda: real() + seconds)
        clock.measured(None, connection)

    yield shifted
    monkeypatch.undo()
    clock.measured(None, connection)


@pytest.mark.parametrize(("wrong", "known"), [(0, 0), (1, 0), (7200, -7200), (-7200, 7200)])
def test_how_far_this_machine_is_off_is_known(shift: Shift, wrong: float, known: float) -> None:
    shift(wrong)
    assert clock.off() == pytest.approx(known, abs=1)
    real = time.time() - wrong
    assert clock.now() == pytest.approx(real, abs=2.5)
    assert abs((clock.moment() - datetime.fromtimestamp(real, UTC)).total_seconds()) < 2.5


def test_a_database_that_does_not_answer_changes_nothing(shift: Shift) -> None:
    def away(*_args: object) -> None:
        raise DatabaseError("gone")

    shift(7200)
    known = clock.off()
    with connection.execute_wrapper(away):
        clock.measured(None, connection)
    assert clock.off() == known


def test_a_new_connection_is_asked(
    transactional_db: None, shift: Shift, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(clock._known, "off", 99.0)
    connection.close()
    connection.ensure_connection()
    assert clock.off() == 0


def test_who_has_not_spoken_with_the_database_asks_it_first(
    transactional_db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection.close()
    monkeypatch.setattr(clock, "_known", {})
    real = time.time
    monkeypatch.setattr("time.time", lambda: real() + 7200)
    assert clock.off() == pytest.approx(-7200, abs=1)


@pytest.mark.parametrize("wrong", [7200, -7200])
@pytest.mark.parametrize(("idle", "over"), [(60, None), (16 * 60, sessions.Over.IDLE)])
def test_a_wrong_clock_lets_no_idle_session_in_and_no_used_one_out(
    shift: Shift, wrong: float, idle: int, over: sessions.Over | None
) -> None:
    user = person(Role.REQUESTING_STAFF)
    client = signed_in_client(user)
    session = client.session
    session[sessions.SEEN] -= idle
    user.refresh_from_db()
    shift(wrong)
    assert sessions.why_over(session, user) is over


def code(device: TOTPDevice, at: float) -> str:
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = at
    return f"{totp.token():06}"


@pytest.mark.parametrize("wrong", [7200, -7200])
def test_a_wrong_clock_takes_the_code_of_now_and_no_other(shift: Shift, wrong: float) -> None:
    user: User = person(Role.REQUESTING_STAFF)
    device = TOTPDevice.objects.create(user=user, name="app", confirmed=True)
    now = time.time()
    shift(wrong)
    assert second_factor.matching(user, code(device, now + wrong)) is None
    TOTPDevice.objects.update(throttling_failure_count=0)
    assert second_factor.matching(user, code(device, now)) == device
    device.refresh_from_db()
    assert device.t0 == 0
    assert second_factor.matching(user, code(device, now)) is None


@pytest.mark.parametrize("wrong", [7200, -7200])
def test_a_wrong_clock_closes_no_period_early_or_late(shift: Shift, wrong: float) -> None:
    before = jobs.period_of("hour", clock.moment())
    shift(wrong)
    jobs.once_per("hour", "clock", lambda now: {})
    assert JobRun.objects.get(job="clock").period in (before, jobs.period_of("hour", clock.moment()))


@pytest.mark.parametrize(("minute", "day"), [(59, 22), (60, 23)])
def test_the_day_in_the_office_begins_at_its_own_midnight(minute: int, day: int) -> None:
    moment = datetime(2026, 11, 22, 20 + minute // 60, minute % 60, tzinfo=UTC)
    assert clock.day_of(moment) == date(2026, 11, day)
