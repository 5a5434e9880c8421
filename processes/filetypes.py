"""What a file is, told from its content and never from its name, and whether the office takes it in.

`tell` names the kind by the first bytes (and, for packages, by what they hold). `examine` then looks for what does not
belong in a record: active content in PDFs, macros and outside references in office documents, packages that unfold
without end, two formats in one file, pictures too large to draw. It refuses with one sentence that says what to do.
"""

from __future__ import annotations

import codecs
import io
import re
import struct
import unicodedata
import zipfile
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from processes.activepdf import PdfContent, content_of
from processes.errors import RuleBroken, TooLarge, UnknownMedia
from processes.packages import check_package, member_names
from processes.plaintext import one_line
from processes.scanning import refuse_infected

CHUNK = 1 << 16
MOST_PIXELS = 100_000_000
LONGEST_NAME = 200
TEST_VIRUS = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE"  # every scanner's agreed test string
UNKNOWN = "application/octet-stream"


@dataclass(frozen=True)
class FileKind:
    """A kind of file: how it is called, sent and named."""

    media_type: str
    extensions: tuple[str, ...]
    label: str | Promise
    is_accepted: bool = True
    is_shown: bool = False  # browsers may draw it in the page when nothing in it is active


PDF = FileKind("application/pdf", ("pdf",), gettext_lazy("PDF document"), is_shown=True)
PNG = FileKind("image/png", ("png",), gettext_lazy("PNG picture"), is_shown=True)
JPEG = FileKind("image/jpeg", ("jpg", "jpeg"), gettext_lazy("JPEG picture"), is_shown=True)
_OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = FileKind(f"{_OFFICE}wordprocessingml.document", ("docx",), gettext_lazy("Word document"))
XLSX = FileKind(f"{_OFFICE}spreadsheetml.sheet", ("xlsx",), gettext_lazy("Excel workbook"))
PPTX = FileKind(f"{_OFFICE}presentationml.presentation", ("pptx",), gettext_lazy("PowerPoint presentation"))
ODT = FileKind("application/vnd.oasis.opendocument.text", ("odt",), gettext_lazy("OpenDocument text"))
ODS = FileKind(
    "application/vnd.oasis.opendocument.spreadsheet", ("ods",), gettext_lazy("OpenDocument spreadsheet")
)
EYP = FileKind("application/eyazisma", ("eyp", "eyps", "eypg"), gettext_lazy("official letter package (EYP)"))
TEXT = FileKind("text/plain", ("txt", "log"), gettext_lazy("plain text"))
CSV = FileKind("text/csv", ("csv",), gettext_lazy("CSV table"))
HTML = FileKind("text/html", ("html", "htm"), gettext_lazy("web page (HTML)"), is_accepted=False)
SVG = FileKind("image/svg+xml", ("svg",), gettext_lazy("SVG drawing"), is_accepted=False)
XML = FileKind("application/xml", ("xml",), gettext_lazy("XML file"), is_accepted=False)
PROGRAM = FileKind("application/x-executable", ("exe",), gettext_lazy("program"), is_accepted=False)
ARCHIVE = FileKind("application/zip", ("zip",), gettext_lazy("ZIP archive"), is_accepted=False)
OLD_OFFICE = FileKind(
    "application/x-ole-storage", ("doc", "xls", "msg"), gettext_lazy("old Office document"), is_accepted=False
)
GIF = FileKind("image/gif", ("gif",), gettext_lazy("GIF picture"), is_accepted=False)
TIFF = FileKind("image/tiff", ("tif", "tiff"), gettext_lazy("TIFF picture"), is_accepted=False)

KINDS = (
    PDF, PNG, JPEG, DOCX, XLSX, PPTX, ODT, ODS, EYP, TEXT, CSV, HTML, SVG, XML, PROGRAM, ARCHIVE, OLD_OFFICE, GIF, TIFF,
)  # fmt: skip
ACCEPTED = tuple(kind for kind in KINDS if kind.is_accepted)
ACCEPTED_EXTENSIONS = tuple(f".{extension}" for kind in ACCEPTED for extension in kind.extensions)
_BY_MEDIA_TYPE = {kind.media_type: kind for kind in KINDS}

