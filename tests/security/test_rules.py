"""Rules of our own about the code, read from its syntax: each dangerous construct stands only where a reason is given.

A new place fails until its reason is written here; a reason whose place is gone fails too.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from django.conf import settings

from config.rooms import ROOMS

BASE = Path(settings.BASE_DIR)
FLOORS = ("config", "audit", "accounts", "processes", "ebys", *ROOMS)

OWN_METER = "a meter the machine keeps of itself, no fact of the office"
TOLD = "the change is told to the trail in the same transaction by the code around it"
WORN = "entries that served their time or their purpose; nobody's record"
WHOLE = "deleted one by one through the model, which the trail sees"
FOLLOWS = "follows from a change the trail tells: a group of readers, somebody who left, a version that ended"
MACHINE = "rows the machine writes for itself: notices, runs, deliveries"

# A write that leaves the model's save() aside, and with it the trail: file, what it is called on, and why it may.
BULK: dict[tuple[str, str], str] = {
    ("accounts/demo.py", "TOTPDevice.objects.bulk_create"): "the invented province of the trial run",
    (
        "accounts/models/keys.py",
        "super().bulk_create",
    ): "keeps the search keys in step; the caller answers for the trail",
    (
        "accounts/models/keys.py",
        "super().bulk_update",
    ): "keeps the search keys in step; the caller answers for the trail",
    ("accounts/demo_staff.py", "Employee.objects.bulk_create"): TOLD,
    ("accounts/services/staff.py", "Employee.objects.bulk_update"): TOLD,
    ("accounts/attempts.py", "here.delete"): WORN,
    ("accounts/services/people.py", "PasswordHistory.objects.filter.exclude.delete"): WORN,
    ("accounts/services/passkeys.py", "key.delete"): WHOLE,
    ("accounts/services/second_factor.py", "Passkey.objects.filter.delete"): TOLD,
    ("accounts/services/second_factor.py", "StaticDevice.objects.filter.delete"): TOLD,
    ("accounts/services/second_factor.py", "StaticToken.objects.bulk_create"): TOLD,
    ("accounts/services/second_factor.py", "TOTPDevice.objects.filter.delete"): TOLD,
    ("accounts/services/second_factor.py", "TOTPDevice.objects.filter.exclude.delete"): TOLD,
    (
        "audit/publishing.py",
        "Anchor.objects.bulk_create",
    ): "the seal's own rows; the trail does not tell of itself",
    ("audit/trail.py", "Entry.objects.bulk_create"): "the trail itself",
    ("ebys/api/authentication.py", "ApiKey.objects.filter.update"): OWN_METER,
    ("ebys/api/idempotency.py", "IdempotencyKey.objects.filter.delete"): WORN,
    ("ebys/demo.py", "LetterTemplate.objects.filter.update"): "the invented province of the trial run",
    ("ebys/services/drafting.py", "annex.delete"): WHOLE,
    ("ebys/services/drafting.py", "row.delete"): WHOLE,
    ("ebys/webhooks.py", "rows.update"): OWN_METER,
    ("esignature/batches.py", "Request.objects.filter.update"): TOLD,
    ("esignature/lifecycle.py", "Certificate.objects.bulk_create"): TOLD,
    ("esignature/reminders.py", "ExpiryNotice.objects.bulk_create"): MACHINE,
    ("esignature/reminders.py", "given.delete"): MACHINE,
    ("processes/alike.py", "model._base_manager.filter.update"): TOLD,
    ("processes/approval.py", "Definition.objects.filter.update"): TOLD,
    ("processes/digest.py", "unread.filter.update"): OWN_METER,
    ("processes/feeds.py", "key.delete"): WHOLE,
    ("processes/imports/machine.py", "ImportLine.objects.bulk_create"): MACHINE,
    ("processes/imports/machine.py", "table.lines.all.delete"): WORN,
    ("processes/imports/staff.py", "Employee.objects.bulk_create"): TOLD,
    ("processes/imports/staff.py", "Employee.objects.bulk_update"): TOLD,
    ("processes/inbox.py", "InboxItem.objects.bulk_create"): MACHINE,
    ("processes/inbox.py", "InboxItem.objects.filter.update"): MACHINE,
    ("processes/inbox.py", "waiting.update"): OWN_METER,
    ("processes/jobs.py", "JobRun.objects.bulk_create"): MACHINE,
    ("processes/outbox.py", "Delivery.objects.bulk_create"): MACHINE,
    ("processes/outbox.py", "Delivery.objects.filter.update"): MACHINE,
    ("processes/reminders.py", "OverdueNotice.objects.bulk_create"): MACHINE,
    ("processes/services/calendar.py", "Case.objects.bulk_update"): TOLD,
    ("processes/services/calendar.py", "StepRun.objects.bulk_update"): TOLD,
    ("processes/services/calendar.py", "row.delete"): WHOLE,
    ("processes/services/cases.py", "joined.delete"): WHOLE,
    ("processes/services/definitions.py", "row.delete"): WHOLE,
    ("processes/services/sent_forms.py", "SentForm.objects.filter.delete"): WORN,
    ("processes/services/views.py", "view.delete"): WHOLE,
    ("processes/workflow.py", "StepRun.objects.bulk_create"): TOLD,
    ("incidents/models/due.py", "self.bulk_create"): MACHINE,
    ("incidents/reminding.py", "Reminder.objects.bulk_create"): MACHINE,
    ("incidents/services/checklists.py", "Task.objects.bulk_create"): TOLD,
    ("security_docs/services/trainings.py", "Training.objects.bulk_create"): TOLD,
    ("security_docs/trained.py", "Training.objects.bulk_create"): TOLD,
    ("incidents/awaiting.py", "Task.objects.bulk_create"): TOLD,
    ("incidents/services/rota.py", "Shift.objects.bulk_create"): TOLD,
    (
        "security_docs/printing.py",
        "Version.objects.filter.update",
    ): "a printed copy that can be made again at any time",
    ("security_docs/proofs.py", "ProofPaper.objects.filter.update"): "how far a list has come; made is told",
    ("security_docs/readings.py", "Reading.objects.bulk_create"): TOLD,
    ("security_docs/readings.py", "Reading.objects.filter.update"): MACHINE,
    ("security_docs/readings.py", "undecided.exclude.update"): FOLLOWS,
    ("security_docs/readings.py", "version.readings.filter.update"): FOLLOWS,
    ("security_docs/services/documents.py", "group.delete"): WHOLE,
    ("security_docs/services/papers.py", "open_ones.filter.update"): TOLD,
    ("webapps/moving.py", "ReviewItem.objects.bulk_create"): TOLD,
    ("webapps/moving.py", "ReviewItem.objects.bulk_update"): TOLD,
    ("webapps/reconciling.py", "Difference.objects.bulk_create"): TOLD,
    ("webapps/reconciling.py", "Difference.objects.bulk_update"): TOLD,
    ("webapps/reconciling.py", "Difference.objects.filter.update"): TOLD,
    ("webapps/reconciling.py", "ended.exclude.update"): TOLD,
    ("webapps/reconciling.py", "ended.filter.update"): TOLD,
    ("webapps/remedies.py", "Difference.objects.filter.update"): TOLD,
    ("webapps/reviewing.py", "ReviewItem.objects.bulk_create"): TOLD,
    ("webapps/reviewing.py", "ReviewPart.objects.bulk_create"): TOLD,
    ("webapps/reviewing.py", "current.items.filter.update"): TOLD,
    (
        "webapps/reviewing.py",
        "part.items.filter.update",
    ): "which request took an item up; the request itself is told",
    ("webapps/services/deciding.py", "ConditionCheck.objects.bulk_create"): TOLD,
    ("webapps/services/deciding.py", "RequestLine.objects.bulk_create"): TOLD,
    ("webapps/services/deciding.py", "RequestLine.objects.bulk_update"): TOLD,
    ("webapps/services/deciding.py", "line.delete"): WHOLE,
    ("webapps/services/granting.py", "Authority.objects.bulk_create"): TOLD,
    ("webapps/services/granting.py", "Authority.objects.bulk_update"): TOLD,
}
# Text handed to the page as it is.
TRUSTED: dict[str, str] = {
    "accounts/views/second_factor.py": "a QR code drawn by us from a text that does not appear in it",
    "processes/charts.py": "the empty string",
    "processes/svg.py": "constants of our own",
    "processes/templatetags/portal.py": "the empty string",
    "security_docs/word.py": "a few harmless tags of a Word file, let through one by one, for the printer alone",
}
WITHOUT_TOKEN = {"processes/views/records.py": "looks at the length first, then asks for the token itself"}
# SQL put together from parts: file, and whose the parts are.
COMPOSED: dict[str, str] = {
    "security_docs/queries.py": "a constant of the module; the number of lines is a parameter",
    "accounts/authority.py": "a constant of the module; the person and the day are parameters",
    "audit/kinds.py": "a constant of the module",
    "audit/management/commands/database_roles.py": "statements of audit/roles.py: names are constants, passwords quoted there",
    "audit/protection.py": "a constant of the module",
    "audit/roles.py": "names of our own roles, tables and schemas",
    "audit/sealing.py": "one of two constants",
    "audit/strays.py": "constants of the module",
    "audit/verifying.py": "constants of the module",
    "config/backup.py": "names read from the database's own catalogue",
    "config/disks.py": "constants of the module",
    "config/monitoring.py": "a number of our own",
    "config/postgres.py": "a constant name",
    "processes/numbering.py": "the name of a table as the model declares it",
    "processes/queries.py": "statements Django wrote, values apart",
}
XML_WRITTEN = {
    "security_docs/word.py": "writes numbers into a copy of what a safe parser read",
    "ebys/eyp/draft.py": "writes our own package and parses nothing",
    "ebys/eyp/xml.py": "the type's name only, for the type checker",
}
FROM_ARCHIVE: dict[str, str] = {}
SENT_AT_ONCE = {"processes/nudge.py": "in a thread of its own, after the transaction"}

UNSAFE_MODULES = re.compile(
    r"(?:xml\.(?:etree|dom|sax|parsers)|lxml|pickle|marshal|shelve|dill|jsonpickle)(?:\.|\Z)"
)
WRITES = frozenset(
    {"update", "bulk_create", "bulk_update", "delete", "_raw_delete", "abulk_create", "aupdate", "adelete"}
)
DECLARED_SAFE = re.compile(r"\|\s*safe(?:seq)?\b|{%\s*autoescape off")


@cache
def trees() -> dict[str, ast.Module]:
    """Every module of the program; migrations are written once and read by hand."""
    rooms = {path.parent.name for path in BASE.glob("*/workflow.py")}
    return {
        path.relative_to(BASE).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for floor in sorted({*FLOORS, *rooms})
        for path in sorted((BASE / floor).rglob("*.py"))
        if "migrations" not in path.parts
    }


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call with its last name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield getattr(node.func, "attr", getattr(node.func, "id", "")), node


def chain(expression: ast.expr) -> str:
    """What a call is made on, without arguments: `Case.objects.filter.update`."""
    if isinstance(expression, ast.Call):
        inner = chain(expression.func)
        return f"{inner}()" if inner == "super" else inner
    if isinstance(expression, ast.Attribute):
        return f"{chain(expression.value)}.{expression.attr}"
    return expression.id if isinstance(expression, ast.Name) else "…"


def bulk_writes(tree: ast.AST) -> Iterator[str]:
    """Writes of many rows at once, and deletions. `x.update({...})` of a dictionary or a digest is none."""
    for name, call in calls(tree):
        if name not in WRITES or not isinstance(call.func, ast.Attribute):
            continue
        if name in {"update", "aupdate"} and (call.args or not call.keywords):
            continue
        told = chain(call.func)
        if told.startswith(("context.", "super().delete", "self._")) or (name == "delete" and call.args):
            continue
        yield told


def trusted_text(tree: ast.AST) -> Iterator[str]:
    """Calls that declare a text to be safe; a constant given to SafeString included."""
    return (name for name, _call in calls(tree) if name in {"mark_safe", "SafeString", "SafeText"})


def without_token(tree: ast.AST) -> Iterator[str]:
    """Views that do not ask for the form's token."""
    return (
        ast.unparse(node)
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id == "csrf_exempt"
    )


