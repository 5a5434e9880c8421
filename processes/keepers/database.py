"""The clauses of Ek-5 about the database itself: secrets in it, who enters it, how, and the layers above administrators."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from django.apps import apps
from django.conf import settings
from django.contrib.auth.hashers import get_hashers
from django.db import connection
from django.db.models import Field, Model
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.authenticators import is_sealed
from accounts.identity import is_valid_tckn
from accounts.models import User
from accounts.password_age import CEILING_DAYS_ADMINISTRATORS
from accounts.queries import people_with_role
from accounts.roles import Role
from audit import roles
from processes import clauses
from processes.keepers.accounts import password_ages
from processes.keepers.doors import passwords_hashed
from processes.models import Case

APP = "database"
SEALED = re.compile(r"(^|_)sealed(_|$)")
HASHED = re.compile(r"(^|_)digest$|_token$")
SEALED_SHAPE = r"^v1\.[0-9a-f]{8}\.[A-Za-z0-9_=-]{20,}$"
HASHED_SHAPE = "^[0-9a-f]{64}$"
OPEN_NUMBER = re.compile(r"^(tc|tckn|tc_kimlik|tc_no|tc_number|national_id)$")
ELEVEN = re.compile(r"(?<!\d)[1-9]\d{10}(?!\d)")
LATELY = timedelta(days=30)
LOOKED_AT = 2000
WEAK = {"md5", "unsalted_md5", "unsalted_sha1", "sha1"}
SYSTEM_DAYS = 92  # three months
RENEW_WITHIN = timedelta(days=7)


def fields(pattern: re.Pattern[str]) -> Iterator[tuple[type[Model], Field[object, object]]]:
    """Columns of text in every table of ours whose name says what they hold."""
    for model in apps.get_models():
        if model._meta.proxy or not model._meta.managed:
            continue
        for field in model._meta.local_concrete_fields:
            if pattern.search(field.name) and field.get_internal_type() in {
                "CharField",
                "TextField",
                "SlugField",
            }:
                yield model, field


def misshapen(pattern: re.Pattern[str], shape: str) -> dict[str, int]:
    """How many values of such columns do not look as they must."""
    found = {}
    for model, field in fields(pattern):
        written = model._base_manager.filter(**{f"{field.name}__gt": ""})
        if count := written.exclude(**{f"{field.name}__regex": shape}).count():
            found[str(model._meta.verbose_name_plural)] = count
    return found


def credentials() -> Sequence[str]:
    """Nobody's password or key can be read in a table."""
    return [
        *passwords_hashed(),
        *(
            _("%(count)d keys in %(table)s are not stored as a hash.") % {"count": count, "table": table}
            for table, count in misshapen(HASHED, HASHED_SHAPE).items()
        ),
    ]


def encrypted() -> Sequence[str]:
    """What is sensitive is sealed, and nothing sensitive lies beside it in clear."""
    told = [
        _("%(count)d values in %(table)s should be encrypted and are not.") % {"count": count, "table": table}
        for table, count in misshapen(SEALED, SEALED_SHAPE).items()
    ]
    if count := sum(not is_sealed(key) for key in stored_authenticators()):
        told.append(_("%(count)d secrets of authenticator apps are not encrypted.") % {"count": count})
    told += [
        _("The column %(column)s of %(table)s would hold TC Kimlik numbers in clear.")
        % {"column": field.column, "table": model._meta.verbose_name_plural}
        for model, field in fields(OPEN_NUMBER)
    ]
    texts = Case.objects.filter(opened_at__gte=timezone.now() - LATELY).order_by("-pk")
    rows = texts.values_list("title", "applicant_name", "applicant_contact", "outcome")[:LOOKED_AT]
    count = sum(any(is_valid_tckn(word) for word in ELEVEN.findall(" ".join(row))) for row in rows)
    if count:
        told.append(
            _("%(count)d cases of the last 30 days name a TC Kimlik number in clear.") % {"count": count}
        )
    return told


def stored_authenticators() -> list[str]:
    """The secrets of authenticator apps as they lie in the table."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM otp_totp_totpdevice")
        return [key for (key,) in cursor.fetchall()]


def entered_by_name() -> Sequence[str]:
    """No superuser at work, no second one, and what administrators change stands in the server's log."""
    told = []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT rolsuper, current_setting('log_connections') = 'on', current_setting('log_statement') <> 'none'"
            " FROM pg_roles WHERE rolname = session_user"
        )
        is_super, tells_connections, tells_changes = cursor.fetchone()
    if is_super:
        told.append(_("The program is logged in to the database as a superuser."))
    if (count := roles.logins_of_superusers()) > 1:
        told.append(
            _(
                "%(count)d superusers can log in to the database; everybody but the administrator gets limited rights."
            )
            % {"count": count}
        )
    if not tells_connections:
        told.append(_("The database server does not log who connects (log_connections)."))
    if not tells_changes:
        told.append(_("The database server does not log changes of its structure (log_statement)."))
    return told


