"""The staff register: list, one person, and what the unit enters about them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.authority import roles_of, works_in_unit
from accounts.identity import is_valid_tckn
from accounts.looking import looked_for
from accounts.models import Employee, User
from accounts.models.staff import EmployeeQuerySet
from accounts.roles import Role
from accounts.sealed import CannotOpen, seal, unseal
from accounts.services import staff
from audit import trail
from audit.queries import entries_of
from processes import export
from processes.errors import NotFound
from processes.paging import page_of
from processes.requests import person
from processes.staff_forms import (
    ChangeForm,
    LeaveForm,
    MoveForm,
    RegisterForm,
    ReturnForm,
    SearchForm,
    ServiceForm,
    ShowForm,
    StaffFilter,
)
from processes.views.keeping import exported, shown_views

LIST = "staff-list"
ROWS = 50
ORDER = ("sort_key", "pk")
COLUMNS = [
    export.Column("registry_no", gettext_lazy("Registry number"), "registry_no"),
    export.Column("first_name", gettext_lazy("First name"), "first_name"),
    export.Column("last_name", gettext_lazy("Last name"), "last_name"),
    export.Column("title", gettext_lazy("Job title"), "title"),
    export.Column("institution", gettext_lazy("Institution"), "institution.name"),
    export.Column("unit", gettext_lazy("Unit"), "unit.name"),
    export.Column("email", gettext_lazy("E-mail"), "email"),
    export.Column("phone", gettext_lazy("Telephone"), "phone"),
    export.Column("started_on", gettext_lazy("Started on"), "started_on", kind="date"),
    export.Column("left_on", gettext_lazy("Left on"), "left_on", kind="date"),
]
HEADS = [
    export.Column("name", gettext_lazy("Name")),
    export.Column("registry_no", gettext_lazy("Registry number")),
    export.Column("institution", gettext_lazy("Institution")),
    export.Column("phone", gettext_lazy("Telephone")),
    export.Column("since", gettext_lazy("Since")),
]


@require_http_methods(["GET", "POST"])
def staff_list(request: HttpRequest) -> HttpResponseBase:
    """The register, narrowed by what stands in the address; a name comes in the body and goes on sealed."""
    user = person(request)
    if request.method == "POST":
        return _searched(request, user)
    words, is_readable = _opened(request.GET.get("find", ""), user)
    rows = Employee.objects.visible_to(user).select_related("institution", "unit")
    rows = found_by(rows, words, user) if is_readable else rows.none()
    looked_for(Employee, {"words": words})
    chosen = StaffFilter(request.GET, queryset=rows, by=user)
    if kind := request.GET.get("export"):
        return exported(
            kind, user, LIST, chosen.qs.order_by(*ORDER), COLUMNS, _("staff"), title=_("Staff register")
        )
    place = str(chosen.data.get("institution", ""))
    context = {
        "filter": chosen,
        "search": SearchForm(initial={"q": words}),
        "words": words,
        "is_readable": is_readable,
        "keep": {"find": request.GET.get("find", "")} if words else {},
        "page": page_of(chosen.qs, ORDER, request.GET.get("cursor", ""), size=ROWS),
        "columns": HEADS,
        "views": shown_views(request, user, LIST),
        "is_staff": works_in_unit(user),
        "full_list": place if place.isascii() and place.isdigit() else "",
    }
    return render(request, "processes/staff/list.html", context)


def found_by(rows: EmployeeQuerySet, words: str, user: User) -> EmployeeQuerySet:
    """Staff by name or registry number; by a whole TC Kimlik number for the unit only."""
    digits = "".join(words.split())
    if is_valid_tckn(digits) and works_in_unit(user):
        return rows.with_tc(digits)
    return rows.matching(words)


@never_cache
@require_safe
def staff_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One person, with the number starred."""
    return _detail(request, staff_for(person(request), pk))