def composed_sql(tree: ast.AST) -> Iterator[str]:
    """Statements that are no constant, and the doors of the framework that take raw SQL."""
    for name, call in calls(tree):
        if (
            name in {"execute", "executemany", "raw"}
            and call.args
            and not isinstance(call.args[0], ast.Constant)
        ):
            if name == "raw" and "objects" not in ast.unparse(call.func):
                continue
            yield ast.unparse(call)
        elif name == "RawSQL" or (name == "extra" and "objects" in ast.unparse(call.func)):
            yield ast.unparse(call)
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr) and re.match(
            r"f['\"]{1,3}\s*(?:SELECT|INSERT|UPDATE|DELETE|ALTER|GRANT|REVOKE|CREATE|DROP|SET)\b",
            ast.unparse(node),
        ):
            yield ast.unparse(node)


def unsafe_imports(tree: ast.AST) -> Iterator[str]:
    """Parsers that follow entities, and formats that run code when read."""
    for node in ast.walk(tree):
        names = (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom) and not node.level
            else []
        )
        yield from (name for name in names if UNSAFE_MODULES.match(name))


def unpacked(tree: ast.AST) -> Iterator[str]:
    """Archives written out to the disk by their own names."""
    for name, call in calls(tree):
        if name in {"extractall", "unpack_archive"} or (
            name == "extract" and isinstance(call.func, ast.Attribute)
        ):
            yield ast.unparse(call)


