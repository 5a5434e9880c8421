"""Reads of letters that more than one door needs."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from accounts.models import User
from ebys.models import (
    IncomingFile,
    IncomingLetter,
    OutgoingAnnex,
    OutgoingLetter,
    OutgoingState,
    Receipt,
    Recipient,
)
from ebys.models.incoming import IncomingQuerySet
from ebys.models.outgoing import OutgoingQuerySet
from processes import searching
from processes.confidential import is_hidden_from
from processes.errors import NotFound
from processes.finding import Hit
from processes.models import Case

FOUND = 5
# What the page of a case prints of its letters.
CAME_IN = ("subject", "official_number", "dated", "received_at", "sender_name", "sender__name")
WENT_OUT = (
    "subject",
    "official_number",
    "dated",
    "state",
    "drafted_at",
    "registered_at",
    "drafted_by__first_name",
    "drafted_by__last_name",
    "drafted_by__username",
)


def has_registered_letter(case: Case) -> bool:
    """EBYS gave a letter of this case its number and date."""
    return OutgoingLetter.objects.filter(case_id=case.pk, state=OutgoingState.REGISTERED).exists()


def letters_of(case: Case, user: User) -> tuple[list[IncomingLetter], list[OutgoingLetter]]:
    """The letters of a case that this person may see, in and out, oldest first: two queries.

    What hangs on a case is seen by who knows of the case, so that is asked of the case in hand, not of each letter.
    """
    if is_hidden_from(case, user):
        return [], []
    incoming = IncomingLetter.objects.exchanged_by(user).filter(case_id=case.pk).select_related("sender")
    outgoing = OutgoingLetter.objects.exchanged_by(user).filter(case_id=case.pk).select_related("drafted_by")
    return (
        list(incoming.only(*CAME_IN).order_by("received_at", "id")),
        list(outgoing.only(*WENT_OUT).order_by("drafted_at", "id")),
    )


def ready_for_ebys(user: User) -> QuerySet[OutgoingLetter]:
    """Approved letters EBYS may collect, oldest first."""
    return OutgoingLetter.objects.visible_to(user).ready().light().order_by("id")


def incoming_for(user: User, pk: int) -> IncomingLetter:
    """One incoming letter with its files, as this person may see it; NotFound otherwise."""
    return _incoming(IncomingLetter.objects.visible_to(user), pk)


def incoming_exchanged(user: User, pk: int) -> IncomingLetter:
    """One incoming letter with its files, for a program acting as this person; NotFound otherwise."""
    return _incoming(IncomingLetter.objects.exchanged_by(user), pk)


def _incoming(letters: IncomingQuerySet, pk: int) -> IncomingLetter:
    found = (
        letters.light()
        .select_related("sender", "case", "received_by", "settled_by", "package")
        .prefetch_related(Prefetch("files", IncomingFile.objects.select_related("file")))
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such letter."))
    return found


def outgoing_for(user: User, pk: int) -> OutgoingLetter:
    """One letter of ours with its addressees and annexes, as this person may see it; NotFound otherwise."""
    return _outgoing(OutgoingLetter.objects.visible_to(user), pk)


def outgoing_exchanged(user: User, pk: int) -> OutgoingLetter:
    """One letter of ours with its addressees and annexes, for a program acting as this person; NotFound otherwise."""
    return _outgoing(OutgoingLetter.objects.exchanged_by(user), pk)


def _outgoing(letters: OutgoingQuerySet, pk: int) -> OutgoingLetter:
    found = outgoing_whole(letters).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such letter."))
    return found


def outgoing_whole(letters: QuerySet[OutgoingLetter]) -> QuerySet[OutgoingLetter]:
    """Letters of ours with everything their page prints."""
    return (
        letters.defer("search")
        .select_related(
            "case__subprocess",
            "case__applicant_institution",
            "drafted_by__institution",
            "approved_by",
            "answers__sender",
            "template",
        )
        .prefetch_related(
            Prefetch("recipients", Recipient.objects.select_related("institution")),
            Prefetch("annexes", OutgoingAnnex.objects.select_related("file")),
        )
    )


def receipt_for(user: User, pk: int) -> Receipt:
    """One delivery, as this person may see it; NotFound otherwise."""
    found = Receipt.objects.visible_to(user).select_related("file", "letter").filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such delivery."))
    return found


def found_by(letters: QuerySet[IncomingLetter], text: str) -> QuerySet[IncomingLetter]:
    """Incoming letters in which every word occurs, whichever way Turkish is typed."""
    query = searching.query(text)
    return letters.filter(search=query) if query else letters


def outgoing_found_by(letters: QuerySet[OutgoingLetter], text: str) -> QuerySet[OutgoingLetter]:
    """Letters of ours in which every word occurs, whichever way Turkish is typed."""
    query = searching.query(text)
    return letters.filter(search=query) if query else letters


def found_anywhere(user: User, text: str) -> list[Hit]:
    """The newest letters in and out with these words or this number, for the search box."""
    query = searching.query(text)
    if query is None:
        return []
    incoming = IncomingLetter.objects.visible_to(user).light().filter(search=query).select_related("sender")
    outgoing = OutgoingLetter.objects.visible_to(user).light().filter(search=query)
    return [
        *(
            Hit(
                letter.subject,
                letter.get_absolute_url(),
                f"{letter.sender_display} {letter.official_number}".strip(),
            )
            for letter in incoming.order_by("-received_at", "-pk")[:FOUND]
        ),
        *(
            Hit(letter.subject, letter.get_absolute_url(), letter.official_number)
            for letter in outgoing.order_by("-drafted_at", "-pk")[:FOUND]
        ),
    ]
