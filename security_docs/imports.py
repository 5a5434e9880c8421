"""Who attended a training, taken in from a table or from pasted registry numbers, with a preview (Ek-5 5.4.1.6)."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.authority import works_in_unit
from accounts.models import Employee, Training, User
from accounts.models.staff import registry_key
from accounts.turkish import fold
from processes.imports import Column, Importer, Line, Row, Verdict
from security_docs.services.trainings import Held, left_before, take_in

KEY = "trainings"
YEAR = timedelta(days=365)
BETWEEN = re.compile(r"[\n\r,;]+")
COLUMNS = (
    Column(
        "registry_no",
        ("Sicil No", "Sicil Numarası", "Kurum Sicil No", "Registry number"),
        required=True,
        max_length=20,
    ),
    Column("name", ("Ad Soyad", "Adı Soyadı", "Name"), max_length=300),
    Column("subject", ("Konu", "Eğitim", "Eğitim Konusu", "Subject"), required=True, max_length=200),
    Column("provider", ("Eğitimi Veren", "Eğitimci", "Held by"), max_length=200),
    Column("held_on", ("Eğitim Tarihi", "Tarih", "Held on"), required=True, is_date=True),
    Column("valid_until", ("Yenileme Tarihi", "Geçerlilik Tarihi", "To be repeated by"), is_date=True),
)


def numbers_in(text: str) -> list[str]:
    """Registry numbers as they are pasted: one a line, or between commas; what follows a tab is another column."""
    cells = (one.split("\t")[0].strip() for one in BETWEEN.split(text))
    return [one for one in cells if one]


def pasted(numbers: Iterable[str], held: Held) -> str:
    """The same as a table: each number with the training that was held."""
    target = io.StringIO()
    writer = csv.writer(target, delimiter=";")
    writer.writerow([column.titles[0] for column in COLUMNS])
    days = f"{held.held_on:%d.%m.%Y}", f"{held.valid_until:%d.%m.%Y}"
    writer.writerows([number, "", held.subject, held.provider, *days] for number in numbers)
    return target.getvalue()


@dataclass(frozen=True)
class Attended:
    """What a row of the table says of somebody, once it was found fit."""

    employee: Employee
    held: Held


class Register:
    """What the rows are about, read in two questions however many there are."""

    def __init__(self, rows: Sequence[Row]) -> None:
        found = Employee.objects.with_registry(row.values["registry_no"] for row in rows)
        self.staff = {
            registry_key(one.registry_no or ""): one
            for one in found.select_related("user", "institution").order_by("left_on", "pk")
        }
        people = [one.pk for one in self.staff.values()]
        users = [one.user_id for one in self.staff.values() if one.user_id]
        entries = Training.objects.filter(employee__in=people).values_list("employee", "subject", "held_on")
        own = Training.objects.filter(user__in=users).values_list("user", "subject", "held_on")
        accounts = {one.user_id: one.pk for one in self.staff.values() if one.user_id}
        self.known = {*entries, *((accounts[user], subject, day) for user, subject, day in own)}
        self.today = timezone.localdate()
        self.rows: dict[tuple[int, str, date], int] = {}

    def plan(self, row: Row) -> tuple[Line, Attended | None]:
        """What becomes of one row; rows are asked about in order."""
        values = row.values
        employee = self.staff.get(registry_key(values["registry_no"]))
        if employee is None:
            sentence = _("Nobody on the staff register has this registry number.")
            return Line(row.number, Verdict.REFUSED, values["registry_no"], sentence), None
        label = f"{employee.full_name} · {employee.institution.name}"
        held_on = date.fromisoformat(values["held_on"])
        until = (
            date.fromisoformat(values["valid_until"])
            if values.get("valid_until")
            else self._in_a_year(held_on)
        )
        held = Held(values["subject"].strip(), held_on, until, values.get("provider", "").strip())
        if sentence := self._refusal(employee, held, values.get("name", "")):
            return Line(row.number, Verdict.REFUSED, label, sentence), None
        text = f"{held.subject} · {held_on:%d.%m.%Y}"
        key = (employee.pk, held.subject, held_on)
        if key in self.known:
            return Line(row.number, Verdict.SAME, label, text), None
        if (earlier := self.rows.setdefault(key, row.number)) != row.number:
            text = _("The same stands in row %(row)d.") % {"row": earlier}
            return Line(row.number, Verdict.SAME, label, text), None
        return Line(row.number, Verdict.NEW, label, text), Attended(employee, held)

    def _in_a_year(self, day: date) -> date:
        """The calendar ends; a day that has not come is refused anyway."""
        return day + YEAR if day <= self.today else date.max

    def _refusal(self, employee: Employee, held: Held, name: str) -> str:
        if name and fold(name).split() != fold(employee.full_name).split():
            return _("This registry number is that of somebody else; look at number and name again.")
        if left_before(employee, held.held_on):
            return _("%(name)s had left by that day.") % {"name": employee.full_name}
        refusal = held.refusal(self.today)
        return str(refusal) if refusal else ""


def check(rows: Sequence[Row], scope: str, by: User) -> list[Line]:
    """What each row of the table would do."""
    register = Register(rows)
    return [register.plan(row)[0] for row in rows]


def apply(rows: Sequence[Row], scope: str, by: User) -> None:
    """Enter the trainings that do not stand in the register yet."""
    register = Register(rows)
    plans = [plan for _line, plan in map(register.plan, rows) if plan is not None]
    take_in([(plan.employee, plan.held) for plan in plans], by=by)


IMPORTER = Importer(
    KEY,
    gettext_lazy("Trainings from a table"),
    COLUMNS,
    check,
    apply,
    works_in_unit,
    lambda scope: reverse("security-trainings"),
    hint=gettext_lazy(
        "One row for each person who attended, known by the registry number of the staff register. A name beside it is "
        "compared. Without a day of repetition the training counts for a year."
    ),
    most_rows=20_000,
)
