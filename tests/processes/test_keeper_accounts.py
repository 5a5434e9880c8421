"""Each check of the accounts' clauses finds what breaks it, and nothing before."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import ApprovedRight, FailedAttempt, Grant, Training, User
from accounts.roles import Role
from accounts.services import log_in, people, rights
from audit import trail
from audit.context import signed_in
from processes import clauses, feeds, jobs
from processes.errors import NotFound
from processes.keepers import accounts as keeper
from processes.models import InboxItem
from tests.accounts.people import person

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def head() -> User:
    """An office in which everything is as it should be."""
    head = person(Role.UNIT_HEAD)
    today = timezone.localdate()
    ApprovedRight.objects.create(user=head, role=Role.UNIT_HEAD, document="1", entered_by=head)
    Training.objects.create(
        user=head, subject="Parola", held_on=today - DAY, valid_until=today + DAY, entered_by=head
    )
    jobs.once_per("month", keeper.COMPARING, keeper.compare_rights)
    return head


def _no_rules(head: User, settings: Any) -> None:
    settings.AUTH_PASSWORD_VALIDATORS = []


def _old_password(head: User, settings: Any) -> None:
    head.password_set_at, head.last_login = timezone.now() - 200 * DAY, timezone.now()
    head.save(update_fields=["password_set_at", "last_login"])


def _long_setting(head: User, settings: Any) -> None:
    settings.PASSWORD_DAYS = 365


def _readable_password(head: User, settings: Any) -> None:
    head.password = "gizli1"
    head.save(update_fields=["password"])


def _group_account(head: User, settings: Any) -> None:
    person(registry_no=None, last_name="")


def _not_acknowledged(head: User, settings: Any) -> None:
    head.last_login = timezone.now()
    head.rights_changed = True
    head.save(update_fields=["last_login", "rights_changed"])


def _unapproved(head: User, settings: Any) -> None:
    rights.grant(head, Role.IT_LEAD, by=person(Role.UNIT_HEAD), reason="x")


def _unused(head: User, settings: Any) -> None:
    Grant.objects.create(
        user=person(),
        role=Role.IT_LEAD,
        valid_from=timezone.localdate(),
        reason="x",
        granted_by=head,
        granted_at=timezone.now() - 100 * DAY,
    )


def _locked(head: User, settings: Any) -> None:
    FailedAttempt.objects.bulk_create(
        FailedAttempt(account=log_in.account_key(head), address="192.0.2.1") for _try in range(5)
    )


def _oversteps(head: User, settings: Any) -> None:
    with signed_in(head):
        for _try in range(keeper.PATTERN):
            trail.refused(User, "forbidden")


def _no_way_in(head: User, settings: Any) -> None:
    user = person()
    user.set_unusable_password()
    user.save(update_fields=["password"])


def _untrained(head: User, settings: Any) -> None:
    person()


def _no_session_rules(head: User, settings: Any) -> None:
    settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if name != keeper.MIDDLEWARE]


def _long_sessions(head: User, settings: Any) -> None:
    settings.SESSION_IDLE_MINUTES = 60


@pytest.mark.parametrize(
    ("check", "break_it"),
    [
        (keeper.password_rules, _no_rules),
        (keeper.password_ages, _old_password),
        (keeper.password_ages, _long_setting),
        (keeper.password_storage, _readable_password),
        (keeper.one_account_each, _group_account),
        (keeper.rights_acknowledged, _not_acknowledged),
        (keeper.matrix_compared, _unapproved),
        (keeper.rights_in_use, _unused),
        (keeper.failed_log_ins, _locked),
        (keeper.overstepping, _oversteps),
        (keeper.authentication_methods, _no_way_in),
        (keeper.trained, _untrained),
        (keeper.session_rules, _no_session_rules),
        (keeper.session_rules, _long_sessions),
    ],
)
def test_the_check_finds_what_breaks_it(
    head: User,
    settings: Any,
    check: Callable[[], list[str]],
    break_it: Callable[[User, Any], None],
) -> None:
    assert list(check()) == []

    break_it(head, settings)

    assert len(check()) >= 1
    assert all(str(sentence).strip() for sentence in check())


def test_an_administrator_without_a_card_is_a_finding(head: User) -> None:
    assert [head.full_name in sentence for sentence in keeper.administrators_with_cards()] == [True]


def test_a_month_without_comparing_is_a_finding() -> None:
    head = person(Role.UNIT_HEAD)
    ApprovedRight.objects.create(user=head, role=Role.UNIT_HEAD, document="1", entered_by=head)

    assert len(keeper.matrix_compared()) == 1


def test_differences_reach_the_unit_head_once_a_month() -> None:
    head = person(Role.UNIT_HEAD)
    person(Role.IT_OFFICER)
    for _try in range(2):
        jobs.once_per("month", keeper.COMPARING, keeper.compare_rights)

    item = InboxItem.objects.get(user=head)
    assert item.values["count"] >= 2


def test_every_clause_has_a_check() -> None:
    kept = {
        line.number for line in clauses.all_clauses() if keeper.APP in {k.app for k in clauses.keepings(line)}
    }

    assert {number for number, _how, _check in keeper.KEPT} == kept
    assert all(check is not None for _number, _how, check in keeper.KEPT)


def test_a_leavers_calendar_ends(head: User) -> None:
    user = person(Role.IT_OFFICER)
    secret = feeds.make_key(user)
    people.close(user, by=head, reason="ayrıldı")
    people.reopen(user, by=head, reason="döndü")

    with pytest.raises(NotFound):
        feeds.owner_of(secret)
