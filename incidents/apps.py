"""Sub-process 5.3.2: information-security breaches."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    """Lets the room of 5.3.2 in."""

    name = "incidents"
    verbose_name = _("Information-security breaches (5.3.2)")
