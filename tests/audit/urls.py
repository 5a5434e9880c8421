"""Addresses that only the trail's tests open: one writes, one is refused, one fails after writing."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import path

from accounts.models import Institution
from audit import context, trail
from audit.context import because


def write(request: HttpRequest) -> HttpResponse:
    with transaction.atomic(), because(step="write", reason="asked for"):
        Institution.objects.create(
            name="Örnekova Devlet Hastanesi", name_dative="ÖRNEKOVA DEVLET HASTANESİNE", kind="other"
        )
    return HttpResponse(context.current().request_id)


def refuse(request: HttpRequest) -> HttpResponse:
    write(request)
    trail.refused(Institution, "not-permitted", reason="no role")
    transaction.set_rollback(True)
    return HttpResponse(status=403)


def fail(request: HttpRequest) -> HttpResponse:
    write(request)
    raise LookupError


urlpatterns = [path("write/", write), path("refuse/", refuse), path("fail/", fail)]
