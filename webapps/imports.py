"""An application's list of users handed in: every row is shown with what it says before the comparison is kept.

The scope is the application. What cannot be read is told with its reason; while there is such a row, nobody is missing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.authority import works_in_unit
from accounts.models import User
from accounts.models.staff import registry_key
from processes import wording
from processes.errors import NotFound
from processes.imports import Importer, Line, Row, Verdict
from processes.models import TableImport
from webapps import reconciling
from webapps.comparing import COLUMNS, Judged, Key, Known, known_in, readable
from webapps.models import Application, Difference, DifferenceKind, Reconciliation

KEY = "application-users"


def application_of(scope: str) -> Application:
    """The application a list is of."""
    found = Application.objects.filter(pk=scope).first() if scope.isdigit() and len(scope) < 10 else None
    if found is None:
        raise NotFound(_("There is no such application."))
    return found


def check(rows: Sequence[Row], scope: str, by: User) -> list[Line]:
    """What the register says of each row."""
    application = application_of(scope)
    read, refusals = readable(rows)
    judged = Judged(application, read)
    known = known_in(application, (DifferenceKind.UNKNOWN, DifferenceKind.EXTRA))
    labels = {row.number: _label(row) for row in rows}
    lines = [Line(one.row, Verdict.REFUSED, labels[one.row], f"{one.column}: {one.text}") for one in refusals]
    for row, key in zip(read, judged.of_row, strict=True):
        label = labels[row.number]
        gone = _left(judged, row.values["login"])
        if key is None:
            lines.append(Line(row.number, Verdict.SAME, label, " ".join([row.values["role"], *gone])))
            continue
        words = [f"{DifferenceKind(key[0]).label}: {key[2]}."]
        if judged.found[key].role is None:
            words.append(_("The application has no such role here."))
        if day := judged.found[key].listed_since:
            words.append(_("Since %(day)s by the list.") % {"day": wording.full_date(day)})
        words += [*gone, *_before(known, key, judged.found[key])]
        lines.append(Line(row.number, Verdict.NEW, label, " ".join(words)))
    return lines


def _label(row: Row) -> str:
    """Whom a row names."""
    return " ".join(filter(None, (row.values["login"], row.values.get("name", ""))))


def _left(judged: Judged, login: str) -> list[str]:
    """That the user does not work here any more."""
    day = judged.left.get(registry_key(login))
    return [_("Left on %(day)s.") % {"day": wording.full_date(day)}] if day else []


def _before(known: Mapping[Key, Known], key: Key, found: Difference) -> list[str]:
    """That it was found before, or even settled."""
    before = known.get(key)
    if before is None:
        return []
    return [_("Was settled and came back.") if before.comes_back(found) else _("Found before.")]


def absent(rows: Sequence[Row], scope: str, by: User) -> list[Line]:
    """Whom the register has and the list does not."""
    application = application_of(scope)
    known = known_in(application, (DifferenceKind.MISSING,))
    lines = []
    judged = Judged(application, rows)
    for key, one in judged.found.items():
        if one.kind == DifferenceKind.MISSING:
            words = [f"{DifferenceKind(one.kind).label}: {one.role_code}."]
            words += [*_left(judged, one.login), *_before(known, key, one)]
            lines.append(Line(0, Verdict.CHANGED, f"{one.login} {one.listed_name}", " ".join(words)))
    return lines


def keep(table: TableImport, rows: Sequence[Row], by: User) -> None:
    """The comparison is kept with its differences, each to be settled."""
    reconciling.record(
        application_of(table.scope),
        rows,
        file_name=table.file_name,
        digest=table.digest,
        is_whole=not table.refused_count,
        by=by,
    )


def newest_url(scope: str) -> str:
    """Where the differences are settled: the application's newest comparison."""
    newest = Reconciliation.objects.filter(application=scope).order_by("-made_at", "-pk").first()
    return newest.get_absolute_url() if newest else reverse("webapps-reconciliations")


IMPORTER = Importer(
    KEY,
    gettext_lazy("Compare with the application's list"),
    COLUMNS,
    check,
    apply=None,
    shown_to=works_in_unit,
    done_url=newest_url,
    scope_title=lambda scope, by: application_of(scope).name,
    absent=absent,
    apply_table=keep,
    verdicts={
        Verdict.NEW: gettext_lazy("Only in the list"),
        Verdict.CHANGED: gettext_lazy("Missing from the list"),
        Verdict.SAME: gettext_lazy("Agrees"),
        Verdict.REFUSED: gettext_lazy("Cannot be read"),
    },
    submit=gettext_lazy("Keep the comparison"),
    told=gettext_lazy("The list was compared with the register."),
    hint=gettext_lazy(
        "One row for each role of a user. Nothing changes in the register by comparing: each difference is settled "
        "afterwards, accepted with a reason or by a request. Where the list says since when somebody has a role, access "
        "counts from that day. While a row cannot be read, nobody is called missing."
    ),
)
