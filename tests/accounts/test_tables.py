"""Tables people hand in: every way offices write them is read, everything else is refused with a sentence."""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts import tables
from accounts.tables import Column, Table, UnreadableTable, read

COLUMNS = (
    Column("registry_no", ("Sicil No", "Registry number"), max_length=10),
    Column("tc", ("T.C. Kimlik No", "TC"), digits=11),
    Column("name", ("Adı", "Ad", "First name"), required=True),
    Column("surname", ("Soyadı", "Soyad"), required=True),
    Column("started", ("Başlama Tarihi",), is_date=True),
    Column("phone", ("Telefon",)),
)
HEADS = "Sicil No;T.C. Kimlik No;Adı;Soyadı;Başlama Tarihi;Telefon"


def of_text(text: str, encoding: str = "utf-8") -> Table:
    return read(io.BytesIO(text.encode(encoding)), "liste.csv", COLUMNS)


def book(fill: Callable[[Any, Any], None], **options: Any) -> io.BytesIO:
    """A workbook as Excel writes it."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False, **options}) as made:
        sheet = made.add_worksheet("Liste")
        for place, head in enumerate(HEADS.split(";")):
            sheet.write_string(0, place, head)
        fill(made, sheet)
    return target


def of_book(fill: Callable[[Any, Any], None]) -> Table:
    return read(book(fill), "liste.xlsx", COLUMNS)


def names(table: Table) -> list[tuple[int, str, str]]:
    return [(row.number, row.values["name"], row.values["surname"]) for row in table.rows]


def sentences(table: Table) -> list[tuple[int, str]]:
    return [(refusal.row, refusal.column) for refusal in table.refusals]


def message_of(act: Callable[[], object]) -> str:
    with pytest.raises(UnreadableTable) as refusal:
        act()
    assert refusal.value.message
    return refusal.value.message


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1254"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_every_usual_way_of_writing_text_is_read(encoding: str, separator: str) -> None:
    text = f"Adı{separator}Soyadı\r\nIşıl{separator}Öğüş\r\nŞükrü{separator}Çağ\r\n"
    content = text.encode(encoding)
    if encoding == "utf-16-be":
        content = b"\xfe\xff" + content
    table = read(io.BytesIO(content), "liste.csv", COLUMNS)
    assert names(table) == [(2, "Işıl", "Öğüş"), (3, "Şükrü", "Çağ")]


@pytest.mark.parametrize(
    "heads",
    ["ADI;SOYADI", "adi;soyadi", "Ad ;  Soyad", "First Name;SOYAD", "ADI:;Soyadı*", "AdI;SoyadI"],
)
def test_heads_are_known_however_they_are_spelled(heads: str) -> None:
    assert names(of_text(f"{heads}\nAli;Can\n")) == [(2, "Ali", "Can")]


def test_columns_come_in_any_order_below_a_title_and_beside_others() -> None:
    table = of_text("Personel listesi\n\nSıra;Soyadı;Adı\n1;Can;Ali\n")
    assert names(table) == [(4, "Ali", "Can")]
    assert table.ignored == ("Sıra",)
    assert table.rows[0].values["phone"] == ""


def test_quoted_separators_quotes_and_line_ends_stay_in_their_cell() -> None:
    table = of_text('Adı;Soyadı\n"Ali ""Kara"";\nBey";Can\nVeli;Er\n')
    assert names(table) == [(2, 'Ali "Kara"; Bey', "Can"), (3, "Veli", "Er")]


def test_blank_rows_count_but_are_passed_over() -> None:
    assert names(of_text("Adı;Soyadı\n;\n\nAli;Can\n \t;\n")) == [(4, "Ali", "Can")]


@pytest.mark.parametrize(
    "value", ["=1+1", "@SUM(A1)", "+cmd|' /C calc'!A0", "-2+3*A1", "＝1+1", "=HYPERLINK(A1)"]
)
def test_a_text_that_begins_like_a_formula_is_refused(value: str) -> None:
    table = of_text(f"Adı;Soyadı\n{value};Can\n")
    assert sentences(table) == [(2, "Adı")]


@pytest.mark.parametrize("value", ["+90 312 000 00 00", "-", "+90(312)000-00-00", "'+90 312 000 00 00"])
def test_a_telephone_number_is_no_formula(value: str) -> None:
    table = of_text(f"Adı;Soyadı;Telefon\nAli;Can;{value}\n")
    assert table.rows[0].values["phone"] == value.lstrip("'")


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        *(("22.11.2026", "2026-11-22"), ("2026-11-22", "2026-11-22"), ("22/11/2026", "2026-11-22")),
        *(("1-2-2026", "2026-02-01"), ("22.11.2026 00:00", "2026-11-22"), ("2026-11-22T10:00", "2026-11-22")),
    ],
)
def test_days_are_read_as_offices_write_them(typed: str, day: str) -> None:
    assert of_text(f"Adı;Soyadı;Başlama Tarihi\nAli;Can;{typed}\n").rows[0].values["started"] == day


@pytest.mark.parametrize("typed", ["31.02.2026", "dün", "11.22.2026", "22.11.26", "22.11.0026", "2026"])
def test_what_is_no_day_is_refused(typed: str) -> None:
    assert sentences(of_text(f"Adı;Soyadı;Başlama Tarihi\nAli;Can;{typed}\n")) == [(2, "Başlama Tarihi")]


def test_what_is_wrong_with_a_row_leaves_the_others() -> None:
    table = of_text(f"Adı;Soyadı;Sicil No\n;Can;1\nAli;Can;{'9' * 11}\nVeli;Er;\x01\nAyşe;Ak;7\n")
    assert sentences(table) == [(2, "Adı"), (3, "Sicil No"), (4, "Sicil No")]
    assert names(table) == [(5, "Ayşe", "Ak")]
    assert table.refused_rows == {2, 3, 4}


def test_a_cell_too_many_refuses_the_row() -> None:
    table = of_text("Adı;Soyadı\nAli;Can;Er\nVeli;Er;\n")
    assert sentences(table) == [(2, "")]
    assert names(table) == [(3, "Veli", "Er")]


def test_invisible_marks_and_split_letters_are_made_plain() -> None:
    table = of_text("Adı;Soyadı\nI\u0307pek\u200b;\ufeffO\u0308z\u00a0Can\n")
    assert names(table) == [(2, "İpek", "Öz Can")]


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"", "boş"),
        (b"   \n\n", "bulunamad"),
        (b"a;b\n1;2\n", "Adı"),
        ("Adı\nAli\n".encode(), "Soyadı"),
        ("Adı;Soyadı;Ad\nAli;Can;Er\n".encode(), "iki kez"),
        ("Adı;Soyadı\n".encode(), "satır yok"),
        (b'Ad\xfd;Soyad\xfd\n"Ali;Can\n', "tırnak"),
        ("Adı;Soyadı\nİpek;Can\n".encode() + "Şükrü;Er\n".encode("cp1254"), "satırda"),
        (b"<html><table><tr><td>Ad</td></tr></table></html>", "web sayfası"),
        (b"%PDF-1.7 a;b", ".xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, ".xls"),
        (b"\x00\x01\x02\xff", ".xlsx"),
        (b"Ad;Soyad\nAli\0;Can\n\xff\n", ".xlsx"),
        (b"PK\x03\x04 not a package", "hasarlı"),
    ],
)
def test_a_file_that_is_no_such_table_is_one_sentence(content: bytes, part: str) -> None:
    assert part in message_of(lambda: read(io.BytesIO(content), "liste.csv", COLUMNS))


def test_a_missing_column_lists_what_is_expected() -> None:
    message = message_of(lambda: of_text("Adı;Telefon\nAli;1\n"))
    assert all(column.title in message for column in COLUMNS)


def test_a_huge_file_is_refused_before_it_is_read() -> None:
    class Huge(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise AssertionError("read")

        def tell(self) -> int:
            return tables.LARGEST + 1

    with pytest.raises(UnreadableTable) as refusal:
        read(Huge(), "liste.csv", COLUMNS)
    assert refusal.value.status == 413


def test_too_many_rows_are_refused() -> None:
    text = "Adı;Soyadı\n" + "Ali;Can\n" * 11
    file = io.BytesIO(text.encode())
    with pytest.raises(UnreadableTable) as refusal:
        read(file, "liste.csv", COLUMNS, most_rows=10)
    assert refusal.value.status == 413
    assert len(read(file, "liste.csv", COLUMNS, most_rows=11).rows) == 11


def test_a_workbook_is_read_as_it_looks() -> None:
    def fill(made: Any, sheet: Any) -> None:
        day = made.add_format({"num_format": "dd.mm.yyyy"})
        sheet.write_row(1, 0, ["00123", "10000000146", "Işıl", "Öğüş"])
        sheet.write_datetime(1, 4, date(2026, 11, 22), day)
        sheet.write_rich_string(3, 2, "Şük", made.add_format({"bold": True}), "rü")
        sheet.write_string(3, 3, "Çağ")
        sheet.write_number(3, 0, 123)
        sheet.write_string(3, 4, "22.11.2026")

    table = of_book(fill)
    assert [tuple(row.values.values()) for row in table.rows] == [
        ("00123", "10000000146", "Işıl", "Öğüş", "2026-11-22", ""),
        ("123", "", "Şükrü", "Çağ", "2026-11-22", ""),
    ]
    assert [row.number for row in table.rows] == [2, 4]


@pytest.mark.parametrize(
    ("place", "write", "column"),
    [
        (2, lambda made, sheet: sheet.write_formula(1, 2, '="Ali"', None, "Ali"), "Adı"),
        (0, lambda made, sheet: sheet.write_formula(1, 0, "=1/0", None, "#DIV/0!"), "Sicil No"),
        (1, lambda made, sheet: sheet.write_number(1, 1, 1000014), "T.C. Kimlik No"),
        (0, lambda made, sheet: sheet.write_number(1, 0, 12345678901234567890), "Sicil No"),
        (4, lambda made, sheet: sheet.write_number(1, 4, 2026), "Başlama Tarihi"),
        (
            5,
            lambda made, sheet: sheet.write_datetime(
                1, 5, date(2026, 5, 3), made.add_format({"num_format": "d mmm"})
            ),
            "Telefon",
        ),
    ],
)
def test_a_cell_excel_keeps_otherwise_than_it_was_meant_is_refused(
    place: int, write: Callable[[Any, Any], None], column: str
) -> None:
    def fill(made: Any, sheet: Any) -> None:
        sheet.write_string(1, 2, "Ali")
        sheet.write_string(1, 3, "Can")
        write(made, sheet)

    assert sentences(of_book(fill)) == [(2, column)]


def test_days_counted_from_1904_are_the_same_days() -> None:
    def fill(made: Any, sheet: Any) -> None:
        sheet.write_row(1, 2, ["Ali", "Can"])
        sheet.write_datetime(1, 4, date(2026, 11, 22), made.add_format({"num_format": 14}))

    assert read(book(fill, date_1904=True), "", COLUMNS).rows[0].values["started"] == "2026-11-22"


def test_merged_cells_refuse_the_rows_they_run_through() -> None:
    def fill(made: Any, sheet: Any) -> None:
        sheet.merge_range(1, 2, 2, 2, "Ali")
        sheet.write_string(1, 3, "Can")
        sheet.write_string(2, 3, "Er")
        sheet.write_row(3, 2, ["Veli", "Er"])

    table = of_book(fill)
    assert {row for row, _column in sentences(table)} == {2, 3}
    assert names(table) == [(4, "Veli", "Er")]


def test_a_merged_title_above_the_heads_does_not_matter() -> None:
    made = openpyxl.Workbook()
    sheet = made.active
    sheet.append(["Personel listesi"])
    sheet.merge_cells("A1:B1")
    sheet.append(["Adı", "Soyadı"])
    sheet.append(["Ali", "Can"])
    target = io.BytesIO()
    made.save(target)
    assert names(read(target, "", COLUMNS)) == [(3, "Ali", "Can")]


def test_hidden_sheets_are_not_read_and_explanations_pass() -> None:
    def fill(made: Any, sheet: Any) -> None:
        sheet.write_row(1, 2, ["Ali", "Can"])
        hidden = made.add_worksheet("Gizli")
        hidden.write_row(0, 0, ["Adı", "Soyadı"])
        hidden.write_row(1, 0, ["Gizli", "Kişi"])
        hidden.hide()
        made.add_worksheet("Açıklama").write_string(0, 0, "Sicil no metin yazılır.")

    assert names(of_book(fill)) == [(2, "Ali", "Can")]


def test_two_such_tables_in_a_workbook_are_refused() -> None:
    def fill(made: Any, sheet: Any) -> None:
        sheet.write_row(1, 2, ["Ali", "Can"])
        made.add_worksheet("İkinci").write_row(0, 0, ["Adı", "Soyadı"])

    assert "İkinci" in message_of(lambda: of_book(fill))


def changed(file: io.BytesIO, **parts: bytes | None) -> io.BytesIO:
    """The workbook with some parts put in another's place, or taken out (None)."""
    target = io.BytesIO()
    named = {name.replace("__", "/").replace("_dot_", "."): content for name, content in parts.items()}
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in named:
                new.writestr(name, old.read(name))
        for name, content in named.items():
            if content is not None:
                new.writestr(name, content)
    return target


