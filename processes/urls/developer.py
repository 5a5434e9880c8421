"""The page of components, for those who build pages."""

from __future__ import annotations

from django.urls import path

from accounts.access import UNIT, Rule
from processes.views import developer

urlpatterns = [
    path("developer/components/", developer.components, name="developer-components"),
]

ACCESS: dict[str, Rule] = {"developer-components": UNIT}
