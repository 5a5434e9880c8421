"""Case: one row for everything that waits for somebody, whatever its sub-process."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Self, TypeVar

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.authority import roles_of
from accounts.roles import CONFIDENTIAL_STAFF, UNIT_STAFF, Role
from processes.models.catalogue import Definition, StepDefinition, Subprocess
from processes.models.insiders import admitted, apart_from_unadmitted

if TYPE_CHECKING:
    from accounts.models import User

NO_CLOCK = datetime(9999, 12, 31, tzinfo=timezone.get_default_timezone())


class Channel(models.TextChoices):
    """How the request reached the unit."""

    LETTER = "letter", _("Official letter (EBYS)")
    TELEPHONE = "telephone", _("Telephone")
    PORTAL = "portal", _("Portal")
    WEB_FORM = "web_form", _("Public web form")
    API = "api", _("API")
    SCHEDULE = "schedule", _("Schedule")


CaseT = TypeVar("CaseT", bound="Case")


@lru_cache(maxsize=4096)
def _address(number: str, prefix: str) -> str:
    """Kept, since a list names the page of each row, and the same open cases stand on list after list."""
    return reverse("case", args=(number,))


def apart_from_hidden(user: User, field: str = "case") -> Q:
    """Whatever hangs on a case, without what hangs on one this person must not learn of; for a filter of its rows."""
    if roles_of(user) & CONFIDENTIAL_STAFF:
        return Q()
    return apart_from_unadmitted(user, field)


class CaseQuerySet(models.QuerySet[CaseT]):
    """Questions asked of cases; access starts at `visible_to`."""

    def visible_to(self, user: User) -> Self:
        """The cases this person may know of: the unit's staff see all, others their own or their institution's.

        A confidential case is known to the named roles and to those admitted to it, and to nobody else: neither to
        the rest of the unit nor to the person who asked for it.
        """
        roles = roles_of(user)
        if roles & CONFIDENTIAL_STAFF:
            return self
        if roles & UNIT_STAFF:
            return self.filter(Q(is_confidential=False) | admitted(user))
        asked_for = Q(applicant=user)
        if Role.REQUESTING_UNIT_HEAD in roles and user.institution_id:
            asked_for |= Q(applicant_institution=user.institution_id)
        return self.filter((asked_for & Q(is_confidential=False)) | admitted(user))

    def hidden_from(self, user: User) -> Self:
        """The confidential cases this person must not learn of, whatever else they may see."""
        if roles_of(user) & CONFIDENTIAL_STAFF:
            return self.none()
        return self.filter(Q(is_confidential=True) & ~admitted(user))

    def open(self) -> Self:
        """Cases somebody still has to work on."""
        return self.filter(closed_at__isnull=True)

    def light(self) -> Self:
        """Without the search vector, which no page prints."""
        return self.defer("search")


class CaseManager(models.Manager.from_queryset(CaseQuerySet)[CaseT]):
    """The manager every room's record uses."""


class Case(models.Model):
    """A piece of work under one sub-process: parent of every room's own record.

    `number` is gapless per sub-process and year (5.3.6/2026/000123). `step` is the official step waited for,
    empty when closed. `due_at` is empty where the document plans no duration; `queue_at` is what lists order by:
    the due time, or the far end of time while no clock runs. `is_confidential` is set by the room that opens it.
    Personal fields: applicant, applicant_name, applicant_contact, title, outcome.
    """

    number = models.CharField(_("number"), max_length=32, unique=True, editable=False)
    subprocess = models.ForeignKey(
        Subprocess, models.PROTECT, related_name="cases", verbose_name=_("sub-process")
    )
    definition = models.ForeignKey(
        Definition, models.PROTECT, related_name="cases", verbose_name=_("definition")
    )
    state = models.CharField(_("state"), max_length=24)
    title = models.CharField(_("subject"), max_length=200)
    applicant = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("applicant"),
    )
    applicant_name = models.CharField(_("applicant's name"), max_length=150, blank=True)
    applicant_contact = models.CharField(_("how to reach the applicant"), max_length=150, blank=True)
    applicant_institution = models.ForeignKey(
        "accounts.Institution",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("applicant's institution"),
    )
    channel = models.CharField(_("reached us by"), max_length=12, choices=Channel.choices)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("assigned to"),
    )
    step = models.ForeignKey(
        StepDefinition, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("waits for")
    )
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    queue_at = models.DateTimeField(_("place in the queue"), default=NO_CLOCK, editable=False)
    waiting_reason = models.CharField(_("reason for waiting"), max_length=300, blank=True)
    waiting_since = models.DateTimeField(_("waiting since"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened"), default=timezone.now)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("opened by"),
    )
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("closed by"),
    )
    outcome = models.TextField(_("outcome"), blank=True)
    is_confidential = models.BooleanField(_("confidential"), default=False, db_default=False, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    search = SearchVectorField(null=True, editable=False)

    objects = CaseManager["Case"]()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering = ("queue_at", "id")
        indexes = (
            models.Index(
                fields=("queue_at", "id"),
                include=("is_confidential",),  # counts need not look at the rows themselves
                condition=Q(closed_at__isnull=True),
                name="case_open_queue",
            ),
            models.Index(
                fields=("assignee", "queue_at", "id"),
                include=("is_confidential",),
                condition=Q(closed_at__isnull=True),
                name="case_assignee_queue",
            ),
            models.Index(
                fields=("applicant_institution", "-opened_at", "-id"), name="case_institution_newest"
            ),
            models.Index(fields=("applicant", "-opened_at", "-id"), name="case_applicant_newest"),
            models.Index(fields=("-opened_at", "-id"), name="case_newest"),
            models.Index(fields=("id",), condition=Q(is_confidential=True), name="case_confidential"),
            GinIndex(fields=("search",), name="case_search"),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True, step__isnull=False)
                | Q(closed_at__isnull=False, closed_by__isnull=False, step__isnull=True),
                name="case_open_waits_closed_does_not",
                violation_error_message=_(
                    "An open case waits for a step; a closed case says who closed it and when."
                ),
            ),
            models.CheckConstraint(
                condition=Q(waiting_since__isnull=True, waiting_reason="")
                | (Q(waiting_since__isnull=False, closed_at__isnull=True) & ~Q(waiting_reason="")),
                name="case_waits_with_a_reason",
                violation_error_message=_(
                    "A case waits only with a written reason, and only while it is open."
                ),
            ),
            models.CheckConstraint(
                condition=~Q(title=""),
                name="case_has_a_subject",
                violation_error_message=_("Write the subject of the case."),
            ),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(closed_at__gte=F("opened_at")),
                name="case_closed_after_opened",
                violation_error_message=_("A case is closed after it was opened."),
            ),
        )

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """The page of this case."""
        return _address(self.number, get_script_prefix())

    @property
    def official_number(self) -> str:
        """The number of the sub-process it belongs to: 5.3.6."""
        return self.number.partition("/")[0]

    @property
    def is_open(self) -> bool:
        """Somebody still has to work on it."""
        return self.closed_at is None

    @property
    def is_waiting(self) -> bool:
        """Its clock stands still for a written reason."""
        return self.waiting_since is not None

    @property
    def applicant_display(self) -> str:
        """The applicant as a person would write the name down."""
        return self.applicant_name or (self.applicant.get_full_name() if self.applicant else "")


