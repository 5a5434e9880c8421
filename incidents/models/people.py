"""Who acted and in whose name: both names stand wherever one of them does."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


def on_behalf_of() -> models.ForeignKey[Any, Any]:
    """The person whose right was used; empty where somebody acted in their own."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("on behalf of"),
    )


def later_by(told: Any) -> models.ForeignKey[Any, Any]:
    """Who did what is still to be done when the row is made; empty until then."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=told
    )
