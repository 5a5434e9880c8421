"""Who keeps the register of staff in these tests, and where its people work."""

from __future__ import annotations

import pytest

from accounts.models import Institution, User
from accounts.roles import Role
from tests.accounts.people import institution, person


@pytest.fixture
def officer() -> User:
    return person(Role.IT_OFFICER)


@pytest.fixture
def hospital() -> Institution:
    return institution()
