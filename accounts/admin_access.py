"""The unit head's pages for log-in windows and acknowledged rights."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import windows
from accounts.admin_base import KeptAdmin, LookedAtAdmin, ModelForm, ReasonedAction
from accounts.models import AccessWindow, Acknowledgement, User
from accounts.models.windows import Weekday
from audit.context import current


class AccessWindowForm(ModelForm):
    """Days as ticks."""

    days = forms.TypedMultipleChoiceField(
        label=_("Days"),
        choices=Weekday.choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("None ticked: every day."),
    )

    def _post_clean(self) -> None:
        super()._post_clean()
        by, here = current().person, current().address
        if isinstance(by, User) and not self.errors and not windows.leaves_in(by, self.instance, here):
            sentence = _(
                "You would shut yourself out: with this window you could come in from where you are at no hour of the "
                "week. Widen it, or give yourself a window of your own first. Nothing was saved."
            )
            self.add_error(None, ValidationError(sentence, code="shuts_out"))


def _ended(window: AccessWindow, by: User, reason: str) -> str:
    if window.ended_at is not None:
        raise ValidationError(gettext("This window has already ended."), code="ended")
    window.ended_at, window.ended_by = timezone.now(), by
    window.save(update_fields=["ended_at", "ended_by"])
    return gettext("The window has ended.")


@admin.register(AccessWindow)
class AccessWindowAdmin(KeptAdmin):
    """When and from where people may log in."""

    form = AccessWindowForm
    list_display = (
        "__str__",
        "day_names",
        "starts",
        "ends",
        "networks",
        "valid_from",
        "valid_until",
        "ended_at",
    )
    list_filter = ("kind", "role", ("ended_at", admin.EmptyFieldListFilter))
    list_select_related = ("user",)
    autocomplete_fields = ("user",)
    search_fields = ("user__search_key",)
    fields = (
        "kind",
        "user",
        "role",
        "days",
        "starts",
        "ends",
        "networks",
        "valid_from",
        "valid_until",
        "reason",
    )
    reasoned_actions = (
        ReasonedAction(
            "end",
            _("End the window"),
            _("It limits nobody any more."),
            _ended,
            lambda window: window.ended_at is None,
        ),
    )

    @admin.display(description=_("days"))
    def day_names(self, window: AccessWindow) -> str:
        return ", ".join(str(Weekday(day).label) for day in sorted(window.days))

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is not None:
            kwargs["form"] = ModelForm
        return super().get_form(request, obj, change=change, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.made_by = request.user
        super().save_model(request, obj, form, change)


@admin.register(Acknowledgement)
class AcknowledgementAdmin(LookedAtAdmin):
    """Who acknowledged which rights, and when."""

    list_display = ("user", "version", "at", "address", "printed")
    list_filter = ("version", "at")
    list_select_related = ("user",)
    search_fields = ("user__search_key",)
    fields = ("user", "version", "at", "address", "text", "text_hash")

    @admin.display(description=_("for the file"))
    def printed(self, row: Acknowledgement) -> SafeString:
        address = reverse("acknowledgement", args=[row.pk])
        return format_html('<a href="{}">{}</a>', address, gettext("Print"))
