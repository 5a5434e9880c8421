"""What the documents name is there: files they link to, commands they tell people to type, settings they list."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.core.management import get_commands

from config.env import CHECKOUT

OWN_PAGES = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "tests/**/*.md")
    for path in CHECKOUT.glob(pattern)
    if ".venv" not in path.parts
)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)|(?:src|href|srcset)=\"([^\"]+)\"")
FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
# A path as prose writes it: `processes/gate.py`, `deploy/`, `docs/adr/`; a pattern with * must match something.
PATH = re.compile(r"(?:\.?[a-z][\w.-]*/)+[\w.*-]*")
ROOTS = {path.name for path in CHECKOUT.iterdir() if path.is_dir()} - {"var"}
MADE_LATER = ("deploy/secrets", "deploy/tls", "deploy/cards")  # by whoever installs the portal
MAKE = re.compile(r"^(?:[A-Z_]+=\S+ )*make ([a-z]+)")
MANAGE = re.compile(r"manage\.py ([a-z_]+)")

each_page = pytest.mark.parametrize("page", OWN_PAGES, ids=lambda path: path.relative_to(CHECKOUT).as_posix())


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def headings(page: Path) -> set[str]:
    """The anchors GitHub gives to the headings of a page."""
    found = re.findall(r"^#+ (.+)$", FENCE.sub("", text_of(page)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.strip().lower()).replace(" ", "-") for title in found}


@each_page
def test_relative_links_lead_somewhere(page: Path) -> None:
    broken = []
    for first, second in LINK.findall(FENCE.sub("", text_of(page))):
        target, _hash, anchor = (first or second).partition("#")
        if "://" in target or target.startswith("mailto:"):
            continue
        found = page if not target else (page.parent / target).resolve()
        if not found.exists() or (anchor and found.suffix == ".md" and anchor not in headings(found)):
            broken.append(first or second)

    assert broken == []


@each_page
def test_files_named_in_prose_are_there(page: Path) -> None:
    named = [word for code in CODE.findall(FENCE.sub("", text_of(page))) for word in PATH.findall(code)]
    missing = [
        name
        for name in named
        if name.split("/")[0] in ROOTS
        and not name.startswith(MADE_LATER)
        and not list(CHECKOUT.glob(name.rstrip("/")))
    ]

    assert missing == []


@each_page
def test_make_targets_exist(page: Path) -> None:
    known = set(re.findall(r"^([a-z]+):", text_of(CHECKOUT / "Makefile"), re.MULTILINE))

    typed = [
        *CODE.findall(FENCE.sub("", text_of(page))),
        *"\n".join(FENCE.findall(text_of(page))).splitlines(),
    ]
    named = {found[1] for line in typed if (found := MAKE.match(line))}

    assert sorted(named - known) == []


@each_page
def test_management_commands_exist(page: Path) -> None:
    assert sorted(set(MANAGE.findall(text_of(page))) - set(get_commands())) == []


def test_operations_tell_of_every_setting_of_the_environment() -> None:
    told = text_of(CHECKOUT / "docs" / "operations.md")
    read = set(
        re.findall(r'"((?:SBS_[A-Z_]+)|DATABASE_URL|REDIS_URL)"', text_of(CHECKOUT / "config" / "env.py"))
    )

    assert sorted(name for name in read - {"SBS_DEMO"} if f"`{name}`" not in told) == []


def test_the_readme_is_in_both_languages() -> None:
    told = text_of(CHECKOUT / "README.md")

    assert told.index("make run") < told.index("## In English") < told.rindex("make run")


def test_the_glossary_names_enough_and_nothing_twice() -> None:
    rows = re.findall(
        r"^\| (.+?) \| (.+?) \| (.+?) \|$", text_of(CHECKOUT / "docs" / "glossary.md"), re.MULTILINE
    )
    words = [turkish for turkish, _english, _code in rows if turkish != "Türkçe"]

    assert len(words) >= 70
    assert sorted(word for word in set(words) if words.count(word) > 1) == []
