"""What the trail tells of a change: once, in the change's own transaction, with step, reason and people."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Institution, User
from audit import trail
from audit.context import acting, because, signed_in
from audit.models import Entry
from audit.queries import entries_of
from helpdesk.models import State, Ticket
from processes.models import Case, Channel, Definition, StepDefinition, Subprocess
from tests.audit.people import somebody


@pytest.fixture(autouse=True)
def tracked(db: None) -> None:
    for model in (Institution, User, Ticket):
        if not trail.is_tracked(model):
            trail.track(model)


def told(entry: Entry) -> dict[str, Any]:
    """What an entry says of the columns."""
    assert entry.changes is not None
    return entry.changes


def hospital(**values: Any) -> Institution:
    name = values.pop("name", "Örnekova Devlet Hastanesi")
    return Institution.objects.create(
        name=name, name_dative="ÖRNEKOVA DEVLET HASTANESİNE", kind="state_hospital", **values
    )


def ticket() -> Ticket:
    subprocess, _made = Subprocess.objects.get_or_create(number="5.3.6", defaults={"code": "helpdesk"})
    definition = Definition.objects.create(
        subprocess=subprocess,
        edition=99,
        name="Altyapı",
        main_process="a",
        process="b",
        owner="c",
        repeats="d",
        period="e",
    )
    step = StepDefinition.objects.create(
        definition=definition,
        position=1,
        number="5.3.6.2",
        key="assess",
        name="Değerlendirilmesi",
        short_name="Değerlendirme",
        roles=["it_lead"],
        planned_days=1,
    )
    return Ticket.objects.create(
        number="5.3.6/2026/000001",
        subprocess=subprocess,
        definition=definition,
        state=State.REPORTED,
        title="Yazıcı çalışmıyor",
        channel=Channel.TELEPHONE,
        step=step,
    )


def test_an_addition_tells_what_was_filled() -> None:
    place = hospital(district="Merkez")
    entry = entries_of(place).get()
    assert (entry.action, entry.event, entry.object_repr) == (Entry.Action.CREATE, "created", place.name)
    assert told(entry)["district"] == [None, "Merkez"]
    assert told(entry)["is_active"] == [None, True]
    assert not {"id", "phone", "parent", "sort_key", "search_key"} & set(told(entry))


def test_a_change_tells_before_and_after_and_nothing_else() -> None:
    parent = hospital(name="Başhekimlik")
    place = hospital()
    place.district, place.parent = "Merkez", parent
    place.save()
    assert entries_of(place)[0].changes == {"district": ["", "Merkez"], "parent": [None, parent.pk]}


def test_saving_without_a_change_tells_nothing() -> None:
    place = hospital()
    place.save()
    assert entries_of(place).count() == 1


def test_columns_that_were_not_saved_are_not_told() -> None:
    place = hospital()
    place.district, place.phone = "Merkez", "0312 000 00 00"
    place.save(update_fields=["district"])
    assert set(told(entries_of(place)[0])) == {"district"}


def test_a_removal_tells_what_was_lost() -> None:
    place = hospital(district="Merkez")
    key = place.pk
    place.delete()
    entry = Entry.objects.get(object_pk=str(key), event="removed")
    assert told(entry)["district"] == ["Merkez", None]


def test_a_bulk_removal_tells_each_record() -> None:
    keys = {str(hospital(name=f"Hastane {number}").pk) for number in range(3)}
    Institution.objects.filter(pk__in=keys).delete()
    assert set(Entry.objects.filter(event="removed").values_list("object_pk", flat=True)) == keys


def test_a_secret_is_told_only_as_changed() -> None:
    person = somebody()
    person.set_password("another-test-2026")
    person.save()
    entry = entries_of(person)[0]
    assert told(entry)["password"] == ["•••", "•••"]
    assert "another" not in entry.canon


def test_signing_in_is_no_change_of_the_person() -> None:
    person = somebody()
    person.last_login = timezone.now()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        person.save(update_fields=["last_login"])
    assert len(queries) == 1
    assert entries_of(person).count() == 1


def test_step_reason_and_both_people_are_named() -> None:
    deputy, lender = somebody("vekil"), somebody("asil")
    with signed_in(deputy), because(step="assess", reason="Kablo kopuk", on_behalf_of=lender):
        place = hospital()
    entry = entries_of(place).get()
    assert (entry.actor, entry.on_behalf_of, entry.step, entry.reason) == (
        deputy,
        lender,
        "assess",
        "Kablo kopuk",
    )


def test_a_child_and_its_parent_row_are_one_entry() -> None:
    case = ticket()
    entry = entries_of(case).get()
    assert entry.content_type.model_class() is Ticket
    assert told(entry)["title"] == [None, "Yazıcı çalışmıyor"]
    assert told(entry)["priority"] == [None, 3]
    assert "search" not in told(entry)


def test_the_trail_of_the_parent_is_the_trail_of_the_child() -> None:
    case = ticket()
    assert entries_of(Case.objects.get(pk=case.pk)).get() == entries_of(case).get()


def test_the_trails_of_several_records_come_together() -> None:
    first, second = hospital(name="Birinci"), hospital(name="İkinci")
    assert [entry.object_repr for entry in entries_of(first, second)] == ["İkinci", "Birinci"]


def test_the_trail_of_nothing_is_empty() -> None:
    hospital()
    assert not entries_of().exists()


def test_a_record_held_under_its_lock_is_not_read_again() -> None:
    pk = ticket().pk
    with transaction.atomic():
        locked = Ticket.objects.select_for_update().defer("search").get(pk=pk)
        trail.hold(locked)
        locked.state, locked.finding = State.ASSESSED, "Kablo kopuk"
        with CaptureQueriesContext(connection) as queries:
            locked.save()
    assert [query["sql"].split()[0] for query in queries] == ["UPDATE", "UPDATE", "INSERT"]
    assert entries_of(locked)[0].changes == {
        "state": ["reported", "assessed"],
        "finding": ["", "Kablo kopuk"],
    }


def test_another_record_is_read_once() -> None:
    case = ticket()
    case.finding = "Kablo kopuk"
    with CaptureQueriesContext(connection) as queries:
        case.save()
    assert [query["sql"].split()[0] for query in queries] == ["SELECT", "UPDATE", "UPDATE", "INSERT"]


def test_a_second_save_is_compared_with_the_first() -> None:
    with transaction.atomic():
        locked = Ticket.objects.select_for_update().get(pk=ticket().pk)
        trail.hold(locked)
        locked.finding = "Kablo kopuk"
        locked.save()
        locked.finding = "Kablo değişecek"
        locked.save()
    assert entries_of(locked)[0].changes == {"finding": ["Kablo kopuk", "Kablo değişecek"]}


def test_a_list_changed_in_place_is_noticed() -> None:
    case = ticket()
    step = case.step
    assert step is not None
    trail.track(StepDefinition)
    with transaction.atomic():
        held = StepDefinition.objects.select_for_update().get(pk=step.pk)
        trail.hold(held)
        held.roles.append("it_officer")
        held.save()
    assert entries_of(held)[0].changes == {"roles": [["it_lead"], ["it_lead", "it_officer"]]}


def test_an_event_is_told_with_its_circumstances() -> None:
    person, place = somebody(), hospital()
    with acting(by=person, address="192.0.2.7", request_id="ebys-2026-000123"):
        trail.record(place, "viewed", reason="yerinde denetim")
    entry = entries_of(place)[0]
    assert (entry.action, entry.event, entry.reason, entry.changes) == (
        Entry.Action.ACCESS,
        "viewed",
        "yerinde denetim",
        None,
    )
    assert (entry.actor, entry.remote_addr, entry.cid) == (person, "192.0.2.7", "ebys-2026-000123")


def test_an_event_may_be_about_a_whole_list() -> None:
    entry = trail.record(Institution, "exported", {"rows": 25})
    assert (entry.object_pk, entry.object_repr, entry.changes) == ("", "", {"rows": 25})


def test_many_records_are_told_in_one_statement() -> None:
    places = [hospital(name=f"Hastane {number}") for number in range(20)]
    with CaptureQueriesContext(connection) as queries:
        trail.record_many(places, "moved", {"district": ["", "Merkez"]})
    assert len(queries) == 1
    assert Entry.objects.filter(event="moved").count() == 20


def test_outside_a_request_a_refusal_is_told_at_once() -> None:
    place = hospital()
    trail.refused(place, "wrong-state")
    assert entries_of(place)[0].changes == {"code": "wrong-state"}


def test_what_is_taken_back_is_not_told() -> None:
    with transaction.atomic():
        hospital()
        transaction.set_rollback(True)
    assert (Institution.objects.count(), Entry.objects.count()) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_a_tracked_record_is_saved_only_inside_a_transaction() -> None:
    with pytest.raises(transaction.TransactionManagementError, match="Institution"):
        hospital()
    assert Institution.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_save_that_fails_tells_nothing() -> None:
    with transaction.atomic():
        hospital(detsis_no="12345678")
    with pytest.raises(Exception, match="institution_detsis_unique"), transaction.atomic():
        hospital(detsis_no="12345678")
    assert Entry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_row_and_entry_carry_the_same_transaction() -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        place = hospital()
        cursor.execute("SELECT xmin::text::bigint FROM accounts_institution WHERE id = %s", [place.pk])
        (xmin,) = cursor.fetchone()
    assert (entries_of(place).get().xid or 0) % 2**32 == xmin


def test_nothing_a_visitor_sends_keeps_an_entry_from_being_written() -> None:
    entry = trail.record(Institution, "exported", {"for\x00mat": "a\x00b\ud800"}, reason="a\x00b\ud800")
    entry.refresh_from_db()
    assert (entry.reason, entry.changes) == ("a\ufffdb?", {"for\ufffdmat": "a\ufffdb?"})


def test_a_look_is_told_once_a_quarter_of_an_hour_and_person(db: None) -> None:
    record, reader, other = somebody("kayit"), somebody("okur"), somebody("baska")
    for looker in (reader, reader, other):
        with acting(by=looker):
            trail.seen(record)
    looks = Entry.objects.filter(event="viewed", object_pk=str(record.pk)).order_by("id")
    assert list(looks.values_list("actor__username", flat=True)) == ["okur", "baska"]


@pytest.mark.django_db(transaction=True)
def test_a_look_that_was_taken_back_silences_no_other() -> None:
    with transaction.atomic():
        record, reader = somebody("kayit"), somebody("okur")
    with acting(by=reader):
        with transaction.atomic():
            trail.seen(record)
            transaction.set_rollback(True)
        trail.seen(record)
        trail.seen(record)

    assert Entry.objects.filter(event="viewed", object_pk=str(record.pk)).count() == 1
