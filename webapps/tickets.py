"""Numbers in the software-support systems: each application has its own system, so each has its own number.

One text carries them, as programs send it and pages put it together: a number alone where one application is concerned, else a
line for each, “CODE: number”.
"""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from processes.errors import RuleBroken

MOST_LETTERS = 40
MOST_TEXT = 2_000


def read(text: str, codes: Collection[str]) -> dict[str, str]:
    """The number for each of these applications; refuses one that is missing, too long or for another application."""
    lines = [line.strip() for line in text.replace(";", "\n").splitlines() if line.strip()]
    if len(codes) == 1 and len(lines) == 1 and lines[0].partition(":")[0].strip().upper() not in codes:
        numbers = {next(iter(codes)): lines[0]}
    else:
        parts = [line.partition(":") for line in lines]
        numbers = {code.strip().upper(): number.strip() for code, _colon, number in parts}
    missing = [code for code in sorted(codes) if not numbers.get(code)]
    if missing:
        _refuse(
            _("Write the number of the support request for the users you cannot do yourself.")
            if len(codes) == 1
            else _(
                "Write the number of the support request for each application, such as “CODE: number”: %(codes)s."
            )
            % {"codes": ", ".join(missing)}
        )
    if others := [code for code, number in numbers.items() if number and code not in codes]:
        _refuse(
            _("No user of these applications goes to the support: %(codes)s.") % {"codes": ", ".join(others)}
        )
    if any(len(number) > MOST_LETTERS for number in numbers.values()):
        _refuse(_("The number of a support request has at most %(count)d signs.") % {"count": MOST_LETTERS})
    return {code: numbers[code] for code in codes}


def _refuse(sentence: str) -> None:
    raise RuleBroken(sentence, fields={"ticket": [sentence]})
