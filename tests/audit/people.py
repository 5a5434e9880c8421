"""People for tests of the trail, which knows nothing of roles."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.db import transaction

from accounts.models import User


@transaction.atomic
def somebody(username: str = "ayse") -> User:
    """A person with an account."""
    return get_user_model().objects.create_user(
        username, password="sbs-test-2026", first_name="Ayşe", last_name="Yıldırım"
    )
