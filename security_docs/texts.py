"""What a document says: the text of uploaded files, pages as readers turn them, blocks as pages print them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from pypdf import PdfReader
from pypdf.errors import PyPdfError

PAGE = 2_400  # letters on one page of a reader's screen
MOST_TEXT = 2_000_000
MOST_PAGES = 600
BREAK = "\f"
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
HEADING = re.compile(
    r"^(?:(?:\d+\.)+(?:\d+\.?)?|\d+\s|(?:madde|bölüm|ek)\s*[-–]?\s*\d+).{0,110}$", re.IGNORECASE
)


@dataclass(frozen=True)
class Block:
    """A heading, a paragraph or the items of a list."""

    kind: str
    text: str = ""
    items: tuple[str, ...] = ()


def text_of_docx(file: BinaryIO) -> str:
    """The paragraphs of a Word document, without its layout; empty when there is no text to be found."""
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as package:
            root = fromstring(package.read("word/document.xml"))
    except (zipfile.BadZipFile, KeyError, ParseError, DefusedXmlException):
        return ""
    lines = [_line_of(paragraph) for paragraph in root.iter(f"{WORD}p")]
    return kept("\n".join(lines))


def _line_of(paragraph: object) -> str:
    parts: list[str] = []
    for node in paragraph.iter():  # type: ignore[attr-defined]
        if node.tag == f"{WORD}t":
            parts.append(node.text or "")
        elif node.tag in (f"{WORD}tab", f"{WORD}br"):
            parts.append(" ")
    return " ".join("".join(parts).split())


def pages_of_pdf(file: BinaryIO) -> list[str]:
    """The text of each page of a PDF; a scanned page has none and is an empty text."""
    file.seek(0)
    try:
        return [_text_of_page(page) for page in PdfReader(file, strict=False).pages[:MOST_PAGES]]
    except (PyPdfError, ValueError, KeyError, TypeError):
        return []


def _text_of_page(page: object) -> str:
    try:
        return kept(str(page.extract_text()))  # type: ignore[attr-defined]
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError):
        return ""


def kept(text: str) -> str:
    """Text the database can hold and a page can show: no control signs, no trailing space, at most one empty line."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace(BREAK, "\n")
    lines = [
        "".join(sign for sign in line if sign.isprintable() or sign == "\t").rstrip()
        for line in text.encode("utf-8", "ignore").decode().split("\n")
    ]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()[:MOST_TEXT]


def joined(pages: list[str]) -> str:
    """Pages of a file as one text that can be taken apart again."""
    return BREAK.join(pages)


def taken_apart(text: str) -> list[str]:
    """The pages of the file again, however long each is."""
    return text.split(BREAK)


def pages(text: str) -> list[str]:
    """The pages a reader turns of a text that has none of its own: cut between its paragraphs."""
    found: list[str] = []
    page = ""
    for paragraph in _pieces(text):
        if page and len(page) + len(paragraph) > PAGE:
            found.append(page)
            page = ""
        page = f"{page}\n\n{paragraph}" if page else paragraph
    if page or not found:
        found.append(page)
    return found


def _pieces(text: str) -> Iterator[str]:
    """Paragraphs; one that is longer than a page is cut between its words."""
    for paragraph in re.split(r"\n\s*\n", text.replace(BREAK, "\n\n").strip()):
        while len(paragraph) > PAGE:
            at = paragraph.rfind(" ", 1, PAGE)
            at = at if at > 0 else PAGE
            yield paragraph[:at].rstrip()
            paragraph = paragraph[at:].lstrip()
        if paragraph:
            yield paragraph


def blocks(text: str) -> list[Block]:
    """Headings, paragraphs and lists of a text, as pages and print-outs show them."""
    found: list[Block] = []
    for paragraph in re.split(r"\n\s*\n", text.strip()):
        lines = [line.strip() for line in paragraph.split("\n") if line.strip()]
        while lines and HEADING.match(lines[0]) and not lines[0].endswith((".", ";", ",")):
            found.append(Block("heading", lines.pop(0)))
        if not lines:
            continue
        if all(line.startswith(("- ", "• ", "* ")) for line in lines):
            found.append(Block("list", items=tuple(line[2:].strip() for line in lines)))
        else:
            found.append(Block("text", "\n".join(lines)))
    return found
