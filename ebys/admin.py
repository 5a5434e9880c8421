"""The unit head's pages for letter templates and for the systems we exchange letters with."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import ModelForm, ReadOnlyInline, ReasonedAction, RecordAdmin
from accounts.models import User
from audit import trail
from ebys import egress, webhooks, wording, words
from ebys.models import (
    WRITABLE_SECURITY,
    ApiKey,
    Event,
    LetterTemplate,
    Scope,
    ServiceAccount,
    WebhookEndpoint,
)
from ebys.services import keys
from processes.errors import RuleBroken
from processes.requests import person

DAYS_VALID = 180
MANY_TO_MANY = ("action_recipients", "information_recipients")


class TemplateForm(ModelForm):
    """The text of a template, with the placeholders it may use beside it."""

    class Meta:
        model = LetterTemplate
        fields = "__all__"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = ", ".join(f"{{{name}}}" for name in sorted(wording.PLACEHOLDERS))
        if "body" in self.fields:
            self.fields["body"].help_text = format_html(
                "{} {}{}",
                self.fields["body"].help_text,
                _("Placeholders: %(names)s.") % {"names": names},
                format_html_join("", " {}: {{{}}} ({}).", words.explained()),
            )
        if "security" in self.fields:
            self.fields["security"].choices = [  # type: ignore[attr-defined]  # a choice field, made from the column
                (one.value, one.label) for one in WRITABLE_SECURITY
            ]


@admin.register(LetterTemplate)
class LetterTemplateAdmin(RecordAdmin):
    """Texts the unit writes often."""

    form = TemplateForm
    list_display = ("name", "subprocess", "step_key", "subject", "is_active")
    list_filter = ("subprocess", "is_active")
    list_select_related = ("subprocess",)
    search_fields = ("name", "subject", "body")
    filter_horizontal = MANY_TO_MANY
    fieldsets = (
        (None, {"fields": ("name", "subprocess", "step_key", "is_active")}),
        (_("Text"), {"fields": ("subject", "body", "signatory_name", "signatory_title")}),
        (_("Addressees"), {"fields": ("addressee", *MANY_TO_MANY)}),
        (_("Codes"), {"fields": ("sdp_code", "security", "urgency")}),
    )

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The trail tells changed addressees as well: they stand in tables of their own."""
        super().save_related(request, form, formsets, change)
        changed = [name for name in MANY_TO_MANY if name in form.changed_data]
        if changed:
            now = {name: [str(one) for one in form.cleaned_data[name]] for name in changed}
            trail.record(form.instance, "changed", now)


class KeyInline(ReadOnlyInline):
    """The account's keys."""

    model = ApiKey
    fields = ("name", "prefix", "scopes", "networks", "expires_at", "last_used_at", "revoked_at")
    readonly_fields = fields
    verbose_name_plural = _("API keys")


class WebhookInline(ReadOnlyInline):
    """The account's webhooks."""

    model = WebhookEndpoint
    fields = ("url", "events", "is_active", "failures", "last_success_at")
    readonly_fields = fields
    verbose_name_plural = _("webhooks")


@admin.register(ServiceAccount)
class ServiceAccountAdmin(RecordAdmin):
    """Other systems that talk to us."""

    list_display = ("name", "acts_as", "contact", "is_active", "made_at")
    list_select_related = ("acts_as",)
    autocomplete_fields = ("acts_as",)
    fields = ("name", "acts_as", "contact", "is_active")
    inlines = (KeyInline, WebhookInline)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.made_by = request.user
        super().save_model(request, obj, form, change)


