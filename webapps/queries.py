"""Reads of 5.3.7 that more than one door needs: the lines of a request, what its people must fulfil, its answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _

from accounts.authority import works_in_unit
from accounts.models import User
from processes.errors import NotFound
from processes.models import Case
from webapps.models import (
    GRANTING,
    AccessRequest,
    AppRole,
    Condition,
    Decision,
    Operation,
    RequestLine,
    ReviewItem,
    ReviewPart,
    Standing,
)

TONES = {
    Standing.ACCEPTED: "accent",
    Standing.REFUSED: "late",
    Standing.SUPPORT: "soon",
    Standing.DONE: "calm",
}
COLUMNS: dict[str, Any] = {
    "pk": "pk",
    "position": "position",
    "first_name": "employee__first_name",
    "last_name": "employee__last_name",
    "registry_no": "employee__registry_no",
    "employee": "employee_id",
    "left_on": "employee__left_on",
    "institution": "employee__institution__name",
    "login": "login",
    "listed_name": "listed_name",
    "application": "application_id",
    "application_code": "application__code",
    "application_name": "application__name",
    "support_channel": "application__support_channel",
    "operation": "operation",
    "role": "role_id",
    "role_name": "role__name",
    "role_text": "role_text",
    "by_support": "role__by_support",
    "standing": "standing",
    "reason": "reason",
    "evidence": "evidence",
    "document": "document_id",
    "support_number": "support_number",
}


@dataclass(frozen=True)
class Line:
    """One line of a request as the case page, the forms and the answer letter print it."""

    pk: int
    position: int
    first_name: str | None
    last_name: str | None
    registry_no: str | None
    employee: int | None
    left_on: date | str | None
    institution: str | None
    login: str
    listed_name: str
    application: int
    application_code: str
    application_name: str
    support_channel: str
    operation: str
    role: int | None
    role_name: str | None
    role_text: str
    by_support: bool | None
    standing: str
    reason: str
    evidence: str
    document: int | None
    support_number: str

    @property
    def name(self) -> str:
        """The user's name; of an account of nobody its login, with the name the list gave it."""
        if self.is_stranger:
            return f"{self.login} {self.listed_name}".strip()
        return f"{self.first_name} {self.last_name}"

    @property
    def is_stranger(self) -> bool:
        """The account belongs to nobody in the staff register."""
        return self.employee is None

    @property
    def wanted(self) -> str:
        """The operation and its role: “Authorise: Reporter”."""
        operation = str(Operation(self.operation).label)
        role = self.role_name or self.role_text
        return f"{operation}: {role}" if role else operation

    @property
    def label(self) -> str:
        """The line in a choice."""
        told = f"{self.position}. {self.name} – {self.wanted} ({self.application_code})"
        return _("%(line)s · has left, will be rejected") % {"line": told} if self.is_in_vain else told

    @property
    def result(self) -> str:
        """How far it has come, in words."""
        return str(Standing(self.standing).label)

    @property
    def tone(self) -> str:
        """The colour of that."""
        return TONES.get(Standing(self.standing), "")

    @property
    def is_in_vain(self) -> bool:
        """It would give something to somebody who left: it is rejected, whatever is ticked."""
        return (
            self.is_granting and bool(self.left_on) and self.standing not in (Standing.DONE, Standing.REFUSED)
        )

    @property
    def is_granting(self) -> bool:
        """It gives something, so that conditions are asked of the user."""
        return self.operation in GRANTING


def with_lines(requests: QuerySet[AccessRequest]) -> QuerySet[AccessRequest]:
    """Requests with their lines, read in the same query (`lines_of` takes them out)."""
    lines = RequestLine.objects.filter(request=OuterRef("pk")).order_by("position")
    return requests.annotate(
        lines_told=ArraySubquery(
            lines.values(told=JSONObject(**{name: F(path) for name, path in COLUMNS.items()}))
        )
    )


