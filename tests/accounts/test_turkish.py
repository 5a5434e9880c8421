"""Turkish letters: case, alphabetical order, search key."""

import subprocess
import sys
import unicodedata
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.turkish import fold, sort_key, tr_lower, tr_upper

ALPHABET = "abcçdefgğhıijklmnoöpqrsştuüvwxyz"
CAPITALS = "ABCÇDEFGĞHIİJKLMNOÖPQRSŞTUÜVWXYZ"
turkish_texts = st.text(alphabet=ALPHABET + CAPITALS + " 0123456789")
turkish_words = st.text(alphabet=ALPHABET, min_size=1)


def test_upper_and_lower_know_both_letters_i() -> None:
    assert tr_upper(ALPHABET) == CAPITALS
    assert tr_lower(CAPITALS) == ALPHABET


@pytest.mark.parametrize("text", ["İ", "I\u0307", "i\u0307"])
def test_lower_leaves_one_dot_however_the_letter_was_stored(text: str) -> None:
    assert tr_lower(text) == "i"
    assert tr_upper(text) == "İ"


@given(turkish_texts)
def test_case_round_trips_in_turkish(text: str) -> None:
    assert tr_upper(tr_lower(text)) == tr_upper(text)
    assert tr_lower(tr_upper(text)) == tr_lower(text)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("İIıi", "iiii"),
        ("ŞşĞğÇçÖöÜüÂâÎîÛû", "ssggccoouuaaiiuu"),
        ("i\u0307s\u0327", "is"),
        ("Straße Ærø Łódź Đorđe ƏLİYEV", "strasse aero lodz dorde eliyev"),
        ("Örnekova’nın", "ornekovanin"),
        ("Örnekova'nın", "ornekovanin"),
        ("  Ali\u00a0\tVeli \n", "ali veli"),
        ("5.3.6/2026/000123", "5.3.6/2026/000123"),
        ("٣ ５ ²", "3 5 2"),
        ("2024–2025", "2024-2025"),
        ("so\u00adnuç\u200b\ufeff\x00", "sonuc"),
        ("§ 5 …", "5 ..."),
        ("", ""),
    ],
)
def test_fold(text: str, key: str) -> None:
    assert fold(text) == key


def test_fold_keeps_other_scripts_apart() -> None:
    assert fold("Иван") == fold("ИВАН") == "~0438~0432~0430~043d"
    assert fold("аdmin") != fold("admin")


@given(st.text())
def test_fold_is_ascii_and_settled(text: str) -> None:
    key = fold(text)
    assert key.isascii()
    assert key == key.strip()
    assert fold(key) == key


@given(st.text())
def test_fold_does_not_see_how_accents_are_stored(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(text)
    assert fold(unicodedata.normalize("NFC", text)) == fold(text)


@given(turkish_texts)
def test_fold_does_not_see_case(text: str) -> None:
    assert fold(tr_upper(text)) == fold(text)
    assert fold(tr_lower(text)) == fold(text)
    assert fold(text.upper()) == fold(text)
    assert fold(text.lower()) == fold(text)


def test_sort_key_follows_the_alphabet() -> None:
    assert sorted(ALPHABET, key=sort_key) == list(ALPHABET)
    assert sorted(CAPITALS, key=sort_key) == list(CAPITALS)


@given(turkish_words, turkish_words)
def test_sort_key_compares_words_letter_by_letter(one: str, other: str) -> None:
    places = [[ALPHABET.index(letter) for letter in word] for word in (one, other)]
    assert (sort_key(one) < sort_key(other)) == (places[0] < places[1])


@given(st.lists(turkish_words, max_size=4), st.lists(turkish_words, max_size=4))
def test_sort_key_compares_names_word_by_word(one: list[str], other: list[str]) -> None:
    places = [[[ALPHABET.index(letter) for letter in word] for word in words] for words in (one, other)]
    assert (sort_key(" ".join(one)) < sort_key(" ".join(other))) == (places[0] < places[1])


@pytest.mark.parametrize(
    "names",
    [
        ["5 Nolu Sağlık Evi", "Acil", "Zara"],
        ["Ali", "Ali Can", "Ali Veli", "Alican"],
        ["kar", "Kar", "kâr", "Kâr", "kara"],
        ["Iğdır", "Ilgaz", "İzmir"],
        ["hala", "hâlâ", "halı", "hali"],
        ["Zeki", "Иван"],
        ["cz", "cИ", "ça", "da"],
        ["", "A"],
    ],
)
def test_sort_key_orders(names: list[str]) -> None:
    for first, second in pairwise(names):
        assert sort_key(first) < sort_key(second)


def test_sort_key_ignores_apostrophes_and_breaks_words_at_punctuation() -> None:
    assert sort_key("Ağrı’nın") == sort_key("Ağrı'nın") == sort_key("Ağrının")
    assert sort_key("(Uzm.Dr.)  ayşe") == sort_key("Uzm Dr ayşe")


@given(st.text())
def test_sort_key_is_printable_ascii_of_bounded_length(text: str) -> None:
    key = sort_key(text)
    assert key.isascii()
    assert key == "" or key.isprintable()
    assert len(key) <= 9 * len(unicodedata.normalize("NFKD", text)) + 3


@given(st.text())
def test_sort_key_does_not_see_how_accents_are_stored(text: str) -> None:
    assert sort_key(unicodedata.normalize("NFD", text)) == sort_key(unicodedata.normalize("NFC", text))


def test_rooms_import_the_same_functions_from_processes_without_django() -> None:
    program = (
        "import sys, accounts.turkish as ours, processes.turkish as theirs\n"
        "assert all(getattr(ours, name) is getattr(theirs, name) for name in ours.__all__)\n"
        "assert theirs.__all__ == ours.__all__ and 'django' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
