"""Sub-process 5.3.2: information-security breaches."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    """Lets the room of 5.3.2 in."""

    name = "incidents"
    verbose_name = _("Information-security breaches (5.3.2)")

    def ready(self) -> None:
        """Register the room with the engine, its tables with the trail, its letters, pages and clauses."""
        from accounts.authority import roles_of
        from accounts.roles import CONFIDENTIAL_STAFF
        from audit import trail
        from ebys import reference
        from incidents import answers, clauses, letter_templates, models, queries, room
        from processes import context, panels, rooms

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
            models.EvidenceAnnex,
            models.Handover,
            models.Notice,
            models.NoticePhase,
            models.Silence,
            models.SharedAddress,
            models.Shift,
            models.EmergencyOfficer,
            models.Cooperation,
            models.LevelPlan,
            models.Authority,
        ):
            trail.track(model)
        for label, url_name, icon in (
            (_("Register of breaches"), "breach-register", "shield"),
            (_("Breach alerts"), "breach-alerts", "alert"),
            (_("On call"), "breach-rota", "phone"),
            (_("Due after breaches"), "breach-follow-ups", "calendar"),
            (_("5.3.2 report"), "breach-reports", "chart"),
        ):
            context.offer(
                context.MenuEntry(
                    "5.3.2", label, url_name, icon, lambda user: bool(roles_of(user) & CONFIDENTIAL_STAFF)
                )
            )
        context.offer(
            context.MenuEntry("5.3.2", _("Emergency plan"), "breach-plan", "help"),
            context.MenuEntry("work", _("My breach reports"), "breach-mine", "shield", lambda user: True),
        )
        context.offer_public(_("Report an information security breach"), "breach-public")
        panels.urge_with(queries.urgent)
        answers.listen()
        reference.offer(*letter_templates.TEXTS)
        clauses.declare()
