"""When and from where people may log in (Ek-5 5.7.2.5)."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User
from accounts.roles import Role
from audit.addresses import network_lines


class Weekday(models.IntegerChoices):
    """Days as calendars number them."""

    MONDAY = 1, _("Monday")
    TUESDAY = 2, _("Tuesday")
    WEDNESDAY = 3, _("Wednesday")
    THURSDAY = 4, _("Thursday")
    FRIDAY = 5, _("Friday")
    SATURDAY = 6, _("Saturday")
    SUNDAY = 7, _("Sunday")


class WindowKind(models.TextChoices):
    """What happens inside the hours and networks."""

    OPEN = "open", _("Log-in only inside")
    CLOSED = "closed", _("No log-in inside")


class AccessWindow(models.Model):
    """Hours, weekdays and networks for one person, for a role or for everybody. Never changed, only ended."""

    kind = models.CharField(_("kind"), max_length=8, choices=WindowKind, default=WindowKind.OPEN)
    user = models.ForeignKey(
        User,
        verbose_name=_("person"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="access_windows",
        help_text=_("Leave person and role empty for everybody."),
    )
    role = models.CharField(_("role"), max_length=24, choices=Role, blank=True)
    days = ArrayField(
        models.PositiveSmallIntegerField(choices=Weekday),
        verbose_name=_("days"),
        blank=True,
        default=list,
        help_text=_("None ticked: every day."),
    )
    starts = models.TimeField(_("from hour"), null=True, blank=True)
    ends = models.TimeField(
        _("to hour"),
        null=True,
        blank=True,
        help_text=_("Earlier than the first hour: it goes on past midnight."),
    )
    networks = models.TextField(
        _("networks"),
        blank=True,
        help_text=_("One address or network a line, for example 10.20.0.0/16. Empty: from anywhere."),
    )
    valid_from = models.DateField(_("from"), default=timezone.localdate)
    valid_until = models.DateField(
        _("until"), null=True, blank=True, help_text=_("The last day it counts; empty for no end.")
    )
    reason = models.CharField(_("reason"), max_length=250)
    made_by = models.ForeignKey(
        User, verbose_name=_("made by"), on_delete=models.PROTECT, related_name="+", editable=False
    )
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True, editable=False)
    ended_by = models.ForeignKey(
        User,
        verbose_name=_("ended by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )

    PERSONAL_FIELDS: tuple[str, ...] = ("reason",)

    class Meta:
        verbose_name = _("log-in window")
        verbose_name_plural = _("log-in windows")
        ordering = ("-valid_from", "-id")
        constraints = [
            CheckConstraint(
                condition=Q(user__isnull=True) | Q(role=""),
                name="window_person_or_role",
                violation_error_message=_("Choose a person or a role, not both."),
            ),
            CheckConstraint(
                condition=Q(starts__isnull=True, ends__isnull=True)
                | Q(starts__isnull=False, ends__isnull=False) & ~Q(starts=models.F("ends")),
                name="window_hours_together",
                violation_error_message=_("Give both hours, and different ones, or neither."),
            ),
            CheckConstraint(
                condition=~Q(reason=""),
                name="window_reasoned",
                violation_error_message=_("Say why."),
            ),
        ]

    def __str__(self) -> str:
        whom = self.user or (Role(self.role).label if self.role else _("everybody"))
        return f"{self.get_kind_display()} – {whom}"

    def clean(self) -> None:
        """Networks are networks, and the window limits something."""
        super().clean()
        self.networks = checked_networks(self.networks)
        if not (self.days or self.starts or self.networks):
            raise ValidationError(_("Choose days, hours or networks."), code="limits_nothing")


def checked_networks(text: str) -> str:
    """Networks as somebody wrote them in a field `networks`, one a line and in one spelling; what is none is told."""
    try:
        return network_lines(text)
    except ValueError as error:
        raise ValidationError(
            {"networks": _("This is no address or network: write for example 10.20.0.0/16.")},
            code="no_network",
        ) from error
