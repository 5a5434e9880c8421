"""What each row of a staff list does, read against the register: who is meant, what changes, why it is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import sealed
from accounts.authority import administers, works_in_unit
from accounts.identity import is_valid_tckn
from accounts.models import Employee, Institution, Unit, User
from accounts.models.staff import TC, registry_key
from accounts.turkish import fold, tr_upper
from processes.errors import NotFound
from processes.imports import Line, Row, Verdict

SIMPLE = ("first_name", "last_name", "title", "registry_no", "email", "phone", "started_on")


class _Refused(Exception):
    """Why a row is not taken."""


@dataclass
class Plan:
    """What one row does: `employee` is who it is about, new or known; `values` what is written."""

    row: int
    label: str = ""
    refusal: str = ""
    employee: Employee | None = None
    values: dict[str, Any] = field(default_factory=dict)
    institution: Institution | None = None
    unit: Unit | None = None
    tc: str = ""
    moves: bool = False
    returns: date | None = None
    leaves: date | None = None
    told: list[str] = field(default_factory=list)

    @property
    def verdict(self) -> str:
        """Refused, new, changed or as it was."""
        if self.refusal:
            return Verdict.REFUSED
        if self.employee is None and not self.leaves:
            return Verdict.NEW
        does = self.values or self.tc or self.moves or self.returns or self.leaves
        return Verdict.CHANGED if self.employee is not None and does else Verdict.SAME

    @property
    def line(self) -> Line:
        """The row as the preview shows it."""
        return Line(self.row, self.verdict, self.label, self.refusal or " ".join(self.told))


class Register:
    """What the rows of one list are compared with, read in a handful of queries."""

    def __init__(self, rows: Sequence[Row], scope: str, by: User) -> None:
        self.by = by
        self.today = timezone.localdate()
        self.place = institution_of(scope) if scope else None
        self._by_detsis: dict[str, Institution] = {}
        self._by_name: dict[str, list[Institution]] = {}
        for place in Institution.objects.active():
            self._by_name.setdefault(fold(place.name), []).append(place)
            if place.detsis_no:
                self._by_detsis[place.detsis_no] = place
        self._units = {(unit.institution_id, fold(unit.name)): unit for unit in Unit.objects.active()}
        known = Employee.objects.select_related("institution", "unit", "user")
        numbers = {row.values["registry_no"] for row in rows}
        self._by_registry = {registry_key(one.registry_no or ""): one for one in known.with_registry(numbers)}
        tokens = {token for row in rows if row.values["tc"] for token in sealed.tokens(TC, row.values["tc"])}
        self._by_tc = {one.tc_token: one for one in known.filter(tc_token__in=tokens)}
        self._seen: dict[tuple[str, str], int] = {}

    def plan(self, row: Row) -> Plan:
        """What the row does."""
        values = row.values
        plan = Plan(row.number, f"{values['first_name']} {values['last_name']}")
        try:
            self._fill(plan, values)
        except _Refused as refusal:
            plan.refusal = str(refusal)
        return plan

    def _fill(self, plan: Plan, values: dict[str, str]) -> None:
        self._once(plan.row, values)
        plan.employee = self._known(values)
        if (values["tc"] and plan.employee is None) or (
            plan.employee is not None and not plan.employee.has_tc
        ):
            plan.tc = values["tc"]
        if values["email"]:
            _checked_email(values["email"])
        left = _day(values["left_on"])
        if left is not None and left > self.today:
            plan.told.append(_("The end in the file is still to come and is not recorded yet."))
            left = None
        plan.institution = self._institution(values)
        plan.unit = self._unit(plan.institution, values["unit"])
        if plan.employee is None:
            self._new(plan, values, left)
        else:
            self._known_person(plan, plan.employee, values, left)

    def _new(self, plan: Plan, values: dict[str, str], left: date | None) -> None:
        plan.values = {name: value for name in SIMPLE if (value := _value(name, values)) is not None}
        if left is not None:
            plan.leaves = left
            plan.told.append(_("Has left already and is not on the register: not entered."))
            return
        place = plan.institution
        assert place is not None
        plan.told.insert(0, place.name + (f" · {plan.unit.name}" if plan.unit else ""))

    def _known_person(
        self, plan: Plan, employee: Employee, values: dict[str, str], left: date | None
    ) -> None:
        if employee.left_on is not None:
            if left is not None:
                return  # an old leaver in the list, as known
            started = _day(values["started_on"])
            plan.returns = started if started and employee.left_on <= started <= self.today else self.today
            plan.told.append(_("Comes back to the staff."))
        for name in SIMPLE:
            value = _value(name, values)
            if value is None or value == getattr(employee, name) or (plan.returns and name == "started_on"):
                continue
            if name == "registry_no" and registry_key(value) == registry_key(employee.registry_no or ""):
                continue  # the same number in other letters: the register keeps its own
            plan.values[name] = value
            plan.told.append(f"{_label(name)}: {_shown(getattr(employee, name))} → {_shown(value)}.")
        if plan.tc:
            plan.told.append(_("The TC Kimlik number is added."))
        self._place(plan, employee, values)
        if left is not None:
            self._leaver(plan, employee, values, left)

    def _place(self, plan: Plan, employee: Employee, values: dict[str, str]) -> None:
        """Another institution or unit is a move; an empty unit cell in the same institution is not."""
        if plan.institution == employee.institution and not values["unit"]:
            plan.unit = employee.unit
        plan.moves = (plan.institution, plan.unit) != (employee.institution, employee.unit)
        if plan.moves:
            if employee.user == self.by and plan.institution != employee.institution:
                raise _Refused(_("Nobody moves themselves to another institution."))
            self._require_hand(employee.user)
            plan.told.append(
                _("Moves: %(old)s → %(new)s.")
                % {
                    "old": _place_name(employee.institution, employee.unit),
                    "new": _place_name(plan.institution, plan.unit),
                }
            )

    def _leaver(self, plan: Plan, employee: Employee, values: dict[str, str], left: date) -> None:
        started = plan.values.get("started_on", employee.started_on)
        if started is not None and left < started:
            raise _Refused(_("Nobody leaves before the day they started."))
        if employee.user is not None and employee.user == self.by:
            raise _Refused(_("Nobody closes their own account."))
        self._require_hand(employee.user)
        plan.leaves, plan.moves = left, False
        plan.told.append(_("Leaves on %(day)s.") % {"day": left.strftime("%d.%m.%Y")})

    def _require_hand(self, account: User | None) -> None:
        if account is None or not account.is_active or not works_in_unit(account) or administers(self.by):
            return
        raise _Refused(
            _("This person does the unit's work here: only the unit head records that they left or moved.")
        )

    def _once(self, row: int, values: dict[str, str]) -> None:
        """The person can be told apart, and does not stand in the list twice."""
        number, tc = values["registry_no"], values["tc"]
        if not number and not tc:
            raise _Refused(
                _("Neither registry number nor TC Kimlik number is given; the person cannot be told apart.")
            )
        if tc and not is_valid_tckn(tc):
            raise _Refused(
                _("This is no TC Kimlik number: eleven digits, the last two of which check the others.")
            )
        for kind, value in (("registry_no", registry_key(number)), ("tc", tc)):
            if value and (first := self._seen.setdefault((kind, value), row)) != row:
                raise _Refused(_("The person stands in row %(row)d already.") % {"row": first})

    def _known(self, values: dict[str, str]) -> Employee | None:
        """Who on the register the row is about; the two numbers must not speak of two people."""
        number, tc = values["registry_no"], values["tc"]
        by_number = self._by_registry.get(registry_key(number)) if number else None
        by_tc = (
            next((self._by_tc[t] for t in sealed.tokens(TC, tc) if t in self._by_tc), None) if tc else None
        )
        if by_number is not None and tc and by_tc != by_number and (by_tc is not None or by_number.has_tc):
            raise _Refused(
                _("The registry number is %(name)s's, whose TC Kimlik number is another one.")
                % {"name": by_number.full_name}
            )
        if by_number is None and by_tc is not None and number and by_tc.registry_no:
            raise _Refused(
                _("The TC Kimlik number is %(name)s's, whose registry number is another one.")
                % {"name": by_tc.full_name}
            )
        return by_number or by_tc

    def _institution(self, values: dict[str, str]) -> Institution:
        code, name = values["detsis"], values["institution"]
        if name.isdigit() and not code:
            code, name = name, ""
        if not code and not name:
            if self.place is None:
                raise _Refused(_("The institution is missing."))
            return self.place
        found = self._by_detsis.get(code) if code else None
        if code and found is None:
            raise _Refused(_("There is no institution with the DETSİS number %(code)s.") % {"code": code})
        if found is None:
            named = self._by_name.get(fold(name), [])
            if not named:
                raise _Refused(_("There is no institution called “%(name)s”.") % {"name": name})
            if len(named) > 1:
                raise _Refused(_("Several institutions are called “%(name)s”.") % {"name": name})
            found = named[0]
        if self.place is not None and found != self.place:
            raise _Refused(_("This list is of %(name)s.") % {"name": self.place.name})
        return found

    def _unit(self, place: Institution, name: str) -> Unit | None:
        if not name:
            return None
        found = self._units.get((place.pk, fold(name)))
        if found is None:
            raise _Refused(
                _("%(institution)s has no unit called “%(name)s”.")
                % {"institution": place.name, "name": name}
            )
        return found


def institution_of(scope: str) -> Institution:
    """The institution a list is for."""
    found = (
        Institution.objects.active().filter(pk=scope).first() if scope.isdigit() and len(scope) < 10 else None
    )
    if found is None:
        raise NotFound(_("There is no such institution."))
    return found


def _value(name: str, values: dict[str, str]) -> Any:
    """A cell as the column holds it; None for an empty one, which changes nothing."""
    text = values[name]
    return (_day(text) if name == "started_on" else text) if text else None


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _label(name: str) -> str:
    """What the register calls one of its columns, as a sentence begins."""
    label = str(Employee._meta.get_field(name).verbose_name)  # type: ignore[union-attr]  # a column of its own
    return tr_upper(label[:1]) + label[1:]


def _shown(value: Any) -> str:
    return value.strftime("%d.%m.%Y") if isinstance(value, date) else str(value or "–")


def _place_name(institution: Institution | None, unit: Unit | None) -> str:
    return f"{institution} / {unit}" if unit else str(institution)


def _checked_email(text: str) -> None:
    try:
        validate_email(text)
    except ValidationError as wrong:
        raise _Refused(_("“%(text)s” is no e-mail address.") % {"text": text}) from wrong
