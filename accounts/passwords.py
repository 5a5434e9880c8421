"""What makes a password weak by Ek-5 5.4.2, found out without a database: every reason, not just the first.

A password is read as what a guesser would try: words forwards and backwards, letters swapped for signs, runs on the
alphabet, on numbers and on the Q and F keyboards, repeats, dates, what is known of the person. Each such part counts for
a little however long it is; the remaining, different characters count one each. Too few points, and it is refused with
the names of the parts. So four words and a sign are a passphrase (5.4.6), while `Ankara2026!` is nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from django.contrib.auth.password_validation import CommonPasswordValidator

WORDS = Path(__file__).parent / "data" / "weak_words.txt"
LEAST_POINTS = 8
LONGEST = 128
SHORTEST_WORD = 4
SHORTEST_NAME = 3
SHORTEST_RUN = 3
SHORTEST_MIRROR = 6


class Weakness(StrEnum):
    """Why a password is refused; the sentences stand in `accounts.validators`."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    NO_LOWER = "no_lower"
    NO_UPPER = "no_upper"
    NO_DIGIT = "no_digit"
    NO_SIGN = "no_sign"
    WORD = "words"
    NAME = "names"
    COMPUTING = "computing"
    INSTITUTION = "institutions"
    PLACE = "places"
    COMMON = "common"
    ROW = "row"
    REPEATED = "repeated"
    DATE = "date"
    EXAMPLE = "example"
    PERSONAL = "personal"
    PREDICTABLE = "predictable"
    LEAKED = "leaked"


POINTS = {
    Weakness.WORD: 2,
    Weakness.NAME: 2,
    Weakness.COMPUTING: 2,
    Weakness.INSTITUTION: 2,
    Weakness.PLACE: 2,
    Weakness.COMMON: 2,
    Weakness.ROW: 1,
    Weakness.REPEATED: 1,
    Weakness.DATE: 1,
}
SECTIONS = (Weakness.WORD, Weakness.NAME, Weakness.COMPUTING, Weakness.INSTITUTION, Weakness.PLACE)

_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "abcçdefgğhıijklmnoöprsştuüvyz",
    "01234567890",
    "qwertyuiopğü",
    "asdfghjklşi",
    "zxcvbnmöç",
    "fgğıodrnhpqw",
    "uieaütkmlyş",
    "jövcçzsb",
    "qazwsxedcrfvtgbyhnujm",
    "1qaz2wsx3edc4rfv5tgb6yhn",
    "1q2w3e4r5t6y7u8i9o0p",
    "zyxwuts",
)
# The examples the directive itself prints (5.4.2, 5.4.6): "do not use any example above".
_EXAMPLES = ("OdC1nSg!", "*?#>*@1012inciCaddekiTrafik*&#!#BuSabah", "olmayadevletcihandabirnefessihhatgibi")
_ASCII = str.maketrans("çğıiöşüâîûİI", "cgiiosuaiuii")
_LEET = (str.maketrans("0134578@$!€|+", "oieastbasieit"), str.maketrans("0134578@$!€|+", "oleastbaslelt"))
_DATES = (
    re.compile(r"(?:0?[1-9]|[12]\d|3[01])[-./ ]?(?:0?[1-9]|1[0-2])[-./ ]?(?:19|20)?\d\d"),
    re.compile(r"(?:19|20)\d\d[-./ ]?(?:0[1-9]|1[0-2])[-./ ]?(?:0[1-9]|[12]\d|3[01])"),
    re.compile(r"(?:19|20)\d\d"),
)
_SAME = re.compile(r"(.)\1{2,}|(?:(.)\2(?=(.)\3))+(.)\4|(.{2,})\5+")


@dataclass(frozen=True)
class Part:
    """A piece a guesser would try whole."""

    start: int
    end: int
    why: Weakness


@dataclass(frozen=True)
class About:
    """What is known around the person: their own data, and the names of institutions and units of the house."""

    personal: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    places: frozenset[str] = field(default_factory=frozenset)


