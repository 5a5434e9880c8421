"""The Ministry's notified documents (sub-process 5.3.1) and the evaluation of each of their clauses."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from processes.models import Case
from processes.models.case import CaseManager


class State(models.TextChoices):
    """Where a notified document stands between two official steps."""

    NOTIFIED = "notified", _("Notified")
    EVALUATED = "evaluated", _("Evaluated")
    PREPARED = "prepared", _("Document prepared")
    ANNOUNCED = "announced", _("Announced")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Verdict(models.TextChoices):
    """What a clause of the Ministry's document means for the province."""

    APPLIES = "applies", _("Applies")
    PARTLY = "partly", _("Partly applies")
    NOT = "not", _("Does not apply")


class Compliance(Case):
    """A compliance document of the Ministry on its way through the steps of 5.3.1.

    Personal fields: description, finding, preparation (free text may name people).
    """

    source_number = models.CharField(_("number of the document"), max_length=100, blank=True)
    source_dated = models.DateField(_("date of the document"), null=True, blank=True)
    comply_by = models.DateField(_("to be complied with by"), null=True, blank=True)
    description = models.TextField(_("description"), blank=True)
    finding = models.TextField(_("evaluation"), blank=True)
    preparation = models.TextField(_("what was prepared"), blank=True)
    no_change = models.BooleanField(_("the province's documents need no change"), default=False)

    objects = CaseManager["Compliance"]()

    class Meta:
        verbose_name = _("notified document")
        verbose_name_plural = _("notified documents")

    def get_state_display(self) -> str:
        """The state in the reader's language."""
        return str(State(self.state).label)


class Clause(models.Model):
    """One clause of the Ministry's document and what it means for the province (5.3.1.2).

    A gap has an owner and a day until which it is closed. Personal fields: reason, gap, closing_note.
    """

    compliance = models.ForeignKey(
        Compliance, models.CASCADE, related_name="clauses", verbose_name=_("notified document")
    )
    number = models.CharField(_("clause"), max_length=30)
    text = models.TextField(_("text"))
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict.choices, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    gap = models.TextField(_("what is missing"), blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("closed by whom"),
    )
    due_on = models.DateField(_("to be closed by"), null=True, blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("recorded by"),
    )
    closing_note = models.TextField(_("how it was closed"), blank=True)

    class Meta:
        verbose_name = _("clause of a notified document")
        verbose_name_plural = _("clauses of notified documents")
        ordering = ("compliance", "id")
        indexes = (
            models.Index(
                fields=("due_on", "id"),
                condition=Q(closed_on__isnull=True) & ~Q(gap=""),
                name="clause_open_gap",
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("compliance", "number"),
                name="clause_number_once",
                violation_error_message=_("The document already has a clause with this number."),
            ),
            models.CheckConstraint(
                condition=Q(verdict__in=("", Verdict.APPLIES)) | ~Q(reason=""),
                name="clause_verdict_with_reason",
                violation_error_message=_("Write why the clause does not apply, or applies only in part."),
            ),
            models.CheckConstraint(
                condition=Q(gap="") | Q(owner__isnull=False, due_on__isnull=False),
                name="clause_gap_with_owner_and_day",
                violation_error_message=_("A gap needs somebody who closes it and a day until then."),
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True, closed_by__isnull=True, closing_note="")
                | (Q(closed_on__isnull=False, closed_by__isnull=False) & ~Q(closing_note="") & ~Q(gap="")),
                name="clause_closed_by_and_on",
                violation_error_message=_("A gap is closed by a named person, on a day and with a note."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.text[:60]}"

    @property
    def is_open_gap(self) -> bool:
        """Something is still missing."""
        return bool(self.gap) and self.closed_on is None
