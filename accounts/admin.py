"""The unit head's pages for institutions, people and their rights."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts import attempts
from accounts.admin_access import AccessWindowAdmin, AcknowledgementAdmin
from accounts.admin_base import KeptAdmin, ModelForm, ReadOnlyInline, ReasonedAction, RecordAdmin
from accounts.admin_oversight import ApprovedRightAdmin, ClientCertificateAdmin, TrainingAdmin
from accounts.admin_staff import EmployeeAdmin
from accounts.models import Delegation, Grant, Institution, Unit, User
from accounts.roles import Role
from accounts.services import log_in, people, rights, second_factor

__all__ = [
    "AccessWindowAdmin",
    "AcknowledgementAdmin",
    "ApprovedRightAdmin",
    "ClientCertificateAdmin",
    "EmployeeAdmin",
    "TrainingAdmin",
]


class UnitInline(ReadOnlyInline):
    """The institution's units."""

    model = Unit
    fields = ("name", "code", "is_active")
    verbose_name_plural = _("units")


@admin.register(Institution)
class InstitutionAdmin(RecordAdmin):
    """Offices, facilities and firms."""

    list_display = ("name", "kind", "district", "detsis_no", "ckys_code", "hbys_vendor", "is_active")
    list_filter = ("kind", "is_active", "district")
    list_select_related = ("hbys_vendor",)
    search_fields = ("search_key",)
    search_help_text = _("Name, district, DETSİS number or ÇKYS code")
    ordering = ("sort_key", "id")
    autocomplete_fields = ("parent", "hbys_vendor")
    inlines = (UnitInline,)
    fieldsets = (
        (None, {"fields": ("name", "name_dative", "kind", "level_override", "is_active")}),
        (_("Codes"), {"fields": ("detsis_no", "ckys_code", "parent", "hbys_vendor")}),
        (_("Contact"), {"fields": ("district", "address", "phone", "email", "kep_address")}),
    )


@admin.register(Unit)
class UnitAdmin(RecordAdmin):
    """Units inside institutions."""

    list_display = ("name", "institution", "code", "is_active")
    list_filter = ("is_active",)
    list_select_related = ("institution",)
    search_fields = ("search_key",)
    ordering = ("sort_key", "id")
    autocomplete_fields = ("institution",)
    fields = ("institution", "name", "code", "is_active")


class RoleFilter(admin.SimpleListFilter):
    """People who hold a role today."""

    title = _("role held today")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(role.value, str(role.label)) for role in Role]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        role = self.value()
        if role is None:
            return queryset
        return queryset.filter(
            pk__in=Grant.objects.in_force(timezone.localdate()).filter(role=role).values("user")
        )


