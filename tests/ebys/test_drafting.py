"""Letters written from templates and changed until somebody approves them."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from accounts.models import InstitutionKind
from accounts.roles import Role
from ebys.models import Addressee, LetterTemplate, OutgoingAnnex, OutgoingState, Purpose, Security, Urgency
from ebys.paper import entries_of, text_of
from ebys.reference import load_templates
from ebys.services import drafting
from ebys.services.drafting import RecipientEntry
from ebys.workflow import incoming
from processes.errors import NotPermitted, RuleBroken, StaleVersion, WrongState
from processes.models import Subprocess
from tests.accounts import people
from tests.ebys import letters
from tests.processes import sheets

pytestmark = pytest.mark.django_db


def template(**values: object) -> LetterTemplate:
    """A template of 5.3.6."""
    sheets.load()
    defaults = {
        "name": "Deneme",
        "subject": "Bilişim Altyapısı",
        "body": "{basvuru_no} incelendi.\n\nBilgilerinizi",
    }
    return LetterTemplate.objects.create(
        subprocess=Subprocess.objects.get(number="5.3.6"), **{**defaults, **values}
    )


def test_a_draft_is_filled_in_from_the_case() -> None:
    case = letters.ticket()
    letter = drafting.draft_for(case, template(), by=letters.officer())
    assert (letter.subject, letter.body, letter.sdp_code, letter.state) == (
        "Bilişim Altyapısı",
        f"{case.number} incelendi.\n\nBilgilerinizi",
        case.subprocess.sdp_codes[0],
        OutgoingState.DRAFT,
    )
    assert [one.institution for one in letter.recipients.all()] == [case.applicant_institution]


def test_an_answer_cites_the_last_letter_of_its_case() -> None:
    case = letters.ticket()
    by = people.person(Role.IT_LEAD)
    came = incoming.attach(letters.incoming(sender_name="Örnek Hastanesi"), case, by=by)
    letter = drafting.draft_for(case, None, by=by)
    assert letter.answers == came
    assert letter.references == [
        f"Örnek Hastanesinin 02.11.2026 tarihli ve {came.official_number} sayılı yazısı."
    ]


def test_a_template_may_write_to_fixed_institutions() -> None:
    firm = people.institution(InstitutionKind.VENDOR)
    head = people.institution(InstitutionKind.PRESIDENCY)
    text = template(addressee=Addressee.FIXED)
    text.action_recipients.add(firm)
    text.information_recipients.add(firm, head)
    letter = drafting.draft_for(letters.ticket(), text, by=letters.officer())
    assert [(one.institution, one.purpose) for one in letter.recipients.all()] == [
        (firm, Purpose.ACTION),
        (head, Purpose.INFORMATION),
    ]


def test_the_closing_phrase_follows_the_addressees_until_one_is_written() -> None:
    hospital = people.institution()
    ministry = people.institution(InstitutionKind.MINISTRY)
    by = letters.officer()
    letter = letters.outgoing_letter(by=by, recipients=letters.to(hospital))
    assert drafting.closing_of(letter) == "rica ederim."
    both = [RecipientEntry(ministry, purpose=Purpose.INFORMATION), RecipientEntry(hospital)]
    letter = drafting.edit(letter, text_of(letter), by=by, recipients=both)
    assert drafting.closing_of(letter) == "arz ve rica ederim."
    assert [one.institution for one in letter.recipients.all()] == [hospital, ministry]


def test_unchanged_addressees_are_left_alone() -> None:
    by = letters.officer()
    letter = letters.outgoing_letter(by=by)
    before = [one.pk for one in letter.recipients.all()]
    letter = drafting.edit(letter, text_of(letter), by=by, recipients=entries_of(letter))
    assert [one.pk for one in letter.recipients.all()] == before


def test_an_institution_stands_in_the_distribution_once() -> None:
    hospital = people.institution()
    with pytest.raises(RuleBroken, match=r"."):
        letters.outgoing_letter(recipients=letters.to(hospital, hospital))


def test_only_a_draft_is_changed() -> None:
    letter = letters.outgoing_letter(OutgoingState.APPROVED)
    with pytest.raises(WrongState):
        drafting.edit(letter, text_of(letter), by=letter.drafted_by, recipients=[])
    with pytest.raises(WrongState):
        drafting.add_annex(letter, by=letter.drafted_by, title="Liste")


def test_somebody_elses_change_is_not_written_over() -> None:
    by = letters.officer()
    letter = letters.outgoing_letter(by=by)
    drafting.edit(letter, text_of(letter), by=by, recipients=entries_of(letter))
    with pytest.raises(StaleVersion):
        drafting.edit(letter, text_of(letter), by=by, recipients=[], version=letter.version)


@pytest.mark.parametrize("role", [Role.REQUESTING_STAFF, Role.REQUESTING_UNIT_HEAD, Role.MINISTRY_UNIT_HEAD])
def test_people_outside_the_unit_write_no_letters(role: str) -> None:
    with pytest.raises(NotPermitted):
        drafting.draft_for(letters.ticket(), None, by=people.person(role))


def test_annexes_keep_their_order_when_one_is_taken_off() -> None:
    by = letters.officer()
    letter = letters.outgoing_letter(by=by)
    for title in ("Bir", "İki", "Üç"):
        drafting.add_annex(letter, by=by, title=title)
    drafting.remove_annex(OutgoingAnnex.objects.get(title="İki"), by=by)
    assert [(one.position, one.title) for one in letter.annexes.all()] == [(1, "Bir"), (2, "Üç")]


def test_an_annex_takes_its_title_from_its_file() -> None:
    by = letters.officer()
    letter = letters.outgoing_letter(by=by)
    upload = SimpleUploadedFile("arıza listesi.txt", "Ağ".encode())
    annex = drafting.add_annex(letter, by=by, title="", upload=upload)
    assert (annex.title, annex.file_name, annex.kind) == ("arıza listesi", "arıza listesi.txt", "DED")


@pytest.mark.parametrize("subject", ["Ağ Arızası.", "Ağ Arızası:", ""])
def test_a_subject_is_filled_and_ends_without_punctuation(subject: str) -> None:
    with pytest.raises(RuleBroken):
        letters.outgoing_letter(subject=subject)


def test_an_abolished_degree_of_secrecy_is_refused() -> None:
    with pytest.raises(RuleBroken):
        letters.outgoing_letter(security=Security.PRIVATE)


def test_by_a_date_needs_its_date() -> None:
    with pytest.raises(RuleBroken):
        letters.outgoing_letter(urgency=Urgency.BY_DATE)
    letter = letters.outgoing_letter(urgency=Urgency.BY_DATE, answer_by=timezone.localdate())
    assert letter.answer_by == timezone.localdate()


def test_a_template_with_an_unknown_placeholder_is_refused() -> None:
    text = template()
    text.body = "{basvuru_no} {sicil}"
    with pytest.raises(ValidationError) as refused:
        text.full_clean()
    assert "sicil" in str(refused.value.message_dict["body"])


def test_the_first_templates_are_loaded_once() -> None:
    sheets.load()
    assert load_templates() > 0
    assert load_templates() == 0
