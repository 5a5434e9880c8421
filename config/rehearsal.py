"""One management command under the settings of production, with secrets made up for the moment.

python -m config.rehearsal                              check --deploy, and a warning fails
python -m config.rehearsal collectstatic --noinput      as the image is built
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from config.env import CHECKOUT
from config.secrets import fresh

MACHINE = ("PATH", "LD_LIBRARY_PATH", "FONTCONFIG_FILE")  # where programs and libraries are
CHECK = ("check", "--deploy", "--fail-level", "WARNING")


def environment(var: Path) -> dict[str, str]:
    """All that production asks for; nothing at the addresses needs to answer."""
    return {
        **{name: os.environ[name] for name in MACHINE if name in os.environ},
        "SBS_MODE": "production",
        "SBS_VAR": str(var),
        "SBS_ALLOWED_HOSTS": "sbs.ornekova.example",
        "SBS_BASE_URL": "https://sbs.ornekova.example",
        "SBS_EMAIL_URL": "smtp://localhost:25",
        "SBS_EMAIL_FROM": "SBS <sbs@ornekova.example>",
        "DATABASE_URL": "postgresql://sbs_app:x@db.invalid/sbs?sslmode=verify-full",
        "REDIS_URL": "rediss://redis.invalid:6379/0",
    } | {name: value for name, value in fresh().items() if name.startswith("SBS_")}


def main() -> int:
    """The outcome of the command."""
    command = [sys.executable, str(CHECKOUT / "manage.py"), *(sys.argv[1:] or CHECK)]
    return subprocess.run(command, env=environment(CHECKOUT / "var"), cwd=CHECKOUT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
