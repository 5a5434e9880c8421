"""Read one e-Yazışma package: container, relationships, summaries, metadata, in this order."""

from __future__ import annotations

import re

from ebys.eyp import errors, metadata
from ebys.eyp.container import LIMITS, Container, Limits, Source, key, open_container
from ebys.eyp.digests import checked
from ebys.eyp.package import Attachment, Digest, Package, Part, Signature
from ebys.eyp.relations import Relations, relations_of
from ebys.eyp.xml import Node, parse

NAMESPACE = re.compile(r"urn:dpt:eyazisma:schema:xsd:Ustveri-(\d+)", re.IGNORECASE | re.ASCII)
VERSIONS = {"1": "1.3", "2": "2.0"}
XML_PARTS = (".xml", ".rels", ".psmdcp")
FILES = ("ekler/", "imzasizekler/", "sifreliicerik/", "orijinalpaket/")


def read(file: Source, *, limits: Limits = LIMITS) -> Package:
    """The letter in a package of version 1.3 or 2.0; every way it can be wrong is an `EypError` of its own.

    Both summaries are recomputed. The signature is not verified: `Package.signature_checked` is always False.
    """
    container = open_container(file, limits)
    relations = _recognised(container)
    core = _core(container, relations)
    upper_name = relations.required("ustveri", "Ustveri/Ustveri.xml")
    upper = parse(container, upper_name)
    version = _version(upper)
    document_id = metadata.document_id(upper)
    if core and (identifier := core.text("identifier")) and identifier.upper() != document_id:
        raise errors.IdentityMismatch
    cover_name = relations.required("ustyazi", "UstYazi/*.pdf")
    recipients = metadata.recipients(upper)
    attachments = metadata.attachments(upper, container, relations, recipients)
    is_signed = _is_signed(container, relations)
    final_name = _final_name(relations, version, is_signed)
    digests = _digests(
        container,
        relations,
        version=version,
        document_id=document_id,
        letter=[upper_name, cover_name, *_signed_files(attachments)],
        final=final_name if is_signed else None,
        is_signed=is_signed,
    )
    final = parse(container, final_name) if final_name else None
    numbered = upper if version == "1.3" else final
    number = numbered.text("BelgeNo") if numbered else ""
    date = numbered.moment("Tarih") if numbered else None
    if is_signed and not (number and date):
        raise errors.BadMetadata(field="Tarih" if number else "BelgeNo")
    code, code_name, other_codes = metadata.file_codes(upper, number)
    return Package(
        version=version,
        document_id=document_id,
        subject=upper.required("Konu"),
        number=number,
        date=date,
        security=metadata.security(upper),
        file_code=code,
        file_code_name=code_name,
        other_file_codes=other_codes,
        creator=metadata.party(upper.child("Olusturan"), "Olusturan"),
        recipients=recipients,
        references=metadata.references(upper),
        attachments=attachments,
        cover=_cover(container, cover_name, upper),
        signatures=_signatures(container, relations, final),
        digests=digests,
        has_signature=is_signed,
        has_seal=_signature_part(container, relations, "nihaiozet", "muhurcades") is not None,
        verification_address=upper.text("DogrulamaBilgisi", "DogrulamaAdresi"),
        language=upper.text("Dil"),
        unlisted=_unlisted(container, attachments),
    )


def _recognised(container: Container) -> Relations:
    """Its relationships, once the container is known to be a letter: not encrypted, no update, nothing else."""
    relations = relations_of(container)
    if "[Content_Types].xml" not in container or not relations:
        raise errors.NotAPackage
    for name in container.names():
        if name.casefold().endswith(XML_PARTS) and not key(name).startswith(FILES):
            parse(container, name)
    core = _core(container, relations)
    category = core.text("category").upper() if core else ""
    if relations.all("sifreliicerik") or category.endswith("/SIFRELI"):
        raise errors.Encrypted
    if relations.all("guncellemebilgisi") or category.endswith("/GUNCELLEME"):
        raise errors.UpdatePackage
    return relations


