"""What proves that the trail is whole: leaves, signed checkpoints, where they were published, when they were verified.

All of these tables are append-only like the trail itself. None of them holds personal data.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Epoch(models.Model):
    """One life of the database: a new one begins when it was restored, in this cluster or another.

    Transaction numbers mean something only within one epoch. `accepted_size` is the size of the tree it began with:
    checkpoints published earlier for a larger tree tell of entries the restore did not bring back. `note` is what the
    sealer signed: size, root and reason. An epoch without it excuses nothing.
    """

    number = models.PositiveIntegerField(_("number"), primary_key=True)
    cluster = models.BigIntegerField(_("identifier of the cluster"))
    accepted_size = models.BigIntegerField(_("entries sealed when it began"))
    began_at = models.DateTimeField(_("began at"))
    reason = models.TextField(_("reason"))
    note = models.TextField(_("signed note"), default="", blank=True)

    class Meta:
        verbose_name = _("epoch of the trail")
        verbose_name_plural = _("epochs of the trail")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return str(self.number)


class Acknowledgement(models.Model):
    """A named person answers for a restore: why it was made, and how many published seals it leaves behind.

    Until then the epoch is an alarm. The row also stands in the trail; it is never changed.
    """

    epoch = models.PositiveIntegerField(_("epoch"))
    explained = models.PositiveIntegerField(_("published seals left behind"))
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
        verbose_name = _("answer for a restore")
        verbose_name_plural = _("answers for restores")
        ordering = ("-id",)
        default_permissions = ("view",)

    def __str__(self) -> str:
        return str(self.epoch)


class Leaf(models.Model):
    """The hash of one entry's canonical text at its place in the tree; places have no gaps."""

    pos = models.BigIntegerField(_("place"), primary_key=True)
    entry_id = models.BigIntegerField(_("entry"), unique=True)
    leaf = models.BinaryField(_("hash"))

    class Meta:
        verbose_name = _("leaf")
        verbose_name_plural = _("leaves")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return str(self.pos)


class Checkpoint(models.Model):
    """The signed state of the tree after one batch. `note` is what was signed and is published."""

    number = models.BigIntegerField(_("number"), primary_key=True)
    tree_size = models.BigIntegerField(_("sealed entries"), unique=True)
    root = models.BinaryField(_("root"))
    frontier = models.BinaryField(_("frontier"))
    epoch = models.PositiveIntegerField(_("epoch"))
    last_xid = models.BigIntegerField(_("transaction sealed last"))
    last_entry = models.BigIntegerField(_("entry sealed last"))
    made_at = models.DateTimeField(_("made at"))
    note = models.TextField(_("signed note"))

    class Meta:
        verbose_name = _("seal of the trail")
        verbose_name_plural = _("seals of the trail")
        ordering = ("-number",)
        default_permissions = ("view",)
        indexes = (models.Index(fields=("made_at",), name="audit_checkpoint_made_at"),)

    def __str__(self) -> str:
        return str(self.number)


class AnchorKind(models.TextChoices):
    """Where a checkpoint was put out of the database administrator's reach."""

    FILE = "file", _("Folder on another machine")
    MAIL = "mail", _("E-mail")
    TIMESTAMP = "timestamp", _("Time-stamp authority")


class Anchor(models.Model):
    """A checkpoint that was published; `token` is the time-stamp authority's answer."""

    checkpoint = models.BigIntegerField(_("number of the seal"))
    kind = models.CharField(_("where"), max_length=12, choices=AnchorKind)
    at = models.DateTimeField(_("when"))
    token = models.BinaryField(_("time stamp"), null=True)

    class Meta:
        verbose_name = _("published seal")
        verbose_name_plural = _("published seals")
        default_permissions = ("view",)
        constraints = (
            models.UniqueConstraint(
                fields=("checkpoint", "kind"),
                name="audit_anchor_once",
                violation_error_message=_("This seal was published there already."),
            ),
        )
        indexes = (models.Index(fields=("kind", "-checkpoint"), name="audit_anchor_latest"),)

    def __str__(self) -> str:
        return f"{self.checkpoint} {self.kind}"


class Verification(models.Model):
    """One time the whole trail was recomputed, and what was found; no findings means it is whole."""

    began_at = models.DateTimeField(_("began at"))
    ended_at = models.DateTimeField(_("ended at"))
    tree_size = models.BigIntegerField(_("entries verified"))
    findings = models.JSONField(_("findings"), default=list, blank=True)
    explained = models.JSONField(_("explained by a restore"), default=list, blank=True)

    class Meta:
        verbose_name = _("verification of the trail")
        verbose_name_plural = _("verifications of the trail")
        ordering = ("-id",)
        get_latest_by = "id"
        default_permissions = ("view",)

    def __str__(self) -> str:
        return str(self.tree_size)

    @property
    def is_clean(self) -> bool:
        """Nothing was found amiss."""
        return not self.findings
