"""Files of a case: added, revised, withdrawn with a reason; never overwritten and never deleted."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.authority import roles_of, works_in_unit
from accounts.models import User
from accounts.roles import Role
from audit.context import because
from processes import filetypes, inbox, uploads
from processes.errors import NotFound, NotPermitted, RuleBroken, WrongState
from processes.gate import save
from processes.models import Case, Document, DocumentKind, Revision, StoredFile
from processes.plaintext import one_line
from processes.rooms import refuse_text
from processes.services.sight import require_sight, sees

MOST_AT_ONCE = 20
MOST_ON_A_CASE = 300


def attach(
    case: Case,
    by: User,
    upload: Any,
    title: str = "",
    kind: str = DocumentKind.ATTACHMENT,
    internal: bool = False,
) -> Document:
    """Add one uploaded file to a case. Who does not work in the unit adds no internal files.

    Refuses what the office does not take in (413, 415, 422) and a file that is on the case already.
    """
    require_sight(case, by, writing=True)
    if kind not in DocumentKind.values:
        raise RuleBroken(_("Choose what the file is."), fields={"kind": [_("Choose what the file is.")]})
    refuse_text(case, title=title, upload=getattr(upload, "name", "") or "")
    staff = works_in_unit(by)
    stored, name = uploads.take_in(upload)
    with transaction.atomic(), because(step="attach"):
        _refuse_second(case, stored, name, staff=staff)
        document = Document(
            case_id=case.pk,
            kind=kind,
            title=one_line(title)[:200] or name,
            is_internal=internal and staff,
            added_by=by,
        )
        save(document)
        save(Revision(document=document, number=1, file=stored, file_name=name, added_by=by))
        if not staff and case.assignee is not None:
            inbox.tell([case.assignee], case, gettext_noop("A file was added to %(number)s."))
    return document


def revise(document: Document, by: User, upload: Any) -> Revision:
    """Add a newer version of a file; the earlier ones stay."""
    require_sight(document.case, by, writing=True)
    _require_hand(document, by)
    stored, name = uploads.take_in(upload)
    with transaction.atomic(), because(step="revise"):
        locked = _locked(document)
        latest = locked.revisions.select_related("file").latest("number")
        if latest.file_id == stored.pk:
            raise RuleBroken(_("“%(name)s” is the same as the newest version.") % {"name": name})
        if latest.file.media_type != stored.media_type:
            raise RuleBroken(
                _(
                    "A newer version is of the same kind as the file (%(kind)s). Add “%(name)s” as a file of its own."
                )
                % {"kind": _label(latest.file), "name": name}
            )
        revision = Revision(
            document=locked, number=latest.number + 1, file=stored, file_name=name, added_by=by
        )
        save(revision)
    return revision


def withdraw(document: Document, by: User, reason: str) -> Document:
    """Take a file out of use. It stays listed with the reason; only the unit head can still open it."""
    require_sight(document.case, by, writing=True)
    _require_hand(document, by)
    reason = one_line(reason)
    if not reason:
        sentence = _("Write why the file is withdrawn.")
        raise RuleBroken(sentence, fields={"reason": [sentence]})
    with transaction.atomic(), because(step="withdraw", reason=reason):
        locked = _locked(document)
        locked.withdrawn_at, locked.withdrawn_by, locked.withdrawn_reason = timezone.now(), by, reason
        save(locked)
    return locked


def documents_for(case: Case, user: User) -> QuerySet[Document]:
    """The files of a case this person may know of, each with its versions, newest version first."""
    revisions = Revision.objects.select_related("file", "added_by").order_by("-number")
    documents = (
        Document.objects.filter(case_id=case.pk)
        .select_related("added_by", "withdrawn_by")
        .prefetch_related(Prefetch("revisions", revisions))
    )
    return documents if works_in_unit(user) else documents.filter(is_internal=False)


def document_for(user: User, pk: int) -> Document:
    """One file of a case the person may see; NotFound for one that is not theirs and one that does not exist alike."""
    related = Document.objects.select_related("case__applicant", "case__assignee").defer("case__search")
    document = related.filter(pk=pk).first()
    if (
        document is None
        or (document.is_internal and not works_in_unit(user))
        or not sees(document.case, user)
    ):
        raise NotFound(_("There is no such file."))
    return document


def revision_for(user: User, pk: int, number: int) -> Revision:
    """One version of a file, to be opened; a withdrawn one is opened by the unit head only."""
    document = document_for(user, pk)
    if document.withdrawn_at is not None and Role.UNIT_HEAD not in roles_of(user):
        raise NotPermitted(_("This file was withdrawn: %(reason)s") % {"reason": document.withdrawn_reason})
    revision = Revision.objects.select_related("file").filter(document=document, number=number).first()
    if revision is None:
        raise NotFound(_("There is no such file."))
    revision.document = document
    return revision


def may_change(document: Document, user: User) -> bool:
    """Whether the person may revise or withdraw the file: the unit's staff, or who added it."""
    return document.withdrawn_at is None and (works_in_unit(user) or document.added_by_id == user.pk)


def _refuse_second(case: Case, stored: StoredFile, name: str, *, staff: bool) -> None:
    """Refuse content the case holds already; the lock on the bytes lets only one of two clicks through."""
    StoredFile.objects.select_for_update().get(pk=stored.pk)
    on_case = Revision.objects.select_related("document").filter(
        document__case_id=case.pk, document__withdrawn_at__isnull=True, file=stored
    )
    if not staff:
        on_case = on_case.filter(document__is_internal=False)
    if same := on_case.first():
        raise RuleBroken(
            _("“%(name)s” is on the case already, as “%(title)s”.")
            % {"name": name, "title": same.document.title}
        )
    if Document.objects.filter(case_id=case.pk).count() >= MOST_ON_A_CASE:
        raise RuleBroken(_("A case holds at most %(count)d files.") % {"count": MOST_ON_A_CASE})


def _require_hand(document: Document, by: User) -> None:
    if document.is_internal and not works_in_unit(by):
        raise NotFound(_("There is no such file."))
    if document.withdrawn_at is not None:
        raise WrongState(_("This file was withdrawn already."))
    if not may_change(document, by):
        raise NotPermitted(_("Only who added a file, or the unit's staff, change it."))


def _locked(document: Document) -> Document:
    locked = Document.objects.select_for_update().get(pk=document.pk)
    if locked.withdrawn_at is not None:
        raise WrongState(_("This file was withdrawn already."))
    return locked


def _label(stored: StoredFile) -> str:
    kind = filetypes.kind_of(stored.media_type)
    return str(kind.label) if kind else stored.media_type
