"""What is declared to a person about their rights, and whether they acknowledged it as it stands today (Ek-5 5.6.10)."""

from __future__ import annotations

import hashlib

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from accounts.authority import authorities
from accounts.models import Acknowledgement, User
from accounts.roles import Role
from audit.context import because, current

VERSION = "2026-11"


def held(user: User) -> list[str]:
    """The person's rights of today, a line each: role, last day, whose it is when lent."""
    day = timezone.localdate()
    ends = dict(user.grants.in_force(day).values_list("role", "valid_until"))
    lines = []
    for right in authorities(user):
        line = str(Role(right.role).label)
        if right.on_behalf_of is not None:
            line += " – " + _("on behalf of %(name)s") % {"name": right.on_behalf_of}
        elif (until := ends.get(right.role)) is not None:
            line += " – " + _("until %(day)s") % {"day": f"{until:%d.%m.%Y}"}
        lines.append(line)
    return lines


def rules() -> list[str]:
    """What everybody who holds rights must know."""
    return [
        _(
            "Your rights are given to you for your duties only. What you do not need for them, you do not open."
        ),
        _(
            "Your account is yours alone. You tell nobody your password or code and let nobody work in your name;"
            " whoever stands in for you does so by delegation, under their own name."
        ),
        _(
            "You choose a password by the rules of the directive, change it in time, write it nowhere and do not let a"
            " program remember it."
        ),
        _("You lock the screen or log out when you leave your place."),
        _("What you learn of persons you tell nobody without the right to know, also after you leave."),
        _(
            "Every log-in, every look at a record, every change and every refusal is written into a trail nobody can"
            " change, with name, time and address, and is examined."
        ),
        _(
            "Whoever oversteps their rights answers for it under the Ministry's policies on information security."
        ),
        _("If you find a right you do not need, or miss one, tell the unit head."),
    ]


def text_of(user: User) -> str:
    """The whole declaration as it is shown, kept and printed."""
    rights = held(user) or [_("No role: you ask and follow your own requests only.")]
    numbered = [f"{number}. {rule}" for number, rule in enumerate(rules(), start=1)]
    head = _("Declaration of access rights (directive, Ek-5 5.6.10), edition %(version)s") % {
        "version": VERSION
    }
    place = " · ".join(filter(None, [user.title, str(user.institution or "")]))
    person = " · ".join(filter(None, [user.full_name, user.registry_no or "", place]))
    return "\n".join([head, person, "", *(f"• {right}" for right in rights), "", *numbered])


def rights_hash(user: User) -> str:
    """The rights themselves, whatever the language: changes when a right comes, goes or gets another last day."""
    ends = dict(user.grants.in_force(timezone.localdate()).values_list("role", "valid_until"))
    lines = sorted(
        f"{right.role}|{right.on_behalf_of.pk if right.on_behalf_of else ends.get(right.role)}"
        for right in authorities(user)
    )
    return digest("\n".join([VERSION, *lines]))


def is_current(user: User) -> bool:
    """Whether the last acknowledgement is of the rights of today."""
    last = user.acknowledgements.values_list("rights_hash", flat=True).first()
    return last is not None and constant_time_compare(last, rights_hash(user))


def demand(user: User) -> None:
    """The rights have changed: the next page is the declaration."""
    if not user.rights_changed:
        user.rights_changed = True
        user.save(update_fields=["rights_changed"])


def demand_if_changed(user: User) -> None:
    """At log-in: whoever has not acknowledged the rights of today does so first."""
    if not is_current(user):
        demand(user)


def acknowledge(user: User, shown: str) -> Acknowledgement:
    """Keep what the person acknowledged. Rights that changed while they read are declared anew."""
    with transaction.atomic(), because(reason=_("The person acknowledged their rights.")):
        User.objects.select_for_update().only("pk").get(pk=user.pk)
        text = text_of(user)
        if not constant_time_compare(digest(text), shown):
            raise ValidationError(
                _("Your rights changed while you were reading. Read the new declaration."), code="changed"
            )
        kept = Acknowledgement.objects.create(
            user=user,
            version=VERSION,
            text=text,
            text_hash=digest(text),
            rights_hash=rights_hash(user),
            address=current().address,
        )
        user.rights_changed = False
        user.save(update_fields=["rights_changed"])
    return kept


def digest(text: str) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()