def sent_at_once(tree: ast.AST) -> Iterator[str]:
    """Background work asked for before the transaction that it is about."""
    return (name for name, _call in calls(tree) if name in {"delay", "apply_async", "send_task"})


Finder = Callable[[ast.AST], Iterator[str]]
RULES: dict[str, tuple[Finder, dict[str, str]]] = {
    "text declared safe": (trusted_text, TRUSTED),
    "a form without its token": (without_token, WITHOUT_TOKEN),
    "SQL put together": (composed_sql, COMPOSED),
    "an unsafe parser": (unsafe_imports, XML_WRITTEN),
    "an archive unpacked": (unpacked, FROM_ARCHIVE),
    "work sent at once": (sent_at_once, SENT_AT_ONCE),
}


def test_rows_are_written_past_the_trail_only_where_a_reason_is_given() -> None:
    found = {(file, told) for file, tree in trees().items() for told in bulk_writes(tree)}
    assert found == set(BULK)


@pytest.mark.parametrize("name", RULES)
def test_a_dangerous_construct_stands_only_where_a_reason_is_given(name: str) -> None:
    finder, reasons = RULES[name]
    found = {file for file, tree in trees().items() if any(True for _found in finder(tree))}
    assert found == set(reasons)


def test_no_template_hands_text_to_the_page_as_it_is() -> None:
    templates = [path for folder in ("templates", *FLOORS) for path in (BASE / folder).rglob("*.html")]
    assert len(templates) > 50
    assert [path.name for path in templates if DECLARED_SAFE.search(path.read_text(encoding="utf-8"))] == []


