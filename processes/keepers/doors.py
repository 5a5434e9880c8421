"""How people come in (Ek-5 5.4.1.4, 5.4.4.4, 5.4.4.5, 5.6.7, 5.7.2.5, 5.7.2.13), and what is amiss with it today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, get_hashers, is_password_usable
from django.contrib.contenttypes.models import ContentType
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import attempts, windows
from accounts.models import AccessWindow, ClientCertificate, Delegation, User
from audit.models import Entry
from processes.models import Delivery, Note

LINK_SECONDS = 15 * 60
LATELY = timedelta(days=7)
FAILURES = 10  # of one person in a week
STANDING_IN = timedelta(days=90)
MIDDLEWARE = "accounts.middleware.SessionRulesMiddleware"
LOG_IN_FAILED, UNLOCKED = "log_in_failed", "unlocked"
# A password written out ("parola: Xy12…"), or a link that lets somebody choose one; never a mere word about passwords.
WRITTEN_OUT = r"(parola|parolan|parolası|şifre|şifresi|password)\w*\s*[:=]\s*\S{6,}|/password/\w+/\w+-\w{20,}"


def passwords_not_written() -> Sequence[str]:
    """No password stands in an e-mail, a delivery or a note, and a link to choose one is soon worth nothing."""
    found = []
    if settings.PASSWORD_RESET_TIMEOUT > LINK_SECONDS:
        found.append(_("One-time links to choose a password live longer than a quarter of an hour."))
    since = timezone.now() - LATELY
    written = (
        Note.objects.filter(written_at__gte=since, text__iregex=WRITTEN_OUT).count()
        + Delivery.objects.filter(made_at__gte=since, payload__iregex=WRITTEN_OUT).count()
    )
    if written:
        found.append(
            _("%(count)d notes or deliveries of the last seven days seem to carry a password.")
            % {"count": written}
        )
    return found


def passwords_hashed() -> Sequence[str]:
    """Every stored password is a one-way hash of a kind we use."""
    known = {hasher.algorithm for hasher in get_hashers()}
    stored = User.objects.order_by().values_list("password", flat=True)
    odd = sum(is_password_usable(text) and text.partition("$")[0] not in known for text in stored)
    return [_("%(count)d passwords are not stored as a one-way hash.") % {"count": odd}] if odd else []


def log_in_encrypted() -> Sequence[str]:
    """Who comes in without a certificate sends the password over an encrypted way, and it is kept as a hash."""
    found = list(passwords_hashed())
    cookies = settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE
    if settings.PRODUCTION and not (
        settings.SECURE_SSL_REDIRECT and settings.SECURE_HSTS_SECONDS and cookies
    ):
        found.append(_("The portal can be used without encryption."))
    if settings.LDAP_URL and not settings.LDAP_URL.startswith(("ldaps://", "ldap://")):
        found.append(_("Passwords go to the directory over a way that cannot be encrypted."))
    return found


def work_is_lent() -> Sequence[str]:
    """Who stands in works by delegation, and a delegation is for an absence: not for good, not for who has left."""
    today = timezone.localdate()
    lent = (
        Delegation.objects.open_on(today).filter(valid_from__lte=today).select_related("from_user", "to_user")
    )
    found = []
    for one in lent:
        names = {"lender": one.from_user.full_name, "deputy": one.to_user.full_name}
        if not (one.from_user.is_active and one.to_user.is_active):
            found.append(
                _("%(deputy)s still stands in for %(lender)s although an account of the two is closed.")
                % names
            )
        elif today - one.valid_from > STANDING_IN:
            found.append(
                _("%(deputy)s has stood in for %(lender)s for more than 90 days: grant the role itself.")
                % names
            )
    return found


def ways_in() -> Sequence[str]:
    """Everybody has a way in that is written down: password, directory or card."""
    cards = ClientCertificate.objects.filter(
        user=OuterRef("pk"), revoked_at__isnull=True, valid_until__gt=timezone.now()
    )
    without = (
        User.objects.people().filter(password__startswith=UNUSABLE_PASSWORD_PREFIX).exclude(Exists(cards))
    )
    if settings.LDAP_URL:
        without = without.filter(Q(registry_no__isnull=True) | Q(registry_no=""))
    found = []
    if count := without.count():
        found.append(_("%(count)d open accounts have no way to log in.") % {"count": count})
    if settings.LDAP_URL and "accounts.directory.DirectoryBackend" not in settings.AUTHENTICATION_BACKENDS:
        found.append(_("A directory is named, but nobody is logged in through it."))
    return found


def failed_log_ins() -> Sequence[str]:
    """Repeated failures are looked into: they stay a finding for a week, unless the unit head unlocked the account since."""
    locked = attempts.locked_people().count()
    found = [_("%(count)d accounts are locked after failed attempts.") % {"count": locked}] if locked else []
    found += [
        _("Nobody can log in from %(address)s just now: too many attempts from there failed.")
        % {"address": address}
        for address in attempts.shut_addresses()
    ]
    failed = _told_of_people().filter(event=LOG_IN_FAILED, timestamp__gte=timezone.now() - LATELY)
    looked_into = _told_of_people().filter(
        event=UNLOCKED, object_pk=OuterRef("object_pk"), timestamp__gte=OuterRef("timestamp")
    )
    often = (
        failed.filter(~Exists(looked_into))
        .order_by()
        .values("object_pk")
        .annotate(times=Count("pk"))
        .filter(times__gte=FAILURES)
    )
    names = User.objects.in_bulk([int(row["object_pk"]) for row in often])
    return found + [
        _("%(times)d log-ins of %(name)s failed in seven days.")
        % {"name": names[int(row["object_pk"])].full_name, "times": row["times"]}
        for row in often
    ]


def windows_hold() -> Sequence[str]:
    """Hours, days and networks are asked with every request, and nobody came in past the windows that are set."""
    found = []
    if MIDDLEWARE not in settings.MIDDLEWARE:
        found.append(_("Sessions are not checked: the program runs without its session rules."))
    return found + _came_in_outside()


def _came_in_outside() -> list[str]:
    """Log-ins of the last week at an hour or from a place the person's windows, older than the log-in, do not hold."""
    limited = AccessWindow.objects.filter(ended_at__isnull=True)
    if not limited.exists():
        return []
    eldest = timezone.now() - LATELY
    newest = max(window.valid_from for window in limited)
    came = _told_of_people().filter(event="logged_in", timestamp__gte=eldest, timestamp__date__gt=newest)
    people = {user.pk: user for user in windows.with_windows(User.objects.people())}
    outside = {
        entry.object_pk
        for entry in came.iterator()
        if (user := people.get(int(entry.object_pk))) is not None
        and not windows.admits(user, entry.remote_addr, entry.timestamp)
    }
    if not outside:
        return []
    return [_("%(count)d people were let in outside their hours or networks.") % {"count": len(outside)}]


def _told_of_people() -> QuerySet[Entry]:
    """What the trail tells of people's own accounts."""
    return Entry.objects.filter(content_type=ContentType.objects.get_for_model(User)).exclude(object_pk="")
