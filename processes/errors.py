"""Refusals: the same sentence reaches the page, the tooltip, the API and the admin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class DomainError(Exception):
    """The office's rules refuse what was asked; nothing was changed.

    `code` is stable and machine-readable, `status` is the HTTP status every door answers with,
    `fields` names the entries of a form that need another look.
    """

    code = "refused"
    status = 422
    title: Text = _("The request was refused")

    def __init__(self, message: Text, *, fields: Mapping[str, Sequence[Text]] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.fields = dict(fields or {})

    def __str__(self) -> str:
        return str(self.message)


class NotPermitted(DomainError):
    """This person may not do this here."""

    code = "not-permitted"
    status = 403
    title = _("You are not permitted to do this")


class NotFound(DomainError):
    """There is no such thing, or it is not for this person's eyes."""

    code = "not-found"
    status = 404
    title = _("Not found")


class WrongState(DomainError):
    """The step does not start from the state the case is in now."""

    code = "wrong-state"
    status = 409
    title = _("The case is in another state")


class StaleVersion(DomainError):
    """Somebody else changed the record after it was read."""

    code = "stale-version"
    status = 412
    title = _("The record changed meanwhile")


class RuleBroken(DomainError):
    """A rule of the process, the directive or the data refuses the content."""

    code = "rule-broken"
    status = 422
    title = _("A rule refuses this")


class TooLarge(DomainError):
    """A file or a request is bigger than the office accepts."""

    code = "too-large"
    status = 413
    title = _("Too large")


class UnknownMedia(DomainError):
    """The content is of a kind the office does not take in."""

    code = "unknown-media"
    status = 415
    title = _("This kind of file is not accepted")
