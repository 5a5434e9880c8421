"""A file is what it holds, not what it is called; what does not belong in a record is refused."""

from __future__ import annotations

import io
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from processes import activepdf, filetypes
from processes.errors import RuleBroken, TooLarge, UnknownMedia
from tests.processes.records import RELATIONS, docx, package, pdf, png

pytestmark = pytest.mark.usefixtures("in_english")

SAMPLES = Path(__file__).parent.parent / "data" / "eyp"
JPEG = (
    b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    b"\xff\xc0\x00\x0b\x08\x00\x10\x00\x20\x01\x01\x11\x00\xff\xd9"
)
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


def examined(content: bytes, name: str) -> filetypes.Examined:
    return filetypes.examine(io.BytesIO(content), name)


@pytest.mark.parametrize(
    ("content", "name", "kind", "is_inert"),
    [
        (pdf(), "rapor.pdf", filetypes.PDF, True),
        (png(), "ekran.PNG", filetypes.PNG, True),
        (JPEG, "fotoğraf.jpeg", filetypes.JPEG, True),
        (docx(), "yazı.docx", filetypes.DOCX, False),
        (package({"[Content_Types].xml": "", "xl/workbook.xml": ""}), "liste.xlsx", filetypes.XLSX, False),
        (
            package({"mimetype": filetypes.ODT.media_type, "content.xml": ""}),
            "yazı.odt",
            filetypes.ODT,
            False,
        ),
        ("Şişli’de ağ yok\n".encode(), "not.txt", filetypes.TEXT, False),
        ("Şişli;ağ yok\r\n".encode("cp1254"), "liste.csv", filetypes.CSV, False),
    ],
)
def test_accepted_kinds_are_told_from_their_content(content, name, kind, is_inert):
    assert examined(content, name) == filetypes.Examined(kind, is_inert)


def test_real_letter_packages_are_told_as_such():
    for name in ("sample-v1.eyp", "sample-v2.eyp", "sample-v2-encrypted.eyps"):
        content = (SAMPLES / name).read_bytes()
        assert examined(content, name).kind is filetypes.EYP, name


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"MZ\x90\0" + b"\0" * 60, "rapor.pdf"),
        (b"\x7fELF" + b"\0" * 60, "rapor.txt"),
        (b"#!/bin/sh\nrm -rf /\n", "betik.txt"),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "çizim.svg"),
        (b"\xef\xbb\xbf  <?xml version='1.0'?><svg><script/></svg>", "çizim.png"),
        ("<svg onload='alert(1)'>".encode("utf-16"), "çizim.txt"),
        (b"<!DOCTYPE html><script>alert(1)</script>", "sayfa.txt"),
        (b"hello <script>alert(1)</script>", "sayfa.txt"),
        (b"<?xml version='1.0'?><a/>", "veri.txt"),
        (b"GIF89a" + pdf(), "rapor.pdf"),
        (package({"a.txt": "x"}), "arşiv.zip"),
        (package({"a.txt": "x"}), "belge.docx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "eski.doc"),
        (b"II*\0" + b"\0" * 100, "tarama.tif"),
        (b"\x00\x01\x02\x03", "veri.txt"),
        (png(), "resim.pdf"),
        (pdf(), "rapor.exe"),
        (pdf(), "rapor.pdf.html"),
        (docx(), "belge.docm"),
    ],
)
def test_other_kinds_and_wrong_names_are_unknown_media(content, name):
    with pytest.raises(UnknownMedia) as refusal:
        examined(content, name)
    assert name in str(refusal.value)


def test_a_wrong_name_is_told_with_what_the_content_is():
    with pytest.raises(UnknownMedia, match=r"“resim.pdf” is called .pdf, but its content is a PNG picture"):
        examined(png(), "resim.pdf")


