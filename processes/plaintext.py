"""Words people type, made fit to be kept and shown."""

from __future__ import annotations

import unicodedata

# Control and direction marks, lone surrogates, unassigned and private letters, separators of lines and paragraphs
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def one_line(text: str) -> str:
    """One line of text: nothing unseen that could break a line, turn its direction or end it early."""
    seen = "".join(" " if letter in "\t\r\n" else letter for letter in text)
    return " ".join("".join(letter for letter in seen if unicodedata.category(letter) not in _UNSEEN).split())


def is_writable(text: str) -> bool:
    """The database can keep it: no zero byte, no half of a letter."""
    return not any(letter == "\0" or unicodedata.category(letter) == "Cs" for letter in text)
