"""Infrastructure requests (sub-process 5.3.6) and what the unit keeps to work on them."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from processes.models import Case
from processes.models.case import CaseManager


class State(models.TextChoices):
    """Where a request stands between two official steps."""

    REPORTED = "reported", _("Reported")
    ASSESSED = "assessed", _("Assessed")
    PLANNED = "planned", _("Solution chosen")
    SUPPLIED = "supplied", _("Supplied")
    ASSIGNED = "assigned", _("Staff directed")
    SOLVED = "solved", _("Solved")
    CLOSED = "closed", _("Closed")
    MERGED = "merged", _("Merged")
    HANDED_OVER = "handed_over", _("Handed over")
    WITHDRAWN = "withdrawn", _("Withdrawn")


OPEN_STATES = (State.REPORTED, State.ASSESSED, State.PLANNED, State.SUPPLIED, State.ASSIGNED, State.SOLVED)


class Priority(models.IntegerChoices):
    """How much work stands still because of it."""

    CRITICAL = 1, _("Critical: patient care stands still")
    HIGH = 2, _("High: a unit cannot work")
    NORMAL = 3, _("Normal")
    LOW = 4, _("Low: can be planned")


class Category(models.Model):
    """What the trouble is about: network, hardware, software, telephone line …"""

    name = models.CharField(_("name"), max_length=80, unique=True)
    is_hardware = models.BooleanField(_("concerns hardware"), default=False)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Asset(models.Model):
    """A piece of equipment of an institution that requests are about, under its inventory tag."""

    tag = models.CharField(_("inventory tag"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=120)
    institution = models.ForeignKey(
        "accounts.Institution", models.PROTECT, related_name="+", verbose_name=_("institution")
    )
    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="assets", verbose_name=_("category")
    )
    serial_no = models.CharField(_("serial number"), max_length=80, blank=True)
    place = models.CharField(_("place"), max_length=120, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("asset")
        verbose_name_plural = _("assets")
        ordering = ("tag",)

    def __str__(self) -> str:
        return f"{self.tag} {self.name}"


class AnswerChannel(models.TextChoices):
    """How the applicant is told of the result (5.3.6.6: EBYS or telephone)."""

    LETTER = "letter", _("Official letter (EBYS)")
    TELEPHONE = "telephone", _("Telephone")


class Ticket(Case):
    """A hardware or software trouble on its way through the steps of 5.3.6.

    Personal fields: description, solution, answer_note, satisfaction_note (free text may name people).
    """

    category = models.ForeignKey(
        Category, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("category")
    )
    asset = models.ForeignKey(
        Asset, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("asset")
    )
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=Priority.choices, default=Priority.NORMAL
    )
    description = models.TextField(_("description"), blank=True)
    finding = models.TextField(_("assessment"), blank=True)
    way = models.TextField(_("way to solve it"), blank=True)
    nothing_needed = models.BooleanField(_("nothing had to be procured"), default=False)
    solution = models.TextField(_("solution"), blank=True)
    answer_channel = models.CharField(
        _("answered by"), max_length=10, choices=AnswerChannel.choices, blank=True
    )
    answer_note = models.TextField(_("answer"), blank=True)
    satisfaction = models.PositiveSmallIntegerField(
        _("satisfaction"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(5)]
    )
    satisfaction_note = models.TextField(_("remark on the service"), blank=True)
    reopenings = models.PositiveSmallIntegerField(_("times reopened"), default=0)

    objects = CaseManager["Ticket"]()

    class Meta:
        verbose_name = _("infrastructure request")
        verbose_name_plural = _("infrastructure requests")
        constraints = (
            models.CheckConstraint(
                condition=Q(satisfaction__isnull=True) | Q(satisfaction__range=(1, 5)),
                name="ticket_satisfaction_range",
                violation_error_message=_("Satisfaction is given from 1 to 5."),
            ),
            models.CheckConstraint(
                condition=Q(answer_channel="") | ~Q(answer_note=""),
                name="ticket_answer_with_note",
                violation_error_message=_("Write what the applicant was told."),
            ),
        )

    def get_state_display(self) -> str:
        """The state in the reader's language."""
        return str(State(self.state).label)


class SupplyState(models.TextChoices):
    """Where a needed thing stands."""

    NEEDED = "needed", _("Needed")
    ORDERED = "ordered", _("Ordered")
    RECEIVED = "received", _("Received")
    DROPPED = "dropped", _("No longer needed")


class SupplyItem(models.Model):
    """A material or piece of information a solution needs (5.3.6.4)."""

    ticket = models.ForeignKey(
        Ticket, models.CASCADE, related_name="supplies", verbose_name=_("infrastructure request")
    )
    name = models.CharField(_("what is needed"), max_length=150)
    quantity = models.PositiveIntegerField(_("quantity"), default=1, validators=[MinValueValidator(1)])
    state = models.CharField(
        _("state"), max_length=10, choices=SupplyState.choices, default=SupplyState.NEEDED
    )
    source = models.CharField(_("from where"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("needed item")
        verbose_name_plural = _("needed items")
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(quantity__gte=1),
                name="supply_at_least_one",
                violation_error_message=_("At least one is needed."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.quantity} × {self.name}"


class CannedText(models.Model):
    """A text the unit writes often, offered beside the box of a step."""

    title = models.CharField(_("heading"), max_length=80, unique=True)
    step_key = models.SlugField(_("step"), max_length=40)
    text = models.TextField(_("text"))
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("ready text")
        verbose_name_plural = _("ready texts")
        ordering = ("title",)

    def __str__(self) -> str:
        return self.title
