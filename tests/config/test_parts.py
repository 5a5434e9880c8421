"""What was not tried never looks like what holds: a test without its part fails where everything has to be looked at."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from _pytest.outcomes import Failed, Skipped

from config.env import CHECKOUT
from tests import parts

CI = CHECKOUT / ".ci" / "run"
LEAVING_OUT = re.compile(
    r"pytest\.(?:skip|xfail|importorskip)\(|mark\.(?:skip|skipif|xfail)\b|unittest\.skip"
)


def test_a_missing_part_fails_in_the_whole_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "1")
    with pytest.raises(Failed, match=r"no no-such-part on this machine .as root: apt-get install it"):
        parts.program("no-such-part", package="it")


def test_a_missing_part_leaves_the_test_out_on_a_desk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(Skipped, match="no no-such-part on this machine"):
        parts.program("no-such-part", package="it")


def test_a_part_beside_the_path_of_an_ordinary_user_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    there = shutil.which("sh")
    monkeypatch.setenv("PATH", "/nowhere")
    assert there is not None
    assert Path(parts.program("no-such-part", "sh", package="dash")).samefile(there)


def test_nothing_else_leaves_a_test_out() -> None:
    found = [
        str(path.relative_to(CHECKOUT))
        for path in sorted((CHECKOUT / "tests").rglob("*.py"))
        if LEAVING_OUT.search(path.read_text(encoding="utf-8"))
    ]
    assert found == ["tests/parts.py"]


def test_the_whole_run_brings_every_part_a_test_asks_for() -> None:
    asked = {
        package
        for path in sorted((CHECKOUT / "tests").rglob("*.py"))
        if path.name != "test_parts.py"
        for package in re.findall(r'package="([a-z-]+)"', path.read_text(encoding="utf-8"))
    }
    line = re.search(r"^for part in (.+); do$", CI.read_text(encoding="utf-8"), re.MULTILINE)
    assert line is not None
    assert asked >= {"chromium", "nginx-light", "pgbackrest"}
    assert asked <= {pair.partition(":")[2] for pair in line[1].split()}
    assert "export CI=1" in CI.read_text(encoding="utf-8")


def test_the_whole_run_is_a_shell_script_that_can_be_read() -> None:
    assert subprocess.run(["sh", "-n", str(CI)], check=False).returncode == 0
