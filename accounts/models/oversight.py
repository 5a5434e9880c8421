"""What the office keeps about rights and training: the approved matrix and who was trained (Ek-5 5.4.1.6, 5.6.12)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User
from accounts.roles import Role

if TYPE_CHECKING:
    from accounts.models.staff import Employee


class ApprovedRightQuerySet(models.QuerySet["ApprovedRight"]):
    """The matrix by day."""

    def in_force(self, on: date) -> Self:
        """Approved, not over, not withdrawn."""
        return self.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gte=on),
            approved_on__lte=on,
            withdrawn_at__isnull=True,
        )


class ApprovedRight(models.Model):
    """One cell of the approved authorisation matrix: this person may hold this role, by this paper."""

    user = models.ForeignKey(
        User, verbose_name=_("person"), on_delete=models.PROTECT, related_name="approved_rights"
    )
    role = models.CharField(_("role"), max_length=24, choices=Role)
    document = models.CharField(
        _("approval"), max_length=200, help_text=_("Number and date of the approving letter.")
    )
    approved_on = models.DateField(_("approved on"), default=timezone.localdate)
    valid_until = models.DateField(_("until"), null=True, blank=True)
    entered_by = models.ForeignKey(
        User, verbose_name=_("entered by"), on_delete=models.PROTECT, related_name="+", editable=False
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True, editable=False)
    withdrawn_by = models.ForeignKey(
        User,
        verbose_name=_("withdrawn by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
    )

    objects = ApprovedRightQuerySet.as_manager()

    PERSONAL_FIELDS: tuple[str, ...] = ()

    class Meta:
        verbose_name = _("approved right")
        verbose_name_plural = _("approved rights (authorisation matrix)")
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"{self.user} – {self.get_role_display()}"


class TrainingQuerySet(models.QuerySet["Training"]):
    """Training by day and by person."""

    def current(self, on: date) -> Self:
        """Held and not over."""
        return self.filter(held_on__lte=on, valid_until__gte=on)


class Training(models.Model):
    """Somebody was trained in keeping passwords and information safe: a person with an account, or one on the staff."""

    user = models.ForeignKey(
        User,
        verbose_name=_("person"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="trainings",
    )
    employee = models.ForeignKey(
        "accounts.Employee",
        verbose_name=_("staff member without an account"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="trainings",
    )
    subject = models.CharField(_("subject"), max_length=200)
    provider = models.CharField(_("held by"), max_length=200, blank=True)
    held_on = models.DateField(_("held on"))
    valid_until = models.DateField(_("to be repeated by"))
    entered_by = models.ForeignKey(
        User, verbose_name=_("entered by"), on_delete=models.PROTECT, related_name="+", editable=False
    )

    objects = TrainingQuerySet.as_manager()

    PERSONAL_FIELDS: tuple[str, ...] = ()

    class Meta:
        verbose_name = _("training")
        verbose_name_plural = _("training register")
        ordering = ("-held_on", "-id")
        indexes = [
            models.Index(fields=["-held_on", "-id"], name="training_newest"),
            models.Index(fields=["subject"], name="training_subject"),
        ]
        constraints = [
            CheckConstraint(
                condition=Q(valid_until__gt=F("held_on")),
                name="training_dates_in_order",
                violation_error_message=_("It is repeated after it was held."),
            ),
            CheckConstraint(
                condition=Q(user__isnull=True, employee__isnull=False)
                | Q(user__isnull=False, employee__isnull=True),
                name="training_of_one_person",
                violation_error_message=_(
                    "A training is that of one person: with an account, or on the staff register."
                ),
            ),
            UniqueConstraint(
                fields=["employee", "subject", "held_on"],
                condition=Q(employee__isnull=False),
                name="training_of_staff_once",
                violation_error_message=_("This training of that day stands in the register already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.full_name} – {self.subject}"

    @property
    def person(self) -> User | Employee:
        """Who was trained."""
        found = self.user or self.employee
        assert found is not None, "a training is that of one person"
        return found

    @property
    def full_name(self) -> str:
        """The person by name."""
        return self.person.full_name

    @property
    def institution_name(self) -> str:
        """Where the person works today; empty where nobody knows."""
        institution = self.person.institution
        return institution.name if institution else ""
