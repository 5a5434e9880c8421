"""How the clauses of Ek-5 about passwords, accounts, rights and sessions are kept, and what is amiss today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db.models import Count, Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import oversight, password_age
from accounts.models import Acknowledgement, ClientCertificate, Grant, User
from accounts.queries import people_with_role
from accounts.roles import Role
from accounts.services import people
from audit import events
from audit.models import Entry
from processes import clauses, feeds
from processes.errors import NotFound, NotPermitted
from processes.keepers import doors, matrix

APP = "accounts"
UNUSED = timedelta(days=90)
PATTERN_DAYS = timedelta(days=7)
BEYOND = (NotPermitted.code, NotFound.code)  # what was not the person's to do or to see
PATTERN = 20  # refusals of one person in a week that somebody should look at
REFUSED = ("Sağlık1!", "kıLğas1!", "Qwerty12!", "Fgğıod12!", "Aaabbb1!", "gizli2A!", "123321aA!", "OdC1nSg!")
ACCEPTED = "Bozuk-plak_çalar+61 tıngırtı"
VALIDATORS = {"accounts.validators.DirectiveValidator", "accounts.validators.ReuseValidator"}


def password_rules() -> Sequence[str]:
    """The rules refuse what the directive calls weak and let a passphrase pass."""
    found = []
    missing = VALIDATORS - {row["NAME"] for row in settings.AUTH_PASSWORD_VALIDATORS}
    if missing:
        found.append(
            _("Some password rules are switched off: %(names)s.") % {"names": ", ".join(sorted(missing))}
        )
    accepted = sum(_is_accepted(password) for password in REFUSED)
    if accepted:
        found.append(_("%(count)d of the directive's weak passwords are accepted.") % {"count": accepted})
    if not _is_accepted(ACCEPTED):
        found.append(_("A strong passphrase is refused."))
    return found


def password_ages() -> Sequence[str]:
    """Nobody works on with a password that is too old."""
    found = []
    if settings.PASSWORD_DAYS > password_age.CEILING_DAYS:
        found.append(
            _("The setting lets passwords grow older than six months; the program stops at six months.")
        )
    ceiling = timedelta(days=password_age.CEILING_DAYS)
    late = User.objects.people().filter(last_login__gt=F("password_set_at") + ceiling)
    late = late.exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    if count := late.count():
        found.append(
            _("%(count)d people logged in with a password older than six months.") % {"count": count}
        )
    return found


def one_account_each() -> Sequence[str]:
    """Every account belongs to one person who can be named."""
    nameless = User.objects.people().filter(Q(registry_no__isnull=True) | Q(last_name=""))
    count = nameless.count()
    if not count:
        return []
    return [
        _("%(count)d open accounts name no person (surname or registry number is missing).")
        % {"count": count}
    ]


def rights_acknowledged() -> Sequence[str]:
    """Who works here has read their rights."""
    read = Acknowledgement.objects.filter(user=OuterRef("pk"))
    users = User.objects.people().filter(last_login__isnull=False)
    count = users.filter(Q(rights_changed=True) | ~Exists(read)).count()
    if not count:
        return []
    return [_("%(count)d people have not acknowledged their rights of today.") % {"count": count}]


def rights_in_use() -> Sequence[str]:
    """Rights nobody uses are to be looked at: did the person leave or move?"""
    since = timezone.now() - UNUSED
    held = Grant.objects.in_force(timezone.localdate()).filter(user=OuterRef("pk"), granted_at__lt=since)
    idle = (
        User.objects.people()
        .filter(Exists(held))
        .filter(Q(last_login__isnull=True) | Q(last_login__lt=since))
    )
    count = idle.count()
    if not count:
        return []
    return [_("%(count)d people hold roles and have not logged in for 90 days.") % {"count": count}]


def overstepping() -> Sequence[str]:
    """Somebody who is refused again and again tries what is not theirs; two people at one letter do not."""
    lately = Entry.objects.filter(
        event=events.REFUSED,
        changes__code__in=BEYOND,
        timestamp__gte=timezone.now() - PATTERN_DAYS,
        actor__isnull=False,
    )
    often = lately.order_by().values("actor").annotate(times=Count("pk")).filter(times__gte=PATTERN)
    return [
        _("%(name)s was refused %(times)d times in seven days.")
        % {"name": User.objects.get(pk=row["actor"]).full_name, "times": row["times"]}
        for row in often
    ]


def trained() -> Sequence[str]:
    """Everybody was trained in keeping passwords."""
    count = oversight.untrained().count()
    return [_("%(count)d people have no current training.") % {"count": count}] if count else []


def session_rules() -> Sequence[str]:
    """One session each, ended when idle and after a day, held to hours and networks."""
    found = []
    if doors.MIDDLEWARE not in settings.MIDDLEWARE:
        found.append(_("Sessions are not checked: the program runs without its session rules."))
    if settings.SESSION_IDLE_MINUTES > 15 or settings.SESSION_LONGEST_HOURS > 10:
        found.append(_("Sessions last longer than 15 idle minutes or ten hours."))
    return found


def administrators_with_cards() -> Sequence[str]:
    """Administrators log in with a certificate."""
    now = timezone.now()
    cards = ClientCertificate.objects.filter(revoked_at__isnull=True, valid_until__gt=now)
    holders = set(cards.values_list("user", flat=True))
    return [
        _("%(name)s administers without a valid certificate.") % {"name": head.full_name}
        for head in people_with_role(Role.UNIT_HEAD)
        if head.pk not in holders
    ]


def end_feeds(sender: type[User], user: User, **kwargs: object) -> None:
    """Whoever left reads no calendar any more, also not after coming back."""
    feeds.revoke_key(user)


_RULES = gettext_lazy(
    "Weak passwords are refused with their reason, in Turkish and English, also reversed or in leet."
)
_DECLARED = gettext_lazy(
    "Rights and duties are declared in writing, acknowledged at log-in and after every change."
)
_COMPARED = gettext_lazy(
    "Roles, holders and the approved matrix are compared monthly; a difference opens a case and reaches the unit head."
)
_SESSION = gettext_lazy("A new log-in ends the old session; 15 idle minutes or ten hours end it too.")
_ACCOUNT = gettext_lazy(
    "Everybody has an account of their own; programs have keys, and nobody logs in as a group."
)
_HASHED = gettext_lazy("Passwords are kept as one-way hashes (Argon2); nothing readable is stored or sent.")
KEPT = (
    ("5.4.1.2", gettext_lazy("A password ends after 180 days, an administrator's after 90."), password_ages),
    (
        "5.4.1.4",
        gettext_lazy("No page or e-mail shows a password; links to choose one work once, for 15 minutes."),
        doors.passwords_not_written,
    ),
    ("5.4.1.6", gettext_lazy("The training register shows who was trained until when."), trained),
    ("5.4.1.7", _RULES, password_rules),
    ("5.4.2", _RULES, password_rules),
    (
        "5.4.3",
        gettext_lazy("None of the last ten passwords comes back; a guessed one is demanded anew."),
        password_rules,
    ),
    ("5.4.4.2", _ACCOUNT, one_account_each),
    ("5.4.4.3", _HASHED, doors.passwords_hashed),
    (
        "5.4.4.4",
        gettext_lazy("Work is carried on by delegation under the deputy's own name."),
        doors.work_is_lent,
    ),
    ("5.4.4.5", gettext_lazy("LDAP and X.509 log-in can be switched on."), doors.ways_in),
    (
        "5.4.6",
        gettext_lazy("Passphrases with spaces, up to 128 characters, by the same rules."),
        password_rules,
    ),
    (
        "5.6.1",
        gettext_lazy("Each account shows how it logs in; the printed list names all."),
        doors.ways_in,
    ),
    (
        "5.6.2",
        gettext_lazy("People of other institutions have accounts of the same kind with roles."),
        one_account_each,
    ),
    ("5.6.3", _COMPARED, matrix.matrix_compared),
    ("5.6.4", _COMPARED, matrix.matrix_compared),
    (
        "5.6.5",
        gettext_lazy("Leavers are closed at once with every right, session, link and card."),
        rights_in_use,
    ),
    ("5.6.6", _DECLARED, rights_acknowledged),
    (
        "5.6.7",
        gettext_lazy(
            "Log-ins and failures are told in the trail; repeated ones lock and stay a finding for a week."
        ),
        doors.failed_log_ins,
    ),
    ("5.6.8", _DECLARED, rights_acknowledged),
    ("5.6.9", gettext_lazy("Every refusal is told; many by one person are a finding."), overstepping),
    ("5.6.10", _DECLARED, rights_acknowledged),
    ("5.6.11", _ACCOUNT, one_account_each),
    ("5.6.12", _COMPARED, matrix.matrix_compared),
    ("5.7.2.1", _SESSION, session_rules),
    (
        "5.7.2.5",
        gettext_lazy("Hours, days and networks can be set for a person, role or all."),
        doors.windows_hold,
    ),
    ("5.7.2.6", _SESSION, session_rules),
    (
        "5.7.2.12",
        gettext_lazy("Administrators log in with a certificate on a card."),
        administrators_with_cards,
    ),
    (
        "5.7.2.13",
        gettext_lazy("Passwords travel over TLS only and are kept as one-way hashes (Argon2)."),
        doors.log_in_encrypted,
    ),
)


def declare() -> None:
    """Tell the registry; called once at start."""
    for number, how, check in KEPT:
        clauses.declare(APP, number, how, check)
    people.closed.connect(end_feeds, dispatch_uid="processes.end_feeds")


def _is_accepted(password: str) -> bool:
    try:
        validate_password(password)
    except ValidationError:
        return False
    return True
