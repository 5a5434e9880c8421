"""Rights with dates: roles granted to people, and roles lent while somebody is away (vekâlet)."""

from __future__ import annotations

from datetime import date
from typing import Self

from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User
from accounts.roles import Role

_SET_TOGETHER = Q(revoked_at__isnull=True, revoked_by__isnull=True) | Q(
    revoked_at__isnull=False, revoked_by__isnull=False
)


class GrantQuerySet(models.QuerySet["Grant"]):
    """Grants by day."""

    def in_force(self, on: date) -> Self:
        """Grants that count on that day: begun, not over, not revoked, of an active person."""
        return self.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=on),
            valid_from__lte=on,
            revoked_at__isnull=True,
            user__is_active=True,
        )

    def overlapping(self, valid_from: date, valid_until: date | None) -> Self:
        """Grants not revoked that share a day with the span; an open end lasts for ever."""
        shared = self.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=valid_from), revoked_at__isnull=True
        )
        return shared if valid_until is None else shared.filter(valid_from__lte=valid_until)


class Grant(models.Model):
    """A role given to a person from one day to another (or without end), by whom and why. Never changed, only revoked."""

    user = models.ForeignKey(User, verbose_name=_("person"), on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(_("role"), max_length=24, choices=Role)
    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The last day it counts; empty for no end.")
    )
    reason = models.CharField(_("reason"), max_length=250)
    # Empty only for the first unit head of an installation, whom nobody inside could appoint.
    granted_by = models.ForeignKey(
        User, verbose_name=_("granted by"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    granted_at = models.DateTimeField(_("granted at"), default=timezone.now)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        User, verbose_name=_("revoked by"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = GrantQuerySet.as_manager()

    PERSONAL_FIELDS: tuple[str, ...] = ("reason",)

    class Meta:
        verbose_name = _("granted role")
        verbose_name_plural = _("granted roles")
        ordering = ("-valid_from", "-id")
        indexes = [
            models.Index(
                fields=["user", "valid_from"], condition=Q(revoked_at__isnull=True), name="grant_user"
            ),
            models.Index(
                fields=["role", "valid_from"], condition=Q(revoked_at__isnull=True), name="grant_role"
            ),
        ]
        constraints = [
            CheckConstraint(
                condition=Q(role__in=Role.values),
                name="grant_role_known",
                violation_error_message=_("This role does not exist."),
            ),
            CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=F("valid_from")),
                name="grant_dates_in_order",
                violation_error_message=_("The last day is before the first day."),
            ),
            CheckConstraint(
                condition=Q(granted_by__isnull=True) | ~Q(granted_by=F("user")),
                name="grant_not_to_oneself",
                violation_error_message=_("Nobody grants a role to themselves."),
            ),
            CheckConstraint(
                condition=Q(granted_by__isnull=False) | Q(role=Role.UNIT_HEAD),
                name="grant_has_giver",
                violation_error_message=_("Only the first unit head is appointed without a giver."),
            ),
            CheckConstraint(
                condition=~Q(reason=""),
                name="grant_reasoned",
                violation_error_message=_("Say why the role is granted."),
            ),
            CheckConstraint(
                condition=_SET_TOGETHER,
                name="grant_revoked_by_whom",
                violation_error_message=_("A revocation needs both its time and the person who made it."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.get_role_display()}"


class DelegationQuerySet(models.QuerySet["Delegation"]):
    """Delegations by day."""

    def in_force(self, on: date) -> Self:
        """Delegations that count on that day. One between people who no longer share an institution counts no more."""
        return self.filter(
            valid_from__lte=on,
            valid_until__gte=on,
            revoked_at__isnull=True,
            from_user__is_active=True,
            to_user__is_active=True,
            from_user__institution=F("to_user__institution"),
        )

    def open_on(self, on: date) -> Self:
        """Delegations not ended and not over on that day: those that count and those still to begin."""
        return self.filter(valid_until__gte=on, revoked_at__isnull=True)

    def overlapping(self, valid_from: date, valid_until: date) -> Self:
        """Delegations not ended that share a day with the span."""
        return self.filter(valid_until__gte=valid_from, valid_from__lte=valid_until, revoked_at__isnull=True)

    def concerning(self, user: User) -> Self:
        """What this person gave or was given."""
        return self.filter(Q(from_user=user) | Q(to_user=user))


class Delegation(models.Model):
    """A person lets a colleague act for them on given days (Ek-5 5.4.4.4: without lending the password).

    Empty `role` lends every role the person holds *themselves* on the day; what was lent to them is never lent on.
    """

    from_user = models.ForeignKey(
        User, verbose_name=_("lending person"), on_delete=models.PROTECT, related_name="delegations_given"
    )
    to_user = models.ForeignKey(
        User, verbose_name=_("acting person"), on_delete=models.PROTECT, related_name="delegations_received"
    )
    role = models.CharField(
        _("role"),
        max_length=24,
        choices=Role,
        blank=True,
        help_text=_("Leave empty to lend every role held."),
    )
    valid_from = models.DateField(_("from"))
    valid_until = models.DateField(_("until"), help_text=_("The last day it counts."))
    reason = models.CharField(_("reason"), max_length=250)
    given_by = models.ForeignKey(User, verbose_name=_("given by"), on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField(_("given at"), default=timezone.now)
    revoked_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        User, verbose_name=_("ended by"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = DelegationQuerySet.as_manager()

    PERSONAL_FIELDS: tuple[str, ...] = ("reason",)

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ("-valid_from", "-id")
        indexes = [
            models.Index(
                fields=["to_user", "valid_until"], condition=Q(revoked_at__isnull=True), name="delegation_to"
            ),
            models.Index(fields=["from_user", "valid_until"], name="delegation_from"),
        ]
        constraints = [
            CheckConstraint(
                condition=Q(role__in=["", *Role.values]),
                name="delegation_role_known",
                violation_error_message=_("This role does not exist."),
            ),
            CheckConstraint(
                condition=Q(valid_until__gte=F("valid_from")),
                name="delegation_dates_in_order",
                violation_error_message=_("The last day is before the first day."),
            ),
            CheckConstraint(
                condition=~Q(from_user=F("to_user")),
                name="delegation_to_another",
                violation_error_message=_("A role is lent to somebody else, not to oneself."),
            ),
            CheckConstraint(
                condition=~Q(reason=""),
                name="delegation_reasoned",
                violation_error_message=_("Say why the role is lent."),
            ),
            CheckConstraint(
                condition=_SET_TOGETHER,
                name="delegation_ended_by_whom",
                violation_error_message=_("An early end needs both its time and the person who made it."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_user} → {self.to_user}"
