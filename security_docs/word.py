"""A Word file set as pages: numbers, tables, lists and pictures as they stand in it, and nothing that acts.

What cannot be shown (a chart, an equation, a drawing) is refused with what to do instead of being left out.
"""

from __future__ import annotations

import base64
import html
import io
import zipfile
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any, BinaryIO
from xml.etree.ElementTree import Element, SubElement, register_namespace, tostring

import mammoth
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from processes import filetypes, pdf
from processes.errors import RuleBroken, TooLarge
from security_docs import texts
from security_docs.numbering import WORD, Counter, scheme_of

LARGEST_PART = 20 * 2**20
MOST_LETTERS = 250_000  # some sixty pages, twenty seconds
DOCUMENT, NUMBERING, STYLES = "word/document.xml", "word/numbering.xml", "word/styles.xml"
STYLE_MAP = "u => u\nstrike => s\nbr[type='page'] => hr"
MATHS = "{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath"
GRAPHIC = "{http://schemas.openxmlformats.org/drawingml/2006/main}graphicData"
CHOICE = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Choice"
PICTURE, SHAPE = "/picture", "/wordprocessingShape"
TAGS = frozenset(
    (
        *("h1", "h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "br", "hr", "img"),
        *("table", "thead", "tbody", "tr", "th", "td", "strong", "em", "u", "s", "sup", "sub"),
    )
)
VOID = frozenset(("br", "hr", "img"))
LINES = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "li", "tr", "br"))
SPANS = {"colspan": 63, "rowspan": 2_000}  # Word's tables are not wider
PICTURES = ("data:image/png;base64,", "data:image/jpeg;base64,")


def html_of(file: BinaryIO) -> str:
    """The document as HTML of a few harmless tags; RuleBroken when it cannot be read or not be shown whole."""
    try:
        prepared = _numbered(file)
        made = mammoth.convert_to_html(
            prepared, style_map=STYLE_MAP, convert_image=mammoth.images.img_element(_picture)
        )
    except (*_DAMAGED, zipfile.BadZipFile) as error:
        raise RuleBroken(
            _("The Word file cannot be read to its end. Save it anew, or as PDF, and upload that.")
        ) from error
    clean = Harmless()
    clean.feed(made.value)
    clean.close()
    return "".join(clean.parts)


_DAMAGED = (
    ParseError, DefusedXmlException, KeyError, ValueError, TypeError, AttributeError, IndexError, RecursionError,
)  # fmt: skip


def text_of(content: str) -> str:
    """The text of that HTML, a paragraph, an item or a row of a table a line."""
    reader = Lines()
    reader.feed(content)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return texts.kept("\n".join(line.strip(" |") for line in lines if line.strip(" |")))


def laid_out(content: str, title: str) -> bytes:
    """The HTML set on A4, without a classification: that is stamped on each page when it is given out."""
    if len(text_of(content)) > MOST_LETTERS:
        raise TooLarge(
            _("The Word file is longer than %(count)s letters. Divide it, or upload it as PDF.")
            % {"count": f"{MOST_LETTERS:,}".replace(",", ".")}
        )
    return pdf.render(
        "security_docs/word_pdf.html",
        {"title": title, "content": SafeString(content)},  # let through tag by tag by Harmless
        styles=("css/pdf.css", "security_docs/word.css"),
        language="tr",
    )


def _numbered(file: BinaryIO) -> BinaryIO:
    """The package with every computed number written out; each of its XML parts was looked at first."""
    file.seek(0)
    target = io.BytesIO()
    with zipfile.ZipFile(file) as package, zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as copy:
        roots: dict[str, Element] = {}
        for member in package.infolist():
            if not member.filename.endswith((".xml", ".rels")):
                continue
            if member.file_size > LARGEST_PART:
                raise TooLarge(_("The Word file is too large to be set. Upload it as PDF."))
            roots[member.filename] = fromstring(package.read(member), forbid_dtd=True)
        body = roots[DOCUMENT]
        _refuse_what_cannot_be_shown(body)
        _write_numbers(body, Counter(scheme_of(roots.get(NUMBERING), roots.get(STYLES))))
        register_namespace("w", WORD[1:-1])
        for member in package.infolist():
            if member.filename == DOCUMENT:
                copy.writestr(DOCUMENT, tostring(body, encoding="utf-8", xml_declaration=True))
            elif not member.is_dir():
                copy.writestr(member.filename, package.read(member))
    target.seek(0)
    return target


