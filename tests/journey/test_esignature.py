"""Forty e-imza forms on the desk become one letter, one parcel, certificates; and one of them nears its end.

With SBS_PICTURES=1 the pages on the way are kept in docs/pictures/.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone

from accounts.demo import build_people
from accounts.models import Employee, Institution, User
from ebys.models import Scope
from ebys.reference import load_templates
from esignature import queries, reminders, workflow
from esignature.models import Batch, Certificate, CheckItem, Kind, Reason, Request, State
from tests.ebys.api.calling import account, committed, key_of
from tests.esignature.making import certificate
from tests.journey.browsers import PICTURES, picture, signed_in_page
from tests.processes.sheets import load

FORMS = 40
LINES = ("Form ıslak imzalıdır", "Adres doludur")


@pytest.fixture
def office(transactional_db: None) -> list[Employee]:
    """Catalogue, people, templates, check list, addressee; the staff whose forms lie on the desk."""
    load()
    people = build_people()
    load_templates()
    with transaction.atomic():
        for place, title in enumerate(LINES):
            CheckItem.objects.get_or_create(title=title, defaults={"position": place})
        Institution.objects.create(
            name="Kamu Sertifikasyon Merkezi",
            name_dative="KAMU SERTİFİKASYON MERKEZİNE",
            kind="ministry",
            detsis_no="99005330",
        )
        places = [one for one in people.institutions.values() if one.kind.endswith("hospital")]
        more = [
            Employee(
                first_name="Deneme", last_name=f"Personel{number}", institution=places[number % len(places)]
            )
            for number in range(FORMS)
        ]
        for one in more:
            one.save()
    return more


@pytest.fixture
def sign_in(chromium: Any, live_server: Any, office: list[Employee]) -> Iterator[Callable[..., Any]]:
    """A person's own browser, logged in."""
    opened = []

    def enter(username: str, **options: Any) -> Any:
        page = signed_in_page(chromium, live_server.url, User.objects.get(username=username), **options)
        opened.append(page.context)
        return page

    yield enter
    for context in opened:
        context.close()


def on_the_desk(holders: list[Employee]) -> None:
    """The other forms, registered before."""
    by = User.objects.get(username="bilgi.islem1")
    for place, holder in enumerate(holders):
        kind = Kind.MOBILE if place % 8 == 7 else Kind.ESIGN
        reason = Reason.LOST if place % 5 == 4 else Reason.FIRST
        checks = queries.checks_for(kind, reason)
        committed(
            lambda holder=holder, kind=kind, reason=reason, checks=checks: workflow.receive_form(
                by=by, holder=holder, kind=kind, reason=reason, checks=checks, channel="letter"
            )
        )


def press(page: Any, selector: str) -> None:
    """Press a button and wait for the page it leads to."""
    with page.expect_navigation():
        page.click(selector)


