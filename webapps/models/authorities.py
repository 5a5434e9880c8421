"""Who has which role in which application, from when until when."""

from __future__ import annotations

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, OuterRef, Q, Subquery, Value
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.authority import roles_of, works_in_unit
from accounts.models import User
from accounts.roles import Role
from processes.filters import end_of, start_of
from processes.models import Case
from webapps.models.register import Application, AppRole
from webapps.models.requests import RequestLine


def same(column: str) -> Func:
    """A key as a range of one, so that the stock index for ranges can compare it (no extension is needed)."""
    return Func(F(column), F(column), Value("[]"), function="int8range", output_field=BigIntegerRangeField())


class AuthorityQuerySet(models.QuerySet["Authority"]):
    """Questions asked of authorities; access starts at `visible_to`."""

    def visible_to(self, user: User) -> AuthorityQuerySet:
        """All for the unit's staff, the institution's for its unit head, one's own for everybody else."""
        if works_in_unit(user):
            return self.all()
        own = Q(employee__user=user.pk)
        if Role.REQUESTING_UNIT_HEAD in roles_of(user) and user.institution_id is not None:
            return self.filter(own | Q(institution=user.institution_id))
        return self.filter(own)

    def on(self, day: date) -> AuthorityQuerySet:
        """Those in force at any time of a day in the office."""
        return self.filter(Q(until__isnull=True) | Q(until__gt=start_of(day)), since__lt=end_of(day))

    def open(self) -> AuthorityQuerySet:
        """Those that have not ended."""
        return self.filter(until__isnull=True)

    def told(self) -> AuthorityQuerySet:
        """With what a list row prints; `request_number` is empty where a comparison granted it.

        The number is asked for beside the rows: joining its three tables would cost more planning than reading.
        """
        numbers = Case.objects.filter(accessrequest__lines=OuterRef("granted_by_line")).order_by()
        return self.select_related("employee", "application", "role", "institution").annotate(
            request_number=Subquery(numbers.values("number")[:1])
        )


class Authority(models.Model):
    """A role somebody holds in an application. Written only by lines carried out and by reconciliation.

    `institution` is where the person worked when it was granted. Personal field: employee.
    """

    employee = models.ForeignKey(
        "accounts.Employee", models.PROTECT, related_name="authorities", verbose_name=_("user")
    )
    application = models.ForeignKey(
        Application, models.PROTECT, related_name="authorities", verbose_name=_("web application")
    )
    role = models.ForeignKey(
        AppRole, models.PROTECT, related_name="authorities", verbose_name=_("application role")
    )
    institution = models.ForeignKey(
        "accounts.Institution", models.PROTECT, related_name="+", verbose_name=_("institution")
    )
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(_("until"), null=True, blank=True)
    granted_by_line = models.ForeignKey(
        RequestLine,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="grants",
        verbose_name=_("granted by line"),
    )
    granted_by_difference = models.ForeignKey(
        "webapps.Difference",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="grants",
        verbose_name=_("granted by reconciliation"),
    )
    ended_by_line = models.ForeignKey(
        RequestLine,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="endings",
        verbose_name=_("ended by line"),
    )
    ended_by_difference = models.ForeignKey(
        "webapps.Difference",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="endings",
        verbose_name=_("ended by reconciliation"),
    )

    objects = AuthorityQuerySet.as_manager()

    class Meta:
        verbose_name = _("authority")
        verbose_name_plural = _("authorities")
        ordering = ("employee", "application", "since")
        indexes = (
            models.Index(fields=("application", "role", "since"), name="authority_application"),
            models.Index(fields=("institution", "since"), name="authority_institution"),
            models.Index(fields=("employee", "since"), name="authority_employee"),
            models.Index(
                fields=("application", "employee"), condition=Q(until__isnull=True), name="authority_open"
            ),
        )
        constraints = (
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=F("since")),
                name="authority_ends_after_it_began",
                violation_error_message=_("An authority ends after it began."),
            ),
            models.CheckConstraint(
                condition=Q(granted_by_line__isnull=False, granted_by_difference__isnull=True)
                | Q(granted_by_line__isnull=True, granted_by_difference__isnull=False),
                name="authority_has_one_origin",
                violation_error_message=_(
                    "An authority comes from a line that was carried out or from a reconciliation."
                ),
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True, ended_by_line__isnull=True, ended_by_difference__isnull=True)
                | Q(until__isnull=False, ended_by_line__isnull=False, ended_by_difference__isnull=True)
                | Q(until__isnull=False, ended_by_line__isnull=True, ended_by_difference__isnull=False),
                name="authority_ended_by_something",
                violation_error_message=_(
                    "An authority ends by a line that was carried out or by a reconciliation."
                ),
            ),
            ExclusionConstraint(
                name="authority_no_overlap",
                expressions=[
                    (same("employee_id"), RangeOperators.OVERLAPS),
                    (same("role_id"), RangeOperators.OVERLAPS),
                    (
                        Func(
                            F("since"),
                            F("until"),
                            function="tstzrange",
                            output_field=DateTimeRangeField(),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                violation_error_message=_("This person already holds this role in that time."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.employee_id}: {self.role_id}"

    @property
    def employee_url(self) -> str:
        """Where everything of this person's is shown."""
        return reverse("webapps-person", args=(self.employee_id,))
