"""The portal itself as an app: its checks, its page of the system's state."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ConfigConfig(AppConfig):
    """Offers the checks of the installation and the page that shows them."""

    name = "config"
    verbose_name = _("System")

    def ready(self) -> None:
        """Once, at start."""
        from accounts.authority import administers
        from config import checks
        from processes.context import MenuEntry, offer

        checks.install()
        offer(MenuEntry("administration", _("System state"), "status", "clock", administers))
