"""The register of the province's staff (personel): everybody who works here, with or without an account."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import uuid4

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint, Value
from django.utils.translation import gettext_lazy as _

from accounts import sealed
from accounts.identity import masked
from accounts.models.institutions import Institution, Unit
from accounts.models.keys import Named, NamedQuerySet
from accounts.models.people import User
from accounts.roles import Role
from accounts.turkish import tr_upper

TC = "tc"  # the kind under which tokens of TC Kimlik numbers are made

# One spelling of a registry number, letter by letter, for Python and for PostgreSQL's translate() alike: without capitals,
# without Turkish marks (the exports of many systems lose them), without blanks and the marks of decomposed letters.
_SPELLED = "ABCDEFGHIJKLMNOPQRSTUVWXYZÇĞİıÖŞÜçğöşü"
_PLAIN = "abcdefghijklmnopqrstuvwxyzcgiiosucgosu"
_DROPPED = " \u00a0\t\u0307\u0327\u0306\u0308"
_KEY_OF = str.maketrans(_SPELLED, _PLAIN, _DROPPED)


def registry_key(number: str) -> str:
    """A registry number as it is compared: `S000101` and `s000101` are one, and so are `İŞ-17`, `iş-17` and `IS-17`."""
    return number.translate(_KEY_OF)


def registry_key_of(column: str) -> models.Func:
    """The same of a column, as the index holds it."""
    return models.Func(
        F(column),
        Value(_SPELLED + _DROPPED),
        Value(_PLAIN),
        function="translate",
        output_field=models.TextField(),
    )


class EmployeeQuerySet(NamedQuerySet["Employee"]):
    """Staff as lists, pickers and the rooms need them."""

    def visible_to(self, user: User) -> EmployeeQuerySet:
        """All for the unit's staff, the own institution's for its unit head, one's own row for everybody else."""
        from accounts.authority import roles_of, works_in_unit

        if works_in_unit(user):
            return self.all()
        own = Q(user=user.pk)
        if Role.REQUESTING_UNIT_HEAD in roles_of(user) and user.institution_id is not None:
            return self.filter(own | Q(institution=user.institution_id))
        return self.filter(own)

    def here(self) -> EmployeeQuerySet:
        """Those who have not left."""
        return self.filter(left_on__isnull=True)

    def left(self) -> EmployeeQuerySet:
        """Those who have."""
        return self.filter(left_on__isnull=False)

    def matching(self, text: str) -> EmployeeQuerySet:
        """Each word begins a part of the name, or is the beginning of the registry number; everybody when none is typed."""
        return self.found_by(text) if text.strip() else self.all()

    def with_registry(self, numbers: Iterable[str]) -> EmployeeQuerySet:
        """Whoever has one of these registry numbers, however its letters are written."""
        keys = {registry_key(number) for number in numbers} - {""}
        return self.alias(registry_key=registry_key_of("registry_no")).filter(registry_key__in=keys)

    def with_tc(self, number: str) -> EmployeeQuerySet:
        """Whoever has this TC Kimlik number."""
        return self.filter(tc_token__in=sealed.tokens(TC, number))

    def begins_with(self, word: str) -> Q:
        """One folded word that begins a part of the name, or the registry number."""
        found = super().begins_with(word)
        if not any(sign.isdigit() for sign in word):
            return found
        return found | Q(registry_no__istartswith=word)


