"""A case with its people, and files of every kind, for tests of what a case gathers."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from datetime import datetime

from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, TextStringObject

from accounts.models import User
from accounts.roles import Role
from helpdesk import workflow
from helpdesk.models import Ticket
from tests.accounts.people import institution, person
from tests.processes.sheets import load


@dataclass(frozen=True)
class Desk:
    """One open request and everybody around it."""

    ticket: Ticket
    applicant: User
    stranger: User
    officer: User
    lead: User
    head: User


def desk(*, now: datetime | None = None) -> Desk:
    """A request by a nurse of a hospital; a stranger works in another one."""
    load("5.3.6")
    applicant = person(Role.REQUESTING_STAFF, institution=institution(), email="hemsire@hastane.example")
    stranger = person(Role.REQUESTING_STAFF, institution=institution())
    ticket = workflow.report(by=applicant, applicant=applicant, title="Ağ bağlantısı yok", now=now)
    return Desk(
        ticket,
        applicant,
        stranger,
        person(Role.IT_OFFICER, email="memur@mudurluk.example"),
        person(Role.IT_LEAD, email="sorumlu@mudurluk.example"),
        person(Role.UNIT_HEAD),
    )


def on_the_desk_of(ticket: Ticket, officer: User) -> Ticket:
    """The request, assigned."""
    Ticket.objects.filter(pk=ticket.pk).update(assignee=officer)
    return Ticket.objects.select_related("assignee", "applicant").get(pk=ticket.pk)


def pdf(*, text: str = "Rapor", action: str = "", attached: bool = False, password: str = "") -> bytes:
    """A one-page PDF; `action` puts a script or a command into its opening."""
    writer = PdfWriter()
    writer.add_blank_page(width=200, height=200)
    writer.add_metadata({"/Title": text})
    if action == "JavaScript":
        script = {
            NameObject("/S"): NameObject("/JavaScript"),
            NameObject("/JS"): TextStringObject("app.alert(1)"),
        }
        writer._root_object[NameObject("/OpenAction")] = DictionaryObject(script)
    elif action:
        writer._root_object[NameObject("/OpenAction")] = DictionaryObject(
            {NameObject("/S"): NameObject(f"/{action}"), NameObject("/F"): TextStringObject("cmd.exe")}
        )
    else:
        writer._root_object[NameObject("/OpenAction")] = ArrayObject(
            [writer.pages[0].indirect_reference, NameObject("/Fit")]
        )
    if attached:
        writer.add_attachment("gizli.exe", b"MZ...")
    if password:
        writer.encrypt(password)
    target = io.BytesIO()
    writer.write(target)
    return target.getvalue()


def png(width: int = 2, height: int = 2) -> bytes:
    """A PNG by its header; nothing decodes it."""
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0" * 6)) + chunk(b"IEND", b"")


def package(parts: dict[str, bytes | str], *, compression: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of those parts."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", compression) as archive:
        for name, content in parts.items():
            entry = zipfile.ZipInfo(
                name, date_time=(2026, 1, 1, 0, 0, 0)
            )  # the same bytes whenever it is made
            archive.writestr(entry, content, compress_type=compression)
    return target.getvalue()


RELATIONS = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" '
    'Target="{target}" TargetMode="External"/></Relationships>'
)


def docx(**further: bytes | str) -> bytes:
    """A Word document with further parts."""
    parts: dict[str, bytes | str] = {"[Content_Types].xml": "<Types/>", "word/document.xml": "<document/>"}
    return package(parts | further)


def upload(content: bytes, name: str = "rapor.pdf") -> SimpleUploadedFile:
    """What a browser sends."""
    return SimpleUploadedFile(name, content)
