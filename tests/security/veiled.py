"""A confidential case with everything that hangs on a case, the people around it, and every door it could show at.

The doors are the addresses of the URL conf. One without a record in its address is asked before the case exists and
again when it does; one with a record is asked with the case and with one that never existed. Both times those who must
not learn of the case are answered alike.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from difflib import unified_diff
from http.cookies import SimpleCookie
from itertools import count, islice, product
from types import SimpleNamespace
from typing import Any, cast

import openpyxl
import pypdf
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.models import Delegation, User
from accounts.roles import Role
from config.access import rule_of
from ebys.models import OutgoingState, ServiceAccount
from ebys.models.codes import Security
from ebys.services import drafting
from ebys.services.receiving import LetterFacts, register_by_hand
from ebys.workflow import incoming, outgoing
from helpdesk import workflow
from processes import feeds, searching
from processes.gate import save
from processes.models import Case, InboxItem
from processes.rooms import Room, room_for
from processes.services import cases, files, insiders, notes
from processes.trail_sight import ways_to_cases
from tests.accounts.people import person, signed_in_client
from tests.database.logins import as_owner
from tests.ebys import letters
from tests.ebys.api.calling import key_of
from tests.engine.cast import Cast, assemble, opened
from tests.processes.records import pdf

WORD, NOTE, FILE, LETTER = "Morsümbüllü", "Karadutlu", "Sarıpapatyalı", "Akzambaklı"
TRACES = (WORD, NOTE, FILE, LETTER)
INSIDER = "insider"
DEPUTY_OF_BLIND, DEPUTY_OF_SEEING = "deputy_of_it_lead", "deputy_of_his_lead"
BLIND = (
    Role.REQUESTING_STAFF,
    Role.REQUESTING_UNIT_HEAD,
    Role.IT_OFFICER,
    Role.IT_LEAD,
    DEPUTY_OF_BLIND,
)
SEEING = (Role.HIS_OFFICER, Role.HIS_LEAD, Role.UNIT_HEAD, INSIDER, DEPUTY_OF_SEEING)
FAR = count(700_000, 100_000)  # where the keys of the hidden rows begin, each time far from all others
KEYS = 6  # so many rows of each kind are asked for
NEVER = 99_999_999

# What stands in an address for a parameter that names no record of a case.
FIXED: dict[str, tuple[Any, ...]] = {
    "number": ("5.3.6",),
    "edition": (1,),
    "other": (1,),
    "verb": ("check",),
    "key": ("assess",),
    "list_name": ("cases",),
    "table": ("institutions",),
    "revision": (1,),
    "secret": ("a" * 43,),
    "uidb64": ("MQ",),
    "token": ("aaaaaa-aaaaaaaaaaaaaaaa",),
    "content_type_id": (1,),
    "object_id": (1,),
    "app_label": ("processes",),
    "url": ("yok",),
    "model_admin": ("x",),
    "code": ("YOK",),
}
KEYS_OF_RECORDS = ("IntConverter", "LetterKey")
# Doors that say only how much there is of everything, and to machines; they name nobody and nothing. The samples for
# programmers change with the time of day.
FIGURES = {"metrics", "healthz", "health", "status", "developer-components"}
# Where who reported follows the status and learns nothing else.
STATUS_ONLY = {"breach-mine", "breach-api-reports"}
ENDS_THE_SESSION = {"logout", "admin:logout", "recovery-codes", "second-factor-setup"}
# What a key's scope lets a program exchange whatever its user knows: EBYS wrote, signs and numbers these letters.
EXCHANGED = re.compile(r"api:(incoming|outgoing)-letter")
WITH_QUERIES: dict[str, tuple[str, ...]] = {
    "home": ("?tab=mine", "?tab=unit", "?tab=waiting", "?tab=delegated"),
    "case-list": (
        "?status=all",
        f"?status=all&q={WORD}",
        "?assignee=me",
        "?assignee=none",
        "?status=all&export=csv",
        "?status=all&export=xlsx",
        "?status=all&export=pdf",
    ),
    "search": (f"?q={WORD}", f"?q={LETTER}", "?q={number}"),
    "inbox": ("?show=read",),
    "letters-incoming": (f"?q={LETTER}", "?state=routed", "?state=unrouted", "?export=csv"),
    "letters-outgoing": tuple(
        f"?state={state}{more}" for state in OutgoingState.values for more in ("", "&export=csv")
    ),
    "helpdesk-reports": ("?table=categories&export=csv", "?table=steps&export=csv", "?export=pdf"),
    "api:cases": ("?state=open", "?subprocess={head}"),
    "api:outgoing-letters": ("?state=handed", "?state=registered"),
}


@dataclass
class Door:
    """One way to ask one address: what it is called, and whether a record of the hidden case stands in it."""

    name: str
    url: str
    of_record: bool = False
    missing: str = ""  # the same address with a record that never existed


@dataclass
class House:
    """People, their browsers and keys, an ordinary case, and the hidden one once it is there."""

    people: dict[str, User]
    plain: Case
    room: Room
    blind: tuple[str, ...] = BLIND
    number: str = ""
    far: int = field(default_factory=lambda: next(FAR))
    rows: set[int] = field(default_factory=set)
    browsers: dict[str, Client] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    calendars: dict[str, str] = field(default_factory=dict)


def build(number: str, blind: tuple[str, ...]) -> House:
    """An office at work, before the confidential case of sub-process `number` is opened; `blind` must not learn of it."""
    team = assemble()
    staff = team[Role.REQUESTING_STAFF]
    people = dict(team) | {
        INSIDER: person(Role.IT_OFFICER, username="the_insider"),
        DEPUTY_OF_BLIND: person(username="the_blind_deputy"),
        DEPUTY_OF_SEEING: person(username="the_seeing_deputy"),
    }
    lend(people[Role.IT_LEAD], people[DEPUTY_OF_BLIND])
    lend(people[Role.HIS_LEAD], people[DEPUTY_OF_SEEING])
    plain = workflow.report(
        by=people[Role.IT_OFFICER], title="Yazıcı arızası", applicant=staff, channel="telephone"
    )
    furnish(plain, people, "Olağan")
    Case.objects.update(opened_at=timezone.now() - timedelta(days=9))
    room = room_for(number)
    house = House(people, plain, room, blind)
    year = timezone.localdate().year
    taken = Case.objects.filter(subprocess__number=number, number__contains=f"/{year}/").count()
    house.number = f"{number}/{year}/{taken + 1:06d}"
    for name in (*blind, *SEEING):
        house.browsers[name] = signed_in_client(people[name], raise_request_exception=False)
        house.keys[name] = key_of(ServiceAccount.objects.create(name=f"for {name}", acts_as=people[name]))[1]
        house.calendars[name] = feeds.make_key(people[name])
    return house


def lend(of: User, to: User) -> None:
    """One is away, the other acts for them."""
    today = timezone.localdate()
    Delegation.objects.create(
        from_user=of,
        to_user=to,
        valid_from=today,
        valid_until=today + timedelta(days=3),
        reason="Yıllık izin",
        given_by=of,
    )


def hide(house: House) -> Case:
    """Open the confidential case: asked for by the requesting staff member, on the desk of who lost sight of it."""
    begin_at(house.far)
    people = house.people
    case = opened(house.room, people)
    assert case.number == house.number
    case.title, case.applicant = WORD, people[Role.REQUESTING_STAFF]
    case.applicant_institution = case.applicant.institution
    case.is_confidential = True
    searching.index(case)
    with transaction.atomic():
        save(case)
    furnish(case, people, "")
    cases.link(house.plain, case, by=people[Role.HIS_LEAD])
    Case.objects.filter(pk=case.pk).update(assignee=people[Role.IT_OFFICER])
    hidden = house.room.flow.model._default_manager.get(pk=case.pk)
    insiders.admit(hidden, people[INSIDER], by=people[Role.HIS_LEAD], reason="İnceliyor")
    house.rows = rows_of(hidden, house.far) | reserved_letter(people)
    return hidden


def reserved_letter(people: Cast) -> set[int]:
    """A secret letter nobody has routed yet: its key, its file's and its delivery's."""
    facts = LetterFacts(
        subject=LETTER, sender_name="Örnekova Valiliği", official_number="E-9-1", security=Security.SECRET
    )
    scan = SimpleUploadedFile("gizli.pdf", pdf() + b"gizli")
    letter = register_by_hand(facts, by=people[Role.HIS_OFFICER], uploads=[scan])
    return {letter.pk, *letter.files.values_list("pk", flat=True)}


def furnish(case: Case, people: Cast, word: str) -> None:
    """Notes, files, letters in every state and messages; the hidden case's carry its own words."""
    by = people[Role.HIS_OFFICER]
    note, title, subject = (word or told for told in (NOTE, FILE, LETTER))
    for internal in (True, False):
        notes.write(case, by=by, text=note, internal=internal)
        upload = SimpleUploadedFile("tutanak.pdf", pdf() + f"{title}{internal}".encode())
        files.attach(case, by=by, upload=upload, title=title, internal=internal)
    for steps in range(3):
        letter = letters.outgoing_letter(by=by, case=case, subject=subject)
        upload = SimpleUploadedFile("ek.pdf", pdf() + f"{title}{steps}".encode())
        drafting.add_annex(letter, by=by, title=subject, upload=upload)
        if steps > 0:
            letter = outgoing.approve(letter, by=people[Role.HIS_LEAD])
        if steps > 1:
            outgoing.register(
                outgoing.hand_over(letter, by=by), by=by, number=f"E-7-{case.pk}", dated=timezone.localdate()
            )
    scan = SimpleUploadedFile("yazi.pdf", pdf() + subject.encode())
    facts = LetterFacts(subject=subject, sender_name="Örnekova Valiliği", official_number=f"E-{case.pk}")
    incoming.attach(register_by_hand(facts, by=by, uploads=[scan]), case, by=people[Role.HIS_LEAD])
    text, values = "A letter was added to %(number)s.", {"number": case.number}
    read = {people[Role.IT_LEAD].pk: timezone.now()}
    InboxItem.objects.bulk_create(  # of some the case was hidden after they had been told
        InboxItem(user=user, case_id=case.pk, text=text, values=values, read_at=read.get(user.pk))
        for user in people.values()
    )


