"""The outbox and the ledger of jobs, as the unit head sees them: read, and a stuck delivery tried again."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext, gettext_lazy

from accounts.admin_base import LookedAtAdmin, ReasonedAction, RecordAdmin
from accounts.models import User
from processes import outbox
from processes.models import Delivery, DeliveryState, JobRun


def _retry(delivery: Delivery, by: User, reason: str) -> str:
    outbox.retry(delivery, by=by, reason=reason)
    return gettext("The delivery will be tried again within a minute.")


class ReadOnlyAdmin(RecordAdmin):
    """Rows the program writes; nobody types into them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return tuple(field.name for field in self.opts.fields)


@admin.register(Delivery)
class DeliveryAdmin(ReadOnlyAdmin):
    """What leaves the building: what waits, what is stuck and why."""

    list_display = ("key", "kind", "state", "attempts", "next_at", "last_error", "made_at", "sent_at")
    list_filter = ("state", "kind")
    search_fields = ("key",)
    ordering = ("-id",)
    reasoned_actions = (
        ReasonedAction(
            "retry",
            gettext_lazy("Try again"),
            gettext_lazy("The delivery is tried again from the beginning, as if it had just been asked for."),
            _retry,
            offered=lambda delivery: delivery.state == DeliveryState.STUCK,
        ),
    )


@admin.register(JobRun)
class JobRunAdmin(LookedAtAdmin):
    """When each scheduled job ran and what it did."""

    list_display = ("job", "period", "outcome", "runs", "started_at", "ended_at", "counts", "last_error")
    list_filter = ("outcome", "job")
    ordering = ("-started_at", "-id")
