"""What a person reads when something cannot be done."""

from __future__ import annotations

import pytest
from django.core.exceptions import RequestDataTooBig
from django.db import OperationalError, connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils.translation import override

from config import errors
from processes.errors import DomainError, NotFound, RuleBroken, StaleVersion, TooLarge, WrongState


@pytest.mark.django_db
def test_an_unknown_address_says_what_to_do_and_repeats_nothing() -> None:
    answer = Client().get("/nowhere/12345678901/")

    assert answer.status_code == 404
    text = answer.content.decode()
    assert "Bu sayfa bulunamadı" in text
    assert "12345678901" not in text.replace('value="/nowhere/12345678901/"', "")


@pytest.mark.django_db
def test_an_unknown_address_of_the_interface_is_a_problem_document() -> None:
    answer = Client().get("/api/v1/nowhere/")

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["code"] == "not-found"


@pytest.mark.django_db
def test_a_foreign_host_is_a_bad_request() -> None:
    answer = Client().get("/health/", headers={"Host": "elsewhere.example"})

    assert answer.status_code == 400
    assert "İstek okunamadı" in answer.content.decode()


@pytest.mark.django_db
def test_a_form_without_its_token_is_explained() -> None:
    answer = Client(enforce_csrf_checks=True).post("/login/", {"username": "x"})

    assert answer.status_code == 403
    assert "Form artık geçerli değil" in answer.content.decode()


def test_a_body_that_is_too_big_is_413(rf: RequestFactory) -> None:
    assert errors.bad_request(rf.post("/x/"), RequestDataTooBig()).status_code == 413


def test_our_own_failure_is_explained_without_database_and_session(rf: RequestFactory) -> None:
    answer = errors.server_error(rf.get("/x/"))

    assert answer.status_code == 500
    assert "Bizim tarafımızda bir sorun oldu" in answer.content.decode()


@pytest.mark.parametrize(
    "refusal",
    [
        NotFound("Vaka 5.3.6/2026/000123 yok."),
        RuleBroken("Çözüm yazılmadan kapatılamaz."),
        WrongState("Başvuru kapalı."),
        StaleVersion("Kayıt değişti."),
        TooLarge("25 MB sınırını aşıyor."),
    ],
    ids=lambda refusal: type(refusal).__name__,
)
def test_a_refusal_no_view_answered_keeps_its_status_and_sentence(
    rf: RequestFactory, refusal: DomainError, db: None
) -> None:
    answer = refused(rf, refusal)

    assert answer.status_code == refusal.status
    assert (str(refusal) in answer.content.decode()) is (refusal.status != 404)


def refused(rf: RequestFactory, refusal: Exception) -> HttpResponse:
    answer = errors.RefusalMiddleware(lambda request: HttpResponse()).process_exception(
        rf.get("/x/"), refusal
    )
    assert answer is not None
    return answer


def test_a_fault_is_not_taken_for_a_refusal(rf: RequestFactory) -> None:
    middleware = errors.RefusalMiddleware(lambda request: HttpResponse())

    assert middleware.process_exception(rf.get("/x/"), KeyError("a fault")) is None


@pytest.mark.parametrize("status", sorted(errors.PAGES))
@pytest.mark.parametrize("language", ["tr", "en"])
def test_every_page_can_be_shown_in_both_languages(rf: RequestFactory, status: int, language: str) -> None:
    with override(language):
        answer = errors.page(rf.get("/x/"), status)

    assert answer.status_code == status
    assert f'lang="{language}"' in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "kind"), [("/login/", "text/html"), ("/api/v1/cases/", "application/problem+json")]
)
def test_a_lost_database_is_told_as_503_and_when_to_come_back(path: str, kind: str) -> None:
    def away(*_args: object) -> None:
        raise OperationalError("server closed the connection; user ayse")

    with connection.execute_wrapper(away):
        answer = Client(raise_request_exception=False, headers={"Authorization": "Bearer x.y"}).get(path)

    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert answer["Content-Type"].startswith(kind)
    assert b"ayse" not in answer.content
    assert b"Traceback" not in answer.content
