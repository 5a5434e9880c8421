"""Access reviews: the list, a new one, its progress, and what a reviewer decides on."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.contrib import messages
from django.db.models import Count, F, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from accounts.authority import works_in_unit
from accounts.models import User
from processes import export, wording
from processes.errors import DomainError, NotFound, RuleBroken
from processes.fields import person_field
from processes.filters import Narrowed
from processes.requests import person
from processes.views.keeping import exported
from webapps import reviewing
from webapps.forms import CampaignForm
from webapps.models import Campaign, Decision, ReviewItem, ReviewPart
from webapps.queries import counted, part_for
from webapps.views.listing import shown

BULK = 500
NAMED = 200
COLUMNS = [
    export.Column("title", gettext_lazy("Review"), "title"),
    export.Column("deadline", gettext_lazy("Last day"), "deadline", kind="date"),
    export.Column("all", gettext_lazy("Authorities"), "all_items", kind="number"),
    export.Column("open", gettext_lazy("Not decided"), "open_items", kind="number"),
    export.Column("remove", gettext_lazy("To be removed"), "remove_items", kind="number"),
    export.Column("finished", gettext_lazy("Finished"), "finished_at", kind="time"),
]
ITEMS = [
    export.Column("employee", gettext_lazy("User"), "authority.employee.full_name"),
    export.Column("registry", gettext_lazy("Registry number"), "authority.employee.registry_no"),
    export.Column("application", gettext_lazy("Application"), "authority.application.name"),
    export.Column("role", gettext_lazy("Role"), "authority.role.name"),
    export.Column("since", gettext_lazy("Since"), "authority.since", kind="date"),
    export.Column("decision", gettext_lazy("Decision"), "told"),
    export.Column("reason", gettext_lazy("Reason"), "reason"),
    export.Column("by", gettext_lazy("Decided by"), "decided_by.full_name"),
]
REPORT = [
    export.Column("institution", gettext_lazy("Institution"), "part.institution.name"),
    *ITEMS,
    export.Column("case", gettext_lazy("Request"), "case.number"),
]


class ItemFilter(Narrowed):
    """What a reviewer's list can be narrowed by."""

    decision = django_filters.ChoiceFilter(
        label=gettext_lazy("Decision"),
        method="by_decision",
        empty_label=gettext_lazy("All"),
        choices=[
            ("open", gettext_lazy("Not decided yet")),
            (Decision.KEEP, gettext_lazy("Keep")),
            (Decision.REMOVE, gettext_lazy("Remove")),
        ],
    )

    class Meta:
        model = ReviewItem
        fields: tuple[str, ...] = ()

    def by_decision(self, rows: QuerySet[ReviewItem], name: str, value: str) -> QuerySet[ReviewItem]:
        """By what was decided."""
        return rows.filter(decision="" if value == "open" else value)


def reviews(request: HttpRequest) -> HttpResponseBase:
    """The reviews, the newest first; a reviewer outside the unit sees the own parts."""
    user = person(request)
    own = ReviewPart.objects.filter(reviewer=user, campaign__finished_at__isnull=True)
    if not works_in_unit(user):
        rows = own.select_related("campaign", "institution").annotate(**counted("items"))
        return render(
            request, "webapps/own_reviews.html", {"parts": rows.order_by("campaign__deadline", "pk")}
        )
    return shown(
        request,
        Campaign.objects.annotate(**counted("parts__items")),
        COLUMNS,
        ("-opened_at", "-pk"),
        template="webapps/reviews.html",
        list_name="webapps-reviews",
        title=_("Access reviews"),
        nothing=_("No review was begun yet. Begin one to ask each institution who still needs what."),
        own=own.select_related("campaign", "institution").order_by("pk"),
    )


def review_new(request: HttpRequest) -> HttpResponse:
    """Begin a review."""
    user = person(request)
    form = CampaignForm(request.POST or None, initial={"reviewer": user.pk})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                campaign = reviewing.begin(by=user, **form.cleaned_data)
            except DomainError as refusal:
                for name, sentences in refusal.fields.items():
                    form.add_error(name, str(sentences[0]))
                if not refusal.fields:
                    form.add_error(None, str(refusal))
            else:
                messages.success(request, _("The review has begun; the reviewers were told."))
                return redirect(campaign)
    return render(request, "webapps/review_new.html", {"form": form}, status=status)


def review(request: HttpRequest, pk: int) -> HttpResponseBase:
    """How far a review has come, institution by institution; its report as a file."""
    campaign = Campaign.objects.filter(pk=pk).first()
    if campaign is None:
        raise NotFound(_("There is no such review."))
    if kind := request.GET.get("export"):
        return _report(request, campaign, kind)
    return _progress(request, campaign)


def _items_of(campaign: Campaign) -> QuerySet[ReviewItem]:
    """Everything looked at in a review, institution by institution."""
    items = ReviewItem.objects.filter(part__campaign=campaign).select_related(
        "part__institution",
        "part__campaign",
        "authority__employee",
        "authority__application",
        "authority__role",
        "decided_by",
        "case",
    )
    return items.order_by("part__institution__sort_key", "authority__employee__sort_key", "pk")


def _left_open(campaign: Campaign) -> QuerySet[ReviewItem]:
    """On which nobody decided, once the review is finished."""
    items = _items_of(campaign)
    return items.none() if campaign.is_open else items.filter(decision=Decision.OPEN)


