"""The pages of letters: what they show, to whom, with how many questions to the database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from audit.queries import entries_of
from ebys.access import ACCESS
from ebys.models import IncomingLetter, IncomingState, OutgoingLetter, Receipt, ReceiptOutcome
from ebys.queries import letters_of
from ebys.services import receiving
from ebys.urls import urlpatterns
from ebys.workflow import incoming
from helpdesk.models import Ticket
from tests.accounts import people
from tests.accounts.people import signed_in_client
from tests.ebys import letters
from tests.ebys.letters import saved
from tests.ebys.test_receiving import PDF, sample
from tests.processes import sheets

pytestmark = pytest.mark.django_db


def package(name: str = "sample-v2.eyp") -> SimpleUploadedFile:
    """A real package as a browser sends it."""
    return SimpleUploadedFile(name, sample(name), "application/octet-stream")


def test_every_page_of_letters_is_for_the_unit() -> None:
    names = {str(pattern.name) for pattern in urlpatterns}
    assert names == set(ACCESS) - {"api:*"}


@pytest.mark.parametrize("role", [Role.REQUESTING_STAFF, Role.REQUESTING_UNIT_HEAD, Role.MINISTRY_UNIT_HEAD])
def test_people_outside_the_unit_see_no_letter(role: str) -> None:
    came = receiving.receive_package(sample("sample-v2.eyp"), by=letters.officer()).letter
    ours = letters.outgoing_letter()
    stranger = people.person(role, institution=ours.case.applicant_institution)
    client = signed_in_client(stranger)
    assert came is not None
    assert came.cover is not None
    for address in (
        reverse("letters-incoming"),
        came.get_absolute_url(),
        reverse("letter-incoming-file", args=(came.pk, came.cover.pk)),
        reverse("letter-package", args=(came.pk,)),
        reverse("letters-outgoing"),
        ours.get_absolute_url(),
        reverse("letter-pdf", args=(ours.pk,)),
        reverse("letter-eyp", args=(ours.pk,)),
    ):
        answer = client.get(address)
        assert answer.status_code in (403, 404), address
        assert ours.subject not in answer.content.decode()
    assert not IncomingLetter.objects.visible_to(stranger).exists()
    assert not OutgoingLetter.objects.visible_to(stranger).exists()
    assert letters_of(ours.case, stranger) == ([], [])


def test_the_list_shows_unrouted_letters_first(browser: Client, lead: User) -> None:
    waiting = letters.incoming(subject="Bekleyen")
    incoming.file(letters.incoming(subject="Dosyada"), by=lead, reason="Bilgi")
    page = browser.get(reverse("letters-incoming")).content.decode()
    assert page.index("Bekleyen") < page.index("Dosyada")
    assert waiting.official_number in page


def test_the_list_finds_letters_however_turkish_is_typed(browser: Client) -> None:
    letters.incoming(subject="Iğdır Şubesi Ağ Arızası", sender_name="Çınarlı Hastanesi")
    letters.incoming(subject="Toplantı")
    for words in ("IGDIR sube", "ığdır", "çinarli", "ariza"):
        page = browser.get(reverse("letters-incoming"), {"q": words}).content.decode()
        assert "Iğdır Şubesi" in page, words
        assert "Toplantı" not in page


@pytest.mark.parametrize("name", ["letters-incoming", "letters-outgoing", "letters-quarantine"])
def test_a_list_asks_as_often_for_thirty_rows_as_for_one(
    name: str, browser: Client, django_assert_max_num_queries: Any
) -> None:
    sheets.load()
    by = letters.officer()
    case = letters.ticket()
    make: dict[str, Callable[[int], object]] = {
        "letters-incoming": lambda place: letters.incoming(by=by),
        "letters-outgoing": lambda place: letters.outgoing_letter(by=by, case=case),
        "letters-quarantine": lambda place: receiving.receive_package(f"x{place}".encode(), by=by),
    }
    for place in range(30):
        make[name](place)
    browser.get(reverse(name))
    with django_assert_max_num_queries(9) as asked:  # two of them open and close the transaction
        browser.get(reverse(name))
    many = len(asked)
    IncomingLetter.objects.exclude(pk=IncomingLetter.objects.order_by("-pk").values("pk")[:1]).delete()
    with django_assert_max_num_queries(many):
        browser.get(reverse(name))


def test_a_letters_page_stays_within_its_questions(
    browser: Client, lead: User, django_assert_max_num_queries: Any
) -> None:
    sheets.load()
    came = receiving.receive_package(sample("sample-v2.eyp"), by=lead).letter
    assert came is not None
    browser.get(came.get_absolute_url())
    with django_assert_max_num_queries(12):
        browser.get(came.get_absolute_url())


def test_the_letters_of_a_case_are_two_questions(django_assert_num_queries: Any, lead: User) -> None:
    case = letters.ticket()
    for _ in range(3):
        incoming.attach(letters.incoming(), case, by=lead)
        letters.outgoing_letter(case=case)
    lead.refresh_from_db()
    letters_of(case, lead)
    with django_assert_num_queries(2):
        came, ours = letters_of(case, lead)
    assert (len(came), len(ours)) == (3, 3)


def test_a_dropped_package_becomes_a_letter_and_its_page_opens(browser: Client) -> None:
    answer = browser.post(reverse("letter-upload"), {"package": package()}, follow=True)
    page = answer.content.decode()
    assert "e-Yazışma Test Paketi" in page
    assert "The signature was not verified." in page
    assert "The digests were recomputed and are equal." in page


def test_several_packages_are_taken_in_one_by_one(browser: Client) -> None:
    uploads = [package("sample-v1.eyp"), package("sample-v2.eyp"), package("sample-v2-encrypted.eyps")]
    browser.post(reverse("letter-upload"), {"package": uploads})
    outcomes = sorted(Receipt.objects.values_list("outcome", flat=True))
    assert outcomes == [ReceiptOutcome.QUARANTINED, ReceiptOutcome.REGISTERED, ReceiptOutcome.REGISTERED]


def test_a_package_nobody_can_read_leads_to_the_quarantine(browser: Client) -> None:
    upload = SimpleUploadedFile("yazi.eyp", b"no package")
    answer = browser.post(reverse("letter-upload"), {"package": upload}, follow=True)
    assert "Not a package" in answer.content.decode()
    receipt = Receipt.objects.get()
    kept = browser.get(reverse("letter-quarantine-file", args=(receipt.pk,)))
    assert saved(kept) == b"no package"
    assert kept["Content-Disposition"].startswith("attachment")
    assert kept["Content-Type"] == "application/octet-stream"


def test_a_quarantined_package_is_dealt_with_on_its_page(browser: Client, lead: User) -> None:
    receipt = receiving.receive_package(b"x", by=lead)
    browser.post(reverse("letter-quarantine-settle", args=(receipt.pk,)), {"note": "Yeniden istendi"})
    assert "x" not in browser.get(reverse("letters-quarantine")).context["page"].rows
    assert "Yeniden istendi" in browser.get(reverse("letters-quarantine"), {"all": "1"}).content.decode()
    again = browser.post(reverse("letter-quarantine-again", args=(receipt.pk,)))
    assert again.status_code == 409


def test_one_click_opens_the_case(browser: Client) -> None:
    sheets.load()
    letter = letters.incoming(sdp_code="704")
    page = browser.get(letter.get_absolute_url()).content.decode()
    assert "Suggested by" in page
    answer = browser.post(
        reverse("letter-route", args=(letter.pk,)), {"subprocess": "5.3.6", "version": letter.version}
    )
    ticket = Ticket.objects.get()
    assert answer["Location"] == ticket.get_absolute_url()


def test_a_second_click_is_refused_and_opens_no_second_case(browser: Client) -> None:
    sheets.load()
    letter = letters.incoming()
    address = reverse("letter-route", args=(letter.pk,))
    browser.post(address, {"subprocess": "5.3.6"})
    answer = browser.post(address, {"subprocess": "5.3.6"})
    assert answer.status_code == 409
    assert Ticket.objects.count() == 1


def test_a_page_opened_before_a_change_is_stale(browser: Client, lead: User) -> None:
    letter = letters.incoming()
    incoming.unfile(incoming.file(letter, by=lead, reason="Bilgi"), by=lead)
    answer = browser.post(
        reverse("letter-file", args=(letter.pk,)), {"file-reason": "Bilgi", "version": letter.version}
    )
    assert answer.status_code == 412
    letter.refresh_from_db()
    assert letter.state == IncomingState.UNROUTED


def test_a_letter_is_put_into_a_case_by_its_number(browser: Client) -> None:
    ticket = letters.ticket()
    letter = letters.incoming()
    browser.post(reverse("letter-attach", args=(letter.pk,)), {"number": ticket.number})
    letter.refresh_from_db()
    assert letter.case_id == ticket.pk
    missing = browser.post(
        reverse("letter-attach", args=(letters.incoming().pk,)), {"number": "5.3.6/2020/000001"}
    )
    assert missing.status_code == 404


def test_filing_without_a_reason_is_refused_on_the_page(browser: Client) -> None:
    letter = letters.incoming()
    answer = browser.post(reverse("letter-file", args=(letter.pk,)), {"file-reason": ""})
    assert answer.status_code == 422
    assert "Write why nothing has to be done." in answer.content.decode()


def test_a_letter_typed_by_hand_is_registered_with_its_scan(browser: Client) -> None:
    hospital = people.institution()
    answer = browser.post(
        reverse("letter-register"),
        {
            "sender": hospital.pk,
            "subject": "Ağ Arızası",
            "official_number": "E-1-704-9",
            "dated": "2026-11-02",
            "security": "YOK",
            "urgency": "NRM",
            "references": "a yazısı\nb yazısı",
            "uploads": [SimpleUploadedFile("yazi.pdf", PDF, "application/pdf")],
        },
    )
    letter = IncomingLetter.objects.get()
    assert answer["Location"] == letter.get_absolute_url()
    assert (letter.sender, [one["text"] for one in letter.references]) == (hospital, ["a yazısı", "b yazısı"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"subject": ""},
        {"sender_name": ""},
        {"dated": "2031-01-01"},
        {"belge_id": "12"},
        {"sdp_code": "abc"},
        {"urgency": "YYY"},
    ],
)
def test_a_wrong_letter_is_refused_and_what_was_typed_stays(browser: Client, wrong: dict[str, str]) -> None:
    typed = {"sender_name": "Örnek", "subject": "Konu satırı", "security": "YOK", "urgency": "NRM"}
    answer = browser.post(reverse("letter-register"), {**typed, **wrong})
    assert answer.status_code == 422
    assert not IncomingLetter.objects.exists()
    assert ("Konu satırı" in answer.content.decode()) is ("subject" not in wrong)


def test_a_pdf_is_drawn_beside_its_letter_and_nothing_in_it_runs(browser: Client, lead: User) -> None:
    letter = receiving.receive_package(sample("sample-v2.eyp"), by=lead).letter
    assert letter is not None
    cover = letter.cover
    assert cover is not None
    shown = browser.get(reverse("letter-incoming-file", args=(letter.pk, cover.pk)), {"show": "1"})
    assert shown["Content-Disposition"].startswith("inline")
    assert "default-src 'none'" in shown["Content-Security-Policy"]
    assert "script-src" not in shown["Content-Security-Policy"]
    assert (shown["X-Content-Type-Options"], shown["X-Frame-Options"]) == ("nosniff", "SAMEORIGIN")
    macro = next(one for one in letter.annexes if one.file_name.endswith(".docm"))
    kept = browser.get(reverse("letter-incoming-file", args=(letter.pk, macro.pk)), {"show": "1"})
    assert kept["Content-Disposition"].startswith("attachment")
    assert [entry.event for entry in entries_of(letter).order_by("id")][-2:] == ["viewed", "downloaded"]


def test_another_letters_file_is_not_found(browser: Client, lead: User) -> None:
    first = receiving.receive_package(sample("sample-v1.eyp"), by=lead).letter
    second = receiving.receive_package(sample("sample-v2.eyp"), by=lead).letter
    assert first is not None
    assert second is not None
    assert second.cover is not None
    assert browser.get(reverse("letter-incoming-file", args=(first.pk, second.cover.pk))).status_code == 404


def test_the_page_of_a_case_shows_its_letters_to_the_unit_only(browser: Client, lead: User) -> None:
    case = letters.ticket()
    incoming.attach(letters.incoming(subject="Gelen yazının konusu"), case, by=lead)
    address = case.get_absolute_url()
    assert "Gelen yazının konusu" in browser.get(address, {"tab": "letters"}).content.decode()
    applicant = people.person(Role.REQUESTING_UNIT_HEAD, institution=case.applicant_institution)
    page = signed_in_client(applicant).get(address, {"tab": "letters"})
    assert page.status_code == 200
    assert "Gelen yazının konusu" not in page.content.decode()
