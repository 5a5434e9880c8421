"""What can be done with a document, a version, a clause and an announcement: one form and one service each.

The pages and the API go through the same table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from ebys.api.acting import Act, plain
from processes.errors import NotFound
from security_docs.forms.papers import (
    AgreeForm,
    AnnouncementForm,
    DocumentForm,
    EndForm,
    GapForm,
    JudgeForm,
    PublishForm,
    ReadersForm,
    ReviewForm,
    SubmitForm,
    VersionForm,
)
from security_docs.models import Announcement, Audience, Clause, Document, Version
from security_docs.services import announcements, documents, evaluations, versions


class GroupForm(forms.Form):
    """A group of readers, by its key."""

    group = forms.IntegerField(label=gettext_lazy("Group"), min_value=1, max_value=2**31)


def group_of(document: Document, pk: int) -> Audience:
    """One of the groups that read a document."""
    found = document.audience.select_related("document").filter(pk=pk).first()
    if found is None:
        raise NotFound(_("This group is no longer among the readers."))
    return found


def _document(service: Callable[..., Any]) -> Callable[[Document, User, forms.Form, int | None], Document]:
    """A service that is given what the form asked; the document is told afterwards."""

    def take(document: Document, by: User, form: forms.Form, _seen: int | None) -> Document:
        service(document, by=by, **form.cleaned_data)
        return document

    return take


def _without_readers(document: Document, by: User, form: forms.Form, _seen: int | None) -> Document:
    documents.remove_readers(group_of(document, form.cleaned_data["group"]), by=by)
    return document


DOCUMENTS: Mapping[str, Act] = {
    "change": Act(
        gettext_lazy("Change what the register says"), plain(DocumentForm), _document(documents.change)
    ),
    "review": Act(gettext_lazy("Record a periodic review"), plain(ReviewForm), _document(documents.review)),
    "end": Act(gettext_lazy("End this document"), plain(EndForm), _document(documents.end)),
    "readers-add": Act(
        gettext_lazy("Add a group of readers"), plain(ReadersForm), _document(documents.add_readers)
    ),
    "readers-remove": Act(gettext_lazy("Remove a group of readers"), plain(GroupForm), _without_readers),
    "version-begin": Act(
        gettext_lazy("Begin the next version"), plain(VersionForm), _document(versions.begin)
    ),
}


def _version(service: Callable[..., Version]) -> Callable[[Version, User, forms.Form, int | None], Version]:
    return lambda version, by, form, seen: service(version, by=by, version_read=seen, **form.cleaned_data)


VERSIONS: Mapping[str, Act] = {
    "edit": Act(gettext_lazy("Edit"), plain(VersionForm), _version(versions.edit)),
    "submit": Act(
        gettext_lazy("Submit for approval"),
        plain(SubmitForm),
        lambda version, by, form, seen: versions.submit(
            version, by=by, approvers=form.approvers(), version_read=seen
        ),
    ),
    "agree": Act(gettext_lazy("Approve"), plain(AgreeForm), _version(versions.agree)),
    "send_back": Act(gettext_lazy("Send back"), plain(EndForm), _version(versions.send_back)),
    "publish": Act(gettext_lazy("Put in force"), plain(PublishForm), _version(versions.publish)),
    "retire": Act(gettext_lazy("Retire"), plain(EndForm), _version(versions.retire)),
    "discard": Act(gettext_lazy("Discard"), plain(EndForm), _version(versions.discard)),
}


def _clause(service: Callable[..., Clause]) -> Callable[[Clause, User, forms.Form, int | None], Clause]:
    return lambda clause, by, form, _seen: service(clause, by=by, **form.cleaned_data)


CLAUSES: Mapping[str, Act] = {
    "judge": Act(
        gettext_lazy("Say what the clause means here"), plain(JudgeForm), _clause(evaluations.judge)
    ),
    "close": Act(gettext_lazy("Close the gap"), plain(GapForm), _clause(evaluations.close_gap)),
}


def _announcement(
    service: Callable[..., Announcement],
) -> Callable[[Announcement, User, forms.Form, int | None], Announcement]:
    return lambda one, by, form, seen: service(one, by=by, version=seen, **form.cleaned_data)


def announcement_form(_record: Announcement | None, by: User) -> Callable[..., AnnouncementForm]:
    """The form offers the versions this person may see."""
    return lambda *args, **kwargs: AnnouncementForm(*args, by=by, **kwargs)


ANNOUNCEMENTS: Mapping[str, Act] = {
    "rewrite": Act(gettext_lazy("Change"), announcement_form, _announcement(announcements.rewrite)),
    "publish": Act(
        gettext_lazy("Put on the web page"), plain(forms.Form), _announcement(announcements.publish)
    ),
    "take_down": Act(gettext_lazy("Take down"), plain(EndForm), _announcement(announcements.take_down)),
}
