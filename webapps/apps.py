"""Sub-process 5.3.7: users of the Ministry's web applications."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebappsConfig(AppConfig):
    """Lets the room of 5.3.7 in."""

    name = "webapps"
    verbose_name = _("Web applications (5.3.7)")
