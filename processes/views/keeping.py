"""What every list offers beside its rows: views kept under a name, and the rows as a file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse

from accounts.models import User
from audit import trail
from processes import export
from processes.queries import views_of
from processes.services import views


def shown_views(request: HttpRequest, user: User, list_name: str) -> list[dict[str, Any]]:
    """The saved views of a list as its menu prints them."""
    present = request.GET.urlencode()
    return [
        {
            "name": view.name,
            "url": views.address(view),
            "is_shared": view.is_shared,
            "is_current": view.query == present,
            "remove_url": reverse("view-remove", args=(view.pk,)) if view.owner_id == user.pk else "",
        }
        for view in views_of(user, list_name)
    ]


def exported(
    kind: str,
    user: User,
    list_name: str,
    rows: Iterable[Any],
    columns: Sequence[export.Column],
    filename: str,
    *,
    title: export.Text,
) -> HttpResponseBase:
    """The rows of a list as a file; who took which list is on the trail."""
    answer = export.respond(kind, rows, columns, filename, title=title)
    trail.record(user, "exported", {"list": list_name, "format": kind})
    return answer
