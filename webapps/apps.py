"""Sub-process 5.3.7: users of the Ministry's web applications."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WebappsConfig(AppConfig):
    """Lets the room of 5.3.7 in."""

    name = "webapps"
    verbose_name = _("Web applications (5.3.7)")

    def ready(self) -> None:
        """Register the room with the engine, its tables with the trail, its pages with the menu."""
        from accounts import staffing
        from audit import events, trail
        from ebys import reference
        from processes import context, imports, rooms
        from webapps import access, answers, clauses, letter_templates, models, moving, raising, room
        from webapps import imports as lists

        rooms.register(room.ROOM)
        for model in (
            models.AccessRequest,
            models.Application,
            models.AppRole,
            models.Condition,
            models.RequestLine,
            models.Authority,
            models.Campaign,
            models.ReviewPart,
            models.ReviewItem,
            models.Reconciliation,
            models.Difference,
        ):
            trail.track(model)
        events.name_events(
            accepted=_("Accepted with a reason"),
            compared=_("Compared with the application's list"),
            review_begun=_("Access review begun"),
        )
        events.name_acts(
            request=_("Request registered"),
            reconcile=_("Compared with the application's list"),
            accept_difference=_("Difference accepted"),
            begin_review=_("Access review begun"),
            decide_review=_("Decided in an access review"),
            finish_review=_("Access review finished"),
            review_move=_("Review after a change of unit"),
            hand_review=_("Review handed to somebody else"),
            settle_difference=_("Request opened for a difference"),
        )
        context.offer(
            context.MenuEntry("5.3.7", _("Register of applications"), "webapps-applications", "list"),
            context.MenuEntry("5.3.7", _("Who has access"), "webapps-access", "people", access.sees_access),
            context.MenuEntry("5.3.7", _("Access reviews"), "webapps-reviews", "eye", access.sees_access),
            context.MenuEntry("5.3.7", _("Reconciliations"), "webapps-reconciliations", "refresh"),
            context.MenuEntry("5.3.7", _("5.3.7 reports"), "webapps-reports", "chart"),
        )
        imports.register(lists.IMPORTER)
        staffing.on_left(raising.when_left)
        staffing.on_moved(raising.when_moved)
        staffing.on_moved(moving.when_moved)
        answers.listen()
        reference.offer(*letter_templates.TEXTS)
        clauses.declare()