def test_no_door_of_the_api_is_open_to_everybody() -> None:
    named = [
        file
        for file, tree in trees().items()
        if "AllowAny" in {getattr(node, "id", "") for node in ast.walk(tree)}
    ]
    assert named == []


@pytest.mark.parametrize(
    ("finder", "text"),
    [
        (bulk_writes, "Case.objects.filter(pk=1).update(state='closed')"),
        (bulk_writes, "Case.objects.bulk_update(rows, ['state'])"),
        (bulk_writes, "queryset.delete()"),
        (trusted_text, "mark_safe(title)"),
        (without_token, "@csrf_exempt\ndef view(request): ..."),
        (composed_sql, "cursor.execute(f'SELECT {name}')"),
        (composed_sql, "Case.objects.raw('SELECT ' + name)"),
        (composed_sql, "Case.objects.extra(where=[name])"),
        (unsafe_imports, "from xml.etree import ElementTree"),
        (unsafe_imports, "import lxml.etree"),
        (unsafe_imports, "import pickle"),
        (unpacked, "archive.extractall(folder)"),
        (sent_at_once, "with transaction.atomic():\n    task.delay(1)"),
    ],
)
def test_the_rules_see_what_they_are_for(finder: Finder, text: str) -> None:
    assert list(finder(ast.parse(text)))


@pytest.mark.parametrize(
    ("finder", "text"),
    [
        (bulk_writes, "digest.update(chunk)"),
        (bulk_writes, "rows.update({'a': 1})"),
        (bulk_writes, "cache.delete(key)"),
        (composed_sql, "cursor.execute('SELECT %s', [name])"),
        (unsafe_imports, "from defusedxml.ElementTree import fromstring"),
        (sent_at_once, "delay_on_commit(task)"),
    ],
)
def test_the_rules_leave_harmless_lines_alone(finder: Finder, text: str) -> None:
    assert not list(finder(ast.parse(text)))
