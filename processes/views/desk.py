"""A person's own desk: inbox, saved views, the calendar address, the daily e-mail."""

from __future__ import annotations

import hashlib

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from processes import digest, feeds
from processes import inbox as desk
from processes.errors import NotFound, RuleBroken
from processes.models import FeedKey
from processes.paging import page_of
from processes.requests import person
from processes.services import views

SHOWN = ("unread", "read")


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """What the person should know: the unread first, what was read on the other tab."""
    user = person(request)
    shown = request.GET.get("show", SHOWN[0])
    shown = shown if shown in SHOWN else SHOWN[0]
    items = desk.items_of(user).filter(read_at__isnull=shown == SHOWN[0])
    page = page_of(items, order=("-id",), cursor=request.GET.get("cursor", ""), size=30)
    context = {
        "page": page,
        "messages_shown": [(item, desk.sentence(item)) for item in page.rows],
        "shown": shown,
        "unread": desk.unread_count(user),
    }
    return render(request, "processes/records/inbox.html", context)


@require_POST
def inbox_read(request: HttpRequest) -> HttpResponse:
    """Mark one message as read, or all of them."""
    text = request.POST.get("item", "")
    if text and not (text.isascii() and text.isdigit() and len(text) < 18):
        raise RuleBroken(_("There is no such message."))
    desk.mark_read(person(request), int(text) if text else None)
    return redirect("inbox")


@require_safe
def inbox_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Follow a message to what it speaks of; that reads it."""
    user = person(request)
    item = desk.items_of(user).filter(pk=pk).first()
    if item is None:
        raise NotFound(_("There is no such message."))
    desk.mark_read(user, item.pk)
    return redirect(desk.target(item) or "inbox")


@require_POST
def view_save(request: HttpRequest, list_name: str) -> HttpResponse:
    """Keep a list's filters under a name."""
    view = views.save(
        person(request),
        list_name,
        request.POST.get("name", "")[:200],
        request.POST.get("query", "")[:4000],
        shared="is_shared" in request.POST,
    )
    messages.success(request, _("The view “%(name)s” was saved.") % {"name": view.name})
    return redirect(views.address(view))


@require_POST
def view_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename one's view, or share it with the unit."""
    user = person(request)
    view = views.view_of(user, pk)
    if name := request.POST.get("name", "")[:200]:
        views.rename(view, user, name)
    if "shared" in request.POST:
        views.share(view, user, request.POST["shared"] == "yes")
    messages.success(request, _("The view “%(name)s” was saved.") % {"name": view.name})
    return redirect(views.address(view))


@require_POST
def view_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Throw one's view away."""
    user = person(request)
    view = views.view_of(user, pk)
    views.remove(view, user)
    messages.success(request, _("The view “%(name)s” was removed.") % {"name": view.name})
    return redirect(views.address_of(view.list_name))


def feed_key(request: HttpRequest) -> HttpResponse:
    """The person's calendar address and daily e-mail; a new address is shown once."""
    user = person(request)
    address = ""
    if request.method == "POST":
        match request.POST.get("action"):
            case "make":
                secret = feeds.make_key(user)
                address = f"{settings.BASE_URL}{reverse('feed', args=(secret,))}"
            case "revoke":
                feeds.revoke_key(user)
                messages.success(request, _("The calendar address does not work any more."))
                return redirect("feed-key")
            case "digest":
                digest.choose(user, "wanted" in request.POST)
                messages.success(request, _("Your choice was saved."))
                return redirect("feed-key")
            case _:
                raise RuleBroken(_("Choose what to do. Nothing was changed."))
    context = {
        "address": address,
        "key": FeedKey.objects.filter(user=user).first(),
        "wants_digest": digest.wants(user),
        "email": user.email,
    }
    response = render(request, "processes/records/calendar.html", context)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def feed(request: HttpRequest, secret: str) -> HttpResponse:
    """The calendar itself: whoever has the address has the key."""
    content = feeds.calendar(feeds.owner_of(secret))
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    response: HttpResponse
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(content, content_type="text/calendar; charset=utf-8")
        response["Content-Disposition"] = 'inline; filename="sbs.ics"'
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    return response
