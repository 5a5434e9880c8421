"""From a measure to a level, and a span of time in words: what every check of the installation shares."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from config.monitoring import Finding, Level

ENDS_LOOK, ENDS_ACT = timedelta(days=30), timedelta(days=7)


def graded(value: float | timedelta, look: float | timedelta, act: float | timedelta) -> Level:
    """The level of something that grows worse."""
    if value >= act:  # type: ignore[operator]  # both are numbers, or both are spans
        return Level.ACT
    return Level.LOOK if value >= look else Level.FINE  # type: ignore[operator]  # as above


def span(of: timedelta) -> str:
    """A span of time in the coarsest unit that says something."""
    minutes = max(0, int(of.total_seconds() // 60))
    if minutes < 120:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    if minutes < 48 * 60:
        return ngettext("%(count)d hour", "%(count)d hours", minutes // 60) % {"count": minutes // 60}
    return ngettext("%(count)d day", "%(count)d days", minutes // 1440) % {"count": minutes // 1440}


def ending(at: datetime, look: timedelta = ENDS_LOOK, act: timedelta = ENDS_ACT) -> Finding:
    """The finding about something that ends on a day."""
    left = at - timezone.now()
    if left <= timedelta(0):
        return Finding(Level.ACT, _("Ended %(span)s ago.") % {"span": span(-left)})
    return Finding(graded(-left, -look, -act), _("Ends in %(span)s.") % {"span": span(left)})
