"""What has to be done about a breach: check lists by category, barriers against repetition, and the review afterwards."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from incidents.models.breach import Breach, Category
from incidents.models.people import later_by, on_behalf_of


class Phase(models.TextChoices):
    """Which step asks for it."""

    CONTAIN = "contain", _("Stopping the breach")
    PREVENT = "prevent", _("Preventing repetition")
    CLOSE = "close", _("Before closing")


class ChecklistItem(models.Model):
    """A line of a check list, as the unit head keeps it: for one category, or for every breach."""

    category = models.ForeignKey(
        Category,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="checklist",
        verbose_name=_("category"),
        help_text=_("Left empty, the line is asked of every breach."),
    )
    phase = models.CharField(
        _("asked for by"), max_length=8, choices=[(one.value, one.label) for one in Phase]
    )
    text = models.CharField(_("what has to be done"), max_length=300)
    is_mandatory = models.BooleanField(_("mandatory"), default=True)
    position = models.PositiveSmallIntegerField(_("place in the list"), default=100)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("check-list line")
        verbose_name_plural = _("check-list lines")
        ordering = ("phase", "position", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("category", "phase", "text"),
                name="checklist_line_once",
                nulls_distinct=False,
                violation_error_message=_("This line is in the list already."),
            ),
        )

    def __str__(self) -> str:
        return self.text


class TaskOutcome(models.TextChoices):
    """How a task was settled."""

    DONE = "done", _("Done")
    NOT_NEEDED = "not_needed", _("Not needed")


class Proceedings(models.TextChoices):
    """Whose answer follows from the decision (5.3.2.2): it ends in a sanction, or in none (çıktı: Yaptırım)."""

    DISCIPLINE = "discipline", _("Disciplinary investigation")
    COURT = "court", _("Judicial action")


class TaskQuerySet(models.QuerySet["Task"]):
    """Questions asked of tasks."""

    def in_the_way(self) -> TaskQuerySet:
        """Mandatory and still open."""
        return self.filter(is_mandatory=True, outcome="")

    def awaiting(self) -> TaskQuerySet:
        """Proceedings whose sanction, or that there is none, nobody has recorded."""
        return self.filter(outcome="").exclude(awaits="")


class Task(models.Model):
    """One thing to be done about one breach, taken over from a check list or added for this breach alone.

    With `awaits` it stands for the result of proceedings: only a recorded sanction, or “no sanction”, settles it, and
    from `due_on` on somebody asks for it.
    Personal fields: note.
    """

    breach = models.ForeignKey(
        Breach, models.CASCADE, related_name="tasks", verbose_name=_("information-security breach")
    )
    item = models.ForeignKey(
        ChecklistItem,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("check-list line"),
    )
    phase = models.CharField(_("asked for by"), max_length=8, choices=Phase.choices)
    text = models.CharField(_("what has to be done"), max_length=300)
    is_mandatory = models.BooleanField(_("mandatory"), default=True)
    outcome = models.CharField(
        _("how it was settled"), max_length=10, choices=TaskOutcome.choices, blank=True
    )
    note = models.TextField(_("what was done"), blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    settled_by = later_by(_("settled by"))
    settled_for = on_behalf_of()
    awaits = models.CharField(
        _("proceedings whose result it awaits"),
        max_length=10,
        choices=Proceedings.choices,
        blank=True,
        default="",
        db_default="",
    )
    due_on = models.DateField(_("due"), null=True, blank=True)

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task of a breach")
        verbose_name_plural = _("tasks of breaches")
        ordering = ("id",)
        indexes = (
            models.Index(
                fields=("due_on", "id"), condition=Q(outcome="") & ~Q(awaits=""), name="breachtask_awaits"
            ),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("breach", "awaits"),
                condition=Q(outcome="") & ~Q(awaits=""),
                name="breachtask_awaits_once",
                violation_error_message=_("The result of these proceedings is awaited already."),
            ),
            models.CheckConstraint(
                condition=Q(awaits="") | Q(due_on__isnull=False),
                name="breachtask_awaits_until",
                violation_error_message=_("Write the day on which somebody asks for the result."),
            ),
            models.UniqueConstraint(
                fields=("breach", "item"),
                condition=Q(item__isnull=False),
                name="breachtask_line_once",
                violation_error_message=_("This line has been taken over already."),
            ),
            models.CheckConstraint(
                condition=Q(outcome="", settled_at__isnull=True, settled_by__isnull=True)
                | (~Q(outcome="") & Q(settled_at__isnull=False, settled_by__isnull=False)),
                name="breachtask_settled_by_whom",
                violation_error_message=_("Who settled a task and when are recorded together."),
            ),
            models.CheckConstraint(
                condition=~Q(outcome=TaskOutcome.NOT_NEEDED) | ~Q(note=""),
                name="breachtask_left_out_with_reason",
                violation_error_message=_("Write why it is not needed."),
            ),
        )

    def __str__(self) -> str:
        return self.text


class Barrier(models.Model):
    """A systemic barrier against repetition (5.3.2.5): who answers for it and when somebody looks whether it holds.

    Personal fields: finding.
    """

    breach = models.ForeignKey(
        Breach, models.CASCADE, related_name="barriers", verbose_name=_("information-security breach")
    )
    text = models.TextField(_("barrier"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("answered for by")
    )
    verify_on = models.DateField(_("to be verified on"))
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True)
    verified_by = later_by(_("verified by"))
    verified_for = on_behalf_of()
    holds = models.BooleanField(_("it holds"), null=True, blank=True)
    finding = models.TextField(_("finding"), blank=True)

    class Meta:
        verbose_name = _("barrier")
        verbose_name_plural = _("barriers")
        ordering = ("verify_on", "id")
        indexes = (
            models.Index(
                fields=("verify_on", "id"), condition=Q(verified_at__isnull=True), name="barrier_to_verify"
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(verified_at__isnull=True, verified_by__isnull=True, holds__isnull=True)
                | (Q(verified_at__isnull=False, verified_by__isnull=False, holds__isnull=False)),
                name="barrier_verified_by_whom",
                violation_error_message=_(
                    "Who verified a barrier, when and with what result are recorded together."
                ),
            ),
            models.CheckConstraint(
                condition=Q(holds__isnull=True) | ~Q(finding=""),
                name="barrier_verified_with_finding",
                violation_error_message=_("Write what was found."),
            ),
        )

    def __str__(self) -> str:
        return self.text[:80]


class Review(models.Model):
    """The look back after an emergency (Ek-5 5.1.5): opened when the breach is closed, held until a day.

    Personal fields: participants, course, lessons.
    """

    breach = models.OneToOneField(
        Breach, models.CASCADE, related_name="review", verbose_name=_("information-security breach")
    )
    due_on = models.DateField(_("to be held by"))
    held_on = models.DateField(_("held on"), null=True, blank=True)
    held_by = later_by(_("led by"))
    held_for = on_behalf_of()
    participants = models.TextField(_("who took part"), blank=True)
    course = models.TextField(_("course of events"), blank=True)
    lessons = models.TextField(_("what has to change"), blank=True)

    class Meta:
        verbose_name = _("after-action review")
        verbose_name_plural = _("after-action reviews")
        ordering = ("due_on", "id")
        indexes = (
            models.Index(fields=("due_on", "id"), condition=Q(held_on__isnull=True), name="review_to_hold"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(held_on__isnull=True, held_by__isnull=True)
                | (Q(held_on__isnull=False, held_by__isnull=False) & ~Q(lessons="")),
                name="review_held_by_whom",
                violation_error_message=_(
                    "Who held a review, when, and what has to change are recorded together."
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.breach_id}: {self.due_on:%Y-%m-%d}"


class ReviewAction(models.Model):
    """Something a review decided, with its owner and day. Personal fields: result."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="actions", verbose_name=_("review"))
    text = models.CharField(_("action"), max_length=300)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("answered for by")
    )
    due_on = models.DateField(_("due"))
    done_at = models.DateTimeField(_("done"), null=True, blank=True)
    done_by = later_by(_("done by"))
    done_for = on_behalf_of()
    result = models.TextField(_("result"), blank=True)

    class Meta:
        verbose_name = _("review action")
        verbose_name_plural = _("review actions")
        ordering = ("due_on", "id")
        indexes = (
            models.Index(
                fields=("due_on", "id"), condition=Q(done_at__isnull=True), name="reviewaction_to_do"
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | (Q(done_at__isnull=False, done_by__isnull=False) & ~Q(result="")),
                name="reviewaction_done_by_whom",
                violation_error_message=_("Who did it, when and with what result are recorded together."),
            ),
        )

    def __str__(self) -> str:
        return self.text
