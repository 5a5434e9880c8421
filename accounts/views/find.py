"""Pickers: people, staff, institutions and units found while one types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.looking import looked_for
from accounts.models import Employee, Institution, Unit, User
from accounts.queries import find_employees, find_institutions, find_people, find_units

LONGEST = 100


@dataclass(frozen=True)
class Found:
    """One row of a picker: what is stored, what is read, and what tells two of the same name apart."""

    id: int
    name: str
    detail: str


@never_cache
@require_http_methods(["GET", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """People by name, registry number or institution; the unit's staff find all, others their colleagues."""
    user = request.user
    assert isinstance(user, User)
    looked_for(User, {"words": _typed(request)})
    return _answer(request, [_person(found) for found in find_people(_typed(request), by=user)])


@never_cache
@require_http_methods(["GET", "POST"])
def institutions(request: HttpRequest) -> HttpResponse:
    """Institutions by name, district or code; others than the unit's staff find their own."""
    user = request.user
    assert isinstance(user, User)
    return _answer(request, [_institution(found) for found in find_institutions(_typed(request), by=user)])


@never_cache
@require_http_methods(["GET", "POST"])
def employees(request: HttpRequest) -> HttpResponse:
    """Staff who are here, by name or registry number: all for the unit, the own institution's for its unit head."""
    user = request.user
    assert isinstance(user, User)
    looked_for(Employee, {"words": _typed(request)})
    return _answer(request, [_employee(found) for found in find_employees(_typed(request), by=user)])


@never_cache
@require_http_methods(["GET", "POST"])
def units(request: HttpRequest) -> HttpResponse:
    """Units by name or institution; others than the unit's staff find those of their own institution."""
    user = request.user
    assert isinstance(user, User)
    return _answer(request, [_unit(found) for found in find_units(_typed(request), by=user)])


def _typed(request: HttpRequest) -> str:
    """What was typed. A name may come in the body of a POST, so that it stands in no address and no log."""
    return (request.POST.get("q") or request.GET.get("q") or "").replace("\x00", "")[:LONGEST]


def _answer(request: HttpRequest, rows: Sequence[Found]) -> HttpResponse:
    if request.accepts("text/html") and "application/json" not in request.headers.get("Accept", ""):
        return render(request, "accounts/found.html", {"rows": rows, "typed": _typed(request).strip()})
    return JsonResponse({"results": [asdict(row) for row in rows]})


def _person(user: User) -> Found:
    place = [
        user.title,
        user.unit.name if user.unit else "",
        user.institution.name if user.institution else "",
    ]
    return Found(user.pk, user.full_name, " · ".join(filter(None, [*place, user.registry_no])))


def _institution(institution: Institution) -> Found:
    codes = [institution.get_kind_display(), institution.district, institution.detsis_no or ""]
    return Found(institution.pk, institution.name, " · ".join(filter(None, codes)))


def _employee(employee: Employee) -> Found:
    place = [employee.title, employee.unit.name if employee.unit else "", employee.institution.name]
    return Found(
        employee.pk, employee.full_name, " · ".join(filter(None, [*place, employee.registry_no or ""]))
    )


def _unit(unit: Unit) -> Found:
    return Found(unit.pk, unit.name, unit.institution.name)
