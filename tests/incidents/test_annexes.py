"""The list of evidence in letters: enclosed by itself, renewed, left out, and told of when it is older than the evidence."""

from __future__ import annotations

import importlib

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation

from audit.models import Entry
from ebys import remarks
from ebys.models import LetterTemplate, OutgoingLetter
from ebys.reference import load_templates
from ebys.services import drafting
from ebys.workflow import outgoing
from incidents import annexes
from incidents.letter_templates import TEXTS
from incidents.models import Breach, EvidenceAnnex
from incidents.services import evidence
from processes import files
from processes.errors import RuleBroken, WrongState
from tests.accounts.people import signed_in_client
from tests.ebys import letters
from tests.incidents.test_api import program_of
from tests.incidents.test_letters import drafted
from tests.incidents.test_papers import proved, words
from tests.incidents.walking import Team, report, stand_in_for, walked
from tests.processes.records import pdf

__all__ = ["proved"]

TITLE = "Delil listesi ve teslim zinciri"
wording = importlib.import_module("incidents.migrations.0008_judicial_letter_names_the_list")


def of(letter: OutgoingLetter) -> OutgoingLetter:
    return OutgoingLetter.objects.get(pk=letter.pk)


def told(letter: OutgoingLetter) -> str:
    with translation.override("en"):
        remark = remarks.about(of(letter))
        return remark.text if remark else ""


def secured(breach: Breach, team: Team, title: str = "Yedek") -> None:
    evidence.secure(breach, by=team.officer, title=title, place="Kasa")


@pytest.mark.parametrize("step_key", ["refer", "judicial"])
def test_the_letter_is_begun_with_the_list(team: Team, proved: Breach, step_key: str) -> None:
    letter = drafted(proved, team.officer, step_key)

    annex = of(letter).annexes.get()
    assert annex.title == TITLE
    assert annex.file is not None
    with files.open(annex.file) as file:
        assert "Oturum kaydı" in words(file.read())
    assert letter.version == of(letter).version
    assert Entry.objects.filter(event="exported", object_id=str(proved.pk)).exists()


@pytest.mark.parametrize("step_key", ["inform", "notify_board"])
def test_other_letters_take_no_list_by_themselves(team: Team, proved: Breach, step_key: str) -> None:
    letter = drafted(proved, team.officer, step_key)

    assert not letter.annexes.exists()
    assert told(letter) == ""


def test_a_draft_whose_list_is_older_than_the_evidence_says_so_until_it_is_renewed(
    team: Team, proved: Breach
) -> None:
    letter = drafted(proved, team.officer, "judicial")
    first = letter.annexes.get()
    assert told(letter).startswith("The list of evidence is enclosed")
    secured(proved, team)
    browser = signed_in_client(team.officer)

    pages = [letter.get_absolute_url(), f"{letter.get_absolute_url()}edit/", proved.get_dossier_url()]
    before = [browser.get(page).content.decode() for page in pages]
    done = browser.post(f"{proved.get_dossier_url()}evidence-annex/", {"row": letter.pk})
    after = [browser.get(page).content.decode() for page in pages]

    renewed = of(letter).annexes.get()
    assert ["delillerden eski" in page for page in before] == [True, True, True]
    assert ["delillerden eski" in page for page in after] == [False, False, False]
    assert (done.status_code, renewed.pk, renewed.file_id == first.file_id) == (302, first.pk, False)
    assert (letter.annexes.get().evidence_list.pieces, EvidenceAnnex.objects.count()) == (3, 1)


def test_a_hand_over_makes_the_list_older_too(team: Team, proved: Breach) -> None:
    letter = drafted(proved, team.officer, "judicial")

    disk = proved.evidence.get(position=2)
    evidence.hand_over(disk, by=team.officer, giver="Emniyet", receiver="Savcılık", reason="İstendi")

    assert "older than the evidence" in told(letter)


def test_an_approved_letter_says_that_its_list_is_older_and_takes_no_new_one(
    team: Team, proved: Breach
) -> None:
    letter = outgoing.approve(drafted(proved, team.officer, "judicial"), by=team.head)
    secured(proved, team)

    assert "back to draft" in told(letter)
    with pytest.raises(WrongState):
        annexes.enclose(proved, letter, by=team.officer)
    with pytest.raises(WrongState):
        annexes.leave_out(proved, letter, by=team.officer)
    assert letter.annexes.get().evidence_list.pieces == 2


