"""Whether a PDF only shows pages, or also does something when it is opened."""

from __future__ import annotations

from enum import Enum
from typing import Any, BinaryIO

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

MOST_OBJECTS = 20_000  # about three seconds of looking
_ACTIONS = frozenset(
    {
        "/JavaScript",
        "/Launch",
        "/SubmitForm",
        "/ImportData",
        "/RichMediaExecute",
        "/GoToE",
        "/Rendition",
        "/Movie",
    }
)
_KEYS = frozenset(
    {"/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/XFA", "/RichMediaContent", "/RichMediaSettings"}
)
_READING = (
    PyPdfError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    RecursionError,
    OSError,
    EOFError,
)


class PdfContent(Enum):
    """What a look through a PDF found."""

    INERT = "pages only"
    ACTIVE = "scripts, programs to start, forms that send themselves, or attached files"
    LOCKED = "a password keeps it from being read"
    DAMAGED = "cannot be read to its end"
    UNCLEAR = "too many parts to be looked through"


def content_of(file: BinaryIO) -> PdfContent:
    """Look at every object of a PDF. A library that stumbles over it means damaged, never harmless."""
    file.seek(0, 2)
    file.seek(max(0, file.tell() - 4096))
    if b"%%EOF" not in file.read():
        return PdfContent.DAMAGED
    file.seek(0)
    try:
        reader = PdfReader(file, strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            return PdfContent.LOCKED
        if not len(reader.pages):
            return PdfContent.DAMAGED
        return _walk(reader)
    except _READING:
        return PdfContent.DAMAGED


def _walk(reader: PdfReader) -> PdfContent:
    """Follow every reference from the trailer on, each once."""
    seen: set[tuple[int, int]] = set()
    waiting: list[Any] = [reader.trailer]
    while waiting:
        part = waiting.pop()
        if isinstance(part, IndirectObject):
            mark = (part.idnum, part.generation)
            if mark in seen:
                continue
            seen.add(mark)
            if len(seen) > MOST_OBJECTS:
                return PdfContent.UNCLEAR
            part = part.get_object()
        if isinstance(part, DictionaryObject):
            if _is_active(part):
                return PdfContent.ACTIVE
            waiting.extend(value for key, value in part.items() if key != "/Parent")
        elif isinstance(part, ArrayObject):
            waiting.extend(part)
    return PdfContent.INERT


def _is_active(part: DictionaryObject) -> bool:
    if _KEYS & part.keys():
        return True
    return (
        part.get("/S") in _ACTIONS
        or part.get("/Type") == "/EmbeddedFile"
        or part.get("/Subtype") == "/RichMedia"
    )
