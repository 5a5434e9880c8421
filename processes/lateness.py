"""A step of the process document is kept within its planned days: the check every room has for its steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.utils import timezone
from django.utils.translation import ngettext

from processes.models import Case


def late(number: str) -> Callable[[], Sequence[str]]:
    """A check that no case waits for the step of that official number longer than planned; a stopped clock does not count."""

    def check() -> Sequence[str]:
        count = (
            Case.objects.open()
            .filter(step__number=number, due_at__lt=timezone.now(), waiting_since__isnull=True)
            .count()
        )
        sentence = ngettext(
            "%(count)d case waits for step %(number)s longer than planned.",
            "%(count)d cases wait for step %(number)s longer than planned.",
            count,
        )
        return [sentence % {"count": count, "number": number}] if count else []

    return check
