"""A person's own pages: details, language, password, second factor, delegations."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.tokens import PasswordResetTokenGenerator, default_token_generator
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlsafe_base64_encode
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import Delegation, User
from accounts.models.people import Language
from accounts.roles import Role
from accounts.services import people, rights, second_factor
from audit.queries import entries_of
from tests.accounts.people import PASSWORD, acknowledged, institution, person, signed_in_client

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
NEW = "v9$Tq-eX3?mBz+"


@pytest.fixture
def user() -> User:
    return person(Role.IT_OFFICER)


@pytest.fixture
def own(user: User) -> Client:
    return signed_in_client(user)


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.mark.parametrize(
    "name", ["profile", "password-change", "delegations", "people-find", "institutions-find"]
)
def test_own_pages_need_a_log_in(client: Client, name: str) -> None:
    assert client.get(reverse(name))["Location"].startswith(reverse("login"))


def test_profile_shows_own_details_and_todays_roles(own: Client, user: User) -> None:
    lender = person(Role.IT_LEAD, first_name="Şule")
    today = timezone.localdate()
    rights.delegate(lender, user, by=lender, valid_from=today, valid_until=today, reason="izin")
    acknowledged(user)

    page = text(own.get(reverse("profile")))

    assert f"<dd>{user.registry_no}</dd>" in page
    assert "Bilgi İşlem Görevlisi" in page
    assert "Bilgi İşlem Birim Sorumlusu" in page
    assert f"{lender.full_name} adına" in page


def test_profile_saves_phone_and_language_only(own: Client, user: User) -> None:
    own.post(
        reverse("profile"), {"phone": "0 000 111", "language": "en", "first_name": "X", "title": "Müdür"}
    )

    user.refresh_from_db()
    assert (user.phone, user.language, user.first_name, user.title) == ("0 000 111", "en", "Ayşe", "")
    told = entries_of(user)[0]
    assert (told.event, told.actor) == ("changed", user)
    assert set(told.changes or {}) == {"phone", "language"}


def test_profile_refuses_an_unknown_language(own: Client, user: User) -> None:
    assert own.post(reverse("profile"), {"phone": "", "language": "de"}).status_code == 422


@pytest.mark.parametrize("language", Language.values)
def test_saved_language_wins_over_cookie_and_browser(user: User, language: str) -> None:
    user.language = language
    user.save()
    own = signed_in_client(user)
    own.cookies["language"] = "en" if language == "tr" else "tr"

    answer = own.get(reverse("profile"), headers={"Accept-Language": "de,en"})

    assert f'<html lang="{language}"' in text(answer)


@pytest.mark.parametrize(
    ("cookie", "shown"), [("", "tr"), ("en", "en"), ("tr", "tr"), ("de", "tr"), ("../x", "tr")]
)
def test_language_before_log_in_is_the_cookies_or_turkish(client: Client, cookie: str, shown: str) -> None:
    client.cookies["language"] = cookie

    answer = client.get(reverse("login"), headers={"Accept": "text/html", "Accept-Language": "en-GB,en"})

    assert f'<html lang="{shown}"' in text(answer)


def test_language_switch_is_kept_in_cookie_and_account(own: Client, user: User) -> None:
    answer = own.post(reverse("set-language"), {"language": "en", "next": "/delegations/"})

    user.refresh_from_db()
    assert (answer["Location"], user.language) == ("/delegations/", "en")
    assert answer.cookies["language"].value == "en"


def test_language_switch_leads_nowhere_else(client: Client) -> None:
    answer = client.post(reverse("set-language"), {"language": "en", "next": "https://evil.example/"})

    assert answer["Location"] == reverse("home")


def test_language_switch_ignores_what_it_does_not_speak(client: Client) -> None:
    answer = client.post(reverse("set-language"), {"language": "xx"})

    assert answer.status_code == 302
    assert "language" not in answer.cookies


def test_password_change_keeps_this_session_and_ends_others(own: Client, user: User) -> None:
    other = signed_in_client(user)

    answer = own.post(
        reverse("password-change"), {"password": PASSWORD, "new_password": NEW, "repeated": NEW}
    )

    user.refresh_from_db()
    assert answer["Location"] == reverse("profile")
    assert user.check_password(NEW)
    assert own.get(reverse("profile")).status_code == 200
    assert other.get(reverse("profile")).status_code == 302
    changes = entries_of(user)[0].changes or {}
    assert (set(changes), changes["password"]) == ({"password", "password_set_at"}, ["•••", "•••"])


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"password": "wrong"}, "password"),
        ({"repeated": "other-words-here-1"}, "repeated"),
        ({"new_password": "short", "repeated": "short"}, "new_password"),
        ({"new_password": "1234567890123", "repeated": "1234567890123"}, "new_password"),
        ({"new_password": ""}, "new_password"),
    ],
)
def test_password_change_is_refused(own: Client, user: User, values: dict[str, str], field: str) -> None:
    form = {"password": PASSWORD, "new_password": NEW, "repeated": NEW} | values

    answer = own.post(reverse("password-change"), form)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert User.objects.get(pk=user.pk).check_password(PASSWORD)


def test_password_guesses_at_an_open_screen_are_throttled(own: Client) -> None:
    form = {"password": "wrong", "new_password": NEW, "repeated": NEW}
    statuses = [own.post(reverse("password-change"), form).status_code for _try in range(6)]

    assert statuses == [422] * 5 + [429]


def test_one_time_link_sets_a_password_once(client: Client) -> None:
    head, user = person(Role.UNIT_HEAD), person(Role.REQUESTING_STAFF)
    link = people.password_link(user, by=head, reason="yeni kişi")
    form = {"new_password1": NEW, "new_password2": NEW}

    page = client.get(link)
    done = client.post(page["Location"], form)
    again = Client().get(link)

    user.refresh_from_db()
    assert done["Location"] == reverse("login")
    assert user.check_password(NEW)
    assert "artık geçerli değil" in text(again)
    assert [entry.event for entry in entries_of(user)][:2] == ["changed", "password_link_made"]


class Earlier(PasswordResetTokenGenerator):
    """Links as they were made some minutes ago."""

    def __init__(self, minutes_ago: int) -> None:
        super().__init__()
        self.minutes_ago = minutes_ago

    def _now(self) -> datetime:
        return super()._now() - timedelta(minutes=self.minutes_ago)


def link_made(user: User, *, minutes_ago: int) -> str:
    key = urlsafe_base64_encode(str(user.pk).encode())
    return reverse("password-choose", args=(key, Earlier(minutes_ago).make_token(user)))


def test_one_time_link_lives_a_quarter_of_an_hour(client: Client, user: User) -> None:
    """The page that makes the link and the page it opens both say how long."""
    own = signed_in_client(person(Role.UNIT_HEAD))
    action = reverse("admin:accounts_user_password_link", args=[user.pk])
    told = text(own.post(action, {"reason": "parolasını unuttu"}, follow=True))
    link = re.search(r"/password/[^\s<]+/", told)

    assert "15 dakika" in told
    assert link is not None
    assert "15 dakika" in text(client.get(link[0], follow=True))
    assert "new_password1" in text(Client().get(link_made(user, minutes_ago=14), follow=True))
    assert "new_password1" not in text(Client().get(link_made(user, minutes_ago=16), follow=True))


def test_another_persons_link_opens_nothing(own: Client, user: User) -> None:
    """Neither with one's own name on it, nor while one is logged in as somebody else."""
    head, other = person(Role.UNIT_HEAD), person(Role.REQUESTING_STAFF)
    link = people.password_link(other, by=head, reason="yeni kişi")
    _empty, _word, _key, token, _end = link.split("/")
    renamed = f"/password/{urlsafe_base64_encode(str(user.pk).encode())}/{token}/"

    for who, address in ((Client(), renamed), (own, renamed), (own, link)):
        page = text(who.get(address, follow=True))
        assert "new_password1" not in page
        assert "başkası için" in page
    assert "new_password1" in text(Client().get(link, follow=True))


