"""Who has to read which version, what they opened of it, and when they signed that they have read it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from security_docs.models.documents import Version, VersionState

if TYPE_CHECKING:
    from accounts.models import Employee, User


class PaperList(models.Model):
    """A list of names printed to be signed by hand, and its scan when it came back.

    Personal fields: scan_name.
    """

    version = models.ForeignKey(
        Version, models.PROTECT, related_name="paper_lists", verbose_name=_("version of a document")
    )
    institution = models.ForeignKey(
        "accounts.Institution", models.PROTECT, related_name="+", verbose_name=_("institution")
    )
    names = ArrayField(
        models.PositiveBigIntegerField(),
        verbose_name=_("readings on the list, in its order"),
        default=list,
        editable=False,
    )
    printed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("printed by")
    )
    printed_at = models.DateTimeField(_("printed at"), default=timezone.now)
    scan = models.ForeignKey(
        "processes.StoredFile",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("scan of the signed list"),
    )
    scan_name = models.CharField(_("file name"), max_length=200, blank=True)
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entered by"),
    )
    entered_at = models.DateTimeField(_("entered at"), null=True, blank=True)

    class Meta:
        verbose_name = _("list to be signed on paper")
        verbose_name_plural = _("lists to be signed on paper")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(
                    scan__isnull=True,
                    signed_on__isnull=True,
                    entered_by__isnull=True,
                    entered_at__isnull=True,
                )
                | Q(
                    scan__isnull=False,
                    signed_on__isnull=False,
                    entered_by__isnull=False,
                    entered_at__isnull=False,
                ),
                name="paperlist_entered_with_scan",
                violation_error_message=_("A signed list is entered with its scan and the day of signing."),
            ),
        )

    def __str__(self) -> str:
        return f"L-{self.pk:06d}" if self.pk else "L-"

    def get_absolute_url(self) -> str:
        """The page of this list."""
        return reverse("security-paper", args=(self.pk,))


class ReadingQuerySet(models.QuerySet["Reading"]):
    """Questions asked of readings."""

    def undecided(self) -> Self:
        """Those still expected of a version in force."""
        return self.filter(
            signed_at__isnull=True, ended_at__isnull=True, version__state=VersionState.PUBLISHED
        )

    def in_institution(self, institution: int) -> Self:
        """Those of one institution's people."""
        return self.filter(Q(user__institution=institution) | Q(employee__institution=institution))

    def of_person(self, user: User) -> Self:
        """What one person has to read and has read."""
        return self.filter(user=user)


class Reading(models.Model):
    """One person and one version: asked to read it, pages seen, signed or not. A newer version is another row.

    `signed_hash` is the hash of what was signed. `ended_at` says that it is no longer expected: the person left, or
    the version was retired before they signed. Personal fields: signed_address.
    """

    version = models.ForeignKey(
        Version, models.PROTECT, related_name="readings", verbose_name=_("version of a document")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("person"),
    )
    employee = models.ForeignKey(
        "accounts.Employee",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("staff member without an account"),
    )
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    pages_seen = ArrayField(
        models.PositiveIntegerField(), verbose_name=_("pages seen"), default=list, blank=True
    )
    pages_opened = ArrayField(
        models.PositiveIntegerField(),
        verbose_name=_("pages given out as they look"),
        default=list,
        blank=True,
        help_text=_("For pages that are pictures: they count as seen only once they were really opened."),
    )
    opened_at = models.DateTimeField(_("first opened at"), null=True, blank=True)
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)
    signed_hash = models.CharField(_("SHA-256 of what was signed"), max_length=64, blank=True)
    signed_address = models.GenericIPAddressField(_("signed from"), null=True, blank=True)
    paper = models.ForeignKey(
        PaperList,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="readings",
        verbose_name=_("list to be signed on paper"),
    )
    reminders = models.PositiveSmallIntegerField(_("reminders"), default=0)
    reminded_at = models.DateTimeField(_("last reminded at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("no longer expected since"), null=True, blank=True)

    objects = ReadingQuerySet.as_manager()

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        ordering = ("version", "id")
        indexes = (
            models.Index(
                fields=("user",),
                condition=Q(signed_at__isnull=True, ended_at__isnull=True),
                name="reading_undecided",
            ),
            models.Index(fields=("version", "signed_at", "id"), name="reading_version"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("version", "user"),
                name="reading_user_once",
                violation_error_message=_("This person is among the readers already."),
            ),
            models.UniqueConstraint(
                fields=("version", "employee"),
                name="reading_employee_once",
                violation_error_message=_("This person is among the readers already."),
            ),
            models.CheckConstraint(
                condition=Q(user__isnull=False, employee__isnull=True)
                | Q(user__isnull=True, employee__isnull=False),
                name="reading_of_one_person",
                violation_error_message=_("A reading is that of one person, with an account or without."),
            ),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True, signed_hash="", signed_address__isnull=True)
                | (Q(signed_at__isnull=False) & ~Q(signed_hash="")),
                name="reading_signed_with_hash",
                violation_error_message=_("A signature names the content it is given to."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.version_id}: {self.user_id or self.employee_id}"

    @property
    def reader(self) -> User | Employee | None:
        """Who reads."""
        return self.user or self.employee

    @property
    def has_seen_all(self) -> bool:
        """Every page was on this person's screen."""
        return len(self.pages_seen) >= self.version.page_count
