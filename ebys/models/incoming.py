"""Letters that reach the unit, and the receipts of everything that was delivered."""

from __future__ import annotations

from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.authority import works_in_unit
from accounts.models import User
from ebys.models.codes import AnnexKind, Security, Urgency
from ebys.models.reading import LetterQuerySet, apart_from_reserved
from ebys.refusals import in_words
from processes.errors import Text
from processes.models.case import apart_from_hidden


class IncomingState(models.TextChoices):
    """Where a letter that came in stands."""

    UNROUTED = "unrouted", _("Not routed yet")
    ROUTED = "routed", _("Routed")
    FILED = "filed", _("Filed without action")


class Origin(models.TextChoices):
    """How a letter was registered."""

    PACKAGE = "package", _("EYP package")
    HAND = "hand", _("Typed by hand")
    API = "api", _("Metadata sent by EBYS")


class IncomingQuerySet(LetterQuerySet["IncomingLetter"]):
    """Letters that came in."""

    def visible_to(self, user: User) -> Self:
        """As every letter; one that is reserved, until it is routed, only by those who may know of breaches."""
        return super().visible_to(user).filter(apart_from_reserved(user))

    def unrouted(self) -> Self:
        """Letters nobody has taken up yet."""
        return self.filter(state=IncomingState.UNROUTED)


