"""A request for access (5.3.7): one letter, many users and operations, each line decided by itself."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from processes.models import Case
from processes.models.case import CaseManager
from webapps.models.register import Application, AppRole, Condition


class State(models.TextChoices):
    """Where a request stands between two official steps."""

    REQUESTED = "requested", _("Requested")
    EVALUATED = "evaluated", _("Evaluated")
    ACCEPTED = "accepted", _("To be carried out")
    SUPPORT = "support", _("With the software support")
    SETTLED = "settled", _("Result known")
    CLOSED = "closed", _("Closed")
    HANDED_OVER = "handed_over", _("Handed over")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Operation(models.TextChoices):
    """What is asked for a user."""

    DEFINE = "define", _("Define the user")
    AUTHORISE = "authorise", _("Authorise")
    REMOVE = "remove", _("Remove an authority")
    DEACTIVATE = "deactivate", _("Deactivate the user")


GRANTING = (Operation.DEFINE, Operation.AUTHORISE)
ENDING = (Operation.REMOVE, Operation.DEACTIVATE)


class Standing(models.TextChoices):
    """How far one line has come."""

    WAITING = "waiting", _("Not evaluated yet")
    ACCEPTED = "accepted", _("Conditions met")
    REFUSED = "refused", _("Rejected")
    SUPPORT = "support", _("With the software support")
    DONE = "done", _("Carried out")


class Origin(models.TextChoices):
    """Why a request exists."""

    REQUEST = "request", _("Letter or request")
    LEAVER = "leaver", _("The person left")
    MOVER = "mover", _("The person moved")
    REVIEW = "review", _("Access review")
    RECONCILIATION = "reconciliation", _("Reconciliation")


class AnswerChannel(models.TextChoices):
    """How the applicant is told of the result (5.3.7.6)."""

    LETTER = "letter", _("Official letter (EBYS)")
    PORTAL = "portal", _("Message in the portal")


class AccessRequest(Case):
    """A letter or request about users of web applications, on its way through the steps of 5.3.7.

    `lines_refused` and `lines_left` count the lines rejected and those accepted but not carried out yet; only the
    steps write them. `raised_for` is what a request was raised for by itself, so that it is raised once; it stands while the
    request is on its way.
    Personal fields: description, answer_note (free text may name people), and the people of the lines.
    """

    application = models.ForeignKey(
        Application,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("web application"),
    )
    description = models.TextField(_("text of the request"), blank=True)
    origin = models.CharField(_("origin"), max_length=16, choices=Origin.choices, default=Origin.REQUEST)
    raised_for = models.CharField(max_length=80, blank=True, editable=False)
    lines_total = models.PositiveIntegerField(_("lines"), default=0, editable=False)
    lines_refused = models.PositiveIntegerField(_("lines rejected"), default=0, editable=False)
    lines_left = models.PositiveIntegerField(_("lines to be carried out"), default=0, editable=False)
    answer_channel = models.CharField(
        _("answered by"), max_length=10, choices=AnswerChannel.choices, blank=True
    )
    answer_note = models.TextField(_("answer"), blank=True)

    objects = CaseManager["AccessRequest"]()

    class Meta:
        verbose_name = _("access request")
        verbose_name_plural = _("access requests")
        constraints = (
            models.UniqueConstraint(
                fields=("raised_for",),
                condition=~Q(raised_for=""),
                name="accessrequest_raised_once",
                violation_error_message=_("A request was already raised for this."),
            ),
            models.CheckConstraint(
                condition=Q(lines_total__gte=F("lines_refused") + F("lines_left")),
                name="accessrequest_lines_add_up",
                violation_error_message=_("The lines of the request do not add up."),
            ),
            models.CheckConstraint(
                condition=Q(answer_channel="") | ~Q(answer_note=""),
                name="accessrequest_answer_with_note",
                violation_error_message=_("Write what the applicant was told."),
            ),
        )

    def get_state_display(self) -> str:
        """The state in the reader's language."""
        return str(State(self.state).label)