def test_invented_link_opens_nothing(client: Client, user: User) -> None:
    token = default_token_generator.make_token(user)

    for link in (f"/password/MQ/{token}/", "/password/x/y/", "/password/////"):
        answer = client.get(link, follow=True)
        assert answer.status_code in {200, 404}
        assert "new_password1" not in text(answer)


def test_new_app_replaces_the_old_one(own: Client, user: User) -> None:
    own.get(reverse("second-factor-setup"))
    waiting = TOTPDevice.objects.get(user=user, confirmed=False)

    answer = own.post(reverse("second-factor-setup"), {"code": f"{totp(waiting.bin_key):06d}"})

    assert answer.status_code == 200
    assert list(TOTPDevice.objects.filter(user=user)) == [waiting]
    assert own.get(reverse("profile")).status_code == 200


def test_waiting_app_shows_the_same_secret_again(own: Client, user: User) -> None:
    first = own.get(reverse("second-factor-setup")).context["secret"]

    assert own.get(reverse("second-factor-setup")).context["secret"] == first


def test_new_recovery_codes_need_the_password(own: Client, user: User) -> None:
    refused = own.post(reverse("recovery-codes"), {"password": "wrong"})
    given = own.post(reverse("recovery-codes"), {"password": PASSWORD})

    assert refused.status_code == 302
    assert len(given.context["codes"]) == 10
    assert "no-store" in given["Cache-Control"]
    assert second_factor.recovery_codes_left(user) == 10


