"""Log-in with the certificate the visitor showed to our proxy."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts import certificates
from accounts.models import User
from accounts.services import log_in as door
from accounts.views import log_in as pages
from audit import trail


@never_cache
@require_POST
def log_in(request: HttpRequest) -> HttpResponse:
    """The card holds both factors: what one has, and the number one knows."""
    certificate = certificates.shown(request)
    row = certificates.row_of(certificate) if certificate is not None else None
    if row is None:
        trail.record(User, "log_in_failed", {"code": "certificate"})
        messages.error(
            request, _("No certificate that opens this portal was shown. Log in with your password.")
        )
        return redirect("login")
    try:
        door.may_enter(row.user)
    except ValidationError as refusal:
        messages.error(request, refusal.messages[0])
        return redirect("login")
    onward = pages.destination(request)
    door.complete(request, row.user, row)
    return redirect(onward)
