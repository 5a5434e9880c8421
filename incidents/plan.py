"""The emergency plan as it is in use: who is appointed, what is needed of whom, what each level means, whom to turn to."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from incidents.models import Authority, Cooperation, EmergencyOfficer, LevelPlan

PARTS = ("officers", "cooperations", "levels", "authorities")


def in_use() -> dict[str, QuerySet[Any]]:
    """The parts of the plan (Ek-5 5.1.1, .2, .8, .11), for the page and for programs."""
    return {
        "officers": EmergencyOfficer.objects.filter(is_active=True).select_related("person"),
        "cooperations": Cooperation.objects.filter(is_active=True),
        "levels": LevelPlan.objects.filter(is_active=True),
        "authorities": Authority.objects.filter(is_active=True),
    }
