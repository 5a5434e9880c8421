"""Every clause of the mission is in the registry, and rooms that exist keep theirs."""

from __future__ import annotations

from collections import Counter

import pytest
from django.apps import apps
from django.core.management import call_command

from processes import clauses
from processes.clauses import Keeping, Kind, Line, Standing

A_REGISTER = "5.2.4"
pytestmark = pytest.mark.django_db  # checks look at live data


@pytest.fixture
def registry(monkeypatch):
    """A registry of its own, so that a declaration made in a test is gone after it."""
    monkeypatch.setattr(clauses, "_kept", {number: dict(found) for number, found in clauses._kept.items()})


def test_the_registry_holds_188_clauses():
    counted = Counter((clause.is_step, clause.kind) for clause in clauses.all_clauses())

    assert counted == {
        (True, Kind.ENFORCE): 34,
        (False, Kind.ENFORCE): 73,
        (False, Kind.RECORD): 37,
        (False, Kind.ATTEST): 26,
        (False, Kind.MONITOR): 18,
    }


def test_a_number_names_one_clause_except_the_step_the_document_prints_twice():
    counted = Counter(clause.number for clause in clauses.all_clauses())

    assert [number for number, times in counted.items() if times > 1] == ["5.3.6.5"]


def test_rooms_that_exist_keep_every_step_of_theirs():
    orphans = [
        f"{clause.number} {clause.key}"
        for clause in clauses.all_clauses()
        if clause.is_step and apps.is_installed(clause.room) and not clauses.keepings(clause)
    ]

    assert apps.is_installed("helpdesk")
    assert orphans == []


def test_every_keeper_says_how():
    silent = [
        line.clause.number
        for line in clauses.board()
        for keeping in line.keepings
        if not str(keeping.how).strip()
    ]

    assert silent == []


def test_declaring_an_unknown_number_stops_the_program():
    with pytest.raises(ValueError, match=r"9\.9\.9"):
        clauses.declare("helpdesk", "9.9.9", "so")


def test_declaring_a_register_without_a_check_stops_the_program():
    with pytest.raises(ValueError, match="check"):
        clauses.declare("helpdesk", A_REGISTER, "so")


def test_a_check_that_finds_something_is_a_finding_on_the_board(registry):
    amiss: list[str] = []
    clauses.declare("safeguards", A_REGISTER, "A register is kept.", lambda: amiss)

    before = next(line for line in clauses.board() if line.clause.number == A_REGISTER)
    amiss.append("The list is older than a year.")
    after = next(line for line in clauses.board() if line.clause.number == A_REGISTER)

    assert (before.standing, after.standing) == (Standing.KEPT, Standing.FINDING)
    assert after.findings == ("The list is older than a year.",)


def test_a_clause_nobody_declared_has_no_keeper_yet():
    clause = clauses.all_clauses()[0]

    assert Line(clause, (), ()).standing == Standing.NO_KEEPER
    assert Line(clause, (Keeping("x", "so"),), ()).standing == Standing.KEPT


def test_the_command_prints_every_clause_and_the_sums(capsys):
    call_command("clauses")

    printed = capsys.readouterr().out.splitlines()
    assert len(printed) >= 189
    assert printed[-1].startswith("188 – ")
