"""What is still due after a breach, read as one list however it is kept."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.authority import roles_of
from accounts.roles import CONFIDENTIAL_STAFF
from incidents.models.breach import Breach

if TYPE_CHECKING:
    from accounts.models import User


class FollowUpKind(models.TextChoices):
    """What has to be done."""

    BARRIER = "barrier", _("Verify the barrier")
    REVIEW = "review", _("Hold the review")
    ACTION = "action", _("Carry out the action")
    SANCTION = "sanction", _("Record the sanction")
    PHASE = "phase", _("Give the next phase of the notice")


# The part of the dossier where it is settled, when that is not the one named for what follows.
PLACES: dict[str, str] = {FollowUpKind.SANCTION: "sanctions", FollowUpKind.PHASE: "clock"}


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    """Questions asked of what is due; access starts at `visible_to`."""

    def visible_to(self, user: User) -> Self:
        """What is due after the breaches this person may know of."""
        if roles_of(user) & CONFIDENTIAL_STAFF:
            return self
        return self.filter(breach__in=Breach.objects.visible_to(user).order_by().values("pk"))

    def due(self, now: datetime) -> Self:
        """Those whose day has come."""
        return self.filter(due_on__lte=timezone.localdate(now))

    def untold(self, since: date) -> Self:
        """Those of which nobody was told since that day; never yet, or only before they were due, counts as not told."""
        told = Telling.objects.filter(key=OuterRef("key"), told_on__gt=since, told_on__gte=OuterRef("due_on"))
        return self.filter(~Exists(told))

    def told(self) -> Self:
        """With what a list prints of them."""
        return self.select_related("breach", "owner").defer("breach__search")


class FollowUp(models.Model):
    """What is not done yet: rows of a view over the tables that keep it.

    A barrier nobody has verified, a review not held, an action not carried out, the result of proceedings nobody has
    recorded, the next phase of an incomplete notice.
    """

    key = models.CharField(max_length=30, primary_key=True)
    kind = models.CharField(_("what is due"), max_length=8, choices=FollowUpKind.choices)
    row = models.PositiveBigIntegerField()
    breach = models.ForeignKey(
        Breach,
        models.DO_NOTHING,
        db_constraint=False,
        related_name="+",
        verbose_name=_("information-security breach"),
    )
    due_on = models.DateField(_("due"))
    text = models.TextField(_("what it is about"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        null=True,
        db_constraint=False,
        related_name="+",
        verbose_name=_("answered for by"),
    )

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        managed = False
        verbose_name = _("what is due after a breach")
        verbose_name_plural = _("due after breaches")
        ordering = ("due_on", "row", "key")

    def __str__(self) -> str:
        return self.key

    @property
    def number(self) -> str:
        """The breach it belongs to."""
        return self.breach.number

    @property
    def about(self) -> str:
        """The barrier or action, the proceedings, what is still to be told; of a review its name."""
        return self.text or gettext("After-action review")

    @property
    def owner_name(self) -> str:
        """Who answers for it; nobody in particular for a review, a sanction or a phase."""
        return self.owner.full_name if self.owner else ""

    def get_absolute_url(self) -> str:
        """Where it is settled."""
        return f"{self.breach.get_dossier_url()}#{PLACES.get(self.kind, 'follow-ups')}"


class TellingManager(models.Manager["Telling"]):
    """Reads and writes the days."""

    def last_days(self, keys: Iterable[str]) -> dict[str, date]:
        """When somebody was last told of each; what nobody was told of is missing."""
        return dict(self.filter(key__in=list(keys)).values_list("key", "told_on"))

    def write_down(self, keys: Iterable[str], *, on: date) -> None:
        """Somebody was told of these on this day."""
        self.bulk_create(
            [Telling(key=key, told_on=on) for key in keys],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["told_on"],
        )


class Telling(models.Model):
    """The day on which somebody was last told of something that is due; `key` is that of the list of what is due."""

    key = models.CharField(max_length=30, primary_key=True)
    told_on = models.DateField(_("last told of"))

    objects = TellingManager()

    class Meta:
        verbose_name = _("telling of what is due")
        verbose_name_plural = _("tellings of what is due")

    def __str__(self) -> str:
        return self.key
