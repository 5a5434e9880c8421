"""Lists as files, read back with the programs others read them with."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pypdfium2
import pytest
from django.utils import translation

from processes import export
from processes.errors import NotFound
from processes.export import Column


@dataclass
class Row:
    """A row of a list."""

    number: str
    subject: str
    rate: Decimal | None
    count: int
    day: date
    moment: datetime
    is_open: bool


ROWS = [
    Row(
        "5.3.6/2026/000001",
        "Iğdır yolu; İŞÇİ sağlığı",
        Decimal("97.25"),
        -3,
        date(2026, 11, 22),
        datetime(2026, 11, 22, 8, 5, tzinfo=UTC),
        True,
    ),
    Row(
        "5.3.6/2026/000002",
        '=HYPERLINK("x")',
        None,
        12345,
        date(2025, 1, 2),
        datetime(2025, 1, 2, tzinfo=UTC),
        False,
    ),
]
COLUMNS = [
    Column("number", "Sayı"),
    Column("subject", "Konu"),
    Column("rate", "Oran", kind="percent"),
    Column("count", "Adet", kind="number"),
    Column("day", "Gün", kind="date"),
    Column("moment", "Zaman", kind="time"),
    Column("open", "Açık mı", value=lambda row: row.is_open, kind="yes_no"),
]


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def table(response: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body(response).decode("utf-8-sig")), delimiter=";"))


def sheet(response: Any) -> Any:
    return openpyxl.load_workbook(io.BytesIO(body(response))).active


def text_of(response: Any) -> str:
    document = pypdfium2.PdfDocument(body(response))
    return "\n".join(page.get_textpage().get_text_range() for page in document)


@pytest.fixture(autouse=True)
def turkish() -> Any:
    with translation.override("tr"):
        yield


def test_csv_is_what_turkish_excel_opens() -> None:
    assert table(export.csv(ROWS, COLUMNS, "kayitlar")) == [
        ["Sayı", "Konu", "Oran", "Adet", "Gün", "Zaman", "Açık mı"],
        [
            "5.3.6/2026/000001",
            "Iğdır yolu; İŞÇİ sağlığı",
            "97,25",
            "-3",
            "22.11.2026",
            "22.11.2026 11:05",
            "evet",
        ],
        ["5.3.6/2026/000002", '\'=HYPERLINK("x")', "", "12345", "02.01.2025", "02.01.2025 03:00", "hayır"],
    ]


def test_csv_begins_with_the_mark_excel_knows_utf8_by() -> None:
    assert body(export.csv(ROWS, COLUMNS, "kayitlar")).startswith(b"\xef\xbb\xbf")


def test_csv_is_sent_while_it_is_read() -> None:
    read: list[int] = []

    def rows() -> Any:
        for place in range(5_000):
            read.append(place)
            yield ROWS[0]

    response = export.csv(rows(), COLUMNS, "kayitlar")
    lines = iter(response)
    next(lines)
    next(lines)

    assert response.streaming
    assert len(read) < 2_100


@pytest.mark.parametrize("text", ["=1+1", "+90 476", "-1", "@x", "\tx", "\rx", "＝1"])
def test_csv_never_holds_a_formula(text: str) -> None:
    row = Row(text, text, None, 0, date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC), True)

    assert table(export.csv([row], COLUMNS[:2], "kayitlar"))[1] == [f"'{text}", f"'{text}"]


def read(cell: Any) -> Any:
    return cell.value.isoformat() if cell.is_date else cell.value


def test_xlsx_holds_dates_and_numbers() -> None:
    found = [
        [read(cell) for cell in line] for line in sheet(export.xlsx(ROWS, COLUMNS, "kayitlar")).iter_rows()
    ]

    assert found == [
        ["Sayı", "Konu", "Oran", "Adet", "Gün", "Zaman", "Açık mı"],
        [
            "5.3.6/2026/000001",
            "Iğdır yolu; İŞÇİ sağlığı",
            0.9725,
            -3,
            "2026-11-22T00:00:00",
            "2026-11-22T11:05:00",
            "evet",
        ],
        [
            "5.3.6/2026/000002",
            '=HYPERLINK("x")',
            None,
            12345,
            "2025-01-02T00:00:00",
            "2025-01-02T03:00:00",
            "hayır",
        ],
    ]


def test_xlsx_never_holds_a_formula() -> None:
    assert sheet(export.xlsx(ROWS, COLUMNS, "kayitlar"))["B3"].data_type == "s"


def test_pdf_prints_every_turkish_letter() -> None:
    row = Row("1", "ığüşöç İĞÜŞÖÇ âîû", None, 1, date(2026, 11, 22), datetime(2026, 11, 22, tzinfo=UTC), True)

    text = text_of(export.pdf([row], COLUMNS, "kayitlar", title="Bütün kayıtlar", subtitle="Açık olanlar"))

    assert "ığüşöç İĞÜŞÖÇ âîû" in text
    assert "Bütün kayıtlar" in text
    assert "Açık olanlar" in text
    assert "1 satır" in text


@pytest.mark.parametrize("most", [1, 2])
def test_a_long_list_says_where_it_was_cut(most: int) -> None:
    sentence = f"yalnızca ilk {most} satırı"
    is_cut = most < len(ROWS)

    lines = table(export.csv(ROWS, COLUMNS, "kayitlar", most=most))
    book = sheet(export.xlsx(ROWS, COLUMNS, "kayitlar", most=most))
    printed = text_of(export.pdf(ROWS, COLUMNS, "kayitlar", most=most))

    assert [
        sentence in lines[-1][0],
        sentence in str(book.cell(book.max_row, 1).value),
        sentence in printed,
    ] == [is_cut] * 3
    assert len(lines) == 1 + most + is_cut


def test_the_name_of_the_file_may_be_turkish() -> None:
    response = export.csv(ROWS, COLUMNS, "açık kayıtlar")

    assert (
        response["Content-Disposition"] == "attachment; filename*=utf-8''a%C3%A7%C4%B1k%20kay%C4%B1tlar.csv"
    )


def test_a_column_reads_through_relations_and_stops_at_nothing() -> None:
    column = Column("institution", "Kurum", "applicant.institution.name")

    assert column.of({"applicant": {"institution": {"name": "Örnekova"}}}) == "Örnekova"
    assert column.of({"applicant": None}) is None
    assert column.words({"applicant": None}) == "–"


def test_another_format_is_not_given() -> None:
    with pytest.raises(NotFound):
        export.respond("docx", ROWS, COLUMNS, "kayitlar")
