"""Addresses of tables taken in from files."""

from __future__ import annotations

from django.urls import path

from accounts.access import UNIT, Rule
from processes.views import imports

urlpatterns = [
    path("imports/<slug:key>/", imports.import_new, name="import-new"),
    path("imports/<slug:key>/template.xlsx", imports.import_template, name="import-template"),
    path("imports/<slug:key>/<int:pk>/", imports.import_preview, name="import-preview"),
    path("imports/<slug:key>/<int:pk>/refused.csv", imports.import_refused, name="import-refused"),
]

ACCESS: dict[str, Rule] = {
    "import-new": UNIT,
    "import-template": UNIT,
    "import-preview": UNIT,
    "import-refused": UNIT,
}
