"""Fresh secrets of an installation, one file each, as `NAME_FILE` wants them.

    python -m config.secrets FOLDER

Nothing that exists is replaced: the field key reads what is stored, so losing it loses data. Keep a copy outside the machine.
"""

from __future__ import annotations

import base64
import os
import secrets
import sys
from collections.abc import Callable
from pathlib import Path


def _phrase() -> str:
    return secrets.token_urlsafe(64)


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _password() -> str:
    return secrets.token_urlsafe(24)


KINDS: dict[str, Callable[[], str]] = {
    "SBS_SECRET_KEY": _phrase,
    "SBS_FIELD_KEY": _key,
    "SBS_LOOKUP_KEY": _key,
    "SBS_SEAL_KEY": _key,
    "SBS_BACKUP_KEY": _key,
    "DATABASE_PASSWORD": _password,
    "REDIS_PASSWORD": _password,
}


def fresh() -> dict[str, str]:
    """One new value of every kind."""
    return {name: make() for name, make in KINDS.items()}


def write(folder: Path) -> list[Path]:
    """Writes what is missing, in a folder for its owner only; the addresses contain the passwords. Returns the new files."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)  # containers see single files, which their own users must be able to read
    written = [path for name, value in fresh().items() if _write(path := folder / name, value)]
    database, redis = (
        (folder / name).read_text(encoding="ascii") for name in ("DATABASE_PASSWORD", "REDIS_PASSWORD")
    )
    addresses = {
        "DATABASE_URL": f"postgresql://sbs:{database}@db:5432/sbs",
        "REDIS_URL": f"redis://:{redis}@redis:6379/0",
    }
    return [
        *written,
        *(path for name, value in addresses.items() if _write(path := folder / name, value)),
    ]


def _write(path: Path, value: str) -> bool:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o444)
    except FileExistsError:
        return False
    with os.fdopen(handle, "w", encoding="ascii") as output:
        output.write(value)
    return True


def main() -> int:
    """The command line."""
    if len(sys.argv) != 2:
        print("usage: python -m config.secrets FOLDER", file=sys.stderr)
        return 2
    for path in write(Path(sys.argv[1])):
        print(f"written: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