_HEADS = (
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"GIF8", GIF),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"MZ", PROGRAM),
    (b"\x7fELF", PROGRAM),
    (b"#!", PROGRAM),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLD_OFFICE),
)
_MARKUP = re.compile(rb"\s*<(?:\?xml|!doctype|!--|/?[a-z][a-z0-9:-]*)(?=[\s>/!?-]|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Examined:
    """A file the office takes in. `is_inert`: looked through, and a browser may draw it."""

    kind: FileKind
    is_inert: bool


def kind_of(media_type: str) -> FileKind | None:
    """The kind a stored media type stands for."""
    return _BY_MEDIA_TYPE.get(media_type)


def tell(file: BinaryIO) -> FileKind | None:
    """The kind of a file by its content; None when it is none we know."""
    file.seek(0)
    head = file.read(2048)
    for magic, kind in _HEADS:
        if head.startswith(magic):
            return kind
    if head.startswith(b"PK\x03\x04"):
        return _package_kind(file)
    if (markup := _markup_kind(head)) is not None:
        return markup
    return TEXT if head and _is_text(file) else None


def examine(file: BinaryIO, name: str) -> Examined:
    """Look a file through and refuse what does not belong in a record; `name` is as the sender gave it."""
    found = _looked_through(file, name)
    refuse_infected(file, name)
    return found


def _looked_through(file: BinaryIO, name: str) -> Examined:
    """What can be told from the content alone."""
    file.seek(0)
    if not file.read(1):
        raise RuleBroken(_("“%(name)s” is empty.") % {"name": name})
    _refuse_test_virus(file, name)
    kind = tell(file)
    if kind is None or not kind.is_accepted:
        raise UnknownMedia(_not_accepted(name, kind))
    extension = extension_of(name)
    if kind is TEXT and extension == "csv":
        kind = CSV
    if extension and extension not in kind.extensions:
        raise UnknownMedia(
            _(
                "“%(name)s” is called .%(extension)s, but its content is a %(kind)s. Rename it and send it again."
            )
            % {"name": name, "extension": extension, "kind": kind.label}
        )
    if kind is PDF:
        return Examined(kind, is_inert=_examine_pdf(file, name))
    if kind in (PNG, JPEG):
        _examine_picture(file, name, kind)
        return Examined(kind, is_inert=True)
    if kind not in (TEXT, CSV):
        check_package(file, name, with_documents=kind is EYP)
    return Examined(kind, is_inert=False)


def is_inert(file: BinaryIO, kind: FileKind | None) -> bool:
    """Whether a file kept as it came, such as a letter's, may be drawn in the page."""
    if kind is None or not kind.is_shown:
        return False
    try:
        return _looked_through(file, "").is_inert
    except (RuleBroken, UnknownMedia, TooLarge):
        return False


def extension_of(name: str) -> str:
    """What follows the last dot of a name, in small letters; empty when nothing sensible does."""
    found = re.search(r"\.([A-Za-z0-9]{1,8})\Z", name)
    return found.group(1).lower() if found else ""


def clean_name(name: str, kind: FileKind) -> str:
    """A name safe to store, show and send: no folders, no control or direction marks; Turkish letters stay."""
    name = unicodedata.normalize("NFC", one_line(name)).replace("\\", "/").rpartition("/")[2]
    name = re.sub(r'[<>:"|?*]', "_", name).rstrip(". ")
    stem, extension = name, extension_of(name)
    if extension in kind.extensions:
        stem = name[: -len(extension) - 1].strip(". ")
    else:
        extension = kind.extensions[0]
    if re.fullmatch(r"con|prn|aux|nul|com[0-9]|lpt[0-9]", stem.partition(".")[0], re.IGNORECASE):
        stem = f"_{stem}"
    stem = stem[: LONGEST_NAME - len(extension) - 1].rstrip(". ") or "dosya"
    return f"{stem}.{extension}"


def _package_kind(file: BinaryIO) -> FileKind:
    """Which package a ZIP is, by the parts it holds."""
    try:
        names = set(member_names(file))
        with zipfile.ZipFile(file) as package:
            if "mimetype" in names and package.getinfo("mimetype").file_size < 200:
                declared = package.read("mimetype").decode("ascii", "replace").strip()
                return {ODT.media_type: ODT, ODS.media_type: ODS}.get(declared, ARCHIVE)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError, OSError, ValueError):
        return ARCHIVE
    if "[Content_Types].xml" not in names:
        return ARCHIVE
    for part, kind in (
        ("NihaiOzet/NihaiOzet.xml", EYP),
        ("PaketOzeti/PaketOzeti.xml", EYP),
        ("SifreliIcerikBilgisi/SifreliIcerikBilgisi.xml", EYP),
        ("word/document.xml", DOCX),
        ("xl/workbook.xml", XLSX),
        ("ppt/presentation.xml", PPTX),
    ):
        if part in names:
            return kind
    return ARCHIVE


