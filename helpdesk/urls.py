"""Addresses of 5.3.6 beside the case page."""

from django.urls import path

from helpdesk import views
from processes.urls import converters  # noqa: F401 - registers <case:…>

urlpatterns = [
    path("cases/<case:number>/supplies/", views.supply_add, name="supply-add"),
    path("cases/<case:number>/supplies/<int:pk>/", views.supply_mark, name="supply-mark"),
    path("reports/5.3.6/", views.reports, name="helpdesk-reports"),
]
