"""The catalogue as the unit head sees it in the admin: editions are read, signed and exported, never typed over.

Drafts are written on the portal's own page, by their preparer; both doors go through `processes.approval`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.admin_base import ReadOnlyInline, ReasonedAction, RecordAdmin
from accounts.models import User
from audit import trail
from processes import approval, exchange
from processes.admin.trail import TrailHistory
from processes.errors import DomainError
from processes.models import Definition, DefinitionState, StepDefinition
from processes.process_card import duration, titles

State = DefinitionState
Signature = Callable[..., Definition]


def signed(function: Signature, told: Any) -> Callable[[Definition, User, str], Any]:
    """A move of the gate as an action of the admin: a refusal stands above the form in its own words."""

    def run(definition: Definition, by: User, reason: str) -> Any:
        try:
            function(definition, by=by, reason=reason)
        except DomainError as refusal:
            trail.refused(definition, refusal.code)
            raise ValidationError(str(refusal)) from refusal
        return told

    return run


class StepInline(ReadOnlyInline):
    """The steps of an edition in their order."""

    model = StepDefinition
    fields = ("number", "key", "name", "taken_by", "used", "planned", "condition")
    readonly_fields = fields
    ordering = ("position",)
    show_change_link = False

    @admin.display(description=_("taken by"))
    def taken_by(self, step: StepDefinition) -> str:
        """The printed titles."""
        return titles(step)

    @admin.display(description=_("documents and systems used"))
    def used(self, step: StepDefinition) -> str:
        """One line."""
        return ", ".join(step.uses)

    @admin.display(description=_("planned working days"))
    def planned(self, step: StepDefinition) -> str:
        """As the form writes it."""
        return duration(step.planned_days)


@admin.register(Definition)
class DefinitionAdmin(TrailHistory, RecordAdmin):
    """Editions of sub-processes: checked, approved, sent back or given up here, with a remark."""

    list_display = (
        "number",
        "name",
        "edition",
        "state",
        "steps_count",
        "prepared_by",
        "checked_by",
        "approved_by",
    )
    list_display_links = ("number", "name")
    list_filter = ("state", "subprocess")
    list_select_related = ("subprocess", "prepared_by", "checked_by", "approved_by")
    search_fields = ("subprocess__number", "name")
    ordering = ("subprocess__number", "-edition")
    date_hierarchy = "approved_at"
    inlines = (StepInline,)
    actions = ("export",)  # type: ignore[assignment]  # other records offer none
    fieldsets = (
        (None, {"fields": ("subprocess", "edition", "state", "name", "change_note")}),
        (_("Planning of the process"), {"fields": ("main_process", "process", "owner", "purpose")}),
        (_("Planning of the sub-process"), {"fields": ("inputs", "outputs", "repeats", "period")}),
        (
            _("Signatures"),
            {
                "fields": (
                    ("prepared_by", "prepared_at"),
                    ("checked_by", "checked_at"),
                    ("approved_by", "approved_at"),
                )
            },
        ),
    )
    reasoned_actions = (
        ReasonedAction(
            "check",
            _("Mark as checked"),
            _(
                "Another person than the preparer read the draft and found it right. Write what was looked at."
            ),
            signed(approval.check, _("The edition is marked as checked.")),
            offered=lambda edition: edition.state == State.DRAFT,
        ),
        ReasonedAction(
            "approve",
            _("Approve"),
            _("The edition comes into force and the one before it retires. New cases begin with it."),
            signed(approval.approve, _("The edition is in force; new cases begin with it.")),
            offered=lambda edition: edition.state == State.CHECKED,
        ),
        ReasonedAction(
            "send-back",
            _("Send back to draft"),
            _("The preparer may change it again. Write what is to be changed."),
            signed(approval.send_back, _("The edition is a draft again.")),
            offered=lambda edition: edition.state == State.CHECKED,
        ),
        ReasonedAction(
            "give-up",
            _("Give up the draft"),
            _("The edition will not be used; another one may then be prepared."),
            signed(approval.withdraw, _("The draft was given up; it stays among the editions.")),
            offered=lambda edition: edition.state in (State.DRAFT, State.CHECKED),
        ),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A new edition begins as a copy, on the portal's page."""
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return tuple(field.name for field in self.opts.fields)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Definition]:
        return super().get_queryset(request).annotate(count_of_steps=Count("steps"))

    def view_on_site(self, obj: Definition) -> str:
        """The process card."""
        return reverse("process-card", args=(obj.subprocess.number, obj.edition))

    @admin.display(description=_("number"), ordering="subprocess__number")
    def number(self, edition: Definition) -> str:
        """The official number of the sub-process."""
        return edition.subprocess.number

    @admin.display(description=_("steps"))
    def steps_count(self, edition: Any) -> int:
        """How many steps it has."""
        return int(edition.count_of_steps)

    @admin.action(description=_("Export as a catalogue file"), permissions=("view",))
    def export(self, request: HttpRequest, queryset: QuerySet[Definition]) -> HttpResponse | None:
        """The chosen editions as one file; two of the same sub-process do not fit into one."""
        editions = list(queryset.select_related("subprocess").order_by("subprocess__number"))
        if len({edition.subprocess_id for edition in editions}) < len(editions):
            self.message_user(request, _now("Choose one edition of each sub-process."), messages.ERROR)
            return None
        trail.record_many(editions, "exported")
        return HttpResponse(
            exchange.write(editions).encode(),
            content_type="application/yaml",
            headers={"Content-Disposition": 'attachment; filename="catalogue.yaml"'},
        )
