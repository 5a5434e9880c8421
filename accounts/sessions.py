"""One session for one person (Ek-5 5.7.2.6), ended when nobody sits at it any more and at the end of a day.

What decides stands in two places that are read anyway: the session itself and the person's own row.
"""

from __future__ import annotations

import secrets
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.contrib.auth import logout as end_session
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import clock
from accounts.models import User
from audit import trail
from audit.context import because, signed_in

NAME, BEGAN, SEEN = "session_name", "session_began", "session_seen"
NOTED_EVERY = 60  # seconds: a session is written at most so often only to say that it is in use


class Over(StrEnum):
    """Why a session does not count any more; the trail keeps the word."""

    REPLACED = "replaced"
    IDLE = "idle"
    LASTED = "lasted"
    ENDED = "ended"
    OUTSIDE_WINDOW = "outside-window"


def begun(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    """A log-in: from now on only this session counts; another one open somewhere is over."""
    name = secrets.token_hex(16)
    now = int(clock.now())
    request.session[NAME], request.session[BEGAN], request.session[SEEN] = name, now, now
    if user.session_name:
        with signed_in(user), because(reason=_("The person logged in somewhere else.")):
            trail.record(user, "session_replaced")
    _name(user, name)


def ended(sender: Any, request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    """A log-out: no session counts."""
    if isinstance(user, User) and user.session_name and request.session.get(NAME) == user.session_name:
        _name(user, "")


def end_all(user: User) -> None:
    """Whatever session the person has is over at its next request."""
    _name(user, secrets.token_hex(16))


def end(user: User) -> None:
    """The person's session is over at its next request, which says so; they may log in again at once."""
    _name(user, "")


def why_over(session: SessionBase, user: User, now: float | None = None) -> Over | None:
    """Why the session counts no more; None while it does."""
    now = clock.now() if now is None else now
    if session.get(NAME) != user.session_name:
        return Over.REPLACED if user.session_name else Over.ENDED
    if now - session.get(BEGAN, 0) > settings.SESSION_LONGEST_HOURS * 3600:
        return Over.LASTED
    if now - session.get(SEEN, 0) > settings.SESSION_IDLE_MINUTES * 60:
        return Over.IDLE
    return None


def note_use(request: HttpRequest, now: float | None = None) -> None:
    """Somebody is there. What a page fetches by itself does not count, or an open page would never end."""
    now = clock.now() if now is None else now
    is_fetched = request.method in {"GET", "HEAD"} and request.headers.get("HX-Request") == "true"
    if not is_fetched and now - request.session.get(SEEN, 0) > NOTED_EVERY:
        request.session[SEEN] = int(now)


def close(request: HttpRequest, user: User, why: Over) -> None:
    """End the session of this request, and tell why; the person's other session goes on."""
    with signed_in(user):
        trail.record(user, "session_ended", {"why": why.value})
    end_session(request)


def sentence(why: Over, user: User) -> str:
    """What the person reads at the log-in page."""
    if why is Over.REPLACED and user.last_login is not None:
        at = date_format(timezone.localtime(user.last_login), "H:i")
        return _(
            "You logged in somewhere else at %(time)s, so this session has ended. If that was not you, change your"
            " password now and tell the unit head."
        ) % {"time": at}
    if why is Over.IDLE:
        return _("Nothing was done for %(minutes)d minutes, so your session has ended.") % {
            "minutes": settings.SESSION_IDLE_MINUTES
        }
    if why is Over.LASTED:
        return _("A session lasts %(hours)d hours at most. Log in again.") % {
            "hours": settings.SESSION_LONGEST_HOURS
        }
    return _("Your session has ended. Log in again.")


def _name(user: User, name: str) -> None:
    """Told by events of its own, so the column is written without a line in the trail."""
    user.session_name = name
    user.save(update_fields=["session_name"])
