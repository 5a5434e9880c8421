"""Letters the unit writes: drafted here, signed and numbered by EBYS."""

from __future__ import annotations

import uuid
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ebys.models.codes import WRITABLE_SECURITY, AnnexKind, Purpose, Security, Urgency
from ebys.models.reading import LetterQuerySet
from processes.models.catalogue import SDP_CODE


class OutgoingState(models.TextChoices):
    """Where a letter of ours stands."""

    DRAFT = "draft", _("Draft")
    APPROVED = "approved", _("Approved, waits for EBYS")
    HANDED = "handed", _("At EBYS for signature")
    REGISTERED = "registered", _("Registered")
    RETURNED = "returned", _("Returned by EBYS")
    DISCARDED = "discarded", _("Discarded")


class OutgoingQuerySet(LetterQuerySet["OutgoingLetter"]):
    """Letters of ours."""

    def ready(self) -> Self:
        """What EBYS may collect."""
        return self.filter(state=OutgoingState.APPROVED)


def _both(*fields: str) -> Q:
    """All of the fields are empty, or all of them are filled."""
    empty, filled = Q(), Q()
    for name in fields:
        empty &= Q(**{f"{name}__isnull": True})
        filled &= Q(**{f"{name}__isnull": False})
    return empty | filled


def _person(label: Any) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=label
    )


class OutgoingLetter(models.Model):
    """A letter of the unit on a case. It never has a number or date of ours: EBYS gives both.

    `belge_id` is the identifier the draft package carries. `references` is the list of ilgi texts, oldest first.
    Personal fields: subject, body, references, signatory_name.
    """

    case = models.ForeignKey(
        "processes.Case", models.PROTECT, related_name="outgoing_letters", verbose_name=_("case")
    )
    template = models.ForeignKey(
        "ebys.LetterTemplate",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("template"),
    )
    answers = models.ForeignKey(
        "ebys.IncomingLetter",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="answered_by",
        verbose_name=_("answers the letter"),
    )
    belge_id = models.UUIDField(
        _("document identifier (BelgeId)"), default=uuid.uuid4, unique=True, editable=False
    )
    state = models.CharField(
        _("state"), max_length=10, choices=OutgoingState.choices, default=OutgoingState.DRAFT, editable=False
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"), blank=True)
    closing = models.CharField(
        _("closing phrase"),
        max_length=200,
        blank=True,
        help_text=_("Leave empty to close as the addressees' levels ask."),
    )
    references = models.JSONField(_("references"), default=list, blank=True)
    sdp_code = models.CharField(_("file-plan code"), max_length=12, validators=[SDP_CODE])
    security = models.CharField(_("secrecy"), max_length=3, choices=Security.choices, default=Security.NONE)
    urgency = models.CharField(_("urgency"), max_length=3, choices=Urgency.choices, default=Urgency.NORMAL)
    answer_by = models.DateField(_("answer wanted by"), null=True, blank=True)
    signatory_name = models.CharField(_("signed by"), max_length=120, blank=True)
    signatory_title = models.CharField(_("title of the signatory"), max_length=120, blank=True)

    drafted_at = models.DateTimeField(_("drafted"), default=timezone.now)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("drafted by")
    )
    edited_at = models.DateTimeField(_("last changed"), default=timezone.now)
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("last changed by")
    )
    approved_at = models.DateTimeField(_("approved"), null=True, blank=True)
    approved_by = _person(_("approved by"))
    handed_at = models.DateTimeField(_("handed to EBYS"), null=True, blank=True)
    handed_by = _person(_("handed over by"))
    official_number = models.CharField(_("number given by EBYS"), max_length=100, blank=True)
    dated = models.DateField(_("date given by EBYS"), null=True, blank=True)
    registered_at = models.DateTimeField(_("registration recorded"), null=True, blank=True)
    registered_by = _person(_("registration recorded by"))
    returned_at = models.DateTimeField(_("returned"), null=True, blank=True)
    returned_by = _person(_("return recorded by"))
    return_reason = models.CharField(_("reason of the return"), max_length=500, blank=True)
    search = SearchVectorField(null=True, editable=False)

    objects = OutgoingQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing letter")
        verbose_name_plural = _("outgoing letters")
        ordering = ("-drafted_at", "-id")
        indexes = (
            models.Index(fields=("-drafted_at", "-id"), name="outgoing_newest"),
            models.Index(fields=("state", "-drafted_at", "-id"), name="outgoing_state_newest"),
            GinIndex(fields=("search",), name="outgoing_search"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("official_number",),
                condition=~Q(official_number=""),
                name="outgoing_number_once",
                violation_error_message=_("Another letter is registered under this number."),
            ),
            models.CheckConstraint(
                condition=~Q(subject=""),
                name="outgoing_has_a_subject",
                violation_error_message=_("Write the subject of the letter."),
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | (~Q(approved_by=F("drafted_by")) & ~Q(approved_by=F("edited_by"))),
                name="outgoing_second_pair_of_eyes",
                violation_error_message=_(
                    "A letter is approved by somebody who neither drafted nor last changed it."
                ),
            ),
            models.CheckConstraint(
                condition=_both("approved_at", "approved_by")
                & (
                    Q(state__in=("draft", "discarded"), approved_at__isnull=True)
                    | ~Q(state__in=("draft", "discarded"))
                )
                & (Q(state__in=("draft", "discarded")) | Q(approved_at__isnull=False)),
                name="outgoing_approved_by_and_at",
                violation_error_message=_(
                    "Who approved a letter and when are recorded together; a draft has no approval."
                ),
            ),
            models.CheckConstraint(
                condition=_both("handed_at", "handed_by")
                & (~Q(state__in=("handed", "registered")) | Q(handed_at__isnull=False)),
                name="outgoing_handed_by_and_at",
                violation_error_message=_("Who handed a letter to EBYS and when are recorded together."),
            ),
            models.CheckConstraint(
                condition=Q(
                    ~Q(state="registered"),
                    official_number="",
                    dated__isnull=True,
                    registered_at__isnull=True,
                    registered_by__isnull=True,
                )
                | (
                    Q(
                        state="registered",
                        dated__isnull=False,
                        registered_at__isnull=False,
                        registered_by__isnull=False,
                    )
                    & ~Q(official_number="")
                ),
                name="outgoing_registered_with_number",
                violation_error_message=_(
                    "A registered letter has its number, its date and who recorded them."
                ),
            ),
            models.CheckConstraint(
                condition=_both("returned_at", "returned_by")
                & (
                    Q(state="returned", returned_at__isnull=False) & ~Q(return_reason="")
                    | ~Q(state="returned")
                ),
                name="outgoing_returned_with_reason",
                violation_error_message=_("A returned letter says why and when it came back."),
            ),
            models.CheckConstraint(
                condition=Q(security__in=WRITABLE_SECURITY),
                name="outgoing_security_in_force",
                violation_error_message=_("This degree of secrecy was abolished; choose one in force."),
            ),
            models.CheckConstraint(
                condition=~Q(urgency=Urgency.BY_DATE) | Q(answer_by__isnull=False),
                name="outgoing_by_date_has_date",
                violation_error_message=_("A letter marked “by a date” says by which date."),
            ),
        )

    def __str__(self) -> str:
        return self.official_number or f"#{self.pk}"

    def get_absolute_url(self) -> str:
        """The page of this letter."""
        return reverse("letter-outgoing", args=(self.pk,))

    @property
    def is_editable(self) -> bool:
        """The text may still be changed."""
        return self.state == OutgoingState.DRAFT

    @property
    def paragraphs(self) -> list[str]:
        """The text as printed: paragraphs are separated by an empty line."""
        return [part.strip() for part in self.body.replace("\r\n", "\n").split("\n\n") if part.strip()]

    def clean(self) -> None:
        """A subject ends without punctuation and is a single line."""
        super().clean()
        self.subject = " ".join(self.subject.split())
        if self.subject.endswith((".", ",", ";", ":", "!")):
            raise ValidationError({"subject": _("The subject ends without punctuation.")})


