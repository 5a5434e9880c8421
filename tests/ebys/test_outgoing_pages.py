"""The pages of letters of ours: drafted, looked at, approved, handed over."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from ebys.models import OutgoingLetter, OutgoingState
from tests.accounts.people import signed_in_client
from tests.ebys import letters
from tests.ebys.letters import saved

pytestmark = pytest.mark.django_db


def draft_form(letter: OutgoingLetter, **changes: str) -> dict[str, str]:
    """The edit form as the page shows it."""
    institution = letter.recipients.get().institution
    assert institution is not None
    return {
        "subject": letter.subject,
        "body": letter.body,
        "references": "",
        "closing": "",
        "sdp_code": letter.sdp_code,
        "security": "YOK",
        "urgency": "NRM",
        "answer_by": "",
        "signatory_name": "",
        "signatory_title": "",
        "version": str(letter.version),
        "to-TOTAL_FORMS": "1",
        "to-INITIAL_FORMS": "0",
        "to-MIN_NUM_FORMS": "0",
        "to-MAX_NUM_FORMS": "60",
        "to-0-institution": str(institution.pk),
        "to-0-purpose": "GRG",
        **changes,
    }


def test_a_letter_of_ours_stays_within_its_questions(
    browser: Client, django_assert_max_num_queries: Any
) -> None:
    letter = letters.outgoing_letter(OutgoingState.APPROVED)
    browser.get(letter.get_absolute_url())
    with django_assert_max_num_queries(12):
        browser.get(letter.get_absolute_url())


def test_a_letter_goes_from_its_case_to_its_registration(browser: Client, lead: User) -> None:
    case = letters.ticket()
    officer = letters.officer()
    writer = signed_in_client(officer)
    begun = writer.post(reverse("letter-draft"), {"case": case.number, "template": ""})
    letter = OutgoingLetter.objects.get()
    assert begun["Location"] == reverse("letter-edit", args=(letter.pk,))

    form = draft_form(letter, body="Giderilmiştir.\n\nBilgilerinizi", references="Bir yazı.\nİki yazı.")
    writer.post(reverse("letter-edit", args=(letter.pk,)), form)
    own = writer.post(reverse("letter-approve", args=(letter.pk,)))
    assert own.status_code == 403

    browser.post(reverse("letter-approve", args=(letter.pk,)))
    browser.post(reverse("letter-hand-over", args=(letter.pk,)))
    today = timezone.localdate().isoformat()
    browser.post(reverse("letter-number", args=(letter.pk,)), {"number": "E-1-704-77", "dated": today})
    letter.refresh_from_db()
    assert (letter.state, letter.official_number, letter.references) == (
        OutgoingState.REGISTERED,
        "E-1-704-77",
        ["Bir yazı.", "İki yazı."],
    )


def test_the_preview_shows_what_is_typed_before_it_is_saved(browser: Client) -> None:
    letter = letters.outgoing_letter()
    form = draft_form(letter, subject="Yeni Konu", body="Yeni <b>metin</b>.", urgency="XXX")
    page = browser.post(reverse("letter-preview", args=(letter.pk,)), form).content.decode()
    assert "Yeni Konu" in page
    assert "Yeni &lt;b&gt;metin&lt;/b&gt;." in page
    assert "Rica ederim." in page
    letter.refresh_from_db()
    assert letter.subject == "Ağ Bağlantı Arızası"


@pytest.mark.parametrize(
    "wrong", [{"subject": "Nokta."}, {"sdp_code": "7"}, {"urgency": "GNL"}, {"to-0-person_name": "Ali Veli"}]
)
def test_a_wrong_draft_is_refused_and_what_was_typed_stays(browser: Client, wrong: dict[str, str]) -> None:
    letter = letters.outgoing_letter()
    answer = browser.post(
        reverse("letter-edit", args=(letter.pk,)), draft_form(letter, body="Korunan metin", **wrong)
    )
    assert answer.status_code == 422
    assert "Korunan metin" in answer.content.decode()


def test_a_draft_changed_meanwhile_is_not_written_over(browser: Client) -> None:
    letter = letters.outgoing_letter()
    form = draft_form(letter)
    browser.post(reverse("letter-edit", args=(letter.pk,)), form)
    answer = browser.post(reverse("letter-edit", args=(letter.pk,)), {**form, "body": "Ezilmesin"})
    assert answer.status_code == 412
    assert "Ezilmesin" in answer.content.decode()


def test_an_approved_letter_is_not_edited(browser: Client) -> None:
    letter = letters.outgoing_letter(OutgoingState.APPROVED)
    assert browser.get(reverse("letter-edit", args=(letter.pk,))).status_code == 409


def test_annexes_are_added_and_taken_off(browser: Client) -> None:
    letter = letters.outgoing_letter()
    upload = SimpleUploadedFile("liste.txt", b"Liste")
    browser.post(reverse("letter-annex-add", args=(letter.pk,)), {"title": "Liste", "upload": upload})
    annex = letter.annexes.get()
    answer = browser.get(reverse("letter-annex", args=(letter.pk, annex.pk)))
    assert saved(answer) == b"Liste"
    browser.post(reverse("letter-annex-remove", args=(letter.pk, annex.pk)))
    assert not letter.annexes.exists()


def test_pdf_and_package_are_named_after_the_document(browser: Client) -> None:
    letter = letters.outgoing_letter()
    for name, ending in (("letter-pdf", "pdf"), ("letter-eyp", "eyp")):
        answer = browser.get(reverse(name, args=(letter.pk,)))
        assert f'filename="{str(letter.belge_id).upper()}.{ending}"' in answer["Content-Disposition"]
        assert answer["Cache-Control"] == "private, no-store"


def test_the_field_sheet_offers_each_field_for_copying(browser: Client) -> None:
    letter = letters.outgoing_letter()
    page = browser.get(reverse("letter-fields", args=(letter.pk,))).content.decode()
    assert f'data-copy="{letter.subject}"' in page


@pytest.mark.parametrize("state", OutgoingState.values)
def test_every_state_has_its_tab(browser: Client, state: str) -> None:
    letter = letters.outgoing_letter(state)
    page = browser.get(reverse("letters-outgoing"), {"state": state}).content.decode()
    assert letter.subject in page
