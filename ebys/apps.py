"""Official correspondence: letters in and out, and the systems that carry them."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EbysConfig(AppConfig):
    """Puts letters on the trail, into the menu and on the page of a case."""

    name = "ebys"
    verbose_name = _("Official correspondence")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Track the tables somebody may ask about; offer the pages and the panel; hear of letters."""
        from audit import trail
        from ebys import models, panel, queries, webhooks
        from processes import context, finding, panels

        for model in models.TRACKED:
            trail.track(model, exclude=models.UNTOLD, masked=models.MASKED)
        webhooks.listen()
        panels.offer(panel.PANEL)
        finding.offer("letters", _("Letters"), queries.found_anywhere)
        context.offer(
            context.MenuEntry("letters", _("Incoming"), "letters-incoming", "letter"),
            context.MenuEntry("letters", _("Outgoing"), "letters-outgoing", "letter-out"),
        )
