"""What was done in the dossier of a breach stands in the timeline of its case, for those who know of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from incidents import alerting, happened
from incidents.models import Breach, Happening, HappeningKind, Review
from incidents.services import checklists, evidence, notices, reviews, sanctions
from processes.panels import Event
from processes.queries import case_for
from processes.services import insiders
from tests.accounts.people import person, signed_in_client
from tests.incidents.walking import Team, report


def everything(breach: Breach, team: Team) -> None:
    """One act of every kind."""
    by: dict[str, Any] = {"by": team.officer}
    today = timezone.localdate()
    done, left = (checklists.add(breach, **by, phase="contain", text=text) for text in ("Kapat", "Say"))
    checklists.settle(done, **by, note="Kapatıldı.")
    checklists.settle(left, **by, outcome="not_needed", note="Yok.")
    piece = evidence.secure(breach, **by, title="Bellek", place="Kasa")
    evidence.hand_over(piece, **by, giver="Görevli", receiver="Emniyet", reason="Savcılık")
    proposal = notices.propose_silence(breach, **by, reason="Şifreliydi.")
    notices.answer_silence(proposal, by=team.head, is_approved=False, answer="Bildirin.")
    first = notices.record(breach, **by, summary="İlk bildirim.", way="Form", reference="KVKK-7")
    phase = notices.leave_open(first, **by, missing="Kişi sayısı", next_by=today)
    notices.end_phase(phase, **by, reason="Kimse etkilenmemiş.")
    held, weak = (
        reviews.add_barrier(breach, **by, text=text, owner=team.officer, verify_on=today)
        for text in ("Şifre", "Kilit")
    )
    reviews.verify_barrier(held, **by, holds=True, finding="Duruyor.")
    reviews.verify_barrier(weak, **by, holds=False, finding="Açık.")
    sanctions.record(breach, **by, kind="warning", decided_by="Müdür", decided_on=today)
    review = Review.objects.create(breach=breach, due_on=today)
    reviews.hold(review, **by, held_on=today, participants="Birim", course="…", lessons="Eğitim.")
    action = reviews.add_action(review, **by, text="Eğitim ver", owner=team.officer, due_on=today)
    reviews.finish_action(action, **by, result="Verildi.")
    alerting.pass_on_due(timezone.now() + timedelta(days=1))
    alerting.acknowledge(breach, by=team.head)


def entries_of(breach: Breach, user: User) -> list[Event]:
    """As the page of the case reads them."""
    read = case_for(user, breach.number)
    assert isinstance(read, Breach)
    return list(happened.events(read, user))


def told(breach: Breach, team: Team) -> dict[str, str]:
    return {str(one.title): one.text for one in entries_of(breach, team.lead)}


def test_every_kind_of_act_is_told_with_what_was_written(team: Team, breach: Breach) -> None:
    everything(breach, team)

    entries = told(breach, team)

    assert entries == {
        "İş yapıldı: Kapat": "Kapatıldı.",
        "İş gerekmiyor: Say": "Yok.",
        "Delil alındı: 1. Bellek": "Kasa",
        "Delil teslim edildi: 1. Bellek": "Görevli → Emniyet: Savcılık",
        "Kurula bildirimde bulunmamayı önerdi": "Şifreliydi.",
        "Kurula bildirmeme önerisini geri gönderdi": "Bildirin.",
        "Bildirim kaydedildi: Kişisel Verileri Koruma Kurulu": "Form · KVKK-7",
        f"Bildirim eksik olarak işaretlendi: sonraki aşama {timezone.localdate():%d.%m.%Y} gününe kadar": "Kişi sayısı",
        "Bildirilecek bir şey kalmadı: bildirim tamamlandı": "Kimse etkilenmemiş.",
        "Sistemsel engel işe yarıyor: Şifre": "Duruyor.",
        "Sistemsel engel işe yaramıyor: Kilit": "Açık.",
        "Yaptırım kaydedildi: Uyarma": "Müdür",
        "Değerlendirme yapıldı": "Eğitim.",
        "Değerlendirme eylemi tamamlandı: Eğitim ver": "Verildi.",
        "İhlalden haberdar edildi": "",
        "Zamanında onaylayan olmadı: sıradaki kişiye haber verildi": "",
        "Uyarıyı onayladı ve ihlali üstlendi": "",
    }
    assert {one.kind for one in Happening.objects.all()} == set(HappeningKind.values)


def test_an_entry_says_who_and_when_and_leads_to_its_part(team: Team, breach: Breach) -> None:
    moment = timezone.now() - timedelta(minutes=5)
    evidence.secure(breach, by=team.officer, title="Bellek", place="Kasa", collected_at=moment)

    entry = next(one for one in entries_of(breach, team.lead) if "Bellek" in str(one.title))

    assert (entry.at, entry.by) == (moment, team.officer)
    assert entry.url == f"{breach.get_dossier_url()}#evidence"


def test_acts_on_another_breach_are_not_told(team: Team, breach: Breach) -> None:
    checklists.settle(
        checklists.add(report(team), by=team.officer, phase="contain", text="Başka"), by=team.officer
    )

    assert not [title for title in told(breach, team) if "Başka" in title]


def test_the_page_of_the_case_shows_them_in_order(team: Team, breach: Breach) -> None:
    everything(breach, team)

    page = signed_in_client(team.lead).get(breach.get_absolute_url())

    times = [one.at for one in page.context["page"].events]
    assert times == sorted(times, reverse=True)
    assert "Delil teslim edildi: 1. Bellek" in page.content.decode()
    assert 'value="room"' in page.content.decode()


def test_who_was_let_in_without_working_in_the_unit_reads_none_of_them(team: Team, breach: Breach) -> None:
    everything(breach, team)
    outside = person(
        Role.REQUESTING_UNIT_HEAD, username="admitted_head", institution=team.reporter.institution
    )
    insiders.admit(breach, outside, by=team.lead, reason="Kurumun başı")

    page = signed_in_client(outside).get(breach.get_absolute_url())

    assert page.status_code == 200
    assert "Bellek" not in page.content.decode()
    assert "Şifreliydi" not in page.content.decode()


def test_the_page_of_the_case_costs_the_same_however_much_was_done(
    team: Team, breach: Breach, counted: Any
) -> None:
    client = signed_in_client(team.lead)
    early = counted(client, breach.get_absolute_url())
    for _turn in range(3):
        everything_again(breach, team)

    assert counted(client, breach.get_absolute_url()) == early <= 10


def everything_again(breach: Breach, team: Team) -> None:
    """What can be done over and over."""
    piece = evidence.secure(breach, by=team.officer, title="Bellek", place="Kasa")
    evidence.hand_over(piece, by=team.officer, giver="Görevli", receiver="Emniyet", reason="Savcılık")
    notices.record(breach, by=team.officer, summary="Bildirim.", way="Form")
    checklists.settle(checklists.add(breach, by=team.officer, phase="contain", text="Kapat"), by=team.officer)
