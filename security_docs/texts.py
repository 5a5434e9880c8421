"""What a document says: the text of uploaded files, pages as readers turn them, blocks as pages print them."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext as _
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from processes.errors import RuleBroken

PAGE = 2_400  # letters on one page of a reader's screen
MOST_TEXT = 2_000_000
MOST_PAGES = 600
LONGEST_LOOK = 40  # seconds
BREAK = "\f"
PICTURE = (
    40  # a page with fewer letters and digits than these is a picture, whatever stamp a scanner left on it
)
HEADING = re.compile(
    r"^(?:(?:\d+\.)+(?:\d+\.?)?|\d+\s|(?:madde|bölüm|ek)\s*[-–]?\s*\d+).{0,110}$", re.IGNORECASE
)


@dataclass(frozen=True)
class Block:
    """A heading, a paragraph or the items of a list."""

    kind: str
    text: str = ""
    items: tuple[str, ...] = ()


def pages_of_pdf(file: BinaryIO) -> list[str]:
    """The text of each page of a PDF; a scanned page has none and is an empty text. Refused when pages would be missing."""
    file.seek(0)
    try:
        pages = PdfReader(file, strict=False).pages
        count = len(pages)
        if 0 < count <= MOST_PAGES:
            return _texts_of(pages)
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise RuleBroken(
            _("The PDF cannot be read to its end: it is damaged. Save it anew and upload it again.")
        ) from error
    if not count:
        raise RuleBroken(_("The PDF has no page."))
    raise RuleBroken(
        _("The PDF has %(count)d pages; a document has at most %(most)d here. Divide it into parts.")
        % {"count": count, "most": MOST_PAGES}
    )


def _texts_of(pages: Iterable[object]) -> list[str]:
    """The text of each; what takes longer than somebody waits for is refused before the server gives up."""
    end, found = time.monotonic() + LONGEST_LOOK, []
    for page in pages:
        found.append(_text_of_page(page))
        if time.monotonic() > end:
            raise RuleBroken(_("The PDF takes too long to be read. Divide it into parts and upload each."))
    return found


def is_picture(text: str) -> bool:
    """A page of a file that cannot be read as text: it has to be looked at itself."""
    return sum(sign.isalnum() for sign in text) < PICTURE


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
