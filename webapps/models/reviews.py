"""Access reviews: somebody answerable looks at every authority and says keep or remove (Ek-5 5.6.4)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from webapps.models.authorities import Authority
from webapps.models.register import Application
from webapps.models.requests import AccessRequest


class Campaign(models.Model):
    """One round of review over chosen applications, with a last day."""

    title = models.CharField(_("title of the review"), max_length=150)
    applications = models.ManyToManyField(
        Application, related_name="campaigns", verbose_name=_("web applications")
    )
    deadline = models.DateField(_("last day"))
    is_of_moves = models.BooleanField(_("begun by changes of unit"), default=False, editable=False)
    opened_at = models.DateTimeField(_("opened"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("opened by")
    )
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    finished_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("finished by"),
    )

    class Meta:
        verbose_name = _("access review")
        verbose_name_plural = _("access reviews")
        ordering = ("-opened_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(title=""),
                name="campaign_titled",
                violation_error_message=_("Give the review a title."),
            ),
            models.CheckConstraint(
                condition=Q(finished_at__isnull=True, finished_by__isnull=True)
                | Q(finished_at__isnull=False, finished_by__isnull=False),
                name="campaign_finished_by_and_at",
                violation_error_message=_("Who finished a review and when are recorded together."),
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of this review."""
        return reverse("webapps-review", args=(self.pk,))

    @property
    def is_open(self) -> bool:
        """Decisions are still taken."""
        return self.finished_at is None


class ReviewPart(models.Model):
    """What one reviewer answers for: the people of one institution in the applications of the review."""

    campaign = models.ForeignKey(
        Campaign, models.CASCADE, related_name="parts", verbose_name=_("access review")
    )
    institution = models.ForeignKey(
        "accounts.Institution", models.PROTECT, related_name="+", verbose_name=_("institution")
    )
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("reviewer")
    )
    reminded_on = models.DateField(_("last reminded"), null=True, blank=True)

    class Meta:
        verbose_name = _("part of a review")
        verbose_name_plural = _("parts of reviews")
        ordering = ("campaign", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("campaign", "institution"),
                name="reviewpart_once",
                violation_error_message=_("This institution already has a reviewer in this review."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.campaign_id}/{self.institution_id}"


class Decision(models.TextChoices):
    """What the reviewer says of one authority."""

    OPEN = "", _("Not decided yet")
    KEEP = "keep", _("Keep")
    REMOVE = "remove", _("Remove")


class ReviewItem(models.Model):
    """One authority looked at in a review."""

    part = models.ForeignKey(
        ReviewPart, models.CASCADE, related_name="items", verbose_name=_("part of a review")
    )
    authority = models.ForeignKey(
        Authority, models.PROTECT, related_name="reviews", verbose_name=_("authority")
    )
    decision = models.CharField(
        _("decision"), max_length=6, choices=Decision.choices, default=Decision.OPEN, blank=True
    )
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    case = models.ForeignKey(
        AccessRequest,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="review_items",
        verbose_name=_("access request"),
    )

    class Meta:
        verbose_name = _("reviewed authority")
        verbose_name_plural = _("reviewed authorities")
        ordering = ("part", "id")
        indexes = (models.Index(fields=("part", "decision", "id"), name="reviewitem_undecided"),)
        constraints = (
            models.UniqueConstraint(
                fields=("part", "authority"),
                name="reviewitem_once",
                violation_error_message=_("This authority already stands in this review."),
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_at__isnull=True, decided_by__isnull=True)
                | (~Q(decision="") & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="reviewitem_decided_by_and_at",
                violation_error_message=_("Who decided and when are recorded together."),
            ),
            models.CheckConstraint(
                condition=~Q(decision="remove") | ~Q(reason=""),
                name="reviewitem_removed_with_reason",
                violation_error_message=_("Write why the authority is to be removed."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.part_id}/{self.authority_id}"

    @property
    def told(self) -> str:
        """The decision as pages and papers say it: in a finished review nobody will decide any more."""
        if self.decision == Decision.OPEN and not self.part.campaign.is_open:
            return gettext("Nobody decided")
        return str(Decision(self.decision).label)
