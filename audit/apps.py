"""The floor under everything: the append-only trail of who did what, when, in whose name and why."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    """The trail."""

    name = "audit"
    verbose_name = _("Trail")
    default_auto_field = "django.db.models.BigAutoField"