def begin_at(far: int) -> None:
    """Rows written from now on have numbers of their own, so that none is taken for another record's."""
    kinds: list[type[Model]] = [Case, InboxItem, *ways_to_cases()]
    tables = [model._meta.db_table for model in kinds]
    with as_owner() as cursor:
        for table in tables:
            cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
            (sequence,) = cursor.fetchone()
            if sequence:
                cursor.execute("SELECT setval(%s, %s)", [sequence, far])


def rows_of(case: Case, far: int) -> set[int]:
    """The keys of the case and of the first records of each kind that hang on it."""
    found = {case.pk}
    for model, paths in ways_to_cases().items():
        for path in paths:
            found.update(model._base_manager.filter(**{path: case.pk}).values_list("pk", flat=True))
    assert min(found) > far
    return {key for key in found if key <= far + KEYS}


def named(
    patterns: list[Any], namespace: str = "", taken: Mapping[str, str] | None = None
) -> Iterator[tuple[str, dict[str, str]]]:
    """Every named address by its full name, with its parameters and the kind of each."""
    for pattern in patterns:
        parts, kinds = pattern.pattern.regex.groupindex, pattern.pattern.converters
        inside = dict(taken or {}) | {
            name: type(kinds[name]).__name__ if name in kinds else "str" for name in parts
        }
        if isinstance(pattern, URLResolver):
            yield from named(pattern.url_patterns, pattern.namespace or namespace, inside)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield f"{namespace}:{pattern.name}" if namespace else pattern.name, inside


