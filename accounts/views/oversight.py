"""Who holds which role, compared with what was approved, and who was not trained."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from accounts import oversight


@require_GET
def compared(request: HttpRequest) -> HttpResponse:
    """The list Ek-5 5.6.12 asks for, ready to be printed."""
    context = {
        "day": timezone.localdate(),
        "differences": oversight.differences(),
        "holders": oversight.holders(),
        "untrained": list(oversight.untrained().select_related("institution")),
    }
    return render(request, "accounts/rights_compared.html", context)
