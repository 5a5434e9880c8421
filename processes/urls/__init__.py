"""Addresses of the engine."""

from processes.urls import cases, catalogue, records

urlpatterns = [*cases.urlpatterns, *catalogue.urlpatterns, *records.urlpatterns]