def _markup_kind(head: bytes) -> FileKind | None:
    """Web pages, drawings and other markup, which browsers and viewers might run."""
    text = head.removeprefix(codecs.BOM_UTF8).replace(b"\0", b"")  # zero bytes gone: UTF-16 reads the same
    text = text.removeprefix(codecs.BOM_UTF16_LE).removeprefix(codecs.BOM_UTF16_BE)
    lowered = text.lower()
    if not _MARKUP.match(text):
        return HTML if b"<script" in lowered or b"<html" in lowered else None
    if b"<svg" in lowered:
        return SVG
    return XML if lowered.lstrip().startswith(b"<?xml") and b"<html" not in lowered else HTML


def _is_text(file: BinaryIO) -> bool:
    """Readable text throughout: UTF-8 or the Turkish Windows code page, without control characters."""
    for encoding in ("utf-8-sig", "cp1254"):
        decoder = codecs.getincrementaldecoder(encoding)()
        file.seek(0)
        try:
            if all(_only_text(decoder.decode(chunk)) for chunk in iter(lambda: file.read(CHUNK), b"")):
                decoder.decode(b"", final=True)
                return True
        except UnicodeDecodeError:
            continue
    return False


def _only_text(text: str) -> bool:
    return re.search(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]", text) is None


def _refuse_test_virus(file: BinaryIO, name: str) -> None:
    """The test string stands in the first 68 bytes where it is meant; further in, a text only speaks of it."""
    file.seek(0)
    if TEST_VIRUS in file.read(128):
        raise RuleBroken(
            _("“%(name)s” carries the mark of a harmful file and was not taken in.") % {"name": name}
        )


def _not_accepted(name: str, kind: FileKind | None) -> str:
    accepted = ", ".join(ACCEPTED_EXTENSIONS)
    if kind is None:
        return _("“%(name)s” is of a kind that is not accepted. Accepted are: %(accepted)s.") % {
            "name": name,
            "accepted": accepted,
        }
    return _("“%(name)s” is a %(kind)s, which is not accepted. Accepted are: %(accepted)s.") % {
        "name": name,
        "kind": kind.label,
        "accepted": accepted,
    }


def _examine_pdf(file: BinaryIO, name: str) -> bool:
    """Refuse a PDF that does something when opened; say whether it may be drawn in the page."""
    if zipfile.is_zipfile(file):
        raise RuleBroken(
            _("“%(name)s” is a PDF and a ZIP archive at once; it was not taken in.") % {"name": name}
        )
    match content_of(file):
        case PdfContent.DAMAGED:
            raise RuleBroken(
                _("“%(name)s” is damaged or incomplete: it cannot be read to its end. Send it again.")
                % {"name": name}
            )
        case PdfContent.LOCKED:
            raise RuleBroken(
                _(
                    "“%(name)s” is locked with a password and cannot be looked through. Send it without a password."
                )
                % {"name": name}
            )
        case PdfContent.ACTIVE:
            raise RuleBroken(
                _(
                    "“%(name)s” contains a script, a command to start a program or attached files. "
                    "Print it to a new PDF and send that."
                )
                % {"name": name}
            )
        case PdfContent.UNCLEAR:
            return False
    return True


def _examine_picture(file: BinaryIO, name: str, kind: FileKind) -> None:
    """Refuse pictures that are cut off or too large to draw; only the header is read, nothing is decoded."""
    file.seek(0)
    content = file.read()
    size = _png_size(content) if kind is PNG else _jpeg_size(content)
    if size is None:
        raise RuleBroken(
            _("“%(name)s” is damaged or incomplete: it cannot be read to its end. Send it again.")
            % {"name": name}
        )
    if size[0] * size[1] > MOST_PIXELS:
        raise TooLarge(
            _(
                "“%(name)s” measures %(width)d × %(height)d points, which is too large. Send a smaller picture."
            )
            % {"name": name, "width": size[0], "height": size[1]}
        )


def _png_size(content: bytes) -> tuple[int, int] | None:
    if content[12:16] != b"IHDR" or b"IEND" not in content[-64:]:
        return None
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """Width and height from the frame header; None for a picture without one or without its end."""
    if b"\xff\xd9" not in content[-65536:]:
        return None
    stream = io.BytesIO(content)
    stream.seek(2)
    while len(marker := stream.read(4)) == 4 and marker[0] == 0xFF:
        length = struct.unpack(">H", marker[2:])[0]
        if 0xC0 <= marker[1] <= 0xCF and marker[1] not in (0xC4, 0xC8, 0xCC):
            frame = stream.read(5)
            if len(frame) < 5:
                return None
            height, width = struct.unpack(">HH", frame[1:])
            return width, height
        stream.seek(length - 2, io.SEEK_CUR)
    return None
