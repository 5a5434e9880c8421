"""Addresses of the staff register."""

from __future__ import annotations

from django.urls import path

from accounts.access import SIGNED_IN, UNIT, Rule, roles
from accounts.roles import UNIT_STAFF, Role
from processes.views import staff

READERS = roles(*UNIT_STAFF, Role.REQUESTING_UNIT_HEAD)

urlpatterns = [
    path("staff/", staff.staff_list, name="staff-list"),
    path("staff/new/", staff.staff_new, name="staff-new"),
    path("staff/<int:pk>/", staff.staff_detail, name="staff-detail"),
    path("staff/<int:pk>/tc/", staff.staff_tc, name="staff-tc"),
    path("staff/<int:pk>/change/", staff.staff_change, name="staff-change"),
    path("staff/<int:pk>/move/", staff.staff_move, name="staff-move"),
    path("staff/<int:pk>/leave/", staff.staff_leave, name="staff-leave"),
    path("staff/<int:pk>/return/", staff.staff_return, name="staff-return"),
]

ACCESS: dict[str, Rule] = {
    "staff-list": READERS,
    "staff-detail": SIGNED_IN,  # one's own entry; nobody else's is found
    "staff-new": UNIT,
    "staff-tc": UNIT,
    "staff-change": UNIT,
    "staff-move": UNIT,
    "staff-leave": UNIT,
    "staff-return": UNIT,
}
