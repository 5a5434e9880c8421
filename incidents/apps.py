"""Sub-process 5.3.2: information-security breaches."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    """Lets the room of 5.3.2 in."""

    name = "incidents"
    verbose_name = _("Information-security breaches (5.3.2)")

    def ready(self) -> None:
        """Register the room with the engine, its tables with the trail, its letters, pages and clauses."""
        from audit import trail
        from incidents import clauses, models, room
        from processes import rooms

        rooms.register(room.ROOM)
        for model in (
            models.Breach,
            models.Sanction,
            models.Category,
            models.ChecklistItem,
            models.Task,
            models.Barrier,
            models.Review,
            models.ReviewAction,
            models.Evidence,
            models.Handover,
            models.Notice,
            models.Silence,
            models.Shift,
            models.EmergencyOfficer,
            models.Cooperation,
            models.LevelPlan,
            models.Authority,
        ):
            trail.track(model)
        clauses.declare()
