"""The engine every room stands on: catalogue, cases, the gate, clocks, records."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProcessesConfig(AppConfig):
    """Registers the engine's tables with the trail and its own pages with the menu."""

    name = "processes"
    verbose_name = _("Processes")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Track every table whose change somebody may ask about; offer the catalogue and the calendar."""
        from accounts.authority import administers, roles_of
        from accounts.roles import UNIT_STAFF, Role
        from audit import trail
        from audit.queries import hide

        from . import imports, models
        from .context import MenuEntry, offer
        from .imports.staff import IMPORTER
        from .keepers import accounts as accounts_keeper
        from .keepers import audit as audit_keeper
        from .keepers import database, network, operations
        from .keepers import staff as staff_keeper
        from .trail_sight import hidden_entries

        hide(hidden_entries)
        readers = {*UNIT_STAFF, Role.REQUESTING_UNIT_HEAD}
        for model in models.TRACKED:
            trail.track(model)
        trail.track(models.TableImport, exclude=("key", "content"))
        operations.declare()
        database.declare()
        network.declare()
        audit_keeper.declare()
        accounts_keeper.declare()
        staff_keeper.declare()
        imports.register(IMPORTER)
        offer(
            MenuEntry(
                "administration",
                _("Staff register"),
                "staff-list",
                "people",
                lambda user: not readers.isdisjoint(roles_of(user)),
            ),
            MenuEntry("administration", _("Process catalogue"), "catalogue", "file"),
            MenuEntry("administration", _("Working-day calendar"), "days-off", "calendar"),
            MenuEntry(
                "administration", _("Roles and their holders"), "rights-compared", "people", administers
            ),
            MenuEntry(
                "administration", _("Trail seal"), "admin:audit_checkpoint_changelist", "lock", administers
            ),
        )