def doors(house: House) -> Iterator[Door]:
    """Every address: with each record of the hidden case where it takes one, else with the queries worth asking."""
    queries = {"number": house.number, "head": house.room.number}
    for name, taken in dict(named(get_resolver().url_patterns)).items():
        if name in ENDS_THE_SESSION:
            continue
        of_record = [one for one, kind in taken.items() if is_record(one, kind)]
        if not of_record:
            url = reverse(name, kwargs={one: FIXED[one][0] for one in taken})
            for query in ("", *WITH_QUERIES.get(name, ())):
                yield Door(f"{name}{query}", url + query.format(**queries))
            continue
        beside_number = "CaseNumber" in taken.values()
        given = [choices(house, name, one, kind, beside_number) for one, kind in taken.items()]
        for values in product(*given):
            kwargs = dict(zip(taken, values, strict=True))
            never = {
                one: NEVER if isinstance(value, int) else f"{house.room.number}/2026/999999"
                for one, value in kwargs.items()
                if one in of_record
            }
            yield Door(name, reverse(name, kwargs=kwargs), True, reverse(name, kwargs=kwargs | never))
    for who, secret in house.calendars.items():
        yield Door(f"feed of {who}", reverse("feed", kwargs={"secret": secret}))


def opens_to(house: House, who: str, door: Door) -> bool:
    """The access table lets this person in at all; who is refused at the door itself learns nothing behind it."""
    name = re.split(r"[? ]", door.name)[0]
    rule = rule_of(name)
    request = cast(HttpRequest, SimpleNamespace(user=house.people[who]))
    return rule is None or not rule.needs_login or rule.admits(request)


