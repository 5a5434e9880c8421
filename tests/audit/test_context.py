"""Circumstances of an act: nested, restored, never mixed between requests."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from accounts.models import User
from audit import context
from audit.context import acting, because, identify, signed_in


def unsaved(username: str) -> User:
    return User(username=username)


def test_nothing_is_known_outside() -> None:
    assert context.current() == context.Circumstances()


def test_inner_words_win_and_the_outer_ones_come_back() -> None:
    with because(step="inform", reason="answered"):
        with because(step="link"):
            inner = context.current()
        outer = context.current()
    assert (inner.step, inner.reason) == ("link", "answered")
    assert (outer.step, outer.reason) == ("inform", "answered")
    assert context.current().step == ""


def test_the_principal_reaches_inner_blocks() -> None:
    lender = unsaved("lender")
    with because(on_behalf_of=lender), because(step="assess"):
        assert context.current().on_behalf_of is lender


def test_the_person_comes_back_after_an_inner_sign_in() -> None:
    outer, inner = unsaved("outer"), unsaved("inner")
    with signed_in(outer):
        with signed_in(inner):
            assert context.current().person is inner
        assert context.current().person is outer
    assert context.current().person is None


def test_words_end_with_an_exception() -> None:
    with pytest.raises(LookupError), because(step="assess"):
        raise LookupError
    assert context.current().step == ""


def test_a_request_inherits_nothing() -> None:
    with because(step="assess", reason="seen"), signed_in(unsaved("worker")), acting(address="192.0.2.7"):
        assert context.current() == context.Circumstances(address="192.0.2.7")


def test_an_identified_caller_is_forgotten_at_the_end_of_the_request() -> None:
    caller = unsaved("ebys")
    with acting():
        identify(caller)
        assert context.current().person is caller
    assert context.current().person is None


def test_the_person_is_looked_up_only_when_asked_for() -> None:
    asked: list[str] = []

    def find() -> User:
        asked.append("asked")
        return unsaved("reader")

    with acting(find=find):
        assert asked == []
        assert context.current().person is not None
    assert asked == ["asked"]


def test_concurrent_requests_do_not_mix() -> None:
    together = Barrier(8)

    def request(number: int) -> tuple[str, str]:
        with acting(by=unsaved(f"person{number}")), because(reason=f"reason{number}"):
            together.wait(10)
            now = context.current()
            together.wait(10)
        return (now.person.get_username() if now.person else "", now.reason)

    with ThreadPoolExecutor(8) as threads:
        seen = list(threads.map(request, range(8)))
    assert seen == [(f"person{number}", f"reason{number}") for number in range(8)]


def test_a_function_that_was_told_who_acts_names_that_person() -> None:
    outer, told = unsaved("outer"), unsaved("told")
    with signed_in(outer), because(step="assess", by=told):
        assert context.current().person is told
    assert context.current().person is None
