"""The staff register: who comes, changes, moves, leaves and returns. Each is told in the trail, numbers are not."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import sealed, staffing
from accounts.authority import administers, works_in_unit
from accounts.identity import is_valid_tckn
from accounts.models import Employee, Institution, Unit, User
from accounts.services import people
from audit import trail
from audit.context import because

RESEALED_AT_ONCE = 500
CHANGEABLE = (
    *("first_name", "last_name", "title", "registry_no", "email", "phone", "user", "started_on"),
    "tc",
)


def register(
    *,
    by: User,
    first_name: str,
    last_name: str,
    institution: Institution,
    unit: Unit | None = None,
    title: str = "",
    registry_no: str | None = None,
    tc: str = "",
    email: str = "",
    phone: str = "",
    user: User | None = None,
    started_on: date | None = None,
    reason: str = "",
) -> Employee:
    """Enter somebody who works here; refused when the registry or TC Kimlik number is somebody else's."""
    _keeps_register(by)
    employee = Employee(
        first_name=first_name.strip(),
        last_name=last_name.strip(),
        title=title.strip(),
        registry_no=(registry_no or "").strip() or None,
        institution=institution,
        unit=unit,
        email=email.strip(),
        phone=phone.strip(),
        user=user,
        started_on=started_on,
    )
    with transaction.atomic(), because(step="staff_register", reason=reason.strip(), by=by):
        _put_tc(employee, tc, by)
        _check(employee, by)
        _save(employee, by)
    return employee


def change(employee: Employee, *, by: User, reason: str = "", **values: Any) -> Employee:
    """Correct what is kept of a person; any of CHANGEABLE. The place changes by `move`, the end by `leave`."""
    _keeps_register(by)
    unknown = values.keys() - set(CHANGEABLE)
    if unknown:
        raise TypeError(f"The register does not change {', '.join(sorted(unknown))} here.")
    with transaction.atomic(), because(step="staff_change", reason=reason.strip(), by=by):
        current = _locked(employee)
        tc = values.pop("tc", None)
        for name, value in values.items():
            setattr(current, name, value.strip() if isinstance(value, str) else value)
        if tc is not None and tc.strip() != current.opened_tc():
            _put_tc(current, tc, by)
        _check(current, by)
        _save(current, by)
    return current


def move(
    employee: Employee,
    *,
    by: User,
    institution: Institution,
    unit: Unit | None = None,
    on: date | None = None,
    reason: str = "",
) -> Employee:
    """The person works elsewhere from that day on (today if not given).

    An account follows and loses what it was given at the old institution; who listens ends what it keeps. The account of
    somebody who does the unit's work is the unit head's to move.
    """
    _keeps_register(by)
    day = _no_later_than_today(on)
    with transaction.atomic(), because(step="staff_move", reason=_on(day, reason), by=by):
        current = _locked(employee)
        _still_here(current)
        old_institution, old_unit = current.institution, current.unit
        if (old_institution, old_unit) == (institution, unit):
            raise ValidationError(_("The person works there already."), code="same_place")
        current.institution, current.unit = institution, unit
        _check(current, by)
        _save(current, by)
        if current.user is not None and current.user.is_active:
            _require_hand(current.user, by)
            people.follow_move(current.user, by=by, institution=institution, unit=unit)
        staffing.tell_moved(current, old_institution, old_unit, by)
    return current


def leave(employee: Employee, *, by: User, on: date | None = None, reason: str = "") -> Employee:
    """The person does not work here any more: their account closes with it, and who listens ends what it keeps.

    The account of somebody who does the unit's work is closed by the unit head only, so only the unit head records it.
    """
    _keeps_register(by)
    day = _no_later_than_today(on)
    with transaction.atomic(), because(step="staff_leave", reason=_on(day, reason), by=by):
        current = _locked(employee)
        _still_here(current)
        current.left_on = day
        _check(current, by)
        _save(current, by)
        if current.user is not None and current.user.is_active:
            _require_hand(current.user, by)
            people.close_leaver(current.user, by=by)
        staffing.tell_left(current, by)
    return current


def return_to(
    employee: Employee,
    *,
    by: User,
    institution: Institution,
    unit: Unit | None = None,
    on: date | None = None,
    reason: str = "",
) -> Employee:
    """Somebody who left works here again. No account and no right comes back by itself."""
    _keeps_register(by)
    day = _no_later_than_today(on)
    with transaction.atomic(), because(step="staff_return", reason=_on(day, reason), by=by):
        current = _locked(employee)
        if current.left_on is None:
            raise ValidationError(_("The person has not left."), code="here")
        if day < current.left_on:
            raise ValidationError({"on": _("This is before the day the person left.")}, code="too_early")
        current.left_on, current.started_on = None, day
        current.institution, current.unit = institution, unit
        _check(current, by)
        _save(current, by)
    return current


