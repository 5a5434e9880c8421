"""Who gets in: keys, scopes, limits; and that every address asks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern
from django.utils import timezone

from accounts.roles import Role
from audit.models import Entry
from audit.queries import entries_of
from ebys.api.base import ApiView
from ebys.api.throttling import WriteRate
from ebys.api.urls import urlpatterns
from ebys.models import ApiKey, Scope
from ebys.services import keys
from tests.accounts import people
from tests.ebys import letters
from tests.ebys.api.calling import Caller, account, caller, key_of

pytestmark = pytest.mark.django_db
PATHS = {
    "incoming-letters": "incoming-letters/",
    "incoming-letter": "incoming-letters/1/",
    "outgoing-letters": "outgoing-letters/",
    "outgoing-letter": "outgoing-letters/1/",
    "outgoing-letter-package": "outgoing-letters/1/package/",
    "outgoing-letter-pdf": "outgoing-letters/1/pdf/",
    "outgoing-letter-collection": "outgoing-letters/1/collection/",
    "outgoing-letter-registration": "outgoing-letters/1/registration/",
    "outgoing-letter-rejection": "outgoing-letters/1/rejection/",
    "cases": "cases/",
    "case": "cases/5.3.6/2026/000001/",
    "case-steps": "cases/5.3.6/2026/000001/steps/",
    "case-step": "cases/5.3.6/2026/000001/steps/assess/",
}


def views() -> Iterator[tuple[str, type[ApiView]]]:
    for pattern in urlpatterns:
        assert isinstance(pattern, URLPattern)
        yield str(pattern.name), pattern.callback.view_class  # type: ignore[attr-defined]


def doors() -> list[tuple[str, str, str]]:
    return [(name, method, scope) for name, view in views() for method, scope in view.scopes.items()]


def call(who: Caller, name: str, method: str) -> Any:
    return who.get(PATHS[name]) if method == "GET" else who.post(PATHS[name], {})


def test_every_address_is_known_here() -> None:
    assert {name for name, _view in views()} == set(PATHS)


def test_every_method_that_a_view_has_names_its_scope() -> None:
    for _name, view in views():
        methods = {method.upper() for method in ("get", "post") if hasattr(view, method)}
        assert methods == set(view.scopes)
        assert set(view.scopes.values()) <= set(Scope.values)


@pytest.mark.parametrize(("name", "method", "scope"), doors())
def test_without_a_key_nobody_gets_in(name: str, method: str, scope: str) -> None:
    answer = call(Caller(), name, method)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="SBS"'
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize(("name", "method", "scope"), doors())
def test_every_other_scope_does_not_open_it(name: str, method: str, scope: str) -> None:
    others = [one for one in Scope.values if one != scope]
    answer = call(caller(scopes=others), name, method)
    assert answer.status_code == 403
    assert scope in answer.json()["detail"]


@pytest.mark.parametrize(("name", "method", "scope"), doors())
def test_the_named_scope_opens_it(name: str, method: str, scope: str) -> None:
    assert call(caller(scopes=[scope]), name, method).status_code not in (401, 403, 405, 500)


@pytest.mark.parametrize("name", PATHS)
@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_other_methods_are_not_taken(name: str, method: str) -> None:
    who = caller()
    answer = getattr(who.client, method)(f"/api/v1/{PATHS[name]}", headers=who.headers)
    assert answer.status_code == 405


def test_a_method_override_is_no_way_round() -> None:
    who = caller(scopes=[Scope.CASES_READ])
    assert who.get("cases/", X_HTTP_Method_Override="POST").status_code == 200
    assert who.get("cases/?_method=POST").status_code == 400


@pytest.mark.parametrize(
    "spoil",
    [
        lambda key, text: keys.revoke(key, by=people.person(Role.UNIT_HEAD), reason="kayboldu"),
        lambda key, text: ApiKey.objects.filter(pk=key.pk).update(
            made_at=timezone.now() - timedelta(days=2), expires_at=timezone.now() - timedelta(seconds=1)
        ),
        lambda key, text: _switched_off(key),
        lambda key, text: _leaver(key),
    ],
    ids=["revoked", "expired", "account out of use", "user disabled"],
)
def test_a_key_that_is_no_longer_good_opens_nothing(spoil: Any) -> None:
    key, text = key_of(account())
    assert Caller(text).get("cases/").status_code == 200
    spoil(key, text)
    assert Caller(text).get("cases/").status_code == 401


def _switched_off(key: ApiKey) -> None:
    with transaction.atomic():
        key.account.is_active = False
        key.account.save()


def _leaver(key: ApiKey) -> None:
    with transaction.atomic():
        key.account.acts_as.is_active = False
        key.account.acts_as.save()


@pytest.mark.parametrize(
    "header",
    [
        "Basic YTpi",
        "Bearer",
        "Bearer x",
        "Bearer sbs_00000000_x",
        "Bearer ğ",
        "Bearer " + "a" * 10_000,
        "Token x",
        "\x00",
    ],
)
def test_no_other_credential_is_a_key(header: str) -> None:
    answer = Caller().get("cases/", Authorization=header)
    assert answer.status_code == 401


def test_the_key_itself_is_kept_nowhere() -> None:
    key, text = key_of(account())
    stored = ApiKey.objects.values().get(pk=key.pk)
    assert text not in str(stored)
    assert text.split("_", 2)[2] not in str(stored)


def test_last_use_is_written_once_in_a_while() -> None:
    key, text = key_of(account())
    who = Caller(text)
    who.get("cases/")
    key.refresh_from_db()
    assert key.last_used_at is not None
    first = key.last_used_at
    who.get("cases/")
    key.refresh_from_db()
    assert key.last_used_at == first


def test_guessing_keys_is_slowed_down() -> None:
    statuses = [Caller("sbs_00000000_falsch").get("cases/").status_code for _try in range(32)]
    assert statuses[:30] == [401] * 30
    assert statuses[30:] == [429, 429]


def test_a_busy_key_is_told_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WriteRate, "standard", "3/min")
    who = caller()
    answers = [who.post("cases/", {}) for _try in range(4)]
    assert [answer.status_code for answer in answers] == [422, 422, 422, 429]
    assert int(answers[3]["Retry-After"]) > 0
    assert answers[3].json()["code"] == "throttled"
    assert who.get("cases/").status_code == 200
    assert caller().post("cases/", {}).status_code == 422


def test_a_refusal_stands_in_the_trail_under_the_key() -> None:
    key, text = key_of(account(), [Scope.CASES_READ])
    answer = Caller(text).post("cases/", {}, X_Request_ID="deneme-0001")
    assert answer["X-Request-ID"] == "deneme-0001"
    entry = Entry.objects.filter(event="refused").latest("pk")
    assert (entry.object_pk, entry.cid, entry.actor_id) == (
        str(key.pk),
        "deneme-0001",
        key.account.acts_as_id,
    )
    assert (entry.changes or {})["code"] == "not-permitted"


def test_wrong_keys_do_not_fill_the_trail() -> None:
    for _try in range(5):
        Caller("sbs_00000000_falsch").get("cases/")
        Caller().get("cases/")
    assert Entry.objects.filter(event="refused").count() == 1


def test_what_a_key_does_is_its_users_doing_in_the_trail() -> None:
    key, text = key_of(account(Role.IT_OFFICER))
    letters.ticket()
    answer = Caller(text).post(
        "cases/", {"subprocess": "5.3.6", "title": "Yazıcı arızası", "applicant_name": "Ali"}
    )
    entry = Entry.objects.filter(event="created", step="report").latest("pk")
    assert answer.status_code == 201
    assert entry.actor_id == key.account.acts_as_id


def test_the_users_rights_are_asked_beside_the_scope() -> None:
    outsider = caller(Role.REQUESTING_STAFF)
    letter = letters.outgoing_letter("approved")
    assert outsider.get(f"outgoing-letters/{letter.pk}/").status_code == 404
    assert outsider.get("outgoing-letters/").json()["results"] == []
    assert outsider.get(f"cases/{letter.case.number}/").status_code == 404
    assert outsider.deliver(b"PK").status_code == 403


@pytest.mark.parametrize(
    "header", ["a" * 300, "kısa", "a\tb", "<script>alert(1)</script>", "../../etc/passwd"]
)
def test_a_strange_request_number_is_replaced(header: str) -> None:
    answer = caller().get("cases/", X_Request_ID=header)
    assert answer.status_code == 200
    assert answer["X-Request-ID"] != header


def test_the_language_of_a_problem_is_the_callers() -> None:
    turkish = Caller().get("cases/", Accept_Language="tr").json()
    english = Caller().get("cases/", Accept_Language="en").json()
    assert turkish["code"] == english["code"] == "unauthenticated"
    assert turkish["title"] != english["title"]


def test_an_address_that_does_not_exist_is_a_problem_too() -> None:
    answer = caller().get("nothing/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("path", "most"),
    [("incoming-letters/", 8), ("outgoing-letters/", 8), ("cases/", 8)],
)
def test_a_list_costs_the_same_with_one_row_and_with_many(path: str, most: int) -> None:
    _key, text = key_of(account())
    counts = []
    for rows in (1, 6):
        for _row in range(rows):
            letters.incoming()
            letters.outgoing_letter("approved")
        cache.clear()
        Caller(text).get(path)
        with CaptureQueriesContext(connection) as queries:
            assert Caller(text).get(path).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] <= most


@pytest.mark.parametrize(
    ("name", "most"), [("case", 10), ("case-steps", 12), ("outgoing-letter", 10), ("incoming-letter", 10)]
)
def test_a_detail_costs_little(name: str, most: int) -> None:
    _key, text = key_of(account(Role.IT_LEAD, Role.IT_OFFICER))
    letter = letters.outgoing_letter("approved")
    paths = {
        "case": f"cases/{letter.case.number}/",
        "case-steps": f"cases/{letter.case.number}/steps/",
        "outgoing-letter": f"outgoing-letters/{letter.pk}/",
        "incoming-letter": f"incoming-letters/{letters.incoming().pk}/",
    }
    Caller(text).get(paths[name])
    with CaptureQueriesContext(connection) as queries:
        assert Caller(text).get(paths[name]).status_code == 200
    assert len(queries) <= most


@pytest.mark.parametrize("name", ["case", "case-steps", "outgoing-letter", "incoming-letter"])
def test_reading_by_a_key_is_told_in_the_name_of_its_account(name: str) -> None:
    reader = account(Role.IT_LEAD, Role.IT_OFFICER)
    _key, text = key_of(reader)
    letter, came = letters.outgoing_letter("approved"), letters.incoming()
    path, record = {
        "case": (f"cases/{letter.case.number}/", letter.case),
        "case-steps": (f"cases/{letter.case.number}/steps/", letter.case),
        "outgoing-letter": (f"outgoing-letters/{letter.pk}/", letter),
        "incoming-letter": (f"incoming-letters/{came.pk}/", came),
    }[name]
    for _look in range(2):
        assert Caller(text).get(path).status_code == 200

    [entry] = entries_of(record).filter(event="viewed")
    assert entry.actor_id == reader.acts_as_id
    assert Caller(text).get("cases/5.3.6/2026/999999/").status_code == 404
    assert entries_of(record).filter(event="viewed").count() == 1
