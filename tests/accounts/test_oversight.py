"""Ek-5 5.6.5, 5.6.12, 5.4.1.6: the matrix, leavers, training."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.utils import timezone

from accounts import oversight
from accounts.models import ApprovedRight, Training, User
from accounts.roles import Role
from accounts.services import people
from tests.accounts.people import person, signed_in_client

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def approve(user: User, role: str, by: User) -> ApprovedRight:
    return ApprovedRight.objects.create(user=user, role=role, document="2026/17", entered_by=by)


def test_the_matrix_is_compared_both_ways() -> None:
    head, user, other = person(Role.UNIT_HEAD), person(Role.IT_OFFICER), person()
    approve(head, Role.UNIT_HEAD, head)
    approve(other, Role.HIS_LEAD, head)

    found = [(row.user, row.role, row.is_held) for row in oversight.differences()]

    assert found == [(user, Role.IT_OFFICER, True), (other, Role.HIS_LEAD, False)]
    assert all(row.user.full_name in row.sentence for row in oversight.differences())


def test_an_approval_that_is_over_or_withdrawn_approves_nothing() -> None:
    head, user = person(Role.UNIT_HEAD), person(Role.IT_OFFICER)
    row = approve(user, Role.IT_OFFICER, head)
    approve(head, Role.UNIT_HEAD, head)
    assert oversight.differences() == []

    admin = signed_in_client(head)
    admin.post(f"/admin/accounts/approvedright/{row.pk}/withdraw/", {"reason": "görevi değişti"})

    assert [(found.user, found.is_held) for found in oversight.differences()] == [(user, True)]


def test_the_page_lists_roles_holders_differences_and_training() -> None:
    head, user = person(Role.UNIT_HEAD), person(Role.IT_OFFICER, last_name="Tanınır")
    page = signed_in_client(head).get("/rights/").content.decode()

    assert page.count("Tanınır") == 3
    assert str(Role.MINISTRY_UNIT_HEAD.label) in page
    assert signed_in_client(user).get("/rights/").status_code == 403


def test_training_counts_until_it_is_due_again() -> None:
    head, fresh, stale = person(Role.UNIT_HEAD), person(), person()
    today = timezone.localdate()
    for user, until in ((fresh, today), (stale, today - DAY)):
        Training.objects.create(
            user=user, subject="Parola", held_on=today - 300 * DAY, valid_until=until, entered_by=head
        )

    assert stale in oversight.untrained()
    assert fresh not in oversight.untrained()


def test_matrix_and_training_are_entered_in_the_admin() -> None:
    head, user = person(Role.UNIT_HEAD), person(Role.IT_OFFICER)
    admin = signed_in_client(head)
    day = timezone.localdate()
    forms = {
        "approvedright": {
            "user": user.pk,
            "role": Role.IT_OFFICER,
            "document": "7",
            "approved_on": f"{day:%d.%m.%Y}",
        },
        "training": {
            "user": user.pk,
            "subject": "Parola",
            "held_on": f"{day:%d.%m.%Y}",
            "valid_until": f"{day + 365 * DAY:%d.%m.%Y}",
        },
    }
    for model, form in forms.items():
        assert admin.post(f"/admin/accounts/{model}/add/", form).status_code == 302
        assert user.full_name in admin.get(f"/admin/accounts/{model}/").content.decode()

    assert ApprovedRight.objects.get().entered_by == head
    assert Training.objects.get().entered_by == head


def test_a_leaver_is_out_at_once() -> None:
    head, user = person(Role.UNIT_HEAD), person(Role.IT_OFFICER)
    client = signed_in_client(user)
    link = people.password_link(user, by=head, reason="test")
    token = default_token_generator.make_token(user)

    people.close(user, by=head, reason="ayrıldı")

    user.refresh_from_db()
    assert client.get("/").status_code == 302
    assert not default_token_generator.check_token(user, token)
    assert "new_password1" not in client.get(link, follow=True).content.decode()
    assert not user.has_usable_password()

    people.reopen(user, by=head, reason="döndü")
    assert client.get("/").status_code == 302
