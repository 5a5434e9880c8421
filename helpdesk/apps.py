"""Sub-process 5.3.6: hardware and software infrastructure."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HelpdeskConfig(AppConfig):
    """Lets the room of 5.3.6 in."""

    name = "helpdesk"
    verbose_name = _("Infrastructure requests (5.3.6)")

    def ready(self) -> None:
        """Register the room with the engine, its clauses, its tables with the trail, its page with the menu."""
        from audit import trail
        from helpdesk import clauses, models, room
        from processes import context, rooms

        rooms.register(room.ROOM)
        clauses.declare()
        for model in (models.Ticket, models.Category, models.Asset, models.SupplyItem, models.CannedText):
            trail.track(model)
        context.offer(context.MenuEntry("oversight", _("5.3.6 reports"), "helpdesk-reports", "chart"))
