"""The export, and the program that checks it with Python alone in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connection, transaction

from audit import exporting, keys, offline_verifier, sealing
from audit.models import Checkpoint
from audit.notes import Signer, read_epoch
from tests.audit.sealed import as_superuser, publish, seal, sealed, write
from tests.database.logins import OWNER, SEALER, entered_as

pytestmark = pytest.mark.usefixtures("seals")
committed = pytest.mark.django_db(transaction=True)


def check(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """The verifier that came with the export, isolated from everything installed here."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(folder / "verify.py"), str(folder), *more],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env={"PATH": "/usr/bin", "PYTHONIOENCODING": "utf-8"},
    )


def counts(folder: Path) -> dict[str, int]:
    return offline_verifier.verify(folder)[0].counts


@pytest.fixture
def exported(transactional_db: None, seals: Path, tmp_path: Path) -> Path:
    sealed(3, 4)
    return exporting.export(tmp_path / "trail").folder


def test_an_untouched_export_is_whole(exported: Path, seals: Path) -> None:
    found = check(exported, "--key", keys.signer().verifier.text, "--seals", str(seals))
    assert (found.returncode, found.stderr) == (0, "")
    assert "13 entries (places 0-12), 6 seals, 6 signatures" in found.stdout
    assert found.stdout.endswith("TAMAM / WHOLE\n")


def test_it_warns_when_the_key_came_with_the_export(exported: Path) -> None:
    assert "--key" in check(exported).stdout


def test_another_key_than_the_one_on_paper_is_noticed(exported: Path) -> None:
    stranger = Signer(keys.origin(), b"\x09" * 32).verifier.text
    found = check(exported, "--key", stranger)
    assert found.returncode == 1
    assert "signature" in found.stdout


@committed
@pytest.mark.parametrize(("name", "step"), [("entries.jsonl", 3), ("checkpoints.jsonl", 1), ("key.txt", 1)])
def test_every_single_byte_counts(tmp_path: Path, name: str, step: int) -> None:
    sealed(1, 2)
    exported = exporting.export(tmp_path / "trail").folder
    path = exported / name
    original = path.read_bytes()
    unnoticed = []
    for place in range(0, len(original), step):
        changed = bytearray(original)
        changed[place] ^= 0x01
        path.write_bytes(bytes(changed))
        if not counts(exported):
            unnoticed.append(place)
    assert unnoticed == []


def test_the_place_of_the_first_changed_entry_is_told(exported: Path) -> None:
    path = exported / "entries.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[5] = lines[5].replace("viewed", "vieweD")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert "at place 5 is not what was sealed" in check(exported).stdout


def test_an_entry_left_out_is_noticed(exported: Path) -> None:
    path = exported / "entries.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:5] + lines[6:]), encoding="utf-8")
    assert {"place", "size", "root", "shrank"} <= set(counts(exported))


def test_an_export_cut_short_with_its_manifest_is_noticed_by_a_seal_kept_elsewhere(
    exported: Path, seals: Path
) -> None:
    size = Checkpoint.objects.order_by("number").values_list("tree_size", flat=True)[0]
    for name, keep in (("entries.jsonl", size), ("checkpoints.jsonl", 1)):
        lines = (exported / name).read_text(encoding="utf-8").splitlines(keepends=True)
        (exported / name).write_text("".join(lines[:keep]), encoding="utf-8")
    manifest = json.loads((exported / "manifest.json").read_text(encoding="utf-8"))
    (exported / "manifest.json").write_text(json.dumps(manifest | {"size": size}), encoding="utf-8")
    assert check(exported).returncode == 0  # by itself it looks whole
    found = check(exported, "--seals", str(seals))
    assert found.returncode == 1
    assert "shrank" in found.stdout


@committed
def test_a_later_part_goes_on_from_a_seal(tmp_path: Path) -> None:
    first = sealed(2, 4)
    write(6)
    seal()
    folder = exporting.export(tmp_path / "part", since=first).folder
    found = check(folder)
    assert (found.returncode, f"6 entries (places {first}-{first + 5})" in found.stdout) == (0, True)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["frontier"][0] = "00" * 32
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    assert "root" in counts(folder)


@committed
def test_what_was_changed_before_the_export_is_noticed_after_it(tmp_path: Path) -> None:
    sealed(1, 5)
    with as_superuser() as cursor:
        cursor.execute("UPDATE audit_entry SET canon = replace(canon, 'viewed', 'moved!')")
        rows = list(exporting._entries(0, 6))
    folder = exporting.export(tmp_path / "trail").folder
    exporting._write_lines(folder / "entries.jsonl", iter(rows))
    assert {"entry-changed", "root"} <= set(counts(folder))


@committed
def test_an_export_is_never_written_over(tmp_path: Path) -> None:
    sealed(1, 2)
    with pytest.raises(exporting.CannotExport):
        exporting.export(tmp_path)


@committed
@pytest.mark.parametrize("since", [0, 7])
def test_without_a_fitting_seal_there_is_no_export(tmp_path: Path, since: int) -> None:
    with pytest.raises(exporting.CannotExport):
        exporting.export(tmp_path / "trail", since=since)
    assert not (tmp_path / "trail").exists()


