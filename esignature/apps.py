"""Sub-process 5.3.3: e-signatures and mobile signatures."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EsignatureConfig(AppConfig):
    """Lets the room of 5.3.3 in."""

    name = "esignature"
    verbose_name = _("E-signatures and mobile signatures (5.3.3)")

    def ready(self) -> None:
        """Register the room with the engine, its tables with the trail, its clauses."""
        from audit import trail
        from esignature import clauses, models, room
        from processes import rooms

        rooms.register(room.ROOM)
        for model in (models.Request, models.Certificate, models.Batch, models.CheckItem):
            trail.track(model)
        clauses.declare()
