"""People who log in: the unit's staff and those who ask from other units and facilities."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.contrib.auth.models import AbstractUser, UserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.institutions import Institution, Unit
from accounts.models.keys import Named, NamedQuerySet
from accounts.turkish import tr_upper

if TYPE_CHECKING:
    from accounts.authority import Authority


class Language(models.TextChoices):
    """The two languages of the screens; the names are written in themselves and not translated."""

    TURKISH = "tr", "Türkçe"
    ENGLISH = "en", "English"


class UserQuerySet(NamedQuerySet["User"]):
    """People as pickers, queues and notices need them."""

    def active(self) -> UserQuerySet:
        return self.filter(is_active=True)

    def people(self) -> UserQuerySet:
        """Active people, without the accounts of other systems."""
        return self.active().filter(is_technical=False)

    def begins_with(self, word: str) -> Q:
        """One folded word that begins a part of the name, or the registry number."""
        found = super().begins_with(word)
        return found | Q(registry_no__startswith=word) if word.isdigit() else found

    def holding(self, roles: Iterable[str], *, on: date) -> UserQuerySet:
        """Active people who hold one of `roles` themselves on that day (delegates are not among them)."""
        from accounts.models.rights import Grant

        holders = Grant.objects.in_force(on).filter(role__in=tuple(roles)).values("user")
        return self.active().filter(pk__in=holders)

    def acting_as(self, roles: Iterable[str], *, on: date) -> UserQuerySet:
        """Active people who may act in one of `roles` on that day: by their own grant or lent to them."""
        from accounts.models.rights import Delegation, Grant

        wanted = tuple(roles)
        holders = Grant.objects.in_force(on).filter(role__in=wanted)
        lent = (
            Delegation.objects.in_force(on)
            .filter(from_user__grants__in=holders)
            .filter(Q(role="") | Q(role=F("from_user__grants__role")))
            .values("to_user")
        )
        return self.active().filter(Q(pk__in=holders.values("user")) | Q(pk__in=lent))


class People(UserManager.from_queryset(UserQuerySet)):
    """Django's manager for making accounts, with our ways of finding people."""


class User(Named, AbstractUser):
    """A person with an account. What they may do follows from grants and delegations, never from this row.

    TC Kimlik is not kept here: the registry number identifies staff.
    """

    # One answer to "who may?": grants. Django's own groups and permissions do not exist.
    groups = None  # type: ignore[assignment]
    user_permissions = None  # type: ignore[assignment]

    registry_no = models.CharField(_("registry number"), max_length=20, null=True, blank=True)
    institution = models.ForeignKey(
        Institution,
        verbose_name=_("institution"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="people",
    )
    unit = models.ForeignKey(
        Unit, verbose_name=_("unit"), on_delete=models.PROTECT, null=True, blank=True, related_name="people"
    )
    title = models.CharField(_("title"), max_length=120, blank=True)
    phone = models.CharField(_("telephone"), max_length=30, blank=True)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.TURKISH)
    # Another system (EBYS) acts through this row: nobody logs in with it, directs work to it or finds it among people.
    is_technical = models.BooleanField(_("account of another system"), default=False)
    password_set_at = models.DateTimeField(_("password chosen at"), default=timezone.now, editable=False)
    must_change_password = models.BooleanField(_("must choose a new password"), default=False, editable=False)
    # Names the one session that counts (Ek-5 5.7.2.6); a session that carries another name is over.
    session_name = models.CharField(max_length=32, blank=True, default="", editable=False)
    # Rights were given or taken since the person last read and acknowledged them (Ek-5 5.6.10).
    rights_changed = models.BooleanField(_("rights not yet acknowledged"), default=False, editable=False)

    objects = People()

    name_fields = ("first_name", "last_name", "username")
    PERSONAL_FIELDS: tuple[str, ...] = (
        "first_name",
        "last_name",
        "username",
        "email",
        "phone",
        "registry_no",
        "title",
    )

    # Filled by accounts.authority: the day asked for and the answer, so that a page asks the database once.
    _authorities: tuple[date, tuple[Authority, ...]] | None = None

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ("sort_key", "id")
        indexes = [
            models.Index(fields=["sort_key", "id"], name="user_sort"),
            models.Index(fields=["search_key"], opclasses=["text_pattern_ops"], name="user_search"),
        ]
        constraints = [
            UniqueConstraint(
                fields=["registry_no"],
                name="user_registry_unique",
                violation_error_message=_("Another person already has this registry number."),
            ),
            CheckConstraint(
                condition=Q(unit__isnull=True) | Q(institution__isnull=False),
                name="user_unit_in_institution",
                violation_error_message=_("Choose the institution that the unit belongs to."),
            ),
            CheckConstraint(
                condition=Q(language__in=Language.values),
                name="user_language_known",
                violation_error_message=_("The portal does not speak this language."),
            ),
            UniqueConstraint(
                Lower("username"),
                name="user_username_unique",
                violation_error_message=_("Another person already has this user name."),
            ),
            CheckConstraint(
                condition=~Q(username__regex=r"^[0-9]*$"),
                name="user_username_no_number",
                violation_error_message=_("A user name needs a letter: numbers alone are registry numbers."),
            ),
            CheckConstraint(
                condition=Q(is_superuser=False, is_staff=False),
                name="user_rights_from_grants",
                violation_error_message=_("Rights come from granted roles only; there is no superuser."),
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    @property
    def full_name(self) -> str:
        """Name and surname as lists and pages show them."""
        return self.get_full_name() or self.username

    @property
    def signature_name(self) -> str:
        """Name as it stands under a letter: `Ayşe YILDIRIM`."""
        return f"{self.first_name} {tr_upper(self.last_name)}".strip() or self.username

    @property
    def listed_name(self) -> str:
        return self.full_name

    @property
    def itself(self) -> Self:
        """The record, when asked of one of Django's lazy stand-ins: a page asks the person a thousand things."""
        return self

    def clean(self) -> None:
        """Django's own cleaning; an empty registry number is none; the unit is one of the institution's."""
        super().clean()
        if not self.username.isascii():
            # A Cyrillic а or a dotless ı would let somebody pass for a colleague.
            raise ValidationError(
                {"username": _("A user name has letters without dots and tails: a–z, 0–9, . - _")}
            )
        self.registry_no = self.registry_no or None
        if self.unit is not None and self.unit.institution_id != self.institution_id:
            raise ValidationError(
                {"unit": _("This unit belongs to another institution.")}, code="unit_elsewhere"
            )

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        self._authorities = None
        super().refresh_from_db(*args, **kwargs)
