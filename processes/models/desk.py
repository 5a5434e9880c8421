"""A person's desk: in-app inbox, saved views, and what has to leave the building."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from processes.models.case import Case


class InboxItem(models.Model):
    """One thing a person should know; read in the portal, gathered into the digest e-mail.

    `text` holds an English sentence of the catalogue of translations and `values` what to fill in,
    so that each reader sees it in the language they chose.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="inbox", verbose_name=_("person")
    )
    case = models.ForeignKey(
        Case, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("case")
    )
    path = models.CharField(
        _("page"), max_length=200, blank=True, help_text=_("The page it speaks of, when that is not a case.")
    )
    text = models.CharField(_("message"), max_length=300)
    values = models.JSONField(_("values"), default=dict, blank=True)
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)
    mailed_at = models.DateTimeField(_("sent in a digest at"), null=True, blank=True)

    class Meta:
        verbose_name = _("inbox message")
        verbose_name_plural = _("inbox messages")
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("user", "-id"), name="inbox_user_newest"),
            models.Index(fields=("user",), condition=Q(read_at__isnull=True), name="inbox_unread"),
            models.Index(fields=("user",), condition=Q(mailed_at__isnull=True), name="inbox_unmailed"),
        )

    def __str__(self) -> str:
        return f"{self.user_id}: {self.text}"


class SavedView(models.Model):
    """A list's filters kept under a name, for oneself or for the unit."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="saved_views", verbose_name=_("owner")
    )
    list_name = models.CharField(_("list"), max_length=40)
    name = models.CharField(_("name"), max_length=80)
    query = models.CharField(_("filters"), max_length=1000)
    is_shared = models.BooleanField(_("shared with the unit"), default=False)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ("name",)
        constraints = (
            models.UniqueConstraint(
                fields=("owner", "list_name", "name"),
                name="savedview_name_once",
                violation_error_message=_("You already saved a view of this list under that name."),
            ),
        )

    def __str__(self) -> str:
        return self.name


class FeedKey(models.Model):
    """The secret part of a person's calendar address; only its hash is kept."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="feed_key", verbose_name=_("person")
    )
    digest = models.CharField(_("hash"), max_length=64, unique=True)
    made_at = models.DateTimeField(_("made at"), default=timezone.now)

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")

    def __str__(self) -> str:
        return str(self.user_id)


class DeliveryState(models.TextChoices):
    """Where a delivery stands."""

    DUE = "due", _("Waiting to be sent")
    SENT = "sent", _("Sent")
    STUCK = "stuck", _("Stuck: needs a person")


class Delivery(models.Model):
    """A row of the outbox: something to send once the transaction that asked for it has committed.

    `key` makes asking twice harmless; `kind` names the handler; `payload` holds identifiers, never personal data.
    """

    kind = models.CharField(_("kind"), max_length=40)
    key = models.CharField(_("idempotency key"), max_length=150, unique=True)
    payload = models.JSONField(_("content"), default=dict)
    state = models.CharField(
        _("state"), max_length=5, choices=DeliveryState.choices, default=DeliveryState.DUE
    )
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)
    made_at = models.DateTimeField(_("made at"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("next_at", "id"), condition=Q(state="due"), name="delivery_due"),
            models.Index(fields=("made_at",), condition=Q(state="stuck"), name="delivery_stuck"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class DigestChoice(models.Model):
    """Whether a person wants the daily e-mail about unread messages; without a row they do."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="digest_choice", verbose_name=_("person")
    )
    is_wanted = models.BooleanField(_("send me a daily e-mail when something is unread"), default=True)

    class Meta:
        verbose_name = _("choice of digest e-mail")
        verbose_name_plural = _("choices of digest e-mail")

    def __str__(self) -> str:
        return f"{self.user_id}: {self.is_wanted}"


class OverdueNotice(models.Model):
    """A case's passing a due date was told; a later due date is another one to be told of."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="+", verbose_name=_("case"))
    due_at = models.DateTimeField(_("due"))
    told_at = models.DateTimeField(_("told at"), default=timezone.now)

    class Meta:
        verbose_name = _("overdue notice")
        verbose_name_plural = _("overdue notices")
        constraints = (models.UniqueConstraint(fields=("case", "due_at"), name="overduenotice_once"),)

    def __str__(self) -> str:
        return f"{self.case_id} {self.due_at:%Y-%m-%d %H:%M}"


class SentForm(models.Model):
    """A form that opened a case: the same form sent again (a double click, the back button) finds that case."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("person")
    )
    key = models.CharField(_("key of the form"), max_length=40)
    case = models.ForeignKey(Case, models.CASCADE, related_name="+", verbose_name=_("case"))
    made_at = models.DateTimeField(_("made at"), default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("form sent")
        verbose_name_plural = _("forms sent")
        constraints = (models.UniqueConstraint(fields=("user", "key"), name="sentform_once"),)

    def __str__(self) -> str:
        return f"{self.user_id} {self.key}"


class JobOutcome(models.TextChoices):
    """How a scheduled job stands."""

    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class JobRun(models.Model):
    """One scheduled job in one period: the ledger that makes running it twice harmless and a missed run visible."""

    job = models.CharField(_("job"), max_length=60)
    period = models.CharField(_("period"), max_length=20)
    outcome = models.CharField(
        _("outcome"), max_length=7, choices=JobOutcome.choices, default=JobOutcome.RUNNING
    )
    runs = models.PositiveIntegerField(_("times started"), default=0)
    started_at = models.DateTimeField(_("last started"))
    ended_at = models.DateTimeField(_("last ended"), null=True, blank=True)
    counts = models.JSONField(_("what was done"), default=dict, blank=True)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("scheduled job")
        verbose_name_plural = _("scheduled jobs")
        ordering = ("-started_at", "-id")
        indexes = (models.Index(fields=("-started_at", "-id"), name="jobrun_newest"),)
        constraints = (models.UniqueConstraint(fields=("job", "period"), name="jobrun_once"),)

    def __str__(self) -> str:
        return f"{self.job} {self.period}"
