"""Whether a person may see a case and add to it: asked once more where something is written."""

from __future__ import annotations

from django.utils.translation import gettext as _

from accounts.authority import works_in_unit
from accounts.models import User
from processes.confidential import no_such_case
from processes.errors import WrongState
from processes.models import Case
from processes.rooms import room_of


def sees(case: Case, user: User) -> bool:
    """The case is among those its room lets this person know of."""
    return bool(room_of(case).flow.model.objects.visible_to(user).filter(pk=case.pk).exists())


def require_sight(case: Case, by: User, *, writing: bool = False) -> None:
    """Refuse who may not know of the case; and, to write, who is no staff once it is closed."""
    if not sees(case, by):
        raise no_such_case(case.number)
    if writing and not case.is_open and not works_in_unit(by):
        raise WrongState(_("The case is closed. Register a new request if there is something to add."))
