"""A step taken on the page and the same step taken over the API: same fields, same outcome, same refusal."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django import forms
from django.test import Client
from django.utils.html import escape

from accounts.models import User
from accounts.roles import Role
from audit.queries import entries_of
from ebys.models import ServiceAccount
from processes.errors import NotPermitted, WrongState
from processes.models import Case
from processes.rooms import Room
from tests.accounts.people import institution, person, signed_in_client
from tests.ebys.api.calling import Caller, key_of
from tests.engine.cast import Cast, Values, able, assemble, case_before, case_in, each_step, recipe_of
from tests.laying import laid

AROUND = {"csrfmiddlewaretoken", "version", ""}  # what every form of the page sends along


people = laid(assemble)


class Form(HTMLParser):
    """The names of what one form of a page asks for."""

    def __init__(self, page: str, action: str) -> None:
        super().__init__()
        self.action, self.inside = action, False
        self.names: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.inside = given.get("action") == self.action
        elif self.inside and tag in {"input", "select", "textarea"}:
            self.names.add(given.get("name") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.inside = False


def address(case: Case, key: str) -> str:
    return f"/cases/{case.number}/steps/{key}/"


def program_of(user: User) -> Caller:
    """A program that acts as this person, in the person's language."""
    account, _made = ServiceAccount.objects.get_or_create(
        acts_as=user, defaults={"name": f"for {user.username}"}
    )
    return Caller(key_of(account)[1], **{"Accept-Language": user.language})


def as_json(room: Room, key: str, values: Values) -> dict[str, Any]:
    """What a browser sends, as a program writes it."""
    fields = room.forms[key].base_fields
    return {
        name: bool(value) if isinstance(fields[name], forms.BooleanField) else value
        for name, value in values.items()
    }


def by_page(browser: Client, case: Case, key: str, values: Values, version: int | None = None) -> Any:
    return browser.post(
        address(case, key), values | {"version": case.version if version is None else version}
    )


def by_api(
    program: Caller, room: Room, case: Case, key: str, values: Values, version: int | None = None
) -> Any:
    seen = case.version if version is None else version
    return program.post(f"cases/{case.number}/steps/{key}/", as_json(room, key, values), If_Match=f'"{seen}"')


@each_step
def test_the_page_asks_for_what_the_api_asks_for(room: Room, key: str, people: Cast) -> None:
    case = case_before(room, key, people)
    by = able(room, key, case, people)
    page = signed_in_client(by).get(address(case, key))
    actions = program_of(by).get(f"cases/{case.number}/steps/").json()["actions"]
    (fields,) = [action["fields"] for action in actions if action["key"] == key]
    assert page.status_code == 200
    asked = {field["name"] for field in fields}
    typed = {f"{name}_text" for name in asked}  # what is typed into a picker, beside what was picked
    assert Form(page.content.decode(), address(case, key)).names - AROUND - typed == asked


@each_step
def test_both_take_the_step_alike(room: Room, key: str, people: Cast) -> None:
    told = []
    for door in ("page", "api"):
        case = case_before(room, key, people)
        by = able(room, key, case, people)
        values = recipe_of(room).values(key, case, people)
        if door == "page":
            answer = by_page(signed_in_client(by), case, key, values)
            assert answer.status_code == 302, answer.content.decode()
        else:
            answer = by_api(program_of(by), room, case, key, values)
            assert answer.status_code == 200, answer.json()
        done = type(case).objects.get(pk=case.pk)
        entry = entries_of(done)[0]
        assert entry.changes is not None
        told.append(
            (
                done.state,
                done.version,
                entry.step,
                entry.actor,
                bool(entry.reason),
                sorted(entry.changes),
                bool(entry.cid),
            )
        )
    assert told[0] == told[1]


@each_step
def test_both_refuse_who_may_not(room: Room, key: str, people: Cast) -> None:
    case = case_before(room, key, people)
    by = next(
        user
        for user in people.values()
        if type(case).objects.visible_to(user).filter(pk=case.pk).exists()
        and isinstance(room.flow.refusal(key, case, user), NotPermitted)
    )
    refused_alike(room, key, case, by, people, 403, NotPermitted)


@each_step
def test_both_refuse_the_wrong_state(room: Room, key: str, people: Cast) -> None:
    sources = room.flow.moves[key].sources
    state = next(state for state in room.states.values if state not in sources)
    case = case_in(room, state, people)
    by = next(user for user in people.values() if isinstance(room.flow.refusal(key, case, user), WrongState))
    refused_alike(room, key, case, by, people, 409, WrongState)


def refused_alike(
    room: Room, key: str, case: Case, by: User, people: Cast, status: int, refusal: type[Exception]
) -> None:
    """Both doors give the status and the gate's own sentence, and the case stays as it was."""
    sentence = room.flow.refusal(key, case, by)
    values = recipe_of(room).values(key, case, people)
    page = by_page(signed_in_client(by), case, key, values)
    api = by_api(program_of(by), room, case, key, values)
    assert isinstance(sentence, refusal)
    assert (page.status_code, api.status_code) == (status, status)
    assert (api.json()["detail"], api.json()["code"]) == (str(sentence), sentence.code)
    assert escape(str(sentence)) in page.content.decode()
    assert type(case).objects.get(pk=case.pk).version == case.version


@each_step
def test_both_refuse_an_old_version(room: Room, key: str, people: Cast) -> None:
    case = case_before(room, key, people)
    by = able(room, key, case, people)
    values = recipe_of(room).values(key, case, people)
    page = by_page(signed_in_client(by), case, key, values, version=case.version + 1)
    api = by_api(program_of(by), room, case, key, values, version=case.version + 1)
    assert (page.status_code, api.status_code, api.json()["code"]) == (412, 412, "stale-version")


@each_step
def test_both_name_the_same_missing_fields(room: Room, key: str, people: Cast) -> None:
    for_page, for_api = case_before(room, key, people), case_before(room, key, people)
    by = able(room, key, for_page, people)
    empty = room.forms[key]({}, case=for_page, by=by)
    page = by_page(signed_in_client(by), for_page, key, {})
    api = by_api(program_of(by), room, for_api, key, {})
    assert (200 if page.status_code == 302 else page.status_code) == api.status_code
    if empty.errors:
        assert (api.status_code, set(api.json()["errors"])) == (422, set(empty.errors))
        for sentences in empty.errors.values():
            assert all(escape(sentence) in page.content.decode() for sentence in sentences)


@each_step
def test_both_hide_the_case_from_strangers(room: Room, key: str, people: Cast) -> None:
    case = case_before(room, key, people)
    stranger = person(Role.REQUESTING_STAFF, username="the_stranger", institution=institution())
    values = recipe_of(room).values(key, case, people)
    page = by_page(signed_in_client(stranger), case, key, values)
    api = by_api(program_of(stranger), room, case, key, values)
    assert (page.status_code, api.status_code) == (404, 404)
    assert case.title not in page.content.decode() + api.content.decode()
