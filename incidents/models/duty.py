"""Who is told at any hour (Ek-5 5.1.6, 5.1.9), and what is written down before anything happens (5.1.1, .2, .8, .11)."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.models.breach import Breach, Level
from incidents.models.people import later_by, on_behalf_of


class Span(Func):
    """The time a shift covers, its end left out."""

    function = "TSTZRANGE"
    output_field = DateTimeRangeField()


class ShiftQuerySet(models.QuerySet["Shift"]):
    """Questions asked of the rota."""

    def at(self, moment: datetime) -> Self:
        """The shift that covers a moment."""
        return self.filter(starts_at__lte=moment, ends_at__gt=moment, cancelled_at__isnull=True)


class Shift(models.Model):
    """A window in which one officer is on call and another stands in for them."""

    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("officer on call")
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("deputy")
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("planned by")
    )
    made_for = on_behalf_of()
    cancelled_at = models.DateTimeField(_("taken off the rota"), null=True, blank=True)
    cancelled_by = later_by(_("taken off by"))
    cancelled_for = on_behalf_of()

    objects = ShiftQuerySet.as_manager()

    class Meta:
        verbose_name = _("shift on call")
        verbose_name_plural = _("shifts on call")
        ordering = ("starts_at",)
        constraints = (
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="shift_ends_after_it_starts",
                violation_error_message=_("A shift ends after it starts."),
            ),
            models.CheckConstraint(
                condition=~Q(officer=F("deputy")),
                name="shift_deputy_is_another",
                violation_error_message=_("The deputy is another person."),
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at__isnull=True, cancelled_by__isnull=True)
                | Q(cancelled_at__isnull=False, cancelled_by__isnull=False),
                name="shift_cancelled_by_whom",
                violation_error_message=_("Who took a shift off the rota and when are recorded together."),
            ),
            ExclusionConstraint(
                name="shift_no_two_at_once",
                expressions=(
                    (
                        Span("starts_at", "ends_at", RangeBoundary(inclusive_lower=True)),
                        RangeOperators.OVERLAPS,
                    ),
                ),
                condition=Q(cancelled_at__isnull=True),
                violation_error_message=_("Another shift covers part of this time already."),
            ),
        )

    def __str__(self) -> str:
        return f"{timezone.localtime(self.starts_at):%Y-%m-%d %H:%M}"


class AlertQuerySet(models.QuerySet["Alert"]):
    """Questions asked of alerts."""

    def unanswered(self) -> Self:
        """Nobody acknowledged the breach, and this is the person asked last."""
        return self.filter(acknowledged_at__isnull=True, passed_on_at__isnull=True)


class Alert(models.Model):
    """One person told of one breach: to be acknowledged by `answer_by`, else the next in the chain is told.

    `rank` is the place in the chain: 0 the officer on call, 1 the deputy, then the leads and the unit head.
    """

    breach = models.ForeignKey(
        Breach, models.CASCADE, related_name="alerts", verbose_name=_("information-security breach")
    )
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person told")
    )
    rank = models.PositiveSmallIntegerField(_("place in the chain"))
    told_at = models.DateTimeField(_("told"))
    answer_by = models.DateTimeField(_("to be acknowledged by"))
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, blank=True)
    acknowledged_by = later_by(_("acknowledged by"))
    acknowledged_for = on_behalf_of()
    passed_on_at = models.DateTimeField(_("passed on"), null=True, blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ("breach", "rank")
        indexes = (
            models.Index(
                fields=("answer_by",),
                condition=Q(acknowledged_at__isnull=True, passed_on_at__isnull=True),
                name="alert_unanswered",
            ),
            models.Index(fields=("-told_at", "-id"), name="alert_newest"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("breach", "rank"),
                name="alert_rank_once",
                violation_error_message=_("This place of the chain was told already."),
            ),
            models.UniqueConstraint(
                fields=("breach", "person"),
                name="alert_person_once",
                violation_error_message=_("This person was told already."),
            ),
            models.CheckConstraint(
                condition=Q(acknowledged_at__isnull=True, acknowledged_by__isnull=True)
                | Q(acknowledged_at__isnull=False, acknowledged_by__isnull=False),
                name="alert_acknowledged_by_whom",
                violation_error_message=_("Who acknowledged and when are recorded together."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.breach_id}/{self.rank}"


class Reviewed(models.Model):
    """A line of the emergency plan that has to be looked at again by a day."""

    reviewed_on = models.DateField(_("last looked at"), default=timezone.localdate)
    review_by = models.DateField(_("to be looked at again by"))
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        abstract = True


class EmergencyOfficer(Reviewed):
    """Somebody appointed for emergencies, with the authority and duties written down (Ek-5 5.1.1)."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person")
    )
    duty = models.CharField(_("duty"), max_length=150)
    authority = models.TextField(_("authority and responsibility"))
    appointed_on = models.DateField(_("appointed on"))
    reference = models.CharField(_("number of the appointment"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("emergency officer")
        verbose_name_plural = _("emergency officers")
        ordering = ("duty", "id")

    def __str__(self) -> str:
        return f"{self.duty}: {self.person}"


class Cooperation(Reviewed):
    """What an emergency needs from another unit of the house (Ek-5 5.1.2)."""

    partner = models.CharField(_("unit"), max_length=150)
    need = models.TextField(_("what is needed of it"))
    contact = models.CharField(_("how to reach it"), max_length=150)

    class Meta:
        verbose_name = _("cooperation in an emergency")
        verbose_name_plural = _("cooperation in emergencies")
        ordering = ("partner", "id")

    def __str__(self) -> str:
        return self.partner


class LevelPlan(Reviewed):
    """Risks, losses and what to do before and after, for one level (Ek-5 5.1.8)."""

    level = models.CharField(_("level"), max_length=1, choices=Level.choices, unique=True)
    risks = models.TextField(_("risks"))
    losses = models.TextField(_("losses to the institution"))
    before = models.TextField(_("what is done before"))
    after = models.TextField(_("what is done after"))

    class Meta:
        verbose_name = _("plan of a level")
        verbose_name_plural = _("plans of the levels")
        ordering = ("level",)

    def __str__(self) -> str:
        return self.get_level_display()


class Authority(Reviewed):
    """Whom to turn to for a special event, how, and who does it (Ek-5 5.1.11)."""

    event = models.CharField(_("event"), max_length=150)
    institution = models.CharField(_("authority to turn to"), max_length=200)
    way = models.CharField(_("way of applying"), max_length=200, help_text=_("Telephone, petition …"))
    contact = models.CharField(_("how to reach it"), max_length=200)
    applicant = models.CharField(_("who applies for the directorate"), max_length=150)

    class Meta:
        verbose_name = _("authority to turn to")
        verbose_name_plural = _("authorities to turn to")
        ordering = ("event", "institution")

    def __str__(self) -> str:
        return f"{self.event}: {self.institution}"
