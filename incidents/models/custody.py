"""What proves what happened, and through whose hands it went."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from incidents.models.breach import Breach
from incidents.models.people import on_behalf_of


class Evidence(models.Model):
    """Something that proves what happened: a file kept under its SHA-256, or a thing with its label. Never changed.

    Personal fields: title, description, place.
    """

    breach = models.ForeignKey(
        Breach, models.CASCADE, related_name="evidence", verbose_name=_("information-security breach")
    )
    position = models.PositiveIntegerField(_("number"))
    title = models.CharField(_("what it is"), max_length=200)
    description = models.TextField(_("description"), blank=True)
    document = models.ForeignKey(
        "processes.Document",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("file"),
    )
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True)
    collected_at = models.DateTimeField(_("secured"))
    collected_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("secured by")
    )
    collected_for = on_behalf_of()
    place = models.CharField(_("kept at"), max_length=150)

    class Meta:
        verbose_name = _("piece of evidence")
        verbose_name_plural = _("pieces of evidence")
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(
                fields=("breach", "position"),
                name="evidence_number_once",
                violation_error_message=_("Somebody added evidence at the same moment; add yours again."),
            ),
            models.CheckConstraint(
                condition=Q(document__isnull=True) | Q(sha256__regex=r"^[0-9a-f]{64}$"),
                name="evidence_file_with_digest",
                violation_error_message=_("A file is kept with its SHA-256."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.position}. {self.title}"


class Handover(models.Model):
    """A piece of evidence went from one hand to the next: the chain of custody. Rows are added, never changed.

    Personal fields: giver, receiver.
    """

    evidence = models.ForeignKey(Evidence, models.CASCADE, related_name="chain", verbose_name=_("evidence"))
    position = models.PositiveIntegerField(_("number"))
    giver = models.CharField(_("handed over by"), max_length=150)
    receiver = models.CharField(_("received by"), max_length=150)
    handed_at = models.DateTimeField(_("handed over"))
    reason = models.CharField(_("why"), max_length=300)
    recorded_at = models.DateTimeField(_("recorded"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("recorded by")
    )
    recorded_for = on_behalf_of()

    class Meta:
        verbose_name = _("hand-over of evidence")
        verbose_name_plural = _("hand-overs of evidence")
        ordering = ("position",)
        constraints = (
            models.UniqueConstraint(
                fields=("evidence", "position"),
                name="handover_number_once",
                violation_error_message=_("Somebody recorded a hand-over at the same moment; look again."),
            ),
            models.CheckConstraint(
                condition=~Q(reason="") & ~Q(giver=F("receiver")),
                name="handover_reasoned_between_two",
                violation_error_message=_(
                    "A hand-over goes from one person to another, with a written reason."
                ),
            ),
        )

    def __str__(self) -> str:
        return f"{self.evidence_id}/{self.position}"


class EvidenceAnnex(models.Model):
    """The list of evidence as it is enclosed in a letter: what stood on it when it was drawn up.

    Pieces and hand-overs are only added, so their numbers tell whether the list is still whole.
    """

    breach = models.ForeignKey(
        Breach, models.CASCADE, related_name="evidence_annexes", verbose_name=_("information-security breach")
    )
    annex = models.OneToOneField(
        "ebys.OutgoingAnnex", models.CASCADE, related_name="evidence_list", verbose_name=_("annex")
    )
    pieces = models.PositiveIntegerField(_("pieces of evidence on it"))
    handovers = models.PositiveIntegerField(_("hand-overs on it"))
    listed_at = models.DateTimeField(_("drawn up"), default=timezone.now)
    listed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("drawn up by")
    )
    listed_for = on_behalf_of()

    class Meta:
        verbose_name = _("list of evidence in a letter")
        verbose_name_plural = _("lists of evidence in letters")
        ordering = ("-listed_at", "-id")

    def __str__(self) -> str:
        return f"{self.breach_id}/{self.annex_id}"
