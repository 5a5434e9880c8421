"""Addresses of the engine."""

from processes.urls import cases, catalogue, developer, imports, records, staff

urlpatterns = [
    *cases.urlpatterns,
    *catalogue.urlpatterns,
    *developer.urlpatterns,
    *records.urlpatterns,
    *staff.urlpatterns,
    *imports.urlpatterns,
]
