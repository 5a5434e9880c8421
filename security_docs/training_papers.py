"""Papers of the training register: the list to be signed at a training, and certificates (Ek-5 5.4.1.6). In Turkish."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Employee, Institution, Training, User
from accounts.models.staff import EmployeeQuerySet, registry_key
from audit import trail
from processes import pdf
from processes.errors import RuleBroken
from security_docs import queries
from security_docs.forms.trainings import AttendanceForm
from security_docs.services.trainings import only_unit

LANGUAGE = "tr"
STYLES = ("css/pdf.css", "security_docs/training.css")
MOST_NAMES = 1_000
MOST_CERTIFICATES = 100
EMPTY_LINES = 8  # for whoever comes and does not stand on it


def attendance_list(
    *,
    by: User,
    institution: Institution,
    who: str,
    numbers: Sequence[str],
    subject: str,
    provider: str,
    held_on: date,
    place: str,
) -> bytes:
    """The names of an institution with room for signatures, and empty lines for whoever comes besides."""
    only_unit(by)
    staff = (
        _named(by, institution, numbers)
        if who == AttendanceForm.NAMED
        else _staff(by, institution, who, held_on)
    )
    rows = list(staff.order_by("sort_key", "pk")[: MOST_NAMES + 1])
    if len(rows) > MOST_NAMES:
        raise RuleBroken(_("A list holds at most %(count)d names.") % {"count": MOST_NAMES})
    if not rows:
        raise RuleBroken(
            _(
                "Everybody on the staff of %(institution)s was trained this year; choose all staff to print a list."
            )
            % {"institution": institution}
            if who == AttendanceForm.UNTRAINED
            else _("Nobody stands on the staff register of %(institution)s.") % {"institution": institution}
        )
    context = {
        "institution": institution,
        "subject": subject,
        "provider": provider,
        "held_on": held_on,
        "place": place,
        "rows": rows,
        "empty": range(len(rows) + 1, len(rows) + 1 + EMPTY_LINES),
    }
    with translation.override(LANGUAGE):
        context["title"] = _("Attendance list of a training")
        content = pdf.render("security_docs/attendance_pdf.html", context, styles=STYLES, language=LANGUAGE)
    trail.record(institution, "exported", {"list": "attendance", "names": len(rows)})
    return content


def certificates(rows: Sequence[Training], *, by: User) -> bytes:
    """A page for each entry, with room for a signature."""
    only_unit(by)
    if not rows:
        raise RuleBroken(_("No training fits these filters."))
    if len(rows) > MOST_CERTIFICATES:
        raise RuleBroken(
            ngettext(
                "At most %(count)d certificate is printed at once; narrow the register.",
                "At most %(count)d certificates are printed at once; narrow the register.",
                MOST_CERTIFICATES,
            )
            % {"count": MOST_CERTIFICATES}
        )
    with translation.override(LANGUAGE):
        context = {"title": _("Certificate of attendance"), "rows": rows}
        content = pdf.render("security_docs/certificates_pdf.html", context, styles=STYLES, language=LANGUAGE)
    for row in rows:
        trail.record(row, "exported", {"list": "certificate"})
    return content


def _staff(by: User, institution: Institution, who: str, held_on: date) -> EmployeeQuerySet:
    """All of them, or those who were not trained in the year of the training."""
    if who == AttendanceForm.UNTRAINED:
        return queries.untrained(by, held_on.year).filter(institution=institution)
    staff = Employee.objects.visible_to(by).here().filter(institution=institution)
    return staff.select_related("institution", "unit")


def _named(by: User, institution: Institution, numbers: Sequence[str]) -> EmployeeQuerySet:
    """Those with these registry numbers; a number that is not here is told, so that nobody is missing by a slip."""
    staff = Employee.objects.visible_to(by).here().filter(institution=institution).with_registry(numbers)
    found = {registry_key(number) for number in staff.values_list("registry_no", flat=True) if number}
    missing = [number for number in numbers if registry_key(number) not in found]
    if missing:
        sentence = _("Not on the staff of %(institution)s: %(numbers)s.") % {
            "institution": institution,
            "numbers": ", ".join(missing[:10]),
        }
        raise RuleBroken(sentence, fields={"numbers": [sentence]})
    return staff.select_related("institution", "unit")
