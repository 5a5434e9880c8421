"""Granting, revoking and lending roles: the only ways rights come and go, each with a reason in the trail."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import declaration
from accounts.authority import administers, forget
from accounts.models import Delegation, Grant, User
from accounts.roles import Role
from audit.context import because

LONGEST_DELEGATION_DAYS = 366


def grant(
    user: User,
    role: str,
    *,
    by: User | None,
    reason: str,
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> Grant:
    """Give a person a role from a day on. `by` is None only for the first unit head of an installation."""
    with transaction.atomic(), because(reason=reason.strip()):
        given = proposed_grant(
            user, role, by=by, reason=reason, valid_from=valid_from, valid_until=valid_until
        )
        given.save()
        declaration.demand(user)
    forget(user)
    return given


def proposed_grant(
    user: User,
    role: str,
    *,
    by: User | None,
    reason: str,
    valid_from: date | None = None,
    valid_until: date | None = None,
) -> Grant:
    """The grant as it would be saved, or the reason why it cannot be; holds the person's row meanwhile."""
    _locked(user)
    if by is None:
        _is_first_unit_head(role)
    else:
        _administers(by)
    if not user.is_active:
        raise ValidationError({"user": _("This person's account is closed.")}, code="closed")
    given = Grant(
        user=user,
        role=role,
        valid_from=valid_from or timezone.localdate(),
        valid_until=valid_until,
        reason=reason.strip(),
        granted_by=by,
    )
    given.full_clean()
    if user.grants.overlapping(given.valid_from, given.valid_until).filter(role=role).exists():
        raise ValidationError(_("This person already holds the role on some of these days."), code="overlap")
    return given


def revoke(given: Grant, *, by: User, reason: str) -> Grant:
    """Take a role back at once. The last unit head cannot be removed, or nobody could appoint another."""
    with transaction.atomic(), because(reason=_reasoned(reason)):
        _administers(by)
        _locked(given.user)
        current = Grant.objects.select_for_update().get(pk=given.pk)
        if current.revoked_at is not None:
            raise ValidationError(_("This role was already taken back."), code="revoked")
        if current.role == Role.UNIT_HEAD:
            _another_unit_head_than(current)
        current.revoked_at, current.revoked_by = timezone.now(), by
        current.save(update_fields=["revoked_at", "revoked_by"])
        declaration.demand(given.user)
    forget(given.user)
    given.revoked_at, given.revoked_by = current.revoked_at, by
    return current


def delegate(
    from_user: User,
    to_user: User,
    *,
    by: User,
    valid_from: date,
    valid_until: date,
    reason: str,
    role: str = "",
) -> Delegation:
    """Lend one's roles (or one of them) to a colleague of the same institution for some days (Ek-5 5.4.4.4)."""
    with transaction.atomic(), because(reason=reason.strip()):
        lent = proposed_delegation(
            from_user,
            to_user,
            by=by,
            valid_from=valid_from,
            valid_until=valid_until,
            reason=reason,
            role=role,
        )
        lent.save()
        declaration.demand(to_user)
    forget(to_user)
    return lent


def proposed_delegation(
    from_user: User,
    to_user: User,
    *,
    by: User,
    valid_from: date,
    valid_until: date,
    reason: str,
    role: str = "",
) -> Delegation:
    """The delegation as it would be saved, or the reason why it cannot be; holds the lender's row meanwhile."""
    _locked(from_user)
    if by != from_user:
        _administers(by)
    lent = Delegation(
        from_user=from_user,
        to_user=to_user,
        role=role,
        valid_from=valid_from,
        valid_until=valid_until,
        reason=reason.strip(),
        given_by=by,
    )
    lent.full_clean()
    _may_be_lent(lent)
    return lent


