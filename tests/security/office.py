"""An office with something on every page: cases in several states, letters, files, notes, views, delegations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from accounts.models import Delegation
from accounts.roles import Role
from processes.imports import importer_for, machine
from processes.rooms import all_rooms
from processes.services import cases, files, notes
from tests.accounts.people import employee, made_up_tc, signed_in_client
from tests.ebys import letters
from tests.engine.cast import Cast, assemble, case_in
from tests.processes.records import pdf
from tests.security.crawling import STARTS

VISITORS = (Role.UNIT_HEAD, Role.HIS_LEAD, Role.IT_LEAD, Role.IT_OFFICER, Role.REQUESTING_STAFF)


@dataclass(frozen=True)
class Office:
    """The people, and addresses to begin at beside the home page."""

    people: Cast
    starts: tuple[str, ...]


def furnish() -> Office:
    """An office in which every kind of page has something to show."""
    people = assemble()
    starts = [
        *STARTS,
        *(f"/find/{what}/?q=o" for what in ("people", "institutions", "employees", "units")),
        "/login/",
    ]
    for room in all_rooms():
        for state in room.states.values:
            case = case_in(room, state, people)
            notes.write(case, by=people[Role.UNIT_HEAD], text="Telefonla görüşüldü.", internal=False)
            starts.append(case.get_absolute_url())
        files.attach(
            case, by=people[Role.UNIT_HEAD], upload=SimpleUploadedFile("tutanak.pdf", pdf()), title="Tutanak"
        )
        waiting = case_in(room, room.states.values[0], people)
        starts += [f"{waiting.get_absolute_url()}handle/", f"{case.get_absolute_url()}?tab=files"]
        files.attach(
            waiting,
            by=people[Role.UNIT_HEAD],
            upload=SimpleUploadedFile("tutanak.pdf", pdf()),
            title="Tutanak",
        )
        cases.pause(waiting, by=people[Role.UNIT_HEAD], reason="Parça bekleniyor.")
        cases.link(waiting, case, by=people[Role.UNIT_HEAD])
    letters.incoming(by=people[Role.HIS_OFFICER])
    for state in ("draft", "approved", "at_ebys", "registered", "returned"):
        starts.append(f"/letters/outgoing/{letters.outgoing_letter(state, by=people[Role.HIS_OFFICER]).pk}/")
    today = timezone.localdate()
    place = people[Role.REQUESTING_STAFF].institution
    for person in (employee(place, tc=made_up_tc()), employee(place, left_on=today)):
        starts.append(person.get_absolute_url())
    table = machine.take_in(
        importer_for("staff", people[Role.UNIT_HEAD]),
        BytesIO(b"Sicil No;Ad;Soyad\n1;Ali;Can\n2;;Er\n"),
        "liste.csv",
        scope="",
        by=people[Role.UNIT_HEAD],
    )
    starts.append(f"/imports/staff/{table.pk}/")
    Delegation.objects.create(
        from_user=people[Role.IT_LEAD],
        to_user=people[Role.IT_OFFICER],
        valid_from=today,
        valid_until=today + timedelta(days=3),
        reason="Yıllık izin",
        given_by=people[Role.IT_LEAD],
    )
    return Office(people, tuple(starts))


def browsers(office: Office) -> Mapping[str, Client]:
    """A signed-in browser for each kind of visitor; a failure of ours is an answer, not an exception."""
    return {role: signed_in_client(office.people[role], raise_request_exception=False) for role in VISITORS}
