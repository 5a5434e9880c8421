"""The search box."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from processes import finding
from processes.requests import person


def search(request: HttpRequest) -> HttpResponse:
    """What the words typed find; a case number typed in full leads straight to its case."""
    user = person(request)
    words = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    if (exact := finding.exact_case(user, words)) is not None:
        return redirect(exact)
    context = {
        "search_words": words,
        "cases": finding.cases(user, words) if words else [],
        "sections": finding.sections(user, words) if words else [],
        "limit": finding.CASES,
        "now": timezone.now(),
    }
    return render(request, "processes/search.html", context)
