"""How a person proves who they are with a password, and what the stock admin may offer them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.models import AnonymousUser
from django.db.models import Model
from django.db.models.functions import Lower
from django.http import HttpRequest

from accounts.authority import own_roles
from accounts.models import User
from accounts.roles import ADMIN_PERMISSIONS, Role, permits
from accounts.windows import with_windows


class RoleBackend(BaseBackend):
    """User name or registry number with a password; permissions follow from granted roles, never from groups."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> User | None:
        """The active person with that password. Takes as long for an unknown name as for a wrong password."""
        if not username or password is None:
            return None
        user = named(username)
        if user is None:
            User().set_password(password)
            return None
        may_enter = user.is_active and not user.is_technical
        return user if user.check_password(password) and may_enter else None

    def get_user(self, user_id: int) -> User | None:
        """The person behind a session, with the place they work at and the hours they may log in, since every page asks."""
        people = with_windows(User.objects.active()).select_related("institution", "unit")
        try:
            return people.get(pk=user_id)
        except User.DoesNotExist:
            return None

    def has_perm(self, user_obj: User | AnonymousUser, perm: str, obj: Model | None = None) -> bool:
        """Whether one of the person's own roles covers the permission; lent roles do not reach the admin."""
        return any(permits(role, perm) for role in own_roles(user_obj))

    def has_module_perms(self, user_obj: User | AnonymousUser, app_label: str) -> bool:
        """Whether the admin shows the person this app at all."""
        return any(
            pattern.partition(".")[0] == app_label
            for role in own_roles(user_obj)
            for pattern in ADMIN_PERMISSIONS.get(Role(role), ())
        )


def named(identifier: str) -> User | None:
    """The person with this user name (capitals do not matter) or, when it is all digits, this registry number."""
    identifier = identifier.strip()
    if not identifier or "\x00" in identifier:
        return None
    people = User.objects.select_related("institution", "unit")
    if identifier.isascii() and identifier.isdigit():
        found: User | None = people.filter(registry_no=identifier).first()
    else:
        found = people.annotate(lowered=Lower("username")).filter(lowered=identifier.lower()).first()
    return found