class CaseCounter(models.Model):
    """The last number given in a sub-process and year; its row lock makes numbers gapless."""

    subprocess = models.ForeignKey(Subprocess, models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("subprocess", "year"), name="case_counter_once"),)

    def __str__(self) -> str:
        return f"{self.subprocess_id}/{self.year}: {self.last}"


class StepRunOutcome(models.TextChoices):
    """How a step that was entered came to its end."""

    DONE = "done", _("Done")
    SKIPPED = "skipped", _("Not needed")
    LEFT = "left", _("Another way was taken")


class StepRun(models.Model):
    """One official step entered by a case: planned against actual, with the spans the clock stood still.

    `pauses` is a list of {"since", "until", "reason", "by"}: ISO times, `until` null while it still waits.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="runs", verbose_name=_("case"))
    step = models.ForeignKey(StepDefinition, models.PROTECT, related_name="+", verbose_name=_("step"))
    entered_at = models.DateTimeField(_("entered"))
    due_at = models.DateTimeField(_("due"), null=True, blank=True)
    pauses = models.JSONField(_("pauses"), default=list, blank=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("ended by"),
    )
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("on behalf of"),
    )
    outcome = models.CharField(_("outcome"), max_length=8, choices=StepRunOutcome.choices, blank=True)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("step taken")
        verbose_name_plural = _("steps taken")
        ordering = ("entered_at", "id")
        indexes = (models.Index(fields=("step", "ended_at"), name="steprun_step_ended"),)
        constraints = (
            models.UniqueConstraint(
                fields=("case",),
                condition=Q(ended_at__isnull=True),
                name="steprun_one_open",
                violation_error_message=_("A case waits for one step at a time."),
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True, outcome="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(outcome="")),
                name="steprun_ended_by_and_at",
                violation_error_message=_("Who ended a step, when and how are recorded together."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.case_id}: {self.step_id}"


class CaseLinkKind(models.TextChoices):
    """What one case has to do with another."""

    RELATED = "related", _("Related")
    DUPLICATE = "duplicate", _("Duplicate of")
    HANDED_OVER = "handed_over", _("Handed over to")


class CaseLink(models.Model):
    """Two cases that belong together, possibly of different sub-processes."""

    source = models.ForeignKey(Case, models.CASCADE, related_name="links_out", verbose_name=_("from"))
    target = models.ForeignKey(Case, models.CASCADE, related_name="links_in", verbose_name=_("to"))
    kind = models.CharField(
        _("kind"), max_length=12, choices=CaseLinkKind.choices, default=CaseLinkKind.RELATED
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("made by")
    )
    made_at = models.DateTimeField(_("made at"), default=timezone.now)

    class Meta:
        verbose_name = _("link between cases")
        verbose_name_plural = _("links between cases")
        constraints = (
            models.UniqueConstraint(
                fields=("source", "target", "kind"),
                name="caselink_once",
                violation_error_message=_("These two cases are already linked this way."),
            ),
            models.CheckConstraint(
                condition=~Q(source=F("target")),
                name="caselink_not_to_itself",
                violation_error_message=_("A case cannot be linked to itself."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.source_id} → {self.target_id}"
