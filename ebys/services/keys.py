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

from accounts.models import User
from audit.context import because
from ebys.models import ApiKey, Scope, ServiceAccount
from processes.errors import RuleBroken, WrongState
from processes.gate import save

PREFIX = "sbs"
LONGEST_LIFE = timedelta(days=366)


def issue(
    account: ServiceAccount,
    *,
    by: User | None,
    name: str,
    scopes: Sequence[str],
    expires_at: datetime,
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


def find(text: str) -> ApiKey | None:
    """The valid key that this text is; None for anything else."""
    parts = text.split("_", 2)
    if len(parts) != 3 or parts[0] != PREFIX or len(text) > 200:
        return None
    key = ApiKey.objects.select_related("account__acts_as").filter(prefix=parts[1]).first()
    if key is None or not hmac.compare_digest(key.digest, digest_of(text)):
        return None
    return key if key.is_valid() and key.account.acts_as.is_active else None


def digest_of(text: str) -> str:
    """What is kept of a key: a hash. A random key of 256 bits needs no slow one."""
    return hashlib.sha256(text.encode()).hexdigest()
