"""Renewals asked for with one click, for many holders at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.db import transaction
from django.utils.translation import gettext_noop

from accounts.models import User
from esignature import workflow
from esignature.models import Certificate, Reason, Request
from processes import inbox
from processes.errors import DomainError
from processes.models import Channel

Asked = tuple[Certificate, Request | None, str]


def ask_for(certificates: Iterable[Certificate], *, by: User) -> Iterator[Asked]:
    """Open a renewal request for each; what is refused is told with its sentence and holds the others up not."""
    for one in certificates:
        try:
            with transaction.atomic():
                opened = workflow.receive_form(
                    by=by, holder=one.holder, kind=one.kind, reason=Reason.RENEWAL, channel=Channel.PORTAL
                )
                if one.holder.user is not None and one.holder.user != by:
                    inbox.tell(
                        [one.holder.user],
                        opened,
                        gettext_noop(
                            "A renewal was begun for you: %(number)s. Hand in the form or renew online."
                        ),
                    )
        except DomainError as refusal:
            yield one, None, str(refusal)
        else:
            yield one, opened, ""