def _report(request: HttpRequest, campaign: Campaign, kind: str) -> HttpResponseBase:
    return exported(
        kind,
        person(request),
        "webapps-review",
        _items_of(campaign),
        REPORT,
        f"5.3.7-{campaign.pk}",
        title=_titled(campaign, _left_open(campaign).count()),
    )


def _progress(request: HttpRequest, campaign: Campaign, *, status: int = 200, **refused: Any) -> HttpResponse:
    """The page; a name that was refused stands in its row again."""
    own = Q(items__authority__employee__user=F("reviewer"), items__decision="")
    parts = list(
        campaign.parts.select_related("institution", "reviewer")
        .annotate(**counted("items"), own_items=Count("items", filter=own))
        .order_by("institution__sort_key", "pk")
    )
    sums = {name: sum(getattr(part, name) for part in parts) for name in counted("items")}
    return render(
        request,
        "webapps/review.html",
        {
            "campaign": campaign,
            "parts": parts,
            "sums": sums,
            "decided": sums["all_items"] - sums["open_items"],
            "applications": campaign.applications.order_by("sort_key", "pk"),
            "undecided": list(_left_open(campaign)[:NAMED]),
            "unnamed": max(0, sums["open_items"] - NAMED),
            **refused,
        },
        status=status,
    )


def _titled(campaign: Campaign, undecided: int) -> str:
    """The report's title says on how much nobody decided."""
    if not undecided:
        return campaign.title
    words = ngettext(
        "%(title)s · nobody decided on %(count)d authority",
        "%(title)s · nobody decided on %(count)d authorities",
        undecided,
    )
    return words % {"title": campaign.title, "count": undecided}


@require_POST
def review_finish(request: HttpRequest, pk: int) -> HttpResponse:
    """End a review."""
    campaign = Campaign.objects.filter(pk=pk).first()
    if campaign is None:
        raise NotFound(_("There is no such review."))
    reviewing.finish(campaign, by=person(request))
    messages.success(request, _("The review is finished; what is to be removed became requests."))
    if left := ReviewItem.objects.filter(part__campaign=campaign, decision=Decision.OPEN).count():
        messages.warning(
            request,
            ngettext(
                "Nobody decided on %(count)d authority; it stays, and is a finding of 5.6.4.",
                "Nobody decided on %(count)d authorities; they stay, and are a finding of 5.6.4.",
                left,
            )
            % {"count": left},
        )
    return redirect(campaign)


def review_part(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What one reviewer decides on; what was ticked and typed stays when it is refused."""
    user = person(request)
    part = part_for(user, pk)
    if request.method != "POST":
        return _part_shown(request, user, part)
    keys = [
        int(key)
        for key in request.POST.getlist("chosen")[:BULK]
        if key.isascii() and key.isdigit() and len(key) < 19
    ]
    typed = {"decision": request.POST.get("decision", ""), "reason": request.POST.get("reason", "")}
    try:
        if request.POST.get("all") == "keep":
            undecided = reviewing.undecided(part, user)
            count = reviewing.decide(part, by=user, items=undecided, decision=Decision.KEEP)
        else:
            count = reviewing.decide(
                part, by=user, items=keys, decision=typed["decision"], reason=typed["reason"]
            )
    except DomainError as refusal:
        if refusal.status == 403 and user.pk != part.reviewer_id:
            raise
        return _part_shown(
            request, user, part, refusal=str(refusal), status=refusal.status, ticked=set(keys), typed=typed
        )
    messages.success(
        request,
        ngettext("%(count)d decision was recorded.", "%(count)d decisions were recorded.", count)
        % {"count": count},
    )
    return redirect(request.get_full_path())


def _part_shown(
    request: HttpRequest, user: User, part: ReviewPart, *, status: int = 200, **refused: Any
) -> HttpResponseBase:
    rows = part.items.select_related(
        "part__campaign", "authority__employee", "authority__application", "authority__role", "decided_by"
    )
    chosen = ItemFilter(request.GET, queryset=rows)
    return shown(
        request,
        chosen.qs,
        ITEMS,
        ("authority__employee__sort_key", "pk"),
        template="webapps/review_part.html",
        list_name="webapps-review-part",
        title=part.campaign.title,
        chosen=chosen,
        status=status,
        part=part,
        own=reviewing.own_in(part, user).count() if part.campaign.is_open else 0,
        row_url="",
        intro=_("%(institution)s · last day %(day)s")
        % {"institution": part.institution.name, "day": wording.full_date(part.campaign.deadline)},
        **refused,
    )


@require_POST
def review_hand(request: HttpRequest, pk: int) -> HttpResponse:
    """Let somebody else answer for an institution."""
    part = part_for(person(request), pk)
    typed = request.POST.get("reviewer") or request.POST.get("reviewer_text") or ""
    try:
        reviewer: Any = person_field().clean(typed)
        reviewing.hand_to(part, by=person(request), reviewer=reviewer)
    except (forms.ValidationError, RuleBroken) as refused:
        words = refused.messages[0] if isinstance(refused, forms.ValidationError) else str(refused)
        asked = {"part": part.pk, "text": request.POST.get("reviewer_text", ""), "refusal": words}
        return _progress(request, part.campaign, status=RuleBroken.status, asked=asked)
    messages.success(request, _("%(name)s was asked to review.") % {"name": reviewer.full_name})
    return redirect(part.campaign)
