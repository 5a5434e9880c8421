"""Addresses of the engine."""

from processes.urls import cases, records

urlpatterns = [*cases.urlpatterns, *records.urlpatterns]
