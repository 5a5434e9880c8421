"""PDFs: our own files only, our own fonts inside."""

from __future__ import annotations

import io

import pypdf
import pytest
from django.conf import settings
from django.utils import translation

from processes import pdf
from processes.export import Column


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/x.png",
        "http://127.0.0.1:1/x.png",
        "file:///etc/hostname",
        "static:/../config/settings.py",
        f"{settings.BASE_URL}/static/../config/settings.py",
        f"{settings.BASE_URL}/static/%2e%2e/config/settings.py",
        f"{settings.BASE_URL}/cases/",
        "data:text/html,<script>1</script>",
    ],
)
def test_nothing_from_outside_is_fetched(address: str) -> None:
    with pytest.raises(Exception, match=r"Only the portal's own files|outside|denied"):
        pdf.OwnFilesOnly().fetch(address)


def test_a_static_file_is_found_by_its_address() -> None:
    answer = pdf.OwnFilesOnly().fetch(f"{settings.BASE_URL}/static/mark.svg")

    assert answer.read() == (settings.BASE_DIR / "static" / "mark.svg").read_bytes()


def test_a_picture_inside_the_page_is_allowed() -> None:
    assert pdf.OwnFilesOnly().fetch("data:image/png;base64,aGVsbG8=").read() == b"hello"


def test_a_page_carries_its_fonts() -> None:
    with translation.override("tr"):
        written = pdf.render("pdf/list.html", {"title": "İğne", "columns": [], "lines": []})

    fonts = [
        font.get_object()
        for page in pypdf.PdfReader(io.BytesIO(written)).pages
        for font in page["/Resources"]["/Font"].values()  # type: ignore[index]
    ]

    assert fonts
    assert all(
        "/FontFile" in str(list(font["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()))
        for font in fonts
    )


def test_a_page_is_a4_and_says_whose_it_is() -> None:
    written = pdf.render("pdf/list.html", {"title": "Liste", "columns": [], "lines": []})

    reader = pypdf.PdfReader(io.BytesIO(written))
    page = reader.pages[0]

    assert (round(page.mediabox.width), round(page.mediabox.height)) == (595, 842)
    assert "1 / 1" in page.extract_text()
    assert reader.metadata is not None
    assert reader.metadata.title == "Liste"


def test_a_wide_list_is_printed_across() -> None:
    columns = [Column(str(place), f"Sütun {place}") for place in range(8)]
    written = pdf.render("pdf/list.html", {"title": "Liste", "columns": columns, "lines": []})

    page = pypdf.PdfReader(io.BytesIO(written)).pages[0]

    assert page.mediabox.width > page.mediabox.height


def test_letters_may_be_printed_in_turkish_whoever_reads() -> None:
    with translation.override("en"):
        written = pdf.render("pdf/list.html", {"title": "x", "columns": [], "lines": []}, language="tr")

    assert "Gösterilecek bir şey yok." in pypdf.PdfReader(io.BytesIO(written)).pages[0].extract_text()
