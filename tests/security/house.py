"""The people and records that every door is asked with: own, others', another institution's, closed, confidential."""

from dataclasses import dataclass, field
from datetime import timedelta
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from accounts.models import Delegation, Employee, Institution, Passkey, User
from accounts.roles import Role
from ebys.models import ServiceAccount
from ebys.services import drafting, receiving
from processes import feeds, inbox
from processes.imports import importer_for, machine
from processes.models import Case, InboxItem, SavedView
from processes.rooms import Room, room_for
from processes.services import cases, files, notes
from tests.accounts.people import employee, institution, made_up_tc, person, signed_in_client
from tests.ebys import letters
from tests.ebys.api.calling import key_of
from tests.engine.cast import NOBODY, Cast, assemble, case_in, recipe_of
from tests.esignature import recipes as esignature
from tests.processes.records import pdf
from tests.security_docs import recipes as security_docs
from tests.webapps.recipes import registered
from webapps import reconciling, reviewing

WORD = "Kırmızıkaranfil"  # stands in every prepared case
ANYBODY, COLLEAGUE, FOREIGNER, FOREIGN_HEAD, DEPUTY = (
    "anonymous",
    "colleague",
    "foreign_staff",
    "foreign_head",
    "deputy",
)
VISITORS = (
    ANYBODY,
    NOBODY,
    Role.REQUESTING_STAFF,
    COLLEAGUE,
    Role.REQUESTING_UNIT_HEAD,
    FOREIGNER,
    FOREIGN_HEAD,
    Role.MINISTRY_UNIT_HEAD,
    Role.IT_OFFICER,
    DEPUTY,
    Role.IT_LEAD,
    Role.HIS_OFFICER,
    Role.HIS_LEAD,
    Role.UNIT_HEAD,
)
PROGRAMS_OF = (
    ANYBODY,
    Role.REQUESTING_STAFF,
    COLLEAGUE,
    Role.REQUESTING_UNIT_HEAD,
    FOREIGNER,
    Role.IT_OFFICER,
    DEPUTY,
    Role.HIS_OFFICER,
    Role.HIS_LEAD,
    Role.UNIT_HEAD,
)
AT_THE_PAGES = VISITORS
IN_THE_ADMIN = (ANYBODY, Role.REQUESTING_STAFF, Role.IT_LEAD, DEPUTY, Role.UNIT_HEAD)

Arguments = dict[str, Any]
Row = tuple[str, str]  # address, record
Table = dict[Row, list[str]]


@dataclass
class House:
    """The people and the records that are asked for."""

    people: dict[str, User]
    cases: dict[str, Case]
    records: dict[str, Arguments] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    browsers: dict[str, Client] = field(default_factory=dict)


def build() -> House:
    """Records of one hospital and of another, of one person and of the colleague, open, closed and confidential."""
    cast = assemble()
    elsewhere = institution()
    staff = cast[Role.REQUESTING_STAFF]
    people = dict(cast) | {
        COLLEAGUE: person(Role.REQUESTING_STAFF, username="the_colleague", institution=staff.institution),
        FOREIGNER: person(Role.REQUESTING_STAFF, username="the_foreigner", institution=elsewhere),
        FOREIGN_HEAD: person(Role.REQUESTING_UNIT_HEAD, username="the_foreign_head", institution=elsewhere),
        DEPUTY: person(username="the_deputy"),
    }
    today = timezone.localdate()
    lent = Delegation.objects.create(
        from_user=people[Role.IT_LEAD],
        to_user=people[DEPUTY],
        valid_from=today,
        valid_until=today + timedelta(days=3),
        reason="Yıllık izin",
        given_by=people[Role.IT_LEAD],
    )
    found = {
        "own": opened(people, Role.REQUESTING_STAFF),
        "own closed": closed(people),
        "colleague's": opened(people, COLLEAGUE),
        "other institution's": opened(people, FOREIGNER),
    }
    house = House(people, found)
    house.records |= {name: {"number": case.number} for name, case in found.items()}
    furnish_case(house)
    furnish_letters(house)
    furnish_staff(house, elsewhere)
    furnish_web_applications(house)
    house.records |= security_docs.records(people, people[COLLEAGUE])
    house.records |= esignature.records(people)
    house.records["lent right"] = {"pk": lent.pk}
    house.records["breach"] = {"number": opened_in("5.3.2", people).number}
    for name, user in people.items():
        house.browsers[name] = signed_in_client(user, raise_request_exception=False)
        account = ServiceAccount.objects.create(name=f"for {name}", acts_as=user)
        house.keys[name] = key_of(account)[1]
    house.browsers[ANYBODY] = Client(raise_request_exception=False)
    return house


def room_of_all() -> Room:
    """The room the prepared cases are of."""
    return room_for("5.3.6")


def opened_in(number: str, people: Cast) -> Case:
    """A case of another sub-process, just registered for the requesting staff member."""
    room = room_for(number)
    form = room.opening(recipe_of(room).values(room.flow.opening, None, people), by=people[Role.HIS_OFFICER])
    assert form.is_valid(), form.errors.as_json()
    return form.open()


def opened(people: Cast, applicant: str) -> Case:
    """A case just reported for somebody."""
    room = room_of_all()
    values = recipe_of(room).values(room.flow.opening, None, people)
    values |= {"title": WORD, "applicant": people[applicant].pk}
    form = room.opening(values, by=people[Role.IT_OFFICER])
    assert form.is_valid(), form.errors.as_json()
    return form.open()


