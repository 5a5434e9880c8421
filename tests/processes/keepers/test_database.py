"""The clauses about the database itself: each check is content when all is well and tells when something is broken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import Any

import psycopg2
import pytest
from django.db import connection, transaction
from django.utils import timezone
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import Employee, User
from accounts.roles import Role
from helpdesk import workflow
from processes import clauses
from processes.keepers import database as keeper
from processes.models import Case, FeedKey
from tests.accounts.people import institution, person
from tests.database.logins import APP, OWNER, PREFIX, as_owner, entered_as
from tests.processes import sheets


def tckn() -> str:
    """A number with the right check digits that belongs to nobody: made up here, of a run no register gives out."""
    digits = [1, 0, 0, 0, 0, 0, 0, 0, 1]
    tenth = (7 * sum(digits[0:9:2]) - sum(digits[1:8:2])) % 10
    return "".join(map(str, [*digits, tenth, (sum(digits) + tenth) % 10]))


def test_every_clause_has_its_keeper() -> None:
    for number, _how, _check in keeper.KEPT:
        (clause,) = [clause for clause in clauses.all_clauses() if clause.number == number]
        assert keeper.APP in {keeping.app for keeping in clauses.keepings(clause)}


NEEDED = (
    *("5.1.3", "5.3", "5.3.3", "5.3.18", "5.3.19", "5.3.20", "5.3.21", "5.3.22", "5.3.26"),
    *("5.7.2.1", "5.7.2.4", "5.7.2.5", "5.7.2.6", "5.7.2.11", "5.7.2.12", "5.7.2.13"),
)


def test_logs_passwords_rights_and_sessions_have_keepers_with_checks() -> None:
    wanted = [
        clause
        for clause in clauses.all_clauses()
        if not clause.is_step and (clause.number in NEEDED or clause.number.startswith(("5.4.", "5.6.")))
    ]
    assert len(wanted) > 35
    without = {one.number for one in wanted if not any(keeping.check for keeping in clauses.keepings(one))}
    assert without == set()


def test_all_is_well(db: None) -> None:
    person(Role.UNIT_HEAD)
    checks = {number: check() for number, _how, check in keeper.KEPT if number != "5.4.5"}
    assert checks == {number: [] for number in checks}


def test_a_key_in_clear_is_a_finding(db: None) -> None:
    FeedKey.objects.create(user=person(), digest="0" * 64)
    assert keeper.credentials() == []
    FeedKey.objects.create(user=person(), digest="gizli-anahtar")
    assert len(keeper.credentials()) == 1


def test_a_password_in_clear_is_a_finding(db: None) -> None:
    User.objects.filter(pk=person().pk).update(password="Gizli-Parola-1")
    assert len(keeper.credentials()) == 1


def test_a_number_that_is_not_sealed_is_a_finding(db: None) -> None:
    row = Employee(first_name="Ayşe", last_name="Örnek", institution=institution())
    row.put_tc(tckn())
    with transaction.atomic():
        row.save()
    assert keeper.encrypted() == []
    Employee.objects.filter(pk=row.pk).update(tc_sealed=tckn())
    assert len(keeper.encrypted()) == 1


def test_a_readable_secret_of_an_authenticator_is_a_finding(db: None) -> None:
    device = TOTPDevice.objects.create(user=person(), name="Telefon")
    assert keeper.encrypted() == []
    with connection.cursor() as cursor:
        cursor.execute("UPDATE otp_totp_totpdevice SET key = %s", [device.key])
    assert len(keeper.encrypted()) == 1


def test_a_number_in_a_cases_text_is_a_finding(db: None) -> None:
    sheets.load()
    case = workflow.report(by=person(Role.IT_LEAD), title="Yazıcı", applicant_name="Ayşe Örnek")
    assert keeper.encrypted() == []
    Case.objects.filter(pk=case.pk).update(title="Telefon 05321234567, dosya 12345678901")
    assert keeper.encrypted() == []
    Case.objects.filter(pk=case.pk).update(title=f"Hasta {tckn()} için")
    assert len(keeper.encrypted()) == 1


def test_a_column_for_numbers_in_clear_is_a_finding(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper, "OPEN_NUMBER", re.compile("^registry_no$"))
    assert any("registry_no" in sentence for sentence in keeper.encrypted())


@pytest.mark.django_db(transaction=True)
def test_a_superuser_at_work_is_a_finding() -> None:
    assert keeper.entered_by_name() == []
    with entered_as(OWNER):
        assert len(keeper.entered_by_name()) == 1


@pytest.mark.login("owner")
def test_a_second_superuser_is_a_finding(db: None) -> None:
    before = len(keeper.entered_by_name())
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE sbstest_second SUPERUSER LOGIN")
    assert len(keeper.entered_by_name()) == before + 1


@pytest.mark.login("owner")
@pytest.mark.parametrize("setting", ["log_connections = off", "log_statement = 'none'"])
def test_a_server_that_logs_nothing_is_a_finding(db: None, setting: str) -> None:
    before = len(keeper.entered_by_name())
    name, _equals, value = setting.partition(" = ")
    if name == "log_connections":  # set for a session before it begins only
        with reconnected(f"-c {name}={value}"):
            assert len(keeper.entered_by_name()) == before + 1
        return
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL {setting}")
    assert len(keeper.entered_by_name()) == before + 1


@contextmanager
def reconnected(options: str) -> Iterator[None]:
    """The check sees a session begun with these options."""
    values = connection.get_connection_params() | {"options": options}
    with closing(psycopg2.connect(**values)) as other:
        own, connection.connection = connection.connection, other
        try:
            yield
        finally:
            connection.connection = own


@pytest.mark.login("owner")
@pytest.mark.parametrize(
    ("sql", "more"),
    [
        (f"ALTER TABLE processes_case OWNER TO {PREFIX}_app", 1),
        (f"GRANT INSERT ON audit_leaf TO {PREFIX}_app", 1),
        (f"GRANT UPDATE ON audit_entry TO {PREFIX}_app", 1),
        (f"ALTER ROLE {PREFIX}_auditor RENAME TO sbstest_gone", 1),
    ],
)
def test_a_layer_that_is_missing_is_a_finding(db: None, sql: str, more: int) -> None:
    with connection.cursor() as cursor:
        connection.check_constraints()
        cursor.execute(sql)
        cursor.execute(f"SET SESSION AUTHORIZATION {PREFIX}_{APP}")
        try:
            assert len(keeper.layered()) == more
        finally:
            cursor.execute("RESET SESSION AUTHORIZATION")


def ends(days: int | None) -> None:
    """The program's role has a password that ends in so many days."""
    with as_owner() as cursor:
        until = "infinity" if days is None else f"{timezone.now() + timedelta(days=days):%Y-%m-%d}"
        cursor.execute(f"ALTER ROLE {PREFIX}_{APP} VALID UNTIL '{until}'")


