"""Sub-process 5.3.3: e-signatures and mobile signatures."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EsignatureConfig(AppConfig):
    """Lets the room of 5.3.3 in."""

    name = "esignature"
    verbose_name = _("E-signatures and mobile signatures (5.3.3)")
