"""Addresses of 5.3.7 beside the case page."""

from django.urls import path

from webapps.views import access, register

urlpatterns = [
    path("applications/", register.applications, name="webapps-applications"),
    path("applications/<int:pk>/", register.application, name="webapps-application"),
    path("applications/<int:pk>/matrix/", access.matrix, name="webapps-matrix"),
    path("access/", access.access, name="webapps-access"),
    path("access/people/<int:pk>/", access.person_access, name="webapps-person"),
]
