"""What bare Django takes for the same kind of work: no log-in, no rights, no trail."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template import Context, Engine
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt

from accounts.models import User
from processes.models import Case, InboxItem

ROWS = 25
PAGE = Engine().from_string(
    "<!doctype html><title>floor</title><table>{% for case in cases %}<tr><td>{{ case.number }}</td><td>{{ case.title }}</td>"
    "<td>{{ case.applicant_institution.name }}</td><td>{{ case.assignee.username }}</td><td>{{ case.step.number }}</td>"
    "<td>{{ case.queue_at }}</td></tr>{% endfor %}</table>"
)


def listed(request: HttpRequest) -> HttpResponse:
    """25 open cases by an index, with what belongs to them, as a table."""
    cases = (
        Case.objects.filter(closed_at__isnull=True)
        .defer("search")
        .select_related("applicant_institution", "assignee", "step")
        .order_by("queue_at", "pk")[:ROWS]
    )
    return HttpResponse(PAGE.render(Context({"cases": cases})))


@csrf_exempt
def create(request: HttpRequest) -> HttpResponse:
    """One row written."""
    user = User.objects.order_by("pk").first()
    assert user is not None
    InboxItem.objects.create(user=user, text=request.POST.get("title", ""))
    return redirect("floor-list")


@csrf_exempt
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """One row locked and written."""
    with transaction.atomic():
        row = InboxItem.objects.select_for_update().get(pk=pk)
        row.read_at = timezone.now()
        row.save()
    return redirect("floor-list")
