"""Forms collected into one letter: chosen, drafted, registered by EBYS, printed, posted; each for all of them or none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from accounts.models import Institution, User
from accounts.queries import people_with_role
from accounts.roles import Role
from audit import trail
from audit.context import because, signed_in
from ebys.models import LetterTemplate, OutgoingLetter, OutgoingState
from ebys.services import drafting
from ebys.services.drafting import RecipientEntry
from ebys.workflow import outgoing
from esignature import papers, queries, workflow
from esignature.letter_templates import BATCH
from esignature.models import Batch, BatchState, Request
from esignature.secrecy import REFUSAL, tells_a_secret
from processes import catalogue, inbox
from processes.errors import DomainError, NotPermitted, RuleBroken, WrongState
from processes.gate import Gate, Move, reason_given, save

MOST = 500
IT_STAFF = frozenset({Role.IT_LEAD, Role.IT_OFFICER})

# The official step each move takes for all forms of a batch: the catalogue says who may.
STEP_OF = {"register_batch": "write_letter", "post_batch": "post"}


class BatchGate(Gate[Batch]):
    """The moves of batches; those that take an official step are made by whoever takes that step."""

    def roles_for(self, key: str, record: Batch) -> frozenset[str]:
        """The roles of the approved edition where an official step is taken, else those of the table."""
        if key not in STEP_OF:
            return super().roles_for(key, record)
        return catalogue.sheet(catalogue.approved(workflow.FLOW.number).pk).roles(STEP_OF[key])


BATCHES = BatchGate(
    "batch letters",
    Batch,
    {
        "register_batch": Move(
            gettext_lazy("Letter registered"),
            sources=(BatchState.DRAFTED,),
            target=BatchState.REGISTERED,
        ),
        "print_batch": Move(
            gettext_lazy("Printed"),
            sources=(BatchState.REGISTERED,),
            target=BatchState.PRINTED,
            roles=IT_STAFF,
        ),
        "post_batch": Move(
            gettext_lazy("Post"),
            sources=(BatchState.REGISTERED, BatchState.PRINTED),
            target=BatchState.POSTED,
        ),
        "dissolve_batch": Move(
            gettext_lazy("Dissolve"),
            sources=(BatchState.DRAFTED,),
            target=BatchState.DISSOLVED,
            roles=IT_STAFF,
        ),
    },
)


def collect(requests: Sequence[int], *, by: User, recipient: Institution) -> Batch:
    """Put waiting forms onto the list of one letter and draft it, with the list as its annex. All of them or none."""
    keys = list(dict.fromkeys(requests))
    if not keys:
        raise RuleBroken(_("Choose at least one form."))
    if len(keys) > MOST:
        raise RuleBroken(_("One letter carries at most %(count)d forms.") % {"count": MOST})
    with transaction.atomic(), because(step="collect_batch", by=by):
        # Locked first and asked afterwards: who waited for another collector must not see the forms as they were before.
        list(
            Request.objects.filter(pk__in=keys)
            .order_by("pk")
            .select_for_update(of=("self",))
            .values_list("pk")
        )
        chosen = list(queries.waiting().filter(pk__in=keys))
        if len(chosen) != len(keys):
            raise WrongState(
                _(
                    "Some of the chosen forms wait no longer: somebody else took a step. Nothing was collected."
                )
            )
        if refusal := _first_refusal(chosen, by):
            raise refusal
        batch = Batch(made_by=by)
        save(batch)
        _put_on(batch, chosen)
        batch.letter = _drafted(batch, chosen, by, recipient)
        save(batch)
    return batch


def take_out(requests: Sequence[Request], *, by: User, reason: str) -> Batch:
    """Take forms off the list before EBYS has registered the letter; the list is drawn up anew."""
    reason = _needed(reason)
    batch = _open_batch_of(requests)
    _may(batch, by)
    with BATCHES.locked("take_form_out", batch, by=by, reason=reason) as batch:
        _must_be_draft(batch)
        letter = batch.letter
        assert letter is not None
        gone = {request.pk for request in requests}
        left = [one for one in queries.listed(batch) if one.pk not in gone]
        if not left:
            raise RuleBroken(_("No form would be left on the list; dissolve the batch instead."))
        if letter.case_id in gone:
            with outgoing.OUTGOING.locked("move_batch_letter", letter, by=by) as moved:
                moved.case = left[0]
        trail.record_many(requests, "taken_out_of_batch", {"batch": str(batch)}, reason)
        Request.objects.filter(pk__in=gone).update(batch=None)
        _redraw(letter, left, len(gone), by)
    return batch


def dissolve(batch: Batch, *, by: User, reason: str, version: int | None = None) -> Batch:
    """The letter is given up before EBYS has it; all its forms wait again."""
    reason = _needed(reason)
    with BATCHES.move("dissolve_batch", batch, by=by, reason=reason, version=version) as batch:
        letter = batch.letter
        if letter is not None and letter.state == OutgoingState.APPROVED:
            letter = outgoing.take_back(letter, by=by, reason=reason)
        if letter is not None and letter.state == OutgoingState.DRAFT:
            outgoing.discard(letter, by=by, reason=reason)
        elif letter is not None and letter.state != OutgoingState.DISCARDED:
            raise WrongState(_("EBYS has the letter; it can no longer be dissolved here."))
        released = queries.listed(batch)
        trail.record_many(released, "taken_out_of_batch", {"batch": str(batch)}, reason)
        Request.objects.filter(batch=batch).update(batch=None)
    return batch


def register_when_registered(letter: OutgoingLetter, by: User) -> None:
    """EBYS gave the letter its number: every form of the batch has been written for, in the collector's name.

    When the collector may no longer take the step nothing is taken: the batch waits, and the leads are told.
    """
    batch = Batch.objects.filter(letter=letter, state=BatchState.DRAFTED).select_related("made_by").first()
    if batch is None:
        return
    try:
        with transaction.atomic(), signed_in(batch.made_by):
            register(batch, by=batch.made_by)
    except DomainError:
        inbox.tell(
            people_with_role(Role.IT_LEAD),
            None,
            gettext_noop(
                "The letter of batch %(batch)s was registered; take its step for the forms by hand."
            ),
            path=batch.get_absolute_url(),
            batch=str(batch),
        )


def register(batch: Batch, *, by: User, version: int | None = None, now: datetime | None = None) -> Batch:
    """5.3.3.2 for every form of the list, with the number and date of the letter."""
    with transaction.atomic():
        with BATCHES.move("register_batch", batch, by=by, version=version) as batch:
            letter = batch.letter
            if letter is None or letter.state != OutgoingState.REGISTERED:
                raise WrongState(_("EBYS has not registered the letter yet."))
        workflow.write_letters(
            Request.objects.light().filter(batch=batch),
            by=by,
            letter_number=letter.official_number,
            letter_date=letter.dated,
            now=now,
        )
    return batch


def printed(batch: Batch, *, by: User, version: int | None = None) -> Batch:
    """The signed letter, the list and the labels are printed and lie with the forms."""
    with BATCHES.move("print_batch", batch, by=by, version=version) as batch:
        batch.printed_at = timezone.now()
    return batch


def post(
    batch: Batch,
    *,
    by: User,
    parcel: str,
    posted_on: date | None = None,
    version: int | None = None,
    now: datetime | None = None,
) -> Batch:
    """5.3.3.3 for every form of the list: one parcel."""
    parcel = parcel.strip()
    if not parcel or tells_a_secret(parcel):
        sentence = REFUSAL if parcel else _("Write the parcel or registered number.")
        raise RuleBroken(sentence, fields={"parcel": [sentence]})
    with BATCHES.move("post_batch", batch, by=by, reason=parcel, version=version) as batch:
        batch.parcel, batch.posted_on = parcel, posted_on or timezone.localdate(now)
        forms = Request.objects.light().filter(batch=batch)
        workflow.post_all(forms, by=by, parcel=parcel, posted_on=batch.posted_on, now=now)
    return batch


def _first_refusal(forms: Sequence[Request], by: User) -> DomainError | None:
    """Why one of the forms cannot be written for; the list is refused as a whole then."""
    for request in forms:
        if refusal := workflow.FLOW.refusal("write_letter", request, by):
            return type(refusal)(
                _("%(number)s: %(reason)s") % {"number": request.number, "reason": refusal.message}
            )
    return None


def _put_on(batch: Batch, forms: Sequence[Request]) -> None:
    Request.objects.filter(pk__in=[one.pk for one in forms]).update(batch=batch)
    trail.record_many(forms, "put_into_batch", {"batch": str(batch)})


def _drafted(batch: Batch, forms: list[Request], by: User, recipient: Institution) -> OutgoingLetter:
    template = LetterTemplate.objects.for_subprocess(workflow.FLOW.number).filter(name=BATCH).first()
    carrier = forms[0]
    carrier.batch = batch
    letter = drafting.draft_for(carrier, template, by=by, recipients=[RecipientEntry(institution=recipient)])
    drafting.add_annex(letter, by=by, title=papers.list_title(), upload=_list_file(forms))
    return OutgoingLetter.objects.get(pk=letter.pk)


def _redraw(letter: OutgoingLetter, forms: list[Request], gone: int, by: User) -> None:
    """The list of the letter without the forms taken out; a text that names the old count names the new one."""
    first = letter.annexes.order_by("position").first()
    if first is not None:
        drafting.remove_annex(first, by=by)
    current = OutgoingLetter.objects.get(pk=letter.pk)
    drafting.add_annex(current, by=by, title=papers.list_title(), upload=_list_file(forms))
    old, new = str(len(forms) + gone), str(len(forms))
    with outgoing.OUTGOING.locked("edit_letter", current, by=by) as edited:
        edited.body = edited.body.replace(f" {old} adet ", f" {new} adet ", 1)


def _list_file(forms: list[Request]) -> SimpleUploadedFile:
    with translation.override("tr"):
        content = papers.list_of(forms)
    return SimpleUploadedFile("form-listesi.pdf", content, "application/pdf")


def _open_batch_of(requests: Sequence[Request]) -> Batch:
    keys = {request.batch_id for request in requests}
    batch = Batch.objects.filter(pk__in=keys).select_related("letter").first()
    if batch is None or len(keys) != 1:
        raise WrongState(_("The form is on no list."))
    return batch


def _must_be_draft(batch: Batch) -> None:
    if not batch.is_open:
        raise WrongState(_("The letter is registered; its list does not change any more."))
    if batch.letter is None or not batch.letter.is_editable:
        raise WrongState(_("The letter was approved; take it back to draft first."))


def _may(batch: Batch, by: User) -> None:
    refusal = BATCHES.refusal("dissolve_batch", batch, by)
    if isinstance(refusal, NotPermitted):
        raise refusal


def _needed(reason: str) -> str:
    if tells_a_secret(reason):
        raise RuleBroken(REFUSAL, fields={"reason": [REFUSAL]})
    return reason_given(reason)
