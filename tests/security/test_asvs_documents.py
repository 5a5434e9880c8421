"""docs/protection.md says what the code says: levels of data, keys, cryptography, connections, limits."""

from __future__ import annotations

import ast
import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml
from django.apps import apps

from config.components import components
from config.env import CHECKOUT
from config.rooms import ROOMS
from config.secrets import write
from processes.filetypes import ACCEPTED
from tests.security.test_rules import calls, trees

OWN = ("audit", "accounts", "processes", "ebys", *ROOMS)
SIZES = {"MB": 1024 * 1024}
CRYPTOGRAPHY = re.compile(
    r"(?:hashlib|hmac|secrets|ssl|cryptography|webauthn|django\.utils\.crypto)(?:\.|\Z)"
)
CALLING = re.compile(
    r"(?:http\.client|urllib\.request|socket|smtplib|ldap3|ftplib|telnetlib|requests|httpx)(?:\.|\Z)"
)
WEAK = re.compile(r"\b(?:md5|MD5|sha1|SHA1|DES|TripleDES|ARC4|RC4|Blowfish|ECB|PKCS1v15)\b")


@cache
def told() -> str:
    return (CHECKOUT / "docs/protection.md").read_text(encoding="utf-8")


def section(title: str) -> str:
    """What stands under a heading."""
    return told().partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def imports(tree: ast.AST) -> Iterator[str]:
    """The modules a module uses."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def files_using(pattern: re.Pattern[str]) -> set[str]:
    return {path for path, tree in trees().items() if any(pattern.match(name) for name in imports(tree))}


# Data (14.1.1)


def test_every_model_has_exactly_one_level() -> None:
    of_ours = "|".join(OWN)
    named = re.findall(rf"`((?:{of_ours})\.\w+)`", section("Levels of data"))
    models = [model._meta.label for app in OWN for model in apps.get_app_config(app).get_models()]

    assert sorted(set(models) - set(named)) == []
    assert sorted(set(named) - set(models)) == []
    assert sorted(name for name in set(named) if named.count(name) > 1) == []


# Keys and algorithms (11.1.1–11.4.1, 11.5.1)


def test_every_secret_has_its_row(tmp_path: Path) -> None:
    made = {path.name for path in write(tmp_path / "secrets") if not path.name.endswith("_URL")}

    assert sorted(name for name in made if f"`{name}`" not in section("Keys and algorithms")) == []


def test_every_place_that_uses_cryptography_is_on_the_list() -> None:
    named = set(re.findall(r"`([\w/]+\.py)`", section("Keys and algorithms")))

    assert sorted(files_using(CRYPTOGRAPHY) - named) == []
    assert sorted(named - files_using(CRYPTOGRAPHY)) == []


def test_what_is_weak_stands_only_where_others_fix_it() -> None:
    """SHA-1 for version 1.3 packages and in the list of leaked passwords; the finder of weak hashes itself."""
    names = {
        (path, name)
        for path, tree in trees().items()
        for node in ast.walk(tree)
        for name in [
            getattr(node, "attr", None)
            or getattr(node, "id", None)
            or (node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else "")
        ]
        if isinstance(name, str) and len(name) < 60 and WEAK.search(name)
    }

    assert {path for path, _name in names} <= {
        "accounts/leaked.py",
        "ebys/eyp/digests.py",
        "processes/keepers/database.py",
    }


def test_ciphers_seal_what_they_hide() -> None:
    """AES-GCM and Fernet; the one bare mode is the header of a time-stamp authority, as its protocol wants it."""
    bare = {
        path
        for path, tree in trees().items()
        for name, _call in calls(tree)
        if name in {"Cipher", "CBC", "CTR", "CFB", "OFB", "ECB"}
    }
    sealing = {
        path
        for path, tree in trees().items()
        for name, _call in calls(tree)
        if name in {"AESGCM", "MultiFernet"}
    }

    assert bare == {"audit/timestamps.py"}
    assert sealing == {"accounts/sealed.py", "config/envelopes.py", "processes/paging.py"}


def test_chance_that_can_be_guessed_stands_in_invented_data_only() -> None:
    assert {path for path in files_using(re.compile(r"random(?:\.|\Z)")) if "demo" not in path} == set()


def test_whatever_must_not_be_guessed_is_long_enough() -> None:
    """Bytes drawn for secrets, sealing and sessions: at least 128 bits, but for two that open nothing by themselves."""
    drawn = {
        (path, name, call.args[0].value)
        for path, tree in trees().items()
        for name, call in calls(tree)
        if name in {"token_urlsafe", "token_hex", "token_bytes", "urandom"}
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }
    short = {(path, size) for path, _name, size in drawn if isinstance(size, int) and size < 16}

    assert len(drawn) >= 8
    # the readable beginning of a key, a word for a search that only its searcher opens
    assert short <= {("ebys/services/keys.py", 4), ("processes/views/search.py", 9)}


# Connections (13.1.1)


def test_every_place_that_calls_outside_is_on_the_list() -> None:
    named = set(re.findall(r"`([\w/]+\.py)`", section("Connections")))

    assert sorted(files_using(CALLING) - named) == []
    assert sorted(named - files_using(CALLING)) == []


def test_no_redirect_is_followed_where_the_program_calls() -> None:
    """`http.client` follows none; urllib would, and stands only in the client EBYS's people start themselves."""
    urllib = files_using(re.compile(r"urllib\.request(?:\.|\Z)"))

    assert urllib <= {"ebys/management/commands/ebys_client.py"}
    assert files_using(re.compile(r"(?:requests|httpx|urllib3|aiohttp)(?:\.|\Z)")) == set()