@pytest.fixture
def restored(transactional_db: None, seals: Path, tmp_path: Path) -> Path:
    """The export after an honest restore, which left two published seals behind."""
    sealed(3, 4)
    kept = Checkpoint.objects.earliest("number")
    with entered_as(OWNER), transaction.atomic(), connection.cursor() as cursor:
        for table, column, value in (
            ("audit_checkpoint", "number", kept.number),
            ("audit_leaf", "pos", kept.tree_size - 1),
            ("audit_entry", "id", kept.last_entry),
            ("audit_anchor", "checkpoint", kept.number),
        ):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_no_change")
            cursor.execute(f"DELETE FROM {table} WHERE {column} > %s", [value])
            cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_no_change")
    with entered_as(SEALER):
        sealing.begin_epoch("Gece yedeği geri yüklendi.")
    write(5)
    seal()
    publish()
    (seals / "sent").mkdir()
    (seals / "sent" / "2026-11-22.txt").write_text("not a seal", encoding="utf-8")
    return exporting.export(tmp_path / "trail").folder


def test_after_an_honest_restore_the_export_is_whole_and_says_what_was_left_behind(
    restored: Path, seals: Path
) -> None:
    found = check(restored, "--key", keys.verifier().text, "--seals", str(seals))
    assert (found.returncode, found.stderr) == (0, "")
    assert "epoch 2 (restore, 5 entries taken over: Gece yedeği geri yüklendi.): 2 seals" in found.stdout


@pytest.mark.parametrize(
    "forgery",
    [
        {"note": ""},
        {"accepted_size": 0},
        {"number": 3},
        {"reason": "Taşındı."},
    ],
)
def test_a_forged_restore_excuses_nothing(restored: Path, seals: Path, forgery: dict[str, Any]) -> None:
    manifest = json.loads((restored / "manifest.json").read_text(encoding="utf-8"))
    manifest["epochs"][1] |= forgery
    (restored / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    found = check(restored, "--key", keys.verifier().text, "--seals", str(seals))
    assert found.returncode == 1
    assert "epoch-unsigned" in found.stdout
    assert "shrank" in found.stdout or "! root" in found.stdout


def test_a_restore_signed_with_another_key_excuses_nothing(restored: Path, seals: Path) -> None:
    manifest = json.loads((restored / "manifest.json").read_text(encoding="utf-8"))
    sham = Signer(keys.origin(), b"\x42" * 32)
    note = replace(read_epoch(manifest["epochs"][1]["note"]), accepted_size=0)
    manifest["epochs"][1] |= {"note": note.signed(sham), "accepted_size": 0}
    (restored / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    found = check(restored, "--key", keys.verifier().text, "--seals", str(seals))
    assert (found.returncode, "epoch-unsigned" in found.stdout) == (1, True)


def test_a_restore_left_out_of_the_manifest_excuses_nothing(restored: Path, seals: Path) -> None:
    manifest = json.loads((restored / "manifest.json").read_text(encoding="utf-8"))
    (restored / "manifest.json").write_text(json.dumps(manifest | {"epochs": []}), encoding="utf-8")
    found = check(restored, "--seals", str(seals))
    assert (found.returncode, "epoch-unsigned" in found.stdout) == (1, False)


def test_a_restore_excuses_no_seal_of_the_export_itself(restored: Path, seals: Path) -> None:
    """What the export calls its own must fit, whatever was restored."""
    old = next(path for path in sorted(seals.glob("2*/*/*/*-1.txt")) if "000009-1" in path.name)
    lines = (restored / "checkpoints.jsonl").read_text(encoding="utf-8")
    line = json.dumps({"note": old.read_text(encoding="utf-8")}, ensure_ascii=False)
    (restored / "checkpoints.jsonl").write_text(f"{lines}{line}\n", encoding="utf-8")
    assert "root" in counts(restored)


def test_entries_a_restore_took_over_must_be_those(restored: Path) -> None:
    path = restored / "entries.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    lines[2] = lines[2].replace("viewed", "vieweD")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert {"entry-changed", "epoch-root", "root"} <= set(counts(restored))


def test_what_is_no_export_is_refused(tmp_path: Path) -> None:
    assert counts(tmp_path) == {"no-export": 1}


@pytest.mark.parametrize("length", [0, 1, 2, 63, 64, 200])
def test_signatures_of_another_program_are_accepted(length: int) -> None:
    key, message = Ed25519PrivateKey.generate(), bytes(length)
    assert offline_verifier.is_signed(key.public_key().public_bytes_raw(), message, key.sign(message))


@pytest.mark.parametrize("place", range(64))
def test_a_signature_with_one_changed_byte_is_refused(place: int) -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    signature = bytearray(key.sign(b"message"))
    signature[place] ^= 0x10
    assert not offline_verifier.is_signed(key.public_key().public_bytes_raw(), b"message", bytes(signature))


def test_a_signature_is_accepted_in_one_spelling_only() -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    signature = key.sign(b"message")
    larger = int.from_bytes(signature[32:], "little") + offline_verifier.ORDER
    forged = signature[:32] + larger.to_bytes(32, "little")
    assert not offline_verifier.is_signed(key.public_key().public_bytes_raw(), b"message", forged)


def test_the_verifier_needs_nothing_but_the_standard_library() -> None:
    import ast

    tree = ast.parse(Path(offline_verifier.__file__).read_text(encoding="utf-8"))
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert imported <= sys.stdlib_module_names
