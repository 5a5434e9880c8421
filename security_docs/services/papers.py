"""Lists signed on paper by staff without an account: printed with a number, entered with their scan."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Institution, User
from audit import trail
from audit.context import because
from processes import uploads
from processes.errors import RuleBroken, WrongState
from processes.filetypes import JPEG, PDF, PNG
from processes.gate import save
from security_docs import trained
from security_docs.models import PaperList, Reading, Version, VersionState
from security_docs.readings import standing
from security_docs.services.documents import only_unit

MOST_NAMES = 1_000


def print_list(version: Version, institution: Institution, *, by: User) -> PaperList:
    """A numbered list of the institution's staff without an account who have not signed this version."""
    only_unit(by)
    with transaction.atomic(), because(step="paper_print", by=by):
        names = (
            Reading.objects.undecided()
            .filter(version=version, employee__institution=institution)
            .order_by("employee__sort_key", "pk")
            .values_list("pk", flat=True)[: MOST_NAMES + 1]
        )
        found = list(names)
        if not found:
            raise RuleBroken(
                _("Nobody without an account at %(institution)s still has to sign this version.")
                % {"institution": institution}
            )
        if len(found) > MOST_NAMES:
            raise RuleBroken(_("A list holds at most %(count)d names.") % {"count": MOST_NAMES})
        paper = PaperList(version=version, institution=institution, names=found, printed_by=by)
        save(paper)
    return paper


def enter(
    paper: PaperList, *, by: User, scan: Any, signed_on: date, ticked: Collection[int]
) -> list[Reading]:
    """The signed list came back: its scan is kept and each ticked row counts as signed on that day."""
    only_unit(by)
    stored, name = uploads.take_in(
        scan, only=(PDF, PNG, JPEG), otherwise=_("A scan is a PDF, PNG or JPEG file.")
    )
    with transaction.atomic(), because(step="paper_enter", by=by):
        row = PaperList.objects.select_for_update().get(pk=paper.pk)
        if row.scan_id is not None:
            raise WrongState(_("This list was entered already."))
        first, today = timezone.localdate(row.printed_at), timezone.localdate()
        if not first <= signed_on <= today:
            sentence = _(
                "The list was printed on %(day)s; it was signed then or later, not in the future."
            ) % {"day": f"{first:%d.%m.%Y}"}
            raise RuleBroken(sentence, fields={"signed_on": [sentence]})
        state, sha256 = standing(row.version_id)
        version = row.version
        if state == VersionState.RETIRED and (
            version.retired_at is None or signed_on > timezone.localdate(version.retired_at)
        ):
            raise WrongState(
                _("%(version)s was no longer in force on that day; a newer list has to be signed.")
                % {"version": version.label}
            )
        chosen = set(ticked) & set(row.names)
        if not chosen:
            sentence = _("Tick at least one name that signed.")
            raise RuleBroken(sentence, fields={"ticked": [sentence]})
        row.scan, row.scan_name, row.signed_on = stored, name, signed_on
        row.entered_by, row.entered_at = by, timezone.now()
        save(row)
        moment = datetime.combine(signed_on, time(12), timezone.get_default_timezone())
        open_ones = Reading.objects.filter(pk__in=chosen, signed_at__isnull=True)
        signed = list(open_ones.select_for_update().order_by("pk"))
        open_ones.filter(pk__in=[one.pk for one in signed]).update(
            signed_at=moment, signed_hash=sha256, paper=row
        )
        trained.signed_on_paper(version.document, signed, by=by, on=signed_on)
        trail.record_many(signed, "signed_on_paper", {"paper": ["", str(row)], "sha256": ["", sha256]})
    return signed
