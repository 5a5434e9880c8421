"""The sealed trail as files for keeping elsewhere, five years and longer, with the program that checks them."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from audit import keys, offline_verifier, protection
from audit.models import Anchor, AnchorKind, Checkpoint, Epoch, Hold

RANGE = 10_000
README = """\
Bilgi sisteminin iz kaydı (denetim izi) / Trail of the information system

entries.jsonl      her satırda bir kayıt: sırası, numarası, mühürlenen metni (canon), özeti (leaf)
checkpoints.jsonl  bu kayıtları kapsayan imzalı mühürler
stamps/            zaman damgaları (RFC 3161):
                   openssl ts -verify -data NNN.txt -in NNN.tsr -CAfile sunucu-sertifikalari.pem
key.txt            imzaların açık anahtarı; kâğıtta veya e-postada verilenle karşılaştırın
verify.py          denetleyen program; yalnızca Python 3.11 veya üstü gerekir:
                   python3 verify.py . --key "kâğıttaki anahtar"

manifest.json, "epochs": veri tabanının geri yüklenmeleri; her birinin "note" metnini mühürleyici imzalamıştır. verify.py,
geri yüklemenin geride bıraktığı mühürleri sayar; imzasız bir geri yükleme hiçbir eksiği açıklamaz.

manifest.json, "holds": dışa aktarıldığı gün bir inceleme için tutulan dönemler. Böyle bir döneme değen kopya, tutma
kaldırılmadan imha edilmez; öbürleri en az beş yıl saklanır (manage.py audit discard ikisini de denetler).

Kişisel veri içerir: şifreli ortamda, yetkisiz kişilere kapalı saklayın.
Contains personal data: keep it encrypted and away from unauthorised people.
"""


class CannotExport(Exception):
    """The export was not made; the text says why."""


@dataclass(frozen=True)
class Exported:
    """What was written: places `first` up to, not including, `size`."""

    folder: Path
    first: int
    size: int


def export(folder: Path, *, since: int = 0, until: int | None = None) -> Exported:
    """Write what lies between the seals over `since` and `until` entries, or all from `since` on; the folder must be new."""
    if folder.exists():
        raise CannotExport(f"{folder} exists already; an export is never written over.")
    fresh = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    (fresh / "stamps").mkdir(parents=True)
    fresh.chmod(0o700)
    with _snapshot():
        found = Checkpoint.objects.order_by("number")
        last = found.last() if until is None else found.filter(tree_size=until).first()
        start = Checkpoint.objects.filter(tree_size=since).first()
        if last is None or (since and start is None):
            size = since if last is not None or until is None else until
            raise CannotExport(
                f"No seal covers exactly {size} entries." if size else "Nothing is sealed yet."
            )
        _write_lines(fresh / "entries.jsonl", _entries(since, last.tree_size))
        seals = found.filter(tree_size__gte=since, tree_size__lte=last.tree_size).values_list(
            "note", flat=True
        )
        _write_lines(
            fresh / "checkpoints.jsonl", ({"note": note} for note in seals.iterator(chunk_size=2000))
        )
        _stamps(fresh / "stamps", since, last.tree_size)
        manifest = {
            "format": offline_verifier.FORMAT,
            "origin": keys.origin(),
            "first": since,
            "size": last.tree_size,
            "frontier": _frontier(start) if start else [],
            "epochs": [
                {
                    "number": epoch.number,
                    "began_at": epoch.began_at.isoformat(),
                    "accepted_size": epoch.accepted_size,
                    "reason": epoch.reason,
                    "note": epoch.note,
                }
                for epoch in Epoch.objects.order_by("number")
            ],
            "protection": {
                "digest": protection.digest(),
                "amiss": [
                    {"code": code, "what": values.get("what") or values.get("trigger") or values.get("roles")}
                    for code, values in protection.amiss()
                ],
            },
            "holds": [
                {
                    "number": hold.pk,
                    "since": hold.since.isoformat(),
                    "until": hold.until.isoformat() if hold.until else None,
                    "reason": hold.reason,
                }
                for hold in Hold.objects.in_force().order_by("pk")
            ],
        }
    (fresh / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
    (fresh / "key.txt").write_text("".join(f"{key.text}\n" for key in keys.known()), encoding="utf-8")
    (fresh / "README.txt").write_text(README, encoding="utf-8")
    shutil.copyfile(offline_verifier.__file__, fresh / "verify.py")
    fresh.rename(folder)
    return Exported(folder, since, last.tree_size)


@contextmanager
def _snapshot() -> Iterator[None]:
    """One moment of the database for all files, while the sealer goes on."""
    with transaction.atomic(durable=True):
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _entries(first: int, size: int) -> Iterator[dict[str, Any]]:
    with connection.cursor() as cursor:
        for start in range(first, size, RANGE):
            cursor.execute(
                "SELECT leaf.pos, leaf.entry_id, leaf.leaf, entry.canon FROM audit_leaf AS leaf "
                "LEFT JOIN audit_entry AS entry ON entry.id = leaf.entry_id "
                "WHERE leaf.pos >= %s AND leaf.pos < %s ORDER BY leaf.pos",
                [start, min(start + RANGE, size)],
            )
            for pos, entry, leaf, canon in cursor.fetchall():
                yield {"pos": pos, "id": entry, "leaf": bytes(leaf).hex(), "canon": canon}


def _write_lines(path: Path, rows: Iterator[dict[str, Any]]) -> None:
    with path.open("w", encoding="utf-8") as output:
        for row in rows:
            output.write(json.dumps(row, ensure_ascii=False, separators=(",", ":")))
            output.write("\n")


def _frontier(checkpoint: Checkpoint) -> list[str]:
    packed = bytes(checkpoint.frontier)
    return [packed[start : start + 32].hex() for start in range(0, len(packed), 32)]


def _stamps(folder: Path, since: int, until: int) -> None:
    """Each time stamp beside the very text it stamps."""
    stamped = dict(Anchor.objects.filter(kind=AnchorKind.TIMESTAMP).values_list("checkpoint", "token"))
    covered = Checkpoint.objects.filter(tree_size__gte=since, tree_size__lte=until)
    for checkpoint in covered.filter(number__in=stamped):
        name = folder / f"{checkpoint.tree_size:015d}"
        name.with_suffix(".txt").write_text(checkpoint.note, encoding="utf-8")
        name.with_suffix(".tsr").write_bytes(bytes(stamped[checkpoint.number] or b""))