def plain_book() -> io.BytesIO:
    return book(lambda made, sheet: sheet.write_row(1, 2, ["Ali", "Can"]))


ENTITY = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
    b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    b'<row r="1"><c t="inlineStr"><is><t>&b;</t></is></c></row></sheetData></worksheet>'
)


@pytest.mark.parametrize(
    "parts",
    [
        {"xl__worksheets__sheet1_dot_xml": ENTITY},
        {"xl__worksheets__sheet1_dot_xml": b"<worksheet><sheetData><row"},
        {"xl__worksheets__sheet1_dot_xml": None},
        {"xl___rels__workbook_dot_xml_dot_rels": None},
        {"xl__workbook_dot_xml": b"\xff\xfe\x00"},
        {"xl__sharedStrings_dot_xml": b"<sst/>"},
        {"xl__workbook_dot_xml": None},
        {"xl__vbaProject_dot_bin": b"macro"},
        {"xl__styles_dot_xml": b"<x>"},
        {"xl__worksheets__sheet1_dot_xml": b"0" * 100},
    ],
)
def test_a_workbook_that_is_not_whole_or_not_plain_is_one_sentence(parts: dict[str, bytes | None]) -> None:
    assert message_of(lambda: read(changed(plain_book(), **parts), "liste.xlsx", COLUMNS))


