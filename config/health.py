"""Whether this instance can work: asked by the proxy, the container runtime, the monitoring and whoever is on call."""

from __future__ import annotations

import hmac
import logging
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.access import ADMIN, Rule
from audit.addresses import client_address
from config import monitoring
from config.checks import redis_answers
from config.monitoring import Level

log = logging.getLogger(__name__)


def _may_watch(request: HttpRequest) -> bool:
    """A network named in the settings, or the word named there."""
    token = settings.MONITORING_TOKEN
    scheme, _space, given = request.headers.get("Authorization", "").partition(" ")
    if token and scheme == "Bearer" and hmac.compare_digest(given.encode(), token.encode()):
        return True
    address = client_address(request)
    return address is not None and any(
        ip_address(address) in ip_network(network, strict=False) for network in settings.MONITORING_NETWORKS
    )


WATCHERS = Rule("watchers", _may_watch, _("This address is for the monitoring."), needs_login=False)
STATUS = Rule("status", ADMIN.admits, _("Only the unit head may open this page."))


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        log.exception("The database does not answer.")
        return False
    return True


@transaction.non_atomic_requests
@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 `ok` when the database answers, else 503. Redis away is named, and no reason to send people elsewhere."""
    if not _database_answers():
        away = ["database", *([] if redis_answers() else ["redis"])]
        return HttpResponse(
            f"no answer: {', '.join(away)}", status=503, content_type="text/plain; charset=utf-8"
        )
    text = "ok" if redis_answers() else "ok, no answer: redis"
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@transaction.non_atomic_requests
@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Every check for a machine: 200 unless one says to act now, then 503."""
    with override("en"):
        results = monitoring.look_at_all()
        overall = monitoring.worst(results)
        content = {
            "status": overall.value,
            "at": timezone.now().isoformat(),
            "checks": {
                result.key: {"status": result.level.value, "text": str(result.sentence)} for result in results
            },
        }
    return JsonResponse(content, status=503 if overall is Level.ACT else 200)


@never_cache
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """The same for the unit head."""
    results = monitoring.look_at_all()
    context = {
        "results": results,
        "overall": monitoring.worst(results),
        "looked_at": timezone.now(),
        "figures": monitoring.figures(),
    }
    return render(request, "status.html", context)
