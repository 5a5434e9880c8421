"""Who works on letters in these tests."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.models import User
from accounts.roles import Role
from tests.accounts import people
from tests.accounts.people import signed_in_client


@pytest.fixture
def lead() -> User:
    """Who routes and approves."""
    return people.person(Role.IT_LEAD, language="en")


@pytest.fixture
def browser(lead: User) -> Client:
    """The lead's browser, in English."""
    return signed_in_client(lead)
