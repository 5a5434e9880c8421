"""Tables taken in from files: what each would do, row by row, until somebody says yes or no."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import CheckConstraint, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class ImportState(models.TextChoices):
    """Where a table stands."""

    PREVIEWED = "previewed", _("Waits for a decision")
    APPLIED = "applied", _("Taken in")
    DROPPED = "dropped", _("Not taken in")


class Verdict(models.TextChoices):
    """What becomes of a row."""

    NEW = "new", _("New")
    CHANGED = "changed", _("Changed")
    SAME = "same", _("As it was")
    REFUSED = "refused", _("Refused")


class TableImport(models.Model):
    """One file handed in for one purpose (`kind`) and place (`scope`).

    The rows are kept sealed, and the lines that name people are kept, only while the decision is open: both go when the
    table is taken in or dropped, at the latest after a week. What stays is who, when, which file (its SHA-256), how many.
    """

    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    kind = models.SlugField(_("kind"), max_length=60)
    scope = models.CharField(_("for"), max_length=100, blank=True)
    digest = models.CharField(_("SHA-256 of the file"), max_length=64)
    file_name = models.CharField(_("file name"), max_length=200)
    content = models.BinaryField(null=True, editable=False)
    state = models.CharField(
        _("state"), max_length=12, choices=ImportState.choices, default=ImportState.PREVIEWED
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("handed in by")
    )
    at = models.DateTimeField(_("handed in at"), default=timezone.now)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    ignored = models.JSONField(_("columns passed over"), default=list, blank=True)
    new_count = models.PositiveIntegerField(_("new"), default=0)
    changed_count = models.PositiveIntegerField(_("changed"), default=0)
    same_count = models.PositiveIntegerField(_("as it was"), default=0)
    refused_count = models.PositiveIntegerField(_("refused"), default=0)
    taken_offers = models.PositiveIntegerField(_("proposals followed"), default=0)

    PERSONAL_FIELDS: tuple[str, ...] = ("content", "file_name")

    class Meta:
        verbose_name = _("table taken in")
        verbose_name_plural = _("tables taken in")
        ordering = ("-at", "-id")
        indexes = (
            models.Index(fields=("kind", "scope", "digest"), name="import_same_file"),
            models.Index(fields=("at",), condition=Q(state="previewed"), name="import_undecided"),
        )
        constraints = (
            CheckConstraint(
                condition=Q(state="previewed", decided_at__isnull=True, content__isnull=False)
                | (~Q(state="previewed") & Q(decided_at__isnull=False, content__isnull=True)),
                name="import_kept_while_undecided",
                violation_error_message=_("The rows of a table are kept only until it is decided."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d %H:%M}"

    @property
    def counts(self) -> dict[str, int]:
        """How many rows there are of each verdict."""
        return {verdict.value: getattr(self, f"{verdict.value}_count") for verdict in Verdict}

    @property
    def changes_something(self) -> bool:
        """Whether taking it in would write anything."""
        return bool(self.new_count or self.changed_count)


class ImportLine(models.Model):
    """What would become of one row. Gone as soon as the table is decided."""

    table = models.ForeignKey(TableImport, models.CASCADE, related_name="lines")
    row = models.PositiveIntegerField(_("row"))
    verdict = models.CharField(_("verdict"), max_length=8, choices=Verdict.choices)
    label = models.CharField(_("who or what"), max_length=300, blank=True)
    text = models.TextField(_("what happens"), blank=True)

    PERSONAL_FIELDS: tuple[str, ...] = ("label", "text")

    class Meta:
        verbose_name = _("line of a table taken in")
        verbose_name_plural = _("lines of tables taken in")
        ordering = ("row", "id")
        indexes = (
            models.Index(fields=("table", "row"), name="import_line_row"),
            models.Index(fields=("table", "verdict", "row"), name="import_line_verdict"),
        )

    def __str__(self) -> str:
        return f"{self.row} {self.verdict}"
