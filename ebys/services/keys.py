"""Keys of other systems: made, shown once, found again by their hash, revoked."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import windows
from accounts.models import User
from audit.addresses import lies_in
from audit.context import because
from ebys.models import ApiKey, Scope, ServiceAccount
from processes.errors import DomainError, RuleBroken, WrongState
from processes.gate import save

PREFIX = "sbs"
LONGEST_LIFE = timedelta(days=366)


class OutsideNetwork(DomainError):
    """A good key, from where it may not be used."""

    code = "outside-network"
    status = 403
    title = gettext_lazy("Not from this address")


class OutsideWindow(DomainError):
    """A good key, whose account may not be used now or from there."""

    code = "outside-window"
    status = 403
    title = gettext_lazy("Not now or not from this address")


def issue(
    account: ServiceAccount,
    *,
    by: User | None,
    name: str,
    scopes: Sequence[str],
    expires_at: datetime,
    networks: str = "",
    secret: str = "",
) -> tuple[ApiKey, str]:
    """A new key and its text, which is shown to the person once and kept nowhere.

    `secret` fixes the text of the trial run's key; real keys are drawn at random.
    """
    if expires_at - timezone.now() > LONGEST_LIFE:
        sentence = _("A key is valid for at most one year.")
        raise RuleBroken(sentence, fields={"expires_at": [sentence]})
    unknown = sorted(set(scopes) - set(Scope.values))
    if unknown:
        sentence = _("Unknown scope: %(names)s.") % {"names": ", ".join(unknown)}
        raise RuleBroken(sentence, fields={"scopes": [sentence]})
    prefix = hashlib.sha256(secret.encode()).hexdigest()[:8] if secret else secrets.token_hex(4)
    text = f"{PREFIX}_{prefix}_{secret or secrets.token_urlsafe(32)}"
    key = ApiKey(
        account=account,
        name=name,
        prefix=prefix,
        digest=digest_of(text),
        scopes=[scope for scope in Scope.values if scope in scopes],
        networks=networks,
        expires_at=expires_at,
        made_by=by,
    )
    with transaction.atomic(), because(step="issue_key", reason=name):
        save(key)
    return key, text


def revoke(key: ApiKey, *, by: User, reason: str) -> ApiKey:
    """The key is worthless from this moment."""
    reason = reason.strip()
    if not reason:
        sentence = _("Write why the key is revoked.")
        raise RuleBroken(sentence, fields={"reason": [sentence]})
    with transaction.atomic(), because(step="revoke_key", reason=reason):
        key = ApiKey.objects.select_for_update().get(pk=key.pk)
        if key.revoked_at is not None:
            raise WrongState(_("This key is revoked already."))
        key.revoked_at, key.revoked_by = timezone.now(), by
        save(key)
    return key


def limit(key: ApiKey, *, networks: str) -> ApiKey:
    """From now on the key is taken from these networks only."""
    with transaction.atomic(), because(step="limit_key"):
        key = ApiKey.objects.select_for_update().get(pk=key.pk)
        if key.revoked_at is not None:
            raise WrongState(_("This key is revoked already."))
        key.networks = networks
        save(key)
    return key


def require_inside(key: ApiKey, address: str | None) -> None:
    """Refuse a key from outside its networks, or outside the hours and networks of the account it acts as (Ek-5 5.7.2.5)."""
    if key.networks and not lies_in(address, key.networks.split()):
        raise OutsideNetwork(_("This key is not taken from this address."))
    if not windows.admits_program(key.account.acts_as, address):
        raise OutsideWindow(_("The account of this key may not be used at this hour or from this address."))


def find(text: str) -> ApiKey | None:
    """The valid key that this text is; None for anything else."""
    parts = text.split("_", 2)
    if len(parts) != 3 or parts[0] != PREFIX or len(text) > 200:
        return None
    kept = windows.with_windows(ApiKey.objects.select_related("account__acts_as"))
    key = kept.filter(prefix=parts[1]).first()
    if key is None or not hmac.compare_digest(key.digest, digest_of(text)):
        return None
    windows.hand_over(key, key.account.acts_as)
    return key if key.is_valid() and key.account.acts_as.is_active else None


def digest_of(text: str) -> str:
    """What is kept of a key: a hash. A random key of 256 bits needs no slow one."""
    return hashlib.sha256(text.encode()).hexdigest()
