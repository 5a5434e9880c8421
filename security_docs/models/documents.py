"""The register of the province's own documents and their versions."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.authority import roles_of
from accounts.models.keys import Named, NamedQuerySet
from accounts.roles import CONFIDENTIAL_STAFF, UNIT_STAFF
from processes.filetypes import PDF
from security_docs.models.case import Compliance

if TYPE_CHECKING:
    from accounts.models import User
    from processes.models import StoredFile


class Kind(models.TextChoices):
    """What a document is; emergency and backup plans are those Ek-5 5.1 to 5.3 ask for."""

    POLICY = "policy", _("Policy")
    PROCEDURE = "procedure", _("Procedure")
    INSTRUCTION = "instruction", _("Instruction")
    FORM = "form", _("Form")
    EMERGENCY_PLAN = "emergency_plan", _("Emergency plan")
    BACKUP_PLAN = "backup_plan", _("Backup plan")
    TRAINING = "training", _("Training document")


class Classification(models.TextChoices):
    """Who may read a document; printed on every page."""

    PUBLIC = "public", _("Public")
    INTERNAL = "internal", _("Internal")
    RESTRICTED = "restricted", _("Restricted")
    CONFIDENTIAL = "confidential", _("Confidential")


class DocumentQuerySet(NamedQuerySet["Document"]):
    """Questions asked of the register; access starts at `visible_to`."""

    def visible_to(self, user: User) -> Self:
        """The unit sees the register; others what is in force and meant for everybody, or for them to read.

        A confidential document is known to the roles that know of confidential work and to those who must read it.
        """
        from security_docs.models.groups import Approval
        from security_docs.models.reading import Reading

        roles = roles_of(user)
        if roles & CONFIDENTIAL_STAFF:
            return self
        asked = Exists(Approval.objects.filter(version__document=OuterRef("pk"), person=user))
        own = asked | Exists(Reading.objects.filter(version__document=OuterRef("pk"), user=user))
        if roles & UNIT_STAFF:
            return self.filter(~Q(classification=Classification.CONFIDENTIAL) | own)
        in_force = Exists(Version.objects.filter(document=OuterRef("pk"), state=VersionState.PUBLISHED))
        open_to_all = Q(classification__in=(Classification.PUBLIC, Classification.INTERNAL))
        return self.filter((open_to_all & in_force) | own)

    def in_use(self) -> Self:
        """Documents that are still kept up."""
        return self.filter(ended_on__isnull=True)


class Document(Named):
    """A document of the province: it has an owner, a review period and versions, and is never deleted."""

    number = models.CharField(
        _("document number"),
        max_length=30,
        unique=True,
        validators=[
            RegexValidator(r"^[A-Za-z0-9ÇĞİÖŞÜçğıöşü./-]+$", _("Letters, digits, dots and dashes only."))
        ],
        error_messages={"unique": _("Another document already has this number.")},
    )
    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=16, choices=Kind.choices)
    classification = models.CharField(
        _("classification"),
        max_length=12,
        choices=Classification.choices,
        default=Classification.INTERNAL,
    )
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("owner")
    )
    review_months = models.PositiveSmallIntegerField(
        _("reviewed every (months)"), default=12, validators=[MinValueValidator(1), MaxValueValidator(60)]
    )
    next_review_on = models.DateField(_("next review"), null=True, blank=True)
    needs_signature = models.BooleanField(_("its readers sign that they have read it"), default=True)
    reading_days = models.PositiveSmallIntegerField(
        _("days to read it in"), default=15, validators=[MinValueValidator(1), MaxValueValidator(365)]
    )
    training_subject = models.CharField(
        _("subject of the training"),
        max_length=200,
        blank=True,
        help_text=_("As it stands in the training register (Ek-5 5.4.1.6); for training documents."),
    )
    ended_on = models.DateField(_("no longer kept since"), null=True, blank=True)
    ended_reason = models.CharField(_("why it is no longer kept"), max_length=300, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    made_at = models.DateTimeField(_("entered at"), default=timezone.now)

    objects = DocumentQuerySet.as_manager()

    name_fields = ("number", "title")
    PERSONAL_FIELDS: tuple[str, ...] = ()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("document register")
        ordering = ("sort_key", "id")
        indexes = (
            models.Index(fields=("sort_key", "id"), name="sdoc_sort"),
            models.Index(
                fields=("next_review_on", "id"), condition=Q(ended_on__isnull=True), name="sdoc_review"
            ),
            models.Index(
                fields=("training_subject",),
                condition=Q(ended_on__isnull=True) & ~Q(training_subject=""),
                name="sdoc_training_subject",
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(number="") & ~Q(title=""),
                name="sdoc_named",
                violation_error_message=_("A document needs its number and title."),
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True, ended_reason="")
                | (Q(ended_on__isnull=False) & ~Q(ended_reason="")),
                name="sdoc_ended_with_reason",
                violation_error_message=_("Write why the document is no longer kept."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def listed_name(self) -> str:
        return self.number

    @property
    def searched_text(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        """The page of this document."""
        return reverse("security-document", args=(self.pk,))

    def is_review_due(self, today: date) -> bool:
        """Its review day has come."""
        return self.ended_on is None and self.next_review_on is not None and self.next_review_on <= today


class VersionState(models.TextChoices):
    """Where a version stands."""

    DRAFT = "draft", _("Draft")
    REVIEW = "review", _("Waits for approval")
    APPROVED = "approved", _("Approved")
    PUBLISHED = "published", _("In force")
    RETIRED = "retired", _("Retired")
    DISCARDED = "discarded", _("Discarded")


IN_PREPARATION = (VersionState.DRAFT, VersionState.REVIEW, VersionState.APPROVED)
WAS_IN_FORCE = (VersionState.PUBLISHED, VersionState.RETIRED)


class Version(models.Model):
    """One version of a document: written here as text, or uploaded as DOCX or PDF.

    `sha256` is taken when it is submitted and from then on its content does not change; what people sign is that
    hash. `extracted` is the text found in an uploaded file, that of a PDF with its pages apart by form feeds; it is
    compared and searched, never printed in place of the file. `laid_out` are the pages a Word file was set on when it
    came in, `laid_out_text` their texts, apart by form feeds.
    """

    document = models.ForeignKey(
        Document, models.PROTECT, related_name="versions", verbose_name=_("document")
    )
    number = models.PositiveIntegerField(_("version number"))
    state = models.CharField(
        _("state"), max_length=10, choices=VersionState.choices, default=VersionState.DRAFT
    )
    body = models.TextField(_("text"), blank=True)
    upload = models.ForeignKey(
        "processes.StoredFile",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("file"),
    )
    upload_name = models.CharField(_("file name"), max_length=200, blank=True)
    extracted = models.TextField(_("text of the file"), blank=True, editable=False)
    laid_out = models.ForeignKey(
        "processes.StoredFile", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    laid_out_text = models.TextField(blank=True, editable=False)
    page_count = models.PositiveIntegerField(_("pages"), default=0, editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True, editable=False)
    # The PDF with the classification it had when it was made; a copy that can be made again at any time.
    paper = models.ForeignKey(
        "processes.StoredFile", models.PROTECT, null=True, blank=True, related_name="+", editable=False
    )
    paper_mark = models.CharField(max_length=40, blank=True, editable=False)
    change_note = models.TextField(_("what changed and why"))
    compliance = models.ForeignKey(
        Compliance,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="versions",
        verbose_name=_("notified document"),
    )
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("drafted by")
    )
    drafted_at = models.DateTimeField(_("drafted at"), default=timezone.now)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("last changed by")
    )
    round = models.PositiveSmallIntegerField(_("round of approval"), default=0, editable=False)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    approved_at = models.DateTimeField(_("approved at"), null=True, blank=True)
    published_at = models.DateTimeField(_("in force since"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("put in force by"),
    )
    read_by = models.DateField(_("to be read by"), null=True, blank=True)
    retired_at = models.DateTimeField(_("retired at"), null=True, blank=True)
    version = models.PositiveIntegerField(_("changes"), default=1, editable=False)

    class Meta:
        verbose_name = _("version of a document")
        verbose_name_plural = _("versions of documents")
        ordering = ("document", "-number")
        constraints = (
            models.UniqueConstraint(
                fields=("document", "number"),
                name="sversion_number_once",
                violation_error_message=_("The document already has a version with this number."),
            ),
            models.UniqueConstraint(
                fields=("document",),
                condition=Q(state__in=("draft", "review", "approved")),
                name="sversion_one_in_preparation",
                violation_error_message=_("Another version of this document is being prepared already."),
            ),
            models.UniqueConstraint(
                fields=("document",),
                condition=Q(state="published"),
                name="sversion_one_in_force",
                violation_error_message=_("Only one version of a document is in force."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "discarded")) | ~Q(sha256=""),
                name="sversion_submitted_with_hash",
                violation_error_message=_("A version that was submitted carries the hash of its content."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=("draft", "discarded")) | ~Q(body="") | Q(upload__isnull=False),
                name="sversion_has_content",
                violation_error_message=_("The version has neither a text nor a file yet."),
            ),
            models.CheckConstraint(
                condition=Q(body="") | Q(upload__isnull=True),
                name="sversion_text_or_file",
                violation_error_message=_("A version is either written here or uploaded as a file."),
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=("published", "retired"),
                    published_at__isnull=False,
                    published_by__isnull=False,
                )
                | (
                    ~Q(state__in=("published", "retired"))
                    & Q(published_at__isnull=True, published_by__isnull=True)
                ),
                name="sversion_published_by_and_at",
                violation_error_message=_("Who put a version in force and when are recorded together."),
            ),
            models.CheckConstraint(
                condition=(Q(state="retired") & Q(retired_at__isnull=False))
                | (~Q(state="retired") & Q(retired_at__isnull=True)),
                name="sversion_retired_at",
                violation_error_message=_("A retired version says since when."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.document.number} v{self.number}"

    def get_absolute_url(self) -> str:
        """The page of this version."""
        return reverse("security-version", args=(self.document_id, self.number))

    @property
    def text(self) -> str:
        """What it says, whichever way it was brought: for reading, comparing and searching."""
        return self.body or self.extracted

    @property
    def leaves(self) -> StoredFile | None:
        """The file whose pages a reader turns: the uploaded PDF, or what a Word file was set on; none for a text."""
        if self.upload is not None and self.upload.media_type == PDF.media_type:
            return self.upload
        return self.laid_out

    @property
    def label(self) -> str:
        """As people name it: BG-PR-04 v3."""
        return f"{self.document.number} v{self.number}"
