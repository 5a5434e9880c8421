"""The addresses of the portal, each with something to show in the invented province.

They come from the URL conf, so a new page without a sample here fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import Any

from django.contrib import admin
from django.contrib.auth.tokens import default_token_generator
from django.db.models import Model
from django.urls import get_resolver, reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from accounts.access import API
from accounts.models import Acknowledgement, Employee, User
from config.access import ACCESS
from ebys.models import IncomingLetter, IncomingState, OutgoingLetter, OutgoingState
from esignature.models import Batch, Certificate
from helpdesk.forms import FORMS
from helpdesk.models import State, Ticket
from incidents.models import Breach
from processes.models import Case, CaseInsider, Definition, Document, InboxItem, TableImport
from tests.config.test_access import names
from tests.security_docs import pages as security_docs
from webapps.models import Application, Campaign, Reconciliation, ReviewPart

HEAD, LEAD, OFFICER, PATIENTS_SIDE = (
    "birim.sorumlusu",
    "bilgi.islem.sorumlusu",
    "bilgi.islem1",
    "hastane.personeli",
)
APART = ("api:", "admin:")  # the API has tests of its own; the admin's pages are listed by model
NOBODYS = {"logout", "feed", "delegation-end"}  # ends the session; a calendar for programs; a button only
Addresses = Callable[[], Iterator[str]]


def the_cases() -> list[Case]:
    """One case in each state."""
    return list(Ticket.objects.order_by("state", "-pk").distinct("state"))


def of_cases(name: str) -> Iterator[str]:
    """A page below each of the sample cases."""
    return (reverse(name, args=(case.number,)) for case in the_cases())


def case_pages() -> Iterator[str]:
    """A case in each state, and all tabs of the newest."""
    yield from of_cases("case")
    newest = Ticket.objects.filter(state=State.REPORTED).latest("pk").get_absolute_url()
    yield from (f"{newest}?tab={tab}" for tab in ("letters", "files", "trail"))


def step_pages() -> Iterator[str]:
    """The form of every step at a case that has just come in."""
    number = Ticket.objects.filter(state=State.REPORTED).latest("pk").number
    return (reverse("case-step", args=(number, key)) for key in FORMS)


def incoming_pages() -> Iterator[str]:
    """A letter in each state."""
    for state in IncomingState.values:
        yield IncomingLetter.objects.filter(state=state).latest("pk").get_absolute_url()


def outgoing_pages() -> Iterator[str]:
    """A letter of ours in each state."""
    for state in OutgoingState.values:
        yield OutgoingLetter.objects.filter(state=state).latest("pk").get_absolute_url()


def of_draft(name: str) -> Iterator[str]:
    """A page below a letter being drafted."""
    yield reverse(name, args=(OutgoingLetter.objects.filter(state=OutgoingState.DRAFT).latest("pk").pk,))


def edition() -> Definition:
    """The edition of 5.3.6 in force."""
    return Definition.objects.filter(subprocess__number="5.3.6").latest("edition")


def of_edition(name: str, *more: Any) -> Iterator[str]:
    """A page below an edition of 5.3.6."""
    yield reverse(name, args=("5.3.6", edition().edition, *more))


def let_in() -> CaseInsider:
    """The person let into a confidential case."""
    return CaseInsider.objects.select_related("case").latest("pk")


def with_queries(name: str, *queries: str) -> Iterator[str]:
    """One page under several filters."""
    return (f"{reverse(name)}{query}" for query in ("", *queries))


def choose_password() -> Iterator[str]:
    """The one-time link of a person who sets a password."""
    user = User.objects.get(username=PATIENTS_SIDE)
    key = urlsafe_base64_encode(force_bytes(user.pk))
    yield reverse("password-choose", args=(key, default_token_generator.make_token(user)))


def someone(**wanted: Any) -> Employee:
    """Somebody of the invented staff without an account."""
    return Employee.objects.filter(user__isnull=True, **wanted).earliest("pk")


def table_page(query: str) -> str:
    """The preview of the staff list the officer handed in."""
    return reverse("import-preview", args=("staff", TableImport.objects.latest("pk").pk)) + query


def of_newest(name: str, model: type[Model]) -> Addresses:
    """The page of the newest record of a kind."""
    return lambda: iter([reverse(name, args=(model._default_manager.latest("pk").pk,))])


SAMPLES: dict[str, Addresses] = {
    **security_docs.SAMPLES,
    "home": lambda: with_queries("home", "?tab=unit", "?tab=waiting"),
    "case-list": lambda: with_queries("case-list", "?status=all", "?q=yok+b%C3%B6yle+bir+kay%C4%B1t"),
    "search": lambda: with_queries("search", "?q=yaz", "?q=qqqq"),
    "inbox": lambda: with_queries("inbox", "?show=read"),
    "letters-incoming": lambda: with_queries("letters-incoming", "?q=qqqq"),
    "letters-outgoing": lambda: with_queries(
        "letters-outgoing", *(f"?state={state}" for state in OutgoingState.values)
    ),
    "letters-quarantine": lambda: with_queries("letters-quarantine", "?all"),
    "developer-components": lambda: with_queries("developer-components", "?state=open&messages=1"),
    "case": case_pages,
    "case-step": step_pages,
    "case-due": lambda: islice(of_cases("case-due"), 1),
    "case-handle": lambda: islice(of_cases("case-handle"), 1),
    "case-insiders": lambda: iter([reverse("case-insiders", args=(let_in().case.number,))]),
    "case-insider-end": lambda: iter([reverse("case-insider-end", args=(let_in().case.number, let_in().pk))]),
    "letter-incoming": incoming_pages,
    "letter-outgoing": outgoing_pages,
    "letter-edit": lambda: of_draft("letter-edit"),
    "letter-fields": lambda: of_draft("letter-fields"),
    "letter-draft": lambda: iter(
        [f"{reverse('letter-draft')}?case={Ticket.objects.filter(state=State.ASSESSED).latest('pk').number}"]
    ),
    "process": lambda: iter([reverse("process", args=("5.3.6",)), reverse("process", args=("5.3.1",))]),
    "process-editions": lambda: iter([reverse("process-editions", args=("5.3.6",))]),
    "process-card": lambda: of_edition("process-card"),
    "process-copy": lambda: of_edition("process-copy"),
    "process-edit": lambda: of_edition("process-edit"),
    "process-diff": lambda: of_edition("process-diff", edition().edition),
    "file-revise": lambda: iter([reverse("file-revise", args=(Document.objects.latest("pk").pk,))]),
    "file-withdraw": lambda: iter([reverse("file-withdraw", args=(Document.objects.latest("pk").pk,))]),
    "inbox-open": lambda: iter([reverse("inbox-open", args=(InboxItem.objects.latest("pk").pk,))]),
    "staff-list": lambda: with_queries("staff-list", "?status=left", "?unit=0"),
    "staff-detail": lambda: (one.get_absolute_url() for one in (someone(), someone(left_on__isnull=False))),
    "staff-change": lambda: iter([reverse("staff-change", args=(someone().pk,))]),
    "staff-move": lambda: iter([reverse("staff-move", args=(someone().pk,))]),
    "staff-leave": lambda: iter([reverse("staff-leave", args=(someone().pk,))]),
    "staff-return": lambda: iter([reverse("staff-return", args=(someone(left_on__isnull=False).pk,))]),
    "import-new": lambda: iter([reverse("import-new", args=("staff",))]),
    "import-preview": lambda: (table_page(query) for query in ("", "?show=refused", "?show=same")),
    "webapps-application": of_newest("webapps-application", Application),
    "webapps-matrix": of_newest("webapps-matrix", Application),
    "webapps-reconciliation": of_newest("webapps-reconciliation", Reconciliation),
    "webapps-review": of_newest("webapps-review", Campaign),
    "webapps-review-part": of_newest("webapps-review-part", ReviewPart),
    "webapps-person": of_newest("webapps-person", Employee),
    "breach-dossier": lambda: (
        breach.get_dossier_url() for breach in Breach.objects.order_by("state", "-pk").distinct("state")
    ),
    "esignature-certificates": lambda: with_queries(
        "esignature-certificates", "?standing=within90", "?q=qqqq"
    ),
    "esignature-certificate": lambda: (
        one.get_absolute_url() for one in Certificate.objects.order_by("state").distinct("state")
    ),
    "esignature-forms": lambda: with_queries("esignature-forms", "?show=in-order", "?q=qqqq"),
    "esignature-outcomes": lambda: with_queries("esignature-outcomes", "?stage=none", "?q=qqqq"),
    "esignature-batches": lambda: with_queries("esignature-batches", "?state=posted", "?q=qqqq"),
    "esignature-batch": lambda: (one.get_absolute_url() for one in Batch.objects.all()),
    "esignature-uncovered": lambda: iter([reverse("esignature-uncovered", args=(someone().institution_id,))]),
    "password-choose": choose_password,
    "acknowledgement": lambda: (
        reverse("acknowledgement", args=(one.pk,)) for one in Acknowledgement.objects.all()[:1]
    ),
}


# Files, fragments without a page of their own, and addresses that only take a form.
NOT_PAGES = security_docs.NOT_PAGES | {
    "health", "api-schema", "set-language", "people-find", "institutions-find", "employees-find", "units-find",
    "import-template", "import-refused", "case-pdf", "process-pdf",
    "process-export", "catalogue-export", "file", "letter-pdf", "letter-eyp", "letter-preview", "letter-annex",
    "letter-package", "letter-incoming-file", "letter-quarantine-file",
    "esignature-batch-pdf", "esignature-batch-labels", "breach-evidence-list", "breach-silence-paper",
    *(name for name, rule in ACCESS.items() if rule == API),
}  # fmt: skip


ONLY_FORMS = security_docs.ONLY_FORMS | {
    "case-assign", "case-link", "case-pause", "case-resume", "case-unlink", "file-add", "letter-annex-add",
    "letter-annex-remove", "letter-approve", "letter-attach", "letter-discard", "letter-file",
    "letter-hand-over", "letter-number", "letter-quarantine-again", "letter-quarantine-settle",
    "letter-reject", "letter-revise", "letter-route", "letter-take-back", "letter-unfile", "letter-unroute",
    "breach-act", "breach-acknowledge", "breach-rota-cancel", "esignature-batch-move", "esignature-batch-take-out",
    "esignature-certificate-move", "esignature-produced", "esignature-renew",
    "esignature-ask", "esignature-ask-open", "esignature-ask-undo",
    "note-add", "process-move", "supply-add", "supply-mark", "view-change", "view-remove", "view-save",
    "case-bulk", "case-similar", "inbox-read", "letter-upload", "recovery-codes", "second-factor-remove",
    "passkey-remove", "staff-tc", "webapps-difference-settle", "webapps-review-finish", "webapps-review-hand",
}  # fmt: skip


def sampled(name: str, pattern: str) -> Iterator[str]:
    """The addresses to visit of one row of the URL conf."""
    if name in SAMPLES:
        return SAMPLES[name]()
    return iter(()) if "<" in pattern else iter([reverse(name)])


def pages() -> list[str]:
    """Every address of ours that may be a page."""
    rows = [
        (name, pattern)
        for name, pattern in names(get_resolver())
        if not name.startswith(APART) and name not in NOT_PAGES | NOBODYS | ONLY_FORMS
    ]
    return list(dict.fromkeys(chain.from_iterable(sampled(name, pattern) for name, pattern in rows)))


def admin_pages() -> list[str]:
    """The admin's front page, and of each model its list and one row."""
    found = [reverse("admin:index")]
    for model in sorted(admin.site._registry, key=lambda one: one._meta.label):
        base = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        found.append(reverse(f"{base}_changelist"))
        row = model._default_manager.first()
        found.append(reverse(f"{base}_change", args=(row.pk,)) if row else reverse(f"{base}_add"))
    return found
