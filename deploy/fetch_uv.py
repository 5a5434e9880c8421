"""Fetches uv's program from PyPI where Python came without pip: `python deploy/fetch_uv.py FOLDER`. Standard library only."""

from __future__ import annotations

import hashlib
import io
import json
import platform
import sys
import urllib.request
import zipfile
from pathlib import Path
from urllib.parse import urljoin

INDEX = "https://pypi.org/pypi/uv/json"


def main(folder: Path) -> int:
    """Takes the newest wheel for this machine, checks its digest and lays `uv` into the folder."""
    with urllib.request.urlopen(INDEX, timeout=60) as answer:
        files = json.load(answer)["urls"]
    machine = platform.machine()
    wheel = next(
        (
            file
            for file in files
            if file["filename"].endswith(".whl")
            and "manylinux" in file["filename"]
            and file["filename"].removesuffix(".whl").endswith(machine)
        ),
        None,
    )
    if wheel is None:
        print(f"PyPI has no uv for {machine}.", file=sys.stderr)
        return 1
    with urllib.request.urlopen(urljoin(INDEX, wheel["url"]), timeout=300) as answer:
        content = answer.read()
    if hashlib.sha256(content).hexdigest() != wheel["digests"]["sha256"]:
        print("The download of uv is damaged; try again.", file=sys.stderr)
        return 1
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        name = next(name for name in archive.namelist() if name.endswith("/scripts/uv"))
        folder.mkdir(parents=True, exist_ok=True)
        program = folder / "uv"
        program.write_bytes(archive.read(name))
        program.chmod(0o755)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