class Employee(Named):
    """One person on the staff of an institution of the province. An account is something else and need not exist.

    The TC Kimlik number is sealed to this row's `key` and shown only through `tc`; `tc_token` finds and tells apart.
    """

    key = models.UUIDField(default=uuid4, unique=True, editable=False)
    first_name = models.CharField(_("first name"), max_length=150)
    last_name = models.CharField(_("last name"), max_length=150)
    title = models.CharField(_("title"), max_length=120, blank=True)
    registry_no = models.CharField(_("registry number"), max_length=20, null=True, blank=True)
    institution = models.ForeignKey(
        Institution, verbose_name=_("institution"), on_delete=models.PROTECT, related_name="employees"
    )
    unit = models.ForeignKey(
        Unit,
        verbose_name=_("unit"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="employees",
    )
    email = models.EmailField(_("e-mail"), blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    user = models.OneToOneField(
        User,
        verbose_name=_("account"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="employee",
    )
    tc_sealed = models.TextField(_("TC Kimlik number"), blank=True, default="", editable=False)
    tc_token = models.CharField(max_length=64, null=True, blank=True, editable=False)
    started_on = models.DateField(_("started on"), null=True, blank=True)
    left_on = models.DateField(_("left on"), null=True, blank=True, editable=False)

    objects = EmployeeQuerySet.as_manager()

    name_fields = ("first_name", "last_name")
    PERSONAL_FIELDS: tuple[str, ...] = (
        "first_name",
        "last_name",
        "title",
        "registry_no",
        "email",
        "phone",
        "tc_sealed",
        "tc_token",
    )

    class Meta:
        verbose_name = _("staff member")
        verbose_name_plural = _("staff register")
        ordering = ("sort_key", "id")
        indexes = [
            models.Index(fields=["sort_key", "id"], name="employee_sort"),
            models.Index(
                fields=["sort_key", "id"], condition=Q(left_on__isnull=True), name="employee_here_sort"
            ),
            models.Index(fields=["institution", "sort_key", "id"], name="employee_institution_sort"),
            models.Index(fields=["search_key"], opclasses=["text_pattern_ops"], name="employee_search"),
            models.Index(
                fields=["left_on", "sort_key"],
                condition=Q(left_on__isnull=False),
                name="employee_left",
            ),
        ]
        constraints = [
            UniqueConstraint(
                registry_key_of("registry_no"),
                name="employee_registry_unique",
                violation_error_message=_("Somebody else on the staff already has this registry number."),
            ),
            UniqueConstraint(
                fields=["tc_token"],
                name="employee_tc_unique",
                violation_error_message=_("Somebody else on the staff already has this TC Kimlik number."),
            ),
            CheckConstraint(
                condition=Q(tc_sealed="", tc_token__isnull=True)
                | (~Q(tc_sealed="") & Q(tc_token__isnull=False)),
                name="employee_tc_together",
                violation_error_message=_("A TC Kimlik number is kept sealed and marked, or not at all."),
            ),
            CheckConstraint(
                condition=~Q(first_name="") & ~Q(last_name=""),
                name="employee_named",
                violation_error_message=_("Write the first name and the last name."),
            ),
            CheckConstraint(
                condition=Q(registry_no__isnull=True) | ~Q(registry_no=""),
                name="employee_registry_not_empty",
                violation_error_message=_("Leave the registry number out where there is none."),
            ),
            CheckConstraint(
                condition=Q(left_on__isnull=True)
                | Q(started_on__isnull=True)
                | Q(left_on__gte=F("started_on")),
                name="employee_left_after_start",
                violation_error_message=_("Nobody leaves before the day they started."),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    def get_absolute_url(self) -> str:
        from django.urls import reverse

        return reverse("staff-detail", args=(self.pk,))

    @property
    def full_name(self) -> str:
        """Name and surname as lists and pages show them."""
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def signature_name(self) -> str:
        """Name as it stands in a letter: `Ayşe YILDIRIM`."""
        return f"{self.first_name} {tr_upper(self.last_name)}".strip()

    @property
    def listed_name(self) -> str:
        return self.full_name

    @property
    def is_here(self) -> bool:
        """Whether the person still works here."""
        return self.left_on is None

    @property
    def has_tc(self) -> bool:
        """Whether the TC Kimlik number is known."""
        return bool(self.tc_sealed)

    @property
    def tc_masked(self) -> str:
        """The number as screens show it (`123*****146`); empty when it is not known."""
        return masked(self.opened_tc()) if self.has_tc else ""

    def tc(self, by: User, reason: str) -> str:
        """The whole number, for a member of the unit who says what for; that it was looked at is told in the trail."""
        from accounts.services.staff import show_tc

        return show_tc(self, by=by, reason=reason)

    def put_tc(self, number: str) -> None:
        """Seal and mark a number that was found to be well formed; an empty one takes it away. Does not save."""
        self.tc_sealed = sealed.seal(number, self._sealed_to) if number else ""
        self.tc_token = sealed.token(TC, number) if number else None

    def opened_tc(self) -> str:
        """The number itself, for services that check or compare; pages go through `tc`."""
        return sealed.unseal(self.tc_sealed, self._sealed_to) if self.has_tc else ""

    @property
    def _sealed_to(self) -> str:
        return f"accounts.employee:{self.key}"

    def clean(self) -> None:
        """An empty registry number is none; the unit is one of the institution's."""
        from django.core.exceptions import ValidationError

        super().clean()
        self.registry_no = self.registry_no or None
        if (
            self.unit_id is not None
            and self.unit is not None
            and self.unit.institution_id != self.institution_id
        ):
            raise ValidationError(
                {"unit": _("This unit belongs to another institution.")}, code="unit_elsewhere"
            )
