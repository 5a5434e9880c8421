"""The Üstveri and its neighbours: from the elements of both versions to plain values."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from ebys.eyp import errors
from ebys.eyp.container import Container
from ebys.eyp.package import (
    Attachment,
    AttachmentKind,
    Part,
    Party,
    PartyKind,
    Purpose,
    Recipient,
    Reference,
    Security,
    Signature,
    Urgency,
)
from ebys.eyp.relations import Relations
from ebys.eyp.xml import Node

GUID = re.compile(r"[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}")
FILE_CODE_IN_NUMBER = re.compile(r"^(?:[EZO]-)?\d{6,10}[-.](\d{3}(?:\.\d{2}){0,3})(?![.\d])", re.ASCII)
OLD_SECURITY = {"TSD": Security.NONE}
OLD_URGENCY = {"IVD": Urgency.URGENT, "CIV": Urgency.URGENT}
GUID_LENGTH = 36
ORDER = re.compile(r"[0-9]{1,6}")
CODE = TypeVar("CODE", bound=StrEnum)


def document_id(node: Node) -> str:
    """The letter's GUID in upper case."""
    found = node.required("BelgeId").upper()
    if not GUID.fullmatch(found):
        raise errors.BadMetadata(field="BelgeId")
    return found


def security(node: Node) -> Security:
    """The security level; the old word for “none” is the new one's."""
    return _code(Security, node, "GuvenlikKodu", OLD_SECURITY)


def file_codes(node: Node, number: str) -> tuple[str, str, tuple[str, ...]]:
    """The standard file plan code, its title and further codes; version 1 has it only inside the letter's number."""
    found = node.text("SdpBilgisi", "AnaSdp", "Kod")
    if not found:
        matched = FILE_CODE_IN_NUMBER.match(number)
        return (matched[1] if matched else ""), "", ()
    others = tuple(other.text("Kod") for other in node.children("SdpBilgisi", "DigerSdpler", "SdpListesi"))
    return found, node.text("SdpBilgisi", "AnaSdp", "Ad"), others


def party(node: Node | None, where: str) -> Party:
    """The institution, person or company inside an element."""
    if node is None:
        raise errors.BadMetadata(field=where)
    if found := node.child("KurumKurulus"):
        number = found.required("KKK")
        return Party(PartyKind.INSTITUTION, found.text("Adi") or number, number, found.text("BirimKKK"))
    if found := node.child("TuzelSahis"):
        return Party(PartyKind.COMPANY, found.text("Adi") or found.text("Id"), found.text("Id"))
    if found := node.child("GercekSahis"):
        return Party(PartyKind.PERSON, person_name(found), title=found.text("Gorev"))
    raise errors.BadMetadata(field=where)


def person_name(node: Node) -> str:
    """First, middle and last name."""
    names = (node.text("Kisi", name) for name in ("IlkAdi", "IkinciAdi", "Soyadi"))
    found = " ".join(filter(None, names))
    if not found:
        raise errors.BadMetadata(field="Kisi")
    return found


def recipients(node: Node) -> tuple[Recipient, ...]:
    """The dağıtım, in the sender's order."""
    found = tuple(
        Recipient(
            party(line, "Dagitim"),
            _code(Purpose, line, "DagitimTuru", {}),
            _code(Urgency, line, "Ivedilik", OLD_URGENCY),
            "" if line.text("Miat") in ("", "0") else line.text("Miat"),
            tuple(one.text("EkId").upper() for one in line.children("KonulmamisEkListesi", "KonulmamisEk")),
        )
        for line in node.children("DagitimListesi", "Dagitim")
    )
    if not found:
        raise errors.BadMetadata(field="DagitimListesi")
    return found


def references(node: Node) -> tuple[Reference, ...]:
    """The ilgi list, in the sender's order."""
    return tuple(
        Reference(
            line.text("Etiket"),
            line.text("BelgeNo"),
            line.moment("Tarih"),
            line.text("Ad"),
            line.text("Aciklama"),
            line.text("EkId").upper(),
        )
        for line in node.children("Ilgiler", "Ilgi")
    )


def signatures(node: Node | None, *path: str) -> tuple[Signature, ...]:
    """Who signed, as the package tells it."""
    return tuple(_signature(line) for line in node.children(*path)) if node else ()


def _signature(line: Node) -> Signature:
    signer = line.child("Imzalayan")
    if signer is None:
        raise errors.BadMetadata(field="Imzalayan")
    behalf = line.child("VekaletVeren") or line.child("YetkiDevreden")
    return Signature(
        person_name(signer),
        " ".join(filter(None, (signer.text("Kisi", "OnEk"), signer.text("Kisi", "Unvan")))),
        line.text("Makam") or signer.text("Gorev"),
        line.text("Amac"),
        line.moment("Tarih"),
        person_name(behalf) if behalf else "",
    )


def attachments(
    node: Node, container: Container, relations: Relations, given: tuple[Recipient, ...]
) -> tuple[Attachment, ...]:
    """The ek list with the files that came along.

    A file announced as inside must be there, unless a recipient is told that it was withheld.
    """
    withheld = {one for recipient in given for one in recipient.withheld}
    files = {
        relation.id[-GUID_LENGTH:].upper(): relation.target for relation in relations.all("ek", "imzasizek")
    }
    found = [_attachment(line, container, files, withheld) for line in node.children("Ekler", "Ek")]
    ids = {ek.id for ek in found}
    if len(ids) != len(found):
        raise errors.BadMetadata(field="Ek/Id")
    return tuple(sorted(found, key=lambda ek: ek.order))


def _attachment(line: Node, container: Container, files: Mapping[str, str], withheld: set[str]) -> Attachment:
    marker = line.child("Id")
    identifier = marker.attribute("Value").upper() if marker else ""
    if not GUID.fullmatch(identifier):
        raise errors.BadMetadata(field="Ek/Id")
    order = line.text("SiraNo")
    if not ORDER.fullmatch(order):
        raise errors.BadMetadata(field="SiraNo")
    kind = _code(AttachmentKind, line, "Tur", {})
    part = _file(line, files.get(identifier), container) if kind == AttachmentKind.INSIDE else None
    if kind == AttachmentKind.INSIDE and part is None and identifier not in withheld:
        raise errors.MissingPart(part=line.text("DosyaAdi") or line.text("Ad") or identifier)
    return Attachment(
        identifier,
        int(order),
        kind,
        line.text("Ad"),
        line.text("Aciklama"),
        line.text("BelgeNo"),
        line.text("Referans"),
        line.text("ImzaliMi") in ("true", "1"),
        identifier in withheld,
        part,
    )


def _file(line: Node, related: str | None, container: Container) -> Part | None:
    """The file of an ek: found by the relationship's id, else by its name in the two folders."""
    file_name = line.text("DosyaAdi")
    by_name = [f"/{folder}/{file_name}" for folder in ("Ekler", "ImzasizEkler")] if file_name else []
    name = next((name for name in (related, *by_name) if name and name in container), None)
    if name is None:
        return None
    spelled = container.spelled(name)
    return Part(
        spelled, file_name or spelled.rpartition("/")[2], line.text("MimeTuru"), container.content(name)
    )


def _code(codes: type[CODE], node: Node, name: str, old: Mapping[str, CODE]) -> CODE:
    """A value of a code list; codes of version 1 are read as today's."""
    found = node.required(name).upper()
    if found in old:
        return old[found]
    try:
        return codes(found)
    except ValueError as error:
        raise errors.BadMetadata(field=name) from error