def test_the_list_is_left_out_and_enclosed_again(team: Team, proved: Breach) -> None:
    letter = drafted(proved, team.officer, "judicial")
    browser = signed_in_client(team.officer)
    address = proved.get_dossier_url()

    out = browser.post(f"{address}evidence-leave-out/", {"row": letter.pk})
    without = (of(letter).annexes.count(), told(letter))
    again = browser.post(f"{address}evidence-leave-out/", {"row": letter.pk})
    back = browser.post(f"{address}evidence-annex/", {"row": letter.pk})

    assert [answer.status_code for answer in (out, again, back)] == [302, 404, 302]
    assert without == (0, "The list of evidence is not enclosed in this letter.")
    assert of(letter).annexes.get().title == TITLE


def test_without_evidence_the_letter_says_that_there_is_no_list(team: Team) -> None:
    breach = report(team)

    letter = drafted(breach, team.officer, "judicial")

    assert not letter.annexes.exists()
    assert told(letter).startswith("No evidence was secured yet")
    with pytest.raises(RuleBroken):
        annexes.enclose(breach, letter, by=team.officer)
    with pytest.raises(RuleBroken):
        annexes.leave_out(breach, letter, by=team.officer)


def test_a_letter_of_another_breach_is_not_there(team: Team, proved: Breach) -> None:
    other = letters.outgoing_letter(by=team.officer, case=report(team))
    browser = signed_in_client(team.officer)

    answers = [
        browser.post(f"{proved.get_dossier_url()}{key}/", {"row": other.pk})
        for key in ("evidence-annex", "evidence-leave-out")
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert not other.annexes.exists()


def test_a_letter_that_was_registered_is_not_spoken_of(team: Team, proved: Breach) -> None:
    letter = drafted(walked(proved, team, until="decide"), team.lead, "judicial")
    letter = outgoing.hand_over(outgoing.approve(letter, by=team.head), by=team.lead)
    secured(proved, team)

    assert told(letter) == ""


def test_a_deputy_draws_the_list_up_in_both_names(team: Team, proved: Breach) -> None:
    letter = drafted(proved, stand_in_for(team.lead), "refer")

    listing = letter.annexes.get().evidence_list
    assert (listing.listed_by, listing.listed_for) == (letter.drafted_by, team.lead)


def test_programs_read_which_lists_are_older_and_renew_them(team: Team, proved: Breach) -> None:
    letter = drafted(proved, team.officer, "judicial")
    secured(proved, team)
    program = program_of(team.officer)
    address = f"breaches/{proved.number}/"

    (before,) = program.get(address).json()["evidence_lists"]
    answer = program.post(f"{address}acts/evidence-annex/", {"row": letter.pk})

    (after,) = answer.json()["dossier"]["evidence_lists"]
    assert (before["letter"], before["pieces"], before["is_current"]) == (letter.pk, 2, False)
    assert (after["letter"], after["pieces"], after["is_current"]) == (letter.pk, 3, True)


def test_an_attached_file_of_the_same_name_is_no_list(team: Team, proved: Breach) -> None:
    letter = letters.outgoing_letter(by=team.officer, case=proved)
    upload = SimpleUploadedFile("delil-listesi.pdf", pdf())

    drafting.add_annex(letter, by=team.officer, title=TITLE, upload=upload)

    assert not EvidenceAnnex.objects.exists()


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_the_old_wording_of_the_judicial_letter_becomes_the_new_one(team: Team, ends: str) -> None:
    load_templates()
    template = LetterTemplate.objects.get(subprocess__number="5.3.2", step_key="judicial")
    LetterTemplate.objects.filter(pk=template.pk).update(body=wording.OLD.replace("\n", ends))

    wording.name_the_list(apps, None)
    forwards = LetterTemplate.objects.get(pk=template.pk).body
    wording.as_before(apps, None)
    backwards = LetterTemplate.objects.get(pk=template.pk).body

    shipped = next(text.body for text in TEXTS if text.step_key == "judicial")
    assert (forwards, backwards) == (shipped, wording.OLD)


def test_a_text_the_unit_changed_stays(team: Team) -> None:
    load_templates()
    template = LetterTemplate.objects.get(subprocess__number="5.3.2", step_key="judicial")
    own = wording.OLD.replace("istenildiğinde", "talep hâlinde")
    LetterTemplate.objects.filter(pk=template.pk).update(body=own)
    LetterTemplate.objects.filter(step_key="refer").update(body=wording.OLD)

    wording.name_the_list(apps, None)

    assert LetterTemplate.objects.get(pk=template.pk).body == own
    assert LetterTemplate.objects.get(subprocess__number="5.3.2", step_key="refer").body == wording.OLD
