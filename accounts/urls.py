"""Addresses of log-in, one's own pages and the pickers."""

from __future__ import annotations

from django.urls import path

from accounts.views import (
    certificate,
    declared,
    delegations,
    find,
    log_in,
    oversight,
    passkeys,
    profile,
    second_factor,
)

urlpatterns = [
    path("login/", log_in.login, name="login"),
    path("login/code/", log_in.login_code, name="login-code"),
    path("login/passkey/", passkeys.log_in, name="login-passkey"),
    path("login/certificate/", certificate.log_in, name="login-certificate"),
    path("login/demo/", log_in.demo_accounts, name="login-demo"),
    path("logout/", log_in.logout, name="logout"),
    path("language/", profile.set_language, name="set-language"),
    path("password/<str:uidb64>/<str:token>/", profile.ChoosePasswordView.as_view(), name="password-choose"),
    path("me/", profile.profile, name="profile"),
    path("me/password/", profile.change_password, name="password-change"),
    path("me/second-factor/", second_factor.setup, name="second-factor-setup"),
    path("me/second-factor/remove/", second_factor.remove, name="second-factor-remove"),
    path("me/passkeys/new/", passkeys.new, name="passkey-new"),
    path("me/passkeys/<int:pk>/remove/", passkeys.remove, name="passkey-remove"),
    path("rights/", oversight.compared, name="rights-compared"),
    path("me/rights/", declared.rights, name="rights-declared"),
    path("me/rights/<int:pk>/", declared.acknowledgement, name="acknowledgement"),
    path("me/recovery-codes/", second_factor.recovery_codes, name="recovery-codes"),
    path("delegations/", delegations.delegations, name="delegations"),
    path("delegations/<int:pk>/end/", delegations.end, name="delegation-end"),
    path("find/people/", find.people, name="people-find"),
    path("find/institutions/", find.institutions, name="institutions-find"),
    path("find/employees/", find.employees, name="employees-find"),
    path("find/units/", find.units, name="units-find"),
]
