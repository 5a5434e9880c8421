"""The list of what others wrote is whole, and a copy of the known holes finds what it names."""

from __future__ import annotations

import json
import zipfile
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from config.components import Component, bill, components, holes, is_affected, main

NOW = datetime(2026, 11, 22, tzinfo=UTC)
DJANGO = next(part for part in components() if part.name == "django")


def entry(name: str, number: str = "PYSEC-0000-1", **affected: Any) -> dict[str, Any]:
    return {
        "id": number,
        "modified": "2026-11-20T08:00:00Z",
        "aliases": ["CVE-0000-1"],
        "summary": "Invented for this test",
        "affected": [{"package": {"ecosystem": "PyPI", "name": name}, **affected}],
    }


def copy_of(folder: Path, *entries: dict[str, Any]) -> Path:
    path = folder / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number, one in enumerate(entries):
            archive.writestr(f"{number}.json", json.dumps(one))
    return path


def span(*events: dict[str, str]) -> dict[str, Any]:
    return {"ranges": [{"type": "ECOSYSTEM", "events": list(events)}]}


def test_the_list_holds_what_runs_and_nothing_of_the_tests() -> None:
    names = {part.name for part in components()}

    assert {"django", "celery", "redis", "gunicorn", "cryptography", "packaging", "kombu", "pillow"} <= names
    assert not names & {"pytest", "playwright", "ruff", "mypy", "schemathesis", "hypothesis", "sbs"}
    assert DJANGO.version == version("django")


def test_every_component_comes_from_the_one_registry_with_the_hashes_of_its_files() -> None:
    assert {part.source for part in components()} == {"https://pypi.org/simple"}
    assert [part.name for part in components() if not part.hashes or not all(part.hashes)] == []


def test_the_list_is_one_other_programs_read() -> None:
    found = bill([Component("django", "5.2.19", "", ("ab",))])

    assert (found["bomFormat"], found["specVersion"]) == ("CycloneDX", "1.5")
    assert found["components"][0]["purl"] == "pkg:pypi/django@5.2.19"


@pytest.mark.parametrize(
    ("affected", "expected"),
    [
        ({"versions": ["5.2.18", "5.2.19"]}, True),
        ({"versions": ["5.2.18"]}, False),
        (span({"introduced": "0"}), True),
        (span({"introduced": "0"}, {"fixed": "5.2.19"}), False),
        (span({"introduced": "0"}, {"fixed": "5.2.20"}), True),
        (span({"introduced": "5.2"}, {"last_affected": "5.2.19"}), True),
        (span({"introduced": "5.2"}, {"last_affected": "5.2.18"}), False),
        (span({"introduced": "6.0"}, {"fixed": "6.0.1"}), False),
        (span({"introduced": "0"}, {"fixed": "4.2"}, {"introduced": "5.2"}, {"fixed": "5.2.20"}), True),
        (span({"introduced": "0"}, {"fixed": "4.2"}, {"introduced": "5.2"}, {"fixed": "5.2.10"}), False),
        (span({"introduced": "0"}, {"fixed": "no version"}), True),
        ({"ranges": [{"type": "GIT", "events": [{"introduced": "0"}]}]}, False),
    ],
)
def test_a_version_is_affected_from_where_a_hole_came_in_to_where_it_was_mended(
    affected: dict[str, Any], expected: bool
) -> None:
    assert is_affected("5.2.19", affected) is expected


def test_a_hole_is_found_under_any_spelling_of_the_name(tmp_path: Path) -> None:
    found, newest = holes([DJANGO], copy_of(tmp_path, entry("Django", **span({"introduced": "0"}))))

    assert [(hole.component, hole.number, hole.also) for hole in found] == [
        (DJANGO, "PYSEC-0000-1", ("CVE-0000-1",))
    ]
    assert newest == datetime(2026, 11, 20, 8, tzinfo=UTC)


def test_what_was_taken_back_or_is_of_another_kind_is_none(tmp_path: Path) -> None:
    withdrawn = entry("django", **span({"introduced": "0"})) | {"withdrawn": "2026-01-01T00:00:00Z"}
    elsewhere = entry("django", **span({"introduced": "0"}))
    elsewhere["affected"][0]["package"]["ecosystem"] = "npm"

    assert holes([DJANGO], copy_of(tmp_path, withdrawn, elsewhere))[0] == []


def test_the_command_ends_with_one_when_a_hole_is_known(tmp_path: Path, capsys: Any) -> None:
    path = copy_of(tmp_path, entry("django", **span({"introduced": "0"}, {"fixed": "9.9"})))

    assert main(["holes", str(path)], NOW) == 1
    told = capsys.readouterr().out
    assert f"django {DJANGO.version}: PYSEC-0000-1, CVE-0000-1: Invented for this test; mended in 9.9" in told
    assert "the copy's newest entry is of 2026-11-20" in told


def test_the_command_is_content_with_a_fresh_copy_that_names_nothing_of_ours(tmp_path: Path) -> None:
    assert main(["holes", str(copy_of(tmp_path, entry("left-pad")))], NOW) == 0


def test_an_old_copy_proves_nothing(tmp_path: Path) -> None:
    assert main(["holes", str(copy_of(tmp_path, entry("left-pad")))], NOW + timedelta(days=40)) == 2


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"{}"])
def test_a_file_that_is_no_copy_is_told(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "all.zip").write_bytes(content)

    assert main(["holes", str(tmp_path / "all.zip")], NOW) == 2


def test_without_words_the_list_is_printed(capsys: Any) -> None:
    assert main([], NOW) == 0
    assert len(json.loads(capsys.readouterr().out)["components"]) == len(components())
