"""Code lists of the e-Yazışma package, as letters carry them."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Security(models.TextChoices):
    """Degree of secrecy. `OZL` and `KSO` were abolished in 2022; old packages still carry them."""

    NONE = "YOK", _("Not classified")
    RESTRICTED = "HZO", _("Restricted (Hizmete Özel)")
    PRIVATE = "OZL", _("Private (abolished)")
    PERSONAL = "KSO", _("To the person (abolished)")
    SECRET = "GZL", _("Secret")
    TOP_SECRET = "CGZ", _("Top secret")


WRITABLE_SECURITY = (Security.NONE, Security.RESTRICTED, Security.SECRET, Security.TOP_SECRET)


class Urgency(models.TextChoices):
    """How fast an answer is wanted. Since 2020 only `urgent` and `by a date` are written on letters."""

    NORMAL = "NRM", _("Normal")
    URGENT = "ACL", _("Urgent (Acele)")
    BY_DATE = "GNL", _("By a date (Günlüdür)")


class Purpose(models.TextChoices):
    """What an addressee does with the letter."""

    ACTION = "GRG", _("For action (gereği)")
    INFORMATION = "BLG", _("For information (bilgi)")


class AnnexKind(models.TextChoices):
    """Where an annex is."""

    ENCLOSED = "DED", _("In the package")
    REFERENCE = "HRF", _("At another address")
    PHYSICAL = "FZK", _("On paper or another carrier")
