"""Who is answered what, at every door: asked of the running portal and written down as `docs/access-matrix.md`.

A row is an address with one record in it, a column is a person, a cell what reading and writing are answered. The
expected table is committed; an address without a record here, and an answer other than the table's, is a failure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from http.cookies import SimpleCookie
from io import BytesIO
from typing import Any
from zipfile import ZipFile

from django.conf import settings
from django.contrib import admin
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.access import API
from accounts.models import User
from config.access import rule_of
from processes import feeds
from processes.models import Case
from tests.security.house import (
    VISITORS,
    WORD,
    Arguments,
    House,
    Row,
    Table,
    room_of_all,
)

CASES = ("own", "own closed", "colleague's", "other institution's")
TWO_CASES = ("own", "other institution's", "no such case")
OUTGOING = ("draft", "approved", "registered", "discarded")
OF_A_CASE = (
    *("case", "case-due", "case-handle", "case-pause", "case-resume", "case-assign", "case-link"),
    *("note-add", "file-add", "supply-add"),
)
OF_AN_INCOMING = (
    *("letter-incoming", "letter-route", "letter-attach", "letter-file", "letter-unroute", "letter-unfile"),
    "letter-package",
)
OF_AN_OUTGOING = (
    *("letter-outgoing", "letter-edit", "letter-annex-add", "letter-approve", "letter-discard"),
    *("letter-take-back", "letter-hand-over", "letter-number", "letter-reject", "letter-revise"),
    "letter-fields",
)
EDITION: Arguments = {"number": "5.3.6", "edition": 1}

# For each address with a parameter: the records it is asked with, and what else stands in the address.
RECORDS: dict[str, tuple[Sequence[str], Arguments]] = {
    **dict.fromkeys(OF_A_CASE, (CASES, {})),
    "case": ((*CASES, "no such case"), {}),
    "case-pdf": (TWO_CASES, {}),
    "case-unlink": (("own",), {"pk": "link"}),
    "case-insiders": (("own",), {}),
    "case-insider-end": (("own",), {"pk": 1}),
    "supply-mark": (("own",), {"pk": 1}),
    "file": (
        ("file", "internal file", "withdrawn file", "file of another institution"),
        {"revision": 1},
    ),
    "file-revise": (("file", "internal file", "file of another institution"), {}),
    "file-withdraw": (("file", "internal file", "file of another institution"), {}),
    "inbox-open": (("notice",), {}),
    **dict.fromkeys(
        ("view-change", "view-remove"), (("own view of the IT lead", "removed view of the IT lead"), {})
    ),
    "view-save": (("",), {"list_name": "cases"}),
    "delegation-end": (("lent right",), {}),
    "passkey-remove": (("own passkey", "own removed passkey"), {}),
    "acknowledgement": (("own acknowledgement",), {}),
    "feed": (("calendar key", "guessed key"), {}),
    "password-choose": (("guessed link",), {}),
    **dict.fromkeys(OF_AN_INCOMING, (("letter", "secret letter"), {})),
    "letter-incoming-file": (("secret letter",), {"file_pk": 1}),
    **dict.fromkeys(
        ("letter-quarantine-file", "letter-quarantine-again", "letter-quarantine-settle"),
        (("unreadable package",), {}),
    ),
    **dict.fromkeys(OF_AN_OUTGOING, (("draft", "approved", "discarded"), {})),
    **dict.fromkeys(("letter-preview", "letter-pdf", "letter-eyp"), (("draft", "discarded"), {})),
    **dict.fromkeys(("letter-annex", "letter-annex-remove"), (("draft",), {"annex_pk": "annex"})),
    **dict.fromkeys(("process", "process-editions"), (("edition in force",), {})),
    **dict.fromkeys(
        ("process-card", "process-pdf", "process-export", "process-copy", "process-edit"),
        (("edition in force",), EDITION),
    ),
    "process-diff": (("edition in force",), EDITION | {"other": 1}),
    **dict.fromkeys(("breach-dossier", "breach-acknowledge", "breach-evidence-list"), (("breach",), {})),
    **dict.fromkeys(("breach-silence-paper", "breach-api-silence-paper"), (("breach",), {"pk": 1})),
    "breach-act": (("breach",), {"key": "notice"}),
    **dict.fromkeys(("breach-rota-cancel", "breach-api-rota-cancellation"), (("no shift",), {})),
    **dict.fromkeys(
        (
            *("breach-api-dossier", "breach-api-acts", "breach-api-acknowledgement"),
            "breach-api-evidence-list",
        ),
        (("breach", "no such breach"), {}),
    ),
    "breach-api-act": (("breach", "no such breach"), {"key": "task-add"}),
    "breach-api-evidence-file": (("breach",), {"pk": 1}),
    **dict.fromkeys(
        ("staff-detail", "staff-tc", "staff-change", "staff-move", "staff-leave", "staff-return"),
        (("staff member", "staff member of another institution"), {}),
    ),
    **dict.fromkeys(("webapps-application", "webapps-matrix"), (("web application",), {})),
    "webapps-reconciliation": (("comparison of users",), {}),
    "webapps-api-compare": (("",), {"code": "NONE"}),
    "webapps-api-differences": (("comparison of users",), {}),
    "webapps-api-comparison-act": (("comparison of users",), {"key": "accept_all"}),
    "webapps-api-difference-act": (("difference of users",), {"key": "accept"}),
    "webapps-api-review": (("access review",), {}),
    "webapps-api-review-act": (("access review",), {"key": "finish"}),
    **dict.fromkeys(
        ("webapps-api-review-items", "webapps-api-review-part-acts"), (("part of an access review",), {})
    ),
    "webapps-api-review-part-act": (("part of an access review",), {"key": "decide"}),
    "webapps-difference-settle": (("difference of users",), {}),
    **dict.fromkeys(("webapps-review", "webapps-review-finish"), (("access review",), {})),
    **dict.fromkeys(("webapps-review-part", "webapps-review-hand"), (("part of an access review",), {})),
    "webapps-person": (("staff member", "staff member of another institution"), {}),
    **dict.fromkeys(("import-new", "import-template"), (("",), {"key": "staff"})),
    **dict.fromkeys(("import-preview", "import-refused"), (("list of the IT officer",), {})),
    "process-move": (("edition in force",), EDITION | {"verb": "check"}),
    **dict.fromkeys(
        (
            *("security-document", "security-document-edit", "security-document-end"),
            *("security-document-review", "security-readers-add", "security-version-new"),
        ),
        (("document", "confidential document"), {}),
    ),
    "security-readers-remove": (("document",), {"group": "group of the document"}),
    **dict.fromkeys(
        (
            *("security-version", "security-version-edit", "security-version-pdf", "security-version-file"),
            *("security-version-proof", "security-proof-new", "security-paper-new"),
        ),
        (("version of the document", "version of the confidential document"), {}),
    ),
    "security-my-gap-close": (("own gap",), {}),
    "security-version-compare": (("version of the document",), {"other": 1}),
    "security-version-move": (("version of the document",), {"verb": "retire"}),
    **dict.fromkeys(("security-paper", "security-paper-pdf"), (("paper list",), {})),
    "security-certificate": (("training",), {}),
    **dict.fromkeys(("security-proof-paper", "security-proof-file"), (("proof as PDF",), {})),
    **dict.fromkeys(
        ("security-reading", "security-reading-paper", "security-reading-sign"),
        (("own reading", "colleague's reading"), {"page": 1}),
    ),
    **dict.fromkeys(("security-clauses", "security-announcement-letter"), (("notified document",), {})),
    **dict.fromkeys(("security-clause", "security-gap-close"), (("notified document",), {"pk": "clause"})),
    **dict.fromkeys(
        (
            *("security-announcement", "security-announcement-publish", "security-announcement-take-down"),
            *("public-announcement", "public-announcement-pdf"),
        ),
        (("announcement", "drafted announcement"), {}),
    ),
    **dict.fromkeys(
        ("security-api-document", "security-api-document-acts"), (("document", "confidential document"), {})
    ),
    "security-api-document-act": (("document", "confidential document"), {"key": "end"}),
    **dict.fromkeys(
        (
            *("security-api-version", "security-api-version-acts", "security-api-version-file"),
            *("security-api-version-pdf", "security-api-version-proof"),
        ),
        (("version of the document", "version of the confidential document"), {}),
    ),
    "security-api-version-act": (("version of the document",), {"key": "retire"}),
    **dict.fromkeys(
        ("security-api-reading-page", "security-api-reading-paper", "security-api-reading-signature"),
        (("own reading", "colleague's reading"), {"page": 1}),
    ),
    "security-api-clauses": (("notified document",), {}),
    "security-api-clause-act": (("clause", "own gap"), {"key": "close"}),
    **dict.fromkeys(
        ("security-api-announcement", "security-api-announcement-acts"),
        (("announcement", "drafted announcement"), {}),
    ),
    "security-api-announcement-act": (("announcement",), {"key": "take_down"}),
    "esignature-certificate": (("own certificate", "certificate elsewhere"), {}),
    "esignature-certificate-move": (("own certificate",), {"key": "revoke_certificate"}),
    **dict.fromkeys(
        ("esignature-api-certificate", "esignature-api-certificate-acts"), (("own certificate",), {})
    ),
    "esignature-api-certificate-act": (("own certificate",), {"key": "revoke_certificate"}),
    **dict.fromkeys(("esignature-api-batch", "esignature-api-batch-acts"), (("batch letter",), {})),
    "esignature-api-batch-act": (("batch letter",), {"key": "dissolve_batch"}),
    "esignature-produced": (("posted form",), {}),
    **dict.fromkeys(
        ("esignature-batch", "esignature-batch-pdf", "esignature-batch-labels", "esignature-batch-take-out"),
        (("batch letter",), {}),
    ),
    "esignature-batch-move": (("batch letter",), {"key": "dissolve_batch"}),
    **dict.fromkeys(("esignature-uncovered", "esignature-ask"), (("covered institution",), {})),
}
FIXED: dict[str, Arguments] = {
    "edition in force": {"number": "5.3.6"},
    "guessed link": {"uidb64": "MQ", "token": "aaaaaa-aaaaaaaaaaaaaaaa"},
    "no shift": {"pk": 1},
    "no such breach": {"number": "5.3.2/2026/999999"},
    "": {},
}
# Of the API: the records each of its addresses is asked with.
PROGRAMS: dict[str, Sequence[str]] = {
    "incoming-letters": ("",),
    "incoming-letter": ("letter", "secret letter"),
    "outgoing-letters": ("",),
    "outgoing-letter": OUTGOING,
    **dict.fromkeys(("outgoing-letter-package", "outgoing-letter-pdf"), ("draft",)),
    **dict.fromkeys(
        ("outgoing-letter-collection", "outgoing-letter-registration", "outgoing-letter-rejection"),
        ("draft", "registered"),
    ),
    "cases": ("",),
    **dict.fromkeys(("case", "case-steps"), (*CASES, "no such case")),
}


def arguments(house: House, record: str, more: Arguments) -> Arguments:
    """What stands in an address for a record."""
    found = {**FIXED.get(record, {}), **house.records.get(record, {}), **more}
    for name, value in more.items():
        if isinstance(value, str) and value in house.records:
            (found[name],) = house.records[value].values()
    return found


def named(
    patterns: list[Any], namespace: str = "", taken: tuple[str, ...] = ()
) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Every named address: its namespace, its name and the parameters it takes."""
    for pattern in patterns:
        inside = tuple(dict.fromkeys((*taken, *pattern.pattern.regex.groupindex)))
        if isinstance(pattern, URLResolver):
            yield from named(pattern.url_patterns, pattern.namespace or namespace, inside)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield namespace, pattern.name, inside


