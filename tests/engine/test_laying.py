"""What is laid once for a file: every test finds it untouched, and a test that commits makes its own."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.db import connection, transaction

from accounts.models import Institution
from tests.accounts.people import institution
from tests.database.logins import as_owner
from tests.laying import ground, laid

times: list[str] = []


@dataclass(frozen=True)
class Hall:
    """One place, known by two names."""

    place: Institution
    same: Institution


@laid
def hall() -> Hall:
    times.append("laid")
    place = institution(name="Salon")
    return Hall(place, place)


@pytest.fixture
def beside(hall: Hall) -> Institution:
    return institution(name="Oda")


@pytest.mark.parametrize("turn", range(3))
def test_each_test_finds_it_as_it_was_laid(hall: Hall, beside: Institution, turn: int) -> None:
    assert hall.place is hall.same
    assert (hall.place.name, Institution.objects.get(pk=hall.place.pk).name) == ("Salon", "Salon")
    assert Institution.objects.count() == 2

    hall.place.name = f"Salon {turn}"
    hall.place.save()
    institution(name=f"Salon {turn}")
    assert ground.made or turn == 0  # the first test of a run finds no database yet and makes its own
    assert len(times) <= 2


def test_a_broken_transaction_breaks_only_the_test(hall: Hall) -> None:
    with pytest.raises(Exception, match="nowhere"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT * FROM nowhere")
    assert Institution.objects.get(pk=hall.place.pk).name == "Salon"


def test_without_it_there_is_nothing(db: None) -> None:
    assert not ground.made
    assert not Institution.objects.exists()


def test_it_is_laid_again(hall: Hall) -> None:
    assert Institution.objects.get().name == "Salon"


def test_a_test_that_commits_makes_its_own(hall: Hall, transactional_db: None) -> None:
    assert not ground.made
    with as_owner() as cursor:
        cursor.execute("SELECT name FROM accounts_institution")
        assert cursor.fetchall() == [("Salon",)]
