"""Who approves a version, who looks through a document on its day, and who has to read it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import InstitutionKind
from accounts.roles import Role
from security_docs.models.documents import Document, Version


class Approval(models.Model):
    """A named person was asked to approve a version, and what they answered.

    Personal fields: note.
    """

    version = models.ForeignKey(
        Version, models.CASCADE, related_name="approvals", verbose_name=_("version of a document")
    )
    round = models.PositiveSmallIntegerField(_("round of approval"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("person")
    )
    asked_at = models.DateTimeField(_("asked at"), default=timezone.now)
    agreed_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    sha256 = models.CharField(_("SHA-256 of what was approved"), max_length=64, blank=True)
    note = models.CharField(_("remark"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("approval of a version")
        verbose_name_plural = _("approvals of versions")
        ordering = ("round", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("version", "round", "person"),
                name="sapproval_once",
                violation_error_message=_("This person is asked already."),
            ),
            models.CheckConstraint(
                condition=Q(agreed_at__isnull=True, sha256="") | (Q(agreed_at__isnull=False) & ~Q(sha256="")),
                name="sapproval_of_a_hash",
                violation_error_message=_("An approval names the content it is given to."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.version_id}: {self.person_id}"


class Review(models.Model):
    """A document was looked through when its day had come, and found right as it stands.

    Personal fields: note.
    """

    document = models.ForeignKey(Document, models.PROTECT, related_name="reviews", verbose_name=_("document"))
    reviewed_on = models.DateField(_("reviewed on"))
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("reviewed by")
    )
    note = models.TextField(_("what was found"))
    next_on = models.DateField(_("next review"))

    class Meta:
        verbose_name = _("periodic review")
        verbose_name_plural = _("periodic reviews")
        ordering = ("-reviewed_on", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(next_on__gt=F("reviewed_on")),
                name="sreview_next_is_later",
                violation_error_message=_("The next review lies after this one."),
            ),
            models.CheckConstraint(
                condition=~Q(note=""),
                name="sreview_says_what",
                violation_error_message=_("Write what was found."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.document_id} {self.reviewed_on:%Y-%m-%d}"


class AudienceKind(models.TextChoices):
    """How a group of readers is named."""

    EVERYBODY = "everybody", _("Everybody")
    INSTITUTION = "institution", _("An institution")
    INSTITUTION_KIND = "institution_kind", _("A kind of institution")
    UNIT = "unit", _("A unit")
    ROLE = "role", _("A role")


class Audience(models.Model):
    """A group of people who have to read a document."""

    document = models.ForeignKey(
        Document, models.CASCADE, related_name="audience", verbose_name=_("document")
    )
    kind = models.CharField(_("group"), max_length=16, choices=AudienceKind.choices)
    institution = models.ForeignKey(
        "accounts.Institution",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("institution"),
    )
    unit = models.ForeignKey(
        "accounts.Unit", models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("unit")
    )
    institution_kind = models.CharField(
        _("kind of institution"), max_length=24, choices=InstitutionKind.choices, blank=True
    )
    role = models.CharField(_("role"), max_length=24, choices=Role.choices, blank=True)

    class Meta:
        verbose_name = _("group of readers")
        verbose_name_plural = _("groups of readers")
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("document", "kind", "institution", "unit", "institution_kind", "role"),
                nulls_distinct=False,
                name="saudience_once",
                violation_error_message=_("This group is among the readers already."),
            ),
            models.CheckConstraint(
                condition=Q(
                    kind="everybody",
                    institution__isnull=True,
                    unit__isnull=True,
                    institution_kind="",
                    role="",
                )
                | Q(
                    kind="institution",
                    institution__isnull=False,
                    unit__isnull=True,
                    institution_kind="",
                    role="",
                )
                | Q(kind="unit", institution__isnull=True, unit__isnull=False, institution_kind="", role="")
                | (
                    Q(kind="institution_kind", institution__isnull=True, unit__isnull=True, role="")
                    & ~Q(institution_kind="")
                )
                | (
                    Q(kind="role", institution__isnull=True, unit__isnull=True, institution_kind="")
                    & ~Q(role="")
                ),
                name="saudience_names_one_group",
                violation_error_message=_("Choose the one institution, unit, kind or role that reads it."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The group as a list names it."""
        if self.kind == AudienceKind.INSTITUTION:
            return str(self.institution)
        if self.kind == AudienceKind.UNIT:
            return f"{self.unit} – {self.unit.institution}" if self.unit else ""
        if self.kind == AudienceKind.INSTITUTION_KIND:
            return str(InstitutionKind(self.institution_kind).label)
        if self.kind == AudienceKind.ROLE:
            return str(Role(self.role).label)
        return str(AudienceKind.EVERYBODY.label)
