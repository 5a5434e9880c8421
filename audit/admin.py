"""The trail in the admin: to be read by the unit head, never written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import URLPattern, path, reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from audit import epochs, events, keys, standing, trail, verifying
from audit.models import AnchorKind, Checkpoint, Entry
from audit.queries import readable_by

if TYPE_CHECKING:
    EntryPages = admin.ModelAdmin[Entry]
    SealPages = admin.ModelAdmin[Checkpoint]
    EntryPaginator = Paginator[Entry]
else:
    EntryPages = SealPages = admin.ModelAdmin
    EntryPaginator = Paginator

LONGEST_REASON = 2000
FARTHEST = 10_000  # rows one can page to; whoever seeks farther narrows the search


class NearPaginator(EntryPaginator):
    """Counts no farther than one can page: a table that only grows is never counted whole."""

    @cached_property
    def count(self) -> int:
        reachable: Any = self.object_list[:FARTHEST]
        return int(reachable.count())


class EventFilter(admin.SimpleListFilter):
    """Entries of one event."""

    title = _("event")
    parameter_name = "event"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return sorted(((code, str(name)) for code, name in events.known().items()), key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        return queryset.filter(event=self.value()) if self.value() else queryset


class KindFilter(admin.SimpleListFilter):
    """Entries about one kind of record."""

    title = _("kind of record")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        kinds = ContentType.objects.get_for_models(*trail.tracked_models())
        return sorted(
            ((str(kind.pk), capfirst(str(model._meta.verbose_name))) for model, kind in kinds.items()),
            key=lambda pair: pair[1],
        )

    def queryset(self, request: HttpRequest, queryset: QuerySet[Entry]) -> QuerySet[Entry]:
        value = self.value()
        if not value:
            return queryset
        return (
            queryset.filter(content_type_id=int(value))
            if value.isascii() and value.isdigit()
            else queryset.none()
        )


class EntryAdmin(EntryPages):
    """Read-only for everybody, the administrators included."""

    list_display = (
        "timestamp",
        "actor",
        "on_behalf_of",
        "event_name",
        "kind",
        "object_repr",
        "step",
        "reason",
    )
    list_display_links = ("timestamp",)
    list_select_related = ("actor", "on_behalf_of")
    list_filter = (EventFilter, KindFilter, "timestamp")
    search_fields = ("object_repr",)
    search_help_text = _(
        "Beginning of the record's name or number, a person's user name or surname, or a request number."
    )
    ordering = ("-id",)
    sortable_by = ()
    list_per_page = 50
    show_full_result_count = False
    paginator = NearPaginator
    actions = None
    fields = ("told", "cid", "db_at")
    readonly_fields = ("told", "cid", "db_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Entry]:
        """Without what this person must not learn: of confidential cases."""
        return readable_by(request.user, super().get_queryset(request))

    @admin.display(description=_("event"))
    def event_name(self, entry: Entry) -> str:
        """The event in words."""
        return events.name_of(entry.event)

    @admin.display(description=_("kind"))
    def kind(self, entry: Entry) -> str:
        """What kind of record it is about."""
        return str(capfirst(entry.kind.name))

    @admin.display(description=_("entry"))
    def told(self, entry: Entry) -> SafeString:
        """The entry as the timeline prints it."""
        return render_to_string("audit/trail.html", {"entries": [entry], "with_record": True})

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Entry], search_term: str
    ) -> tuple[QuerySet[Entry], bool]:
        """By what an index answers: the record's name from its beginning, the person, the request."""
        words = search_term.strip()
        if not words:
            return queryset, False
        people = get_user_model()._default_manager.filter(Q(username=words) | Q(last_name__istartswith=words))
        found = Q(object_repr__startswith=words) | Q(actor__in=people) | Q(on_behalf_of__in=people)
        if len(words) <= Entry._meta.get_field("cid").max_length:
            found |= Q(cid=words) & ~Q(cid="")
        return queryset.filter(found), False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Entry | None = None) -> bool:
        return False


if admin.site.is_registered(Entry):
    admin.site.unregister(
        Entry
    )  # the library's own pages, which count the table and follow its other columns
admin.site.register(Entry, EntryAdmin)


class CheckpointAdmin(SealPages):
    """The trail's seal: how it stands, above the list of seals. Read-only for everybody."""

    list_display = ("number", "made_at", "tree_size", "epoch")
    list_display_links = ("number",)
    ordering = ("-number",)
    sortable_by = ()
    list_per_page = 25
    show_full_result_count = False
    paginator = NearPaginator
    actions = None
    fields = ("number", "made_at", "tree_size", "epoch", "text")
    readonly_fields = ("number", "made_at", "tree_size", "epoch", "text")

    @admin.display(description=_("signed note"))
    def text(self, checkpoint: Checkpoint) -> SafeString:
        """The seal as it was published."""
        return format_html("<pre>{}</pre>", checkpoint.note)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        found = standing.standing()
        last = found.verification
        explained = last.explained if last else []
        more = {
            "title": _("Trail seal"),
            "standing": found,
            "told": list(dict.fromkeys(standing.urgent(found.now) + standing.amiss(found.now))),
            "restores": [
                (epoch, gettext(epoch.reason), answer) for epoch, answer in epochs.answered_restores()
            ],
            "explained": [verifying.sentence(stored) for stored in explained[: verifying.LISTED]],
            "explained_count": len(explained),
            "unanswered_seals": epochs.unanswered_seals(last),
            "lag_seconds": int(found.lag.total_seconds()),
            "copies": [(kind.label, found.anchors.get(kind.value)) for kind in AnchorKind],
            "verdicts": [verifying.sentence(stored) for stored in last.findings] if last else [],
            "online_since": standing.keeps_entries_since(),
            "key": keys.verifier().text,
        }
        return super().changelist_view(request, more | (extra_context or {}))

    def get_urls(self) -> list[URLPattern]:
        """Beside the library's pages: the answer for a restore."""
        own = path(
            "restores/<int:number>/",
            self.admin_site.admin_view(require_POST(self.answer)),
            name="audit_checkpoint_answer",
        )
        return [own, *super().get_urls()]

    def answer(self, request: HttpRequest, number: int) -> HttpResponse:
        """A named person answers for a restore, with a reason."""
        if not self.has_view_permission(request) or not isinstance(request.user, AbstractBaseUser):
            raise PermissionDenied
        try:
            with transaction.atomic():
                epochs.answer(number, request.POST.get("reason", "")[:LONGEST_REASON], by=request.user)
        except epochs.BadAnswer as refusal:
            self.message_user(request, str(refusal), messages.ERROR)
        else:
            self.message_user(request, gettext("Your answer was recorded."), messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:audit_checkpoint_changelist"))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Checkpoint | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Checkpoint | None = None) -> bool:
        return False


admin.site.register(Checkpoint, CheckpointAdmin)