def weaknesses(password: str, *, at_least: int = 8, about: About | None = None) -> list[Weakness]:
    """Every reason for which the password is refused; none for a strong one."""
    if len(password) > LONGEST:
        return [Weakness.TOO_LONG]
    known = about or About()
    found = [*_shape(password, at_least)]
    if _is_example(password):
        found.append(Weakness.EXAMPLE)
    if _is_personal(password, known):
        found.append(Weakness.PERSONAL)
    points, parts = _counted(password, known.places)
    if points < LEAST_POINTS:
        reasons = sorted({part.why for part in parts}, key=list(Weakness).index)
        found += reasons or ([] if found else [Weakness.PREDICTABLE])
    return list(dict.fromkeys(found))


def folded(text: str) -> str:
    """Small ASCII letters, one for each letter of the text, so that places in both agree."""
    small = "".join(_small(letter) for letter in text)
    return small.translate(_ASCII)


def _small(letter: str) -> str:
    lowered = {"İ": "i", "I": "ı"}.get(letter, letter.lower())
    return lowered if len(lowered) == 1 else letter


def _shape(password: str, at_least: int) -> Iterator[Weakness]:
    if len(password) < at_least:
        yield Weakness.TOO_SHORT
    for test, weakness in (
        (str.islower, Weakness.NO_LOWER),
        (str.isupper, Weakness.NO_UPPER),
        (str.isdecimal, Weakness.NO_DIGIT),
        (lambda letter: not letter.isalnum(), Weakness.NO_SIGN),
    ):
        if not any(test(letter) for letter in password):
            yield weakness


def _is_example(password: str) -> bool:
    plain = "".join(letter for letter in folded(password) if letter.isalnum())
    backwards = plain[::-1]
    examples = ["".join(letter for letter in folded(text) if letter.isalnum()) for text in _EXAMPLES]
    return any(example in plain or example in backwards for example in examples)


def _is_personal(password: str, about: About) -> bool:
    """Whether something known of the person stands in it, either way round, or their numbers do."""
    digits = "".join(letter for letter in password if letter.isdecimal())
    if any(len(number) >= 4 and number in digits for number in about.numbers):
        return True
    if any(
        number[start : start + 6] in digits for number in about.numbers for start in range(len(number) - 5)
    ):
        return True
    words = [
        word for text in about.personal for word in re.split(r"[^a-z0-9]+", folded(text)) if len(word) >= 3
    ]
    return any(_holds(form, word) for word in words for form in _forms(password))


def _holds(form: str, word: str) -> bool:
    """Short names only where they stand alone, or `Ali` would forbid half the language."""
    if len(word) >= SHORTEST_WORD:
        return word in form
    return re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", form) is not None


def _forms(password: str) -> Iterator[str]:
    """The password as a guesser reads it: plain or with signs for letters, forwards or backwards."""
    plain = folded(password)
    for form in dict.fromkeys((plain, *(plain.translate(table) for table in _LEET))):
        yield form
        yield form[::-1]


def _counted(password: str, places: frozenset[str]) -> tuple[int, list[Part]]:
    """The points of the password, and the guessable parts that do not overlap, the longest first."""
    taken = [False] * len(password)
    parts: list[Part] = []
    for part in sorted(_parts(password, places), key=_first_tried):
        if not any(taken[part.start : part.end]):
            parts.append(part)
            taken[part.start : part.end] = [True] * (part.end - part.start)
    points = sum(POINTS[part.why] for part in parts)
    ends = {part.end for part in parts if part.why not in {Weakness.DATE, Weakness.ROW, Weakness.REPEATED}}
    points += _tails(password, ends, taken)
    rest = {letter for letter, is_taken in zip(password, taken, strict=True) if not is_taken}
    return points + len(rest), parts


def _first_tried(part: Part) -> tuple[int, int, int]:
    return part.start - part.end, POINTS[part.why], list(Weakness).index(part.why)


