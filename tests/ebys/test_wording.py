"""How letters are worded."""

from __future__ import annotations

from datetime import date

import pytest

from accounts.models import Level
from ebys import wording

UP, PEER, DOWN, FIRM = Level.SUPERIOR, Level.PEER, Level.SUBORDINATE, Level.PRIVATE


@pytest.mark.parametrize(
    ("levels", "phrase"),
    [
        ([], ""),
        ([UP], "arz ederim."),
        ([PEER], "arz ederim."),
        ([UP, PEER], "arz ederim."),
        ([DOWN], "rica ederim."),
        ([FIRM], "rica ederim."),
        ([DOWN, FIRM], "rica ederim."),
        ([UP, DOWN], "arz ve rica ederim."),
        ([PEER, FIRM], "arz ve rica ederim."),
        ([None], "Saygılarımla."),
        ([None, DOWN], "rica ederim."),
    ],
)
def test_a_letter_closes_as_its_addressees_levels_ask(levels: list[Level | None], phrase: str) -> None:
    assert wording.closing_phrase(levels) == phrase


@pytest.mark.parametrize(
    ("paragraphs", "phrase", "closed"),
    [
        (
            ["Giderilmiştir.", "Bilgilerinizi"],
            "rica ederim.",
            ["Giderilmiştir.", "Bilgilerinizi rica ederim."],
        ),
        (["Giderilmiştir."], "arz ederim.", ["Giderilmiştir.", "Arz ederim."]),
        (["Gereğini,"], "rica ederim.", ["Gereğini rica ederim."]),
        (["Teşekkür ederiz"], "Saygılarımla.", ["Teşekkür ederiz", "Saygılarımla."]),
        (["Giderilmiştir."], "", ["Giderilmiştir."]),
        ([], "rica ederim.", ["Rica ederim."]),
    ],
)
def test_the_phrase_ends_an_unfinished_sentence_or_stands_alone(
    paragraphs: list[str], phrase: str, closed: list[str]
) -> None:
    assert wording.closed(paragraphs, phrase) == closed


@pytest.mark.parametrize(
    ("name", "genitive"),
    [
        ("Örnekova Devlet Hastanesi", "Örnekova Devlet Hastanesinin"),
        ("Örnekova İl Sağlık Müdürlüğü", "Örnekova İl Sağlık Müdürlüğünün"),
        ("Sağlık Hizmetleri Başkanlığı", "Sağlık Hizmetleri Başkanlığının"),
        ("Türkiye İstatistik Kurumu", "Türkiye İstatistik Kurumunun"),
        ("DEVLET HASTANESİ", "DEVLET HASTANESİnin"),
        ("Örnek Bilişim A.Ş.", None),
    ],
)
def test_only_names_ending_in_a_vowel_are_inflected(name: str, genitive: str | None) -> None:
    assert wording.genitive(name) == genitive


@pytest.mark.parametrize(
    ("sender", "number", "dated", "line"),
    [
        (
            "Örnekova Devlet Hastanesi",
            "E-7-704-1",
            date(2026, 11, 2),
            "Örnekova Devlet Hastanesinin 02.11.2026 tarihli ve E-7-704-1 sayılı yazısı.",
        ),
        ("Örnek A.Ş.", "12", date(2026, 11, 2), "02.11.2026 tarihli ve 12 sayılı yazı (Örnek A.Ş.)."),
        ("Örnekova Devlet Hastanesi", "", None, "Örnekova Devlet Hastanesinin yazısı."),
    ],
)
def test_an_answer_cites_the_letter_it_answers(
    sender: str, number: str, dated: date | None, line: str
) -> None:
    assert wording.citation(sender, number, dated) == line


def test_references_are_lettered_in_turkish_order() -> None:
    assert wording.labels(5) == ["a", "b", "c", "ç", "d"]
    assert wording.labels(1) == [""]


def test_unknown_placeholders_are_named_once() -> None:
    text = "{kurum} {adres} {basvuru_no} {adres} {__class__} { kurum }"
    assert wording.unknown_placeholders(text) == ["adres", "__class__"]


def test_a_placeholder_without_a_value_leaves_a_blank() -> None:
    assert wording.fill("{kurum} – {gelen_sayi}", {"kurum": "Örnek {basvuru_no}"}) == "Örnek {basvuru_no} – …"


@pytest.mark.parametrize(
    ("name", "dative", "listed"),
    [
        ("Örnekova Devlet Hastanesi", "ÖRNEKOVA DEVLET HASTANESİNE", "Örnekova Devlet Hastanesine"),
        ("Sağlık Bakanlığı", "SAĞLIK BAKANLIĞINA", "Sağlık Bakanlığına"),
        ("Merkez", "BAŞKA KURUMA", "Başka Kuruma"),
    ],
)
def test_a_distribution_prints_names_in_small_letters(name: str, dative: str, listed: str) -> None:
    assert wording.listed(name, dative) == listed
