"""The register of the Ministry's web applications: whose they are, which roles they know, what a user must fulfil."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models.keys import Named, NamedQuerySet

CODE = r"^[A-Z0-9][A-Z0-9_-]{1,19}$"


class ApplicationQuerySet(NamedQuerySet["Application"]):
    """Applications as lists and choices need them."""

    def active(self) -> ApplicationQuerySet:
        """Those requests can be made for."""
        return self.filter(is_active=True)

    def begins_with(self, word: str) -> Q:
        """One folded word that begins a word of the name, or the code."""
        return super().begins_with(word) | Q(code__istartswith=word)


class Application(Named):
    """One web application of the Ministry on which the unit grants access by letter."""

    name = models.CharField(_("name"), max_length=150, unique=True)
    code = models.CharField(
        _("code"),
        max_length=20,
        unique=True,
        validators=[
            RegexValidator(CODE, _("A code has 2 to 20 capital letters, digits, hyphens or underscores."))
        ],
    )
    owner = models.CharField(_("owner"), max_length=200, help_text=_("The Ministry's unit it belongs to."))
    approver = models.CharField(
        _("approver"), max_length=200, blank=True, help_text=_("Whose approval a request must carry.")
    )
    support_channel = models.CharField(
        _("support channel"),
        max_length=200,
        help_text=_(
            "Where a support request is opened when the unit cannot do it: address or name of the system."
        ),
    )
    purpose = models.TextField(_("what it is for"), blank=True)
    is_active = models.BooleanField(_("in use"), default=True)

    objects = ApplicationQuerySet.as_manager()

    PERSONAL_FIELDS: tuple[str, ...] = ()
    name_fields = ("name",)

    class Meta:
        verbose_name = _("web application")
        verbose_name_plural = _("web applications")
        ordering = ("sort_key", "id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(owner="") & ~Q(support_channel=""),
                name="application_owned_and_supported",
                violation_error_message=_("An application has a name, an owner and a support channel."),
            ),
            models.CheckConstraint(
                condition=Q(code__regex=CODE),
                name="application_code_characters",
                violation_error_message=_(
                    "A code has 2 to 20 capital letters, digits, hyphens or underscores."
                ),
            ),
        )

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """The page of this application."""
        return reverse("webapps-application", args=(self.pk,))


class AppRole(Named):
    """One role of an application's catalogue: what its holder may do there."""

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="roles", verbose_name=_("web application")
    )
    name = models.CharField(_("name"), max_length=120)
    code = models.CharField(
        _("code in the application"),
        max_length=60,
        help_text=_("As the application's own list of users writes it."),
    )
    rights = models.TextField(_("what its holder may do"), blank=True)
    by_support = models.BooleanField(
        _("only the software support can do it"),
        default=False,
        help_text=_("The unit cannot grant or take this role itself."),
    )
    is_active = models.BooleanField(_("in use"), default=True)

    objects = NamedQuerySet["AppRole"].as_manager()

    PERSONAL_FIELDS: tuple[str, ...] = ()

    class Meta:
        verbose_name = _("application role")
        verbose_name_plural = _("application roles")
        ordering = ("application", "sort_key", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("application", "name"),
                name="approle_name_unique",
                violation_error_message=_("This application already has a role of that name."),
            ),
            models.UniqueConstraint(
                fields=("application", "code"),
                name="approle_code_unique",
                violation_error_message=_("This application already has a role with that code."),
            ),
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(code=""),
                name="approle_named",
                violation_error_message=_("A role has a name and a code."),
            ),
        )

    def __str__(self) -> str:
        return self.name


class Condition(models.Model):
    """One line of the check list a user must fulfil to be defined or authorised (5.3.7.2).

    A condition without a role holds for every role of the application.
    """

    application = models.ForeignKey(
        Application, models.PROTECT, related_name="conditions", verbose_name=_("web application")
    )
    role = models.ForeignKey(
        AppRole,
        models.PROTECT,
        related_name="conditions",
        null=True,
        blank=True,
        verbose_name=_("application role"),
        help_text=_("Left empty, it holds for every role."),
    )
    position = models.PositiveSmallIntegerField(_("place"), default=1)
    text = models.CharField(_("condition"), max_length=200)
    rejection = models.CharField(
        _("reason for rejection"),
        max_length=400,
        help_text=_("The sentence the applicant reads when it is not fulfilled."),
    )
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("condition")
        verbose_name_plural = _("conditions")
        ordering = ("application", "position", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("application", "role", "text"),
                nulls_distinct=False,
                name="condition_text_unique",
                violation_error_message=_("This condition is in the check list already."),
            ),
            models.CheckConstraint(
                condition=~Q(text="") & ~Q(rejection=""),
                name="condition_with_reason",
                violation_error_message=_(
                    "A condition has the sentence an applicant reads when it is not met."
                ),
            ),
        )

    def __str__(self) -> str:
        return self.text

    def clean(self) -> None:
        """The role is one of the application's."""
        from django.core.exceptions import ValidationError

        super().clean()
        if self.role is not None and self.role.application_id != self.application_id:
            raise ValidationError({"role": _("This role belongs to another application.")})
