"""The proof of reading as a PDF: asked for, made row by row, kept, and enclosed in a letter."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from security_docs.models.documents import Version


class ProofPaper(models.Model):
    """Who was asked to read a version and has signed it, at one moment, whole; `refusal` says why it was not enclosed."""

    version = models.ForeignKey(
        Version, models.PROTECT, related_name="proof_papers", verbose_name=_("version of a document")
    )
    institution = models.ForeignKey(
        "accounts.Institution",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("institution"),
    )
    standing = models.CharField(max_length=8, blank=True, editable=False)
    letter = models.ForeignKey(
        "ebys.OutgoingLetter",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("letter it is enclosed in"),
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("asked for by")
    )
    asked_at = models.DateTimeField(_("asked for at"), default=timezone.now)
    total = models.PositiveIntegerField(_("rows"), default=0)
    written = models.PositiveIntegerField(_("rows written"), default=0, editable=False)
    file = models.ForeignKey(
        "processes.StoredFile",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("file"),
    )
    pages = models.PositiveIntegerField(_("pages"), default=0, editable=False)
    made_at = models.DateTimeField(_("made at"), null=True, blank=True)
    refusal = models.CharField(max_length=500, blank=True, editable=False)

    class Meta:
        verbose_name = _("proof of reading as PDF")
        verbose_name_plural = _("proofs of reading as PDF")
        ordering = ("-id",)
        constraints = (
            models.CheckConstraint(
                condition=Q(file__isnull=True, made_at__isnull=True)
                | Q(file__isnull=False, made_at__isnull=False),
                name="sproof_made_with_file",
                violation_error_message=_("A proof that was made has its file."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.version_id} {self.asked_at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        """How far it has come, and the file."""
        return reverse("security-proof-paper", args=(self.pk,))

    @property
    def is_made(self) -> bool:
        """The file is there."""
        return self.file_id is not None
