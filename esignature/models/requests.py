"""A person's request for an e-signature or mobile signature, from the wet-signed form to the post."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from esignature.models.batches import Batch
from esignature.secrecy import refuse_secrets_in
from processes.models import Case
from processes.models.case import CaseManager


class State(models.TextChoices):
    """Where a request stands between two official steps."""

    RECEIVED = "received", _("Form received")
    WRITTEN = "written", _("Letter written")
    POSTED = "posted", _("Posted")
    RETURNED = "returned", _("Returned to the holder")
    ONLINE = "online", _("Renewed online")
    CONCLUDED = "concluded", _("Certificate arrived")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Kind(models.TextChoices):
    """What is asked for; the two outputs of 5.3.3."""

    ESIGN = "esign", _("E-signature")
    MOBILE = "mobile", _("Mobile signature")


class Reason(models.TextChoices):
    """Why it is asked for."""

    FIRST = "first", _("First application")
    RENEWAL = "renewal", _("Renewal")
    LOST = "lost", _("Lost")
    STOLEN = "stolen", _("Stolen")
    FAULTY = "faulty", _("Faulty")
    CHANGED = "changed", _("Changed data")


class CheckItem(models.Model):
    """One line of the province's check list for a wet-signed form. Empty kind or reason: the line is for all."""

    title = models.CharField(_("what is looked at"), max_length=160, unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, blank=True)
    reason = models.CharField(_("reason"), max_length=8, choices=Reason.choices, blank=True)
    needs_file = models.BooleanField(
        _("asks for the scan"),
        default=False,
        help_text=_(
            "The letter waits until a file is on the request. Scan with the security word covered: it is never kept."
        ),
    )
    position = models.PositiveSmallIntegerField(_("place in the list"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("line of the form's check list")
        verbose_name_plural = _("check list of the form")
        ordering = ("position", "id")

    def __str__(self) -> str:
        return self.title

    def is_for(self, kind: str, reason: str) -> bool:
        """Whether a form of this kind and reason is looked at for it."""
        return self.kind in ("", kind) and self.reason in ("", reason)


class Request(Case):
    """Somebody's request for a signature, on its way to TÜBİTAK.

    `checks` are the titles of the check list found in order, as they read that day. Personal fields: holder,
    description, online_reason, return_reason.
    """

    TEXTS = (
        *("title", "description", "return_reason", "online_reason", "waiting_reason", "outcome"),
        *("applicant_name", "applicant_contact", "letter_number", "parcel"),
    )

    holder = models.ForeignKey(
        "accounts.Employee",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="signature_requests",
        verbose_name=_("holder"),
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.ESIGN)
    reason = models.CharField(_("reason"), max_length=8, choices=Reason.choices, default=Reason.FIRST)
    description = models.TextField(_("remark"), blank=True)
    checks = models.JSONField(_("found in order"), default=list, blank=True)
    is_complete = models.BooleanField(_("form complete"), default=False)
    checked_at = models.DateTimeField(_("form looked at"), null=True, blank=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("form looked at by"),
    )
    return_reason = models.TextField(_("reason of the return"), blank=True)
    returns = models.PositiveSmallIntegerField(_("times returned"), default=0)
    batch = models.ForeignKey(
        Batch, models.PROTECT, null=True, blank=True, related_name="requests", verbose_name=_("batch letter")
    )
    letter_number = models.CharField(_("letter number"), max_length=100, blank=True)
    letter_date = models.DateField(_("date of the letter"), null=True, blank=True)
    parcel = models.CharField(_("parcel number"), max_length=40, blank=True)
    posted_on = models.DateField(_("posted on"), null=True, blank=True)
    online_reason = models.TextField(_("why no paper was needed"), blank=True)

    objects = CaseManager["Request"]()

    class Meta:
        verbose_name = _("request for a signature")
        verbose_name_plural = _("requests for signatures")
        indexes = (models.Index(fields=("holder", "kind"), name="request_holder_kind"),)
        constraints = (
            models.CheckConstraint(
                condition=Q(checked_at__isnull=True, checked_by__isnull=True, is_complete=False)
                | Q(checked_at__isnull=False, checked_by__isnull=False),
                name="request_checked_by_and_at",
                violation_error_message=_("Who looked at the form and when are recorded together."),
            ),
            models.CheckConstraint(
                condition=Q(letter_number="", letter_date__isnull=True)
                | (~Q(letter_number="") & Q(letter_date__isnull=False)),
                name="request_letter_with_date",
                violation_error_message=_("A letter has a number and a date."),
            ),
            models.CheckConstraint(
                condition=Q(parcel="", posted_on__isnull=True)
                | (~Q(parcel="") & ~Q(letter_number="") & Q(posted_on__isnull=False)),
                name="request_posted_with_letter",
                violation_error_message=_("A form is posted with its letter, a parcel number and a day."),
            ),
        )

    def get_state_display(self) -> str:
        """The state in the reader's language."""
        return str(State(self.state).label)

    def clean(self) -> None:
        """No text of it gives a PIN or security word away."""
        super().clean()
        refuse_secrets_in(self, self.TEXTS)
