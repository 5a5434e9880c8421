"""Turkish letters: upper and lower case, alphabetical order and the key that searches compare.

The database needs neither ICU nor an extension: models store `sort_key` and `fold` of their names in columns
under the "C" collation, and every search term goes through the same `fold`.
"""

import unicodedata

__all__ = ["fold", "sort_key", "tr_lower", "tr_upper"]

_COMBINING_DOT = "\u0307"
_CIRCUMFLEX = "\u0302"

# Letters whose ASCII spelling neither decomposition nor their Unicode name gives.
_SPELLED = {
    "ı": "i",
    "æ": "ae",
    "œ": "oe",
    "ð": "d",
    "þ": "th",
    "ŋ": "n",
    "ĸ": "k",
    "ə": "e",
}

# "Örnekova'nın" and "Örnekovanın" are one word to a reader, whichever apostrophe was typed.
_APOSTROPHES = frozenset(
    "'`\u00b4\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u02c8\u2018\u2019\u201a\u201b\u2032\u2035\uff07"
)
_WITHOUT_APOSTROPHES = {ord(mark): None for mark in _APOSTROPHES}

# A mark after a letter (~) sorts behind every plain letter, so "ç" comes after "cz" and before "d".
_TURKISH_PLACES = {"ç": "c~", "ğ": "g~", "ı": "i", "i": "i~", "ö": "o~", "ş": "s~", "ü": "u~"}

# Only the scripts of everyday names are remembered, so that odd input cannot fill the memory.
_REMEMBERED_BELOW = 0x3000


def tr_upper(text: str) -> str:
    """Capitals as Turkish writes them: `istanbul` becomes `İSTANBUL`, `ısparta` becomes `ISPARTA`."""
    return _composed(text).replace("i", "İ").upper()


def tr_lower(text: str) -> str:
    """Small letters as Turkish writes them: `İSTANBUL` becomes `istanbul`, `ISPARTA` becomes `ısparta`."""
    return _composed(_composed(text).replace("İ", "i").replace("I", "ı").lower())


def fold(text: str) -> str:
    """The key a search compares: one for every case, dot and accent of a text, so `ISPARTA` finds `ısparta`.

    The answer is ASCII, in small letters, with single spaces. Apostrophes are dropped (`Örnekova'nın` and
    `Örnekovanın` are one), dashes become `-`, other signs without an ASCII form become a space. A letter of
    another script becomes `~` and its code point in hexadecimal, since it must still differ from every other.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_WITHOUT_APOSTROPHES)).casefold()
        text = unicodedata.normalize("NFKD", text).translate(_ASCII)
    return " ".join(text.lower().translate(_PLAIN).split())


def sort_key(text: str) -> str:
    """The place of a name in a Turkish alphabetical list, as a text that compares bytewise ("C" collation).

    Word by word, a shorter word first; digits before letters; the 29 letters, with q, w and x at their Latin
    places; other scripts last. A letter with another accent stands with its base letter (`kâr` with `kar`).
    Of names otherwise equal the one without accents comes first, then the one in small letters. Punctuation
    separates words, apostrophes are dropped. Shape: `primary[ !accents[!capitals]]`, ASCII; a Turkish
    name takes at most four times its length and three characters more, another script up to nine times.
    """
    places: list[str] = []
    accents: list[str] = []
    capitals: list[str] = []
    for letter in _composed(text).translate(_WITHOUT_APOSTROPHES):
        place, accent, capital = _PLACES[letter]
        if place == " " and (not places or places[-1] == " "):
            continue
        places.append(place)
        accents.append(accent)
        capitals.append(capital)
    primary = "".join(places).rstrip(" ")
    accent_part = "".join(accents).rstrip("0")
    capital_part = "".join(capitals).rstrip("0")
    if capital_part:
        return f"{primary} !{accent_part}!{capital_part}"
    return f"{primary} !{accent_part}" if accent_part else primary


def _composed(text: str) -> str:
    """One code point per letter, and no second dot on an `i` (which Python's own `lower` leaves behind)."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", text).replace("i" + _COMBINING_DOT, "i")


def _ascii_spelling(letter: str) -> str:
    """The ASCII spelling of one small, decomposed character; empty when it is no letter of its own."""
    spelled = _SPELLED.get(letter)
    if spelled is not None:
        return spelled
    category = unicodedata.category(letter)
    if category in {"Mn", "Me", "Cc", "Cf"} or letter in _APOSTROPHES:
        return " " if letter.isspace() else ""
    if category == "Nd":
        return str(unicodedata.decimal(letter))
    if category == "Pd":
        return "-"
    if category[0] in "ZPS":
        return " "
    words = unicodedata.name(letter, "").split()
    if words[:3] == ["LATIN", "SMALL", "LETTER"] and len(words) > 3 and len(words[3]) == 1:
        return words[3].lower()
    return f"~{ord(letter):04x}"


class _AsciiTable(dict[int, str]):
    """`str.translate` table to ASCII, worked out letter by letter as they turn up."""

    def __missing__(self, code: int) -> str:
        spelling = chr(code) if code < 0x80 else _ascii_spelling(chr(code))
        if code < _REMEMBERED_BELOW:
            self[code] = spelling
        return spelling


class _PlaceTable(dict[str, tuple[str, str, str]]):
    """For one composed letter: its place in the alphabet, then the weights of its accent and its case."""

    def __missing__(self, letter: str) -> tuple[str, str, str]:
        weights = self._weigh(letter)
        if ord(letter) < _REMEMBERED_BELOW:
            self[letter] = weights
        return weights

    def _weigh(self, letter: str) -> tuple[str, str, str]:
        small = tr_lower(letter)
        capital = "0" if small == letter else "1"
        if small in _TURKISH_PLACES:
            return _TURKISH_PLACES[small], "0", capital
        folded = fold(small)
        if folded[:1] == "~" and len(folded) > 1:
            return f"}}{ord(small[0]):06x}", "0", capital
        place = "".join(_TURKISH_PLACES["i"] if sign == "i" else sign for sign in folded if sign.isalnum())
        if not place:
            return ("", "2", "0") if unicodedata.category(letter) in {"Mn", "Me"} else (" ", "0", "0")
        if folded == small:
            return place, "0", capital
        marks = unicodedata.normalize("NFD", small)[1:]
        return place, "1" if marks == _CIRCUMFLEX else "2", capital


_ASCII = _AsciiTable()
_PLACES = _PlaceTable()
# What ASCII itself still holds after that: apostrophes and control characters other than white space.
_PLAIN: dict[int, str | None] = {
    code: None for code in (*range(0x20), 0x7F, ord("'"), ord("`")) if not chr(code).isspace()
}
