"""Saved views: a list's filters kept under a name, for oneself or for the whole unit."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlencode

from django.db import transaction
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from accounts.authority import works_in_unit
from accounts.models import User
from audit.context import because
from processes.errors import NotFound, NotPermitted, RuleBroken
from processes.gate import save as save_checked
from processes.models import SavedView
from processes.plaintext import one_line

LISTS = {"cases": "case-list"}  # lists that go by another name than their address
PASSING = frozenset({"cursor", "page", "csrfmiddlewaretoken", "view"})  # of the moment, not of the view
MOST = 50


def address(view: SavedView) -> str:
    """The list with the view's filters."""
    return f"{address_of(view.list_name)}?{view.query}" if view.query else address_of(view.list_name)


def address_of(list_name: str) -> str:
    """Where a list is, by its name or the name of its address."""
    try:
        return reverse(LISTS.get(list_name, list_name))
    except NoReverseMatch as error:
        raise RuleBroken(_("There is no such list.")) from error


def view_of(user: User, pk: int) -> SavedView:
    """One of the person's own views."""
    view = SavedView.objects.filter(owner=user, pk=pk).first()
    if view is None:
        raise NotFound(_("There is no such saved view."))
    return view


def save(by: User, list_name: str, name: str, query: str, *, shared: bool = False) -> SavedView:
    """Keep a list's filters under a name; the same name again replaces what it kept."""
    name = one_line(name)
    if not name:
        raise RuleBroken(_("Give the view a name."), fields={"name": [_("Give the view a name.")]})
    address_of(list_name)
    if shared:
        _require_staff(by)
    with transaction.atomic(), because(step="save_view"):
        view = SavedView.objects.select_for_update().filter(owner=by, list_name=list_name, name=name).first()
        if view is None:
            if SavedView.objects.filter(owner=by).count() >= MOST:
                raise RuleBroken(_("You have %(count)d saved views; remove one first.") % {"count": MOST})
            view = SavedView(owner=by, list_name=list_name, name=name)
        view.query, view.is_shared = _kept(query), shared
        save_checked(view)
    return view


def rename(view: SavedView, by: User, name: str) -> SavedView:
    """Give one's view another name."""
    _require_owner(view, by)
    name = one_line(name)
    if not name:
        raise RuleBroken(_("Give the view a name."), fields={"name": [_("Give the view a name.")]})
    with transaction.atomic(), because(step="rename_view"):
        view.name = name
        save_checked(view)
    return view


def share(view: SavedView, by: User, shared: bool) -> SavedView:
    """Let the unit use one's view, or keep it to oneself again."""
    _require_owner(view, by)
    if shared:
        _require_staff(by)
    with transaction.atomic(), because(step="share_view"):
        view.is_shared = shared
        save_checked(view)
    return view


def remove(view: SavedView, by: User) -> None:
    """Throw one's view away."""
    _require_owner(view, by)
    with transaction.atomic(), because(step="remove_view"):
        view.delete()


def _kept(query: str) -> str:
    """The filters without what belongs to the moment, such as the page one was on."""
    pairs = parse_qsl(query.lstrip("?"), keep_blank_values=False, max_num_fields=100)
    kept = urlencode([(name, value) for name, value in pairs if name not in PASSING])
    if len(kept) > 1000:
        raise RuleBroken(_("These filters are too long to be kept."))
    return kept


def _require_owner(view: SavedView, by: User) -> None:
    if view.owner_id != by.pk:
        raise NotPermitted(_("Only its owner changes a saved view."))


def _require_staff(by: User) -> None:
    if not works_in_unit(by):
        raise NotPermitted(_("Only the unit's staff share views."))