def test_unit_staff_keep_their_second_factor(own: Client, user: User) -> None:
    assert own.post(reverse("second-factor-remove"), {"password": PASSWORD}).status_code == 403
    assert second_factor.has_app(user)


def test_others_may_give_it_up_with_their_password() -> None:
    user = person(Role.REQUESTING_STAFF)
    own = signed_in_client(user)

    own.post(reverse("second-factor-remove"), {"password": "wrong"})
    assert second_factor.has_app(user)
    own.post(reverse("second-factor-remove"), {"password": PASSWORD})
    assert not second_factor.has_app(user)


def lend(own: Client, to: User, first: int = 0, last: int = 3, **more: str) -> Any:
    today = timezone.localdate()
    values = {
        "to_user": str(to.pk),
        "role": "",
        "valid_from": str(today + first * DAY),
        "valid_until": str(today + last * DAY),
        "reason": "yıllık izin",
    }
    return own.post(reverse("delegations"), values | more)


def test_delegation_is_given_and_told(own: Client, user: User) -> None:
    to = person(Role.IT_OFFICER)

    answer = lend(own, to)

    lent = Delegation.objects.get()
    assert answer["Location"] == reverse("delegations")
    assert (lent.from_user, lent.to_user, lent.given_by) == (user, to, user)
    told = entries_of(lent)[0]
    assert (told.event, told.actor, told.reason) == ("created", user, "yıllık izin")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"valid_from": "2020-01-01"}, "valid_from"),
        ({"last": -1}, "valid_until"),
        ({"last": 400}, "valid_until"),
        ({"reason": " "}, "reason"),
        ({"role": Role.IT_LEAD}, "role"),
        ({"to_user": "999999"}, "to_user"),
        ({"to_user": "x"}, "to_user"),
        ({"valid_until": "31.02.2027"}, "valid_until"),
    ],
)
def test_delegation_form_says_what_is_wrong(own: Client, change: dict[str, Any], field: str) -> None:
    answer = lend(own, person(Role.IT_OFFICER), **change)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors or "__all__" in answer.context["form"].errors
    assert Delegation.objects.count() == 0


def test_delegation_form_offers_colleagues_of_the_same_institution_only(own: Client, user: User) -> None:
    colleague, stranger = person(Role.HIS_OFFICER), person(institution=institution())
    closed = person(is_active=False)

    offered = set(own.get(reverse("delegations")).context["form"].fields["to_user"].queryset)

    assert colleague in offered
    assert offered.isdisjoint({user, stranger, closed})
    assert lend(own, stranger).status_code == 422


def test_second_delegation_over_the_first_is_refused(own: Client) -> None:
    to = person(Role.IT_OFFICER)
    lend(own, to)

    answer = lend(own, to, 3, 5)

    assert "to_user" in answer.context["form"].errors
    assert Delegation.objects.count() == 1


def test_whoever_holds_no_role_has_nothing_to_lend() -> None:
    own = signed_in_client(person())

    assert "form__buttons" not in text(own.get(reverse("delegations")))
    assert lend(own, person(Role.IT_OFFICER)).status_code == 422


def test_delegation_is_ended_early(own: Client) -> None:
    lend(own, person(Role.IT_OFFICER))
    lent = Delegation.objects.get()

    own.post(reverse("delegation-end", args=[lent.pk]))
    again = own.post(reverse("delegation-end", args=[lent.pk]), follow=True)

    lent.refresh_from_db()
    assert lent.revoked_at is not None
    assert "daha önce sona erdirilmiş" in text(again)


def test_delegation_of_others_is_not_found(own: Client) -> None:
    lender, to = person(Role.IT_LEAD), person(Role.IT_OFFICER)
    today = timezone.localdate()
    lent = rights.delegate(lender, to, by=lender, valid_from=today, valid_until=today, reason="izin")

    assert own.post(reverse("delegation-end", args=[lent.pk])).status_code == 404


@pytest.mark.parametrize("rows", [1, 30])
def test_delegations_page_asks_constantly(
    own: Client, user: User, rows: int, django_assert_max_num_queries: Any
) -> None:
    today = timezone.localdate()
    for _row in range(rows):
        rights.delegate(
            user,
            person(Role.IT_OFFICER),
            by=user,
            valid_from=today,
            valid_until=today + DAY,
            reason="izin",
        )

    with django_assert_max_num_queries(14):
        answer = own.get(reverse("delegations"))

    assert len(answer.context["given"]) == rows
