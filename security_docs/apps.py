"""Sub-process 5.3.1: information-security documents."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# What follows from the rest: the pages of a file, and how far a list has come.
UNTOLD = {
    "Version": ("extracted", "laid_out", "laid_out_text", "paper", "paper_mark"),
    "ProofPaper": ("written",),
}


class SecurityDocsConfig(AppConfig):
    """Lets the room of 5.3.1 in."""

    name = "security_docs"
    verbose_name = _("Information-security documents (5.3.1)")

    def ready(self) -> None:
        """Register the room with the engine, its tables with the trail, its pages with the menu, its clauses."""
        from audit import trail
        from ebys import reference
        from processes import context, imports, outbox, rooms
        from security_docs import answers, clauses, letter_templates, models, proofs, queries, room, wording
        from security_docs.imports import IMPORTER

        rooms.register(room.ROOM)
        for model in (
            models.Compliance,
            models.Clause,
            models.Document,
            models.Version,
            models.Approval,
            models.Audience,
            models.Review,
            models.Announcement,
            models.PaperList,
            models.ProofPaper,
        ):
            trail.track(model, exclude=UNTOLD.get(model.__name__, ()))
        trail.track(models.Reading, exclude=("pages_seen", "pages_opened", "reminders", "reminded_at"))
        context.offer(
            context.MenuEntry(
                "5.3.1", _("Documents"), "security-documents", "file", shown_to=lambda user: True
            ),
            context.MenuEntry("5.3.1", _("Announcements"), "security-announcements", "external"),
            context.MenuEntry("5.3.1", _("Open gaps"), "security-gaps", "alert"),
            context.MenuEntry("5.3.1", _("Training register"), "security-trainings", "people"),
            context.MenuEntry("5.3.1", _("5.3.1 reports"), "security-reports", "chart"),
            context.MenuEntry(
                "work", _("To read and sign"), "security-readings", "check", shown_to=lambda user: True
            ),
            context.MenuEntry(
                "work",
                _("My gaps"),
                "security-my-gaps",
                "alert",
                shown_to=lambda user: True,
                waiting=queries.gaps_waiting,
            ),
        )
        imports.register(IMPORTER)
        wording.name()
        answers.listen()
        outbox.handler(proofs.KIND)(proofs.deliver)
        context.offer_public(_("Announcements"), "public-announcements")
        reference.offer(*letter_templates.TEXTS)
        clauses.declare()
