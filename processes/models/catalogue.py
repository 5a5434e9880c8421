"""The catalogue: which steps a sub-process has, who takes them and in how many working days.

It is data with a life of its own: a version is drafted, checked and approved by three different people
(process form: Hazırlayan, Kontrol eden, Onaylayan), and a running case keeps the version it began with.
"""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.roles import Role

NUMBER = RegexValidator(
    r"\A[1-9][0-9]*(\.[1-9][0-9]*)*\Z", _("Write the number as parts joined by dots, such as 5.3.6.")
)
SDP_CODE = RegexValidator(
    r"\A[0-9]{3}(\.[0-9]{2}){0,3}\Z", _("Write a file-plan code such as 704 or 708.03.")
)
STEP_NAME_ENDINGS = ("mesi", "ması")


class Subprocess(models.Model):
    """A sub-process of the directorate (alt süreç) under its official number, such as 5.3.6."""

    number = models.CharField(_("number"), max_length=20, unique=True, validators=[NUMBER])
    code = models.SlugField(_("code name"), max_length=40)
    sdp_codes = ArrayField(
        models.CharField(max_length=12, validators=[SDP_CODE]),
        verbose_name=_("file-plan codes"),
        default=list,
        blank=True,
        help_text=_("The first is written on outgoing letters; all of them help to route incoming ones."),
    )

    class Meta:
        verbose_name = _("sub-process")
        verbose_name_plural = _("sub-processes")
        ordering = ("number",)

    def __str__(self) -> str:
        return self.number


class DefinitionState(models.TextChoices):
    """The life of a version of the catalogue."""

    DRAFT = "draft", _("Draft")
    CHECKED = "checked", _("Checked")
    APPROVED = "approved", _("Approved")
    RETIRED = "retired", _("Retired")


class Definition(models.Model):
    """One version of a sub-process's definition: the process card (süreç formu) of its day."""

    subprocess = models.ForeignKey(
        Subprocess, models.PROTECT, related_name="definitions", verbose_name=_("sub-process")
    )
    edition = models.PositiveIntegerField(_("edition"))
    state = models.CharField(
        _("state"), max_length=12, choices=DefinitionState.choices, default=DefinitionState.DRAFT
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    name = models.CharField(_("name"), max_length=200)
    main_process = models.CharField(_("main process"), max_length=200)
    process = models.CharField(_("process"), max_length=200)
    owner = models.CharField(_("process owner"), max_length=120)
    purpose = models.TextField(_("purpose"), blank=True)
    inputs = ArrayField(models.CharField(max_length=200), verbose_name=_("inputs"), default=list, blank=True)
    outputs = ArrayField(
        models.CharField(max_length=200), verbose_name=_("outputs"), default=list, blank=True
    )
    repeats = models.CharField(_("number of repetitions in a year"), max_length=80)
    period = models.CharField(_("period of repetition in a year"), max_length=80)
    change_note = models.TextField(_("what changed and why"), blank=True)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("prepared by"),
    )
    prepared_at = models.DateTimeField(_("prepared at"), null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("checked by"),
    )
    checked_at = models.DateTimeField(_("checked at"), null=True, blank=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("approved by"),
    )
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)

    class Meta:
        verbose_name = _("process definition")
        verbose_name_plural = _("process definitions")
        ordering = ("subprocess__number", "-edition")
        constraints = (
            models.UniqueConstraint(
                fields=("subprocess", "edition"),
                name="definition_edition_once",
                violation_error_message=_("This sub-process already has an edition with that number."),
            ),
            models.UniqueConstraint(
                fields=("subprocess",),
                condition=Q(state=DefinitionState.APPROVED),
                name="definition_one_approved",
                violation_error_message=_("A sub-process has one approved definition at a time."),
            ),
            models.UniqueConstraint(
                fields=("subprocess",),
                condition=Q(state__in=(DefinitionState.DRAFT, DefinitionState.CHECKED)),
                name="definition_one_in_preparation",
                violation_error_message=_("A new edition of this sub-process is already being prepared."),
            ),
            models.CheckConstraint(
                condition=(Q(checked_by__isnull=True) | ~Q(checked_by=F("prepared_by")))
                & (
                    Q(approved_by__isnull=True)
                    | (~Q(approved_by=F("prepared_by")) & ~Q(approved_by=F("checked_by")))
                ),
                name="definition_three_people",
                violation_error_message=_(
                    "Preparing, checking and approving are done by three different people."
                ),
            ),
            models.CheckConstraint(
                condition=Q(prepared_by__isnull=True, prepared_at__isnull=True)
                | Q(prepared_by__isnull=False, prepared_at__isnull=False),
                name="definition_prepared_by_and_at",
                violation_error_message=_("Who prepared it and when are recorded together."),
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True, checked_at__isnull=True)
                | Q(checked_by__isnull=False, checked_at__isnull=False),
                name="definition_checked_by_and_at",
                violation_error_message=_("Who checked it and when are recorded together."),
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_at__isnull=True)
                | Q(approved_by__isnull=False, approved_at__isnull=False),
                name="definition_approved_by_and_at",
                violation_error_message=_("Who approved it and when are recorded together."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.subprocess.number} {self.name} (v{self.edition})"

    @property
    def is_frozen(self) -> bool:
        """Once checked, a version is no longer edited: cases may rest on it."""
        return self.state != DefinitionState.DRAFT


