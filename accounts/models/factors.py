"""Second factors of our own beside the app: passkeys, and certificates on a card for administrators."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device

from accounts.models.people import User


class Passkey(Device):
    """A key in a person's phone, computer or security token (WebAuthn). Only the public half is kept."""

    user = models.ForeignKey(User, verbose_name=_("person"), on_delete=models.CASCADE, related_name="+")
    credential_id = models.BinaryField(max_length=1023, unique=True, editable=False)
    public_key = models.BinaryField(editable=False)
    sign_count = models.BigIntegerField(default=0, editable=False)
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    used_at = models.DateTimeField(_("last used at"), null=True, blank=True)

    PERSONAL_FIELDS: tuple[str, ...] = ("name",)

    class Meta:
        verbose_name = _("passkey")
        verbose_name_plural = _("passkeys")


class ClientCertificate(Device):
    """A certificate on a smart card or token with which a person logs in (Ek-5 5.7.2.12). Ended, never removed."""

    user = models.ForeignKey(User, verbose_name=_("person"), on_delete=models.PROTECT, related_name="+")
    serial = models.CharField(_("serial number"), max_length=64)
    subject = models.CharField(_("subject"), max_length=1000)
    issuer = models.CharField(_("issuer"), max_length=1000)
    valid_from = models.DateTimeField(_("from"))
    valid_until = models.DateTimeField(_("until"))
    registered_at = models.DateTimeField(_("registered at"), default=timezone.now)
    registered_by = models.ForeignKey(
        User, verbose_name=_("registered by"), on_delete=models.PROTECT, related_name="+"
    )
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        User, verbose_name=_("revoked by"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    PERSONAL_FIELDS: tuple[str, ...] = ("name", "subject", "serial")

    class Meta:
        verbose_name = _("client certificate")
        verbose_name_plural = _("client certificates")
        ordering = ("-id",)
        constraints = [
            models.UniqueConstraint(
                fields=["serial", "issuer"],
                name="certificate_unique",
                violation_error_message=_("This certificate is already registered."),
            )
        ]

    def __str__(self) -> str:
        return self.subject
