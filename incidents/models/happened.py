"""What was done in the dossier of a breach, read as one line of time however it is kept."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from incidents.models.breach import Breach


class HappeningKind(models.TextChoices):
    """What it was about."""

    EVIDENCE = "evidence", _("Evidence secured")
    HANDOVER = "handover", _("Evidence handed over")
    TASK = "task", _("Task settled")
    NOTICE = "notice", _("Notice recorded")
    PHASE = "phase", _("Next phase of a notice")
    SILENCE = "silence", _("Decision not to notify")
    BARRIER = "barrier", _("Barrier looked at")
    REVIEW = "review", _("Review held")
    ACTION = "action", _("Action of a review carried out")
    SANCTION = "sanction", _("Sanction recorded")
    ALERT = "alert", _("Alert")


class Happening(models.Model):
    """One act on the dossier: rows of a view over the tables that keep it.

    `subject` and `detail` are texts of the record, `code` the value of its field with few values: how a task was
    settled, who was told, whether a barrier holds.
    """

    key = models.CharField(max_length=40, primary_key=True)
    breach = models.ForeignKey(
        Breach,
        models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        verbose_name=_("information-security breach"),
    )
    kind = models.CharField(_("what it was"), max_length=8, choices=HappeningKind.choices)
    at = models.DateTimeField(_("when"))
    subject = models.TextField(_("what it is about"))
    detail = models.TextField(_("description"))
    code = models.CharField(max_length=12)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        related_name="+",
        verbose_name=_("person"),
    )
    principal = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        related_name="+",
        verbose_name=_("on behalf of"),
    )

    class Meta:
        managed = False
        verbose_name = _("act on the dossier of a breach")
        verbose_name_plural = _("acts on the dossiers of breaches")
        ordering = ("at", "key")

    def __str__(self) -> str:
        return self.key
