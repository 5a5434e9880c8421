"""Sub-process 5.3.3: e-signatures and mobile signatures."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EsignatureConfig(AppConfig):
    """Lets the room of 5.3.3 in."""

    name = "esignature"
    verbose_name = _("E-signatures and mobile signatures (5.3.3)")

    def ready(self) -> None:
        """Register the room with the engine, its tables with the trail, its letters, its clauses."""
        from accounts import staffing
        from audit import trail
        from ebys import reference
        from esignature import access, answers, clauses, leavers, letter_templates, models, room, wording
        from esignature import imports as imports_of
        from processes import context, imports, rooms

        rooms.register(room.ROOM)
        for model in (models.Request, models.Certificate, models.Batch, models.CheckItem):
            trail.track(model)
        context.offer(
            context.MenuEntry("5.3.3", _("Certificates"), "esignature-certificates", "list", everybody),
            context.MenuEntry(
                "5.3.3", _("Forms to look at"), "esignature-forms", "check", access.looks_at_forms
            ),
            context.MenuEntry("5.3.3", _("Batch letters"), "esignature-batches", "letter-out"),
            context.MenuEntry(
                "5.3.3", _("Certificates to record"), "esignature-outcomes", "edit", access.keeps_register
            ),
            context.MenuEntry("5.3.3", _("Coverage by certificates"), "esignature-coverage", "chart"),
            context.MenuEntry("5.3.3", _("5.3.3 reports"), "esignature-reports", "chart"),
        )
        imports.register(imports_of.IMPORTER)
        wording.name_what_happens()
        staffing.on_left(leavers.when_left)
        answers.listen()
        reference.offer(*letter_templates.TEXTS)
        clauses.declare()


def everybody(user: object) -> bool:
    """Everybody who is signed in may look at their own certificates."""
    return True