def traffic() -> Sequence[str]:
    """Between program and database nobody listens: TLS, or a socket inside the machine."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inet_server_addr() IS NULL, coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false)"
        )
        is_local, is_encrypted = cursor.fetchone()
    if is_local or is_encrypted:
        return []
    return [_("The connection to the database is not encrypted.")]


def layered() -> Sequence[str]:
    """Roles apart for owner, program, sealer, auditor, reports, backup."""
    return roles.layers()


def system_passwords(now: datetime | None = None) -> Sequence[str]:
    """Passwords of the program's own log-in and of administrators end within three months."""
    now = now or timezone.now()
    told = []
    if connection.settings_dict["PASSWORD"]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT rolname, nullif(rolvaliduntil, 'infinity') FROM pg_roles WHERE rolname = session_user"
            )
            name, end = cursor.fetchone()
        if end is None or end > now + timedelta(days=SYSTEM_DAYS):
            told.append(
                _("The password of the database role %(role)s does not end within three months.")
                % {"role": name}
            )
        elif end < now + RENEW_WITHIN:
            told.append(
                _("The password of the database role %(role)s ends on %(day)s.")
                % {"role": name, "day": f"{timezone.localtime(end):%d.%m.%Y}"}
            )
    ceiling = timedelta(days=CEILING_DAYS_ADMINISTRATORS)
    heads = [head for head in people_with_role(Role.UNIT_HEAD) if head.has_usable_password()]
    if late := sum(_worked_on(head, ceiling) for head in heads):
        told.append(
            _("%(count)d administrators work with a password older than three months.") % {"count": late}
        )
    return told


def all_passwords() -> Sequence[str]:
    """Those of people and those of the system, each within its term."""
    return [*system_passwords(), *password_ages()]


def separate_secrets() -> Sequence[str]:
    """No two secrets of the installation are the same."""
    field_key = settings.FIELD_KEYS[0]
    values = [settings.SECRET_KEY.encode(), field_key, settings.LOOKUP_KEY, settings.SEAL_KEY]
    if password := connection.settings_dict["PASSWORD"]:
        values.append(str(password).encode())
    return [_("Two secrets of the installation are the same.")] if len(set(values)) < len(values) else []


def remote_access() -> Sequence[str]:
    """From outside only over TLS, with passwords kept by a one-way algorithm."""
    told = []
    if settings.PRODUCTION and not (settings.SECURE_SSL_REDIRECT and settings.SESSION_COOKIE_SECURE):
        told.append(_("The portal can be used without encryption."))
    if WEAK.intersection(hasher.algorithm for hasher in get_hashers()):
        told.append(_("Passwords may be kept by a weak algorithm."))
    return told


def _worked_on(head: User, ceiling: timedelta) -> bool:
    return head.last_login is not None and head.last_login > head.password_set_at + ceiling


KEPT = (
    (
        "5.3.18",
        gettext_lazy("Users of the interfaces are rows with one-way hashes of their passwords and keys."),
        credentials,
    ),
    (
        "5.3.19",
        gettext_lazy("TC Kimlik numbers and secrets are encrypted (AES-256-GCM), each bound to its row."),
        encrypted,
    ),
    (
        "5.3.20",
        gettext_lazy(
            "The program enters under its own limited role; the server logs who enters and what structure changes."
        ),
        entered_by_name,
    ),
    (
        "5.3.26",
        gettext_lazy(
            "In production the program refuses an address of the database without TLS; the connection is looked at."
        ),
        traffic,
    ),
    (
        "5.3.27",
        gettext_lazy(
            "Passwords of people end after 180 days, those of administrators and of the system after 90."
        ),
        all_passwords,
    ),
    (
        "5.4.1.1",
        gettext_lazy("The database password has an end date; administrators' passwords end after 90 days."),
        system_passwords,
    ),
    (
        "5.4.1.3",
        gettext_lazy("Every secret is made by itself and differs from all others."),
        separate_secrets,
    ),
    ("5.4.5", gettext_lazy("From outside only over TLS; passwords are kept by Argon2."), remote_access),
    (
        "5.7.2.4",
        gettext_lazy(
            "Owner, program, sealer, auditor, reports and backup are separate roles; no log-in owns a table."
        ),
        layered,
    ),
)


def declare() -> None:
    """Tell the registry; called once at start."""
    for number, how, check in KEPT:
        clauses.declare(APP, number, how, check)
