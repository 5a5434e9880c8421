"""No PIN, password or security word is taken, whatever the spelling; speaking about one is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ebys.models import OutgoingLetter
from ebys.services.drafting import DraftText, add_annex, draft_for, edit
from esignature.models import State
from esignature.secrecy import tells_a_secret
from esignature.workflow import return_form
from processes.errors import RuleBroken
from processes.services import cases, files, notes
from tests.esignature.conftest import Team
from tests.esignature.making import received

GIVEN_AWAY = (
    "pin: 1234",
    "PIN:1234",
    "PİN = 4821",
    "pın : 4821",
    "Pin kodu 1234",
    "PIN kodum: kedi",
    "P.I.N. 1234",
    "p i n : 1234",
    "PIN'i 482916",
    "PIN’im 4821",
    "PIN is 4821",
    "PIN → 4821",
    "PIN：４８２１",
    "PI\u200bN: 4821",
    "PIN1: 4444",
    "pin (imza) 4821",
    "pin numarası 48 21 77",
    "4821 pin kodudur",
    "PUK 12345678",
    "Güvenlik sözcüğü: kedi",
    "GÜVENLİK SÖZCÜĞÜ=KEDİ",
    "guvenlik sozcugu : kedi",
    "güvenlik-sözcüğü -> kedi",
    "güvenlik sözcüğüm kedi",
    "güvenlik sözcüğü “kedi”",
    "güvenlik kelimesi: mavi",
    "gizli sözcük: kedi",
    "parola: Abc123",
    "PAROLA:mavi",
    "Parolam Mavi7!",
    "şifre Kedi12",
    "ŞİFRE: 1",
    "SIFRE=1",
    "şifrem karabaş",
    "Şifresi: abc",
    "password: hunter2",
    "güvenlik sözcüğü mavi",
    "parola mavi",
    "gizli soru cevabı: Kaya",
    "güvenlik sorusunun yanıtı: Kaya",
    "1234 (pin)",
    "4821 [PIN kodu]",
    "PIN’i unuttum, yenisi 4821",
    "pini dört sekiz iki bir",
)
SPOKEN_ABOUT = (
    "PIN unutuldu",
    "Kartın PIN kodu bloke oldu.",
    "PIN 2 kez yanlış girildi",
    "Pınar Yılmaz",
    "Pınar 1234",
    "parola çalışmıyor",
    "Parolam çalışmıyor",
    "şifremi unuttum",
    "Şifre sıfırlama talebi yapıldı",
    "Şifreleme kartı arızalı",
    "güvenlik sözcüğü kapatılmış",
    "parola politikası değişti",
    "Şifre ekranında hata veriyor",
    "PIN zarfı hasarlı geldi, 2 zarf daha istendi",
    "Gizli sorusunu hatırlamıyor",
    "Parolasız giriş istiyor",
    "şifreli e-posta gönderildi",
    "Güvenlik sözcüğünü unuttuğu için yeniden başvuru",
    "RR123456789TR",
    "Seri no 4A3F99",
    "Kargo 1234567890",
    "5.3.3/2026/000123",
)


@pytest.mark.parametrize("text", GIVEN_AWAY)
def test_a_secret_is_recognised(text: str) -> None:
    assert tells_a_secret(text)


@pytest.mark.parametrize("text", SPOKEN_ABOUT)
def test_speaking_about_one_is_no_secret(text: str) -> None:
    assert not tells_a_secret(text)


def test_no_step_takes_one(team: Team) -> None:
    request = received(team.officer, team.holder)

    with pytest.raises(RuleBroken):
        return_form(request, by=team.officer, return_reason="Güvenlik sözcüğü: kedi")

    request.refresh_from_db()
    assert (request.state, request.return_reason) == (State.RECEIVED, "")


def test_no_reason_for_waiting_takes_one(team: Team) -> None:
    request = received(team.officer, team.holder)
    with pytest.raises(RuleBroken):
        cases.pause(request, by=team.officer, reason="PIN: 4821 ile denenecek")


def test_no_note_on_a_request_takes_one(team: Team) -> None:
    request = received(team.officer, team.holder)

    with pytest.raises(RuleBroken) as refused:
        notes.write(request, team.officer, "PİN = 4821")

    assert set(refused.value.fields) == {"text"}
    assert not request.notes.exists()


def test_no_opening_takes_one(team: Team) -> None:
    with pytest.raises(RuleBroken):
        received(team.officer, team.holder, description="parola: mavi12")


def test_no_letter_takes_one(team: Team) -> None:
    request = received(team.officer, team.holder)
    kept = draft_for(request, None, by=team.officer, subject="E-İmza Talepleri", body="Ekli listede.")

    with pytest.raises(RuleBroken) as refused:
        draft_for(request, None, by=team.officer, subject="E-İmza Talepleri", body="PIN: 4821")
    assert set(refused.value.fields) == {"body"}
    with pytest.raises(RuleBroken):
        edit(kept, replace(text_of(kept), subject="Güvenlik sözcüğüm kedi"), by=team.officer, recipients=[])
    with pytest.raises(RuleBroken):
        add_annex(kept, by=team.officer, title="PIN: 4821")

    kept.refresh_from_db()
    assert (kept.subject, kept.annexes.count()) == ("E-İmza Talepleri", 0)
    assert OutgoingLetter.objects.filter(case=request).count() == 1


def text_of(letter: OutgoingLetter) -> DraftText:
    """A draft as its form would send it."""
    return DraftText(subject=letter.subject, body=letter.body, sdp_code=letter.sdp_code)


@pytest.mark.parametrize("names", [("PIN 4821.pdf", ""), ("form.pdf", "PIN: 4821")])
def test_no_file_is_named_by_one(team: Team, names: tuple[str, str]) -> None:
    request = received(team.officer, team.holder)
    before = request.documents.count()
    name, title = names

    with pytest.raises(RuleBroken):
        files.attach(request, team.officer, SimpleUploadedFile(name, b"%PDF-1.4\n"), title=title)

    assert request.documents.count() == before