class KeyForm(ModelForm):
    """What a new key is for, what it may do and until when."""

    scopes = forms.MultipleChoiceField(
        label=_("may be used to"), choices=Scope.choices, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = ApiKey
        fields = ("account", "name", "scopes", "networks", "expires_at")

    def clean_expires_at(self) -> datetime:
        """In the future, and not for longer than a key may live."""
        expires: datetime = self.cleaned_data["expires_at"]
        now = timezone.now()
        if expires <= now:
            raise ValidationError(_("A key expires after it was made."))
        if expires - now > keys.LONGEST_LIFE:
            raise ValidationError(_("A key is valid for at most one year."))
        return expires


class ShownOnceAdmin(RecordAdmin):
    """Records made by a service that shows their secret once; afterwards nothing of them is edited."""

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return [name for name in self.shown_fields if name != "is_active"] if obj else ()

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return self.shown_fields if obj else self.adding_form._meta.fields

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None:
            kwargs["form"] = self.adding_form
        return super().get_form(request, obj, change=change, **kwargs)

    shown_fields: tuple[str, ...]
    adding_form: Any


def _revoked(key: ApiKey, by: User, reason: str) -> str:
    keys.revoke(key, by=by, reason=reason)
    return gettext("The key is revoked; requests with it are refused from now on.")


@admin.register(ApiKey)
class ApiKeyAdmin(ShownOnceAdmin):
    """Keys of other systems."""

    adding_form = KeyForm
    shown_fields = (
        "account",
        "name",
        "prefix",
        "scopes",
        "networks",
        "made_at",
        "made_by",
        "expires_at",
        "last_used_at",
        "revoked_at",
        "revoked_by",
    )
    list_display = ("name", "account", "prefix", "networks", "expires_at", "last_used_at", "revoked_at")
    list_filter = ("account", ("revoked_at", admin.EmptyFieldListFilter))
    list_select_related = ("account",)
    reasoned_actions = (
        ReasonedAction(
            "revoke",
            _("Revoke the key"),
            _("Requests with this key are refused at once. A new one is made for the other system."),
            _revoked,
            lambda key: key.revoked_at is None,
        ),
    )

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """The networks a key is taken from may change while it lives."""
        fixed = super().get_readonly_fields(request, obj)
        living = isinstance(obj, ApiKey) and obj.revoked_at is None
        return [name for name in fixed if not (living and name == "networks")]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        until = timezone.localtime() + timedelta(days=DAYS_VALID)
        return {
            "expires_at": until.replace(second=0, microsecond=0),
            **super().get_changeform_initial_data(request),
        }

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The text of the key is shown on the next page and nowhere else; later only its networks are changed."""
        if change:
            keys.limit(obj, networks=obj.networks)
            return
        key, text = keys.issue(by=person(request), **form.cleaned_data)
        obj.pk = key.pk
        messages.warning(
            request,
            gettext("Copy this key now; it is shown only once and kept nowhere: %(key)s") % {"key": text},
        )

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """A key that is good no more has nothing to save."""
        key = self.get_object(request, unquote(object_id))
        hidden = {"show_save_and_continue": False, "show_save_and_add_another": False}
        if key is None or key.revoked_at is not None:
            hidden["show_save"] = False
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **hidden})


class SecureAddressField(forms.URLField):
    """An address that is taken for https when it does not say."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(assume_scheme="https", **kwargs)


class WebhookForm(ModelForm):
    """Which address is told of what."""

    events = forms.MultipleChoiceField(
        label=_("events"),
        choices=[(one.value, one.label) for one in Event if one.value in webhooks.LETTER_EVENTS],
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = WebhookEndpoint
        fields = ("account", "url", "events")
        field_classes = {"url": SecureAddressField}

    def clean(self) -> dict[str, Any]:
        """The address is one the installation allows to be called."""
        values = super().clean() or {}
        if values.get("url"):
            try:
                egress.require_listed(values["url"])
            except RuleBroken as refusal:
                self.add_error("url", str(refusal))
        return values


def _secret_replaced(endpoint: WebhookEndpoint, by: User, reason: str) -> str:
    secret = webhooks.replace_secret(endpoint, by=by, reason=reason)
    return gettext("Copy this secret now; it is shown only once: %(secret)s") % {"secret": secret}


@admin.register(WebhookEndpoint)
class WebhookEndpointAdmin(ShownOnceAdmin):
    """Addresses that are told of events."""

    adding_form = WebhookForm
    shown_fields = (
        "account",
        "url",
        "events",
        "is_active",
        "made_at",
        "failures",
        "last_success_at",
        "last_failure_at",
    )
    list_display = ("url", "account", "is_active", "failures", "last_success_at", "last_failure_at")
    list_filter = ("account", "is_active")
    list_select_related = ("account",)
    reasoned_actions = (
        ReasonedAction(
            "replace-secret",
            _("Make a new signing secret"),
            _("Messages are signed with the new secret at once; give it to the other system."),
            _secret_replaced,
        ),
    )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The signing secret is shown on the next page and nowhere else."""
        if change:
            super().save_model(request, obj, form, change)
            return
        values = form.cleaned_data
        endpoint, secret = webhooks.register(
            values["account"], by=person(request), url=values["url"], to_be_told=values["events"]
        )
        obj.pk = endpoint.pk
        messages.warning(
            request, gettext("Copy this secret now; it is shown only once: %(secret)s") % {"secret": secret}
        )
