"""The trail: one row for every change, reading worth noting and refusal. Rows are added, never changed or removed."""

from __future__ import annotations

from auditlog.models import AbstractLogEntry
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class EntryQuerySet(models.QuerySet["Entry"]):
    """Questions asked of the trail."""

    def newest_first(self) -> EntryQuerySet:
        """As the timeline prints it."""
        return self.order_by("-id")

    def with_people(self) -> EntryQuerySet:
        """With the names that a timeline prints, in the same query."""
        return self.select_related("actor", "on_behalf_of")


class Entry(AbstractLogEntry):
    """Who did what to which record, when, from where, in whose name, at which step and why.

    The database itself refuses to change or remove a row. Nothing points at the people and record types by foreign
    key, so removing one of those never touches the trail either. The columns from `xid` on are written by the
    database when the row is added, whatever the program sends; `canon` is the text a seal is taken of.
    Personal fields: actor, on_behalf_of, object_repr, changes, reason, remote_addr.
    """

    class Action(AbstractLogEntry.Action):
        """What happened to the record; `event` says it in a word."""

        choices = (
            (AbstractLogEntry.Action.CREATE, _("Added")),
            (AbstractLogEntry.Action.UPDATE, _("Changed")),
            (AbstractLogEntry.Action.DELETE, _("Removed")),
            (AbstractLogEntry.Action.ACCESS, _("Event")),
        )

    # Columns of the library that would repeat what another one says.
    serialized_data = None
    additional_data = None
    changes_text = None
    actor_email = None
    remote_port = None

    content_type = models.ForeignKey(
        ContentType,
        models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="+",
        verbose_name=_("kind"),
    )
    object_pk = models.CharField(_("record"), max_length=255, blank=True)
    object_id = models.BigIntegerField(_("record number"), null=True, blank=True)
    object_repr = models.TextField(_("record as it was called"), blank=True)
    action = models.PositiveSmallIntegerField(_("action"), choices=Action.choices)
    changes = models.JSONField(_("changes"), null=True, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
    )
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("on behalf of"),
    )
    event = models.CharField(_("event"), max_length=40)
    step = models.CharField(_("step"), max_length=60, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    cid = models.CharField(_("request"), max_length=64, blank=True)
    remote_addr = models.GenericIPAddressField(_("address"), null=True, blank=True)
    timestamp = models.DateTimeField(_("when"), default=timezone.now)

    xid = models.BigIntegerField(null=True, editable=False)
    db_at = models.DateTimeField(_("written by the database at"), null=True, editable=False)
    db_user = models.CharField(max_length=63, blank=True, editable=False)
    db_client = models.GenericIPAddressField(null=True, editable=False)
    epoch = models.PositiveIntegerField(default=1, editable=False)
    canon = models.TextField(blank=True, editable=False)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("trail entry")
        verbose_name_plural = _("trail entries")
        ordering = ("-id",)
        get_latest_by = "id"
        default_permissions = ("view",)
        indexes = (
            models.Index(fields=("content_type", "object_pk", "-id"), name="audit_entry_record"),
            models.Index(fields=("actor", "-id"), name="audit_entry_actor"),
            models.Index(fields=("timestamp",), name="audit_entry_when"),
            models.Index(fields=("object_repr",), opclasses=("text_pattern_ops",), name="audit_entry_called"),
            models.Index(fields=("cid",), condition=~models.Q(cid=""), name="audit_entry_request"),
            models.Index(fields=("xid", "id"), name="audit_entry_xid"),
        )

    def __str__(self) -> str:
        return f"{self.object_repr} – {self.event}"

    @property
    def kind(self) -> ContentType:
        """What kind of record it is about; kinds are few and kept in memory."""
        return ContentType.objects.get_for_id(self.content_type_id)
