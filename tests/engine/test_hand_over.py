"""Every room that hands a case over says where it went, and no more than its readers may know."""

from __future__ import annotations

import pytest

from processes.errors import RuleBroken
from processes.models import CaseLink, CaseLinkKind
from processes.rooms import Room
from tests.accounts.people import signed_in_client
from tests.engine.cast import ROOMS, able, assemble, filled, opened

pytestmark = pytest.mark.django_db
GIVING = [room for room in ROOMS if "hand_over" in room.forms]
OPEN, SECRET = "5.3.3", "5.3.2"


@pytest.mark.parametrize("room", GIVING, ids=lambda room: room.number)
@pytest.mark.parametrize("to", [OPEN, SECRET])
def test_what_is_handed_over_names_its_successor_unless_that_is_confidential(room: Room, to: str) -> None:
    people = assemble()
    case = opened(room, people)
    form = filled(room, "hand_over", case, people, by=able(room, "hand_over", case, people))
    form.cleaned_data["to"] = to

    form.take()

    case.refresh_from_db()
    successor = CaseLink.objects.get(source=case.pk, kind=CaseLinkKind.HANDED_OVER).target
    assert successor.number.startswith(to)
    assert (successor.number in case.outcome) is (to == OPEN)
    assert to in case.outcome
    page = signed_in_client(form.by).get(case.get_absolute_url()).content.decode()
    assert (successor.number in page) is (to == OPEN)


@pytest.mark.parametrize("room", GIVING, ids=lambda room: room.number)
def test_nothing_is_handed_over_to_where_it_is(room: Room) -> None:
    people = assemble()
    case = opened(room, people)
    form = filled(room, "hand_over", case, people, by=able(room, "hand_over", case, people))
    form.cleaned_data["to"] = room.number

    with pytest.raises(RuleBroken) as refusal:
        form.take()

    assert set(refusal.value.fields) == {"to"}
