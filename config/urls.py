"""Every address of the portal, by app. Who may open which stands in `config.access`."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

urlpatterns = [
    path("admin/", admin.site.urls),
]