def show_tc(employee: Employee, *, by: User, reason: str) -> str:
    """The whole TC Kimlik number, to a member of the unit who says what for; the trail tells who and why, never what."""
    _keeps_register(by)
    if not reason.strip():
        raise ValidationError({"reason": _("Say what the number is needed for.")}, code="required")
    number = employee.opened_tc()
    with transaction.atomic(), because(by=by):
        trail.record(employee, "tc_shown", reason=reason.strip())
    return number


def reseal() -> int:
    """Seal and mark anew what an earlier field key sealed, so that the key can go; how many numbers that were."""
    with transaction.atomic(), because(step="command"):
        batch: list[Employee] = []
        rows = Employee.objects.select_for_update().exclude(tc_sealed="").order_by("pk")
        for employee in rows.iterator(chunk_size=RESEALED_AT_ONCE):
            if sealed.is_of_newest_key(employee.tc_sealed):
                continue
            employee.put_tc(employee.opened_tc())
            batch.append(employee)
        done = Employee.objects.bulk_update(batch, ["tc_sealed", "tc_token"], batch_size=RESEALED_AT_ONCE)
        trail.record(Employee, "resealed", {"count": done})
    return done


def checked_tc(number: str) -> str:
    """The number without blanks; refused when its digits cannot be right."""
    digits = "".join(number.split())
    if digits and not is_valid_tckn(digits):
        raise ValidationError(
            {"tc": _("This is no TC Kimlik number: eleven digits, the last two of which check the others.")},
            code="no_tc",
        )
    return digits


def duplicate_sentence(other: Employee, by: User, *, of_tc: bool) -> str:
    """Why a number is refused. The other person is named only to those who may see them."""
    if Employee.objects.visible_to(by).filter(pk=other.pk).exists():
        values = {"name": other.full_name, "institution": other.institution.name}
        if of_tc:
            return _("This TC Kimlik number is %(name)s's (%(institution)s).") % values
        return _("This registry number is %(name)s's (%(institution)s).") % values
    if of_tc:
        return _("Somebody else on the staff already has this TC Kimlik number.")
    return _("Somebody else on the staff already has this registry number.")


def _put_tc(employee: Employee, number: str, by: User) -> None:
    """Seal the number, unless it is somebody else's under whichever key."""
    digits = checked_tc(number)
    if digits:
        other = Employee.objects.with_tc(digits).exclude(pk=employee.pk).select_related("institution").first()
        if other is not None:
            raise ValidationError({"tc": duplicate_sentence(other, by, of_tc=True)}, code="duplicate_tc")
    employee.put_tc(digits)


def _check(employee: Employee, by: User) -> None:
    """The form's own checks; a registry number that is taken is refused with the sentence that may be told."""
    if employee.registry_no:
        others = Employee.objects.with_registry([employee.registry_no]).exclude(pk=employee.pk)
        other = others.select_related("institution").first()
        if other is not None:
            raise ValidationError(
                {"registry_no": duplicate_sentence(other, by, of_tc=False)}, code="duplicate_registry"
            )
    employee.full_clean()


def _save(employee: Employee, by: User) -> None:
    """Save; of two who enter the same number at once the second is refused like anybody else."""
    try:
        with transaction.atomic():
            employee.save()
    except IntegrityError as error:
        name = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        for constraint in Employee._meta.constraints:
            if constraint.name == name:
                raise ValidationError(str(constraint.violation_error_message), code=name) from error
        raise


def _require_hand(user: User, by: User) -> None:
    """Who of the unit comes and goes, only the unit head records."""
    if works_in_unit(user) and not administers(by):
        raise ValidationError(
            _("This person does the unit's work here: only the unit head records that they left or moved."),
            code="unit_staff",
        )


def _locked(employee: Employee) -> Employee:
    """The row as it is now, one change at a time."""
    locked = Employee.objects.select_for_update(of=("self",)).select_related("institution", "unit", "user")
    return locked.get(pk=employee.pk)


def _still_here(employee: Employee) -> None:
    if employee.left_on is not None:
        raise ValidationError(_("The person has left already."), code="left")


def _no_later_than_today(on: date | None) -> date:
    today = timezone.localdate()
    if on is not None and on > today:
        raise ValidationError(
            {"on": _("This day is still to come; record it when it is there.")}, code="future"
        )
    return on or today


def _on(day: date, reason: str) -> str:
    """The reason as the trail tells it, with the day the change counts from."""
    told = _("From %(day)s on.") % {"day": day.strftime("%d.%m.%Y")}
    return f"{told} {reason.strip()}".strip()


def _keeps_register(by: User) -> None:
    if not works_in_unit(by):
        raise PermissionDenied(_("Only the unit's staff keep the staff register."))


__all__ = [
    "CHANGEABLE",
    "change",
    "checked_tc",
    "duplicate_sentence",
    "leave",
    "move",
    "register",
    "reseal",
    "return_to",
    "show_tc",
]