def lines_of(request: Case) -> list[Line]:
    """The lines of a request in their order; read now when `with_lines` did not bring them."""
    told = getattr(request, "lines_told", None)
    if told is None:
        renamed = {name: F(path) for name, path in COLUMNS.items() if name != path}
        plain = [name for name, path in COLUMNS.items() if name == path]
        told = (
            RequestLine.objects.filter(request=request.pk)
            .order_by("position")
            .values(*plain, **{f"told_{name}": path for name, path in renamed.items()})
        )
        told = [{name.removeprefix("told_"): value for name, value in row.items()} for row in told]
    return [Line(**row) for row in told]


@dataclass(frozen=True)
class Ask:
    """One condition asked of one user: a line of the check list."""

    line: Line
    condition: Condition

    @property
    def key(self) -> str:
        """As forms and programs write it."""
        return f"{self.line.pk}-{self.condition.pk}"

    def __str__(self) -> str:
        return f"{self.line.label} · {self.condition.text}"


def asks_of(lines: list[Line]) -> list[Ask]:
    """The check list of a request: each condition in use that holds for a line that grants something."""
    granting = [line for line in lines if line.is_granting]
    if not granting:
        return []
    conditions = list(
        Condition.objects.filter(
            application__in={line.application for line in granting}, is_active=True
        ).order_by("position", "pk")
    )
    return [
        Ask(line, condition)
        for line in granting
        for condition in conditions
        if condition.application_id == line.application and condition.role_id in (None, line.role)
    ]


def answer_lines(lines: list[Line]) -> str:
    """One line per user for the answer letter: what was asked and what came of it."""
    told = []
    for line in lines:
        result = {
            Standing.DONE: _("carried out"),
            Standing.REFUSED: _("could not be done: %(reason)s") % {"reason": line.reason},
        }.get(Standing(line.standing), _("being worked on"))
        name = (
            _("%(login)s (not in the staff register)") % {"login": line.name}
            if line.is_stranger
            else line.name
        )
        told.append(f"{line.position}. {name} – {line.application_name} – {line.wanted}: {result}")
    return "\n".join(told)


def outcome_of(lines: list[Line]) -> str:
    """The result of a request in one sentence."""
    done = sum(line.standing == Standing.DONE for line in lines)
    refused = sum(line.standing == Standing.REFUSED for line in lines)
    return _("Carried out: %(done)d, rejected: %(refused)d.") % {"done": done, "refused": refused}


def role_choices() -> list[tuple[str, str]]:
    """Every role that can be asked for, as it is typed and as it is read."""
    roles = AppRole.objects.filter(is_active=True, application__is_active=True)
    return [
        (f"{role.application.code}:{role.code}", f"{role.application.name} – {role.name}")
        for role in roles.select_related("application").order_by("application__sort_key", "sort_key", "pk")
    ]


def counted(prefix: str) -> dict[str, Count]:
    """How many authorities there are, how many are open and how many are to go."""
    return {
        "all_items": Count(prefix),
        "open_items": Count(prefix, filter=Q(**{f"{prefix}__decision": ""})),
        "remove_items": Count(prefix, filter=Q(**{f"{prefix}__decision": Decision.REMOVE})),
    }


def left_undecided() -> QuerySet[ReviewItem]:
    """Authorities still held on which a finished review ended without a decision, and on which none was taken since."""
    later = ReviewItem.objects.filter(
        authority=OuterRef("authority"), decided_at__gte=OuterRef("part__campaign__opened_at")
    )
    undecided = ReviewItem.objects.filter(decision=Decision.OPEN, part__campaign__finished_at__isnull=False)
    return undecided.filter(authority__until__isnull=True).exclude(Exists(later))


def part_for(user: User, pk: int) -> ReviewPart:
    """One part, for its reviewer and the unit's staff."""
    parts = ReviewPart.objects.select_related("campaign", "institution", "reviewer").filter(pk=pk)
    found = (parts if works_in_unit(user) else parts.filter(reviewer=user)).first()
    if found is None:
        raise NotFound(_("There is no such review."))
    return found