def addresses(namespace: str) -> dict[str, tuple[str, ...]]:
    """The addresses of a part of the portal, each with its parameters."""
    return {name: taken for space, name, taken in named(get_resolver().url_patterns) if space == namespace}


def pages(house: House) -> Iterator[tuple[Row, str]]:
    """Every page with each record it is asked with."""
    return asked_with(
        house, {name: taken for name, taken in addresses("").items() if not is_of_programs(name)}
    )


def is_of_programs(name: str) -> bool:
    """An address of a room that programs call with their keys."""
    rule = rule_of(name)
    return rule is not None and rule.name == API.name


def asked_with(house: House, named: dict[str, tuple[str, ...]]) -> Iterator[tuple[Row, str]]:
    """These addresses, in order, with each record they are asked with."""
    for name, taken in sorted(named.items()):
        if name == "case-step":
            for key in room_of_all().forms:
                yield (
                    (f"{name} {key}", "own"),
                    reverse(name, kwargs=arguments(house, "own", {"key": key})),
                )
            continue
        records, more = RECORDS[name] if taken else (("",), {})
        for record in records:
            kwargs = {key: value for key, value in arguments(house, record, more).items() if key in taken}
            yield (name, record), reverse(name, kwargs=kwargs)


def programs(house: House) -> Iterator[tuple[Row, str]]:
    """Every address of the API with each record it is asked with."""
    for name in sorted(addresses("api")):
        if name == "case-step":
            for key in room_of_all().forms:
                kwargs = house.records["own"] | {"key": key}
                yield (f"{name} {key}", "own"), reverse(f"api:{name}", kwargs=kwargs)
            continue
        for record in PROGRAMS[name]:
            kwargs = arguments(house, record, {})
            yield (name, record), reverse(f"api:{name}", kwargs=kwargs)
    yield from asked_with(
        house, {name: taken for name, taken in addresses("").items() if is_of_programs(name)}
    )


