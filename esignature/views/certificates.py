"""The register of certificates, one certificate, and what happens to it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.authority import roles_of, works_in_unit
from accounts.models import User
from accounts.roles import Role
from audit import trail
from audit.queries import entries_of
from esignature import correcting, lifecycle, queries
from esignature.access import keeps_register
from esignature.acts import CERTIFICATE
from esignature.filters import CertificateFilter
from esignature.models import Certificate, Request
from esignature.views.common import ROWS, done
from processes import export
from processes.errors import NotFound
from processes.paging import page_of
from processes.queries import case_for
from processes.requests import person, version_of
from processes.views.keeping import exported, shown_views

LIST = "esignature-certificates"
MAIN = ("q", "standing", "kind", "institution")
COLUMNS = [
    export.Column("holder", gettext_lazy("Holder"), "holder.full_name"),
    export.Column("institution", gettext_lazy("Institution"), "holder.institution.name"),
    export.Column("kind", gettext_lazy("Kind"), lambda one: one.get_kind_display()),
    export.Column("state", gettext_lazy("State"), "standing_label"),
    export.Column("until", gettext_lazy("Valid until"), "valid_until", kind="date"),
    export.Column("left", gettext_lazy("Days left"), lambda one: one.days_left(), kind="number"),
    export.Column("serial", gettext_lazy("Serial number"), "serial"),
    export.Column("carrier", gettext_lazy("Carrier"), "carrier"),
    export.Column("corrected", gettext_lazy("Corrected"), "corrected_at", kind="time"),
    export.Column("asked", gettext_lazy("Request under way"), lambda one: one.asked or ""),
]
SHOWN = ("holder", "institution", "kind", "state", "until", "left", "asked")


def certificates(request: HttpRequest) -> HttpResponseBase:
    """Every certificate this person may see, those that end first on top."""
    user = person(request)
    rows = (
        Certificate.objects.visible_to(user)
        .select_related("holder__institution")
        .annotate(asked=queries.asked_already())
    )
    chosen = CertificateFilter(request.GET, queryset=rows)
    if kind := request.GET.get("export"):
        listed = chosen.qs.order_by("valid_until", "pk")
        return exported(kind, user, LIST, listed, COLUMNS, _("certificates"), title=_("Certificates"))
    context = {
        "filter": chosen,
        "main_filters": MAIN,
        "page": page_of(chosen.qs, ("valid_until", "pk"), request.GET.get("cursor", ""), size=ROWS),
        "columns": [column for column in COLUMNS if column.key in SHOWN],
        "is_staff": works_in_unit(user),
        "is_head": Role.REQUESTING_UNIT_HEAD in roles_of(user),
        "keeps_register": keeps_register(user),
        "views": shown_views(request, user, LIST),
    }
    return render(request, "esignature/certificates.html", context)


def certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """One certificate: what is known of it, what can be done, what happened."""
    one = certificate_for(person(request), pk)
    trail.seen(one)
    return shown(request, one)


@require_POST
def certificate_move(request: HttpRequest, pk: int, key: str) -> HttpResponse:
    """Something happened to the certificate."""
    user = person(request)
    one = certificate_for(user, pk)
    if key not in CERTIFICATE:
        raise NotFound(_("There is no such step of a certificate."))
    form_class, act, sentence = CERTIFICATE[key]
    form = form_class(request.POST, auto_id=f"id_{key}_%s")
    status = done(
        request,
        form,
        lambda **given: act(one, by=user, version=version_of(request), **given),
        str(sentence),
    )
    if status:
        return shown(request, certificate_for(user, pk), status, {key: form})
    return redirect(one)


@require_POST
def produced(request: HttpRequest, number: str) -> HttpResponse:
    """Kamu SM made the certificate of this request."""
    user = person(request)
    case = case_for(user, number)
    if not isinstance(case, Request):
        raise NotFound(_("There is no request with that number."))
    made = lifecycle.produced(case, by=user)
    messages.success(request, _("The certificate was recorded as produced."))
    return redirect(made)


def shown(
    request: HttpRequest, one: Certificate, status: int = 200, bound: dict[str, forms.Form] | None = None
) -> HttpResponse:
    """The page of a certificate, with what was refused still in its form."""
    user = person(request)
    written = {name: getattr(one, name) for name in correcting.WRITTEN}
    offers = [
        {
            "key": offer.key,
            "label": offer.label,
            "refusal": offer.refusal,
            "form": (bound or {}).get(offer.key)
            or CERTIFICATE[offer.key].form(auto_id=f"id_{offer.key}_%s", initial=written),
            "is_open": offer.key in (bound or {}),
        }
        for offer in lifecycle.CERTIFICATES.offered(one, user)
        if offer.key in lifecycle.CHOSEN and keeps_register(user)
    ]
    context: dict[str, Any] = {
        "certificate": one,
        "offers": offers,
        "is_staff": works_in_unit(user),
        "today": timezone.localdate(),
        "entries": entries_of(one) if works_in_unit(user) else None,
    }
    return render(request, "esignature/certificate.html", context, status=status)


def certificate_for(user: User, pk: int) -> Certificate:
    """One certificate, as this person may see it."""
    found = (
        Certificate.objects.visible_to(user)
        .select_related("holder__institution", "holder__unit", "holder__user", "request", "corrected_by")
        .defer("request__search")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise NotFound(_("There is no such certificate."))
    return found
