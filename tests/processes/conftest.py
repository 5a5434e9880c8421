"""A desk to test around, and the sentences in English."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from tests.laying import laid
from tests.processes.records import Desk, desk


@laid
def around() -> Desk:
    """An officer's desk with a request on it."""
    return desk()


@pytest.fixture
def in_english() -> Iterator[None]:
    """Sentences are compared in English, whichever translation changes."""
    with translation.override("en"):
        yield
