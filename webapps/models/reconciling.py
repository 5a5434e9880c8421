"""Comparing our register with the list of users an application gives out."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from webapps.models.register import Application, AppRole
from webapps.models.requests import AccessRequest


class Reconciliation(models.Model):
    """One comparison with the exported list of an application. The list itself is not kept, only its digest."""

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="reconciliations", verbose_name=_("web application")
    )
    file_name = models.CharField(_("file"), max_length=200)
    digest = models.CharField(_("SHA-256 of the file"), max_length=64)
    rows = models.PositiveIntegerField(_("rows"))
    same = models.PositiveIntegerField(_("rows that agree"))
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("made by")
    )

    class Meta:
        verbose_name = _("reconciliation")
        verbose_name_plural = _("reconciliations")
        ordering = ("-made_at", "-id")
        indexes = (models.Index(fields=("application", "-made_at"), name="reconciliation_newest"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(same__lte=models.F("rows")),
                name="reconciliation_counts_add_up",
                violation_error_message=_("More rows agree than there are."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.application} {self.made_at:%d.%m.%Y}"

    @property
    def seen_on(self) -> date:
        """The day on which the list showed what it shows."""
        return timezone.localdate(self.made_at)

    def get_absolute_url(self) -> str:
        """The page of this comparison."""
        return reverse("webapps-reconciliation", args=(self.pk,))


class DifferenceKind(models.TextChoices):
    """In what the list and the register disagree."""

    UNKNOWN = "unknown", _("Not in the staff register")
    EXTRA = "extra", _("In the application, not in the register")
    MISSING = "missing", _("In the register, not in the application")


class Settlement(models.TextChoices):
    """How a difference was settled."""

    OPEN = "", _("Not settled yet")
    CASE = "case", _("A request was opened")
    ACCEPTED = "accepted", _("Accepted with a reason")
    GONE = "gone", _("No longer there at a later comparison")


class Difference(models.Model):
    """One disagreement between an application's list and the register, open until somebody settles it.

    It is one row however often the list is compared; `reconciliation` is the last comparison that found it.
    Personal fields: login, listed_name, employee.
    """

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="differences", verbose_name=_("web application")
    )
    reconciliation = models.ForeignKey(
        Reconciliation, models.PROTECT, related_name="differences", verbose_name=_("last found by")
    )
    kind = models.CharField(_("difference"), max_length=10, choices=DifferenceKind.choices)
    login = models.CharField(_("registry number in the list"), max_length=60)
    listed_name = models.CharField(_("name in the list"), max_length=200, blank=True)
    role_code = models.CharField(_("role in the list"), max_length=60)
    listed_since = models.DateField(_("first day in the list"), null=True, blank=True)
    employee = models.ForeignKey(
        "accounts.Employee",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("user"),
    )
    role = models.ForeignKey(
        AppRole,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("application role"),
    )
    settlement = models.CharField(
        _("settled"), max_length=10, choices=Settlement.choices, default=Settlement.OPEN, blank=True
    )
    reason = models.TextField(_("reason"), blank=True)
    case = models.ForeignKey(
        AccessRequest,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="differences",
        verbose_name=_("access request"),
    )
    came_back_at = models.DateTimeField(_("found again after it was settled"), null=True, blank=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("settled by"),
    )

    class Meta:
        verbose_name = _("difference")
        verbose_name_plural = _("differences")
        ordering = ("kind", "id")
        indexes = (models.Index(fields=("reconciliation", "kind", "id"), name="difference_of_run"),)
        constraints = (
            models.UniqueConstraint(
                fields=("application", "kind", "login", "role_code"),
                condition=~Q(settlement="gone"),
                name="difference_once",
                violation_error_message=_("This difference is already on the list."),
            ),
            models.CheckConstraint(
                condition=Q(settlement="", settled_at__isnull=True, settled_by__isnull=True)
                | (~Q(settlement="") & Q(settled_at__isnull=False, settled_by__isnull=False)),
                name="difference_settled_by_and_at",
                violation_error_message=_("Who settled a difference and when are recorded together."),
            ),
            models.CheckConstraint(
                condition=~Q(settlement="accepted") | ~Q(reason=""),
                name="difference_accepted_with_reason",
                violation_error_message=_("A difference is accepted with a reason."),
            ),
            models.CheckConstraint(
                condition=~Q(settlement="case") | Q(case__isnull=False),
                name="difference_with_its_case",
                violation_error_message=_("The request that was opened is recorded with the difference."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def has_left(self) -> bool:
        """The user was on the staff and does not work here any more."""
        return self.employee is not None and not self.employee.is_here

    @property
    def can_be_accepted(self) -> bool:
        """The register can follow the list: it takes over nothing for somebody who left."""
        return not (self.kind == DifferenceKind.EXTRA and self.has_left)

    @property
    def can_be_asked(self) -> bool:
        """A request can bring the application in line: nothing is given again to somebody who left."""
        return not (self.kind == DifferenceKind.MISSING and self.has_left)
