"""The register of web applications."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.roles import Role
from audit.queries import entries_of
from tests.accounts.people import person, signed_in_client
from webapps.models import Application, AppRole, Condition


@pytest.fixture
def application(db: None) -> Application:
    with transaction.atomic():
        return Application.objects.create(
            name="İzleme Paneli", code="IZP", owner="Sağlık Bilgi Sistemleri", support_channel="destek"
        )


def test_a_new_application_is_told_in_the_trail(application: Application) -> None:
    assert [entry.event for entry in entries_of(application)] == ["created"]


def test_an_application_without_an_owner_is_refused(db: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.create(name="Sahipsiz", code="SHP", owner="", support_channel="destek")


def test_a_condition_for_another_applications_role_is_refused(application: Application) -> None:
    with transaction.atomic():
        other = Application.objects.create(name="Başka", code="BSK", owner="Birim", support_channel="destek")
        role = AppRole.objects.create(application=other, name="Rol", code="R")
    condition = Condition(application=application, role=role, text="Şart", rejection="Karşılanmıyor.")

    with pytest.raises(ValidationError, match="başka bir uygulamaya"):
        condition.full_clean()


def test_the_list_finds_by_folded_name_and_by_code(application: Application) -> None:
    client = signed_in_client(person(Role.IT_OFFICER))

    for words, found in (("izleme", True), ("izp", True), ("panel", True), ("olmayan", False)):
        page = client.get("/applications/", {"q": words}).content.decode()
        assert (f"/applications/{application.pk}/" in page) is found, words


def test_the_list_is_had_as_a_file(application: Application) -> None:
    answer = signed_in_client(person(Role.IT_OFFICER)).get("/applications/", {"export": "csv"})

    assert "İzleme Paneli" in b"".join(answer).decode()


def test_an_application_shows_its_roles_and_conditions(application: Application) -> None:
    with transaction.atomic():
        role = AppRole.objects.create(application=application, name="Raporlayıcı", code="RAPOR")
        Condition.objects.create(
            application=application, role=role, text="Gizlilik sözleşmesi", rejection="Sözleşme yok."
        )

    page = signed_in_client(person(Role.IT_OFFICER)).get(f"/applications/{application.pk}/")

    assert all(words in page.content.decode() for words in ("Raporlayıcı", "RAPOR", "Sözleşme yok."))


def test_nobody_outside_the_unit_opens_the_register(application: Application) -> None:
    assert signed_in_client(person(Role.REQUESTING_STAFF)).get("/applications/").status_code == 403
