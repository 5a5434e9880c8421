"""Who knows of a confidential case: the named roles, those let in by name, and nobody else."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from accounts.models import User
from accounts.roles import CONFIDENTIAL_STAFF, UNIT_STAFF, Role
from audit.models import Entry
from audit.queries import entries_of, readable_by
from ebys.models import IncomingLetter, ServiceAccount
from ebys.workflow import incoming
from helpdesk import workflow
from helpdesk.models import Ticket
from processes import digest, inbox
from processes.case_page import CasePage
from processes.errors import NotFound, NotPermitted, RuleBroken
from processes.models import Case, CaseInsider, InboxItem
from processes.models.case import apart_from_hidden
from processes.queries import case_for
from processes.rooms import room_for
from processes.services import cases, files, insiders, notes
from processes.services.sight import sees
from tests.accounts.people import person, signed_in_client
from tests.ebys import letters
from tests.ebys.api.calling import Caller, key_of
from tests.engine.cast import Cast, assemble
from tests.laying import laid
from tests.processes.records import pdf


@laid
def cast() -> Cast:
    return assemble()


def secret(cast: Cast) -> Ticket:
    """A request of the requesting staff member that its room keeps confidential."""
    ticket = workflow.report(
        by=cast[Role.HIS_OFFICER], title="Gizlenen olay", applicant=cast[Role.REQUESTING_STAFF]
    )
    Case.objects.filter(pk=ticket.pk).update(is_confidential=True)
    return Ticket.objects.get(pk=ticket.pk)


def let_in(case: Case, someone: User, by: User) -> CaseInsider:
    return CaseInsider.objects.create(case_id=case.pk, person=someone, added_by=by, reason="İnceliyor")


def knowing(case: Case, people: dict[str, User]) -> set[str]:
    return {name for name, someone in people.items() if sees(case, someone)}


def test_only_the_named_roles_know_of_a_confidential_case(cast: Cast) -> None:
    open_one = workflow.report(
        by=cast[Role.IT_OFFICER], title="Yazıcı arızası", applicant=cast[Role.REQUESTING_STAFF]
    )
    asking = {Role.REQUESTING_STAFF, Role.REQUESTING_UNIT_HEAD}
    assert knowing(open_one, dict(cast)) == UNIT_STAFF | asking
    assert knowing(secret(cast), dict(cast)) == CONFIDENTIAL_STAFF


@pytest.mark.parametrize("who", [Role.IT_OFFICER, Role.REQUESTING_UNIT_HEAD, Role.MINISTRY_UNIT_HEAD])
def test_a_person_let_in_knows_of_that_case_and_of_no_other(cast: Cast, who: str) -> None:
    one, other = secret(cast), secret(cast)
    let_in(one, cast[who], by=cast[Role.HIS_LEAD])
    assert [case.pk for case in Case.objects.visible_to(cast[who])] == [one.pk]
    assert not sees(other, cast[who])
    assert set(Case.objects.hidden_from(cast[who])) == {Case.objects.get(pk=other.pk)}


def test_a_sight_that_ended_is_none(cast: Cast) -> None:
    case = secret(cast)
    admission = let_in(case, cast[Role.IT_LEAD], by=cast[Role.HIS_LEAD])
    assert sees(case, cast[Role.IT_LEAD])
    CaseInsider.objects.filter(pk=admission.pk).update(
        removed_at=case.opened_at, removed_by=cast[Role.HIS_LEAD], removal_reason="Bitti"
    )
    assert not sees(case, cast[Role.IT_LEAD])


@pytest.mark.parametrize("who", Role.values)
def test_what_hangs_on_a_case_is_hidden_with_it(cast: Cast, who: str) -> None:
    """The condition written out for every page says what `hidden_from` says."""
    one, other = secret(cast), secret(cast)
    known = workflow.report(by=cast[Role.IT_OFFICER], title="Yazıcı", applicant=cast[Role.REQUESTING_STAFF])
    let_in(one, cast[Role.IT_LEAD], by=cast[Role.HIS_LEAD])
    reader = cast[Role.HIS_LEAD]
    InboxItem.objects.bulk_create(
        InboxItem(user=reader, case_id=case.pk if case else None, text="x")
        for case in (one, other, known, None)
    )
    hidden = set(Case.objects.hidden_from(cast[who]).values_list("pk", flat=True))
    shown = InboxItem.objects.filter(apart_from_hidden(cast[who]), user=reader)
    assert set(shown.values_list("case_id", flat=True)) == {one.pk, other.pk, known.pk, None} - hidden
    unknown = {other.pk} if who == Role.IT_LEAD else {one.pk, other.pk}
    assert hidden == (set() if who in CONFIDENTIAL_STAFF else unknown)


def plan(rows: Any) -> str:
    sql, values = rows.query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")  # as with many rows
        cursor.execute(f"EXPLAIN {sql}", values)
        return "\n".join(line for (line,) in cursor.fetchall())


def test_the_open_queue_is_still_read_from_its_index_and_the_admissions_once(cast: Cast) -> None:
    """One small question beforehand (InitPlan), and a condition on the row: no question per row, no list of keys."""
    secret(cast)
    rows = Case.objects.visible_to(cast[Role.IT_OFFICER]).open().order_by("queue_at", "pk")[:25]
    told = plan(rows)
    assert "case_open_queue" in told
    assert "InitPlan" in told
    assert "SubPlan" not in told
    outsider = person(Role.REQUESTING_STAFF, username="outsider")
    told = plan(Case.objects.visible_to(outsider).order_by("-opened_at", "-pk")[:25])
    assert "Seq Scan on processes_case " not in told


def told(user: User) -> list[str]:
    return [inbox.sentence(item) for item in inbox.items_of(user)]


def test_letting_in_and_ending_it_are_told_and_audited_with_their_reasons(cast: Cast) -> None:
    case, lead, officer = secret(cast), cast[Role.HIS_LEAD], cast[Role.IT_OFFICER]
    insiders.admit(case, officer, by=lead, reason="Kayıtları inceleyecek")
    assert sees(case, officer)
    assert told(officer) == [f"{case.number} numaralı gizli kayda alındınız."]
    cases.assign(case, by=lead, to=officer)
    insiders.remove(case, officer, by=lead, reason="İnceleme bitti")
    assert not sees(case, officer)
    assert told(officer) == ["Gizli bir kaydı görmeniz sona erdi."]
    assert inbox.unread_count(officer) == 1
    assert Case.objects.get(pk=case.pk).assignee is None
    entries = {entry.event: entry.reason for entry in entries_of(case) if entry.event != "changed"}
    assert entries["person_admitted"] == "Kayıtları inceleyecek"
    assert entries["sight_ended"] == "İnceleme bitti"
    ended = CaseInsider.objects.get()
    assert (ended.removed_by, ended.removal_reason) == (lead, "İnceleme bitti")
    insiders.admit(case, officer, by=lead, reason="Yeniden")
    assert sees(case, officer)


def test_who_may_be_let_in_and_by_whom(cast: Cast) -> None:
    case, lead = secret(cast), cast[Role.HIS_LEAD]
    officer, other = cast[Role.IT_OFFICER], cast[Role.IT_LEAD]
    with pytest.raises(NotFound):
        insiders.admit(case, other, by=officer, reason="Merak")
    with pytest.raises(RuleBroken, match=r"[Gg]erekçe"):
        insiders.admit(case, officer, by=lead, reason="  ")
    with pytest.raises(RuleBroken, match="durumunu izler"):
        insiders.admit(case, cast[Role.REQUESTING_STAFF], by=lead, reason="Kendi bildirimi")
    with pytest.raises(RuleBroken, match="zaten"):
        insiders.admit(case, cast[Role.UNIT_HEAD], by=lead, reason="Başkan")
    insiders.admit(case, officer, by=lead, reason="İnceliyor")
    with pytest.raises(RuleBroken, match="zaten"):
        insiders.admit(case, officer, by=lead, reason="İnceliyor")
    with pytest.raises(NotPermitted):
        insiders.admit(case, other, by=officer, reason="Yardım")
    plain = workflow.report(by=officer, title="Yazıcı", applicant=cast[Role.REQUESTING_STAFF])
    with pytest.raises(RuleBroken, match="gizli değil"):
        insiders.admit(plain, other, by=lead, reason="Gerek yok")


def test_who_does_not_know_of_it_is_not_told_is_not_given_it_and_takes_no_step(cast: Cast) -> None:
    case, lead, officer = secret(cast), cast[Role.HIS_LEAD], cast[Role.IT_OFFICER]
    notes.write(case, by=lead, text="Başvurana", internal=False)
    inbox.tell(cast.values(), case, "A letter was added to %(number)s.")
    assert {item.user for item in InboxItem.objects.all()} == {cast[role] for role in CONFIDENTIAL_STAFF}
    with pytest.raises(RuleBroken, match="kayda alın"):
        cases.assign(case, by=lead, to=officer)
    with pytest.raises(NotFound):
        cases.pause(case, by=officer, reason="Bekliyor")
    with pytest.raises(NotFound):
        workflow.assess(case, by=officer, finding="Kablo kopuk.")
    with pytest.raises(RuleBroken, match="devredilmez"):
        cases.hand_over(case, "5.3.7", by=lead)


def test_messages_and_the_mail_forget_a_case_that_became_hidden(cast: Cast, mailoutbox: list[Any]) -> None:
    case, officer = secret(cast), cast[Role.IT_OFFICER]
    User.objects.filter(pk=officer.pk).update(email="gorevli@example.org")
    admission = let_in(case, officer, by=cast[Role.HIS_LEAD])
    inbox.tell([officer], case, "A letter was added to %(number)s.")
    item = InboxItem.objects.get(user=officer)
    CaseInsider.objects.filter(pk=admission.pk).delete()
    assert (told(officer), inbox.unread_count(officer)) == ([], 0)
    browser = signed_in_client(officer)
    assert case.number not in browser.get("/inbox/").content.decode()
    assert browser.get(f"/inbox/{item.pk}/").status_code == 404

    class Asked:
        payload = {"user": officer.pk}
        key = "digest:1"

    digest.send(Asked)  # type: ignore[arg-type]  # what the outbox hands over has these two
    assert mailoutbox == []


def test_a_link_with_a_hidden_case_is_shown_to_those_who_know_of_both(cast: Cast) -> None:
    hidden, lead, officer = secret(cast), cast[Role.HIS_LEAD], cast[Role.IT_OFFICER]
    plain = workflow.report(by=officer, title="Yazıcı", applicant=cast[Role.REQUESTING_STAFF])
    joined = cases.link(plain, hidden, by=lead)

    def links(user: User) -> list[str]:
        return [link.number for link in CasePage(case_for(user, plain.number), user).links]

    assert links(lead) == [hidden.number]
    assert links(officer) == links(cast[Role.REQUESTING_STAFF]) == []
    answer = signed_in_client(officer).post(f"/cases/{plain.number}/unlink/{joined.pk}/")
    assert answer.status_code == 404
    assert hidden.number not in answer.content.decode()


def test_the_page_says_who_knows_and_lets_people_in(cast: Cast) -> None:
    case, officer = secret(cast), cast[Role.IT_OFFICER]
    browser = signed_in_client(cast[Role.UNIT_HEAD])
    page = f"/cases/{case.number}/insiders/"
    assert "gizli" in browser.get(f"/cases/{case.number}/").content.decode()
    assert browser.post(page, {"person": officer.pk, "reason": ""}).status_code == 422
    assert browser.post(page, {"person": officer.pk, "reason": "İnceliyor"}).status_code == 302
    text = browser.get(f"/cases/{case.number}/").content.decode()
    assert officer.full_name in text
    assert "İnceliyor" in text
    inside = signed_in_client(officer)
    assert "Birini kayda al" not in inside.get(f"/cases/{case.number}/").content.decode()
    assert inside.get(page).status_code == 403
    end = f"{page}{CaseInsider.objects.get().pk}/end/"
    assert browser.post(end, {"reason": "Bitti"}).status_code == 302
    assert inside.get(f"/cases/{case.number}/").status_code == 404


def test_entries_about_a_hidden_case_and_what_hangs_on_it_are_not_read(cast: Cast) -> None:
    hidden, lead, auditor = secret(cast), cast[Role.HIS_LEAD], cast[Role.IT_LEAD]
    plain = workflow.report(by=lead, title="Yazıcı", applicant=cast[Role.REQUESTING_STAFF])
    notes.write(hidden, by=lead, text="İçeriden", internal=True)
    notes.write(plain, by=lead, text="Arandı", internal=True)
    cases.link(plain, hidden, by=lead)
    files.attach(hidden, by=lead, upload=SimpleUploadedFile("tutanak.pdf", pdf()), title="Tutanak")

    def kinds(user: User) -> Counter[str]:
        return Counter(entry.kind.model for entry in readable_by(user, Entry.objects.all()))

    everything, rest = kinds(cast[Role.UNIT_HEAD]), kinds(auditor)
    assert everything - rest == Counter(ticket=1, note=1, caselink=1, document=1, revision=1)
    assert rest["note"] == 1
    assert str(hidden) not in {entry.object_repr for entry in readable_by(auditor, Entry.objects.all())}
    let_in(hidden, auditor, by=lead)
    assert kinds(auditor) == kinds(cast[Role.UNIT_HEAD])


def test_that_a_letter_came_in_is_forgotten_once_it_belongs_to_a_hidden_case(cast: Cast) -> None:
    case, blind, lead = secret(cast), cast[Role.IT_LEAD], cast[Role.HIS_LEAD]
    letter = letters.incoming(by=cast[Role.HIS_OFFICER])
    assert (inbox.unread_count(blind), inbox.unread_count(lead)) == (1, 1)
    incoming.attach(letter, case, by=cast[Role.HIS_OFFICER])
    assert (inbox.unread_count(blind), inbox.unread_count(lead)) == (0, 1)
    assert not IncomingLetter.objects.visible_to(blind).exists()
    assert IncomingLetter.objects.exchanged_by(blind).get() == letter


def test_a_program_exchanges_the_letter_and_is_not_told_the_case(cast: Cast) -> None:
    case, blind = secret(cast), cast[Role.IT_OFFICER]
    letter = letters.outgoing_letter("approved", by=cast[Role.HIS_OFFICER], case=case)
    caller = Caller(key_of(ServiceAccount.objects.create(name="EBYS", acts_as=blind))[1])
    answer = caller.get(f"outgoing-letters/{letter.pk}/").json()
    assert (answer["subject"], answer["case"]) == (letter.subject, None)
    assert caller.get(f"cases/{case.number}/").status_code == 404
    assert caller.get("cases/").json()["results"] == []


def test_who_reports_a_breach_is_told_no_number_at_any_door(cast: Cast) -> None:
    room, reporter = room_for("5.3.2"), cast[Role.REQUESTING_STAFF]
    values = {"title": "Parola paylaşıldı", "description": "Masada not kâğıdı var."}
    browser = signed_in_client(reporter)
    answer = browser.post("/new/", {"subprocess": "5.3.2", **values}, follow=True)
    case = Case.objects.get(subprocess__number="5.3.2")
    assert case.is_confidential
    assert answer.redirect_chain[0][0] == room.followed_at(case, reporter)
    assert case.number not in answer.content.decode()
    assert browser.get(f"/cases/{case.number}/").status_code == 404
    caller = Caller(key_of(ServiceAccount.objects.create(name="Merkez", acts_as=reporter))[1])
    told = caller.post("cases/", {"subprocess": "5.3.2", **values})
    assert told.status_code == 202, told.content
    assert told.json()["confidential"] is True
    assert set(told.json()) == {"confidential", "detail"}
    assert Case.objects.filter(subprocess__number="5.3.2").count() == 2
