"""How a letter is worded: placeholders of templates and the closing phrase. Pure; knows no table."""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from datetime import date

from accounts.models.institutions import Level
from accounts.turkish import fold, tr_lower, tr_upper

PLACEHOLDER = re.compile(r"\{([^{}\s]*)\}")

# What a template may say in braces; Turkish, because the unit's people write the templates.
PLACEHOLDERS = frozenset(
    {
        "basvuru_no",
        "basvuru_tarihi",
        "basvuru_konusu",
        "basvuran",
        "kurum",
        "gelen_sayi",
        "gelen_tarih",
        "gelen_konu",
        "son_islem",
        "bugun",
    }
)

TO_SUPERIOR = "arz ederim."
TO_SUBORDINATE = "rica ederim."
TO_BOTH = "arz ve rica ederim."
TO_PERSON = "Saygılarımla."


def unknown_placeholders(text: str, known: Container[str] = PLACEHOLDERS) -> list[str]:
    """The names in braces that no letter can fill in, each once, in order."""
    return list(dict.fromkeys(name for name in PLACEHOLDER.findall(text) if name not in known))


def fill(text: str, words: Mapping[str, str]) -> str:
    """The text with its placeholders filled in; what is not known stays visible as dots to be typed over."""
    return PLACEHOLDER.sub(lambda found: words.get(found[1]) or "…", text)


def closing_phrase(levels: Iterable[str | None]) -> str:
    """How a letter closes for addressees of these levels (Yönetmelik); None stands for a real person.

    To superiors and equals `arz`, to subordinates and private legal persons `rica`, to both `arz ve rica`,
    to real persons alone a courtesy. Without an addressee nothing is said.
    """
    levels = list(levels)
    if not levels:
        return ""
    asks_up = any(level in (Level.SUPERIOR, Level.PEER) for level in levels)
    asks_down = any(level in (Level.SUBORDINATE, Level.PRIVATE) for level in levels)
    if asks_up and asks_down:
        return TO_BOTH
    if asks_up:
        return TO_SUPERIOR
    return TO_SUBORDINATE if asks_down else TO_PERSON


def closed(paragraphs: list[str], phrase: str) -> list[str]:
    """The paragraphs with the closing phrase: it ends an unfinished last sentence, else it stands alone."""
    if not phrase:
        return paragraphs
    if paragraphs and phrase != TO_PERSON and not paragraphs[-1].endswith((".", "!", "?", ":", ";")):
        return [*paragraphs[:-1], f"{paragraphs[-1].rstrip(',')} {phrase}"]
    return [*paragraphs, tr_upper(phrase[:1]) + phrase[1:]]


_HARMONY = {"a": "ı", "ı": "ı", "e": "i", "i": "i", "o": "u", "u": "u", "ö": "ü", "ü": "ü"}


def genitive(name: str) -> str | None:
    """`… Hastanesi` as `… Hastanesinin`. Only names that end in a vowel are safe to inflect; None for others."""
    vowel = _HARMONY.get(tr_lower(name[-1:]))
    return f"{name}n{vowel}n" if vowel else None


def citation(sender: str, number: str, dated: date | None) -> str:
    """A line of the ilgi: `… Hastanesinin 01.02.2025 tarihli ve E-12345678-719-123 sayılı yazısı.`"""
    facts = " ve ".join(
        part
        for part in (f"{dated:%d.%m.%Y} tarihli" if dated else "", f"{number} sayılı" if number else "")
        if part
    )
    owner = genitive(sender)
    words = (owner, facts, "yazısı") if owner else (facts, "yazı", f"({sender})")
    return f"{' '.join(word for word in words if word)}."


def listed(name: str, dative: str) -> str:
    """A name in the dative as a distribution list prints it, in small letters: `Örnekova Devlet Hastanesine`."""
    if fold(dative).startswith(fold(name)) and len(dative) >= len(name):
        return f"{name}{tr_lower(dative[len(name) :])}"
    return " ".join(tr_upper(word[:1]) + tr_lower(word[1:]) for word in dative.split())


def labels(count: int) -> list[str]:
    """The letters before several lines, in Turkish order: a, b, c, ç, d …; none before a single line."""
    return list("abcçdefgğhıijklmnoöprsştuüvyz"[:count]) if count > 1 else [""] * count
