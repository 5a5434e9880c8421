"""The password rules of Ek-5 5.4 as Django's validators: each refusal is a sentence, no sentence repeats what was typed."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.authority import administers
from accounts.leaked import is_leaked
from accounts.models import Institution, PasswordHistory, Unit, User
from accounts.passwords import LONGEST, About, Weakness, weaknesses

REMEMBERED = 10  # the password in use and the nine before it
FLOOR = 8  # the directive's own least length; settings may ask for more, never for less

_HOW = gettext_lazy(
    "It rests on %(what)s. Written backwards, with digits behind it or with signs for letters (@ for a, 0 for o) it is"
    " guessed just as fast."
)
SENTENCES: dict[Weakness, str | Promise] = {
    Weakness.TOO_LONG: gettext_lazy("It has more than %(longest)d characters."),
    Weakness.TOO_SHORT: gettext_lazy("It has fewer than %(at_least)d characters."),
    Weakness.NO_LOWER: gettext_lazy("It has no small letter."),
    Weakness.NO_UPPER: gettext_lazy("It has no capital letter."),
    Weakness.NO_DIGIT: gettext_lazy("It has no digit."),
    Weakness.NO_SIGN: gettext_lazy("It has no punctuation mark or other sign."),
    Weakness.ROW: gettext_lazy(
        "It rests on neighbours on the keyboard (Q or F), in the alphabet or among the numbers."
    ),
    Weakness.REPEATED: gettext_lazy("It repeats or mirrors the same characters."),
    Weakness.DATE: gettext_lazy("It rests on a date or a year."),
    Weakness.COMMON: gettext_lazy("It rests on one of the passwords that are tried first everywhere."),
    Weakness.EXAMPLE: gettext_lazy("It is an example printed in the directive; nobody may use those."),
    Weakness.PERSONAL: gettext_lazy(
        "It holds something known of you: name, user name, registry number, telephone, e-mail or place of work."
    ),
    Weakness.LEAKED: gettext_lazy("It stands on a list of passwords that became known elsewhere."),
    Weakness.PREDICTABLE: gettext_lazy("It has too few different characters."),
}
_WHAT: dict[Weakness, str | Promise] = {
    Weakness.WORD: gettext_lazy("words of the dictionary"),
    Weakness.NAME: gettext_lazy("the name of a person, club or artist"),
    Weakness.COMPUTING: gettext_lazy("a word of computing"),
    Weakness.INSTITUTION: gettext_lazy("the name of an institution or a word of our work"),
    Weakness.PLACE: gettext_lazy("the name of a place"),
}


def least_length(user: User | None) -> int:
    """How many characters the person's password has at least; administrators need more."""
    if user is not None and administers(user):
        return max(FLOOR, settings.PASSWORD_MIN_LENGTH_ADMINISTRATORS)
    return max(FLOOR, settings.PASSWORD_MIN_LENGTH)


def about(user: User | None) -> About:
    """What a guesser would know of the person and of the house."""
    places = _places()
    if user is None:
        return About(places=places)
    texts = [user.first_name, user.last_name, user.username, user.email.partition("@")[0]]
    texts += [str(place) for place in (user.institution, user.unit) if place is not None]
    numbers = [_digits(text) for text in (user.registry_no or "", user.phone)]
    return About(tuple(filter(None, texts)), tuple(number for number in numbers if len(number) >= 4), places)


class DirectiveValidator:
    """Length, kinds of characters, and nothing a guesser would try whole (5.4.2)."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Refuse with every reason at once, so that the next try can be right."""
        at_least = least_length(user)
        found = weaknesses(password, at_least=at_least, about=about(user))
        if not found and is_leaked(password):
            found = [Weakness.LEAKED]
        if found:
            raise ValidationError(
                [ValidationError(self._sentence(weakness, at_least), code=weakness) for weakness in found]
            )

    def get_help_text(self) -> str:
        """The rules in one sentence, before anything is typed."""
        return _(
            "At least %(users)d characters (administrators: %(administrators)d) with small and capital letters, digits"
            " and punctuation; spaces and whole sentences are welcome. No words, names, places, dates, keyboard rows or"
            " personal data with a few characters around them."
        ) % {
            "users": max(FLOOR, settings.PASSWORD_MIN_LENGTH),
            "administrators": max(FLOOR, settings.PASSWORD_MIN_LENGTH_ADMINISTRATORS),
        }

    def _sentence(self, weakness: Weakness, at_least: int) -> str:
        if weakness in _WHAT:
            return str(_HOW) % {"what": _WHAT[weakness]}
        text = str(SENTENCES[weakness])
        return text % {"at_least": at_least, "longest": LONGEST} if "%" in text else text


class ReuseValidator:
    """None of the person's last ten passwords (5.4.3)."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Compare with the hashes kept; nothing readable is kept."""
        if user is None or user._state.adding or len(password) > LONGEST:
            return
        kept = PasswordHistory.objects.filter(user=user).order_by("-pk").values_list("password", flat=True)
        for hashed in [user.password, *kept[: REMEMBERED - 1]]:
            if check_password(password, hashed):
                raise ValidationError(
                    _("You used this password before. The last %(number)d cannot be used again.")
                    % {"number": REMEMBERED},
                    code="reused",
                )

    def get_help_text(self) -> str:
        """The rule in one sentence."""
        return _("None of your last %(number)d passwords.") % {"number": REMEMBERED}


def _places() -> frozenset[str]:
    """The words in the names of the institutions and units of the house."""
    names = (
        Institution.objects.order_by()
        .values_list("search_key")
        .union(Unit.objects.order_by().values_list("search_key"))
    )
    return frozenset(
        word
        for (name,) in names
        for word in name.replace("-", " ").split()
        if len(word) >= 4 and word.isalpha()
    )


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdecimal())
