"""Ek-5 5.4.2: what is refused and what is accepted, and by which sentence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.test import Client
from django.utils import timezone

from accounts import password_age
from accounts.models import PasswordHistory, User
from accounts.passwords import LONGEST, About, Weakness, weaknesses
from accounts.roles import Role
from accounts.services import people
from audit.queries import entries_of
from tests.accounts.people import PASSWORD, institution, person, signed_in_client

W = Weakness
# Each is long enough and most have every kind of character, so that the reason named is the one meant.
WEAK = [
    ("Sağlık1!", W.INSTITUTION),
    ("e-Nabız2026!a", W.COMPUTING),
    ("Memleket1!aa", W.WORD),
    ("Mehmet!Ali12", W.NAME),
    ("kıLğas1!", W.INSTITUTION),
    ("istanbul1A!", W.PLACE),
    ("Isparta32!", W.PLACE),
    ("ankara.06.AA", W.PLACE),
    ("araknA2026!", W.PLACE),
    ("İZMİR-izmir-35", W.REPEATED),
    ("Türkiye1923!", W.PLACE),
    ("Qwerty12!", W.ROW),
    ("Fgğıod12!", W.ROW),
    ("Uieaütk12!", W.ROW),
    ("Zyxwuts1!", W.ROW),
    ("Asdfghjkl1!", W.ROW),
    ("1qaz2wsx!A", W.ROW),
    ("Abcdefg123!", W.ROW),
    ("Zyxwvuts321!", W.ROW),
    ("hgfedcbA.7654321", W.ROW),
    ("Aa1234567890!", W.ROW),
    ("Aaabbb1!", W.REPEATED),
    ("Aaaaaaaa11!!", W.REPEATED),
    ("123321aA!", W.REPEATED),
    ("Xy7!Xy7!Xy7!", W.REPEATED),
    ("aB3!!3Ba", W.REPEATED),
    ("Ddd-eee-111A", W.REPEATED),
    ("OdC1nSg!", W.EXAMPLE),
    ("odc1nsg!OdC1nSg!", W.EXAMPLE),
    ("!gSn1CdO", W.EXAMPLE),
    ("*?#>*@1012inciCaddekiTrafik*&#!#BuSabah", W.EXAMPLE),
    ("Gizli1!Gizli", W.WORD),
    ("gizli2.Aaaa", W.WORD),
    ("Gizli918273645!", W.WORD),
    ("Ş1fr3m.2026", W.WORD),
    ("Parola.12345", W.WORD),
    ("Seniseviyorum1!", W.WORD),
    ("Pazartesi-07!", W.WORD),
    ("P@ssw0rd1!", W.COMPUTING),
    ("Adm1n!str@tor", W.COMPUTING),
    ("drowssaP1!", W.COMPUTING),
    ("Bilgisayar1!", W.COMPUTING),
    ("Postgres-2026", W.COMPUTING),
    ("Windows11!A", W.COMPUTING),
    ("Mehmet1985!", W.NAME),
    ("temheM.1985", W.NAME),
    ("Galatasaray1905!", W.NAME),
    ("Tarkan.4747", W.NAME),
    ("Hastane-2026", W.INSTITUTION),
    ("Müdürlük.2026", W.INSTITUTION),
    ("15.03.1985Aa!", W.DATE),
    ("Aa!19850315", W.DATE),
    ("Hunter2!Hunter", W.COMMON),
    ("Ab1!", W.TOO_SHORT),
    ("7KW!RĞN2#LPZ", W.NO_LOWER),
    ("7kw!rğn2#lpz", W.NO_UPPER),
    ("kW!rĞn#LpzVb", W.NO_DIGIT),
    ("7kWrĞn2LpzVb", W.NO_SIGN),
    ("Aa1! Aa1!", W.PREDICTABLE),
]
STRONG = [
    "7kW!rĞn2#Lpz",
    "v9$Tq-eX3?mB",
    "Kx4&pÇz9!wRt2^",
    "Uzun yolda 3 mor kaplumbağa gülüyor!",
    "tR7#mVbq!29zXw",
    "Bozuk-plak_çalar+61 tıngırtı",
]
GOOD = "Kx4&pÇz9!wRt2^"
OTHER = "v9$Tq-eX3?mBz+"


@pytest.mark.parametrize(("password", "reason"), WEAK)
def test_weak_passwords_are_refused_by_their_reason(password: str, reason: Weakness) -> None:
    assert reason in weaknesses(password)


def test_the_table_is_long_enough() -> None:
    assert len(WEAK) >= 46
    assert len(STRONG) >= 4


@pytest.mark.parametrize("password", STRONG)
def test_strong_passwords_are_accepted(password: str) -> None:
    assert weaknesses(password, at_least=10) == []


@pytest.mark.parametrize(
    "password",
    [
        "Yıldız1!Zx9kPq",
        "xK7ZIDLIY!qZp2w",
        "5xK!ayse.yildiz7Q",
        "!Kx905321234567zQ",
        "Qz!004417.Kxwp",
        "Ali-7xKqZ7.vwPd",
    ],
)
def test_what_is_known_of_the_person_is_refused(password: str) -> None:
    about = About(("Ayşe", "Yıldız", "ayse.yildiz", "Ali"), ("05321234567", "004417"))

    assert W.PERSONAL in weaknesses(password, about=about)


def test_a_short_name_inside_another_word_is_no_name() -> None:
    assert W.PERSONAL not in weaknesses("7kW!rĞkAlite#Lpz", about=About(("Ali",)))


def test_one_megabyte_is_refused_before_anything_is_looked_at() -> None:
    assert weaknesses("aB3!" * 262_144) == [W.TOO_LONG]
    assert weaknesses("x" * (LONGEST + 1)) == [W.TOO_LONG]


@pytest.mark.django_db
class TestValidators:
    """The rules as pages meet them."""

    def test_every_reason_is_told_and_the_password_is_not(self) -> None:
        with pytest.raises(ValidationError) as refused:
            validate_password("Sağlık1!")

        assert len(refused.value.messages) == 2
        assert "Sağlık" not in " ".join(refused.value.messages)

    def test_the_names_of_the_house_are_no_passwords(self) -> None:
        institution(name="Gülcemal Zembilova Merkezi")
        with pytest.raises(ValidationError):
            validate_password("Zembilova.2026")

    def test_administrators_need_more(self) -> None:
        validate_password("v9$Tq-eX3?mB", person(Role.IT_OFFICER))
        with pytest.raises(ValidationError, match="14"):
            validate_password("v9$Tq-eX3?mB", person(Role.UNIT_HEAD))

    def test_settings_cannot_go_below_the_directive(self, settings: Any) -> None:
        settings.PASSWORD_MIN_LENGTH = 4
        with pytest.raises(ValidationError, match="8"):
            validate_password("x7K!q", person())

    def test_none_of_the_last_ten_comes_back(self) -> None:
        user = person()
        used = [f"Kx4&pÇz9!wRt2^{letter}" for letter in "ABCDEFGHJKL"]
        for password in used:
            people.set_password(user, password, reason="test")

        for password in used[1:]:
            with pytest.raises(ValidationError) as refused:
                people.set_password(user, password, reason="test")
            assert refused.value.error_list[0].code == "reused"
        people.set_password(user, used[0], reason="test")
        assert PasswordHistory.objects.filter(user=user).count() == 10

    def test_history_keeps_hashes_only(self) -> None:
        user = person()
        people.set_password(user, GOOD, reason="test")
        people.set_password(user, OTHER, reason="test")

        kept = " ".join(PasswordHistory.objects.filter(user=user).values_list("password", flat=True))
        assert GOOD not in kept
        assert OTHER not in kept
        assert "$" in kept


def aged(user: User, days: int) -> User:
    user.password_set_at = timezone.now() - timedelta(days=days)
    User.objects.filter(pk=user.pk).update(password_set_at=user.password_set_at)
    return user


@pytest.mark.django_db
class TestAge:
    """180 days, administrators 90, told 14 days before."""

    @pytest.mark.parametrize(
        ("role", "days", "due"),
        [
            (Role.IT_OFFICER, 179, False),
            (Role.IT_OFFICER, 180, True),
            (Role.UNIT_HEAD, 89, False),
            (Role.UNIT_HEAD, 90, True),
        ],
    )
    def test_the_day_it_ends(self, role: str, days: int, due: bool) -> None:
        assert password_age.must_change(aged(person(role), days)) is due

    def test_settings_cannot_stretch_it(self, settings: Any) -> None:
        settings.PASSWORD_DAYS = settings.PASSWORD_DAYS_ADMINISTRATORS = 400
        assert password_age.must_change(aged(person(Role.IT_OFFICER), 181))
        assert password_age.must_change(aged(person(Role.UNIT_HEAD), 91))

    def test_an_old_password_opens_the_page_for_a_new_one_only(self) -> None:
        user = aged(person(Role.IT_OFFICER), 181)
        client = signed_in_client(user)

        assert client.get("/cases/")["Location"] == "/me/password/?next=%2Fcases%2F"
        assert client.post("/delegations/", {})["Location"] == "/me/password/"
        assert client.get("/me/password/").status_code == 200
        assert client.get("/cases/", headers={"HX-Request": "true"})["HX-Redirect"] == "/me/password/"

    def test_the_new_one_opens_everything_again(self) -> None:
        user = aged(person(Role.IT_OFFICER), 181)
        client = signed_in_client(user)

        answer = client.post(
            "/me/password/?next=%2Fcases%2F", {"password": PASSWORD, "new_password": OTHER, "repeated": OTHER}
        )

        assert (answer.status_code, answer["Location"]) == (302, "/cases/")
        assert client.get("/cases/").status_code == 200
        user.refresh_from_db()
        assert timezone.now() - user.password_set_at < timedelta(minutes=1)

    @pytest.mark.parametrize(("days", "told"), [(160, False), (167, True), (179, True)])
    def test_the_page_warns_two_weeks_before(self, days: int, told: bool) -> None:
        user = aged(person(Role.IT_OFFICER), days)

        page = signed_in_client(user).get("/me/").content.decode()

        assert ("gün sonra sona eriyor" in page) is told

    def test_log_in_warns(self, client: Client) -> None:
        user = aged(person(Role.REQUESTING_STAFF), 170)

        page = client.post("/login/", {"username": user.username, "password": PASSWORD}, follow=True)

        assert "9 gün sonra sona eriyor" in page.content.decode()

    def test_the_unit_head_demands_a_new_one(self) -> None:
        head, user = person(Role.UNIT_HEAD), person(Role.IT_OFFICER)
        client = signed_in_client(user)

        people.demand_new_password(user, by=head, reason="parola tahmin edildi")

        assert client.get("/cases/")["Location"].startswith("/me/password/")
        assert entries_of(user)[0].reason == "parola tahmin edildi"

    def test_nobody_else_demands_one(self) -> None:
        with pytest.raises(PermissionDenied):
            people.demand_new_password(person(), by=person(Role.IT_LEAD), reason="x")
