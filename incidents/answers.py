"""What letters of a breach can say, and what goes with them, and what their registration by EBYS settles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from ebys import events, remarks, words
from ebys.answers import step_when_registered
from ebys.models import OutgoingLetter
from incidents import annexes, workflow
from incidents.letter_templates import BOARD, JUDICIAL
from incidents.models import AnswerChannel, Breach, PersonalData
from incidents.services import checklists, notices
from processes.confidential import is_hidden_from
from processes.models import Case

LANGUAGE = "tr"  # of letters and records
UNKNOWN = "henüz belirlenmemiştir"  # a first notice goes out before everything is known
WORDS = {
    "ihlal_zamani": gettext_lazy("when it happened"),
    "tespit_zamani": gettext_lazy("when it was noticed"),
    "ogrenme_zamani": gettext_lazy("when the directorate learned of it"),
    "ihlal_seviyesi": gettext_lazy("level A, B or C"),
    "ihlal_kategorisi": gettext_lazy("category"),
    "ilgili_sistem": gettext_lazy("system or place concerned"),
    "karar_gerekcesi": gettext_lazy("reasons of the decision"),
    "etkilenen_kisi": gettext_lazy("people affected: number and groups"),
    "veri_turleri": gettext_lazy("kinds of data"),
    "olasi_sonuclar": gettext_lazy("likely consequences"),
    "alinan_onlem": gettext_lazy("how it was stopped"),
}


def listen() -> None:
    """Offer the words, and hear of letters that EBYS has registered; called once when the room moves in."""
    words.offer(workflow.FLOW.number, WORDS, words_of)
    step_when_registered(workflow.FLOW, "refer", _referred)
    step_when_registered(workflow.FLOW, "inform", _answered)
    events.on_drafted(annexes.begun)
    remarks.offer(workflow.FLOW.number, annexes.remark_on)
    events.on_registered(_about(JUDICIAL, _passed_on))
    events.on_registered(_about(BOARD, _board_told))


def words_of(case: Case) -> dict[str, str]:
    """What the room's placeholders stand for on a breach."""
    breach = Breach.objects.light().select_related("category").filter(pk=case.pk).first()
    if breach is None:
        return {}
    affected = str(breach.affected_count) if breach.affected_count is not None else ""
    told = {
        "ihlal_zamani": _moment(breach.occurred_at),
        "tespit_zamani": _moment(breach.detected_at),
        "ogrenme_zamani": _moment(breach.learned_at),
        "ihlal_seviyesi": breach.level,
        "ihlal_kategorisi": breach.category.name if breach.category else "",
        "ilgili_sistem": breach.system,
        "karar_gerekcesi": breach.decision_reason,
        "etkilenen_kisi": ", ".join(part for part in (affected, breach.affected_groups) if part),
        "veri_turleri": breach.data_kinds,
        "olasi_sonuclar": breach.consequences,
        "alinan_onlem": breach.containment_note,
    }
    return {name: text or UNKNOWN for name, text in told.items()}


def _moment(value: datetime | None) -> str:
    return f"{timezone.localtime(value):%d.%m.%Y %H:%M}" if value else ""


def _referred(breach: Breach, letter: OutgoingLetter, drafter: User) -> None:
    """The Disciplinary Affairs Unit was told by that letter (5.3.2.3)."""
    assert letter.dated is not None, "a registered letter has its date"
    workflow.refer(breach, by=drafter, referral_number=letter.official_number, referral_date=letter.dated)


def _answered(breach: Breach, letter: OutgoingLetter, drafter: User) -> None:
    """The reporter was told by that letter (5.3.2.6)."""
    note = _("Answered by letter %(number)s.") % {"number": letter.official_number}
    workflow.inform(breach, by=drafter, answer_channel=AnswerChannel.LETTER, answer_note=note)


def _about(
    key: str, take: Callable[[Breach, OutgoingLetter, User], None]
) -> Callable[[OutgoingLetter, User], None]:
    """Listen for letters whose template was written for this purpose; in the drafter's name, who knows of the breach."""

    def listener(letter: OutgoingLetter, by: User) -> None:
        if letter.template is None or letter.template.step_key != key:
            return
        breach = Breach.objects.light().filter(pk=letter.case_id).first()
        if breach is not None and not is_hidden_from(breach, letter.drafted_by):
            take(breach, letter, letter.drafted_by)

    return listener


def _passed_on(breach: Breach, letter: OutgoingLetter, drafter: User) -> None:
    """The judicial authority was told by that letter (Ek-5 5.1.10)."""
    task = checklists.court_task(breach)
    if task is not None and breach.is_open:
        with translation.override(LANGUAGE):
            note = _("Letter %(number)s.") % {"number": letter.official_number}
        checklists.settle(task, by=drafter, note=note)


def _board_told(breach: Breach, letter: OutgoingLetter, drafter: User) -> None:
    """The Board was told by that letter; when it is the first word and late, the reason is still to be written down."""
    if breach.personal_data == PersonalData.NO:
        return
    with translation.override(LANGUAGE):
        way = _("Official letter")
        late = _("Told by letter %(number)s after the 72 hours; the reason stands in the letter.")
    notices.record(
        breach,
        by=drafter,
        summary=letter.subject,
        way=way,
        reference=letter.official_number,
        late_reason=late % {"number": letter.official_number} if breach.countdown.is_over else "",
    )
