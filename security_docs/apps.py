"""Sub-process 5.3.1: information-security documents."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SecurityDocsConfig(AppConfig):
    """Lets the room of 5.3.1 in."""

    name = "security_docs"
    verbose_name = _("Information-security documents (5.3.1)")
