"""What tests of the seals share."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


@pytest.fixture
def seals(tmp_path: Path, settings: Any) -> Path:
    """A folder of its own for published checkpoints."""
    settings.SEALS_FOLDER = tmp_path / "seals"
    return settings.SEALS_FOLDER
