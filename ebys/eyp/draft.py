"""A taslak package: everything of a letter but number, date and signature, for EBYS to take up and have signed."""

from __future__ import annotations

import base64
import hashlib
import re
import zipfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from xml.etree.ElementTree import (
    Element,
    SubElement,
    tostring,
)  # only writes; what comes in is read by defusedxml

from accounts.turkish import fold
from ebys.eyp.digests import SHA384, SHA512
from ebys.eyp.package import AttachmentKind, Party, PartyKind, Recipient, Reference, Security

NAMESPACE = "urn:dpt:eyazisma:schema:xsd:{}-2"
TYPES = NAMESPACE.format("Tipler")
RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
CONTENT_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
CORE_RELATION = f"{RELATIONS}/metadata/core-properties"
DC = "http://purl.org/dc/elements/1.1/"
DC_TERMS = "http://purl.org/dc/terms/"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
RELATION = "http://eyazisma.dpt/iliskiler/"
INSIDE = "http://eyazisma.dpt/bilesen#dahili"
VERSION = "2.0"
MAKER = "SBS/1"
DIGESTS = ((SHA384, "sha384"), (SHA512, "sha512"))
NOT_IN_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
MEDIA_TYPES = {
    "rels": "application/vnd.openxmlformats-package.relationships+xml",
    "psmdcp": "application/vnd.openxmlformats-package.core-properties+xml",
    "xml": "application/xml",
    "pdf": "application/pdf",
}


@dataclass(frozen=True)
class DraftAttachment:
    """One ek of a letter to be signed; `content` is there for files inside the package."""

    id: str
    name: str
    kind: AttachmentKind = AttachmentKind.INSIDE
    file_name: str = ""
    media_type: str = "application/octet-stream"
    description: str = ""
    link: str = ""
    content: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class DraftLetter:
    """What a letter says before it is signed. `cover` is the PDF of its text; `created_at` an aware time."""

    document_id: str
    subject: str
    creator: Party
    recipients: tuple[Recipient, ...]
    cover: bytes = field(repr=False)
    created_at: datetime
    verification_address: str
    file_code: str = ""
    file_code_name: str = ""
    security: Security = Security.NONE
    references: tuple[Reference, ...] = ()
    attachments: tuple[DraftAttachment, ...] = ()
    language: str = "tur"


def write_draft(letter: DraftLetter) -> bytes:
    """The letter as an unsigned package of version 2.0 that `read` accepts; the same letter gives the same bytes."""
    parts: dict[str, bytes] = {}
    relations = [
        ("ustyazi", "/UstYazi/ustyazi.pdf", "IdUstYazi"),
        ("ustveri", "/Ustveri/Ustveri.xml", "IdUstveri"),
    ]
    parts["UstYazi/ustyazi.pdf"] = letter.cover
    media_types = dict(MEDIA_TYPES)
    names = _file_names(letter.attachments)
    for ek in letter.attachments:
        if ek.kind == AttachmentKind.INSIDE:
            parts[f"Ekler/{names[ek.id]}"] = ek.content
            relations.append(("ek", f"/Ekler/{names[ek.id]}", f"IdEk_{ek.id.upper()}"))
            media_types.setdefault(names[ek.id].rpartition(".")[2], ek.media_type)
    parts["Ustveri/Ustveri.xml"] = _upper(letter, names)
    parts["PaketOzeti/PaketOzeti.xml"] = _summary(letter.document_id, parts)
    relations.append(("paketozeti", "/PaketOzeti/PaketOzeti.xml", "IdPaketOzeti"))
    core = f"package/services/metadata/core-properties/{letter.document_id.replace('-', '').lower()}.psmdcp"
    parts[core] = _core(letter)
    parts["_rels/.rels"] = _relations(relations, f"/{core}")
    parts["[Content_Types].xml"] = _content_types(media_types)
    return _zipped(parts, letter.created_at)


def _file_names(attachments: tuple[DraftAttachment, ...]) -> dict[str, str]:
    """A plain name of its own for every file: letters, digits, dashes; the guide allows no white space."""
    names: dict[str, str] = {}
    for order, ek in enumerate(attachments, start=1):
        stem, _dot, ending = ek.file_name.rpartition(".")
        plain = re.sub(r"[^a-z0-9]+", "-", fold(stem or ek.file_name)).strip("-")[:60]
        ending = re.sub(r"[^a-z0-9]", "", fold(ending))[:8] if stem else ""
        names[ek.id] = f"ek{order}-{plain or 'dosya'}.{ending or 'bin'}"
    return names