def closed(people: Cast) -> Case:
    """A case of the requesting staff member that is closed."""
    room = room_of_all()
    case = case_in(room, str(next(iter(room.flow.closing))), people)
    assert case.applicant == people[Role.REQUESTING_STAFF]
    return case


def furnish_case(house: House) -> None:
    """Files, notes, links, notices and views around the open case of the requesting staff member."""
    people, case = house.people, house.cases["own"]
    lead = people[Role.IT_LEAD]
    notes.write(case, by=lead, text="Arandı.", internal=True)

    def document(name: str, case: Case, **kind: Any) -> int:
        upload = SimpleUploadedFile(f"{name}.pdf", pdf() + name.encode())
        return files.attach(case, by=lead, upload=upload, title=name, **kind).pk

    public, internal = document("tutanak", case), document("icyazi", case, internal=True)
    gone = files.attach(case, by=lead, upload=SimpleUploadedFile("eski.pdf", pdf() + b"eski"), title="eski")
    files.withdraw(gone, by=lead, reason="Yanlış kişi")
    theirs = document("baska", house.cases["other institution's"])
    inbox.tell([people[Role.REQUESTING_STAFF]], case, "A file was added to %(number)s.")
    house.records |= {
        "file": {"pk": public},
        "internal file": {"pk": internal},
        "withdrawn file": {"pk": gone.pk},
        "file of another institution": {"pk": theirs},
        "notice": {"pk": InboxItem.objects.filter(user=people[Role.REQUESTING_STAFF]).latest("pk").pk},
        "link": {"pk": cases.link(case, house.cases["colleague's"], by=lead).pk},
        "own view of the IT lead": {
            "pk": SavedView.objects.create(owner=lead, list_name="cases", name="Benim", query="q=a").pk
        },
        "removed view of the IT lead": {"pk": removed(SavedView(owner=lead, list_name="cases", name="Eski"))},
        "own passkey": {"pk": passkey_of(people[Role.REQUESTING_STAFF]).pk},
        "own removed passkey": {
            "pk": removed(Passkey(user=people[Role.REQUESTING_STAFF], credential_id=b"2"))
        },
        "no such case": {"number": f"{case.number.rpartition('/')[0]}/999999"},
        "own acknowledgement": {"pk": people[Role.REQUESTING_STAFF].acknowledgements.latest("pk").pk},
        "calendar key": {"secret": feeds.make_key(people[Role.REQUESTING_STAFF])},
        "guessed key": {"secret": "a" * 43},
    }


def furnish_letters(house: House) -> None:
    """Letters in and out, an ordinary one and a secret one."""
    by = house.people[Role.HIS_OFFICER]
    for name, security in (("letter", "YOK"), ("secret letter", "GZL")):
        house.records[name] = {"pk": letters.incoming(by=by, security=security, subject=name).pk}
    for state in ("draft", "approved", "registered"):
        letter = letters.outgoing_letter(state, by=by)
        house.records[state] = {"pk": letter.pk}
        if state == "draft":
            upload = SimpleUploadedFile("ek.pdf", pdf() + b"ek")
            house.records["annex"] = {
                "annex_pk": drafting.add_annex(letter, by=by, title="Ek", upload=upload).pk
            }
    discarded = letters.outgoing_letter("discarded", by=by)
    house.records["discarded"] = {"pk": discarded.pk}
    house.records["unreadable package"] = {"pk": receiving.receive_package(b"PK none", by=by).pk}


def furnish_staff(house: House, elsewhere: Institution) -> None:
    """Somebody of the hospital's staff, somebody of the other's, and a list the IT officer has handed in."""
    officer = house.people[Role.IT_OFFICER]
    mine = employee(house.people[Role.REQUESTING_STAFF].institution, tc=made_up_tc())
    table = machine.take_in(
        importer_for("staff", officer), BytesIO(b"Ad;Soyad\nAli;Can\n"), "liste.csv", scope="", by=officer
    )
    house.records |= {
        "staff member": {"pk": mine.pk},
        "staff member of another institution": {"pk": employee(elsewhere).pk},
        "list of the IT officer": {"key": "staff", "pk": table.pk},
    }


def furnish_web_applications(house: House) -> None:
    """An application whose list was compared, and a review of the one authority accepted from it."""
    officer = house.people[Role.IT_OFFICER]
    application = registered()
    mine = Employee.objects.get(pk=house.records["staff member"]["pk"])
    text = f"Sicil No;Rol\n{mine.registry_no};RAPOR\nX1;RAPOR\n"
    run = reconciling.compare(application, BytesIO(text.encode()), "liste.csv", by=officer).run
    reconciling.accept(run.differences.get(employee=mine), by=officer, reason="Yazısı bulundu.")
    campaign = reviewing.begin(
        by=officer,
        title="Gözden geçirme",
        applications=[application],
        deadline=timezone.localdate(),
        reviewer=officer,
    )
    house.records |= {
        "web application": {"pk": application.pk},
        "comparison of users": {"pk": run.pk},
        "difference of users": {"pk": run.differences.get(login="X1").pk},
        "access review": {"pk": campaign.pk},
        "part of an access review": {"pk": campaign.parts.get().pk},
    }


def removed(record: Model) -> int:
    """The number of a record that was there and is not any more."""
    record.save()
    number: int = record.pk
    record.delete()
    return number


def passkey_of(user: User) -> Passkey:
    """A passkey of a person."""
    return Passkey.objects.create(user=user, credential_id=b"1", public_key=b"1")
