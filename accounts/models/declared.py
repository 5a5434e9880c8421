"""Rights declared in writing to those who hold them, and their acknowledgement (Ek-5 5.6.10)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.people import User


class Acknowledgement(models.Model):
    """The very text a person read and acknowledged, with its hash, the moment and the place. Never changed."""

    user = models.ForeignKey(
        User, verbose_name=_("person"), on_delete=models.PROTECT, related_name="acknowledgements"
    )
    version = models.CharField(_("edition of the text"), max_length=20)
    text = models.TextField(_("text"))
    text_hash = models.CharField(_("SHA-256 of the text"), max_length=64)
    rights_hash = models.CharField(max_length=64, editable=False)
    at = models.DateTimeField(_("acknowledged at"), default=timezone.now)
    address = models.GenericIPAddressField(_("from address"), null=True, blank=True)

    PERSONAL_FIELDS: tuple[str, ...] = ("text", "address")

    class Meta:
        verbose_name = _("acknowledgement of rights")
        verbose_name_plural = _("acknowledgements of rights")
        ordering = ("-id",)
        indexes = [models.Index(fields=["user", "-id"], name="acknowledgement_user")]

    def __str__(self) -> str:
        return f"{self.user} – {self.version}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("What was acknowledged is not changed.")
        super().save(*args, **kwargs)
