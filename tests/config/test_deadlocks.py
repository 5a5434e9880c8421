"""A form whose transaction the database ended because of a deadlock is made once more; what cannot be repeated is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import ResolverMatch
from psycopg2.errors import DeadlockDetected, SerializationFailure

from audit.queries import entries_of
from config import deadlocks
from processes.errors import WrongState
from tests.accounts.people import signed_in_client
from tests.processes.records import Desk, desk

pytestmark = pytest.mark.django_db
MOVED = 'UPDATE "processes_case"'


@pytest.fixture
def office() -> Desk:
    return desk()


def ended(cause: Exception, times: int) -> Callable[..., Any]:
    """The database ends the first transactions that change a case."""
    left = [times]

    def execute(go_on: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith(MOVED) and left[0]:
            left[0] -= 1
            raise OperationalError("deadlock detected; waits for ayse") from cause
        return go_on(sql, *rest)

    return execute


def assigned(office: Desk) -> int:
    return entries_of(office.ticket).filter(step="assign_to").count()


def take(office: Desk, client: Client) -> Any:
    fields = {"chosen": str(office.ticket.pk), "to": "me"}
    return client.post("/cases/bulk/", fields)


def test_a_form_ended_by_a_deadlock_is_made_again_and_leaves_one_entry(office: Desk) -> None:
    client = signed_in_client(office.officer)
    assert assigned(office) == 0
    with connection.execute_wrapper(ended(DeadlockDetected(), 1)):
        answer = take(office, client)

    office.ticket.refresh_from_db()
    assert (answer.status_code, office.ticket.assignee) == (200, office.officer)
    assert assigned(office) == 1


@pytest.mark.parametrize(
    ("cause", "times"), [(DeadlockDetected(), 2), (SerializationFailure(), 1)], ids=["again", "another"]
)
def test_what_happens_twice_or_is_no_deadlock_is_told_as_503(
    office: Desk, cause: Exception, times: int
) -> None:
    client = signed_in_client(office.officer)
    client.raise_request_exception = False
    with connection.execute_wrapper(ended(cause, times)):
        answer = take(office, client)

    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert b"ayse" not in answer.content
    office.ticket.refresh_from_db()
    assert office.ticket.assignee is None


def test_a_refusal_of_the_second_time_is_a_page(rf: RequestFactory) -> None:
    request = rf.post("/x/", {"a": "1"})
    request.resolver_match = _match(WrongState("It was closed meanwhile."))
    answer = _middleware().process_exception(request, _deadlock())

    assert isinstance(answer, HttpResponse)
    assert (answer.status_code, "It was closed meanwhile." in answer.content.decode()) == (409, True)


def test_an_upload_a_reading_and_a_program_are_not_repeated(rf: RequestFactory) -> None:
    requests = [
        rf.post("/x/", {"a": "1", "file": SimpleUploadedFile("a.txt", b"x")}),
        rf.get("/x/?a=1"),
        rf.post("/x/", b"{}", content_type="application/json"),
    ]
    for request in requests:
        request.resolver_match = _match(None)
        assert _middleware().process_exception(request, _deadlock()) is None


def _middleware() -> deadlocks.DeadlockMiddleware:
    return deadlocks.DeadlockMiddleware(lambda request: HttpResponse())


def _deadlock() -> OperationalError:
    error = OperationalError("deadlock detected")
    error.__cause__ = DeadlockDetected()
    return error


def _match(refusal: Exception | None) -> Any:
    def view(request: Any) -> HttpResponse:
        if refusal is not None:
            raise refusal
        return HttpResponse()

    return ResolverMatch(view, (), {})