class StepDefinition(models.Model):
    """One official step (iş adımı) of a definition.

    `planned_days` counts working days; empty means the document says "Sürekli": no clock runs.
    `key` is the code name: the document prints 5.3.6.5 twice, so a number alone does not name a step.
    """

    definition = models.ForeignKey(
        Definition, models.CASCADE, related_name="steps", verbose_name=_("definition")
    )
    position = models.PositiveSmallIntegerField(_("position"))
    number = models.CharField(_("number"), max_length=24, validators=[NUMBER])
    key = models.SlugField(_("code name"), max_length=40)
    name = models.CharField(_("name"), max_length=300)
    short_name = models.CharField(_("short name"), max_length=60)
    roles = ArrayField(models.CharField(max_length=40, choices=Role.choices), verbose_name=_("taken by"))
    uses = ArrayField(
        models.CharField(max_length=120),
        verbose_name=_("documents and systems used"),
        default=list,
        blank=True,
    )
    planned_days = models.PositiveSmallIntegerField(_("planned working days"), null=True, blank=True)
    condition = models.CharField(_("runs only when"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ("definition", "position")
        constraints = (
            models.UniqueConstraint(
                fields=("definition", "key"),
                name="step_key_once",
                violation_error_message=_("Two steps of a definition cannot share a code name."),
            ),
            models.UniqueConstraint(
                fields=("definition", "position"),
                name="step_position_once",
                deferrable=models.Deferrable.DEFERRED,
                violation_error_message=_("Two steps of a definition cannot stand at the same position."),
            ),
            models.CheckConstraint(
                condition=Q(name__endswith="mesi") | Q(name__endswith="ması"),
                name="step_name_ending",
                violation_error_message=_("A step's Turkish name ends in -mesi or -ması."),
            ),
            models.CheckConstraint(
                condition=~Q(roles=[]),
                name="step_has_a_role",
                violation_error_message=_("Say who takes this step."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.short_name}"

    def clean(self) -> None:
        """A child's number is its parent's number plus one more part; its name ends in -mesi or -ması."""
        super().clean()
        parent = self.definition.subprocess.number
        head, _dot, last = self.number.rpartition(".")
        if head != parent or not last:
            raise ValidationError(
                {
                    "number": _("Number the step under its sub-process: %(parent)s plus one more part.")
                    % {"parent": parent}
                }
            )
        if not self.name.endswith(STEP_NAME_ENDINGS):
            raise ValidationError({"name": _("A step's Turkish name ends in -mesi or -ması.")})
