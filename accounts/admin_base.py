"""What every page of the admin shares: nothing is deleted, and what needs a reason asks for one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.models.keys import NamedQuerySet
from audit.context import because

Text = str | Promise

# The stubs know these classes as generic; at run time they are not.
if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
    TabularInline = admin.TabularInline[Any, Any]
    ModelForm = forms.ModelForm[Any]
else:
    ModelAdmin, TabularInline, ModelForm = admin.ModelAdmin, admin.TabularInline, forms.ModelForm


@dataclass(frozen=True)
class ReasonedAction:
    """Something the unit head does to one record, with a reason. `run` returns a sentence for the next page."""

    key: str
    label: Text
    explanation: Text
    run: Callable[[Any, User, str], Text]
    offered: Callable[[Any], bool] = lambda record: True


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label=_("Reason"), max_length=250, widget=forms.TextInput(attrs={"class": "vTextField"})
    )


class RecordAdmin(ModelAdmin):
    """Records that end but never disappear. Searches in Turkish where the model has a search key."""

    reasoned_actions: Sequence[ReasonedAction] = ()
    change_form_template = "admin/accounts/change_form.html"
    show_full_result_count = False
    list_per_page = 50
    actions = None

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Each word begins a word of the name, with or without Turkish letters; or stands in another column searched."""
        if not search_term or not isinstance(queryset, NamedQuerySet):
            return super().get_search_results(request, queryset, search_term)
        named = queryset.found_by(search_term.replace("\x00", ""))
        if set(self.search_fields) == {"search_key"}:
            return named, False
        found, may_repeat = super().get_search_results(request, queryset, search_term)
        return named | found, may_repeat

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The trail tells that the change came from the admin."""
        with because(step="admin"):
            super().save_model(request, obj, form, change)

    def get_urls(self) -> list[URLPattern]:
        own = [
            path(
                f"<path:object_id>/{action.key}/",
                self.admin_site.admin_view(self._view_of(action)),
                name=self._url_name(action),
            )
            for action in self.reasoned_actions
        ]
        return own + super().get_urls()

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """The buttons of the record's actions."""
        context["reasoned_actions"] = [
            {"label": action.label, "url": reverse(f"admin:{self._url_name(action)}", args=[obj.pk])}
            for action in self.reasoned_actions
            if obj is not None and action.offered(obj)
        ]
        return super().render_change_form(request, context, add, change, form_url, obj)

    def _url_name(self, action: ReasonedAction) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{action.key.replace('-', '_')}"

    def _view_of(self, action: ReasonedAction) -> Callable[..., HttpResponse]:
        def view(request: HttpRequest, object_id: str) -> HttpResponse:
            return self._reasoned(request, object_id, action)

        return view

    def _reasoned(self, request: HttpRequest, object_id: str, action: ReasonedAction) -> HttpResponse:
        """Ask for the reason, do it, tell what came of it."""
        obj = self.get_object(request, object_id)
        by = request.user
        if obj is None:
            raise Http404
        if not isinstance(by, User) or not self.has_change_permission(request):
            raise PermissionDenied
        form = ReasonForm(request.POST or None)
        if form.is_valid():
            try:
                with transaction.atomic(), because(step="admin"):
                    told = action.run(obj, by, form.cleaned_data["reason"])
            except ValidationError as refusal:
                form.add_error(None, ValidationError(refusal.messages))
            else:
                messages.success(request, str(told))
                return HttpResponseRedirect(self._page_of(obj))
        context = {
            **self.admin_site.each_context(request),
            "title": action.label,
            "subtitle": str(obj),
            "action": action,
            "form": form,
            "opts": self.opts,
            "original": obj,
            "back": self._page_of(obj),
        }
        return TemplateResponse(
            request, "admin/accounts/reasoned_action.html", context, status=422 if form.errors else 200
        )

    def _page_of(self, obj: Model) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[obj.pk])


class LookedAtAdmin(RecordAdmin):
    """Rows to look at: what happens to them happens on pages of their own, or by the program."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class KeptAdmin(RecordAdmin):
    """Rows that are added and perhaps ended, and never edited."""

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return [field.name for field in self.opts.fields if field.name != "id"] if obj else ()

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """An existing row has nothing to save."""
        if change:
            context.update(show_save=False, show_save_and_continue=False, show_save_and_add_another=False)
        return super().render_change_form(request, context, add, change, form_url, obj)


class ReadOnlyInline(TabularInline):
    """Rows shown beside a record and changed elsewhere."""

    extra = 0
    can_delete = False
    show_change_link = True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
