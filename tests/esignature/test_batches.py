"""Many forms in one letter: collected, registered, printed and posted for all of them or for none."""

from __future__ import annotations

import io

import pytest
from django.utils import timezone
from pypdf import PdfReader

from accounts.roles import Role
from accounts.services import rights
from audit.queries import entries_of
from ebys.models import OutgoingLetter, OutgoingState
from ebys.workflow import outgoing
from esignature import batches, papers, queries, workflow
from esignature.models import Batch, BatchState, Request, State
from processes import files
from processes.errors import NotPermitted, RuleBroken, WrongState
from processes.models import InboxItem
from tests.accounts.people import person, signed_in_client
from tests.esignature.conftest import Team
from tests.esignature.making import received


def forms(team: Team, count: int = 3) -> list[Request]:
    return [received(team.officer, institution=team.hospital) for _form in range(count)]


def collected(team: Team, count: int = 3) -> Batch:
    return batches.collect([one.pk for one in forms(team, count)], by=team.lead, recipient=team.kamusm)


def registered(team: Team, batch: Batch, number: str = "E-70000001-719-40") -> Batch:
    letter = OutgoingLetter.objects.get(pk=batch.letter_id)
    letter = outgoing.approve(letter, by=team.approver)
    outgoing.register(letter, by=team.approver, number=number, dated=timezone.localdate())
    return Batch.objects.get(pk=batch.pk)


def states(batch: Batch) -> set[str]:
    return set(Request.objects.filter(batch=batch).values_list("state", flat=True))


def test_waiting_forms_are_complete_and_on_no_list(team: Team) -> None:
    complete = received(team.officer)
    received(team.officer, complete=False)
    carried = received(team.officer)
    batches.collect([carried.pk], by=team.lead, recipient=team.kamusm)

    assert list(queries.waiting()) == [complete]


def test_the_letter_names_the_number_of_forms_and_carries_their_list(team: Team) -> None:
    batch = collected(team)
    letter = batch.letter
    assert letter is not None
    assert "3 adet" in letter.body
    assert [one.institution for one in letter.recipients.all()] == [team.kamusm]
    (annex,) = letter.annexes.all()
    assert (annex.title, annex.file_name) == ("Talep formu listesi", "form-listesi.pdf")
    assert letter.drafted_by == team.lead


def test_nothing_is_collected_when_one_form_waits_no_longer(team: Team) -> None:
    first, second = forms(team, 2)
    workflow.return_form(second, by=team.officer, return_reason="İmza eksik.")

    with pytest.raises(WrongState):
        batches.collect([first.pk, second.pk], by=team.lead, recipient=team.kamusm)

    assert not Batch.objects.exists()
    assert not OutgoingLetter.objects.exists()


def test_who_does_not_take_the_step_does_not_collect(team: Team) -> None:
    (form,) = forms(team, 1)
    with pytest.raises(NotPermitted):
        batches.collect([form.pk], by=team.officer, recipient=team.kamusm)
    assert not Batch.objects.exists()


def test_a_form_on_a_list_is_neither_returned_nor_written_for_alone(team: Team) -> None:
    batch = collected(team)
    form = queries.listed(batch)[0]

    with pytest.raises(RuleBroken, match="toplu yazının listesinde"):
        workflow.return_form(form, by=team.officer, return_reason="İmza eksik.")
    with pytest.raises(RuleBroken, match="toplu yazının listesinde"):
        workflow.write_letter(form, by=team.lead, letter_number="E-1")


def test_the_registration_writes_for_every_form_in_the_collectors_name(team: Team) -> None:
    batch = registered(team, collected(team))

    assert (batch.state, states(batch)) == (BatchState.REGISTERED, {State.WRITTEN})
    told = (
        Request.objects.filter(batch=batch).order_by().values_list("letter_number", "letter_date").distinct()
    )
    assert list(told) == [("E-70000001-719-40", timezone.localdate())]
    for form in queries.listed(batch):
        entry = entries_of(form)[0]
        assert (entry.step, entry.actor) == ("write_letter", team.lead)


def test_no_form_is_written_for_when_the_collector_may_no_longer(team: Team) -> None:
    batch = collected(team)
    second = person(Role.IT_LEAD, username="second_lead")
    rights.revoke(team.lead.grants.get(), by=person(Role.UNIT_HEAD), reason="Görev yeri değişti.")

    batch = registered(team, batch)

    assert (batch.state, states(batch)) == (BatchState.DRAFTED, {State.RECEIVED})
    assert InboxItem.objects.filter(user=second, path=batch.get_absolute_url()).exists()
    done = batches.register(batch, by=second)
    assert (done.state, states(done)) == (BatchState.REGISTERED, {State.WRITTEN})


def test_nothing_is_registered_before_ebys_did(team: Team) -> None:
    batch = collected(team)
    with pytest.raises(WrongState):
        batches.register(batch, by=team.lead)
    assert states(batch) == {State.RECEIVED}


def test_the_batch_is_printed_and_posted_as_a_whole(team: Team) -> None:
    batch = batches.printed(registered(team, collected(team)), by=team.officer)

    batch = batches.post(batch, by=team.officer, parcel="RR123456789TR")

    assert (batch.state, states(batch)) == (BatchState.POSTED, {State.POSTED})
    assert set(Request.objects.values_list("parcel", flat=True)) == {"RR123456789TR"}


