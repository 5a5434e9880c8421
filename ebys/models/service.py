"""How other systems reach us and hear from us: accounts, keys, webhooks, repeated requests."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.windows import checked_networks


class Scope(models.TextChoices):
    """What a key may be used for."""

    INCOMING_DELIVER = "incoming:deliver", _("Deliver incoming letters")
    INCOMING_READ = "incoming:read", _("Read incoming letters")
    OUTGOING_READ = "outgoing:read", _("Collect letters that are ready")
    OUTGOING_REGISTER = "outgoing:register", _("Register or return letters")
    CASES_READ = "cases:read", _("Read cases")
    CASES_WRITE = "cases:write", _("Open cases and take steps")


class Event(models.TextChoices):
    """What another system can be told of."""

    LETTER_READY = "letter.ready", _("A letter is approved and may be collected")
    LETTER_WITHDRAWN = "letter.withdrawn", _("A letter that was ready was taken back")
    LETTER_ROUTED = "letter.routed", _("A letter that came in was routed to a case")
    LETTER_FILED = "letter.filed", _("A letter that came in was filed without action")
    CASE_OPENED = "case.opened", _("A case was opened")
    CASE_STEP = "case.step", _("A case went on to another step")
    CASE_CLOSED = "case.closed", _("A case was closed")


class ServiceAccount(models.Model):
    """Another system that talks to us, such as EBYS. It acts in the name of one account with its own grants."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    acts_as = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="service_account",
        verbose_name=_("acts as"),
        help_text=_("The account whose roles it has and whose name the trail records."),
    )
    contact = models.CharField(_("who answers for it"), max_length=150, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    made_at = models.DateTimeField(_("made at"), default=timezone.now, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("made by"),
        editable=False,
    )

    class Meta:
        verbose_name = _("service account")
        verbose_name_plural = _("service accounts")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class ApiKey(models.Model):
    """A key of a service account. Only its hash is kept; the key itself is shown once, when it is made.

    A key reads `sbs_<prefix>_<secret>`: the prefix finds the row, the digest (SHA-256 of the whole key) proves it.
    """

    account = models.ForeignKey(
        ServiceAccount, models.PROTECT, related_name="keys", verbose_name=_("service account")
    )
    name = models.CharField(_("what it is for"), max_length=80)
    prefix = models.CharField(_("beginning"), max_length=12, unique=True, editable=False)
    digest = models.CharField(_("hash"), max_length=64, editable=False)
    scopes = ArrayField(
        models.CharField(max_length=24, choices=Scope.choices), verbose_name=_("may be used to")
    )
    made_at = models.DateTimeField(_("made at"), default=timezone.now, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("made by"),
        editable=False,
    )
    networks = models.TextField(
        _("networks"),
        blank=True,
        help_text=_("One address or network a line, for example 10.20.0.0/16. Empty: from anywhere."),
    )
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True, editable=False)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("revoked by"),
        editable=False,
    )
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ("-made_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="apikey_revoked_by_and_at",
                violation_error_message=_("Who revoked a key and when are recorded together."),
            ),
            models.CheckConstraint(
                condition=~Q(scopes=[]),
                name="apikey_has_a_scope",
                violation_error_message=_("Say what the key may be used for."),
            ),
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("made_at")),
                name="apikey_expires_later",
                violation_error_message=_("A key expires after it was made."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    def clean(self) -> None:
        """Networks are networks."""
        super().clean()
        self.networks = checked_networks(self.networks)

    def is_valid(self) -> bool:
        """It may be used now: not revoked, not expired, its account in use."""
        return self.revoked_at is None and self.expires_at > timezone.now() and self.account.is_active


class WebhookEndpoint(models.Model):
    """An address of another system that is told of events, each message signed (Standard Webhooks).

    `sealed_secret` is the signing secret, encrypted with the program's field key.
    """

    account = models.ForeignKey(
        ServiceAccount, models.PROTECT, related_name="webhooks", verbose_name=_("service account")
    )
    url = models.URLField(_("address"), max_length=300)
    sealed_secret = models.TextField(_("signing secret, encrypted"), editable=False, blank=True)
    events = ArrayField(models.CharField(max_length=24, choices=Event.choices), verbose_name=_("events"))
    is_active = models.BooleanField(_("in use"), default=True)
    made_at = models.DateTimeField(_("made at"), default=timezone.now, editable=False)
    failures = models.PositiveSmallIntegerField(_("failures in a row"), default=0, editable=False)
    last_success_at = models.DateTimeField(_("last success"), null=True, blank=True, editable=False)
    last_failure_at = models.DateTimeField(_("last failure"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ("account", "url")
        constraints = (
            models.UniqueConstraint(
                fields=("account", "url"),
                name="webhook_url_once",
                violation_error_message=_("This address is listed already."),
            ),
            models.CheckConstraint(
                condition=~Q(events=[]),
                name="webhook_has_an_event",
                violation_error_message=_("Say what the address is told of."),
            ),
        )

    def __str__(self) -> str:
        return self.url


class IdempotencyKey(models.Model):
    """An answer given once under a caller's key, so that a repeated request gets the same answer and does nothing.

    `fingerprint` is the SHA-256 of the request (method, path, body): the same key with another body is refused.
    `status` is empty while the first request is still being worked on.
    """

    account = models.ForeignKey(
        ServiceAccount, models.CASCADE, related_name="+", verbose_name=_("service account")
    )
    key = models.CharField(_("key"), max_length=200)
    fingerprint = models.CharField(_("hash of the request"), max_length=64)
    status = models.PositiveSmallIntegerField(_("status of the answer"), null=True, blank=True)
    headers = models.JSONField(_("headers of the answer"), default=dict, blank=True)
    body = models.JSONField(_("answer"), null=True, blank=True)
    made_at = models.DateTimeField(_("made at"), default=timezone.now)

    class Meta:
        verbose_name = _("repeatable request")
        verbose_name_plural = _("repeatable requests")
        indexes = (models.Index(fields=("made_at",), name="idempotency_made"),)
        constraints = (models.UniqueConstraint(fields=("account", "key"), name="idempotency_key_once"),)

    def __str__(self) -> str:
        return f"{self.account_id}: {self.key}"