def _upper(letter: DraftLetter, names: dict[str, str]) -> bytes:
    """The Üstveri, its elements in the order of the schema."""
    root = Element(f"{{{NAMESPACE.format('Ustveri')}}}UstVeri")
    _add(root, "BelgeId", letter.document_id.upper())
    _add(root, "Konu", letter.subject)
    _add(root, "GuvenlikKodu", letter.security.value)
    _add(root, "MimeTuru", "application/pdf")
    lines = _add(root, "DagitimListesi")
    for recipient in letter.recipients:
        line = _add(lines, "Dagitim")
        _party(line, recipient.party)
        _add(line, "Ivedilik", recipient.urgency.value)
        _add(line, "DagitimTuru", recipient.purpose.value)
        if recipient.within:
            _add(line, "Miat", recipient.within)
        if recipient.withheld:
            withheld = _add(line, "KonulmamisEkListesi")
            for identifier in recipient.withheld:
                _add(_add(withheld, "KonulmamisEk"), "EkId", identifier.upper())
    if letter.attachments:
        files = _add(root, "Ekler")
        for order, ek in enumerate(letter.attachments, start=1):
            _attachment(files, ek, order, names[ek.id])
    if letter.references:
        cited = _add(root, "Ilgiler")
        for reference in letter.references:
            _reference(cited, reference, letter.document_id)
    _add(root, "Dil", letter.language)
    _party(_add(root, "Olusturan"), letter.creator)
    _add(root, "DosyaAdi", "ustyazi.pdf")
    if letter.file_code:
        plan = _add(_add(root, "SdpBilgisi"), "AnaSdp")
        _add(plan, "Kod", letter.file_code)
        _add(plan, "Ad", letter.file_code_name or letter.file_code)
    _add(_add(root, "DogrulamaBilgisi"), "DogrulamaAdresi", letter.verification_address)
    return _bytes(root, {"": NAMESPACE.format("Ustveri"), "tipler": TYPES})


def _party(parent: Element, party: Party) -> None:
    if party.kind == PartyKind.INSTITUTION:
        node = _add(parent, "KurumKurulus")
        _add(node, "KKK", party.detsis)
        _add(node, "Adi", party.name)
        if party.unit_detsis:
            _add(node, "BirimKKK", party.unit_detsis)
    elif party.kind == PartyKind.COMPANY:
        node = _add(parent, "TuzelSahis")
        _add(node, "Id", party.detsis).set("schemeID", "MERSIS")
        _add(node, "Adi", party.name)
    else:
        node = _add(parent, "GercekSahis")
        first, _space, last = party.name.rpartition(" ")
        person = _add(node, "Kisi")
        _add(person, "IlkAdi", first)
        _add(person, "Soyadi", last)
        if party.title:
            _add(node, "Gorev", party.title)


def _attachment(parent: Element, ek: DraftAttachment, order: int, file_name: str) -> None:
    inside = ek.kind == AttachmentKind.INSIDE
    node = _add(parent, "Ek")
    _add(node, "Id").set("Value", ek.id.upper())
    _add(node, "Tur", ek.kind.value)
    if inside:
        _add(node, "DosyaAdi", file_name)
        _add(node, "MimeTuru", ek.media_type)
    _add(node, "Ad", ek.name)
    _add(node, "SiraNo", str(order))
    if ek.description:
        _add(node, "Aciklama", ek.description)
    if ek.link:
        _add(node, "Referans", ek.link)
    _add(node, "ImzaliMi", "true" if inside else "false")


def _reference(parent: Element, reference: Reference, document_id: str) -> None:
    node = _add(parent, "Ilgi")
    digest = hashlib.sha256(f"{document_id}:{reference.label}".encode()).hexdigest().upper()
    identifier = "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32]))
    _add(node, "Id").set("Value", identifier)
    if reference.number:
        _add(node, "BelgeNo", reference.number)
    if reference.date:
        _add(node, "Tarih", reference.date.isoformat())
    _add(node, "Etiket", reference.label)
    if reference.attachment_id:
        _add(node, "EkId", reference.attachment_id.upper())
    if reference.name:
        _add(node, "Ad", reference.name)
    if reference.description:
        _add(node, "Aciklama", reference.description)


