"""The certificate itself: made by Kamu SM, delivered, active between real dates, ended."""

from __future__ import annotations

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.authority import roles_of, works_in_unit
from accounts.models import User
from accounts.roles import Role
from esignature.models.requests import Kind, Request
from esignature.secrecy import refuse_secrets_in


class CertificateState(models.TextChoices):
    """Where a certificate stands. One whose last day has passed counts as expired before anybody writes it down."""

    PRODUCED = "produced", _("Produced")
    DELIVERED = "delivered", _("Delivered")
    RETURNED = "returned", _("Not delivered, returned")
    ACTIVE = "active", _("Active")
    SUSPENDED = "suspended", _("Suspended")
    REPLACED = "replaced", _("Replaced by a newer one")
    EXPIRED = "expired", _("Expired")
    REVOKED = "revoked", _("Revoked")


LIVE = (CertificateState.ACTIVE, CertificateState.SUSPENDED)
ON_THE_WAY = (CertificateState.PRODUCED, CertificateState.DELIVERED, CertificateState.RETURNED)
# Days before the end at which somebody is reminded; the widest is when Kamu SM opens the renewal.
WINDOWS = (90, 60, 30)


def of_leavers(today: date) -> Q:
    """Certificates that sign, or are on their way, though the holder has left: to be revoked or sent back."""
    still_signs = Q(state__in=LIVE, valid_until__gte=today)
    return Q(holder__left_on__isnull=False) & (Q(state__in=ON_THE_WAY) | still_signs)


class CertificateQuerySet(models.QuerySet["Certificate"]):
    """Certificates as lists, reminders and coverage ask for them."""

    def visible_to(self, user: User) -> CertificateQuerySet:
        """All for the unit's staff; those of the own institution for its unit head; one's own for everybody else."""
        if works_in_unit(user):
            return self
        own = Q(holder__user=user.pk)
        if Role.REQUESTING_UNIT_HEAD in roles_of(user) and user.institution_id is not None:
            own |= Q(holder__institution=user.institution_id)
        return self.filter(own)

    def valid(self, on: date | None = None) -> CertificateQuerySet:
        """Those that sign on that day (today if not given): active, begun and not over."""
        day = on or timezone.localdate()
        return self.filter(state=CertificateState.ACTIVE, valid_from__lte=day, valid_until__gte=day)

    def expiring(self, since: date, until: date) -> CertificateQuerySet:
        """Active ones whose last day lies between two days, both included."""
        return self.filter(state=CertificateState.ACTIVE, valid_until__gte=since, valid_until__lte=until)


