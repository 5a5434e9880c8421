"""PIN and security word: nobody writes them down here. A text that looks as if it told one is refused at every door.

Talking *about* a PIN is fine (“PIN unutuldu”), giving one is not (“PIN: 4821”, “güvenlik sözcüğüm kedi”). In doubt the text
is refused: writing it in other words costs a moment, a kept secret costs a signature.
"""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from processes.turkish import fold

REFUSAL = _(
    "This looks like a PIN, a password or a security word. They are never written down here: take it out, "
    "and if somebody else has seen it, have it changed at Kamu SM."
)

_QUOTES = str.maketrans(dict.fromkeys("“”„«»", '"'))
_SPACE = r"[\s._\-*|/]"
_PIN = rf"(?<![a-z0-9])p{_SPACE}?(?:i{_SPACE}?n|u{_SPACE}?k)(?:[1-2](?!\d))?"
_PIN_END = (
    r"(?:i|im|in|ini|imi|si|imiz|iniz)?(?:[\s._\-]*(?:kod|no|numara|sifre|code|number)[a-z]*)?(?![a-z])"
)
_WORD = (
    rf"(?<![a-z0-9])(?:(?:guvenlik|gizli|security|secret){_SPACE}*(?:sozcu[gk]|kelime|sifre|kod|word|code)[a-z]*"
    rf"|(?:guvenlik|gizli){_SPACE}*soru[a-z]*(?:{_SPACE}*(?:cevap|cevab|yanit)[a-z]*)?"
    r"|parola(?!siz)[a-z]*|sifre(?!l[ei]|siz)[a-z]*|passwor[dt][a-z]*|passphrase|passcode)"
)
_KEY = rf"(?:{_PIN}{_PIN_END}|{_WORD})"
# What may stand between the name of a secret and the secret itself.
_FILLER = r"(?:\s*(?:\([^)]*\)|benim|su|soyle|olarak|bu|ise|is|tek|yeni|eski))?"
_CODE = r"(?:\d(?:[\s.\-]?\d){3,}|(?=[a-z]*[\d!@#$%&*+?])[a-z0-9!@#$%&*+?_]{4,})(?![a-z])"
_FIGURES = r"(?:\s+(?:sifir|bir|iki|uc|dort|bes|alti|yedi|sekiz|dokuz)(?![a-z])){3,}"
# After “password” only these words speak about it instead of telling it.
_ABOUT = (
    r"(?:ve|veya|ya|da|de|ile|icin|hakkinda|konusunda|nedeniyle|yok|var|mi|calis|unut|degis|bloke|kilit|yanlis|hatali|kabul"
    r"|gir|sor|iste|ol|gel|hatirla|hata|talep|talebi|islem|politika|kural|ekran|zarf|sure|uzun|dene|koru|kullan|bekle|don|dus|gecersiz|eksik|kayip|sifirla|yenile|al|bil|guncel|kapat|yaz|belirle|gonder|ulas)"
)
_TELLING = (
    re.compile(rf"{_KEY}{_FILLER}\s*(?:[:=>]|-+>|~2\w+)+\s*\S"),  # pin: …   parola = …
    re.compile(rf"{_KEY}{_FILLER}[\s\-,;.]+(?:no\s+)?{_CODE}"),  # pin kodu 1234   şifre Kedi12
    re.compile(rf'{_KEY}{_FILLER}\s*"[^"]+"'),  # güvenlik sözcüğü “kedi”
    re.compile(
        r"(?<![a-z0-9])(?:(?:guvenlik|gizli)\s*(?:sozcugu|kelime|sifre)m(?:iz)?|parola[mn](?:iz)?|sifre[mn](?:iz)?"
        rf"|p{_SPACE}?i{_SPACE}?nim(?:iz)?|{_WORD})\s+(?!{_ABOUT})[a-z0-9]"
    ),  # güvenlik sözcüğüm kedi   parola mavi
    re.compile(rf"(?<![\d/.\-])\d{{4,8}}[\s(\[]+(?:{_PIN}){_PIN_END}(?!\w)"),  # 4821 pin kodudur   4821 (pin)
    re.compile(rf"{_KEY}{_FIGURES}"),  # pini dört sekiz iki bir
    re.compile(rf"{_KEY}[^.:\n]{{0,60}}\byeni(?:si|sini)?\s+{_CODE}"),  # PIN'i unuttum, yenisi 4821
)


def tells_a_secret(text: str) -> bool:
    """Whether a text seems to give away a PIN, a password or a security word."""
    plain = fold(text.translate(_QUOTES))
    return any(pattern.search(plain) for pattern in _TELLING)


def refused(text: str) -> str | Promise | None:
    """The sentence that refuses a text which gives one away."""
    return REFUSAL if tells_a_secret(text) else None


def refuse_secrets(value: Any) -> None:
    """A form field's or column's validator."""
    if isinstance(value, str) and value and tells_a_secret(value):
        raise ValidationError(REFUSAL, code="secret")


def refuse_secrets_in(record: Any, names: tuple[str, ...]) -> None:
    """The same for the texts of a record about to be saved; whatever door they came through."""
    wrong = {name: REFUSAL for name in names if tells_a_secret(str(getattr(record, name) or ""))}
    if wrong:
        raise ValidationError(wrong, code="secret")
