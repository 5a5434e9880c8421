"""The floor of institutions, people and their rights; and Django's admin under our own door."""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """Institutions, units, people, roles, delegations and log-in."""

    name = "accounts"
    verbose_name = _("Institutions and people")
    default = True

    def ready(self) -> None:
        """Every change of an account, a place or a right is told in the trail."""
        from django.contrib.auth.signals import user_logged_in, user_logged_out
        from django.db.backends.signals import connection_created

        from accounts import authenticators, clock, sessions, telling
        from accounts.models import (
            AccessWindow,
            Acknowledgement,
            ApprovedRight,
            ClientCertificate,
            Delegation,
            Employee,
            Grant,
            Institution,
            Training,
            Unit,
            User,
        )
        from audit.trail import track

        connection_created.connect(clock.measured)
        track(User, exclude=("session_name", "rights_changed"))
        track(Employee, exclude=("key", "tc_token"), masked=("tc_sealed",))
        for model in (
            Institution,
            Unit,
            Grant,
            Delegation,
            AccessWindow,
            Acknowledgement,
            ClientCertificate,
            ApprovedRight,
            Training,
        ):
            track(model)
        telling.name_events()
        authenticators.teach()
        user_logged_in.connect(sessions.begun, dispatch_uid="accounts.session_begun")
        user_logged_out.connect(sessions.ended, dispatch_uid="accounts.session_ended")


class SbsAdminConfig(admin_apps.AdminConfig):
    """Stands in INSTALLED_APPS in place of `django.contrib.admin`, so that the admin asks for role and second factor."""

    default = False
    default_site = "accounts.admin_site.SbsAdminSite"
