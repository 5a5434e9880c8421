"""Telling the Board and others about personal data (KVKK m. 12/5), and the decision not to."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from incidents.models.breach import Breach
from incidents.models.due import FollowUpKind
from incidents.models.people import later_by, on_behalf_of


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
    recorded_for = on_behalf_of()

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


class PhaseQuerySet(models.QuerySet["NoticePhase"]):
    """Questions asked of what is still to be told."""

    def open(self) -> PhaseQuerySet:
        """Neither told yet nor found to be nothing."""
        return self.filter(settled_at__isnull=True)


class NoticePhase(models.Model):
    """What a notice left to be told later (KVKK m. 12/5, Kurul 2019/10: information may be given in phases), and by when.

    It ends with the next notice to the same addressee, or with the written finding that nothing is left to tell.
    Personal fields: missing, reason.
    """

    notice = models.OneToOneField(
        Notice, models.CASCADE, related_name="phase", verbose_name=_("incomplete notice")
    )
    breach = models.ForeignKey(
        Breach, models.CASCADE, related_name="phases", verbose_name=_("information-security breach")
    )
    due_on = models.DateField(_("next phase by"))
    missing = models.TextField(_("what is still to be told"))
    asked_at = models.DateTimeField(_("marked incomplete"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("marked by")
    )
    asked_for = on_behalf_of()
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_by = later_by(_("settled by"))
    settled_for = on_behalf_of()
    next_notice = models.OneToOneField(
        Notice,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("notice that followed"),
    )
    reason = models.TextField(_("why nothing is left to tell"), blank=True)

    objects = PhaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("next phase of a notice")
        verbose_name_plural = _("next phases of notices")
        ordering = ("due_on", "id")
        indexes = (
            models.Index(
                fields=("due_on", "id"), condition=Q(settled_at__isnull=True), name="noticephase_to_give"
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(missing=""),
                name="noticephase_says_what",
                violation_error_message=_("Write what is still to be told."),
            ),
            models.CheckConstraint(
                condition=Q(
                    settled_at__isnull=True, settled_by__isnull=True, next_notice__isnull=True, reason=""
                )
                | Q(settled_at__isnull=False, settled_by__isnull=False)
                & (Q(next_notice__isnull=False, reason="") | Q(next_notice__isnull=True) & ~Q(reason="")),
                name="noticephase_settled_how",
                violation_error_message=_("A phase ends with the next notice, or with a written reason."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.notice_id}: {self.due_on:%Y-%m-%d}"

    @property
    def follow_up_key(self) -> str:
        """How the list of what is due names it."""
        return f"{FollowUpKind.PHASE}-{self.pk}"


class Silence(models.Model):
    """The decision not to tell the Board: proposed with a reason by one person, signed off or sent back by another.

    Signed on what was known then, it no longer holds once new facts come: the breach is reopened, or takes in another.
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
    proposed_for = on_behalf_of()
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = later_by(_("answered by"))
    answered_for = on_behalf_of()
    is_approved = models.BooleanField(_("signed off"), null=True, blank=True)
    answer = models.TextField(_("words of the approver"), blank=True)
    lapsed_at = models.DateTimeField(_("no longer holds since"), null=True, blank=True, editable=False)
    lapsed_by = later_by(_("ended by"))
    lapsed_for = on_behalf_of()

    class Meta:
        verbose_name = _("decision not to notify")
        verbose_name_plural = _("decisions not to notify")
        ordering = ("proposed_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("breach",),
                condition=(Q(is_approved__isnull=True) | Q(is_approved=True)) & Q(lapsed_at__isnull=True),
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
                condition=(Q(answered_for__isnull=True) | ~Q(answered_for=F("proposed_by")))
                & (
                    Q(answered_by__isnull=True)
                    | Q(proposed_for__isnull=True)
                    | ~Q(answered_by=F("proposed_for"))
                ),
                name="silence_signed_for_another",
                violation_error_message=_(
                    "Nobody signs off their own proposal, nor does their deputy for them."
                ),
            ),
            models.CheckConstraint(
                condition=Q(lapsed_at__isnull=True, lapsed_by__isnull=True)
                | Q(lapsed_at__isnull=False, lapsed_by__isnull=False, is_approved=True),
                name="silence_lapsed_by_whom",
                violation_error_message=_("A signed decision lapses at a moment, by somebody's hand."),
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
    """A hold on the logs of an emergency (Ek-5 5.1.3); a further one where it turned out to have begun earlier."""

    breach = models.ForeignKey(
        Breach, models.CASCADE, related_name="log_holds", verbose_name=_("information-security breach")
    )
    hold = models.ForeignKey(
        "audit.Hold", models.PROTECT, related_name="+", verbose_name=_("hold on the logs")
    )

    class Meta:
        verbose_name = _("held logs of a breach")
        verbose_name_plural = _("held logs of breaches")

    def __str__(self) -> str:
        return f"{self.breach_id}: {self.hold_id}"
