"""What tests of the seals share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from audit.verifying import GUARDS


@pytest.fixture
def seals(tmp_path: Path, settings: Any) -> Path:
    """A folder of its own for published checkpoints."""
    settings.SEALS_FOLDER = tmp_path / "seals"
    return settings.SEALS_FOLDER


@pytest.fixture
def guarded(transactional_db: None) -> Iterator[None]:
    """The trail as in production: nobody may empty its tables either, which the tests otherwise must."""
    with connection.cursor() as cursor:
        for table in GUARDS:
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_truncate")
    yield
    with connection.cursor() as cursor:
        for table in GUARDS:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_no_truncate")
