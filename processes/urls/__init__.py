"""Addresses of the engine."""

from processes.urls import cases, catalogue, developer, records

urlpatterns = [*cases.urlpatterns, *catalogue.urlpatterns, *developer.urlpatterns, *records.urlpatterns]
