"""Certificates that exist already, taken into the register from a table (CSV or Excel) with a preview.

A holder is told by registry number or TC Kimlik number. Columns for PIN or security word are passed over unread; a cell
that gives one away refuses its row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import sealed
from accounts.authority import roles_of
from accounts.models import Employee, User
from accounts.models.staff import TC, registry_key
from esignature import lifecycle
from esignature.models import LIVE, Certificate, Kind
from esignature.models.certificates import normal_serial
from esignature.secrecy import REFUSAL, tells_a_secret
from processes.imports import Column, Importer, Line, Row, Verdict
from processes.turkish import fold

KEY = "certificates"
COLUMNS = (
    Column("registry_no", ("Sicil No", "Sicil Numarası", "Registry number"), max_length=20),
    Column("tc", ("T.C. Kimlik No", "T.C. Kimlik Numarası", "TCKN", "TC No", "TC"), digits=11),
    Column("kind", ("Tür", "Türü", "İmza Türü", "Kind"), max_length=40),
    Column("serial", ("Seri No", "Seri Numarası", "Sertifika Seri No", "Serial number"), True, 64),
    Column("carrier", ("Taşıyıcı", "Kart No", "Çubuk No", "Carrier"), max_length=80),
    Column("valid_from", ("Başlangıç Tarihi", "Geçerlilik Başlangıcı", "Valid from"), True, is_date=True),
    Column("valid_until", ("Bitiş Tarihi", "Geçerlilik Bitişi", "Valid until"), True, is_date=True),
)
KINDS = {
    "": Kind.ESIGN,
    "e-imza": Kind.ESIGN,
    "eimza": Kind.ESIGN,
    "e-signature": Kind.ESIGN,
    "mobil imza": Kind.MOBILE,
    "mobil": Kind.MOBILE,
    "mobile signature": Kind.MOBILE,
}
NO_CARRIER = "–"


class _Refused(Exception):
    """Why a row is not taken."""


@dataclass(frozen=True)
class _Plan:
    """What one row would enter."""

    holder: Employee
    kind: str
    serial: str
    carrier: str
    valid_from: date
    valid_until: date


class _Register:
    """What the rows of one table are compared with, read in a handful of queries."""

    def __init__(self, rows: Sequence[Row]) -> None:
        people = Employee.objects.only("first_name", "last_name", "registry_no", "tc_token")
        self._today = timezone.localdate()
        numbers = {row.values["registry_no"] for row in rows}
        tokens = {token for row in rows if row.values["tc"] for token in sealed.tokens(TC, row.values["tc"])}
        serials = {normal_serial(row.values["serial"]) for row in rows}
        self._by_registry = {
            registry_key(one.registry_no or ""): one for one in people.with_registry(numbers)
        }
        self._by_tc = {one.tc_token: one for one in people.filter(tc_token__in=tokens)}
        self._by_serial = {one.serial: one for one in Certificate.objects.filter(serial__in=serials)}
        holders = {one.pk for one in (*self._by_registry.values(), *self._by_tc.values())}
        live = Certificate.objects.filter(holder__in=holders, state__in=LIVE)
        self._live = {(one.holder_id, one.kind): one.serial for one in live}
        self._rows_of: dict[str, int] = {}

    def plan(self, row: Row) -> tuple[Line, _Plan | None]:
        """What the row does, and how the preview tells it."""
        label = normal_serial(row.values["serial"])
        try:
            plan = self._understood(row)
        except _Refused as refusal:
            return Line(row.number, Verdict.REFUSED, label, str(refusal)), None
        known = self._by_serial.get(plan.serial)
        if known is not None:
            same = (known.holder_id, known.kind, known.valid_from, known.valid_until)
            if same == (plan.holder.pk, plan.kind, plan.valid_from, plan.valid_until):
                return Line(row.number, Verdict.SAME, plan.holder.full_name, plan.serial), None
            sentence = _("This serial number is in the register with another holder or other dates.")
            return Line(row.number, Verdict.REFUSED, label, sentence), None
        live = self._live.get((plan.holder.pk, plan.kind))
        is_over = plan.valid_until < self._today
        if live is not None and not is_over:
            sentence = _("The holder has a certificate of this kind that has not ended: %(serial)s.")
            return Line(row.number, Verdict.REFUSED, label, sentence % {"serial": live}), None
        if not is_over:
            self._live[plan.holder.pk, plan.kind] = plan.serial
        text = _("Entered as expired.") if is_over else plan.serial
        return Line(row.number, Verdict.NEW, plan.holder.full_name, text), plan

    def _understood(self, row: Row) -> _Plan:
        values = row.values
        if any(tells_a_secret(text) for text in values.values()):
            raise _Refused(str(REFUSAL))
        serial = normal_serial(values["serial"])
        if serial in self._rows_of:
            raise _Refused(
                _("The same serial number stands in row %(row)d.") % {"row": self._rows_of[serial]}
            )
        self._rows_of[serial] = row.number
        kind = KINDS.get(fold(values["kind"]))
        if kind is None:
            raise _Refused(_("The kind is “E-imza” or “Mobil imza”."))
        begins, ends = date.fromisoformat(values["valid_from"]), date.fromisoformat(values["valid_until"])
        if ends <= begins:
            raise _Refused(_("A certificate ends after it began."))
        return _Plan(self._holder(values), kind, serial, values["carrier"] or NO_CARRIER, begins, ends)

    def _holder(self, values: dict[str, str]) -> Employee:
        """Who on the staff register the row is about; the two numbers must not speak of two people."""
        by_registry = self._by_registry.get(registry_key(values["registry_no"]))
        by_tc = None
        if values["tc"]:
            tokens = sealed.tokens(TC, values["tc"])
            by_tc = next((self._by_tc[token] for token in tokens if token in self._by_tc), None)
        if by_registry and by_tc and by_registry.pk != by_tc.pk:
            raise _Refused(_("Registry number and TC Kimlik number belong to two people."))
        holder = by_registry or by_tc
        if holder is None:
            raise _Refused(_("Nobody on the staff register has this registry or TC Kimlik number."))
        return holder


def check(rows: Sequence[Row], scope: str, by: User) -> list[Line]:
    """What each row of the table would do."""
    register = _Register(rows)
    return [register.plan(row)[0] for row in rows]


def apply(rows: Sequence[Row], scope: str, by: User) -> None:
    """Enter the certificates that are not in the register yet."""
    register = _Register(rows)
    plans = [plan for _line, plan in map(register.plan, rows) if plan is not None]
    lifecycle.enter_all([lifecycle.existing(**vars(plan)) for plan in plans], by=by)


def keeps_register(user: User) -> bool:
    """Whether the person keeps the register of certificates."""
    return bool(roles_of(user) & lifecycle.KEEPERS)


IMPORTER = Importer(
    KEY,
    gettext_lazy("Existing certificates"),
    COLUMNS,
    check,
    apply,
    keeps_register,
    lambda scope: reverse("esignature-certificates"),
    hint=gettext_lazy(
        "Each row needs the holder's registry number or TC Kimlik number. Never hand in a PIN or security word."
    ),
    most_rows=20_000,
)
