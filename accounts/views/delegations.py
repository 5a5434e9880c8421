"""Lending roles while one is away, and taking them back early."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.forms import DelegationForm
from accounts.models import Delegation, User
from accounts.services import rights

SHOWN = 50


@require_http_methods(["GET", "POST"])
def delegations(request: HttpRequest) -> HttpResponse:
    """What the person lent and was lent, and the form to lend."""
    user = request.user
    assert isinstance(user, User)
    form = DelegationForm(request.POST or None, by=user)
    if form.is_valid():
        try:
            lent = form.give()
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, _("%(name)s acts for you on these days.") % {"name": lent.to_user})
            return redirect("delegations")
    day = timezone.localdate()
    mine = Delegation.objects.concerning(user).select_related("from_user", "to_user", "given_by")
    is_open = mine.open_on(day)
    over = mine.exclude(pk__in=is_open.values("pk"))
    open_rows = list(is_open.order_by("valid_from", "pk")[:SHOWN])
    context = {
        "form": form,
        "can_lend": len(form.fields["role"].choices) > 1,  # type: ignore[attr-defined]
        "given": [row for row in open_rows if row.from_user_id == user.pk],
        "received": [row for row in open_rows if row.to_user_id == user.pk],
        "over": list(over.order_by("-valid_until", "-pk")[:SHOWN]),
        "today": day,
    }
    return render(request, "accounts/delegations.html", context, status=422 if form.errors else 200)


@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End one before its last day."""
    user = request.user
    assert isinstance(user, User)
    lent = Delegation.objects.concerning(user).filter(pk=pk).first()
    if lent is None:
        raise Http404
    try:
        rights.end_delegation(lent, by=user, reason=request.POST.get("reason", "").strip()[:250])
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
    else:
        messages.success(request, _("The delegation has ended."))
    return redirect("delegations")
