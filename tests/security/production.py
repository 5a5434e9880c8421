"""What the settings say where it counts: asked of a process of its own in the mode of production."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

from config.env import CHECKOUT
from config.rehearsal import environment

PROGRAM = """
import json
from config import settings
from django.contrib.auth.hashers import Argon2PasswordHasher as hasher

said = {name: getattr(settings, name) for name in dir(settings) if name.isupper()}
print(json.dumps(said | {"ARGON2": [hasher.memory_cost, hasher.time_cost]}, default=str))
"""


@cache
def production() -> dict[str, Any]:
    """Every setting by its name, and under ARGON2 the memory (KiB) and the rounds a password takes."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environment(Path("/nowhere")),
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    said: dict[str, Any] = json.loads(done.stdout)
    return said