def end_delegation(lent: Delegation, *, by: User, reason: str = "") -> Delegation:
    """End a delegation before its last day: by whoever lent, whoever received, or the unit head."""
    with transaction.atomic(), because(reason=reason or _("The delegation was ended early.")):
        current = Delegation.objects.select_for_update().get(pk=lent.pk)
        if by.pk not in {current.from_user_id, current.to_user_id}:
            _administers(by)
        if current.revoked_at is not None:
            raise ValidationError(_("This delegation was already ended."), code="ended")
        if current.valid_until < timezone.localdate():
            raise ValidationError(_("This delegation is already over."), code="over")
        current.revoked_at, current.revoked_by = timezone.now(), by
        current.save(update_fields=["revoked_at", "revoked_by"])
        declaration.demand(lent.to_user)
    forget(lent.to_user)
    return current


def lendable_roles(user: User) -> list[str]:
    """The roles a person may lend: those they hold themselves today or later, in the order of the process document."""
    held = user.grants.filter(revoked_at__isnull=True).exclude(valid_until__lt=timezone.localdate())
    found = set(held.values_list("role", flat=True))
    return [role for role in Role.values if role in found]


def _may_be_lent(lent: Delegation) -> None:
    """The rules that need more than the row: somebody here, somebody active, something to lend, no second on top."""
    if lent.valid_until < timezone.localdate():
        raise ValidationError({"valid_until": _("The last day is already over.")}, code="over")
    if (lent.valid_until - lent.valid_from).days >= LONGEST_DELEGATION_DAYS:
        raise ValidationError({"valid_until": _("A role is lent for one year at most.")}, code="too_long")
    if not lent.to_user.is_active:
        raise ValidationError({"to_user": _("This person's account is closed.")}, code="closed")
    if lent.from_user.institution_id is None or lent.from_user.institution_id != lent.to_user.institution_id:
        raise ValidationError(
            {"to_user": _("A role is lent only to somebody of the same institution.")}, code="elsewhere"
        )
    held = lendable_roles(lent.from_user)
    if not held or (lent.role and lent.role not in held):
        raise ValidationError({"role": _("Only a role one holds oneself can be lent.")}, code="not_held")
    others = Delegation.objects.overlapping(lent.valid_from, lent.valid_until).filter(
        from_user=lent.from_user, to_user=lent.to_user
    )
    if lent.role:
        others = others.filter(role__in=["", lent.role])
    if others.exists():
        raise ValidationError(
            {"to_user": _("This person already acts for them on some of these days.")}, code="overlap"
        )


def _administers(by: User) -> None:
    if not administers(by):
        raise PermissionDenied(_("Only the unit head gives and takes back roles."))


def _is_first_unit_head(role: str) -> None:
    if (
        role != Role.UNIT_HEAD
        or Grant.objects.in_force(timezone.localdate()).filter(role=Role.UNIT_HEAD).exists()
    ):
        raise PermissionDenied(_("Only the first unit head is appointed without a giver."))


def _another_unit_head_than(current: Grant) -> None:
    """Locks the heads' rows, so that two heads cannot remove each other at the same moment."""
    day = timezone.localdate()
    heads = (
        Grant.objects.filter(role=Role.UNIT_HEAD, revoked_at__isnull=True).order_by("pk").select_for_update()
    )
    others = [head.pk for head in heads if head.pk != current.pk]
    if not Grant.objects.in_force(day).filter(pk__in=others).exclude(user=current.user_id).exists():
        raise ValidationError(
            _("There must always be a unit head. Appoint another one first."), code="last_unit_head"
        )


def _locked(user: User) -> None:
    """One change of a person's rights at a time, so that two cannot overlap unseen."""
    User.objects.select_for_update().only("pk").get(pk=user.pk)


def _reasoned(reason: str) -> str:
    if not reason.strip():
        raise ValidationError({"reason": _("Say why the role is taken back.")}, code="required")
    return reason.strip()


__all__ = ["delegate", "end_delegation", "grant", "lendable_roles", "revoke"]
