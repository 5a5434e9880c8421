"""May this person be logged in now and from here (Ek-5 5.7.2.5)? Asked at log-in and again with every request.

Closed windows of the person, of their roles and of everybody all count. Of the open ones the nearest kind counts: the
person's own, else those of their roles, else those for everybody. The windows are read together with the person.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_network
from typing import Any, TypeVar

from django.db.models import DateField, Func, JSONField, Model, QuerySet, Value
from django.utils import timezone

from accounts.authority import administers, roles_of
from accounts.models import AccessWindow, Grant, User
from accounts.models.windows import WindowKind
from accounts.roles import Role
from audit.addresses import lies_in

ROWS = "window_rows"
MONDAY = date(2024, 1, 1)  # of some week; windows know weekdays only
Rows = TypeVar("Rows", bound=QuerySet[Any])


class _Concerning(Func):
    """The windows in force on a day for everybody, for a role, and for the person alone; written out, since every page asks."""

    arg_joiner = " AND (w.valid_until IS NULL OR w.valid_until >= "
    template = (
        "(SELECT coalesce(jsonb_agg(jsonb_build_object('kind', w.kind, 'user_id', w.user_id, 'role', w.role, 'days', w.days, "
        "'starts', w.starts, 'ends', w.ends, 'networks', w.networks)), '[]') FROM accounts_accesswindow w "
        "WHERE (w.user_id IS NULL OR w.user_id = accounts_user.id) AND w.ended_at IS NULL AND w.valid_from <= %(expressions)s))"
    )
    output_field = JSONField()


@dataclass(frozen=True)
class Window:
    """One window as it was read with its person."""

    kind: str
    user_id: int | None
    role: str
    days: tuple[int, ...]
    starts: time | None
    ends: time | None
    networks: tuple[str, ...]

    @property
    def nearness(self) -> int:
        """The person's own before a role's before everybody's."""
        return 0 if self.user_id else 1 if self.role else 2

    def holds(self, address: str | None, now: datetime) -> bool:
        """Whether the moment and the address lie inside."""
        return self._holds_time(now) and self._holds_address(address)

    def _holds_time(self, now: datetime) -> bool:
        clock, today = now.time(), now.isoweekday()
        if self.starts is None or self.ends is None:
            return self._holds_day(today)
        if self.starts < self.ends:
            return self._holds_day(today) and self.starts <= clock < self.ends
        if clock >= self.starts:
            return self._holds_day(today)
        return clock < self.ends and self._holds_day((now - timedelta(days=1)).isoweekday())

    def _holds_day(self, day: int) -> bool:
        return not self.days or day in self.days

    def _holds_address(self, text: str | None) -> bool:
        return not self.networks or lies_in(text, self.networks)


def with_windows(people: Rows) -> Rows:
    """Read the windows that may concern a person together with the person, or with what is read along with them."""
    today = Value(timezone.localdate(), DateField())
    return people.annotate(**{ROWS: _Concerning(today, today)})


def admits(user: User, address: str | None, now: datetime | None = None) -> bool:
    """Whether the person may be here now. Where the windows leave no administrator any hour or network, they may."""
    windows = _concerning(user)
    if not windows or _let_in(windows, address, timezone.localtime(now)):
        return True
    return administers(user) and not _some_head_comes_in()


def leaves_in(user: User, window: AccessWindow, address: str | None) -> bool:
    """Whether the person still comes in from this address, at some hour of the week, once the window is set."""
    windows = _concerning(user)
    if window.user_id in (None, user.pk) and (not window.role or window.role in roles_of(user)):
        windows.append(
            Window(
                window.kind,
                window.user_id,
                window.role,
                tuple(window.days),
                window.starts,
                window.ends,
                tuple(window.networks.split()),
            )
        )
    return any(_let_in(windows, address, moment) for moment in _moments(windows))


def admits_program(user: User, address: str | None, now: datetime | None = None) -> bool:
    """Whether a program may act in this account's name now.

    The account's own windows and those of its roles hold it; everybody's are for people, who sleep at night.
    """
    own = [window for window in _concerning(user) if window.user_id or window.role]
    return _let_in(own, address, timezone.localtime(now))


def hand_over(row: Model, user: User) -> None:
    """The windows that were read with another row belong to this person."""
    setattr(user, ROWS, getattr(row, ROWS))


def _concerning(user: User) -> list[Window]:
    """The windows of the person, their roles and everybody."""
    rows: Iterable[dict[str, Any]] | None = getattr(user, ROWS, None)
    if rows is None:
        rows = getattr(with_windows(User.objects.filter(pk=user.pk)).get(), ROWS)
    windows = [_window(row) for row in rows]
    if any(window.role for window in windows):
        roles = roles_of(user)
        windows = [window for window in windows if not window.role or window.role in roles]
    return windows


def _let_in(windows: list[Window], address: str | None, now: datetime) -> bool:
    if any(window.kind == WindowKind.CLOSED and window.holds(address, now) for window in windows):
        return False
    opened = [window for window in windows if window.kind == WindowKind.OPEN]
    nearest = min((window.nearness for window in opened), default=None)
    return nearest is None or any(
        window.holds(address, now) for window in opened if window.nearness == nearest
    )


def _some_head_comes_in() -> bool:
    """Whether the windows let some unit head in from somewhere, at some hour: then they bind every administrator."""
    heads = Grant.objects.in_force(timezone.localdate()).filter(role=Role.UNIT_HEAD).values("user")
    for head in with_windows(User.objects.people().filter(pk__in=heads)):
        windows = _concerning(head)
        moments = _moments(windows)
        if any(_let_in(windows, place, moment) for place in _places(windows) for moment in moments):
            return True
    return False


def _moments(windows: list[Window]) -> list[datetime]:
    """A moment for each stretch of the week that the windows tell apart: where one of them begins or ends."""
    turns = {time(), *(turn for window in windows for turn in (window.starts, window.ends) if turn)}
    return [
        datetime.combine(MONDAY + timedelta(days=day), turn) for day in range(7) for turn in sorted(turns)
    ]


def _places(windows: list[Window]) -> list[str]:
    """An address for each stretch of addresses that the windows tell apart: where a network begins or has ended."""
    networks = [ip_network(text) for window in windows for text in window.networks]
    ends = [network.broadcast_address for network in networks]
    behind = [end + 1 for end in ends if int(end) < 2**end.max_prefixlen - 1]
    begins = [network.network_address for network in networks]
    return [str(place) for place in (IPv4Address(0), IPv6Address(0), *begins, *behind)]


def _window(row: dict[str, Any]) -> Window:
    def clock(text: str | None) -> time | None:
        return time.fromisoformat(text) if text else None

    return Window(
        row["kind"],
        row["user_id"],
        row["role"],
        tuple(row["days"]),
        clock(row["starts"]),
        clock(row["ends"]),
        tuple(row["networks"].split()),
    )
