"""Pages by key: every row once, in order, in both directions; a cursor that tells nothing and cannot be made up."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import User
from processes.models import InboxItem
from processes.paging import Page, page_of
from tests.accounts.people import person

pytestmark = pytest.mark.django_db

START = datetime(2026, 1, 1, 9, 0, 0, 123456, tzinfo=UTC)
ORDERS = (
    ("text", "id"),
    ("-text",),
    ("read_at", "id"),
    ("-read_at", "text", "-id"),
    ("-made_at", "read_at", "-pk"),
    ("user__last_name", "text"),
)
ROWS = st.lists(
    st.tuples(st.sampled_from("abç"), st.integers(0, 2), st.none() | st.integers(0, 2)),
    min_size=0,
    max_size=14,
)


def write(user: User, rows: list[tuple[str, int, int | None]]) -> None:
    InboxItem.objects.bulk_create(
        InboxItem(
            user=user,
            text=text,
            made_at=START + timedelta(microseconds=made),
            read_at=None if read is None else START + timedelta(hours=read),
        )
        for text, made, read in rows
    )


def walked(order: tuple[str, ...], size: int) -> tuple[list[list[int]], list[list[int]]]:
    """The pages from first to last, and from last back to first."""
    rows = InboxItem.objects.select_related("user")
    pages: list[Page[InboxItem]] = [page_of(rows, order, "", size)]
    while pages[-1].next_cursor:
        pages.append(page_of(rows, order, pages[-1].next_cursor, size))
    back = [pages[-1]]
    while back[-1].prev_cursor:
        back.append(page_of(rows, order, back[-1].prev_cursor, size))
    return [[row.pk for row in page.rows] for page in pages], [[row.pk for row in page.rows] for page in back]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, order=st.sampled_from(ORDERS), size=st.integers(1, 5))
def test_walking_meets_every_row_once_in_order(
    db: None, rows: list[tuple[str, int, int | None]], order: tuple[str, ...], size: int
) -> None:
    with transaction.atomic():
        write(person(), rows)
        last = order[-1].lstrip("-")
        full = order if last in {"id", "pk"} else (*order, "-id" if order[-1].startswith("-") else "id")
        expected = list(InboxItem.objects.order_by(*full).values_list("pk", flat=True))

        forth, back = walked(order, size)

        assert [pk for page in forth for pk in page] == expected
        assert [pk for page in reversed(back) for pk in page] == expected
        transaction.set_rollback(True)


def test_a_page_costs_one_query_and_counts_nothing() -> None:
    write(person(), [("a", 0, None)] * 30)
    first = page_of(InboxItem.objects.all(), ("text", "id"), "", 10)

    with CaptureQueriesContext(connection) as queries:
        second = page_of(InboxItem.objects.all(), ("text", "id"), first.next_cursor, 10)

    assert len(second) == 10
    assert len(queries) == 1
    assert "OFFSET" not in queries[0]["sql"]
    assert "COUNT" not in queries[0]["sql"]


def test_a_row_added_in_front_moves_nobody() -> None:
    user = person()
    write(user, [(letter, 0, None) for letter in "bcdefg"])
    first = page_of(InboxItem.objects.all(), ("text", "id"), "", 2)

    write(user, [("a", 0, None)])
    second = page_of(InboxItem.objects.all(), ("text", "id"), first.next_cursor, 2)

    assert [row.text for row in second.rows] == ["d", "e"]


def test_a_cursor_made_of_rows_as_values_keeps_its_place() -> None:
    write(person(), [(letter, 0, None) for letter in "abcd"])
    rows = InboxItem.objects.values("id", "text")

    first = page_of(rows, ("text", "id"), "", 3)
    second = page_of(rows, ("text", "id"), first.next_cursor, 3)

    assert [row["text"] for row in second.rows] == ["d"]


@pytest.mark.parametrize(
    "spoil", [lambda cursor: "x", lambda cursor: cursor[:-4] + "AAAA", lambda cursor: "ı" * 40]
)
def test_a_wrong_cursor_leads_to_the_first_page_and_says_so(spoil: Any) -> None:
    write(person(), [(letter, 0, None) for letter in "abcd"])
    first = page_of(InboxItem.objects.all(), ("text", "id"), "", 2)

    page = page_of(InboxItem.objects.all(), ("text", "id"), spoil(first.next_cursor), 2)

    assert [row.text for row in page.rows] == ["a", "b"]
    assert "ilk sayfa" in str(page.message)


def test_a_cursor_of_another_order_is_not_taken() -> None:
    write(person(), [(letter, 0, None) for letter in "abcd"])
    first = page_of(InboxItem.objects.all(), ("text", "id"), "", 2)

    page = page_of(InboxItem.objects.all(), ("-text", "id"), first.next_cursor, 2)

    assert page.message
    assert [row.text for row in page.rows] == ["d", "c"]


def test_rows_gone_meanwhile_lead_to_the_first_page() -> None:
    write(person(), [(letter, 0, None) for letter in "abcd"])
    first = page_of(InboxItem.objects.all(), ("text", "id"), "", 2)
    InboxItem.objects.filter(text__in="cd").delete()

    page = page_of(InboxItem.objects.all(), ("text", "id"), first.next_cursor, 2)

    assert [row.text for row in page.rows] == ["a", "b"]
    assert "değişti" in str(page.message)


def test_a_cursor_cannot_be_read() -> None:
    write(person(), [("Hüseyin Karabulut", 0, None), ("Zeynep", 0, None)])

    cursor = page_of(InboxItem.objects.all(), ("text", "id"), "", 1).next_cursor

    assert b"Karabulut" not in urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))


def test_the_size_of_a_page_has_a_limit() -> None:
    write(person(), [("a", 0, None)] * 510)

    assert len(page_of(InboxItem.objects.all(), ("id",), "", 100_000)) == 500


def test_a_cursor_survives_a_new_secret_key(settings: Any) -> None:
    write(person(), [(letter, 0, None) for letter in "abcd"])
    first = page_of(InboxItem.objects.all(), ("text", "id"), "", 2)

    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another secret key of the tests, long enough"
    page = page_of(InboxItem.objects.all(), ("text", "id"), first.next_cursor, 2)

    assert [row.text for row in page.rows] == ["c", "d"]