def _write_numbers(body: Element, counter: Counter) -> None:
    """Put each number before its paragraph as plain text, and take the numbering itself off."""
    for paragraph in _paragraphs(body):
        label = counter.label(paragraph)
        if not label:
            continue
        properties = paragraph.find(f"{WORD}pPr")
        if properties is None:
            properties = Element(f"{WORD}pPr")
            paragraph.insert(0, properties)
        if (old := properties.find(f"{WORD}numPr")) is not None:
            properties.remove(old)
        off = SubElement(properties, f"{WORD}numPr")
        for name in ("ilvl", "numId"):
            SubElement(off, f"{WORD}{name}", {f"{WORD}val": "0"})
        run = Element(f"{WORD}r")
        words = SubElement(run, f"{WORD}t", {"{http://www.w3.org/XML/1998/namespace}space": "preserve"})
        words.text = f"{label} "
        paragraph.insert(list(paragraph).index(properties) + 1, run)


def _paragraphs(node: Element) -> Iterator[Element]:
    """Every paragraph once: of what stands there in two ways, the one that is shown."""
    for child in node:
        if child.tag == f"{WORD}p":
            yield child
        if child.tag != CHOICE:
            yield from _paragraphs(child)


def _refuse_what_cannot_be_shown(body: Element) -> None:
    """Charts, diagrams, equations, embedded objects and free drawings; a picture and a text box are shown."""
    lost = body.find(f".//{MATHS}") is not None or body.find(f".//{WORD}object") is not None
    for graphic in body.iter(GRAPHIC):
        kind = graphic.get("uri", "")
        is_text_box = kind.endswith(SHAPE) and graphic.find(f".//{WORD}txbxContent") is not None
        lost = lost or not (kind.endswith(PICTURE) or is_text_box)
    if lost:
        raise RuleBroken(
            _(
                "The Word file holds a chart, an equation or a drawing that is not shown faithfully here. "
                "Save it as PDF and upload that."
            )
        )


def _picture(image: Any) -> dict[str, str]:
    """A PNG or JPEG picture inside the page; another kind is refused, not left out."""
    with image.open() as source:
        content = source.read()
    kind = filetypes.tell(io.BytesIO(content))
    if kind not in (filetypes.PNG, filetypes.JPEG):
        raise RuleBroken(
            _(
                "The Word file holds a picture that is neither PNG nor JPEG. Save the file as PDF and upload that."
            )
        )
    filetypes.examine(io.BytesIO(content), f"{_('picture')}.{kind.extensions[0]}")
    return {"src": f"data:{kind.media_type};base64,{base64.b64encode(content).decode('ascii')}"}


class Harmless(HTMLParser):
    """Lets a few tags through, with spans of tables and pictures inside the page, and the words of all others."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.is_back_link = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A tag we know, with what we know of it."""
        given = {name: text or "" for name, text in attrs}
        if tag == "a":
            self.is_back_link = given.get("href", "").startswith(("#footnote-ref", "#endnote-ref"))
        if tag not in TAGS:
            return
        kept = {}
        for name, most in SPANS.items():
            if tag in ("td", "th") and given.get(name, "").isdecimal() and int(given[name]) <= most:
                kept[name] = given[name]
        if tag == "img":
            if not given.get("src", "").startswith(PICTURES):
                return
            kept = {"src": given["src"], "alt": given.get("alt", "")}
        words = "".join(f' {name}="{escape(text)}"' for name, text in kept.items())
        self.parts.append(f"<{tag}{words}>")

    def handle_endtag(self, tag: str) -> None:
        """Its end."""
        if tag == "a":
            self.is_back_link = False
        if tag in TAGS - VOID:
            self.parts.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        """Words; not the arrow that leads from a footnote back."""
        if not self.is_back_link:
            self.parts.append(html.escape(data, quote=False))


class Lines(HTMLParser):
    """The words alone."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A cell begins."""
        if tag in ("td", "th"):
            self.cells += 1
            self.parts.append(" | ")
        elif tag == "br":
            self.parts.append(" " if self.cells else "\n")

    def handle_data(self, data: str) -> None:
        """Words."""
        self.parts.append(data)

    def handle_endtag(self, tag: str) -> None:
        """A line ends; the paragraphs of a cell stay in its row."""
        if tag in ("td", "th"):
            self.cells -= 1
        elif tag in LINES:
            self.parts.append(" " if self.cells and tag != "tr" else "\n")
