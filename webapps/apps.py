"""Sub-process 5.3.7: users of the Ministry's web applications."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebappsConfig(AppConfig):
    """Lets the room of 5.3.7 in."""

    name = "webapps"
    verbose_name = _("Web applications (5.3.7)")

    def ready(self) -> None:
        """Track the room's tables, put its pages into the menu."""
        from accounts.authority import works_in_unit
        from audit import trail
        from processes import context
        from webapps import models

        for model in (models.Application, models.AppRole, models.Condition):
            trail.track(model)
        context.offer(
            context.MenuEntry(
                "oversight", _("Web applications"), "webapps-applications", "lock", works_in_unit
            )
        )
