"""Staff lists taken into the register: people who come, change, move, come back or leave.

A person is told by registry number or TC Kimlik number. An empty cell changes nothing. A list handed in for one
institution (its primary key is the scope) may be its full list: whoever is missing from it is proposed as a leaver and
leaves only when ticked by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import staffing
from accounts.authority import administers, works_in_unit
from accounts.models import Employee, User
from accounts.roles import UNIT_STAFF
from accounts.services import people, staff
from audit import trail
from processes.imports import Column, Importer, Line, Offer, Row, Verdict
from processes.imports.staff_rows import SIMPLE, Plan, Register, institution_of

KEY = "staff"
COLUMNS = (
    Column("registry_no", ("Sicil No", "Sicil Numarası", "Kurum Sicil No", "Registry number"), max_length=20),
    Column("tc", ("T.C. Kimlik No", "T.C. Kimlik Numarası", "TCKN", "TC No", "TC"), digits=11),
    Column("first_name", ("Ad", "Adı", "First name", "Name"), required=True, max_length=150),
    Column("last_name", ("Soyad", "Soyadı", "Last name", "Surname"), required=True, max_length=150),
    Column("title", ("Unvan", "Ünvanı", "Unvanı", "Title"), max_length=120),
    Column("institution", ("Kurum", "Kurum Adı", "Kurumu", "Institution")),
    Column("detsis", ("DETSİS No", "DETSİS Kodu", "DETSİS", "DETSIS number"), max_length=10),
    Column("unit", ("Birim", "Birimi", "Birim Adı", "Unit")),
    Column("email", ("E-posta", "E-posta Adresi", "E-mail"), max_length=254),
    Column("phone", ("Telefon", "Telefon No", "Cep Telefonu", "Telephone", "Phone"), max_length=30),
    Column("started_on", ("Başlama Tarihi", "Göreve Başlama Tarihi", "Start date"), is_date=True),
    Column("left_on", ("Ayrılış Tarihi", "Görevden Ayrılış Tarihi", "End date"), is_date=True),
)
WRITTEN = (*SIMPLE, "institution", "unit", "tc_sealed", "tc_token", "left_on")


def check(rows: Sequence[Row], scope: str, by: User) -> list[Line]:
    """What each row of the list would do."""
    register = Register(rows, scope, by)
    return [register.plan(row).line for row in rows]


def apply(rows: Sequence[Row], scope: str, by: User) -> None:
    """Write the rows: those who come and change in few statements, those who leave one by one."""
    register = Register(rows, scope, by)
    plans = [plan for row in rows if not (plan := register.plan(row)).refusal]
    _enter([plan for plan in plans if plan.verdict == Verdict.NEW])
    changed = [plan for plan in plans if plan.verdict == Verdict.CHANGED]
    _change(changed, by)
    for plan in changed:
        if plan.leaves is not None and plan.employee is not None:
            staff.leave(plan.employee, by=by, on=plan.leaves)


def offers(rows: Sequence[Row], scope: str, by: User) -> list[Offer]:
    """Who works at the institution and is missing from its full list; whom only the unit head may let go is left out."""
    if not scope:
        return []
    register = Register(rows, scope, by)
    named = {plan.employee.pk for row in rows if (plan := register.plan(row)).employee is not None}
    missing = Employee.objects.filter(institution=scope).here().exclude(pk__in=named).exclude(user=by)
    if not administers(by):
        missing = missing.exclude(user__in=User.objects.acting_as(UNIT_STAFF, on=timezone.localdate()))
    return [
        Offer(
            str(one.pk),
            one.full_name,
            " · ".join(filter(None, (one.title, one.unit.name if one.unit else "", one.registry_no))),
        )
        for one in missing.select_related("unit").in_order()
    ]


def take_offers(keys: Sequence[str], scope: str, by: User) -> None:
    """Those ticked have left."""
    reason = _("Missing from the full list of the institution.")
    for employee in Employee.objects.filter(pk__in=keys, institution=scope).in_order():
        staff.leave(employee, by=by, reason=reason)


def scope_title(scope: str, by: User) -> str:
    """What the page says the list is for."""
    if not scope:
        return ""
    return _("Full list of %(name)s") % {"name": institution_of(scope).name}


def _enter(plans: Iterable[Plan]) -> None:
    made = []
    for plan in plans:
        employee = Employee(institution=plan.institution, unit=plan.unit, **plan.values)
        employee.put_tc(plan.tc)
        made.append(employee)
    Employee.objects.bulk_create(made, batch_size=1_000)
    trail.bulk_created(made)


def _change(plans: Sequence[Plan], by: User) -> None:
    """Lock, change and tell; who listens hears of each move."""
    keys = [plan.employee.pk for plan in plans if plan.employee is not None]
    locked = Employee.objects.select_for_update(of=("self",)).select_related("institution", "unit", "user")
    current = {one.pk: one for one in locked.filter(pk__in=keys)}
    moved = []
    for plan in plans:
        assert plan.employee is not None
        assert plan.institution is not None
        employee = plan.employee = current[plan.employee.pk]
        trail.hold(employee)
        for name, value in plan.values.items():
            setattr(employee, name, value)
        if plan.tc:
            employee.put_tc(plan.tc)
        if plan.returns is not None:
            employee.left_on, employee.started_on = None, plan.returns
        if plan.moves:
            moved.append((employee, employee.institution, employee.unit, plan.returns))
            employee.institution, employee.unit = plan.institution, plan.unit
    Employee.objects.bulk_update(current.values(), WRITTEN, batch_size=500)
    trail.bulk_changed(current.values())
    for employee, old_institution, old_unit, returned in moved:
        account = employee.user
        if account is not None and account.is_active:
            place = employee.institution
            people.follow_move(account, by=by, institution=place, unit=employee.unit)
        if returned is None:
            staffing.tell_moved(employee, old_institution, old_unit, by)


IMPORTER = Importer(
    KEY,
    gettext_lazy("Staff list"),
    COLUMNS,
    check,
    apply,
    works_in_unit,
    lambda scope: reverse("staff-list") + (f"?institution={scope}" if scope else ""),
    scope_title=scope_title,
    offers=offers,
    take_offers=take_offers,
    offers_title=gettext_lazy("Missing from the list. Tick those who have left:"),
    hint=gettext_lazy(
        "People are told by registry number or TC Kimlik number. An empty cell changes nothing. The institution is "
        "written by its name or its DETSİS number, the unit by its name here."
    ),
)
