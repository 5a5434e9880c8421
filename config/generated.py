"""Committed files that are written by the program, so that they can't tell something else than the code does.

python -m config.generated write     bring them in step
python -m config.generated check     fails and names those that are not
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable
from pathlib import Path

import django
from django.core.management import call_command

CHECKOUT = Path(__file__).resolve().parent.parent


def openapi() -> str:
    """The description of the interface for EBYS."""
    output = io.StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", "--lang", "en", stdout=output)
    return output.getvalue()


def files() -> dict[str, Callable[[], str]]:
    """Every such file by its place in the checkout; the rooms that have moved in bring their own."""
    from config import describe

    return {"docs/openapi.yaml": openapi, **describe.files()}


def stale() -> dict[Path, str]:
    """The files that are missing or differ, with what they should contain."""
    found = {}
    for name, produce in files().items():
        path, content = CHECKOUT / name, produce()
        if not path.exists() or path.read_text(encoding="utf-8") != content:
            found[path] = content
    return found


def main() -> int:
    """The command line."""
    parser = argparse.ArgumentParser(
        prog="python -m config.generated", description="Files written by the program."
    )
    parser.add_argument("what", choices=("write", "check"))
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    django.setup()
    found = stale()
    for path, content in found.items():
        if given.what == "write":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        print(f"{'written' if given.what == 'write' else 'out of step'}: {path.relative_to(CHECKOUT)}")
    return 1 if found and given.what == "check" else 0


if __name__ == "__main__":
    sys.exit(main())
