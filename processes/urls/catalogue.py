"""Addresses of the catalogue and the working-day calendar."""

from __future__ import annotations

from django.urls import path, register_converter

from accounts.access import UNIT, Rule, roles
from processes.approval import PREPARERS
from processes.views import catalogue, days_off


class ProcessNumber:
    """An official number such as 5.3.6."""

    regex = r"[0-9]+(?:\.[0-9]+)*"

    def to_python(self, value: str) -> str:
        """The number as it stands in the database."""
        return value

    def to_url(self, value: str) -> str:
        """The number as it stands in the address."""
        return value


register_converter(ProcessNumber, "process")

urlpatterns = [
    path("catalogue/", catalogue.catalogue, name="catalogue"),
    path("catalogue/export/", catalogue.catalogue_export, name="catalogue-export"),
    path("catalogue/import/", catalogue.catalogue_import, name="catalogue-import"),
    path("catalogue/<process:number>/", catalogue.process, name="process"),
    path("catalogue/<process:number>/editions/", catalogue.process_editions, name="process-editions"),
    path("catalogue/<process:number>/<int:edition>/", catalogue.process_card, name="process-card"),
    path("catalogue/<process:number>/<int:edition>/pdf/", catalogue.process_pdf, name="process-pdf"),
    path("catalogue/<process:number>/<int:edition>/export/", catalogue.process_export, name="process-export"),
    path("catalogue/<process:number>/<int:edition>/copy/", catalogue.process_copy, name="process-copy"),
    path("catalogue/<process:number>/<int:edition>/edit/", catalogue.process_edit, name="process-edit"),
    path(
        "catalogue/<process:number>/<int:edition>/from/<int:other>/",
        catalogue.process_diff,
        name="process-diff",
    ),
    path(
        "catalogue/<process:number>/<int:edition>/do/<slug:verb>/",
        catalogue.process_move,
        name="process-move",
    ),
    path("days-off/", days_off.days_off, name="days-off"),
]

ACCESS: dict[str, Rule] = {
    "catalogue": UNIT,
    "catalogue-export": UNIT,
    "catalogue-import": roles(*PREPARERS),
    "process": UNIT,
    "process-editions": UNIT,
    "process-card": UNIT,
    "process-pdf": UNIT,
    "process-export": UNIT,
    "process-copy": roles(*PREPARERS),
    "process-edit": roles(*PREPARERS),
    "process-diff": UNIT,
    "process-move": roles(*PREPARERS),
    "days-off": UNIT,
}
