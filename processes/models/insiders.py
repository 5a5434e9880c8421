"""Who was let into a confidential case by name, beside the roles that know of all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from accounts.models import User


class _Admitted(Func):
    """`case = ANY (cases the person was let into)`. Written out, since most questions ask it, some pages ten times."""

    arg_joiner = (
        " = ANY (ARRAY(SELECT case_id FROM processes_caseinsider WHERE removed_at IS NULL AND person_id = "
    )
    template = "%(expressions)s))"
    output_field = models.BooleanField()


class _ApartFromHidden(Func):
    """Not of a confidential case, unless the person was let into it: `visible_to` of who knows by admission alone.

    Written out as well: whatever hangs on cases asks it, the frame of every page among them.
    """

    arg_joiner = (
        " AND hidden.is_confidential AND NOT hidden.id = ANY (ARRAY(SELECT case_id FROM processes_caseinsider"
        " WHERE removed_at IS NULL AND person_id = "
    )
    template = "NOT EXISTS (SELECT 1 FROM processes_case hidden WHERE hidden.id = %(expressions)s)))"
    output_field = models.BooleanField()


def apart_from_unadmitted(user: User, field: str) -> Q:
    """What hangs on a case by `field`, without what hangs on a confidential one this person was not let into."""
    return Q(_ApartFromHidden(F(f"{field}_id"), Value(user.pk, models.BigIntegerField())))


def admitted(user: User) -> Q:
    """The confidential cases this person was let into; the database gathers them once for the whole question."""
    return Q(_Admitted(F("pk"), Value(user.pk, models.BigIntegerField())))


class InsiderQuerySet(models.QuerySet["CaseInsider"]):
    """Admissions to confidential cases."""

    def in_force(self) -> Self:
        """Those that count today."""
        return self.filter(removed_at__isnull=True)


class CaseInsider(models.Model):
    """A person let into one confidential case beside the roles that know of all of them. Never deleted, only ended.

    Personal fields: reason, removal_reason.
    """

    case = models.ForeignKey(
        "processes.Case", models.CASCADE, related_name="insiders", verbose_name=_("case")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person")
    )
    reason = models.CharField(_("reason"), max_length=300)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("let in by")
    )
    added_at = models.DateTimeField(_("let in"), default=timezone.now)
    removed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("sight ended by"),
    )
    removed_at = models.DateTimeField(_("sight ended"), null=True, blank=True)
    removal_reason = models.CharField(_("reason for the end"), max_length=300, blank=True)

    objects = InsiderQuerySet.as_manager()

    class Meta:
        verbose_name = _("admission to a confidential case")
        verbose_name_plural = _("admissions to confidential cases")
        ordering = ("added_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("person", "case"),
                condition=Q(removed_at__isnull=True),
                name="caseinsider_once",
                violation_error_message=_("This person has been let into the case already."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="caseinsider_reasoned",
                violation_error_message=_("Write why this person has to know of the case."),
            ),
            models.CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by__isnull=True, removal_reason="")
                | (Q(removed_at__isnull=False, removed_by__isnull=False) & ~Q(removal_reason="")),
                name="caseinsider_ended_with_a_reason",
                violation_error_message=_("Write why this person's sight of the case ends."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id}: {self.person_id}"
