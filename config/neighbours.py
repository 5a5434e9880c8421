"""Programs of the institution that the portal asks, where they are set up: the virus scanner and the directory."""

from __future__ import annotations

from django.conf import settings
from django.utils.translation import gettext as _

from accounts import directory as ldap
from config.monitoring import Finding, Level
from processes import scanning


def scanner() -> Finding:
    """While it is silent every upload and every package is refused."""
    if not settings.VIRUS_SCANNER:
        return Finding(Level.UNKNOWN, _("No virus scanner is named in the settings."))
    if scanning.answers():
        return Finding(Level.FINE, _("The virus scanner answers."))
    return Finding(Level.ACT, _("The virus scanner does not answer: files and packages are refused."))


def directory() -> Finding:
    """While it is silent nobody gets in with the directory's password."""
    if not settings.LDAP_URL:
        return Finding(Level.UNKNOWN, _("No directory is named in the settings."))
    if ldap.answers():
        return Finding(Level.FINE, _("The directory answers."))
    return Finding(
        Level.ACT,
        _("The directory does not answer, or shows a wrong certificate: its passwords open nothing."),
    )