def test_a_workbook_cut_off_is_one_sentence() -> None:
    content = plain_book().getvalue()
    for length in range(30, len(content), 97):
        assert message_of(lambda end=length: read(io.BytesIO(content[:end]), "", COLUMNS))


def test_a_workbook_that_unfolds_without_end_is_refused_unread() -> None:
    bomb = changed(plain_book(), xl__media__a_dot_xml=b"0" * (tables.workbook.MOST_UNFOLDED + 1))
    with pytest.raises(UnreadableTable) as refusal:
        read(bomb, "liste.xlsx", COLUMNS)
    assert refusal.value.status == 413


def answer(content: bytes) -> Table | str:
    """The table, or the sentence that refuses it."""
    try:
        return read(io.BytesIO(content), "x", COLUMNS)
    except UnreadableTable as refusal:
        return refusal.message


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_get_an_answer(content: bytes) -> None:
    assert answer(content)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_below_the_heads_gets_an_answer(text: str) -> None:
    found = answer(("Adı;Soyadı\n" + text).encode("utf-8", "replace"))
    assert found.rows or found.refusals if isinstance(found, Table) else found


def test_twenty_thousand_rows_are_read_in_two_seconds() -> None:
    def fill(made: Any, sheet: Any) -> None:
        for line in range(1, 20_001):
            sheet.write_row(line, 0, [f"{line:06d}", "", f"Işıl {line}", "Öğüş", "01.02.2020", "0 000 555"])

    file = book(fill)
    start = time.process_time()
    table = read(file, "liste.xlsx", COLUMNS)
    assert len(table.rows) == 20_000
    assert time.process_time() - start < 2
