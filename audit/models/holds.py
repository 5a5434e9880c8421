"""Holds: spans of the trail that are needed for the examination of an incident and must not be given up anywhere (5.1.3)."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _


class HoldQuerySet(models.QuerySet["Hold"]):
    """Questions about holds."""

    def in_force(self) -> HoldQuerySet:
        """Those nobody has released."""
        return self.filter(release__isnull=True)

    def touching(self, since: datetime, until: datetime) -> HoldQuerySet:
        """Those whose span has a moment in common with this one."""
        return self.filter(Q(until__isnull=True) | Q(until__gte=since), since__lte=until)


class Hold(models.Model):
    """The log of a span is kept, also in copies outside the house, until somebody with a reason releases it."""

    since = models.DateTimeField(_("held since"))
    until = models.DateTimeField(_("held until"), null=True, blank=True)
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        verbose_name=_("who"),
    )
    at = models.DateTimeField(_("when"), default=timezone.now)

    objects = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("hold on the trail")
        verbose_name_plural = _("holds on the trail")
        ordering = ("-id",)
        default_permissions = ("view",)
        constraints = (
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=models.F("since")),
                name="audit_hold_is_a_span",
                violation_error_message=_("A hold ends after it begins."),
            ),
        )

    def __str__(self) -> str:
        end = date_format(timezone.localtime(self.until), "SHORT_DATETIME_FORMAT") if self.until else "…"
        return f"{date_format(timezone.localtime(self.since), 'SHORT_DATETIME_FORMAT')} – {end}"

    @property
    def is_in_force(self) -> bool:
        """Nobody has released it."""
        return not hasattr(self, "release")


class Release(models.Model):
    """The end of a hold. It is a row of its own, because a hold is never changed."""

    hold = models.OneToOneField(Hold, models.PROTECT, related_name="release", verbose_name=_("hold"))
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        verbose_name=_("who"),
    )
    at = models.DateTimeField(_("when"), default=timezone.now)

    class Meta:
        verbose_name = _("release of a hold")
        verbose_name_plural = _("releases of holds")
        ordering = ("-id",)
        default_permissions = ("view",)

    def __str__(self) -> str:
        return str(self.hold)
