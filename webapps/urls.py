"""Addresses of 5.3.7 beside the case page."""

from django.urls import path

from webapps.views import register

urlpatterns = [
    path("applications/", register.applications, name="webapps-applications"),
    path("applications/<int:pk>/", register.application, name="webapps-application"),
]
