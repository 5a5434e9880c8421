"""The catalogue's pages: read by the unit, prepared by the leads, signed by three people."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pypdf import PdfReader

from accounts.roles import Role
from processes import approval, exchange
from processes.models import Definition
from processes.services import definitions
from tests.accounts.people import person, signed_in_client
from tests.processes.sheets import load

pytestmark = pytest.mark.django_db

SEVEN_READS = 7 + 2  # and the savepoint around the request


@pytest.fixture
def in_force() -> Definition:
    return load()["5.3.6"]


@pytest.fixture
def his_lead():
    return person(Role.HIS_LEAD)


@pytest.fixture
def draft(in_force, his_lead) -> Definition:
    return definitions.copy(in_force, by=his_lead, note="Tedarik süresi uzatılıyor.")


def page(name: str, definition: Definition, **more) -> str:
    return reverse(
        name, kwargs={"number": definition.subprocess.number, "edition": definition.edition, **more}
    )


def edited(definition: Definition, **changes) -> dict[str, str | list[str]]:
    """What the edit page would send, with single entries changed: steps-3-days="4"."""
    text = exchange.text_of(definition)
    data: dict[str, str | list[str]] = {
        "version": str(definition.version),
        "main_process": text.main_process,
        "process": text.process,
        "owner": text.owner,
        "purpose": text.purpose,
        "name": text.name,
        "inputs": "\n".join(text.inputs),
        "outputs": "\n".join(text.outputs),
        "repeats": text.repeats,
        "period": text.period,
        "change_note": text.change_note,
        "steps-TOTAL_FORMS": str(len(text.steps) + 1),
        "steps-INITIAL_FORMS": str(len(text.steps)),
    }
    for place, step in enumerate(text.steps):
        data |= {
            f"steps-{place}-number": step.number,
            f"steps-{place}-key": step.key,
            f"steps-{place}-name": step.name,
            f"steps-{place}-short_name": step.short_name,
            f"steps-{place}-roles": list(step.roles),
            f"steps-{place}-uses": "\n".join(step.uses),
            f"steps-{place}-days": "" if step.days is None else str(step.days),
            f"steps-{place}-condition": step.condition,
            f"steps-{place}-ORDER": str(place + 1),
        }
    return data | changes


def test_the_list_shows_every_sub_process(in_force, his_lead):
    response = signed_in_client(his_lead).get(reverse("catalogue"))

    assert response.status_code == 200
    assert [row["subprocess"].number for row in response.context["rows"]] == [f"5.3.{n}" for n in range(1, 8)]
    assert {row["in_force"].edition for row in response.context["rows"]} == {1}


def test_the_list_costs_the_same_with_one_and_with_seven_rows(his_lead, django_assert_num_queries):
    client = signed_in_client(his_lead)
    load("5.3.1")
    client.get(reverse("catalogue"))
    with django_assert_num_queries(SEVEN_READS):
        client.get(reverse("catalogue"))
    load()
    with django_assert_num_queries(SEVEN_READS):
        client.get(reverse("catalogue"))


@pytest.mark.parametrize("role", [Role.REQUESTING_STAFF, Role.REQUESTING_UNIT_HEAD])
def test_the_catalogue_is_for_the_unit(in_force, role):
    assert signed_in_client(person(role)).get(reverse("catalogue")).status_code == 403


def test_the_card_of_a_sub_process_prints_the_fields_of_the_form(in_force, his_lead):
    response = signed_in_client(his_lead).get(reverse("process", args=["5.3.6"]))

    text = response.content.decode()
    assert response.status_code == 200
    for words in (
        "Destek Hizmetleri Başkanlığı",
        "Sağlık Bilgi Sistemleri",
        "Birim Sorumlusu",
        "Altyapı kurulumu",
    ):
        assert words in text
    assert [step.number for step in response.context["card"].steps][-2:] == ["5.3.6.5", "5.3.6.6"]


def test_an_unknown_sub_process_and_edition_are_not_found(in_force, his_lead):
    client = signed_in_client(his_lead)

    assert client.get(reverse("process", args=["5.3.9"])).status_code == 404
    assert client.get(reverse("process-card", args=["5.3.6", 99])).status_code == 404


def test_the_pdf_is_the_form_in_its_order(in_force, his_lead):
    response = signed_in_client(his_lead).get(page("process-pdf", in_force))

    text = "".join(part.extract_text() for part in PdfReader(BytesIO(response.content)).pages)
    order = ["5.3.6", "Talep", "Sürekli", "5.3.6.1", "Sorunun çözülmesi", "5.3.6.6"]
    places = [text.index(words) for words in order]
    assert response["Content-Type"] == "application/pdf"
    assert places == sorted(places)


def test_a_lead_begins_an_edition_and_writes_into_it(in_force, his_lead):
    client = signed_in_client(his_lead)

    begun = client.post(page("process-copy", in_force), {"note": "Süre değişti."})
    draft = Definition.objects.get(subprocess__number="5.3.6", edition=2)
    saved = client.post(page("process-edit", draft), edited(draft, **{"steps-3-days": "5"}))

    assert (begun.status_code, begun["Location"]) == (302, page("process-edit", draft))
    assert (saved.status_code, saved["Location"]) == (302, page("process-card", draft))
    assert draft.steps.get(key="supply").planned_days == 5
    assert draft.steps.count() == 7


def test_an_edit_that_is_refused_keeps_what_was_written(draft, his_lead):
    data = edited(draft, **{"steps-5-name": "Sorun çözülür", "purpose": "Yeni amaç"})

    response = signed_in_client(his_lead).post(page("process-edit", draft), data)

    assert response.status_code == 422
    assert "Sorun çözülür" in response.content.decode()
    draft.refresh_from_db()
    assert draft.purpose != "Yeni amaç"


def test_an_edit_of_an_older_reading_is_refused(draft, his_lead):
    client = signed_in_client(his_lead)
    data = edited(draft, purpose="İlk")
    client.post(page("process-edit", draft), data)

    assert client.post(page("process-edit", draft), data | {"purpose": "İkinci"}).status_code == 412


def test_another_lead_does_not_edit_the_draft(draft):
    assert signed_in_client(person(Role.IT_LEAD)).get(page("process-edit", draft)).status_code == 403


def test_three_people_sign_through_the_page(draft, in_force):
    checker, head = person(Role.IT_LEAD), person(Role.UNIT_HEAD)

    checked = signed_in_client(checker).post(
        page("process-move", draft, verb="check"), {"version": draft.version}
    )
    approved = signed_in_client(head).post(
        page("process-move", draft, verb="approve"), {"version": draft.version + 1}
    )

    draft.refresh_from_db()
    in_force.refresh_from_db()
    assert (checked.status_code, approved.status_code) == (302, 302)
    assert (draft.state, in_force.state) == ("approved", "retired")


@pytest.mark.parametrize(
    ("role", "verb", "status"),
    [
        (Role.HIS_OFFICER, "check", 403),
        (Role.IT_LEAD, "approve", 403),
        (Role.UNIT_HEAD, "approve", 409),
        (Role.IT_LEAD, "send_back", 409),
        (Role.IT_LEAD, "withdraw", 422),
        (Role.IT_LEAD, "retire", 404),
    ],
)
def test_a_refused_signature_says_why_and_changes_nothing(draft, role, verb, status):
    reason = "" if verb == "withdraw" else "Bakılsın."
    data = {"version": draft.version, "reason": reason}

    response = signed_in_client(person(role)).post(page("process-move", draft, verb=verb), data)

    draft.refresh_from_db()
    assert (response.status_code, draft.state) == (status, "draft")


def test_the_differences_of_two_editions(in_force, draft, his_lead):
    steps = exchange.text_of(draft).steps
    changed = [
        step if step.key != "supply" else exchange.StepText(**{**step.__dict__, "days": 4}) for step in steps
    ]
    definitions.change(draft, by=his_lead, steps=changed)

    response = signed_in_client(his_lead).get(page("process-diff", draft, other=in_force.edition))

    [step] = response.context["difference"].steps
    assert (step.key, step.kind, [(change.old[:1], change.new[:1]) for change in step.changes]) == (
        "supply",
        "changed",
        [("2", "4")],
    )


def test_the_editions_of_a_sub_process(in_force, draft, his_lead):
    response = signed_in_client(his_lead).get(reverse("process-editions", args=["5.3.6"]))

    assert [edition.edition for edition in response.context["editions"]] == [2, 1]


def test_an_exported_edition_comes_back_as_a_draft(in_force, his_lead):
    client = signed_in_client(his_lead)
    written = client.get(page("process-export", in_force)).content.replace(
        b"short_name: Tedarik", b"short_name: Temin"
    )

    response = client.post(
        reverse("catalogue-import"),
        {"file": SimpleUploadedFile("c.yaml", written), "note": "Kısa ad değişti."},
    )

    draft = Definition.objects.get(subprocess__number="5.3.6", edition=2)
    assert response.status_code == 302
    assert (draft.state, draft.prepared_by, draft.steps.get(key="supply").short_name) == (
        "draft",
        his_lead,
        "Temin",
    )


def test_an_import_of_something_else_is_refused_whole(in_force, his_lead):
    response = signed_in_client(his_lead).post(
        reverse("catalogue-import"), {"file": SimpleUploadedFile("c.yaml", b"\x89PNG"), "note": "Denendi."}
    )

    assert response.status_code == 422
    assert Definition.objects.filter(edition=2).count() == 0


def test_an_import_of_one_draft_too_many_brings_in_none(draft, his_lead):
    whole = exchange.REFERENCE.read_bytes()

    response = signed_in_client(his_lead).post(
        reverse("catalogue-import"), {"file": SimpleUploadedFile("c.yaml", whole), "note": "Hepsi."}
    )

    assert response.status_code == 409
    assert Definition.objects.filter(state="draft").count() == 1


def test_the_draft_page_says_what_is_missing(draft, his_lead):
    steps = exchange.text_of(draft).steps
    definitions.change(draft, by=his_lead, steps=steps[:-1])

    response = signed_in_client(his_lead).get(page("process-card", draft))

    assert approval.faults(draft, list(draft.steps.order_by("position"))) == response.context["faults"]
    assert len(response.context["faults"]) == 1
