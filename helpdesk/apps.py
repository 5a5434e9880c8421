"""Sub-process 5.3.6: hardware and software infrastructure."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HelpdeskConfig(AppConfig):
    """Lets the room of 5.3.6 in."""

    name = "helpdesk"
    verbose_name = _("Infrastructure requests (5.3.6)")

    def ready(self) -> None:
        """Register the room with the engine, its tables with the trail, its page with the menu, its letters, its clauses."""
        from audit import trail
        from ebys import reference
        from helpdesk import answers, clauses, letter_templates, models, room
        from processes import context, rooms

        rooms.register(room.ROOM)
        for model in (models.Ticket, models.Category, models.Asset, models.SupplyItem, models.CannedText):
            trail.track(model)
        context.offer(context.MenuEntry("5.3.6", _("5.3.6 reports"), "helpdesk-reports", "chart"))
        answers.listen()
        reference.offer(*letter_templates.TEXTS)
        clauses.declare()
