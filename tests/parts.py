"""Parts of the machine that some tests need: nginx, a browser, pgBackRest, disks of a chosen size.

On a developer's machine a test without its part is left out and says what is missing. Where everything has to be looked
at (`CI=1`, as `.ci/run` sets it) the same test fails: what was not tried must not look like what holds.
"""

from __future__ import annotations

import os
import shutil
from typing import NoReturn

import pytest

PLACES = os.pathsep.join(("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"))


def missing(complaint: str) -> NoReturn:
    """This test cannot be made here."""
    if os.environ.get("CI"):
        pytest.fail(f"CI=1 and {complaint}", pytrace=False)
    pytest.skip(complaint)


def program(*names: str, package: str) -> str:
    """Where the first of these programs is; root brings it with `package`."""
    for name in names:
        if found := shutil.which(name) or shutil.which(name, path=PLACES):
            return found
    missing(f"no {names[0]} on this machine (as root: apt-get install {package})")