class LockedFilter(admin.SimpleListFilter):
    """People who cannot log in just now because too many attempts failed."""

    title = _("log-in")
    parameter_name = "locked"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("yes", gettext("Locked now"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() != "yes":
            return queryset
        return queryset.filter(pk__in=attempts.locked_people().values("pk"))


class GrantInline(ReadOnlyInline):
    """The roles a person was given."""

    model = Grant
    fk_name = "user"
    fields = ("role", "valid_from", "valid_until", "reason", "granted_by", "revoked_at", "revoked_by")
    verbose_name_plural = _("granted roles")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("granted_by", "revoked_by")


def _link_made(user: User, by: User, reason: str) -> str:
    link = people.password_link(user, by=by, reason=reason)
    return gettext("Hand this link over in person; it works once and for %(minutes)d minutes: %(link)s") % {
        "link": link,
        "minutes": settings.LINK_MINUTES,
    }


def _password_demanded(user: User, by: User, reason: str) -> str:
    people.demand_new_password(user, by=by, reason=reason)
    return gettext("The person chooses a new password before anything else opens.")


def _session_ended(user: User, by: User, reason: str) -> str:
    people.end_session(user, by=by, reason=reason)
    return gettext("The session is over. The person may log in again.")


def _unlocked(user: User, by: User, reason: str) -> str:
    log_in.unlock(user, by=by, reason=reason)
    return gettext("The person may try to log in again.")


def _second_factor_reset(user: User, by: User, reason: str) -> str:
    second_factor.reset(user, by=by, reason=reason)
    return gettext("The second factor was reset; it is set up anew at the next log-in.")


def _closed(user: User, by: User, reason: str) -> str:
    people.close(user, by=by, reason=reason)
    return gettext("The account is closed and every right of it has ended.")


def _reopened(user: User, by: User, reason: str) -> str:
    people.reopen(user, by=by, reason=reason)
    return gettext("The account is open again, without any role.")


@admin.register(User)
class UserAdmin(RecordAdmin):
    """People. Passwords are never shown or typed here; roles are given on their own page."""

    list_display = ("full_name", "username", "registry_no", "title", "institution", "is_active")
    list_display_links = ("full_name",)
    list_filter = (RoleFilter, LockedFilter, "is_active", "institution__kind")
    list_select_related = ("institution",)
    search_fields = ("search_key",)
    search_help_text = _("Name or registry number")
    ordering = ("sort_key", "id")
    autocomplete_fields = ("institution", "unit")
    readonly_fields = ("is_active", "last_login", "date_joined")
    inlines = (GrantInline,)
    fieldsets = (
        (None, {"fields": ("username", "first_name", "last_name", "title", "registry_no")}),
        (_("Place"), {"fields": ("institution", "unit")}),
        (_("Contact"), {"fields": ("email", "phone", "language")}),
        (_("Account"), {"fields": ("is_technical", "is_active", "last_login", "date_joined")}),
    )
    reasoned_actions = (
        ReasonedAction(
            "password-link",
            _("Make a password link"),
            _(
                "The person chooses a password with it, once and within a quarter of an hour. Hand it over in person, "
                "not by e-mail."
            ),
            _link_made,
            lambda user: bool(user.is_active),
        ),
        ReasonedAction(
            "demand-password",
            _("Demand a new password"),
            _(
                "For a password that was guessed, seen or told: the person chooses another before anything else."
            ),
            _password_demanded,
            lambda user: bool(
                user.is_active and user.has_usable_password() and not user.must_change_password
            ),
        ),
        ReasonedAction(
            "end-session",
            _("End the session"),
            _(
                "Wherever the person is logged in, the next click leads to the log-in page. The account stays open."
            ),
            _session_ended,
            lambda user: bool(user.is_active) and bool(user.session_name),
        ),
        ReasonedAction(
            "unlock",
            _("Unlock the account"),
            _("The failed attempts are forgotten, and the person may try again at once."),
            _unlocked,
            log_in.is_locked,
        ),
        ReasonedAction(
            "reset-second-factor",
            _("Reset the second factor"),
            _("For a lost phone: the app and the recovery codes of this person end at once."),
            _second_factor_reset,
            lambda user: bool(user.is_active) and second_factor.has_app(user),
        ),
        ReasonedAction(
            "close",
            _("Close the account"),
            _("For a person who left: no log-in any more, and every role held or lent ends."),
            _closed,
            lambda user: bool(user.is_active),
        ),
        ReasonedAction(
            "reopen",
            _("Open the account again"),
            _("Roles do not come back; they are granted anew."),
            _reopened,
            lambda user: not user.is_active,
        ),
    )

    @admin.display(description=_("name"), ordering="sort_key")
    def full_name(self, user: User) -> str:
        return user.full_name

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """A new person has no account history yet."""
        return self.fieldsets if obj else self.fieldsets[:3]

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """A new person cannot log in until they chose a password through a link."""
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)


class RightForm(ModelForm):
    """Checks a right by the service's own rules, so that the page says what the service would refuse."""

    by: User

    def _post_clean(self) -> None:
        """The service builds and checks the row itself; the model's own checks run there."""
        if self.errors:
            return
        try:
            self.instance = self.proposed(self.by, self.cleaned_data)
        except ValidationError as refusal:
            known = {name: errors for name, errors in _by_field(refusal).items() if name in self.fields}
            others = [
                text
                for name, errors in _by_field(refusal).items()
                if name not in self.fields
                for text in errors
            ]
            for name, errors in known.items():
                self.add_error(name, errors)
            if others:
                self.add_error(None, others)

    def proposed(self, by: User, values: dict[str, Any]) -> Any:
        """The row as the service would save it, or its refusal."""
        raise NotImplementedError


class GrantForm(RightForm):
    """Give a role."""

    class Meta:
        model = Grant
        fields = ("user", "role", "valid_from", "valid_until", "reason")

    def proposed(self, by: User, values: dict[str, Any]) -> Grant:
        return rights.proposed_grant(by=by, **values)


class DelegationAdminForm(RightForm):
    """Lend a role in somebody's name, for instance when they fell ill."""

    class Meta:
        model = Delegation
        fields = ("from_user", "to_user", "role", "valid_from", "valid_until", "reason")

    def proposed(self, by: User, values: dict[str, Any]) -> Delegation:
        return rights.proposed_delegation(by=by, **values)


def _by_field(refusal: ValidationError) -> dict[str, list[str]]:
    return refusal.message_dict if hasattr(refusal, "error_dict") else {"": refusal.messages}


class RightAdmin(KeptAdmin):
    """Rights are added through the service and never edited; they end with a reason."""

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if obj is None:
            kwargs["form"] = type("Form", (self.adding_form,), {"by": request.user})
        return super().get_form(request, obj, change=change, **kwargs)

    adding_form: type[RightForm]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"valid_from": timezone.localdate(), **super().get_changeform_initial_data(request)}