def offices() -> Iterator[tuple[Row, str]]:
    """Every address of the stock admin; where it asks for a record, the first there is."""
    models = {f"{model._meta.app_label}_{model._meta.model_name}": model for model in admin.site._registry}
    for name, taken in sorted(addresses("admin").items()):
        if "url" in taken or name == "view_on_site":
            continue  # redirects of the framework that lead back to the pages above
        model = next((model for prefix, model in models.items() if name.startswith(f"{prefix}_")), None)
        first = model._default_manager.order_by("pk").first() if model else None
        values = {"app_label": "processes"}
        kwargs = {one: values.get(one, getattr(first, "pk", 1)) for one in taken}
        yield (name, "first" if kwargs else ""), reverse(f"admin:{name}", kwargs=kwargs)


def answered(house: House, who: str, url: str, *, program: bool = False) -> str:
    """What a person is answered for reading and for writing with nothing in it; nothing of it stays."""
    told = []
    for method in ("get", "post"):
        client, headers = house.browsers[who], {}
        if program:
            client = Client(raise_request_exception=False)
            headers = {"Authorization": f"Bearer {house.keys[who]}"} if who in house.keys else {}
        session = client.cookies.get(settings.SESSION_COOKIE_NAME)
        body = {"content_type": "application/json", "data": "{}"} if program and method == "post" else {}
        with transaction.atomic():
            answer = getattr(client, method)(url, headers=headers, **body)
            if answer.streaming:
                answer.getvalue()  # read to its end, or the file stays open
            transaction.set_rollback(True)
        client.cookies = SimpleCookie({settings.SESSION_COOKIE_NAME: session.value} if session else {})
        told.append(str(answer.status_code))
    return " ".join(told)


