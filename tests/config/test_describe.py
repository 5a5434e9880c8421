"""The pages about roles and flows say what the code does."""

from __future__ import annotations

import pytest

from accounts.roles import Role
from config import describe
from config.generated import files
from processes.exchange import reference
from processes.rooms import Room, all_rooms

each_room = pytest.mark.parametrize("room", all_rooms(), ids=lambda room: room.number)


def rows(page: str) -> list[list[str]]:
    """The cells of every table row of a page."""
    return [line.strip("| ").split(" | ") for line in page.splitlines() if line.startswith("| ")]


def test_every_room_has_a_page_among_the_generated_files() -> None:
    assert {f"docs/workflows/{room.number}.md" for room in all_rooms()} <= set(files())


@each_room
def test_the_table_has_every_move_once(room: Room) -> None:
    moves = [row[1].strip("`") for row in rows(describe.workflow(room)) if len(row) == 9]

    assert moves == ["Kod adı", *room.flow.moves]


@each_room
def test_the_drawing_has_an_arrow_for_every_way(room: Room) -> None:
    drawn = [line for line in describe.workflow(room).splitlines() if " --> " in line and ":" in line]
    ways = sum((len(move.sources) or 1) * (1 + len(move.instead)) for move in room.flow.moves.values())

    assert len(drawn) == ways


def test_the_matrix_marks_exactly_the_roles_of_the_reference_edition() -> None:
    page = rows(describe.roles())
    marked = [
        (
            row[0],
            row[1].strip("`"),
            [role for role, cell in zip(Role.values, row[4:], strict=False) if "●" in cell],
        )
        for line in page
        if len(row := [cell.strip() for cell in [*line, *[""] * (12 - len(line))]]) == 12
        and row[0][:1].isdigit()
    ]
    said = [
        (step.number, step.key, [role for role in Role.values if role in step.roles])
        for edition in reference()
        for step in edition.steps
    ]

    assert marked == said


def test_nobody_deletes_in_the_admin() -> None:
    table = describe.roles().split("## Yönetim ekranı")[1].split("## Sayfalar")[0]
    lines = [line for line in table.splitlines() if line.startswith("| `")]

    assert lines
    assert [line for line in lines if line.split("|")[-2].strip()] == []