@pytest.mark.parametrize(
    ("content", "name", "words"),
    [
        (b"", "boş.pdf", "empty"),
        (pdf(action="JavaScript"), "a.pdf", "script"),
        (pdf(action="Launch"), "a.pdf", "start a program"),
        (pdf(action="SubmitForm"), "a.pdf", "script"),
        (pdf(attached=True), "a.pdf", "attached files"),
        (pdf(password="gizli"), "a.pdf", "password"),
        (pdf()[:-300], "a.pdf", "damaged"),
        (b"%PDF-1.7\n garbage \n%%EOF", "a.pdf", "damaged"),
        (pdf() + package({"a.txt": "x"}), "a.pdf", "at once"),
        (png()[:-20], "a.png", "damaged"),
        (JPEG[:-2], "a.jpg", "damaged"),
        (EICAR, "a.txt", "harmful"),
        (docx(**{"word/media/a.txt": EICAR}), "a.docx", "harmful"),
        (docx(**{"word/vbaProject.bin": b"x"}), "a.docx", "macros"),
        (docx(**{"word/embeddings/oleObject1.bin": b"x"}), "a.docx", "macros"),
        (docx(**{"../../etc/cron.d/x": b"x"}), "a.docx", "outside"),
        (docx(**{"/etc/passwd": b"x"}), "a.docx", "outside"),
        (docx(**{"C:evil": b"x"}), "a.docx", "outside"),
        (
            docx(
                **{
                    "word/_rels/settings.xml.rels": RELATIONS.format(
                        kind="attachedTemplate", target="http://x/"
                    )
                }
            ),
            "a.docx",
            "elsewhere",
        ),
        (
            docx(**{"word/_rels/document.xml.rels": RELATIONS.format(kind="image", target="http://x/p.png")}),
            "a.docx",
            "elsewhere",
        ),
        (
            docx(**{"word/_rels/document.xml.rels": '<!DOCTYPE r [<!ENTITY a "b">]><r>&a;</r>'}),
            "a.docx",
            "damaged",
        ),
        (docx()[:-30], "a.docx", "accepted"),
    ],
)
def test_what_does_not_belong_in_a_record_is_refused(content, name, words):
    with pytest.raises((RuleBroken, UnknownMedia), match=words):
        examined(content, name)


def test_a_pdf_of_too_many_parts_to_look_through_is_never_drawn_in_the_page(monkeypatch):
    monkeypatch.setattr(activepdf, "MOST_OBJECTS", 2)
    assert examined(pdf(), "a.pdf") == filetypes.Examined(filetypes.PDF, is_inert=False)


def test_a_link_to_click_on_is_no_reason_to_refuse():
    links = RELATIONS.format(kind="hyperlink", target="https://www.saglik.gov.tr/")
    content = docx(**{"word/_rels/document.xml.rels": links})
    assert examined(content, "yazı.docx").kind is filetypes.DOCX


def test_two_parts_of_the_same_name_are_refused():
    target = io.BytesIO(docx())
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("word/Document.xml", "<other/>")
    with pytest.raises(RuleBroken, match="same name"):
        examined(target.getvalue(), "a.docx")


def test_a_symbolic_link_in_a_package_is_refused():
    target = io.BytesIO(docx())
    with zipfile.ZipFile(target, "a") as archive:
        member = zipfile.ZipInfo("word/link")
        member.external_attr = 0o120777 << 16
        archive.writestr(member, "/etc/passwd")
    with pytest.raises(RuleBroken, match="outside"):
        examined(target.getvalue(), "a.docx")


def test_a_locked_package_is_refused():
    content = bytearray(docx())
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.find(mark)
        while at >= 0:
            content[at + offset] |= 1
            at = content.find(mark, at + 4)
    with pytest.raises(RuleBroken, match="password"):
        examined(bytes(content), "a.docx")


def test_a_bomb_of_500_megabytes_is_refused_in_a_second_and_little_memory():
    bomb = docx(**{"word/media/bomb.bin": b"\0" * (500 * 2**20)})
    assert len(bomb) < 2**20
    tracemalloc.start()
    began = time.process_time()
    with pytest.raises(TooLarge, match="unfolds"):
        examined(bomb, "a.docx")
    took, (_now, peak) = time.process_time() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert took < 3
    assert peak < 20 * 2**20


def test_a_package_of_very_many_parts_is_not_even_opened():
    parts = {f"p/{number}": b"" for number in range(6000)}
    with pytest.raises(UnknownMedia):
        examined(package({"[Content_Types].xml": "", "word/document.xml": ""} | parts), "a.docx")


def test_a_picture_too_large_to_draw_is_refused_by_its_header():
    with pytest.raises(TooLarge, match="30000 × 30000"):
        examined(png(30_000, 30_000), "a.png")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Ağ Şeması (İç).pdf", "Ağ Şeması (İç).pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Belgeler\\rapor.pdf", "rapor.pdf"),
        ("rapor\u202efdp.exe.pdf", "raporfdp.exe.pdf"),
        ("a\r\nBcc: x@y.pdf", "a Bcc_ x@y.pdf"),
        ("CON.pdf", "_CON.pdf"),
        ("nul", "_nul.pdf"),
        ("rapor.pdf. . ", "rapor.pdf"),
        ("...", "dosya.pdf"),
        ("", "dosya.pdf"),
        ("a" * 300 + ".pdf", "a" * 196 + ".pdf"),
        ("I\u0307stanbul.pdf", "İstanbul.pdf"),
        ("\0.pdf", "dosya.pdf"),
    ],
)
def test_names_lose_paths_and_tricks_but_keep_turkish_letters(given, kept):
    assert filetypes.clean_name(given, filetypes.PDF) == kept
