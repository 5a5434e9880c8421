"""To which sub-process an incoming letter probably belongs: its file-plan code first, then the words of its subject.

Only a suggestion: a person routes, and sees why this was suggested.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from ebys.models import IncomingLetter
from ebys.models.codes import Security
from processes import rooms
from processes.models import DefinitionState, Subprocess
from processes.turkish import fold

BREACHES = "5.3.2"
SECRET = (Security.SECRET, Security.TOP_SECRET)
CODE_WEIGHT, PARENT_WEIGHT, WORD_WEIGHT = 60, 30, 15

# Beginnings of words that letters of each sub-process use, folded; the subject decides, not who wrote.
WORDS: dict[str, tuple[str, ...]] = {
    "5.3.1": ("politika", "yonerge", "kilavuz", "dokuman", "genelge", "mevzuat"),
    "5.3.2": ("ihlal", "siber", "sizinti", "zararli", "oltalama", "olay bildirim"),
    "5.3.3": ("e-imza", "elektronik imza", "mobil imza", "sertifika", "kamu sm", "nitelikli"),
    "5.3.4": ("uss", "tesis tanim", "kds", "firma esles", "saglik-net", "saglik net", "entegrasyon", "sifre"),
    "5.3.5": ("gosterge", "veri gonderim", "gonderim orani", "gonderim basari"),
    "5.3.6": (
        "ag ",
        "aginda",
        "agina",
        "internet",
        "baglanti",
        "kablo",
        "switch",
        "sunucu",
        "bilgisayar",
        "yazici",
        "ariza",
        "donanim",
        "telefon hatt",
        "santral",
        "altyapi",
        "kesinti",
        "erisilem",
        "tarayici",
        "network",
    ),
    "5.3.7": ("kullanici", "yetki", "yetkilendir", "web uygulama", "hesap", "parola", "erisim talebi"),
}


@dataclass(frozen=True)
class Suggestion:
    """One sub-process a letter may belong to; `has_room` tells whether its case can be opened here."""

    number: str
    name: str
    score: int
    reason: str
    has_room: bool


def suggest(letter: IncomingLetter) -> list[Suggestion]:
    """The sub-processes that fit, the likeliest first; empty when nothing speaks for any."""
    found = [
        Suggestion(number, name, score, "; ".join(reasons), rooms.has_room(number))
        for number, name, codes in _catalogue()
        for score, reasons in (_weigh(letter, number, codes),)
        if score
    ]
    return sorted(found, key=lambda one: (-one.score, not one.has_room, one.number))


def is_reserved(letter: IncomingLetter) -> bool:
    """Whether only those who may know of breaches read it until it is routed: it is secret, or nothing fits it better.

    Whoever routes it elsewhere opens it to the rest of the unit.
    """
    if letter.security in SECRET:
        return True
    found = suggest(letter)
    return any(one.number == BREACHES and one.score == found[0].score for one in found)


def chosen(number: str) -> Suggestion | None:
    """What somebody chose instead of what was suggested; None for a number whose cases are not opened here."""
    if not rooms.has_room(number):
        return None
    return Suggestion(number, str(rooms.room_for(number).title), 0, "", has_room=True)


def choices() -> list[tuple[str, str]]:
    """Every sub-process whose cases can be opened here, for routing by hand."""
    return [(room.number, f"{room.number} {room.title}") for room in rooms.all_rooms()]


def _catalogue() -> list[tuple[str, str, list[str]]]:
    """Number, name and file-plan codes of every sub-process with an approved definition: one query."""
    rows = Subprocess.objects.filter(definitions__state=DefinitionState.APPROVED).order_by("number")
    return list(rows.values_list("number", "definitions__name", "sdp_codes"))


def _weigh(letter: IncomingLetter, number: str, codes: Iterable[str]) -> tuple[int, list[str]]:
    score, reasons = 0, []
    code = letter.sdp_code or sdp_code_in(letter.official_number)
    if code:
        if code in codes:
            score += CODE_WEIGHT
            reasons.append(_("file-plan code %(code)s") % {"code": code})
        elif any(_is_under(code, known) or _is_under(known, code) for known in codes):
            score += PARENT_WEIGHT
            reasons.append(_("file-plan code near %(code)s") % {"code": code})
    subject = f"{fold(letter.subject)} "
    words = [word.strip() for word in WORDS.get(number, ()) if f" {word}" in f" {subject}"]
    if words:
        score += WORD_WEIGHT * len(words)
        reasons.append(
            _("words of the subject: %(words)s") % {"words": ", ".join(_as_written(letter.subject, words))}
        )
    return score, reasons


def sdp_code_in(official_number: str) -> str:
    """The file-plan code inside an official number: `E-24312041-702.03-1` holds `702.03`."""
    parts = official_number.split("-")
    code = parts[-2] if len(parts) >= 3 else ""
    return code if code[:3].isdigit() and len(code) >= 3 else ""


def _is_under(code: str, parent: str) -> bool:
    return code.startswith(f"{parent}.")


def _as_written(subject: str, words: Iterable[str]) -> list[str]:
    """The words of the subject that were recognised, as the letter writes them."""
    written = subject.split()
    found = []
    for word in words:
        head = word.split()[0]
        found.append(next((one.strip(".,;:()") for one in written if fold(one).startswith(head)), word))
    return list(dict.fromkeys(found))