class RequestLine(models.Model):
    """One operation for one user on one application, decided by itself.

    `reason` is why it was rejected, `evidence` how it is known to be done; `support_number` is the number of the request in
    the software-support system, whose clock is that of the official step. A request out of a comparison may end what the
    registers do not know: an account of nobody on the staff (`login`, with the name the list gave it) or a role outside the
    catalogue (`role_text`). Personal fields: employee, login, listed_name.
    """

    request = models.ForeignKey(
        AccessRequest, models.CASCADE, related_name="lines", verbose_name=_("access request")
    )
    position = models.PositiveIntegerField(_("place"))
    application = models.ForeignKey(
        Application, models.PROTECT, related_name="+", verbose_name=_("web application")
    )
    employee = models.ForeignKey(
        "accounts.Employee",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="access_lines",
        verbose_name=_("user"),
    )
    login = models.CharField(_("user name in the application"), max_length=60, blank=True)
    listed_name = models.CharField(_("name in the list"), max_length=200, blank=True)
    operation = models.CharField(_("operation"), max_length=12, choices=Operation.choices)
    role = models.ForeignKey(
        AppRole,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("application role"),
    )
    role_text = models.CharField(_("role in the list"), max_length=60, blank=True)
    standing = models.CharField(
        _("result"), max_length=10, choices=Standing.choices, default=Standing.WAITING
    )
    reason = models.TextField(_("reason for rejection"), blank=True)
    evidence = models.TextField(_("evidence"), blank=True)
    document = models.ForeignKey(
        "processes.Document",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("file of evidence"),
    )
    support_number = models.CharField(_("number of the support request"), max_length=40, blank=True)
    escalated_at = models.DateTimeField(_("handed to the support"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    done_at = models.DateTimeField(_("carried out"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("carried out by"),
    )

    class Meta:
        verbose_name = _("line of a request")
        verbose_name_plural = _("lines of requests")
        ordering = ("request", "position")
        indexes = (models.Index(fields=("employee", "application"), name="requestline_employee"),)
        constraints = (
            models.UniqueConstraint(
                fields=("request", "employee", "login", "application", "operation", "role", "role_text"),
                nulls_distinct=False,
                deferrable=models.Deferrable.IMMEDIATE,
                name="requestline_once",
                violation_error_message=_("The same operation stands in this request twice for one user."),
            ),
            models.CheckConstraint(
                condition=Q(employee__isnull=False, login="")
                | (Q(employee__isnull=True, operation__in=ENDING) & ~Q(login="")),
                name="requestline_of_somebody",
                violation_error_message=_(
                    "Only endings are asked for a user who is not in the staff register."
                ),
            ),
            models.CheckConstraint(
                condition=Q(operation="deactivate", role__isnull=True, role_text="")
                | (~Q(operation="deactivate") & Q(role__isnull=False, role_text=""))
                | (Q(operation="remove", role__isnull=True) & ~Q(role_text="")),
                name="requestline_role_where_needed",
                violation_error_message=_(
                    "Choose a role; only deactivating a user goes without, for it ends all of them."
                ),
            ),
            models.CheckConstraint(
                condition=Q(standing="waiting", decided_at__isnull=True, decided_by__isnull=True)
                | (~Q(standing="waiting") & Q(decided_at__isnull=False, decided_by__isnull=False)),
                name="requestline_decided_by_and_at",
                violation_error_message=_("Who decided on a line and when are recorded together."),
            ),
            models.CheckConstraint(
                condition=(Q(standing="refused") & ~Q(reason="")) | (~Q(standing="refused") & Q(reason="")),
                name="requestline_refused_with_reason",
                violation_error_message=_("A line is rejected with its reason."),
            ),
            models.CheckConstraint(
                condition=(Q(standing="done", done_at__isnull=False, done_by__isnull=False) & ~Q(evidence=""))
                | (~Q(standing="done") & Q(done_at__isnull=True, done_by__isnull=True)),
                name="requestline_done_with_evidence",
                violation_error_message=_(
                    "What was carried out is recorded with who, when and the evidence."
                ),
            ),
            models.CheckConstraint(
                condition=Q(support_number="", escalated_at__isnull=True) & ~Q(standing="support")
                | ~Q(support_number="") & Q(escalated_at__isnull=False),
                name="requestline_support_numbered",
                violation_error_message=_("A line with the software support has the number of its request."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.request_id}/{self.position}"

    @property
    def label(self) -> str:
        """The line in a choice: “Ayşe Yılmaz – Authorise: Reporter (Panel)”."""
        role = self.role or self.role_text
        wanted = f"{self.get_operation_display()}: {role}" if role else self.get_operation_display()
        name = self.employee.full_name if self.employee else f"{self.login} {self.listed_name}".strip()
        return f"{name} – {wanted} ({self.application.code})"


class ConditionCheck(models.Model):
    """One line of the check list as it was answered for one user (5.3.7.2)."""

    line = models.ForeignKey(
        RequestLine, models.CASCADE, related_name="checks", verbose_name=_("line of a request")
    )
    condition = models.ForeignKey(Condition, models.PROTECT, related_name="+", verbose_name=_("condition"))
    is_met = models.BooleanField(_("met"))

    class Meta:
        verbose_name = _("answered condition")
        verbose_name_plural = _("answered conditions")
        ordering = ("line", "condition__position", "condition")
        constraints = (
            models.UniqueConstraint(
                fields=("line", "condition"),
                name="conditioncheck_once",
                violation_error_message=_("This condition was already answered for this user."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.line_id}: {self.condition_id}"
