"""What the office and its machines do in a scenario, each in a process of its own: `python -m tests.faults.acts WHAT`."""

from __future__ import annotations

import io
import json
import os
import sys
from typing import Any

PEOPLE, KEYS = 12, 12


def prepare() -> dict[str, Any]:
    """Tables, catalogue, people, keys of the API."""
    from django.core.management import call_command
    from django.db import transaction

    from accounts.roles import Role
    from processes import files
    from tests.accounts.people import institution, person
    from tests.ebys.api.calling import account, key_of
    from tests.processes import sheets

    call_command("migrate", interactive=False, verbosity=0)
    call_command("database_roles", "--execute", stdout=io.StringIO())
    with transaction.atomic():
        sheets.load()
        lead = person(Role.IT_LEAD, email="sorumlu@mudurluk.example")
        clerks = [person(Role.IT_OFFICER, email=f"memur{n}@mudurluk.example") for n in range(2)]
        passing = [person(Role.IT_OFFICER, email=f"gecici{n}@mudurluk.example") for n in range(2)]
        hospital = institution()
        readers = [
            person(Role.REQUESTING_STAFF, institution=hospital, email=f"kisi{n}@hastane.example")
            for n in range(PEOPLE)
        ]
        files.put(b"Rapor")
        head = person(Role.UNIT_HEAD, email="birim@mudurluk.example")
        person(Role.HIS_OFFICER, email="yazan@mudurluk.example")
        person(Role.HIS_LEAD, email="onaylayan@mudurluk.example")
        ebys = account(user=person(Role.HIS_OFFICER, email="ebys@mudurluk.example"))
        keys = [key_of(account(Role.IT_OFFICER))[1] for _number in range(KEYS)]
    told = {"keys": keys, "ebys": key_of(ebys)[1], "readers": [one.pk for one in readers]}
    told["heads"] = [head.pk]
    return told | {"staff": [one.pk for one in (lead, *clerks)], "passing": [one.pk for one in passing]}


def sign_in(*people: str) -> dict[str, Any]:
    """People who log in now: a session nobody used for a quarter of an hour is over."""
    from accounts.models import User
    from tests.accounts.people import signed_in_client

    told = [signed_in_client(User.objects.get(pk=one)) for one in people]
    return {"sessions": [client.cookies["sessionid"].value for client in told]}


def leave_idle(session: str, minutes: str) -> dict[str, Any]:
    """Nobody has sat at a session for so long."""
    from importlib import import_module

    from django.conf import settings

    from accounts.sessions import SEEN

    store = import_module(settings.SESSION_ENGINE).SessionStore(session)
    store[SEEN] -= int(minutes) * 60
    store.save()
    return {}


def codes(person: str) -> dict[str, Any]:
    """The six digits an app shows now and those it shows two hours before and after."""
    import time

    from django_otp.oath import TOTP
    from django_otp.plugins.otp_totp.models import TOTPDevice

    device = TOTPDevice.objects.get(user=person, confirmed=True)
    shown = {}
    for hours in (-2, 0, 2):
        totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
        totp.time = time.time() + hours * 3600
        shown[str(hours)] = f"{totp.token():06}"
    return shown


def type_code(person: str, code: str) -> dict[str, Any]:
    """A code typed at the log-in."""
    from accounts.models import User
    from accounts.services import second_factor

    return {"taken": second_factor.matching(User.objects.get(pk=person), code) is not None}


def hourly(name: str) -> dict[str, Any]:
    """A job that is due once an hour."""
    from processes import jobs

    jobs.once_per("hour", name, lambda now: {})
    return {}


def mail(tag: str, count: str = str(PEOPLE), number: str = "") -> dict[str, Any]:
    """Something unread for everybody, about a case or none, and an e-mail about it asked for."""
    from django.db import transaction

    from accounts.models import User
    from processes import inbox, outbox
    from processes.digest import KIND
    from processes.models import Case

    people = list(User.objects.filter(email__endswith="@hastane.example").order_by("pk"))[: int(count)]
    with transaction.atomic():
        about = Case.objects.filter(number=number).first()
        inbox.tell(people, about, "There is a new note on %(number)s.", number=number or tag)
        for one in people:
            outbox.enqueue(KIND, {"user": one.pk}, key=f"digest:{one.pk}:{tag}")
    return {"asked": [f"digest.{one.pk}.{tag}" for one in people]}


def send() -> dict[str, Any]:
    """One dispatcher."""
    from dataclasses import asdict

    from processes import outbox, tasks

    assert tasks.send_outbox  # the worker's module, which brings the handlers along
    return asdict(outbox.send_due())


def report(title: str) -> dict[str, Any]:
    """A request registered by the unit."""
    from django.db import transaction

    from accounts.models import User
    from helpdesk import workflow

    by = User.objects.get(email="sorumlu@mudurluk.example")
    with transaction.atomic():
        return {"number": workflow.report(by=by, title=title, applicant_name="Ayşe Örnek").number}