def _summary(document_id: str, parts: dict[str, bytes]) -> bytes:
    """The PaketOzeti over what is in the package so far: two digests of different methods for each part."""
    namespace = NAMESPACE.format("PaketOzeti")
    root = Element(f"{{{namespace}}}PaketOzeti", Id=document_id.upper())
    for name, content in parts.items():
        reference = SubElement(root, f"{{{namespace}}}Reference", URI=f"/{name}", Type=INSIDE)
        for address, algorithm in DIGESTS:
            item = SubElement(reference, f"{{{namespace}}}DigestItem")
            SubElement(item, f"{{{namespace}}}DigestMethod", Algorithm=address)
            digest = hashlib.new(algorithm, content).digest()
            SubElement(item, f"{{{namespace}}}DigestValue").text = base64.b64encode(digest).decode()
    return _bytes(root, {"": namespace})


def _core(letter: DraftLetter) -> bytes:
    root = Element(f"{{{CORE}}}coreProperties")
    SubElement(root, f"{{{DC}}}identifier").text = letter.document_id.upper()
    created = SubElement(root, f"{{{DC_TERMS}}}created")
    created.set(f"{{{INSTANCE}}}type", "dcterms:W3CDTF")
    created.text = letter.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    SubElement(root, f"{{{DC}}}creator").text = _clean(f"{letter.creator.name}/{letter.creator.detsis}")
    SubElement(root, f"{{{DC}}}subject").text = _clean(letter.subject)
    for name, value in (
        ("category", "RESMIYAZISMA"),
        ("contentType", "application/eyazisma"),
        ("version", VERSION),
        ("revision", MAKER),
    ):
        SubElement(root, f"{{{CORE}}}{name}").text = value
    return _bytes(root, {"": CORE, "dc": DC, "dcterms": DC_TERMS, "xsi": INSTANCE})


def _relations(relations: list[tuple[str, str, str]], core: str) -> bytes:
    root = Element(f"{{{RELATIONS}}}Relationships")
    for kind, target, identifier in relations:
        SubElement(root, f"{{{RELATIONS}}}Relationship", Type=RELATION + kind, Target=target, Id=identifier)
    SubElement(root, f"{{{RELATIONS}}}Relationship", Type=CORE_RELATION, Target=core, Id="IdCore")
    return _bytes(root, {"": RELATIONS})


def _content_types(media_types: dict[str, str]) -> bytes:
    root = Element(f"{{{CONTENT_TYPES}}}Types")
    for ending, media_type in sorted(media_types.items()):
        SubElement(root, f"{{{CONTENT_TYPES}}}Default", Extension=ending, ContentType=_clean(media_type))
    return _bytes(root, {"": CONTENT_TYPES})


def _zipped(parts: dict[str, bytes], created_at: datetime) -> bytes:
    moment = created_at.astimezone(UTC)
    stamp = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
    target = BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(zipfile.ZipInfo(name, stamp), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _add(parent: Element, name: str, text: str = "") -> Element:
    node = SubElement(parent, f"{{{TYPES}}}{name}")
    if text:
        node.text = _clean(text)
    return node


def _clean(text: str) -> str:
    """Without the characters XML cannot hold."""
    return NOT_IN_XML.sub("", text)


def _bytes(root: Element, prefixes: dict[str, str]) -> bytes:
    """The document with the prefixes readers expect; prefixes are set here, not in a table shared by the process."""
    return bytes(tostring(_prefixed(root, prefixes), encoding="utf-8", xml_declaration=True))


def _prefixed(root: Element, prefixes: dict[str, str]) -> Element:
    by_namespace = {namespace: prefix for prefix, namespace in prefixes.items()}

    def renamed(name: str) -> str:
        namespace, _brace, local = name.lstrip("{").rpartition("}")
        prefix = by_namespace.get(namespace, "")
        return f"{prefix}:{local}" if prefix else local

    for node in root.iter():
        node.tag = renamed(str(node.tag))
        for name in [name for name in node.attrib if name.startswith("{")]:
            node.attrib[renamed(name)] = node.attrib.pop(name)
    for prefix, namespace in prefixes.items():
        root.set(f"xmlns:{prefix}" if prefix else "xmlns", namespace)
    return root
