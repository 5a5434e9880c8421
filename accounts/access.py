"""Who may open an address. Each app declares its own rows in `<app>/access.py`; `config.access` gathers them.

A rule answers for a request that has passed authentication. It opens a page; what may be done and seen on it is still
asked of `visible_to` and of the gate.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.authority import administers, roles_of, works_in_unit
from accounts.models import ClientCertificate, User

__all__ = [
    "ACCESS",
    "ADMIN",
    "API",
    "PUBLIC",
    "SIGNED_IN",
    "UNIT",
    "Rule",
    "confirmed",
    "is_signed_in",
    "is_verified",
    "roles",
]

Text = str | Promise


def is_signed_in(request: HttpRequest) -> bool:
    """Whether an active person stands behind the request and every factor asked of them has been given."""
    user = person_of(request)
    return user is not None and confirmed(user)


def confirmed(user: User) -> bool:
    """Whether the log-in is complete: those who do the unit's work need their second factor (Ek-5 5.6)."""
    return not works_in_unit(user) or is_verified(user)


def is_verified(user: User) -> bool:
    """Whether the person's second factor was given in this session; the middleware of django_otp knows."""
    device = getattr(user, "otp_device", None)
    return device is not None and getattr(device, "revoked_at", None) is None


def person_of(request: HttpRequest) -> User | None:
    """The person behind the request, if there is one."""
    user = getattr(request, "user", AnonymousUser())
    return user if isinstance(user, User) and user.is_active else None


@dataclass(frozen=True)
class Rule:
    """One answer to "may this request's person open this?", and the sentence for those who may not."""

    name: str
    admits: Callable[[HttpRequest], bool]
    refusal: Text
    needs_login: bool = True

    def allows(self, request: HttpRequest) -> bool:
        """Whether the request is let in."""
        return (is_signed_in(request) if self.needs_login else True) and self.admits(request)


def _everybody(request: HttpRequest) -> bool:
    return True


def _unit(request: HttpRequest) -> bool:
    user = person_of(request)
    return user is not None and works_in_unit(user)


def _unit_head(request: HttpRequest) -> bool:
    user = person_of(request)
    return user is not None and administers(user) and _brings_what_is_asked(user)


def _brings_what_is_asked(user: User) -> bool:
    """Where the office decided so, the administration opens only to a certificate on a card (Ek-5 5.7.2.12)."""
    if not settings.ADMIN_NEEDS_CERTIFICATE:
        return True
    return isinstance(getattr(user, "otp_device", None), ClientCertificate)


PUBLIC = Rule("public", _everybody, _("This page is open to everybody."), needs_login=False)
SIGNED_IN = Rule("signed in", _everybody, _("Log in to open this page."))
UNIT = Rule("unit", _unit, _("Only the staff of the health information systems unit may open this page."))
API = Rule("api", _everybody, _("This address is for programs that bring a key."), needs_login=False)
ADMIN = Rule("admin", _unit_head, _("Only the unit head may open the administration."))


def roles(*wanted: str) -> Rule:
    """Only people who act in one of these roles today, by their own right or a lent one."""

    def admits(request: HttpRequest) -> bool:
        user = person_of(request)
        return user is not None and not roles_of(user).isdisjoint(wanted)

    return Rule(f"roles {', '.join(sorted(wanted))}", admits, _("Your role does not include this page."))


ACCESS: dict[str, Rule] = {
    "login": PUBLIC,
    "login-code": PUBLIC,
    "login-passkey": PUBLIC,
    "login-certificate": PUBLIC,
    "login-demo": PUBLIC,
    "logout": PUBLIC,
    "set-language": PUBLIC,
    "password-choose": PUBLIC,
    "second-factor-setup": PUBLIC,
    "recovery-codes": SIGNED_IN,
    "second-factor-remove": SIGNED_IN,
    "profile": SIGNED_IN,
    "password-change": SIGNED_IN,
    "passkey-new": SIGNED_IN,
    "passkey-remove": SIGNED_IN,
    "rights-compared": ADMIN,
    "rights-declared": SIGNED_IN,
    "acknowledgement": SIGNED_IN,
    "delegations": SIGNED_IN,
    "delegation-end": SIGNED_IN,
    "people-find": SIGNED_IN,
    "institutions-find": SIGNED_IN,
    "employees-find": SIGNED_IN,
    "units-find": SIGNED_IN,
}
