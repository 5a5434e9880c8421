"""Which sub-process a letter is suggested for."""

from __future__ import annotations

import pytest

from ebys import routing
from tests.ebys import letters
from tests.processes import sheets

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("subject", "sdp_code", "number"),
    [
        ("Ağ Bağlantı Arızası", "", "5.3.6"),
        ("AĞ BAĞLANTISI KESİNTİSİ", "", "5.3.6"),
        ("Hastanemiz internet erisim sorunu", "", "5.3.6"),
        ("Sunucu Odası", "705", "5.3.6"),
        ("USS Tesis Tanımlama Talebi", "", "5.3.4"),
        ("Elektronik İmza Yenileme", "", "5.3.3"),
        ("Bilgi Güvenliği İhlal Bildirimi", "", "5.3.2"),
        ("Web Uygulaması Kullanıcı Yetkisi", "", "5.3.7"),
        ("Gösterge Kartı Veri Gönderim Oranları", "", "5.3.5"),
    ],
)
def test_subject_and_file_plan_code_point_to_a_sub_process(subject: str, sdp_code: str, number: str) -> None:
    sheets.load()
    letter = letters.incoming(subject=subject, sdp_code=sdp_code, official_number="")
    assert routing.suggest(letter)[0].number == number


def test_nothing_is_suggested_for_a_letter_that_says_nothing() -> None:
    sheets.load()
    letter = letters.incoming(subject="Toplantı Salonu Tahsisi", sdp_code="051", official_number="E-1-051-2")
    assert routing.suggest(letter) == []


def test_the_reason_names_code_and_words_as_written() -> None:
    sheets.load()
    best = routing.suggest(letters.incoming(subject="Ağ Bağlantı Arızası", sdp_code="704"))[0]
    assert "704" in best.reason
    assert "Ağ, Bağlantı, Arızası" in best.reason
    assert best.has_room


def test_the_code_is_taken_from_the_number_when_nothing_else_tells_it() -> None:
    assert routing.sdp_code_in("E-24312041-702.03-1") == "702.03"
    assert routing.sdp_code_in("1234") == ""
    assert routing.sdp_code_in("E-24312041-abc-1") == ""


def test_words_count_only_from_their_beginning() -> None:
    sheets.load()
    assert routing.suggest(letters.incoming(subject="Uzağa Taşınma", sdp_code="", official_number="")) == []
