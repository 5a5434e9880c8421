"""Days on which the office's clock stands still."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DayOffKind(models.TextChoices):
    """Why the office is closed."""

    PUBLIC = "public", _("Public holiday")
    RELIGIOUS = "religious", _("Religious holiday")
    HALF = "half", _("Half day (afternoon closed)")
    ADMINISTRATIVE = "administrative", _("Administrative leave")
    ADMINISTRATIVE_HALF = "administrative_half", _("Administrative leave (afternoon)")
    WORKED = "worked", _("Ordinary working day (the announced holiday does not apply)")


class DayOff(models.Model):
    """One day that is no ordinary working day; the unit head adds administrative leave by hand."""

    HALVES = (DayOffKind.HALF, DayOffKind.ADMINISTRATIVE_HALF)

    date = models.DateField(_("date"), unique=True)
    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=24, choices=DayOffKind.choices)
    is_official = models.BooleanField(_("from the official calendar"), default=False)

    class Meta:
        verbose_name = _("day off")
        verbose_name_plural = _("days off")
        ordering = ("date",)

    def __str__(self) -> str:
        return f"{self.date:%d.%m.%Y} {self.name}"

    @property
    def is_half(self) -> bool:
        """Only the afternoon is closed: the day still counts, a deadline falls at noon."""
        return self.kind in self.HALVES
