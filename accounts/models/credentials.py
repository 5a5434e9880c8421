"""What is remembered of earlier passwords, so that none comes back."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User


class PasswordHistory(models.Model):
    """The one-way hash of a password somebody used before (Ek-5 5.4.3)."""

    user = models.ForeignKey(
        User, verbose_name=_("person"), on_delete=models.PROTECT, related_name="earlier_passwords"
    )
    password = models.CharField(_("hash"), max_length=128)
    ended_at = models.DateTimeField(_("ended at"), default=timezone.now)

    PERSONAL_FIELDS: tuple[str, ...] = ()

    class Meta:
        verbose_name = _("earlier password")
        verbose_name_plural = _("earlier passwords")
        indexes = [models.Index(fields=["user", "-id"], name="password_history_user")]
