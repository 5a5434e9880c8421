"""The announcement letter of a notified document: drafted to the institutions and units chosen, the document enclosed."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Institution, Unit, User
from audit.context import because
from ebys.models import LetterTemplate, OutgoingLetter
from ebys.services import drafting
from ebys.services.drafting import RecipientEntry
from processes.errors import RuleBroken
from security_docs import printing, queries
from security_docs.models import Compliance


def draft_announcement(
    compliance: Compliance,
    *,
    by: User,
    institutions: Sequence[Institution],
    units: Sequence[Unit] = (),
    with_document: bool = True,
) -> OutgoingLetter:
    """Draft the letter of 5.3.1.4; approval and registration go the way of every letter."""
    template = LetterTemplate.objects.for_subprocess("5.3.1").filter(step_key=queries.ANNOUNCING).first()
    if template is None:
        raise RuleBroken(
            _("There is no letter template for the announcement; the unit head adds it in the admin.")
        )
    if with_document and (waiting := queries.standing(compliance).waiting):
        sentence = _("%(versions)s is not in force; put it in force before it is enclosed.") % {
            "versions": ", ".join(waiting)
        }
        raise RuleBroken(sentence, fields={"with_document": [sentence]})
    with transaction.atomic(), because(step="draft_letter", by=by):
        recipients = [RecipientEntry(one) for one in institutions]
        recipients += [RecipientEntry(one.institution, unit_name=one.name) for one in units]
        letter = drafting.draft_for(compliance, template, by=by, recipients=recipients)
        if with_document:
            for version in queries.prepared_versions(compliance):
                name = f"{version.document.number}-v{version.number}.pdf"
                content = printing.rendered(version)
                drafting.add_annex(
                    letter,
                    by=by,
                    title=f"{version.document.number} {version.document.title}"[:200],
                    upload=printing.as_file(content, name),
                )
    return letter
