"""The letter templates an installation begins with: each room brings its own; the unit head changes them in the admin."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction

from audit.context import because
from ebys.models import Addressee, LetterTemplate, Security
from processes.models import Subprocess

SIGNATORY_TITLE = "İl Sağlık Müdürü"


@dataclass(frozen=True)
class Text:
    """One template: where it is offered and what it says."""

    number: str
    name: str
    subject: str
    body: str
    step_key: str = ""
    addressee: str = Addressee.APPLICANT
    security: str = Security.NONE


_texts: list[Text] = []


def offer(*texts: Text) -> None:
    """Let an installation begin with these; called once from a room's AppConfig.ready()."""
    _texts.extend(text for text in texts if text not in _texts)


def load_templates() -> int:
    """Add the templates whose sub-process is known and which are not there yet; says how many were added."""
    known = {
        row.number: row for row in Subprocess.objects.filter(number__in={text.number for text in _texts})
    }
    present = set(LetterTemplate.objects.values_list("subprocess__number", "name"))
    added = 0
    with transaction.atomic(), because(step="load_templates"):
        for text in _texts:
            if text.number not in known or (text.number, text.name) in present:
                continue
            template = LetterTemplate(
                subprocess=known[text.number],
                name=text.name,
                subject=text.subject,
                body=text.body,
                step_key=text.step_key,
                addressee=text.addressee,
                security=text.security,
                signatory_title=SIGNATORY_TITLE,
            )
            template.full_clean()
            template.save()
            added += 1
    return added