def _tails(password: str, ends: Iterable[int], taken: list[bool]) -> int:
    """Digits that follow a word count one together, however many they are (`gizli1`, `gizli2`)."""
    points = 0
    for end in ends:
        tail = end
        while tail < len(password) and password[tail].isdecimal() and not taken[tail]:
            taken[tail] = True
            tail += 1
        points += tail > end
    return points


def _parts(password: str, places: frozenset[str]) -> Iterator[Part]:
    size = len(password)
    plain = folded(password)
    yield from _words(plain, places)
    for table in _LEET:
        form = plain.translate(table)
        if form != plain:
            yield from _words(form, places)
    yield from _rows("".join(_small(letter) for letter in password))
    for pattern in _DATES:
        yield from (Part(*match.span(), Weakness.DATE) for match in pattern.finditer(password))
    yield from (Part(*match.span(), Weakness.REPEATED) for match in _SAME.finditer(plain))
    half = size // 2
    for middle in {half, size - half}:
        head, tail = plain[:middle], plain[middle:]
        if half >= 3 and tail.startswith(head[::-1][-len(tail) :]):
            yield Part(0, size, Weakness.REPEATED)
    yield from _mirrors(plain)


def _mirrors(plain: str) -> Iterator[Part]:
    """Pieces that read the same both ways, found from their middles."""
    for middle in range(2 * len(plain) - 1):
        start, end = middle // 2, (middle + 1) // 2
        while start >= 0 and end < len(plain) and plain[start] == plain[end]:
            if end - start >= SHORTEST_MIRROR - 1:
                yield Part(start, end + 1, Weakness.REPEATED)
            start, end = start - 1, end + 1


def _words(form: str, places: frozenset[str]) -> Iterator[Part]:
    """Words of the lists, either way round; given names of three letters where they stand alone."""
    known, longest = _known()
    size = len(form)
    for start in range(size):
        for end in range(start + SHORTEST_NAME, min(size, start + longest) + 1):
            piece = form[start:end]
            if not piece.isalpha():
                break
            if end - start < SHORTEST_WORD and not _stands_alone(form, start, end):
                continue
            for word in (piece, piece[::-1]):
                why = known.get(word) or (Weakness.INSTITUTION if word in places else None)
                if why is not None:
                    yield Part(start, end, why)


def _stands_alone(form: str, start: int, end: int) -> bool:
    return not (form[:start][-1:].isalpha() or form[end : end + 1].isalpha())


def _rows(small: str) -> Iterator[Part]:
    """Runs of neighbours on the alphabet, in numbers or on a keyboard, either way round."""
    for row in _known_rows():
        start = 0
        while start < len(small):
            end = start + 1
            while end < len(small) and small[start : end + 1] in row:
                end += 1
            if end - start >= SHORTEST_RUN:
                yield Part(start, end, Weakness.ROW)
            start += 1


@lru_cache(maxsize=1)
def _known_rows() -> tuple[str, ...]:
    forwards = dict.fromkeys(text for row in _ROWS for text in (row, row.translate(_ASCII)))
    return tuple(text for row in forwards for text in (row, row[::-1]))


@lru_cache(maxsize=1)
def _known() -> tuple[dict[str, Weakness], int]:
    """Every listed word with its kind, and the length of the longest; our own lists win over the common passwords."""
    words: dict[str, Weakness] = {}
    for word in CommonPasswordValidator().passwords:
        if word.isalpha() and len(word) > SHORTEST_WORD and len(set(word)) >= SHORTEST_WORD:
            words[folded(word)] = Weakness.COMMON
    kind = Weakness.WORD
    for line in WORDS.read_text(encoding="utf-8").splitlines():
        if line.startswith("="):
            kind = Weakness(line.removeprefix("=").strip())
        elif not line.startswith("#"):
            shortest = SHORTEST_NAME if kind == Weakness.NAME else SHORTEST_WORD
            words |= {folded(word): kind for word in line.split() if len(word) >= shortest}
    return words, max(map(len, words))
