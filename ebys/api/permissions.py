"""What a key may be used for: each method of each view names the scope it needs."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.authority import works_in_unit
from accounts.models import User
from ebys.models import ApiKey


class HasScope(BasePermission):
    """The key carries the scope of this method; a method without one does not exist."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the key is good for this."""
        method = "GET" if request.method == "HEAD" else str(request.method)
        if method not in view.scopes:
            raise MethodNotAllowed(method)
        needed = view.scopes[method]
        self.message = _("This key lacks the scope “%(scope)s”.") % {"scope": needed}
        return isinstance(request.auth, ApiKey) and needed in request.auth.scopes


class WorksInUnit(BasePermission):
    """The key's user does the unit's work, as the pages of the unit ask for."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether they do."""
        self.message = _("Only the unit's staff may do this.")
        return isinstance(request.user, User) and works_in_unit(request.user)