class Recipient(models.Model):
    """One addressee: an institution (with a unit of it) or a real person.

    Personal fields: person_name.
    """

    letter = models.ForeignKey(
        OutgoingLetter, models.CASCADE, related_name="recipients", verbose_name=_("letter")
    )
    position = models.PositiveSmallIntegerField(_("position"))
    purpose = models.CharField(_("purpose"), max_length=3, choices=Purpose.choices, default=Purpose.ACTION)
    institution = models.ForeignKey(
        "accounts.Institution",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("institution"),
    )
    unit_name = models.CharField(_("unit, in brackets under the name"), max_length=200, blank=True)
    person_name = models.CharField(
        _("person"), max_length=150, blank=True, help_text=_("For a real person: first name and surname.")
    )
    without_annexes = models.BooleanField(_("without the annexes"), default=False)

    class Meta:
        verbose_name = _("addressee")
        verbose_name_plural = _("addressees")
        ordering = ("letter", "position")
        constraints = (
            models.UniqueConstraint(
                fields=("letter", "position"),
                name="recipient_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
            models.CheckConstraint(
                condition=Q(institution__isnull=False, person_name="")
                | (Q(institution__isnull=True) & ~Q(person_name="")),
                name="recipient_institution_or_person",
                violation_error_message=_("An addressee is either an institution or a person."),
            ),
            models.UniqueConstraint(
                fields=("letter", "institution", "unit_name"),
                condition=Q(institution__isnull=False),
                name="recipient_institution_once",
                violation_error_message=_("An institution stands in the distribution once."),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The addressee as a list shows it."""
        return self.institution.name if self.institution else self.person_name


class OutgoingAnnex(models.Model):
    """An annex of a letter: an enclosed file, or something sent on paper.

    Personal fields: title, file_name.
    """

    letter = models.ForeignKey(
        OutgoingLetter, models.CASCADE, related_name="annexes", verbose_name=_("letter")
    )
    position = models.PositiveSmallIntegerField(_("position"))
    title = models.CharField(_("title"), max_length=200)
    extent = models.CharField(
        _("extent"), max_length=60, blank=True, help_text=_("As printed in brackets: 5 Sayfa, 1 Adet CD.")
    )
    file_name = models.CharField(_("file name"), max_length=200, blank=True)
    file = models.ForeignKey(
        "processes.StoredFile",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("file"),
    )

    class Meta:
        verbose_name = _("annex")
        verbose_name_plural = _("annexes")
        ordering = ("letter", "position")
        constraints = (
            models.UniqueConstraint(
                fields=("letter", "position"),
                name="annex_position_once",
                deferrable=models.Deferrable.DEFERRED,
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def kind(self) -> str:
        """Enclosed in the package, or sent on paper."""
        return AnnexKind.ENCLOSED if self.file_id else AnnexKind.PHYSICAL
