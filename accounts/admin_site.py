"""The stock admin behind our own door: for the unit head in person, with the second factor given."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, TypeVar, cast

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.options import ModelAdmin
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from accounts.access import ADMIN, is_signed_in
from accounts.looking import looked_for, read_in_admin
from accounts.roles import ADMIN_PERMISSIONS

ViewT = TypeVar("ViewT", bound=Callable[..., Any])
# Libraries register their tables with every admin; keys and tokens of theirs have no place on a screen.
SHOWN_APPS = frozenset(
    pattern.partition(".")[0] for patterns in ADMIN_PERMISSIONS.values() for pattern in patterns
)


class SbsAdminSite(admin.AdminSite):
    """Lets in nobody but the unit head; everybody else goes through the portal's log-in or is refused."""

    site_title = _("Administration")
    site_header = _("Administration of the health information systems unit")
    index_title = _("People, catalogue and records")
    site_url = "/"
    empty_value_display = "–"

    def register(
        self,
        model_or_iterable: type[Model] | Iterable[type[Model]],
        admin_class: type[ModelAdmin[Any]] | None = None,
        **options: Any,
    ) -> None:
        """Only models of our own apps are taken in."""
        models = [model_or_iterable] if isinstance(model_or_iterable, type) else list(model_or_iterable)
        ours = [model for model in models if model._meta.app_label in SHOWN_APPS]
        super().register(ours, admin_class, **options)

    def admin_view(self, view: ViewT, cacheable: bool = False) -> ViewT:
        """Behind the door; and the trail tells what was read."""

        @wraps(view)
        def told(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            answer = view(request, *args, **kwargs)
            if request.method == "GET":
                read_in_admin(answer)
            return answer

        return super().admin_view(cast(ViewT, told), cacheable)

    def autocomplete_view(self, request: HttpRequest) -> HttpResponse:
        """A look-up while a form is filled in."""
        answer = super().autocomplete_view(request)
        if answer.status_code == 200:
            looked_for(self._looked_up(request), {"words": request.GET.get("term", "")})
        return answer

    def _looked_up(self, request: HttpRequest) -> type[Model]:
        """The kind of record the field leads to; the view has checked the names already."""
        source = apps.get_model(request.GET["app_label"], request.GET["model_name"])
        target = source._meta.get_field(request.GET["field_name"]).related_model
        assert isinstance(target, type)
        return target

    def has_permission(self, request: HttpRequest) -> bool:
        """The same rule as the door of the portal (`config.access`)."""
        return ADMIN.allows(request)

    @method_decorator(never_cache)
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one log-in page; whoever is signed in completely and still not let in is refused."""
        if is_signed_in(request):
            if self.has_permission(request):
                return redirect("admin:index")
            raise PermissionDenied(str(ADMIN.refusal))
        asked = request.GET.get(REDIRECT_FIELD_NAME) or reverse("admin:index")
        return redirect(f"{reverse('login')}?{urlencode({REDIRECT_FIELD_NAME: asked})}")

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The same log-out as everywhere else, so that the trail tells it."""
        from accounts.views.log_in import logout

        return logout(request)

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The portal's own page."""
        return redirect("password-change")
