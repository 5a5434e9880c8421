"""Taking letters in: packages as EBYS makes them, or metadata typed from the paper.

The bytes of a package are kept before anybody reads them. A package that cannot be read becomes a receipt in
quarantine with its reason; it is never an exception, so that no door takes its own transaction back and loses it.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any, BinaryIO, TypeAlias, cast

from django.core.files import File
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.authority import authority_for, works_in_unit
from accounts.models import Institution, User
from accounts.roles import UNIT_STAFF
from accounts.turkish import fold
from audit.context import because
from ebys import events, routing
from ebys.facts import Enclosure as Enclosure
from ebys.facts import LetterFacts as LetterFacts
from ebys.indexing import index_incoming
from ebys.models import (
    IncomingFile,
    IncomingLetter,
    Origin,
    Receipt,
    ReceiptOutcome,
)
from ebys.services.packages import facts_of
from ebys.workflow.incoming import announce
from processes import files, filetypes
from processes.errors import DomainError, NotPermitted, RuleBroken, WrongState
from processes.files import Readable
from processes.gate import principal, save

Upload: TypeAlias = "File[Any]"

LARGEST_PACKAGE = 256 * 1024 * 1024
RECORD_LANGUAGE = "tr"  # a refusal is part of the record: it is written once, in the office's language


def receive_package(content: bytes | Readable, *, by: User, file_name: str = "") -> Receipt:
    """A package arrived: keep its bytes, read it, and make it a letter, a second copy, or an entry of the quarantine.

    Raises NotPermitted for people outside the unit and TooLarge for what is beyond any package; everything else is
    told by the receipt (`is_refused`, `code`, `sentence`, `letter`).
    """
    _only_unit(by)
    file_name = file_name.replace("\\", "/").rpartition("/")[2][:200]
    with transaction.atomic(), because(step="receive_package", on_behalf_of=_lender(by)):
        receipt = Receipt(file=files.put(content, limit=LARGEST_PACKAGE), file_name=file_name, received_by=by)
        return _read(receipt, by)


def read_again(receipt: Receipt, *, by: User) -> Receipt:
    """Try a package of the quarantine once more, as after a mended reader."""
    _only_unit(by)
    with transaction.atomic(), because(step="read_again"):
        receipt = Receipt.objects.select_for_update(of=("self",)).select_related("file").get(pk=receipt.pk)
        if not receipt.is_refused or receipt.settled_at is not None:
            raise WrongState(_("This delivery has been dealt with."))
        return _read(receipt, by)


def settle(receipt: Receipt, *, by: User, note: str) -> Receipt:
    """Somebody dealt with a package nobody could read, such as by asking the sender to repeat it."""
    _only_unit(by)
    note = note.strip()
    if not note:
        sentence = _("Write what was done about it.")
        raise RuleBroken(sentence, fields={"note": [sentence]})
    with transaction.atomic(), because(step="settle_receipt", reason=note):
        receipt = Receipt.objects.select_for_update().get(pk=receipt.pk)
        if not receipt.is_refused or receipt.settled_at is not None:
            raise WrongState(_("This delivery has been dealt with."))
        receipt.settled_at, receipt.settled_by, receipt.settlement = timezone.now(), by, note[:300]
        save(receipt)
    return receipt


def register_by_hand(
    facts: LetterFacts, *, by: User, uploads: Sequence[Upload] = (), origin: str = Origin.HAND
) -> IncomingLetter:
    """A letter that came without a package is registered from its own words; its scans are looked through and kept.

    The first upload is the letter itself, the others are its annexes. Raises RuleBroken when the document
    identifier, or the sender's number and date, are registered already.
    """
    _only_unit(by)
    enclosures = [*facts.enclosures, *(_examined(upload, index == 0) for index, upload in enumerate(uploads))]
    with transaction.atomic(), because(step="register_by_hand", on_behalf_of=_lender(by)):
        letter, is_known = _registered_once(facts, enclosures, by=by, origin=origin)
        if is_known:
            sentence = _("This letter is registered already, since %(date)s.") % {
                "date": f"{timezone.localtime(letter.received_at):%d.%m.%Y %H:%M}"
            }
            raise RuleBroken(sentence, fields={"official_number": [sentence]})
    return letter


def registered_before(facts: LetterFacts) -> IncomingLetter | None:
    """The same document taken in earlier: the same BelgeId, else the same number and date."""
    letters = IncomingLetter.objects.light()
    if facts.belge_id and (known := letters.filter(belge_id=facts.belge_id).first()):
        return known
    if not facts.belge_id and facts.official_number and facts.dated:
        return letters.filter(official_number=facts.official_number, dated=facts.dated).first()
    return None


def sender_of(facts: LetterFacts) -> Institution | None:
    """The institution we know the sender as: by its DETSİS number, else by exactly its name."""
    if facts.sender is not None:
        return facts.sender
    if facts.sender_detsis:
        known = Institution.objects.filter(detsis_no=facts.sender_detsis).first()
        if known is not None:
            return known
    name = fold(facts.sender_name)
    named = Institution.objects.active().filter(search_key__startswith=name)[:20] if name else ()
    same = [one for one in named if fold(one.name) == name]
    return same[0] if len(same) == 1 else None


def _read(receipt: Receipt, by: User) -> Receipt:
    """Read the package of a receipt and write down what became of it."""
    try:
        with transaction.atomic():
            facts = facts_of(receipt.file)
            letter, is_known = _registered_once(
                facts, facts.enclosures, by=by, origin=Origin.PACKAGE, receipt=receipt
            )
    except DomainError as refusal:
        receipt.outcome, receipt.letter = ReceiptOutcome.QUARANTINED, None
        with override(RECORD_LANGUAGE):
            receipt.code, receipt.sentence = refusal.code, str(refusal)
    else:
        receipt.outcome = ReceiptOutcome.DUPLICATE if is_known else ReceiptOutcome.REGISTERED
        receipt.letter, receipt.code, receipt.sentence = letter, "", ""
    save(receipt)
    return receipt


def _registered_once(
    facts: LetterFacts,
    enclosures: Sequence[Enclosure],
    *,
    by: User,
    origin: str,
    receipt: Receipt | None = None,
) -> tuple[IncomingLetter, bool]:
    """The letter, and whether it was registered before; of two deliveries at one moment the second finds the first."""
    if known := registered_before(facts):
        return known, True
    try:
        with transaction.atomic():
            return _register(facts, enclosures, by=by, origin=origin, receipt=receipt), False
    except IntegrityError:
        known = registered_before(facts)
        if known is None:
            raise
        return known, True


def _register(
    facts: LetterFacts,
    enclosures: Sequence[Enclosure],
    *,
    by: User,
    origin: str,
    receipt: Receipt | None = None,
) -> IncomingLetter:
    sender = sender_of(facts)
    letter = IncomingLetter(
        origin=origin,
        eyp_version=facts.eyp_version,
        belge_id=facts.belge_id,
        subject=" ".join(facts.subject.split())[:500],
        official_number=facts.official_number[:100],
        dated=facts.dated,
        sdp_code=facts.sdp_code[:40],
        sdp_name=facts.sdp_name[:200],
        security=facts.security,
        urgency=facts.urgency,
        answer_by=facts.answer_by,
        sender=sender,
        sender_name=(facts.sender_name or (sender.name if sender else ""))[:300],
        sender_detsis=facts.sender_detsis[:20],
        references=[dict(entry) for entry in facts.references],
        distribution=[dict(entry) for entry in facts.distribution],
        signers=[dict(entry) for entry in facts.signers],
        package=receipt.file if receipt else None,
        digests_match=facts.digests_match,
        received_by=by,
        received_at=receipt.received_at if receipt else timezone.now(),
    )
    letter.is_reserved = routing.is_reserved(letter)
    index_incoming(letter)
    save(letter)
    for position, part in enumerate(sorted(enclosures, key=lambda part: not part.is_cover)):
        stored = files.put(part.content, limit=LARGEST_PACKAGE) if part.content is not None else None
        IncomingFile.objects.create(
            letter=letter,
            position=position,
            is_cover=part.is_cover,
            kind=part.kind,
            title=part.title[:300],
            description=part.description[:500],
            file_name=part.file_name[:200],
            is_signed=part.is_signed,
            file=stored,
        )
    announce(letter, by)
    events.tell(events.RECEIVED, letter, by)
    return letter


def _examined(upload: Upload, is_cover: bool) -> Enclosure:
    """A scan sent by a person, refused when it does not belong in a record."""
    name = upload.name or ""
    found = filetypes.examine(cast(BinaryIO, upload), name)
    if is_cover and found.kind is not filetypes.PDF:
        sentence = _("The letter itself is a PDF; “%(name)s” is not.") % {"name": name}
        raise RuleBroken(sentence, fields={"uploads": [sentence]})
    clean = filetypes.clean_name(name, found.kind)
    title = "" if is_cover else clean.rpartition(".")[0]
    return Enclosure(title=title, file_name=clean, content=upload, is_cover=is_cover)


def _lender(by: User) -> User | None:
    """In whose name a deputy takes letters in."""
    return principal(authority_for(by, UNIT_STAFF))


def _only_unit(by: User) -> None:
    if not works_in_unit(by):
        raise NotPermitted(_("Only the unit's staff take letters in."))


def as_belge_id(text: str) -> uuid.UUID | None:
    """A document identifier as typed or sent; None for an empty one. Raises RuleBroken for what is none."""
    text = text.strip()
    if not text:
        return None
    try:
        return uuid.UUID(text)
    except ValueError as error:
        sentence = _("A document identifier has 32 hexadecimal digits: 737B9A9F-C88A-4258-B9BC-AEAF7908094E.")
        raise RuleBroken(sentence, fields={"belge_id": [sentence]}) from error