# Limits (2.1.3, 5.1.1)

LIMIT = re.compile(r"^\| `([\w.]+)\.(\w+)` \| (\d+)(?: (MB))? \|", re.MULTILINE)


@pytest.mark.parametrize("row", LIMIT.findall(told()), ids=lambda row: f"{row[0]}.{row[1]}")
def test_every_limit_is_the_one_of_the_code(row: tuple[str, str, str, str]) -> None:
    module, name, number, size = row

    assert getattr(importlib.import_module(module), name) == int(number) * SIZES.get(size, 1)


def test_the_paces_are_those_of_the_settings() -> None:
    text = (CHECKOUT / "config/settings.py").read_text(encoding="utf-8")
    found = re.search(r"^PACES = (\{.*\})$", text, re.MULTILINE)
    assert found is not None
    paces = ast.literal_eval(found[1])

    words = ", ".join(f"{kind} {most} in {per} s" for kind, (most, per) in paces.items())
    assert f"| `config.settings.PACES` | {words} |" in told()


def test_every_kind_of_file_is_named() -> None:
    text = section("Limits")
    names = {"pdf": "PDF", "png": "PNG", "jpg": "JPEG", "docx": "Word", "xlsx": "Excel", "pptx": "PowerPoint"}
    names |= {"odt": "OpenDocument", "ods": "OpenDocument", "eyp": "EYP", "txt": "plain text", "csv": "CSV"}

    assert {kind.extensions[0] for kind in ACCEPTED} == set(names)
    assert [word for word in names.values() if word not in text] == []


# Components (15.1.4) and layers that log (16.1.1)


def test_components_called_risky_are_there() -> None:
    rows = re.findall(r"^\| (\w[^|]*?) \| [^|]+ \| [^|]+ \|$", section("Components"), re.MULTILINE)
    named = {word.lower() for row in rows for word in re.findall(r"[A-Za-z]\w+", row)}

    assert {"pillow", "pypdf", "defusedxml", "weasyprint", "ldap3", "webauthn"} <= named & {
        part.name for part in components()
    }


def test_every_service_that_logs_has_its_row() -> None:
    services = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    words = {"db": "PostgreSQL", "redis": "Redis", "nginx": "nginx"}
    words |= dict.fromkeys(("prepare", "web", "worker", "beat", "sealer", "backup"), "portal")

    assert set(services) == set(words)
    assert [word for word in words.values() if word not in section("Logs")] == []
