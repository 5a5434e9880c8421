"""An office with something on every page: cases in several states, letters, files, notes, views, delegations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Delegation
from accounts.roles import Role
from ebys.services import drafting, receiving
from ebys.workflow import incoming
from helpdesk.models import State as TicketState
from helpdesk.models import Ticket
from helpdesk.services import supplies
from incidents.models import Breach
from incidents.services import rota
from processes import catalogue
from processes.imports import importer_for, machine
from processes.models import Definition
from processes.rooms import Room, all_rooms, room_for
from processes.services import cases, definitions, files, insiders, notes, views
from security_docs import readings
from security_docs.models import Document
from security_docs.services import announcements, documents, trainings, versions
from tests.accounts.people import employee, made_up_tc, signed_in_client
from tests.ebys import letters
from tests.ebys.test_receiving import sample
from tests.engine.cast import Cast, assemble, case_in
from tests.processes.records import pdf
from tests.security.crawling import STARTS

VISITORS = (Role.UNIT_HEAD, Role.HIS_LEAD, Role.IT_LEAD, Role.IT_OFFICER, Role.REQUESTING_STAFF)


@dataclass(frozen=True)
class Office:
    """The people, and addresses to begin at beside the home page."""

    people: Cast
    starts: tuple[str, ...]


def furnish(people: Cast | None = None) -> Office:
    """An office in which every kind of page has something to show; of these people, or of new ones."""
    people = people or assemble()
    starts = [
        *STARTS,
        *(f"/find/{what}/?q=o" for what in ("people", "institutions", "employees", "units")),
        "/login/",
    ]
    for room in all_rooms():
        starts += cases_of(room, people)
    starts += [
        *breaches(people),
        *supply_list(people),
        *correspondence(people),
        *staff(people),
        *editions(people),
        *register(people),
    ]
    views.save(people[Role.UNIT_HEAD], "cases", "Gecikenler", "due=overdue", shared=True)
    today = timezone.localdate()
    Delegation.objects.create(
        from_user=people[Role.IT_LEAD],
        to_user=people[Role.IT_OFFICER],
        valid_from=today,
        valid_until=today + timedelta(days=3),
        reason="Yıllık izin",
        given_by=people[Role.IT_LEAD],
    )
    return Office(people, tuple(starts))


def cases_of(room: Room, people: Cast) -> Iterator[str]:
    """A case in each state; two of them with files, one of these waiting and linked with the other."""
    head = people[Role.UNIT_HEAD]
    for state in room.states.values:
        case = case_in(room, state, people)
        notes.write(case, by=head, text="Telefonla görüşüldü.", internal=False)
        yield case.get_absolute_url()
        yield f"{case.get_absolute_url()}handle/"
    waiting = case_in(room, room.states.values[0], people)
    for one in (case, waiting):
        files.attach(one, by=head, upload=SimpleUploadedFile("tutanak.pdf", pdf()), title="Tutanak")
    cases.pause(waiting, by=head, reason="Parça bekleniyor.")
    cases.link(waiting, case, by=head)
    yield from (waiting.get_absolute_url(), f"{waiting.get_absolute_url()}handle/")
    yield f"{case.get_absolute_url()}?tab=files"


def breaches(people: Cast) -> Iterator[str]:
    """Somebody let into a breach, and a window on the rota."""
    head, lead = people[Role.UNIT_HEAD], people[Role.HIS_LEAD]
    breach = Breach.objects.earliest("pk")
    insiders.admit(breach, people[Role.IT_OFFICER], by=head, reason="Kayıtları inceleyecek.")
    yield reverse("case-insiders", args=(breach.number,))
    start = timezone.now() + timedelta(days=1)
    rota.plan(
        by=lead,
        officer=people[Role.HIS_OFFICER],
        deputy=lead,
        starts_at=start,
        ends_at=start + timedelta(days=1),
    )


def supply_list(people: Cast) -> Iterator[str]:
    """A request that waits for a spare part."""
    room = room_for("5.3.6")
    ticket = case_in(room, TicketState.PLANNED, people)
    assert isinstance(ticket, Ticket)
    supplies.add(ticket, by=people[Role.IT_OFFICER], name="Anahtar")
    yield f"{ticket.get_absolute_url()}steps/supply/"


def correspondence(people: Cast) -> Iterator[str]:
    """Letters in and out in every state, one with files, one with an annex, and a package nobody could read."""
    by = people[Role.HIS_OFFICER]
    letters.incoming(by=by)
    filed = incoming.file(letters.incoming(by=by), by=by, reason="Bilgi")
    routed = incoming.attach(letters.incoming(by=by), letters.ticket(), by=people[Role.IT_LEAD])
    package = receiving.receive_package(sample("sample-v2.eyp"), by=by).letter
    receiving.receive_package(b"PK none", by=by)
    assert package is not None
    yield from (one.get_absolute_url() for one in (filed, routed, package))
    for state in ("draft", "approved", "at_ebys", "registered", "returned"):
        letter = letters.outgoing_letter(state, by=by)
        yield letter.get_absolute_url()
        if state == "draft":
            upload = SimpleUploadedFile("ek.pdf", pdf() + b"ek")
            drafting.add_annex(letter, by=by, title="Ek", upload=upload)
            yield reverse("letter-edit", args=(letter.pk,))
            yield f"{reverse('letter-draft')}?case={letter.case.number}"


def staff(people: Cast) -> Iterator[str]:
    """Somebody on the staff, somebody who left, and a list handed in."""
    place, head = people[Role.REQUESTING_STAFF].institution, people[Role.UNIT_HEAD]
    for person in (employee(place, tc=made_up_tc()), employee(place, left_on=timezone.localdate())):
        yield person.get_absolute_url()
    content = BytesIO(b"Sicil No;Ad;Soyad\n1;Ali;Can\n2;;Er\n")
    table = machine.take_in(importer_for("staff", head), content, "liste.csv", scope="", by=head)
    yield f"/imports/staff/{table.pk}/"


def editions(people: Cast) -> Iterator[str]:
    """The next edition of a sub-process, being written."""
    in_force = Definition.objects.get(pk=catalogue.approved("5.3.6").pk)
    draft = definitions.copy(in_force, by=people[Role.UNIT_HEAD], note="Süreler değişecek.")
    yield reverse("process-card", args=("5.3.6", draft.edition))
    yield reverse("process-edit", args=("5.3.6", draft.edition))


def register(people: Cast) -> Iterator[str]:
    """A document for everybody, read by those asked; its next version from a file; its announcement; a training."""
    lead, officer, head = people[Role.HIS_LEAD], people[Role.HIS_OFFICER], people[Role.UNIT_HEAD]
    for number, upload in (("BG-1", None), ("BG-2", SimpleUploadedFile("belge.pdf", pdf()))):
        document = documents.enter(
            by=officer, number=number, title="Parola", kind="policy", classification="public", owner=lead
        )
        for person in (head, people[Role.REQUESTING_STAFF]):
            documents.add_readers(document, by=officer, kind="institution", institution=person.institution)
        given = {"upload": upload} if upload else {"body": "1. Amaç\n\nMetin."}
        version = versions.begin(document, by=officer, change_note="İlk sürüm.", **given)
        version = versions.submit(version, by=officer, approvers=[head])
        version = versions.agree(version, by=head, sha256=version.sha256)
        version = versions.publish(version, by=lead)
        for reading in version.readings.filter(user__isnull=False).select_related("user"):
            assert reading.user is not None
            readings.opened(version, by=reading.user)
            for page in range(1, version.page_count + 1):
                readings.see(reading, by=reading.user, page=page)
            if upload:
                yield reverse("security-reading-paper", args=(reading.pk, 1))
            yield reverse("security-reading-sign", args=(reading.pk,))
        yield from versions_of(document, people)
    today = timezone.localdate()
    trainings.enter(
        by=officer, user=lead, subject="Parola", held_on=today, valid_until=today + timedelta(days=365)
    )
    told = announcements.draft(by=officer, title="Parola", text="Metin.", document_version=version)
    announcements.publish(told, by=lead)
    yield reverse("public-announcement-pdf", args=(told.pk,))


def versions_of(document: Document, people: Cast) -> Iterator[str]:
    """The version in force, and the next one being written."""
    version = versions.begin(document, by=people[Role.HIS_OFFICER], change_note="Yeni kural.", body="1. Amaç")
    for number in (version.number, version.number - 1):
        yield reverse("security-version", args=(document.pk, number))
    yield reverse("security-version-edit", args=(document.pk, version.number))
    yield reverse("security-version-file", args=(document.pk, version.number - 1))


def browsers(office: Office) -> Mapping[str, Client]:
    """A signed-in browser for each kind of visitor; a failure of ours is an answer, not an exception."""
    return {role: signed_in_client(office.people[role], raise_request_exception=False) for role in VISITORS}
