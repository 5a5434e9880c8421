"""What the public reads on the directorate's web page (5.3.1.4)."""

from __future__ import annotations

from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from security_docs.models.case import Compliance
from security_docs.models.documents import Classification, Version, VersionState


class AnnouncementState(models.TextChoices):
    """Where an announcement stands."""

    DRAFT = "draft", _("Draft")
    PUBLISHED = "published", _("On the web page")
    WITHDRAWN = "withdrawn", _("Taken down")


class AnnouncementQuerySet(models.QuerySet["Announcement"]):
    """Questions asked of announcements."""

    def public(self) -> Self:
        """Those anybody may read, the newest first."""
        return self.filter(state=AnnouncementState.PUBLISHED).order_by("-published_at", "-id")


class Announcement(models.Model):
    """An announcement on the public page `/duyurular/`; it names no person.

    The document's PDF hangs on it only when its classification lets anybody read it and it is in force.
    """

    title = models.CharField(_("heading"), max_length=200)
    text = models.TextField(_("text"))
    state = models.CharField(
        _("state"), max_length=10, choices=AnnouncementState.choices, default=AnnouncementState.DRAFT
    )
    compliance = models.ForeignKey(
        Compliance,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="announcements",
        verbose_name=_("notified document"),
    )
    document_version = models.ForeignKey(
        Version,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="announcements",
        verbose_name=_("announced version"),
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("drafted by")
    )
    made_at = models.DateTimeField(_("drafted at"), default=timezone.now)
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("published by"),
    )
    withdrawn_at = models.DateTimeField(_("taken down at"), null=True, blank=True)
    version = models.PositiveIntegerField(_("changes"), default=1, editable=False)

    objects = AnnouncementQuerySet.as_manager()

    class Meta:
        verbose_name = _("announcement")
        verbose_name_plural = _("announcements")
        ordering = ("-id",)
        indexes = (
            models.Index(
                fields=("-published_at", "-id"), condition=Q(state="published"), name="announcement_public"
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(text=""),
                name="announcement_says_something",
                violation_error_message=_("An announcement needs a heading and a text."),
            ),
            models.CheckConstraint(
                condition=Q(state="draft", published_at__isnull=True, published_by__isnull=True)
                | (~Q(state="draft") & Q(published_at__isnull=False, published_by__isnull=False)),
                name="announcement_published_by_and_at",
                violation_error_message=_("Who published an announcement and when are recorded together."),
            ),
        )

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The page of the unit on which it is written."""
        return reverse("security-announcement", args=(self.pk,))

    @property
    def public_url(self) -> str:
        """Its address on the public page."""
        return reverse("public-announcement", args=(self.pk,))

    @property
    def has_public_file(self) -> bool:
        """Anybody may have the document itself."""
        announced = self.document_version
        return (
            announced is not None
            and announced.state == VersionState.PUBLISHED
            and announced.document.classification == Classification.PUBLIC
        )
