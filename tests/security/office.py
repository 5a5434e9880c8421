"""An office with something on every page: cases in several states, letters, files, notes, views, delegations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import Delegation
from accounts.roles import Role
from processes.rooms import all_rooms
from processes.services import cases, files, notes
from tests.accounts.people import signed_in_client
from tests.ebys import letters
from tests.engine.cast import Cast, assemble, case_in
from tests.processes.records import pdf

VISITORS = (Role.UNIT_HEAD, Role.HIS_LEAD, Role.IT_LEAD, Role.IT_OFFICER, Role.REQUESTING_STAFF)


def furnish() -> Cast:
    """The people of an office in which every kind of page has something to show."""
    people = assemble()
    for room in all_rooms():
        for state in room.states.values:
            case = case_in(room, state, people)
            notes.write(case, by=people[Role.IT_LEAD], text="Telefonla görüşüldü.", internal=False)
        files.attach(
            case, by=people[Role.IT_LEAD], upload=SimpleUploadedFile("tutanak.pdf", pdf()), title="Tutanak"
        )
        waiting = case_in(room, room.states.values[0], people)
        cases.pause(waiting, by=people[Role.IT_LEAD], reason="Parça bekleniyor.")
        cases.link(waiting, case, by=people[Role.IT_LEAD])
    letters.incoming(by=people[Role.HIS_OFFICER])
    for state in ("draft", "approved", "at_ebys"):
        letters.outgoing_letter(state, by=people[Role.HIS_OFFICER])
    today = timezone.localdate()
    Delegation.objects.create(
        from_user=people[Role.IT_LEAD],
        to_user=people[Role.IT_OFFICER],
        valid_from=today,
        valid_until=today + timedelta(days=3),
        reason="Yıllık izin",
        given_by=people[Role.IT_LEAD],
    )
    return people


def browsers(people: Cast) -> Mapping[str, Client]:
    """A signed-in browser for each kind of visitor; a failure of ours is an answer, not an exception."""
    return {role: signed_in_client(people[role], raise_request_exception=False) for role in VISITORS}