def test_nothing_is_posted_when_one_form_cannot_be(team: Team) -> None:
    batch = registered(team, collected(team))
    alone = queries.listed(batch)[1]
    workflow.post(alone, by=team.officer, parcel="RR9")

    with pytest.raises(WrongState):
        batches.post(batch, by=team.officer, parcel="RR123456789TR")

    batch.refresh_from_db()
    assert (batch.state, batch.parcel) == (BatchState.REGISTERED, "")
    assert states(batch) == {State.WRITTEN, State.POSTED}


def test_a_form_is_taken_off_the_list_before_the_registration(team: Team) -> None:
    batch = collected(team)
    letter = batch.letter
    assert letter is not None
    carrier = Request.objects.get(pk=letter.case_id)
    before = letter.annexes.get().file_id

    batches.take_out([carrier], by=team.officer, reason="Form sahibi vazgeçti.")

    letter = OutgoingLetter.objects.get(pk=letter.pk)
    assert carrier.pk not in {one.pk for one in queries.listed(batch)}
    assert letter.case_id in {one.pk for one in queries.listed(batch)}
    assert "2 adet" in letter.body
    assert letter.annexes.get().file_id != before
    entry = entries_of(carrier)[0]
    assert (entry.event, entry.reason) == ("taken_out_of_batch", "Form sahibi vazgeçti.")


def test_the_list_of_a_registered_letter_stays(team: Team) -> None:
    batch = registered(team, collected(team))
    with pytest.raises(WrongState):
        batches.take_out(queries.listed(batch)[:1], by=team.officer, reason="Geç kaldı.")
    with pytest.raises(WrongState):
        batches.dissolve(batch, by=team.officer, reason="Geç kaldı.")


def test_an_approved_letter_goes_back_to_draft_first(team: Team) -> None:
    batch = collected(team)
    outgoing.approve(OutgoingLetter.objects.get(pk=batch.letter_id), by=team.approver)
    with pytest.raises(WrongState, match="onaylandı"):
        batches.take_out(queries.listed(batch)[:1], by=team.officer, reason="Vazgeçti.")


def test_a_dissolved_batch_lets_its_forms_wait_again(team: Team) -> None:
    batch = batches.dissolve(collected(team), by=team.officer, reason="Kurye gelmiyor.")

    assert batch.state == BatchState.DISSOLVED
    assert OutgoingLetter.objects.get(pk=batch.letter_id).state == OutgoingState.DISCARDED
    assert queries.waiting().count() == 3


def test_the_form_of_a_letter_discarded_elsewhere_waits_again(team: Team) -> None:
    batch = collected(team, 1)
    outgoing.discard(OutgoingLetter.objects.get(pk=batch.letter_id), by=team.officer, reason="Yanlış alıcı.")

    again = batches.collect(
        list(queries.waiting().values_list("pk", flat=True)), by=team.lead, recipient=team.kamusm
    )

    assert states(again) == {State.RECEIVED}
    assert Request.objects.filter(batch=batch).count() == 0


def test_a_parcel_number_is_no_pin(team: Team) -> None:
    batch = registered(team, collected(team))
    with pytest.raises(RuleBroken) as refused:
        batches.post(batch, by=team.officer, parcel="PIN: 4821")
    assert set(refused.value.fields) == {"parcel"}


def read(content: bytes) -> str:
    """The text of a printed paper, in one line."""
    return " ".join(
        "".join(page.extract_text() + "\n" for page in PdfReader(io.BytesIO(content)).pages).split()
    )


def test_the_list_is_the_very_annex_of_the_letter(team: Team) -> None:
    batch = collected(team)
    assert batch.letter is not None
    annex = batch.letter.annexes.get()
    assert annex.file is not None

    kept = files.open(annex.file).read()
    assert papers.list_file(batch) == kept

    taken = queries.listed(batch)[0]
    batches.take_out([taken], by=team.lead, reason="Sahibi vazgeçti.")
    text = read(papers.list_file(Batch.objects.get(pk=batch.pk)))
    assert taken.number not in text
    assert queries.listed(batch)[0].number in text


def test_the_parcel_carries_the_postal_address_or_a_line_to_write_it_on(team: Team) -> None:
    batch = collected(team)
    assert "Adres:" in read(papers.labels_of(batch))
    assert papers.without_address(batch, queries.listed(batch)) == [team.kamusm.name, team.hospital.name]

    for place, address in (
        (team.kamusm, "Örnek Cad. 7, Örnekova"),
        (team.hospital, "Çınar Sok. 1, Örnekova"),
    ):
        place.address = address
        place.save()

    text = read(papers.labels_of(Batch.objects.get(pk=batch.pk)))
    assert text.count("Örnek Cad. 7") == 1
    assert text.count("Çınar Sok. 1") == 3
    assert "Adres:" not in text
    assert papers.without_address(Batch.objects.get(pk=batch.pk), queries.listed(batch)) == []


def test_the_page_says_which_institutions_have_no_address(team: Team) -> None:
    batch = collected(team)
    page = signed_in_client(team.lead).get(batch.get_absolute_url()).content.decode()

    assert "2 kurumun etiketinde posta adresi yok" in page
    assert f"<li>{team.kamusm.name}</li>" in page
