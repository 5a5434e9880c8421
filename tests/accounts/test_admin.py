"""The admin: only the unit head in person with both factors; nothing deleted; rights through their services."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.admin_site import SHOWN_APPS, SbsAdminSite
from accounts.authority import roles_of
from accounts.models import Delegation, Grant, Institution, Unit, User
from accounts.roles import Role
from accounts.services import rights, second_factor
from audit.queries import entries_of
from tests.accounts.people import PASSWORD, acknowledged, institution, person, signed_in_client, unit

pytestmark = pytest.mark.django_db
INDEX = "/admin/"
OURS = (Institution, Unit, User, Grant, Delegation)


@pytest.fixture
def head() -> User:
    return person(Role.UNIT_HEAD, username="bas")


@pytest.fixture
def own(head: User) -> Client:
    return signed_in_client(head)


def page_of(model: type[Any], what: str, *args: Any) -> str:
    return reverse(f"admin:accounts_{model._meta.model_name}_{what}", args=args)


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_strangers_are_led_to_the_log_in(client: Client) -> None:
    assert client.get(INDEX)["Location"].startswith(f"{reverse('login')}?next=")


@pytest.mark.parametrize("role", [None, *(role for role in Role.values if role != Role.UNIT_HEAD)])
def test_nobody_else_is_let_in(role: str | None) -> None:
    visitor = signed_in_client(person(*filter(None, [role])))

    assert visitor.get(INDEX).status_code == 403
    assert visitor.get(reverse("admin:login")).status_code == 403
    assert visitor.get(page_of(User, "changelist")).status_code == 403


def test_stand_in_of_the_unit_head_is_not_let_in(head: User) -> None:
    stand_in = person(Role.IT_LEAD)
    today = timezone.localdate()
    rights.delegate(head, stand_in, by=head, valid_from=today, valid_until=today, reason="izin")

    assert signed_in_client(acknowledged(stand_in)).get(INDEX).status_code == 403


def test_unit_head_without_second_factor_is_not_let_in(head: User) -> None:
    visitor = Client()
    visitor.force_login(head)

    onward = visitor.get(INDEX)
    assert onward["Location"].startswith(reverse("login"))
    assert visitor.get(onward["Location"]).status_code == 200
    assert "_auth_user_id" not in visitor.session


def test_unit_head_is_let_in(own: Client) -> None:
    assert own.get(INDEX).status_code == 200


def test_keys_and_sessions_of_libraries_have_no_page(own: Client) -> None:
    assert isinstance(admin.site, SbsAdminSite)
    assert {model._meta.app_label for model in admin.site._registry} <= SHOWN_APPS
    assert own.get("/admin/otp_totp/totpdevice/").status_code == 404


@pytest.mark.parametrize("model", OURS)
def test_lists_and_forms_open(own: Client, head: User, model: type[Any]) -> None:
    unit()
    rights.delegate(
        head,
        person(Role.IT_LEAD),
        by=head,
        valid_from=timezone.localdate(),
        valid_until=timezone.localdate(),
        reason="izin",
    )
    row = model.objects.first()

    assert own.get(page_of(model, "changelist")).status_code == 200
    assert own.get(page_of(model, "change", row.pk)).status_code == 200
    assert own.get(page_of(model, "add")).status_code == 200
    assert own.get(page_of(model, "history", row.pk)).status_code == 200


@pytest.mark.parametrize("model", OURS)
def test_nothing_is_deleted(own: Client, head: User, model: type[Any]) -> None:
    unit()
    row = User.objects.get(pk=head.pk) if model is User else model.objects.first()
    if row is not None:
        assert own.post(page_of(model, "delete", row.pk), {"post": "yes"}).status_code == 403
    own.post(page_of(model, "changelist"), {"action": "delete_selected", "_selected_action": ["1"]})
    assert "delete_selected" not in text(own.get(page_of(model, "changelist")))


@pytest.mark.parametrize("typed", ["isil", "IŞIL", "çağ", "778899"])
def test_people_are_searched_in_turkish(own: Client, typed: str) -> None:
    found = person(first_name="Işıl", last_name="Çağlayan", registry_no="778899")

    rows = own.get(page_of(User, "changelist"), {"q": typed}).context["cl"].result_list

    assert list(rows) == [found]


@pytest.mark.parametrize("model", OURS)
@pytest.mark.parametrize("typed", ["a", "\x00", "%", "''", "x" * 3000])
def test_any_search_is_answered(own: Client, model: type[Any], typed: str) -> None:
    assert own.get(page_of(model, "changelist"), {"q": typed}).status_code in {200, 302}


def test_people_are_filtered_by_the_role_they_hold(own: Client) -> None:
    officer = person(Role.IT_OFFICER)
    person(Role.HIS_LEAD)

    rows = own.get(page_of(User, "changelist"), {"role": Role.IT_OFFICER}).context["cl"].result_list

    assert list(rows) == [officer]


def test_no_password_or_hash_is_shown(own: Client) -> None:
    user = person(Role.IT_OFFICER)

    page = text(own.get(page_of(User, "change", user.pk)))

    assert user.password not in page
    assert "md5$" not in page
    assert 'name="password"' not in page


def test_new_person_cannot_log_in_until_they_chose_a_password(own: Client, head: User) -> None:
    place = institution()
    own.post(
        page_of(User, "add"),
        {
            "username": "yeni.kisi",
            "first_name": "Yeni",
            "last_name": "Kişi",
            "title": "Memur",
            "registry_no": "",
            "institution": place.pk,
            "unit": "",
            "email": "",
            "phone": "",
            "language": "tr",
            **inline("grants"),
        },
    )

    made = User.objects.get(username="yeni.kisi")
    assert not made.has_usable_password()
    assert (made.registry_no, roles_of(made)) == (None, frozenset())
    told = entries_of(made)[0]
    assert (told.event, told.actor, told.step) == ("created", head, "admin")


def inline(prefix: str) -> dict[str, str]:
    """What the browser sends for a table of rows that cannot be edited."""
    return {f"{prefix}-TOTAL_FORMS": "0", f"{prefix}-INITIAL_FORMS": "0"}


def test_change_is_told_with_actor(own: Client, head: User) -> None:
    place = institution(name="Eski Ad")
    values = {
        "name": "Yeni Ad",
        "name_dative": "YENİ ADA",
        "kind": place.kind,
        "level_override": "",
        "is_active": "on",
        "detsis_no": place.detsis_no,
        **inline("units"),
    }

    answer = own.post(page_of(Institution, "change", place.pk), values)

    assert answer.status_code == 302
    told = entries_of(place)[0]
    assert (told.event, told.actor, (told.changes or {})["name"]) == ("changed", head, ["Eski Ad", "Yeni Ad"])


def test_unit_of_another_institution_is_refused(own: Client) -> None:
    user, elsewhere = person(), unit(institution())
    values = {
        "username": user.username,
        "institution": user.institution_id,
        "unit": elsewhere.pk,
        "language": "tr",
        **inline("grants"),
    }

    answer = own.post(page_of(User, "change", user.pk), values)

    assert "Bu birim başka bir kuruma bağlı." in text(answer)


def test_grant_is_given_through_the_service(own: Client, head: User) -> None:
    officer = person()

    answer = own.post(
        page_of(Grant, "add"),
        {
            "user": officer.pk,
            "role": Role.IT_OFFICER,
            "valid_from": timezone.localdate().strftime("%d/%m/%Y"),
            "reason": "görev",
        },
    )

    given = officer.grants.get()
    assert answer.status_code == 302
    assert given.granted_by == head
    assert entries_of(given).count() == 1


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"valid_until": "01/01/2020"}, "Son gün ilk günden önce olamaz."),
        ({"reason": " "}, "id_reason_error"),
        ({"again": True}, "bu role zaten sahip"),
        ({"myself": True}, "Kimse kendisine rol veremez."),
    ],
)
def test_grant_form_says_what_the_service_refuses(
    own: Client, head: User, change: dict[str, Any], sentence: str
) -> None:
    officer = person(*([Role.IT_OFFICER] if change.pop("again", False) else []))
    user = head if change.pop("myself", False) else officer
    before = Grant.objects.count()
    values = {
        "user": user.pk,
        "role": Role.IT_OFFICER,
        "valid_from": timezone.localdate().strftime("%d/%m/%Y"),
        "reason": "görev",
    }

    answer = own.post(page_of(Grant, "add"), values | change)

    assert answer.status_code == 200
    assert sentence in text(answer)
    assert Grant.objects.count() == before


def test_given_role_is_not_edited(own: Client) -> None:
    given = person(Role.IT_OFFICER).grants.get()

    own.post(page_of(Grant, "change", given.pk), {"role": Role.HIS_LEAD, "reason": "x"})

    given.refresh_from_db()
    assert (given.role, given.reason) == (Role.IT_OFFICER, "test")


def test_role_is_taken_back_with_a_reason(own: Client, head: User) -> None:
    given = person(Role.IT_OFFICER).grants.get()
    where = page_of(Grant, "revoke", given.pk)

    assert "Rolü geri al" in text(own.get(page_of(Grant, "change", given.pk)))
    assert own.post(where, {"reason": ""}).status_code == 422
    assert own.post(where, {"reason": "görev bitti"}).status_code == 302

    given.refresh_from_db()
    assert given.revoked_by == head
    assert entries_of(given)[0].reason == "görev bitti"
    assert "daha önce geri alınmış" in text(own.post(where, {"reason": "bir daha"}))


def test_last_unit_head_stays(own: Client, head: User) -> None:
    answer = own.post(page_of(Grant, "revoke", head.grants.get().pk), {"reason": "deneme"})

    assert answer.status_code == 422
    assert roles_of(User.objects.get(pk=head.pk)) == {Role.UNIT_HEAD}


def test_delegation_is_given_for_somebody_who_fell_ill(own: Client, head: User) -> None:
    lender, stand_in = person(Role.IT_LEAD), person()
    day = timezone.localdate().strftime("%d/%m/%Y")

    own.post(
        page_of(Delegation, "add"),
        {
            "from_user": lender.pk,
            "to_user": stand_in.pk,
            "role": "",
            "valid_from": day,
            "valid_until": day,
            "reason": "hastalık",
        },
    )
    lent = Delegation.objects.get()
    own.post(page_of(Delegation, "end", lent.pk), {"reason": "iyileşti"})

    lent.refresh_from_db()
    assert (lent.given_by, lent.revoked_by) == (head, head)


def test_password_link_is_shown_once_and_works(own: Client) -> None:
    user = person(Role.REQUESTING_STAFF)

    page = text(own.post(page_of(User, "password_link", user.pk), {"reason": "yeni kişi"}, follow=True))

    assert "/password/" in page
    assert "/password/" not in text(own.get(page_of(User, "change", user.pk)))


def test_lost_second_factor_is_reset(own: Client, client: Client) -> None:
    user = person(Role.IT_OFFICER)
    signed_in_client(user)

    own.post(page_of(User, "reset_second_factor", user.pk), {"reason": "telefon kayboldu"})

    assert not second_factor.has_app(user)
    assert [(entry.event, entry.reason) for entry in entries_of(user)][:1] == [
        ("second_factor_removed", "telefon kayboldu")
    ]
    answer = client.post("/login/", {"username": user.username, "password": PASSWORD})
    assert answer["Location"] == reverse("second-factor-setup")


def test_closing_an_account_ends_its_session_and_rights(own: Client) -> None:
    user = person(Role.IT_OFFICER)
    theirs = signed_in_client(user)

    own.post(page_of(User, "close", user.pk), {"reason": "emekli oldu"})

    assert theirs.get(reverse("profile")).status_code == 302
    assert user.grants.get().revoked_at is not None


def test_nobody_closes_their_own_account(own: Client, head: User) -> None:
    assert own.post(page_of(User, "close", head.pk), {"reason": "deneme"}).status_code == 422
    assert User.objects.get(pk=head.pk).is_active


@pytest.mark.parametrize("key", ["close", "password_link", "reset_second_factor"])
def test_actions_are_closed_to_others(head: User, key: str) -> None:
    officer = signed_in_client(person(Role.IT_LEAD))

    assert officer.post(page_of(User, key, head.pk), {"reason": "deneme"}).status_code == 403
    assert User.objects.get(pk=head.pk).is_active


def test_action_on_nobody_is_not_found(own: Client) -> None:
    assert own.post(page_of(User, "close", 999_999), {"reason": "x"}).status_code == 404
    assert own.post("/admin/accounts/user/abc/close/", {"reason": "x"}).status_code == 404


@pytest.mark.parametrize("rows", [1, 30])
@pytest.mark.parametrize("model", [Institution, User, Grant])
def test_lists_ask_constantly(
    own: Client, model: type[Any], rows: int, django_assert_max_num_queries: Any
) -> None:
    for _row in range(rows):
        person(Role.IT_OFFICER, institution=institution())

    with django_assert_max_num_queries(14):
        own.get(page_of(model, "changelist"))