def test_forty_forms_become_one_letter_one_parcel_and_certificates(
    live_server: Any, office: list[Employee], sign_in: Callable[..., Any], tmp_path: Path
) -> None:
    first, *others = office
    on_the_desk(others)

    # 5.3.3.1: the clerk registers the last form, finds a PIN in the remark refused, and ticks the check list.
    clerk = sign_in("bilgi.islem1")
    clerk.goto("/new/?subprocess=5.3.3")
    clerk.fill("[name=holder_text]", first.full_name)
    clerk.wait_for_selector("[role=option]")
    clerk.click("[role=option] >> nth=0")
    for line in clerk.locator("[name=checks]").all():
        line.check()
    clerk.fill("[name=description]", "PIN: 4821")
    press(clerk, "main form button.button--main")
    assert "güvenlik sözcüğüne benziyor" in clerk.inner_text("main")
    clerk.fill("[name=description]", "Kurum kuryesiyle geldi.")
    press(clerk, "main form button.button--main")
    assert Request.objects.filter(is_complete=True).count() == FORMS

    # 5.3.3.2: the lead collects all forms into one letter, takes one out again, and somebody else approves.
    lead = sign_in("bilgi.islem.sorumlusu")
    lead.goto("/e-signatures/batches/new/")
    lead.fill("[name=recipient_text]", "Kamu Sertifikasyon")
    lead.wait_for_selector("[role=option]")
    lead.click("[role=option] >> nth=0")
    picture(lead, "e-signature-collect")
    press(lead, "button[name=all]")
    batch = Batch.objects.get()
    assert batch.requests.count() == FORMS
    lead.check("table input[name=chosen] >> nth=0")
    lead.fill("#id_take_out_reason", "Personel vazgeçti.")
    press(lead, "#take-out button")
    assert batch.requests.count() == FORMS - 1
    assert batch.letter is not None
    head = sign_in("birim.sorumlusu")
    head.goto(batch.letter.get_absolute_url())
    press(head, "form[action$='/approve/'] button")
    _key, text = committed(lambda: key_of(account(), list(Scope.values)))
    call_command(
        "ebys_client",
        "--url",
        live_server.url,
        "--key",
        text,
        "play",
        "--into",
        str(tmp_path),
        stdout=StringIO(),
    )
    batch = Batch.objects.get()
    assert batch.letter is not None
    assert set(batch.requests.values_list("state", "letter_number")) == {
        (State.WRITTEN, batch.letter.official_number)
    }

    # 5.3.3.3: the clerk prints and posts; one parcel number for all.
    clerk.goto(batch.get_absolute_url())
    press(clerk, "form[action$='/print_batch/'] button")
    clerk.fill("[name=parcel]", "RR123456789TR")
    picture(clerk, "e-signature-batch", both=True)
    press(clerk, "form[action$='/post_batch/'] button")
    assert set(batch.requests.values_list("state", "parcel")) == {(State.POSTED, "RR123456789TR")}

    # The certificate comes, is delivered and active with the dates that stand on it.
    request = (
        batch.requests.get(holder=first) if batch.requests.filter(holder=first) else batch.requests.all()[0]
    )
    clerk.goto(request.get_absolute_url())
    press(clerk, "form[action$='/certificate/'] button")
    clerk.click("summary:has-text('Teslimi kaydet')")
    press(clerk, "form[action$='/deliver_certificate/'] button")
    clerk.click("summary:has-text('Etkinleştir')")
    today = timezone.localdate()
    for name, value in (
        ("serial", "4a:3f:01"),
        ("carrier", "Akıllı kart 12"),
        ("valid_from", today.isoformat()),
        ("valid_until", (today + timedelta(days=1095)).isoformat()),
    ):
        clerk.fill(f"form[action$='/activate_certificate/'] [name={name}]", value)
    press(clerk, "form[action$='/activate_certificate/'] button")
    assert (Certificate.objects.get().state, Certificate.objects.get().serial) == ("active", "4A3F01")


def test_a_certificate_near_its_end_is_reminded_of_and_renewed(
    office: list[Employee], sign_in: Callable[..., Any]
) -> None:
    account_of = User.objects.get(username="hastane.personeli")
    holder = Employee.objects.get(user=account_of)
    for place, one in enumerate((holder, *office[:12])):
        committed(lambda one=one, place=place: certificate(one, days=24 + 9 * place))
    reminders.remind(timezone.now())

    # The holder is told and sees the certificate; nobody else's.
    person = sign_in("hastane.personeli")
    person.goto("/inbox/")
    assert "30 gün içinde doluyor" in person.inner_text("main")
    person.goto("/e-signatures/")
    assert person.locator("tbody tr").count() == 1

    # The lead sees which institution is uncovered, and asks for the renewal with one click.
    lead = sign_in("bilgi.islem.sorumlusu")
    lead.goto("/e-signatures/coverage/")
    assert holder.institution.name in lead.inner_text("main")
    picture(lead, "e-signature-coverage")
    lead.goto("/e-signatures/?standing=within90")
    picture(lead, "e-signature-certificates", both=True)
    for person_of_the_list in (holder, *office[:3]):
        lead.check(f"tr:has-text('{person_of_the_list.full_name}') input[name=chosen]")
    press(lead, "#renew button[type=submit]")
    assert not Request.objects.filter(holder=holder).exists()
    picture(lead, "e-signature-ask")
    press(lead, "main form[action$='/requests/'] button[type=submit]")
    request = Request.objects.get(holder=holder)
    assert (request.reason, request.number in lead.inner_text("main")) == (Reason.RENEWAL, True)

    # It is approved online: no paper, and the reason is kept.
    clerk = sign_in("bilgi.islem1")
    clerk.goto(f"/cases/{request.number}/steps/renew_online/")
    clerk.fill("[name=online_reason]", "Kamu SM sayfasında e-imza ile onaylandı.")
    press(clerk, "form[action$='/renew_online/'] button[type=submit]")
    request.refresh_from_db()
    assert (request.state, request.outcome) == (State.ONLINE, "Kamu SM sayfasında e-imza ile onaylandı.")


def test_the_pictures_stand_in_the_documentation() -> None:
    """docs/e-signatures.md shows these; they are made by this journey."""
    wanted = {f"e-signature-{name}.png" for name in ("ask", "batch", "certificates", "collect", "coverage")}

    assert wanted <= {path.name for path in PICTURES.glob("*.png")}