class Certificate(models.Model):
    """One qualified certificate of one holder, on a card, a token or a SIM. Dates are those on the certificate, never computed.

    `corrected_at`, `corrected_by` and `correction` tell of the last time wrongly typed data were put right.
    Personal fields: holder, serial, note, correction.
    """

    state = models.CharField(
        _("state"), max_length=12, choices=CertificateState.choices, default=CertificateState.PRODUCED
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    holder = models.ForeignKey(
        "accounts.Employee", models.PROTECT, related_name="certificates", verbose_name=_("holder")
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices)
    request = models.OneToOneField(
        Request,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="certificate",
        verbose_name=_("request for a signature"),
    )
    produced_on = models.DateField(_("produced on"), null=True, blank=True)
    delivered_on = models.DateField(_("delivered on"), null=True, blank=True)
    returned_on = models.DateField(_("returned on"), null=True, blank=True)
    serial = models.CharField(_("serial number"), max_length=64, blank=True)
    carrier = models.CharField(
        _("carrier"),
        max_length=80,
        blank=True,
        help_text=_("Card or token with its number; operator of the SIM."),
    )
    valid_from = models.DateField(_("valid from"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    note = models.CharField(_("remark"), max_length=300, blank=True)
    corrected_at = models.DateTimeField(_("corrected"), null=True, blank=True, editable=False)
    corrected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("corrected by"),
    )
    correction = models.CharField(
        _("reason of the correction"),
        max_length=300,
        blank=True,
        default="",
        db_default="",
        editable=False,
    )

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = _("certificate")
        verbose_name_plural = _("certificates")
        ordering = ("valid_until", "id")
        indexes = (
            models.Index(fields=("valid_until", "id"), name="certificate_until"),
            models.Index(fields=("state", "valid_until", "id"), name="certificate_state_until"),
            models.Index(fields=("holder", "kind"), name="certificate_holder_kind"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("serial",),
                condition=~Q(serial=""),
                name="certificate_serial_once",
                violation_error_message=_("Another certificate has this serial number."),
            ),
            models.UniqueConstraint(
                fields=("holder", "kind"),
                condition=Q(state__in=("active", "suspended")),
                name="certificate_one_live",
                violation_error_message=_("The holder has a certificate of this kind that has not ended."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("active", "suspended", "replaced", "expired"))
                | (~Q(serial="") & ~Q(carrier="") & Q(valid_from__isnull=False, valid_until__isnull=False)),
                name="certificate_active_is_whole",
                violation_error_message=_(
                    "An active certificate has its serial number, carrier and both dates."
                ),
            ),
            models.CheckConstraint(
                condition=Q(valid_from__isnull=True)
                | Q(valid_until__isnull=True)
                | Q(valid_until__gt=F("valid_from")),
                name="certificate_until_after_from",
                violation_error_message=_("A certificate ends after it began."),
            ),
            models.CheckConstraint(
                condition=Q(delivered_on__isnull=True)
                | Q(produced_on__isnull=True)
                | Q(delivered_on__gte=F("produced_on")),
                name="certificate_delivered_after_produced",
                violation_error_message=_("A certificate is delivered after it was produced."),
            ),
            models.CheckConstraint(
                condition=Q(returned_on__isnull=True)
                | Q(produced_on__isnull=True)
                | Q(returned_on__gte=F("produced_on")),
                name="certificate_returned_after_produced",
                violation_error_message=_("A certificate comes back after it was produced."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("produced", "delivered", "returned", "active", "suspended"))
                | Q(ended_on__isnull=True),
                name="certificate_running_has_no_end",
                violation_error_message=_("Only a certificate that has ended has the day of its end."),
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("replaced", "expired", "revoked")) | Q(ended_on__isnull=False),
                name="certificate_ended_on_a_day",
                violation_error_message=_("A certificate that has ended says on which day."),
            ),
            models.CheckConstraint(
                condition=Q(corrected_at__isnull=True, corrected_by__isnull=True, correction="")
                | Q(corrected_at__isnull=False, corrected_by__isnull=False) & ~Q(correction=""),
                name="certificate_corrected_by_and_at",
                violation_error_message=_("Who corrected a certificate, when and why are recorded together."),
            ),
        )

    def __str__(self) -> str:
        return self.serial or f"#{self.pk}"

    def get_absolute_url(self) -> str:
        """The page of this certificate."""
        return reverse("esignature-certificate", args=(self.pk,))

    def is_over(self, on: date | None = None) -> bool:
        """Its last day has passed."""
        return self.valid_until is not None and self.valid_until < (on or timezone.localdate())

    def days_left(self, on: date | None = None) -> int | None:
        """Days until its last one; None while it has none or it has ended."""
        day = on or timezone.localdate()
        if self.state != CertificateState.ACTIVE or self.valid_until is None or self.is_over(day):
            return None
        return (self.valid_until - day).days

    @property
    def standing(self) -> str:
        """The state as it counts today: an active one past its last day has expired."""
        is_past = self.state in LIVE and self.is_over()
        return str(CertificateState.EXPIRED if is_past else self.state)

    @property
    def standing_label(self) -> str:
        """The same in the reader's language."""
        return str(CertificateState(self.standing).label)

    def clean(self) -> None:
        """A serial number has one spelling; no text gives a PIN or security word away."""
        super().clean()
        self.serial = normal_serial(self.serial)
        refuse_secrets_in(self, ("serial", "carrier", "note", "correction"))


class ExpiryNotice(models.Model):
    """A reminder that was given: once for each certificate and window."""

    certificate = models.ForeignKey(Certificate, models.CASCADE, related_name="notices")
    window = models.PositiveSmallIntegerField(_("days before the end"))
    told_at = models.DateTimeField(_("told"))

    class Meta:
        verbose_name = _("expiry reminder")
        verbose_name_plural = _("expiry reminders")
        constraints = (models.UniqueConstraint(fields=("certificate", "window"), name="expirynotice_once"),)

    def __str__(self) -> str:
        return f"{self.certificate_id}: {self.window}"


def normal_serial(text: str) -> str:
    """Serial numbers are compared without blanks and colons, in capitals: 4a:3f and 4A 3F are one."""
    return "".join(sign for sign in text.upper() if not sign.isspace() and sign not in ":.-")
