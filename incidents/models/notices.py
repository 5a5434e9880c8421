"""Telling the Board and others about personal data (KVKK m. 12/5), and the decision not to."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from incidents.models.breach import Breach


class NoticeTo(models.TextChoices):
    """Who was told."""

    BOARD = "board", _("Personal Data Protection Board")
    PERSONS = "persons", _("The persons concerned")
    MINISTRY = "ministry", _("Ministry of Health")
    CYBER = "cyber", _("National cyber incident response centre")


class Notice(models.Model):
    """One notice, as it went out; a notice may come in phases: a first one and those that follow it. Never changed.

    Personal fields: summary, late_reason.
    """

    breach = models.ForeignKey(
        Breach, models.CASCADE, related_name="notices", verbose_name=_("information-security breach")
    )
    addressee = models.CharField(_("told"), max_length=8, choices=NoticeTo.choices, default=NoticeTo.BOARD)
    position = models.PositiveIntegerField(_("number"))
    sent_at = models.DateTimeField(_("sent"))
    way = models.CharField(_("by way of"), max_length=100)
    reference = models.CharField(_("reference number"), max_length=60, blank=True)
    summary = models.TextField(_("what was told"))
    late_reason = models.TextField(_("why after 72 hours"), blank=True)
    recorded_at = models.DateTimeField(_("recorded"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ("sent_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("breach", "addressee", "position"),
                name="breachnotice_number_once",
                violation_error_message=_("Somebody recorded a notice at the same moment; look again."),
            ),
            models.CheckConstraint(
                condition=~Q(summary=""),
                name="breachnotice_says_what",
                violation_error_message=_("Write what was told."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_addressee_display()} {self.position}"

    @property
    def is_first(self) -> bool:
        """The first notice to this addressee; the others follow it up."""
        return self.position == 1


class Silence(models.Model):
    """The decision not to tell the Board: proposed with a reason by one person, signed off or sent back by another.

    Personal fields: reason, answer.
    """

    breach = models.ForeignKey(
        Breach, models.CASCADE, related_name="silences", verbose_name=_("information-security breach")
    )
    reason = models.TextField(_("why the Board is not told"))
    proposed_at = models.DateTimeField(_("proposed"))
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
    )
    is_approved = models.BooleanField(_("signed off"), null=True, blank=True)
    answer = models.TextField(_("words of the approver"), blank=True)

    class Meta:
        verbose_name = _("decision not to notify")
        verbose_name_plural = _("decisions not to notify")
        ordering = ("proposed_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("breach",),
                condition=Q(is_approved__isnull=True) | Q(is_approved=True),
                name="silence_one_in_force",
                violation_error_message=_("A decision not to notify is waiting or signed off already."),
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, is_approved__isnull=True)
                | Q(answered_at__isnull=False, answered_by__isnull=False, is_approved__isnull=False),
                name="silence_answered_by_whom",
                violation_error_message=_("Who answered, when and how are recorded together."),
            ),
            models.CheckConstraint(
                condition=Q(answered_by__isnull=True) | ~Q(answered_by=F("proposed_by")),
                name="silence_signed_by_another",
                violation_error_message=_("Nobody signs off their own proposal."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="silence_reasoned",
                violation_error_message=_("Write why the Board is not told."),
            ),
            models.CheckConstraint(
                condition=~Q(is_approved=False) | ~Q(answer=""),
                name="silence_sent_back_with_reason",
                violation_error_message=_("Write why the proposal is sent back."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.breach_id}: {self.proposed_at:%Y-%m-%d}"


class Reminder(models.Model):
    """One reminder of the 72 hours that was given: once for each mark and moment of learning."""

    breach = models.ForeignKey(
        Breach, models.CASCADE, related_name="reminders", verbose_name=_("information-security breach")
    )
    learned_at = models.DateTimeField(_("counted from"))
    hours_left = models.PositiveSmallIntegerField(_("mark, in hours left"))
    given_at = models.DateTimeField(_("given"))

    class Meta:
        verbose_name = _("reminder of the 72 hours")
        verbose_name_plural = _("reminders of the 72 hours")
        constraints = (
            models.UniqueConstraint(
                fields=("breach", "learned_at", "hours_left"),
                name="reminder_once",
                violation_error_message=_("This reminder was given already."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.breach_id}: {self.hours_left} h"


class LogHold(models.Model):
    """The hold on the logs of an emergency (Ek-5 5.1.3)."""

    breach = models.OneToOneField(
        Breach, models.CASCADE, related_name="log_hold", verbose_name=_("information-security breach")
    )
    hold = models.ForeignKey(
        "audit.Hold", models.PROTECT, related_name="+", verbose_name=_("hold on the logs")
    )

    class Meta:
        verbose_name = _("held logs of a breach")
        verbose_name_plural = _("held logs of breaches")

    def __str__(self) -> str:
        return f"{self.breach_id}: {self.hold_id}"