def _revoked(given: Grant, by: User, reason: str) -> str:
    rights.revoke(given, by=by, reason=reason)
    return gettext("The role was taken back.")


@admin.register(Grant)
class GrantAdmin(RightAdmin):
    """Roles given to people."""

    adding_form = GrantForm
    list_display = ("user", "role", "valid_from", "valid_until", "granted_by", "revoked_at")
    list_filter = ("role", ("revoked_at", admin.EmptyFieldListFilter), "valid_from")
    list_select_related = ("user", "granted_by")
    search_fields = ("user__search_key",)
    autocomplete_fields = ("user",)
    reasoned_actions = (
        ReasonedAction(
            "revoke",
            _("Take the role back"),
            _("It ends at once; open cases of this person stay and can be handed over."),
            _revoked,
            lambda given: given.revoked_at is None,
        ),
    )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.pk = rights.grant(by=request.user, **form.cleaned_data).pk  # type: ignore[arg-type]


def _ended(lent: Delegation, by: User, reason: str) -> str:
    rights.end_delegation(lent, by=by, reason=reason)
    return gettext("The delegation has ended.")


@admin.register(Delegation)
class DelegationAdmin(RightAdmin):
    """Roles lent while somebody is away."""

    adding_form = DelegationAdminForm
    list_display = ("from_user", "to_user", "role", "valid_from", "valid_until", "given_by", "revoked_at")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter), "valid_from")
    list_select_related = ("from_user", "to_user", "given_by")
    search_fields = ("from_user__search_key", "to_user__search_key")
    autocomplete_fields = ("from_user", "to_user")
    reasoned_actions = (
        ReasonedAction(
            "end",
            _("End the delegation"),
            _("The colleague stops acting in this person's name at once."),
            _ended,
            lambda lent: lent.revoked_at is None and lent.valid_until >= timezone.localdate(),
        ),
    )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change:
            obj.pk = rights.delegate(by=request.user, **form.cleaned_data).pk  # type: ignore[arg-type]
