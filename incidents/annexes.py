"""The list of evidence in letters: enclosed when the letter is begun, renewed or left out while it is a draft.

Evidence is only ever added; a list that stands behind it is told of on the dossier and on the letter itself.
"""

from __future__ import annotations

from io import BytesIO

from django.core.files import File
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from audit import events, trail
from audit.context import because
from ebys.models import OutgoingLetter, OutgoingState
from ebys.remarks import Remark
from ebys.services import drafting
from incidents import papers
from incidents.behalf import acting_for, in_whose_right
from incidents.dossier import is_current
from incidents.letter_templates import JUDICIAL, REFERRAL
from incidents.models import Breach, Evidence, EvidenceAnnex, Handover
from processes import wording
from processes.confidential import is_hidden_from
from processes.errors import RuleBroken
from processes.gate import save

ENCLOSING = frozenset({REFERRAL, JUDICIAL})  # the letters that go out with the list

events.name_acts(
    enclose_evidence=gettext_lazy("List of evidence enclosed in a letter"),
    leave_evidence_out=gettext_lazy("List of evidence taken off a letter"),
)


def drafts_of(breach: Breach) -> QuerySet[OutgoingLetter]:
    """The letters of a breach that still take annexes, the last one first."""
    drafts = OutgoingLetter.objects.light().filter(case_id=breach.pk, state=OutgoingState.DRAFT)
    return drafts.order_by("-drafted_at", "-pk")


def drafts_with_list(breach: Breach) -> QuerySet[OutgoingLetter]:
    """Those of them the list is enclosed in."""
    return drafts_of(breach).filter(annexes__evidence_list__isnull=False)


def begun(letter: OutgoingLetter, by: User) -> None:
    """A letter to the Disciplinary Affairs Unit or to the judicial authority is begun with the list of evidence."""
    if letter.template is None or letter.template.step_key not in ENCLOSING:
        return
    breach = Breach.objects.light().filter(pk=letter.case_id).first()
    if breach is None or is_hidden_from(breach, by) or not breach.evidence.exists():
        return
    enclosed = enclose(breach, letter, by=by)
    letter.version = enclosed.annex.letter.version


def enclose(breach: Breach, letter: OutgoingLetter, *, by: User) -> EvidenceAnnex:
    """The list as it is now becomes an annex of a letter that is being drafted, or takes the place of an older one."""
    pieces, handovers = _counted(breach)
    if not pieces:
        raise RuleBroken(_("There is no evidence yet: nothing to list."))
    file = File(BytesIO(papers.evidence_list(breach)), name=papers.evidence_name(breach))
    with (
        transaction.atomic(),
        because(step="enclose_evidence", on_behalf_of=in_whose_right(by, breach=breach), by=by),
    ):
        enclosed = EvidenceAnnex.objects.filter(annex__letter=letter).select_related("annex__letter").first()
        if enclosed is None:
            with translation.override(papers.LANGUAGE):
                title = _("List of evidence and chain of custody")
            enclosed = EvidenceAnnex(breach_id=breach.pk)
            enclosed.annex = drafting.add_annex(letter, by=by, title=title, upload=file)
        else:
            enclosed.annex = drafting.renew_annex(enclosed.annex, by=by, upload=file)
        enclosed.pieces, enclosed.handovers = pieces, handovers
        enclosed.listed_at, enclosed.listed_by, enclosed.listed_for = timezone.now(), by, acting_for()
        save(enclosed)
        trail.record(breach, "exported", {"list": "evidence", "letter": letter.pk})
    return enclosed


def leave_out(breach: Breach, letter: OutgoingLetter, *, by: User) -> OutgoingLetter:
    """The letter goes without the list; it can be enclosed again while the letter is a draft."""
    enclosed = EvidenceAnnex.objects.filter(annex__letter=letter).select_related("annex__letter").first()
    if enclosed is None:
        raise RuleBroken(_("The list of evidence is not enclosed in this letter."))
    with because(step="leave_evidence_out", on_behalf_of=in_whose_right(by, breach=breach), by=by):
        return drafting.remove_annex(enclosed.annex, by=by)


def remark_on(letter: OutgoingLetter) -> Remark | None:
    """Whether the list in a letter is as the evidence stands; of letters that go out with it, also that it is missing."""
    enclosed = EvidenceAnnex.objects.filter(annex__letter=letter).first()
    goes_with_it = letter.template is not None and letter.template.step_key in ENCLOSING
    if enclosed is None and not goes_with_it:
        return None
    breach = Breach.objects.light().filter(pk=letter.case_id).first()
    if breach is None:
        return None
    pieces, handovers = _counted(breach)
    path, label = f"{breach.get_dossier_url()}#evidence", _("Evidence in the dossier")
    if enclosed is None:
        text = (
            _("The list of evidence is not enclosed in this letter.")
            if pieces
            else _(
                "No evidence was secured yet: this letter goes without a list of it. Look whether its text speaks of one."
            )
        )
        return Remark(text, path, label, is_urgent=bool(pieces))
    if is_current(enclosed, pieces, handovers):
        text = ngettext(
            "The list of evidence is enclosed as of %(moment)s: %(count)d piece.",
            "The list of evidence is enclosed as of %(moment)s: %(count)d pieces.",
            pieces,
        )
        return Remark(
            text % {"moment": wording.full_moment(enclosed.listed_at), "count": pieces}, path, label
        )
    text = (
        _(
            "The list enclosed is older than the evidence: since %(moment)s evidence was added or handed over. Renew the "
            "list before the letter goes out."
        )
        if letter.is_editable
        else _(
            "The list enclosed is older than the evidence: since %(moment)s evidence was added or handed over. Take the "
            "letter back to draft and renew the list."
        )
    )
    return Remark(text % {"moment": wording.full_moment(enclosed.listed_at)}, path, label, is_urgent=True)


def _counted(breach: Breach) -> tuple[int, int]:
    """How many pieces and hand-overs there are; counted before a list is drawn up, so that none it lacks is missed."""
    pieces = Evidence.objects.filter(breach=breach).count()
    return pieces, Handover.objects.filter(evidence__breach=breach).count()
