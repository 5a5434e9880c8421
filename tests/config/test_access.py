"""Every address has a row, and the door asks it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, resolve

from accounts.access import PUBLIC, SIGNED_IN
from config.access import ACCESS, AccessMiddleware, gathered, page_of, rule_of


def names(resolver: URLResolver, namespace: str = "") -> Iterator[tuple[str, str]]:
    """Full name and pattern of everything that can be reached."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from names(pattern, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name or ''}", str(pattern.pattern)


def test_every_address_has_a_row() -> None:
    without = [
        f"{name or 'no name'} ({pattern})" for name, pattern in names(get_resolver()) if rule_of(name) is None
    ]

    assert without == []


def test_every_row_has_an_address() -> None:
    known = {name for name, _pattern in names(get_resolver())}
    spaces = {name.rpartition(":")[0] for name in known}

    left_over = [name for name in ACCESS if name not in known and name.removesuffix(":*") not in spaces]

    assert left_over == []


def test_an_address_without_a_row_is_closed_to_everybody(rf: RequestFactory) -> None:
    request = rf.get("/health/")
    request.user = AnonymousUser()
    request.resolver_match = resolve("/health/")
    request.resolver_match.view_name = "nobody-thought-of-it"

    with pytest.raises(PermissionDenied):
        door().process_view(request, HttpResponse, (), {})


def test_two_apps_cannot_answer_for_one_address() -> None:
    with pytest.raises(ImproperlyConfigured, match="home"):
        gathered({"home": PUBLIC}, {"home": SIGNED_IN})


def door() -> AccessMiddleware:
    return AccessMiddleware(lambda request: HttpResponse())


@pytest.mark.django_db
def test_a_stranger_is_sent_to_the_log_in_and_back() -> None:
    answer = Client().get("/cases/?state=open")

    assert (answer.status_code, answer["Location"]) == (302, "/login/?next=%2Fcases%2F%3Fstate%3Dopen")


@pytest.mark.django_db
def test_a_fragment_moves_the_whole_page_to_the_log_in() -> None:
    answer = Client().get(
        "/find/people/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/new/?kind=5.3.6"}
    )

    assert (answer.status_code, answer["HX-Redirect"]) == (200, "/login/?next=%2Fnew%2F%3Fkind%3D5.3.6")


@pytest.mark.django_db
def test_the_admin_is_closed_to_strangers() -> None:
    answer = Client().get("/admin/")

    assert (answer.status_code, answer["Location"]) == (302, "/login/?next=%2Fadmin%2F")


@pytest.mark.parametrize(
    ("referer", "page"),
    [("http://testserver/cases/?a=1#top", "/cases/?a=1"), ("https://elsewhere.example/x", ""), ("", "")],
)
def test_a_form_leads_back_to_its_page_and_never_elsewhere(
    rf: RequestFactory, referer: str, page: str
) -> None:
    request: HttpRequest = rf.post("/me/", headers={"Referer": referer})

    assert page_of(request) == page
