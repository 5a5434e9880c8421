"""Figures for the monitoring of the data centre: how many requests, how long they took, what waits. No person in them.

Requests are counted by the name of the page, the method and the status. The web server's processes count for
themselves into files of one folder (`PROMETHEUS_MULTIPROC_DIR`, set by the web server's configuration), which the page
adds up. What waits is asked of the database when the page is asked for.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator

from django.db import connection, transaction
from django.db.utils import Error
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import ResolverMatch
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from config import monitoring

log = logging.getLogger("config.requests")

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
LABELS = ("page", "method")
REQUESTS = Counter("sbs_requests", "Requests answered", (*LABELS, "status"))
SECONDS = Histogram(
    "sbs_request_seconds",
    "Time to the answer",
    LABELS,
    buckets=(0.01, 0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 3, 6, 12, 30),
)


class MeasureMiddleware:
    """Outermost: counts and times each request, and writes its one line into the log."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        began = time.perf_counter()
        response = self.get_response(request)
        took = time.perf_counter() - began
        page, method = page_of(request), request.method if request.method in METHODS else "other"
        REQUESTS.labels(page, method, str(response.status_code)).inc()
        SECONDS.labels(page, method).observe(took)
        number = response.headers.get("X-Request-ID", "")
        log.info(
            "Answered %s to %s %s", response.status_code, method, page,
            extra={"page": page, "status": response.status_code, "ms": round(took * 1000), "number": number},
        )  # fmt: skip
        return response


def page_of(request: HttpRequest) -> str:
    """The name of the page asked for; one word for everything that is none, so that nobody can fill the table."""
    match = request.resolver_match
    return match.view_name or "unnamed" if isinstance(match, ResolverMatch) else "none"


class Waiting(Collector):
    """What the database says now."""

    def describe(self) -> list[Metric]:
        """Nothing before it is asked."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The gauges; without the database only the word that it is away."""
        try:
            with transaction.atomic():
                found = monitoring.figures()
        except Error:
            connection.close()
            found = {}
        up = GaugeMetricFamily("sbs_database_up", "1 while the database answers")
        up.add_metric([], 1.0 if found else 0.0)
        yield up
        for name, (help_text, value) in found.items():
            gauge = GaugeMetricFamily(f"sbs_{name}", help_text)
            gauge.add_metric([], value)
            yield gauge
        states = GaugeMetricFamily("sbs_check", "0 fine, 1 look, 2 act, -1 not looked at", labels=["check"])
        for result in monitoring.look_at_all(cheap=True):
            states.add_metric([result.key], result.level.weight)
        yield states


def registry() -> CollectorRegistry:
    """All figures of this machine's web processes, and what waits."""
    gathered = CollectorRegistry()
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        MultiProcessCollector(gathered)  # type: ignore[no-untyped-call]  # the library leaves it untyped
    else:
        gathered.register(_Own())
    gathered.register(Waiting())
    return gathered


class _Own(Collector):
    """The counters of a single process."""

    def describe(self) -> list[Metric]:
        return []

    def collect(self) -> Iterator[Metric]:
        yield from REGISTRY.collect()


@transaction.non_atomic_requests
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The figures as Prometheus reads them."""
    return HttpResponse(generate_latest(registry()), content_type=CONTENT_TYPE_LATEST)