def _core(container: Container, relations: Relations) -> Node | None:
    """The core properties, which carry identifier and category once more."""
    name = relations.one("core")
    return parse(container, name) if name else None


def _version(upper: Node) -> str:
    """1.3 or 2.0, told from the namespace of the Üstveri."""
    matched = NAMESPACE.fullmatch(upper.namespace)
    if upper.name.casefold() != "ustveri" or matched is None:
        raise errors.UnknownVersion(version=upper.namespace.rpartition(":")[2][:40] or "?")
    if matched[1] not in VERSIONS:
        raise errors.UnknownVersion(version=matched[1][:40])
    return VERSIONS[matched[1]]


def _signature_part(container: Container, relations: Relations, summary: str, kind: str) -> str | None:
    """The signature or seal that hangs off a summary, if it is in the package."""
    source = relations.one(summary)
    if source is None:
        return None
    name = relations_of(container, source).one(kind) or relations.one(kind)
    if name is not None and name not in container:
        raise errors.MissingPart(part=name)
    return name


def _is_signed(container: Container, relations: Relations) -> bool:
    """Somebody signed: a draft has neither signature nor final summary, a letter has both."""
    signature = _signature_part(container, relations, "paketozeti", "imzacades")
    final = relations.one("nihaiozet")
    if signature and not final:
        raise errors.MissingPart(part="NihaiOzet/NihaiOzet.xml")
    if final and not signature:
        raise errors.MissingPart(part="Imzalar/ImzaCades.imz")
    return bool(signature and final)


def _final_name(relations: Relations, version: str, is_signed: bool) -> str | None:
    """The NihaiUstveri, in which version 2 keeps number and date; a draft has none."""
    if version == "1.3":
        return None
    if is_signed:
        return relations.required("nihaiustveri", "NihaiUstveri/NihaiUstveri.xml")
    return relations.one("nihaiustveri")


def _signed_files(attachments: tuple[Attachment, ...]) -> list[str]:
    return [ek.part.name for ek in attachments if ek.part and key(ek.part.name).startswith("ekler/")]


def _digests(
    container: Container,
    relations: Relations,
    *,
    version: str,
    document_id: str,
    letter: list[str],
    final: str | None,
    is_signed: bool,
) -> tuple[Digest, ...]:
    """Both summaries recomputed; a draft has only the first."""
    summary = relations.required("paketozeti", "PaketOzeti/PaketOzeti.xml")
    found = checked(container, summary, version=version, document_id=document_id, must_cover=letter)
    if not is_signed:
        return found
    signature = _signature_part(container, relations, "paketozeti", "imzacades")
    everything = [*letter, summary, *filter(None, (signature, final))]
    last = relations.required("nihaiozet", "NihaiOzet/NihaiOzet.xml")
    return found + checked(container, last, version=version, document_id=document_id, must_cover=everything)


def _cover(container: Container, name: str, upper: Node) -> Part:
    content = container.content(name)
    if not content.startswith(b"%PDF-"):
        raise errors.CoverNotPdf
    spelled = container.spelled(name)
    return Part(spelled, spelled.rpartition("/")[2], upper.text("MimeTuru") or "application/pdf", content)


def _signatures(container: Container, relations: Relations, final: Node | None) -> tuple[Signature, ...]:
    """Who signed: version 2 tells it in the NihaiUstveri, version 1 in a part of its own."""
    if final is not None:
        return metadata.signatures(final, "BelgeImzalar", "Imza")
    name = relations.one("belgeimza")
    return metadata.signatures(parse(container, name), "ImzaListesi", "Imza") if name else ()


def _unlisted(container: Container, attachments: tuple[Attachment, ...]) -> tuple[str, ...]:
    """Files in the attachments' folders that the metadata does not mention."""
    listed = {key(ek.part.name) for ek in attachments if ek.part}
    inside = (*container.under("Ekler"), *container.under("ImzasizEkler"))
    return tuple(name for name in inside if key(name) not in listed)
