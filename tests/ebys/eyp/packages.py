"""Packages made wrong on purpose, out of the real samples."""

from __future__ import annotations

import base64
import hashlib
import re
import zipfile
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from ebys.eyp.draft import DraftAttachment, DraftLetter, write_draft
from ebys.eyp.package import (
    AttachmentKind,
    Party,
    PartyKind,
    Purpose,
    Recipient,
    Reference,
    Security,
    Urgency,
)

SAMPLES = Path(__file__).parents[2] / "data" / "eyp"
V1 = SAMPLES / "sample-v1.eyp"
V2 = SAMPLES / "sample-v2.eyp"
ENCRYPTED = SAMPLES / "sample-v2-encrypted.eyps"
UPPER = "Ustveri/Ustveri.xml"
PACKAGE_SUMMARY = "PaketOzeti/PaketOzeti.xml"
FINAL_SUMMARY = "NihaiOzet/NihaiOzet.xml"
METHODS = {b"sha1": "sha1", b"sha256": "sha256", b"sha384": "sha384", b"sha512": "sha512"}
CLAIM = re.compile(
    rb'(<DigestMethod Algorithm="[^"]*#(\w+)" />\s*<DigestValue>)[^<]*(</DigestValue>)', re.DOTALL
)
REFERENCE = re.compile(rb'<Reference URI="([^"]+)".*?</Reference>', re.DOTALL)


def parts_of(sample: Path) -> dict[str, bytes]:
    """The parts of a sample by name."""
    with zipfile.ZipFile(sample) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(parts: Iterable[tuple[str, bytes]] | dict[str, bytes]) -> bytes:
    """A package of these parts, in this order, even with the same name twice."""
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items() if isinstance(parts, dict) else parts:
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def summarised(parts: dict[str, bytes]) -> dict[str, bytes]:
    """The parts with both summaries made anew, as an attacker who signs nothing could make them."""
    found = dict(parts)
    by_name = {name.encode(): content for name, content in parts.items()}

    def renewed(summary: bytes) -> bytes:
        def reference(matched: re.Match[bytes]) -> bytes:
            content = by_name.get(matched[1].lstrip(b"/"), b"")

            def claim(inner: re.Match[bytes]) -> bytes:
                digest = hashlib.new(METHODS.get(inner[2], "md5"), content).digest()
                return inner[1] + base64.b64encode(digest) + inner[3]

            return CLAIM.sub(claim, matched[0])

        return REFERENCE.sub(reference, summary)

    for name in (PACKAGE_SUMMARY, FINAL_SUMMARY):
        if name in found:
            found[name] = by_name[name.encode()] = renewed(found[name])
    return found


def changed(sample: Path, name: str, change: Callable[[bytes], bytes], *, summarise: bool = True) -> bytes:
    """A sample with one part changed, its summaries made anew or left as they were."""
    parts = parts_of(sample)
    parts[name] = change(parts[name])
    return zipped(summarised(parts) if summarise else parts)


def draft(**values: object) -> bytes:
    """A taslak package as our own letters make it."""
    return write_draft(draft_letter(**values))


def draft_letter(**values: object) -> DraftLetter:
    """A letter with everything a letter can have."""
    given: dict[str, object] = {
        "document_id": "0d9bb8f6-54bb-4ad5-8d72-1f2b1c2f3a4b",
        "subject": "Ağ Bağlantısı Arızası & İzlenen Yol",
        "creator": Party(PartyKind.INSTITUTION, "Örnekova İl Sağlık Müdürlüğü", "12345678", "87654321"),
        "recipients": (
            Recipient(
                Party(PartyKind.INSTITUTION, "Örnekova Devlet Hastanesi", "11223344"),
                Purpose.ACTION,
                Urgency.URGENT,
            ),
            Recipient(Party(PartyKind.PERSON, "Ayşe Nur Örnek", title="Hekim"), Purpose.INFORMATION),
            Recipient(Party(PartyKind.COMPANY, "Örnek HBYS A.Ş.", "0922003497008217"), Purpose.INFORMATION),
        ),
        "cover": b"%PDF-1.7\n% taslak\n",
        "created_at": datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
        "verification_address": "https://www.turkiye.gov.tr/belge-dogrulama",
        "file_code": "705",
        "file_code_name": "Sistem Yönetimi",
        "security": Security.RESTRICTED,
        "references": (
            Reference("a", "E-11223344-705-17", datetime(2026, 11, 17, tzinfo=UTC), "Arıza bildirimi"),
        ),
        "attachments": (
            DraftAttachment(
                "5bf36615-d99c-49ec-a96b-6d2e17b5d495",
                "Ölçüm Çizelgesi",
                file_name="../Ölçüm çizelgesi (1).xlsx",
                media_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                content=b"PK\x03\x04 not read by anybody",
            ),
            DraftAttachment(
                "8ac88885-4283-4487-9bad-f115213f4332",
                "Bir adet CD",
                AttachmentKind.PHYSICAL,
                description="Elden teslim",
            ),
        ),
    }
    return DraftLetter(**(given | values))  # type: ignore[arg-type]
