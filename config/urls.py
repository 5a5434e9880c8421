"""Every address of the portal, by app. Who may open which stands in `config.access`."""

from __future__ import annotations

from csp.decorators import csp_update
from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from config.health import health, healthz, status
from config.metrics import metrics

# Swagger's style sheet carries its pictures inside.
api_docs = csp_update({"img-src": ["data:"]})(SpectacularSwaggerSplitView.as_view(url_name="api-schema"))

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", health, name="health"),
    path("healthz", healthz, name="healthz"),
    path("metrics", metrics, name="metrics"),
    path("status/", status, name="status"),
    path("admin/", admin.site.urls),
    path("api/v1/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/v1/docs/", api_docs, name="api-docs"),
    path("api/v1/", include("ebys.api.urls")),
    path("", include("accounts.urls")),
    path("", include("processes.urls")),
    path("", include("ebys.urls")),
    *(path("", include(f"{room}.urls")) for room in settings.ROOMS),
]

handler400 = "config.errors.bad_request"
handler403 = "config.errors.permission_denied"
handler404 = "config.errors.page_not_found"
handler500 = "config.errors.server_error"