def is_record(parameter: str, kind: str) -> bool:
    """A parameter that names a record: a case by its number, anything else by its key."""
    is_fixed = isinstance(FIXED.get(parameter, ("",))[0], int)
    return kind == "CaseNumber" or (kind in KEYS_OF_RECORDS and not is_fixed)


def choices(house: House, name: str, parameter: str, kind: str, beside_number: bool) -> tuple[Any, ...]:
    """What a parameter is asked with: the number of the hidden case, the key of every row, or a fixed value."""
    if kind == "CaseNumber":
        return (house.number,)
    if name == "inbox-open":
        owners = [house.people[who].pk for who in house.blind]
        return tuple(
            InboxItem.objects.filter(user__in=owners, case__number=house.number).values_list("pk", flat=True)
        )
    if is_record(parameter, kind):
        every = parameter == "pk" and not beside_number
        return tuple(sorted(house.rows)) if every else (house.far + 1,)
    if parameter == "key" and name.removeprefix("api:").startswith("case-step"):
        return (next(key for key in house.room.forms),)
    return FIXED[parameter]


def asked(house: House, who: str, url: str, method: str = "get") -> tuple[int, str]:
    """What a person, or a program with their key, is answered; nothing of it stays."""
    client = house.browsers[who]
    options: dict[str, Any] = {}
    if url.startswith("/api/"):
        client = Client(raise_request_exception=False)
        options = {"headers": {"Authorization": f"Bearer {house.keys[who]}"}}
        if method == "post":
            options |= {"content_type": "application/json", "data": "{}"}
    session = client.cookies.get(settings.SESSION_COOKIE_NAME)
    with transaction.atomic():
        answer = getattr(client, method)(url, **options)
        content = answer.getvalue() if answer.streaming else answer.content
        transaction.set_rollback(True)
    client.cookies = SimpleCookie({settings.SESSION_COOKIE_NAME: session.value} if session else {})
    return answer.status_code, text_of(content, answer.headers.get("Content-Type", ""), answer)


def text_of(content: bytes, kind: str, answer: Any) -> str:
    """The words of an answer, and where it leads."""
    if "spreadsheet" in kind:
        rows = openpyxl.load_workbook(io.BytesIO(content)).worksheets[0].iter_rows(values_only=True)
        return "\n".join(str(row) for row in rows)
    if kind == "application/pdf":
        return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    return content.decode("utf-8", "replace").replace("\r\n ", "") + answer.headers.get("Location", "")


# Tokens of forms and requests, marks of versions, and the time of day change from answer to answer.
PASSING = re.compile(
    r"[A-Za-z0-9_+/=-]{20,}|\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?|(?<=\d{4} )\d{2}\.\d{2}|W?/?\"[0-9a-f]{8,}\""
)


def difference(before: str, now: str) -> str:
    """The first lines in which two answers to the same question differ; empty when they tell the same."""
    old, new = (PASSING.sub("~", text).splitlines() for text in (before, now))
    lines = (
        line for line in unified_diff(old, new, lineterm="", n=0) if not line.startswith(("---", "+++", "@@"))
    )
    return " | ".join(line.strip()[:160] for line in islice(lines, 4))