@never_cache
@require_POST
def staff_tc(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole number on the page, once, for a reason the trail keeps."""
    user = person(request)
    employee = staff_for(user, pk)
    form = ShowForm(request.POST)
    if not form.is_valid():
        return _detail(request, employee, form=form, status=422)
    number = staff.show_tc(employee, by=user, reason=form.cleaned_data["reason"])
    return _detail(request, employee, number=number)


@require_http_methods(["GET", "POST"])
def staff_new(request: HttpRequest) -> HttpResponse:
    """Enter somebody."""
    user = person(request)
    form = RegisterForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and (made := form.done(user)) is not None:
        messages.success(request, _("The person is on the register."))
        return redirect(made)
    return _form(request, form, title=_("Enter a person"), submit=_("Enter"), back=reverse("staff-list"))


@never_cache
@require_http_methods(["GET", "POST"])
def staff_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct what is kept of somebody."""
    employee = staff_for(person(request), pk)
    form = ChangeForm(request.POST or None, employee=employee)
    return _acted(request, employee, form, title=_("Correct the entry"), submit=_("Save"))


@require_http_methods(["GET", "POST"])
def staff_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody works elsewhere."""
    employee = staff_for(person(request), pk)
    initial = {"institution": employee.institution_id, "on": timezone.localdate()}
    form = MoveForm(request.POST or None, initial=initial)
    note = (
        _("The account follows; the roles held at the old institution end and are given anew.")
        if employee.user is not None and employee.user.is_active
        else _("What other applications gave the person for the old place is looked at again.")
    )
    return _acted(request, employee, form, title=_("Record a move"), submit=_("Record the move"), note=note)


@require_http_methods(["GET", "POST"])
def staff_leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody has left."""
    employee = staff_for(person(request), pk)
    form = LeaveForm(request.POST or None, initial={"on": timezone.localdate()})
    note = (
        _("The account of this person closes at once, and every right ends with it.")
        if employee.user is not None and employee.user.is_active
        else _("The person has no open account here. What other applications gave them is looked at again.")
    )
    return _acted(
        request, employee, form, title=_("Record a leaver"), submit=_("Has left"), note=note, kind="danger"
    )


@require_http_methods(["GET", "POST"])
def staff_return(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody who left is back."""
    employee = staff_for(person(request), pk)
    initial = {"institution": employee.institution_id, "on": timezone.localdate()}
    form = ReturnForm(request.POST or None, initial=initial)
    note = _("No account and no right comes back by itself.")
    return _acted(request, employee, form, title=_("Record a return"), submit=_("Is back"), note=note)


def staff_for(user: User, pk: int) -> Employee:
    """One person the reader may see; NotFound for others and for none alike."""
    rows = Employee.objects.visible_to(user).select_related("institution", "unit", "user")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is nobody like that on the register."))
    return found


def _detail(
    request: HttpRequest,
    employee: Employee,
    *,
    number: str = "",
    form: ShowForm | None = None,
    status: int = 200,
) -> HttpResponse:
    user = person(request)
    is_staff = works_in_unit(user)
    trail.seen(employee)
    context = {
        "employee": employee,
        "is_staff": is_staff,
        "may_list": is_staff or Role.REQUESTING_UNIT_HEAD in roles_of(user),
        "number": number,
        "form": form or ShowForm(),
        "entries": entries_of(employee)[:50] if is_staff else None,
    }
    return render(request, "processes/staff/detail.html", context, status=status)


def _acted(
    request: HttpRequest,
    employee: Employee,
    form: ServiceForm,
    *,
    title: str,
    submit: str,
    note: str = "",
    kind: str = "",
) -> HttpResponse:
    """Show a form about somebody, or do what it asks."""
    if request.method == "POST" and form.is_valid():
        done = form.done(person(request), employee)
        if done is not None:
            messages.success(request, _("Recorded."))
            return redirect(done)
    return _form(request, form, title=title, submit=submit, employee=employee, note=note, kind=kind)


def _form(
    request: HttpRequest, form: ServiceForm, *, employee: Employee | None = None, back: str = "", **words: Any
) -> HttpResponse:
    context = {
        "form": form,
        "employee": employee,
        "back": employee.get_absolute_url() if employee is not None else back,
        **words,
    }
    return render(
        request, "processes/staff/form.html", context, status=422 if request.method == "POST" else 200
    )


def _searched(request: HttpRequest, user: User) -> HttpResponse:
    """Back to the list, with what was searched for sealed to this person."""
    form = SearchForm(request.POST)
    words = form.cleaned_data["q"].strip() if form.is_valid() else ""
    keep = {
        key: str(value)
        for key, value in request.GET.items()
        if value and key not in ("find", "cursor", "export")
    }
    if words:
        keep["find"] = seal(words, _search_of(user))
    return redirect(f"{reverse('staff-list')}?{urlencode(keep)}" if keep else reverse("staff-list"))


def _opened(sealed: str, user: User) -> tuple[str, bool]:
    """What was searched for, and whether it could be read: only by who searched."""
    if not sealed:
        return "", True
    try:
        return unseal(sealed, _search_of(user)), True
    except CannotOpen:
        return "", False


def _search_of(user: User) -> str:
    return f"search of the staff register by {user.pk}"