class IncomingLetter(models.Model):
    """An official letter that reached the unit, by package or typed by hand.

    `belge_id` names a document across all EBYS: the same one twice is one letter. The signature is never checked
    here, and a constraint keeps anyone from recording otherwise. `references` holds {label, text}, `distribution`
    {name, detsis_no, purpose, urgency}, `signers` {name, title}.
    Personal fields: subject, sender_name, signers, distribution.
    """

    origin = models.CharField(_("registered from"), max_length=8, choices=Origin.choices)
    eyp_version = models.CharField(_("package version"), max_length=8, blank=True)
    belge_id = models.UUIDField(
        _("document identifier (BelgeId)"),
        null=True,
        blank=True,
        unique=True,
        error_messages={"unique": _("A letter with this identifier is registered already.")},
    )
    subject = models.CharField(_("subject"), max_length=500)
    official_number = models.CharField(_("number"), max_length=100, blank=True)
    dated = models.DateField(_("date"), null=True, blank=True)
    sdp_code = models.CharField(_("file-plan code"), max_length=40, blank=True)
    sdp_name = models.CharField(_("file-plan title"), max_length=200, blank=True)
    security = models.CharField(_("secrecy"), max_length=3, choices=Security.choices, default=Security.NONE)
    urgency = models.CharField(_("urgency"), max_length=3, choices=Urgency.choices, default=Urgency.NORMAL)
    answer_by = models.DateField(_("answer wanted by"), null=True, blank=True)
    sender = models.ForeignKey(
        "accounts.Institution",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("sender"),
    )
    sender_name = models.CharField(_("sender as written"), max_length=300, blank=True)
    sender_detsis = models.CharField(_("sender's DETSİS number"), max_length=20, blank=True)
    references = models.JSONField(_("references"), default=list, blank=True)
    distribution = models.JSONField(_("distribution"), default=list, blank=True)
    signers = models.JSONField(_("signed by"), default=list, blank=True)
    package = models.ForeignKey(
        "processes.StoredFile",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("package"),
    )
    digests_match = models.BooleanField(_("digests recomputed and equal"), default=False)
    signature_checked = models.BooleanField(_("signature checked"), default=False, editable=False)
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("received by")
    )

    state = models.CharField(
        _("state"),
        max_length=8,
        choices=IncomingState.choices,
        default=IncomingState.UNROUTED,
        editable=False,
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    case = models.ForeignKey(
        "processes.Case",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="incoming_letters",
        verbose_name=_("case"),
    )
    is_reserved = models.BooleanField(
        _("until it is routed only for those who may know of breaches"),
        default=False,
        db_default=False,
        editable=False,
    )
    routed_to = models.CharField(_("routed to sub-process"), max_length=20, blank=True)
    opened_case = models.BooleanField(_("the case was opened by this letter"), default=False)
    case_version = models.PositiveIntegerField(_("version of the case when routed"), null=True, blank=True)
    settled_at = models.DateTimeField(_("routed or filed at"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("routed or filed by"),
    )
    filed_reason = models.CharField(_("reason for filing"), max_length=300, blank=True)
    search = SearchVectorField(null=True, editable=False)

    objects = IncomingQuerySet.as_manager()

    class Meta:
        verbose_name = _("incoming letter")
        verbose_name_plural = _("incoming letters")
        ordering = ("-received_at", "-id")
        indexes = (
            models.Index(fields=("-received_at", "-id"), name="incoming_newest"),
            models.Index(fields=("-state", "-received_at", "-id"), name="incoming_state_newest"),
            models.Index(fields=("official_number",), name="incoming_number"),
            GinIndex(fields=("search",), name="incoming_search"),
        )
        constraints = (
            models.CheckConstraint(
                condition=~Q(subject=""),
                name="incoming_has_a_subject",
                violation_error_message=_("Write the subject of the letter."),
            ),
            models.CheckConstraint(
                condition=Q(signature_checked=False),
                name="incoming_signature_never_checked",
                violation_error_message=_("This system does not verify signatures."),
            ),
            models.CheckConstraint(
                condition=Q(
                    state="unrouted",
                    case__isnull=True,
                    routed_to="",
                    filed_reason="",
                    settled_at__isnull=True,
                )
                | (Q(state="routed", case__isnull=False, filed_reason="") & ~Q(routed_to=""))
                | (Q(state="filed", case__isnull=True, routed_to="") & ~Q(filed_reason="")),
                name="incoming_state_agrees",
                violation_error_message=_(
                    "A routed letter names its case, a filed one its reason, a new one neither."
                ),
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by__isnull=True)
                | Q(settled_at__isnull=False, settled_by__isnull=False),
                name="incoming_settled_by_and_at",
                violation_error_message=_("Who routed or filed a letter and when are recorded together."),
            ),
            models.CheckConstraint(
                condition=~Q(sender_name="") | Q(sender__isnull=False),
                name="incoming_has_a_sender",
                violation_error_message=_("Say who sent the letter."),
            ),
        )

    def __str__(self) -> str:
        return self.official_number or f"#{self.pk}"

    def get_absolute_url(self) -> str:
        """The page of this letter."""
        return reverse("letter-incoming", args=(self.pk,))

    @property
    def sender_display(self) -> str:
        """The sender under the name we know it by, else as the letter writes it."""
        return self.sender.name if self.sender else self.sender_name

    @property
    def cover(self) -> IncomingFile | None:
        """The letter itself (üst yazı) among its files."""
        return next((file for file in self.files.all() if file.is_cover), None)

    @property
    def annexes(self) -> list[IncomingFile]:
        """Its annexes in their order."""
        return [file for file in self.files.all() if not file.is_cover]


class IncomingFile(models.Model):
    """The letter's own page or one annex. `file` is empty for what came on paper or lies at another address.

    Personal fields: title, file_name, description.
    """

    letter = models.ForeignKey(IncomingLetter, models.CASCADE, related_name="files", verbose_name=_("letter"))
    position = models.PositiveSmallIntegerField(_("position"))
    is_cover = models.BooleanField(_("the letter itself"), default=False)
    kind = models.CharField(_("kind"), max_length=3, choices=AnnexKind.choices, default=AnnexKind.ENCLOSED)
    title = models.CharField(_("title"), max_length=300, blank=True)
    description = models.CharField(_("description"), max_length=500, blank=True)
    file_name = models.CharField(_("file name"), max_length=200, blank=True)
    is_signed = models.BooleanField(_("covered by the signature"), default=False)
    file = models.ForeignKey(
        "processes.StoredFile",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("file"),
    )

    class Meta:
        verbose_name = _("file of an incoming letter")
        verbose_name_plural = _("files of incoming letters")
        ordering = ("letter", "position")
        constraints = (
            models.UniqueConstraint(fields=("letter", "position"), name="incomingfile_position_once"),
            models.UniqueConstraint(
                fields=("letter",),
                condition=Q(is_cover=True),
                name="incomingfile_one_cover",
                violation_error_message=_("A letter has one cover page."),
            ),
        )

    def __str__(self) -> str:
        return self.title or self.file_name


class ReceiptOutcome(models.TextChoices):
    """What became of a delivery."""

    REGISTERED = "registered", _("Registered")
    DUPLICATE = "duplicate", _("Registered before")
    QUARANTINED = "quarantined", _("Could not be read: in quarantine")


class ReceiptQuerySet(models.QuerySet["Receipt"]):
    """Deliveries; access starts at `visible_to`."""

    def visible_to(self, user: User) -> Self:
        """Deliveries are seen by the unit's staff only, and with a confidential or reserved letter by who reads that."""
        hidden = apart_from_hidden(user, "letter__case") & apart_from_reserved(user, "letter__")
        return self.filter(hidden) if works_in_unit(user) else self.none()

    def quarantined(self) -> Self:
        """What could not be read and nobody has dealt with yet."""
        return self.filter(outcome=ReceiptOutcome.QUARANTINED, settled_at__isnull=True)


class Receipt(models.Model):
    """One delivery of a package: the bytes exactly as they came, and what became of them.

    The bytes are stored before anything is read, so a package nobody can read is not lost. `code` and `sentence`
    say why it could not be read; `settlement` what somebody then did about it.
    Personal fields: file_name.
    """

    file = models.ForeignKey("processes.StoredFile", models.PROTECT, related_name="+", verbose_name=_("file"))
    file_name = models.CharField(_("file name"), max_length=200, blank=True)
    received_at = models.DateTimeField(_("received"), default=timezone.now)
    received_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("received by")
    )
    outcome = models.CharField(_("outcome"), max_length=12, choices=ReceiptOutcome.choices)
    letter = models.ForeignKey(
        IncomingLetter,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="receipts",
        verbose_name=_("letter"),
    )
    code = models.SlugField(_("code of the refusal"), max_length=40, blank=True)
    sentence = models.TextField(_("why it could not be read"), blank=True)
    settled_at = models.DateTimeField(_("dealt with at"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("dealt with by"),
    )
    settlement = models.CharField(_("what was done"), max_length=300, blank=True)

    objects = ReceiptQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery received")
        verbose_name_plural = _("deliveries received")
        ordering = ("-received_at", "-id")
        indexes = (
            models.Index(fields=("-received_at", "-id"), name="receipt_newest"),
            models.Index(fields=("outcome", "-received_at", "-id"), name="receipt_outcome_newest"),
        )
        constraints = (
            models.CheckConstraint(
                condition=(Q(outcome="quarantined", letter__isnull=True) & ~Q(code="") & ~Q(sentence=""))
                | Q(outcome__in=("registered", "duplicate"), letter__isnull=False),
                name="receipt_outcome_agrees",
                violation_error_message=_("A delivery became a letter, or says why it could not."),
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by__isnull=True, settlement="")
                | (Q(settled_at__isnull=False, settled_by__isnull=False) & ~Q(settlement="")),
                name="receipt_settled_by_and_at",
                violation_error_message=_("Who dealt with a delivery, when and how are recorded together."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.file_name} {self.received_at:%Y-%m-%d %H:%M}"

    @property
    def is_refused(self) -> bool:
        """It lies in quarantine."""
        return self.outcome == ReceiptOutcome.QUARANTINED

    @property
    def refused_in_words(self) -> Text:
        """Why it lies in quarantine, short."""
        return in_words(self.code)

    @property
    def refusal(self) -> dict[str, Any]:
        """Code and sentence of the refusal, for a door that answers in its own form."""
        return {"code": self.code, "detail": self.sentence}
