"""TC Kimlik numbers: is one well formed, and how it is shown.

A well-formed number need not belong to anybody; whether it does only the population register knows. Foreigners'
numbers (they start with 99) follow the same rule.
"""

import re

__all__ = ["is_valid_tckn", "masked"]

# Not str.isdigit(): that accepts Arabic-Indic digits and superscripts.
_ELEVEN_DIGITS = re.compile(r"[1-9][0-9]{10}")


def is_valid_tckn(text: object) -> bool:
    """Whether the text is eleven digits, the first not 0, whose last two are the right check digits.

    Nothing is trimmed or converted. Anything that is no text is not valid.
    """
    if not isinstance(text, str) or not _ELEVEN_DIGITS.fullmatch(text):
        return False
    digits = [int(digit) for digit in text]
    tenth = (7 * sum(digits[0:9:2]) - sum(digits[1:8:2])) % 10
    eleventh = sum(digits[:10]) % 10
    return digits[9:] == [tenth, eleventh]


def masked(text: str) -> str:
    """The number as screens show it: first three and last three digits, the rest starred (`123*****146`).

    A text of any other length than eleven is starred whole, for nobody knows which part of it would give it away.
    """
    if len(text) != 11:
        return "*" * len(text)
    return f"{text[:3]}*****{text[-3:]}"