def asked(
    house: House, rows: Iterator[tuple[Row, str]], visitors: Sequence[str], *, program: bool = False
) -> Table:
    """The table of one part of the portal."""
    return {row: [answered(house, who, url, program=program) for who in visitors] for row, url in rows}


def seen(house: House) -> Table:
    """Which of the prepared cases each visitor finds where cases are listed, counted, exported or subscribed to."""
    places: dict[str, str] = {
        "home": "/",
        "case-list": f"/cases/?q={WORD}",
        "case-list CSV": "/cases/?export=csv",
        "case-list XLSX": "/cases/?export=xlsx",
        "search": f"/search/?q={WORD}",
        "search by number": "/search/?q={number}",
        "inbox": "/inbox/",
    }
    table: Table = {}
    for place, url in places.items():
        table[place, ""] = [found_in(house, reader(house.browsers[who], url)) for who in VISITORS]
    table["api:cases", ""] = [
        found_in(house, reader(Client(), "/api/v1/cases/", house.keys.get(who, ""))) for who in VISITORS
    ]
    table["feed", ""] = [
        found_in(house, calendar(house.people[who])) if who in house.people else "–" for who in VISITORS
    ]
    return table


LETTERS = {"own": "A", "own closed": "B", "colleague's": "C", "other institution's": "D"}


def found_in(house: House, look: Callable[[Case], str]) -> str:
    """The letters of the cases whose number, or address, stands in what a visitor gets."""
    return "".join(letter for name, letter in LETTERS.items() if stands(house.cases[name], look)) or "–"


def stands(case: Case, look: Callable[[Case], str]) -> bool:
    """Whether a visitor is told of a case. A page repeats what was searched for, so on pages only its address counts."""
    text = look(case)
    return (f"/cases/{case.number}/" if "<html" in text else case.number) in text


def reader(client: Client, url: str, key: str = "") -> Callable[[Case], str]:
    """What a visitor reads at an address; asked once, unless the address speaks of a case."""
    if "{number}" in url:
        return lambda case: read(client, url.format(number=case.number))
    text = read(client, url, key)
    return lambda case: text


def read(client: Client, url: str, key: str = "") -> str:
    """The text of an answer."""
    answer: Any = client.get(url, headers={"Authorization": f"Bearer {key}"} if key else {})
    assert answer.status_code < 500, url
    content: bytes = b"".join(answer) if answer.streaming else answer.content
    if content.startswith(b"PK"):  # a workbook: the words of all its sheets
        with ZipFile(BytesIO(content)) as book:
            content = b" ".join(book.read(name) for name in book.namelist() if name.endswith(".xml"))
    return content.decode("utf-8-sig", "replace")


def calendar(user: User) -> Callable[[Case], str]:
    """The calendar a person may subscribe to."""
    with transaction.atomic():
        text = read(Client(), reverse("feed", kwargs={"secret": feeds.make_key(user)}))
        transaction.set_rollback(True)
    return lambda case: text.replace("\r\n ", "")
