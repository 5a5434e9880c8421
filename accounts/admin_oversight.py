"""The unit head's pages for certificates, the authorisation matrix and the training register."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import certificates
from accounts.admin_base import KeptAdmin, ModelForm, ReasonedAction
from accounts.models import ApprovedRight, ClientCertificate, Training, User


class CertificateForm(ModelForm):
    """A card is registered from the certificate it carries."""

    by: User
    pem = forms.CharField(
        label=_("Certificate (PEM)"),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"}),
    )

    class Meta:
        model = ClientCertificate
        fields = ("user",)

    def _post_clean(self) -> None:
        """The service builds and checks the row."""
        if self.errors:
            return
        try:
            self.instance = certificates.proposed(
                self.cleaned_data["user"], self.cleaned_data["pem"], by=self.by
            )
        except ValidationError as refusal:
            for name, errors in refusal.message_dict.items():
                self.add_error(name if name in self.fields else None, errors)


def _revoked(row: ClientCertificate, by: User, reason: str) -> str:
    certificates.revoke(row, by=by, reason=reason)
    return gettext("The certificate opens nothing any more.")


@admin.register(ClientCertificate)
class ClientCertificateAdmin(KeptAdmin):
    """Whose card is which."""

    list_display = ("user", "subject", "serial", "valid_until", "registered_by", "revoked_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter), "valid_until")
    list_select_related = ("user", "registered_by")
    search_fields = ("user__search_key", "serial")
    autocomplete_fields = ("user",)
    reasoned_actions = (
        ReasonedAction(
            "revoke",
            _("Revoke the certificate"),
            _(
                "For a lost card or a person who left: it opens nothing from now on, also not the open session."
            ),
            _revoked,
            lambda row: row.revoked_at is None,
        ),
    )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = ("user", "serial", "subject", "issuer", "valid_from", "valid_until", "registered_at")
        return (*shown, "registered_by", "revoked_at", "revoked_by") if obj else ("user", "pem")

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None:
            kwargs["form"] = type("Form", (CertificateForm,), {"by": request.user})
        return super().get_form(request, obj, change=change, **kwargs)


def _withdrawn(row: ApprovedRight, by: User, reason: str) -> str:
    row.withdrawn_at, row.withdrawn_by = timezone.now(), by
    row.save(update_fields=["withdrawn_at", "withdrawn_by"])
    return gettext("The approval was withdrawn. If the person still holds the role, take it back as well.")


class EnteredAdmin(KeptAdmin):
    """Rows that name who entered them."""

    autocomplete_fields: tuple[str, ...] = ("user",)
    search_fields: tuple[str, ...] = ("user__search_key",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.entered_by = request.user
        super().save_model(request, obj, form, change)


@admin.register(ApprovedRight)
class ApprovedRightAdmin(EnteredAdmin):
    """The approved authorisation matrix, a cell a row."""

    list_display = ("user", "role", "document", "approved_on", "valid_until", "withdrawn_at")
    list_filter = ("role", ("withdrawn_at", admin.EmptyFieldListFilter))
    list_select_related = ("user",)
    fields = ("user", "role", "document", "approved_on", "valid_until")
    reasoned_actions = (
        ReasonedAction(
            "withdraw",
            _("Withdraw the approval"),
            _("The matrix no longer has this cell."),
            _withdrawn,
            lambda row: row.withdrawn_at is None,
        ),
    )


@admin.register(Training)
class TrainingAdmin(EnteredAdmin):
    """Who was trained, and until when that counts."""

    list_display = ("full_name", "subject", "provider", "held_on", "valid_until")
    list_filter = ("held_on", "valid_until")
    list_select_related = ("user", "employee")
    autocomplete_fields = ("user", "employee")
    search_fields = ("user__search_key", "employee__search_key")
    fields = ("user", "employee", "subject", "provider", "held_on", "valid_until")

    @admin.display(description=_("person"))
    def full_name(self, row: Training) -> str:
        """The person, with an account or without."""
        return row.full_name
