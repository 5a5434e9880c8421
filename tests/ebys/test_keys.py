"""Keys of other systems."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from accounts.roles import Role
from audit.queries import entries_of
from ebys.models import ApiKey, Scope, ServiceAccount
from ebys.services import keys
from processes.errors import RuleBroken, WrongState
from tests.accounts import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> ServiceAccount:
    """EBYS as a service account."""
    return ServiceAccount.objects.create(name="EBYS", acts_as=people.person(Role.HIS_OFFICER))


def issued(account: ServiceAccount, **values: object) -> tuple[ApiKey, str]:
    """A key for a month."""
    defaults = {
        "name": "Deneme",
        "scopes": [Scope.OUTGOING_READ],
        "expires_at": timezone.now() + timedelta(days=30),
    }
    return keys.issue(account, by=people.person(Role.UNIT_HEAD), **{**defaults, **values})  # type: ignore[arg-type]  # typed by the defaults


def test_a_key_is_found_by_its_text_and_kept_only_as_a_hash(account: ServiceAccount) -> None:
    key, text = issued(account)
    assert keys.find(text) == key
    row = str(ApiKey.objects.filter(pk=key.pk).values().get())
    assert text not in row
    assert text.rpartition("_")[2] not in row


def test_the_trail_never_tells_the_hash(account: ServiceAccount) -> None:
    key, _text = issued(account)
    assert key.digest not in str([entry.changes for entry in entries_of(key)])


@pytest.mark.parametrize("change", ["x", " ", "\x00"])
def test_a_changed_key_is_no_key(account: ServiceAccount, change: str) -> None:
    _key, text = issued(account)
    assert keys.find(text + change) is None


@pytest.mark.parametrize("text", ["", "sbs", "sbs__", "sbs_12345678_", "abc_12345678_x", "sbs_" * 100])
def test_nonsense_is_no_key(text: str) -> None:
    assert keys.find(text) is None


def test_a_revoked_key_is_worthless_at_once(account: ServiceAccount) -> None:
    key, text = issued(account)
    head = people.person(Role.UNIT_HEAD)
    keys.revoke(key, by=head, reason="Anahtar değişimi")
    assert keys.find(text) is None
    with pytest.raises(WrongState):
        keys.revoke(key, by=head, reason="Yine")


def test_an_expired_key_is_no_key(account: ServiceAccount) -> None:
    key, text = issued(account)
    ApiKey.objects.filter(pk=key.pk).update(
        made_at=timezone.now() - timedelta(days=2), expires_at=timezone.now() - timedelta(days=1)
    )
    assert keys.find(text) is None


def test_a_key_ends_with_its_account(account: ServiceAccount) -> None:
    _key, text = issued(account)
    ServiceAccount.objects.filter(pk=account.pk).update(is_active=False)
    assert keys.find(text) is None


@pytest.mark.parametrize(
    "wrong",
    [
        lambda now: {"expires_at": now + timedelta(days=800)},
        lambda now: {"expires_at": now - timedelta(days=1)},
        lambda now: {"scopes": []},
        lambda now: {"scopes": ["everything"]},
    ],
    ids=["too-long", "over", "no-scope", "unknown-scope"],
)
def test_a_key_has_an_end_and_a_purpose(
    account: ServiceAccount, wrong: Callable[[datetime], dict[str, object]]
) -> None:
    with pytest.raises(RuleBroken):
        issued(account, **wrong(timezone.now()))
    assert not ApiKey.objects.exists()
