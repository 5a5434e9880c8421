"""Failed attempts to log in, counted so that nobody can try passwords for long."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class FailedAttemptQuerySet(models.QuerySet["FailedAttempt"]):
    """Failed attempts by time."""

    def since(self, moment: datetime) -> Self:
        return self.filter(at__gte=moment)


class FailedAttempt(models.Model):
    """One failed log-in. The account is kept as a keyed digest, for people type passwords into the wrong box."""

    account = models.CharField(_("account"), max_length=64)
    address = models.CharField(_("address"), max_length=45, blank=True)
    at = models.DateTimeField(_("at"), default=timezone.now)

    objects = FailedAttemptQuerySet.as_manager()

    PERSONAL_FIELDS: tuple[str, ...] = ("address",)

    class Meta:
        verbose_name = _("failed attempt to log in")
        verbose_name_plural = _("failed attempts to log in")
        indexes = [
            models.Index(fields=["account", "at"], name="attempt_account"),
            models.Index(fields=["address", "at"], name="attempt_address"),
            models.Index(fields=["at"], name="attempt_at"),
        ]
