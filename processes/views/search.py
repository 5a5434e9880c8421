"""The search box.

What is looked for may be a name, so it does not stand in the address: the words are kept for the working day under a
short random key, and the address carries the key. That way a result page can be left and come back to.
"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from accounts.looking import looked_for
from accounts.models import User
from processes import finding
from processes.models import Case
from processes.requests import person

LONGEST = 200


def search(request: HttpRequest) -> HttpResponse:
    """What the words typed find; a case number typed in full leads straight to its case."""
    user = person(request)
    if request.method == "POST":
        words = cleaned(request.POST.get("q", ""))
        looked_for(Case, {"words": words})
        exact = finding.exact_case(user, words)
        return redirect(
            exact if exact is not None else f"{reverse('search')}?{urlencode({'k': kept(user, words)})}"
        )
    typed = cleaned(request.GET.get("q", ""))
    if typed:
        looked_for(Case, {"words": typed})
    words = typed or remembered(user, request.GET.get("k", ""))
    context = {
        "search_words": words,
        "has_expired": bool(request.GET.get("k")) and not words,
        "cases": finding.cases(user, words) if words else [],
        "sections": finding.sections(user, words) if words else [],
        "limit": finding.CASES,
        "now": timezone.now(),
    }
    return render(request, "processes/search.html", context)


def cleaned(words: str) -> str:
    """What was typed, without control characters and not longer than anybody types."""
    return "".join(sign for sign in words if sign.isprintable()).strip()[:LONGEST]


def kept(user: User, words: str) -> str:
    """Keep the words for this person; the key tells nothing of them."""
    key = secrets.token_urlsafe(9)
    cache.set(f"search:{user.pk}:{key}", words, settings.SESSION_COOKIE_AGE)
    return key


def remembered(user: User, key: str) -> str:
    """The words this person looked for, while they are kept."""
    return str(cache.get(f"search:{user.pk}:{key}", "")) if key.isascii() and len(key) < 20 else ""