@pytest.mark.parametrize(("days", "found"), [(None, 1), (200, 1), (60, 0), (3, 1)])
def test_a_database_password_without_an_end_is_a_finding(
    db: None, monkeypatch: pytest.MonkeyPatch, days: int | None, found: int
) -> None:
    ends(days)
    try:
        assert keeper.system_passwords() == []
        monkeypatch.setitem(connection.settings_dict, "PASSWORD", "gizli")
        assert len(keeper.system_passwords()) == found
    finally:
        ends(None)


def test_an_administrator_with_an_old_password_is_a_finding(db: None) -> None:
    now = timezone.now()
    head = person(Role.UNIT_HEAD)
    User.objects.filter(pk=head.pk).update(last_login=now, password_set_at=now - timedelta(days=80))
    assert keeper.system_passwords() == []
    User.objects.filter(pk=head.pk).update(password_set_at=now - timedelta(days=91))
    assert len(keeper.system_passwords()) == 1


def test_passwords_of_people_count_as_well(db: None) -> None:
    user, now = person(), timezone.now()
    assert keeper.all_passwords() == []
    User.objects.filter(pk=user.pk).update(last_login=now, password_set_at=now - timedelta(days=200))
    assert len(keeper.all_passwords()) == 1


def test_one_secret_for_two_things_is_a_finding(db: None, settings: Any) -> None:
    settings.LOOKUP_KEY = settings.SEAL_KEY
    assert len(keeper.separate_secrets()) == 1


def test_a_database_password_that_is_the_secret_key_is_a_finding(
    db: None, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", settings.SECRET_KEY)
    assert len(keeper.separate_secrets()) == 1


def test_a_door_without_encryption_and_a_weak_algorithm_are_findings(db: None, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
    assert keeper.remote_access() == []
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    assert len(keeper.remote_access()) == 1
    settings.PRODUCTION, settings.SECURE_SSL_REDIRECT = True, False
    assert len(keeper.remote_access()) == 2
