"""What a case gathers on its way: notes and files."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from processes.models.case import Case


class Note(models.Model):
    """A remark on a case. An internal note is read by the unit only; others by the applicant as well.

    Personal fields: text.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="notes", verbose_name=_("case"))
    text = models.TextField(_("note"))
    is_internal = models.BooleanField(_("only for the unit"), default=True)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("written by")
    )
    written_at = models.DateTimeField(_("written at"), default=timezone.now)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ("written_at", "id")
        indexes = (models.Index(fields=("case", "written_at"), name="note_case_written"),)
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(text=""),
                name="note_has_text",
                violation_error_message=_("Write something in the note."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.written_at:%Y-%m-%d %H:%M}"


class StoredFile(models.Model):
    """Bytes kept once under their own SHA-256, outside the web root; never changed, never named by a person."""

    sha256 = models.CharField(_("SHA-256"), max_length=64, unique=True)
    size = models.PositiveBigIntegerField(_("size in bytes"))
    media_type = models.CharField(_("media type, told from the content"), max_length=100)
    is_inert = models.BooleanField(_("looked through: may be shown in the page"), default=False)
    stored_at = models.DateTimeField(_("stored at"), default=timezone.now)

    class Meta:
        verbose_name = _("stored file")
        verbose_name_plural = _("stored files")

    def __str__(self) -> str:
        return f"{self.sha256[:12]} ({self.size} B)"


class DocumentKind(models.TextChoices):
    """What a file is to the case."""

    ATTACHMENT = "attachment", _("Attachment")
    EVIDENCE = "evidence", _("Evidence")
    LETTER = "letter", _("Letter")
    FORM = "form", _("Form")


class Document(models.Model):
    """A file of a case, with every revision it went through.

    Personal fields: title.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="documents", verbose_name=_("case"))
    kind = models.CharField(
        _("kind"), max_length=12, choices=DocumentKind.choices, default=DocumentKind.ATTACHMENT
    )
    title = models.CharField(_("title"), max_length=200)
    is_internal = models.BooleanField(_("only for the unit"), default=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("added by")
    )
    added_at = models.DateTimeField(_("added at"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("withdrawn by"),
    )
    withdrawn_reason = models.CharField(_("reason for withdrawing"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ("added_at", "id")
        indexes = (models.Index(fields=("case", "added_at"), name="document_case_added"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawn_reason="")
                | (
                    models.Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False)
                    & ~models.Q(withdrawn_reason="")
                ),
                name="document_withdrawn_with_reason",
                violation_error_message=_("A file is withdrawn by a named person with a written reason."),
            ),
        )

    def __str__(self) -> str:
        return self.title


class Revision(models.Model):
    """One version of a document's content under the name it was given.

    Personal fields: file_name.
    """

    document = models.ForeignKey(
        Document, models.CASCADE, related_name="revisions", verbose_name=_("document")
    )
    number = models.PositiveIntegerField(_("revision"))
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("file"))
    file_name = models.CharField(_("file name"), max_length=200)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("added by")
    )
    added_at = models.DateTimeField(_("added at"), default=timezone.now)

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        ordering = ("document", "number")
        constraints = (
            models.UniqueConstraint(
                fields=("document", "number"),
                name="revision_number_once",
                violation_error_message=_("Somebody added a revision at the same moment; add yours again."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.file_name} (r{self.number})"

    @property
    def earlier(self) -> range:
        """The numbers of the versions before this one."""
        return range(1, self.number)