def connect(url: str) -> dict[str, Any]:
    """EBYS is told of letters that are ready."""
    from accounts.models import User
    from ebys import webhooks
    from ebys.models import Event, ServiceAccount

    head = User.objects.get(email="birim@mudurluk.example")
    ebys = ServiceAccount.objects.get(acts_as__email="ebys@mudurluk.example")
    webhooks.register(ebys, by=head, url=f"{url}/sbs", to_be_told=[Event.LETTER_READY])
    return {}


def approve(count: str) -> dict[str, Any]:
    """Letters drafted by one and approved by another; EBYS is to be told."""
    import hashlib

    from django.db import transaction

    from accounts.models import Institution, User
    from ebys.services.drafting import draft_for
    from ebys.webhooks import KIND
    from ebys.workflow import outgoing
    from helpdesk import workflow
    from processes.models import Delivery

    by, drafter, approver = (
        User.objects.get(email=f"{name}@mudurluk.example") for name in ("sorumlu", "yazan", "onaylayan")
    )
    made = []
    with transaction.atomic():
        for _number in range(int(count)):
            case = workflow.report(
                by=by, title="Ağ arızası", applicant_institution=Institution.objects.latest("pk")
            )
            letter = draft_for(case, None, by=drafter, subject="Ağ Arızası", body="Arıza giderilmiştir.")
            made.append(outgoing.approve(letter, by=approver).pk)
    due = Delivery.objects.filter(kind=KIND, payload__letter__in=made).order_by("id")
    asked = ["msg_" + hashlib.sha256(one.key.encode()).hexdigest()[:32] for one in due]
    return {"letters": made, "asked": asked}


def wake() -> dict[str, Any]:
    """A nudge through the broker, as after a commit."""
    from processes import tasks

    tasks.send_outbox.delay()
    return {}


def tick() -> dict[str, Any]:
    """What beat starts within an hour of a working day, handed to the broker at once."""
    from processes import tasks

    for task in (tasks.sweep, tasks.send_digests, tasks.verify_files):
        task.delay()
    return {}


def deploy() -> dict[str, Any]:
    """What an upgrade does to the database while the older program still works with it."""
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    call_command("database_roles", "--execute", stdout=io.StringIO())
    return {}


def retry() -> dict[str, Any]:
    """The operator lets what is stuck be tried again."""
    from accounts.models import User
    from processes import outbox
    from processes.models import Delivery, DeliveryState

    stuck = list(Delivery.objects.filter(state=DeliveryState.STUCK))
    by = User.objects.get(email="sorumlu@mudurluk.example")
    for one in stuck:
        outbox.retry(one, by=by, reason="Sunucu düzeldi.")
    return {"tried": len(stuck)}


def sweep() -> dict[str, Any]:
    """What the worker would do within the hour; the outbox is looked at every minute of it."""
    from processes import tasks

    tasks.send_outbox()
    tasks.sweep()
    tasks.send_outbox()
    return {}


def store(megabytes: str) -> dict[str, Any]:
    """An upload of that size."""
    import secrets

    from processes import files
    from processes.errors import DomainError

    try:
        return {"kept": files.put(secrets.token_bytes(int(megabytes) << 20)).sha256}
    except DomainError as refusal:
        return {"refused": refusal.status}


def reap() -> dict[str, Any]:
    """Tomorrow's clearing up."""
    from datetime import timedelta

    from django.utils import timezone

    from processes import files

    return {"gone": files.reap(now=timezone.now() + timedelta(days=2)), "clean": files.verify_all().is_clean}


def look() -> dict[str, Any]:
    """What the state page says."""
    from config import monitoring

    return {one.key: one.level.value for one in monitoring.look_at_all()}


def trail() -> dict[str, Any]:
    """The trail is sealed, its seals go outside; entries, seals, copies and the guards of the tables are verified."""
    from audit import publishing, sealing, verifying

    sealing.seal()
    publishing.publish()
    return {"findings": [str(one) for one in verifying.verify().findings]}


def seal() -> dict[str, Any]:
    """What the sealer does each minute."""
    from audit import publishing, sealing

    try:
        done = sealing.seal()
    except sealing.MustNotSeal as refusal:
        return {"refused": str(refusal)}
    return {"entries": done.entries, "published": publishing.publish()}


def verify() -> dict[str, Any]:
    """The trail as it is, with the seals published outside."""
    from audit import verifying

    report = verifying.verify(guards=False)
    told = [(one.code, one.values) for one in report.findings]
    return {
        "findings": [f"{code} {values}" for code, values in told],
        "explained": [str(one) for one in report.explained],
    }


def epoch(reason: str) -> dict[str, Any]:
    """Somebody declares what happened to the database."""
    from audit import sealing

    return {"number": sealing.begin_epoch(reason).number}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    what, *words = sys.argv[1:]
    print(json.dumps(globals()[what](*words)))


if __name__ == "__main__":
    main()
