"""What a table of certificates does, row by row: which request it answers, which certificate goes on, what is new.

A row names its holder by request number, registry number or TC Kimlik number, and says how far the certificate is: produced,
delivered, or active with serial number and dates. It answers the holder's request of that kind if the certificate came
after it; a request still open is closed by that. Rows are judged here without writing; `arrivals` writes them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts import sealed
from accounts.models import Employee, User
from accounts.models.staff import TC, registry_key
from esignature import workflow
from esignature.models import LIVE, ON_THE_WAY, Certificate, CertificateState, Kind, Request, State
from esignature.models.certificates import normal_serial
from esignature.queries import ANSWERED
from esignature.secrecy import REFUSAL, tells_a_secret
from processes.imports import Line, Row, Verdict
from processes.turkish import fold

KINDS = {
    "e-imza": Kind.ESIGN,
    "eimza": Kind.ESIGN,
    "e-signature": Kind.ESIGN,
    "mobil imza": Kind.MOBILE,
    "mobil": Kind.MOBILE,
    "mobile signature": Kind.MOBILE,
}
OPEN = (State.RECEIVED, State.WRITTEN)


class _Refused(Exception):
    """Why a row is not taken."""


class _Named(NamedTuple):
    """A request a row names by its number."""

    pk: int
    holder: int | None
    kind: str
    state: str


@dataclass
class Plan:
    """What one row does: it goes on with `known`, answers `request`, and `replaces` ends by it."""

    holder: Employee
    kind: str
    serial: str
    carrier: str
    produced_on: date | None
    delivered_on: date | None
    valid_from: date | None
    valid_until: date | None
    named: _Named | None = None
    request: Request | None = None
    known: Certificate | None = None
    replaces: Certificate | None = None
    told: list[str] = field(default_factory=list)

    @property
    def is_active(self) -> bool:
        """The row has what stands on the certificate."""
        return self.valid_until is not None

    @property
    def is_over(self) -> bool:
        """Its last day has passed."""
        return self.valid_until is not None and self.valid_until < timezone.localdate()

    @property
    def began(self) -> date:
        """The first day the row speaks of."""
        days = [day for day in (self.produced_on, self.valid_from, self.delivered_on) if day is not None]
        return min(days)


class Register:
    """What the rows of one table are compared with, read in a handful of queries."""

    def __init__(self, rows: Sequence[Row], by: User) -> None:
        self._by = by
        self._today = timezone.localdate()
        cells = [row.values for row in rows]
        people = Employee.objects.only("first_name", "last_name", "registry_no", "tc_token", "user")
        tokens = {token for cell in cells if cell["tc"] for token in sealed.tokens(TC, cell["tc"])}
        serials = {normal_serial(cell["serial"]) for cell in cells} - {""}
        numbers = {cell["request"] for cell in cells} - {""}
        asked = Request.objects.visible_to(by).filter(number__in=numbers)
        self._asked = {
            number: _Named(*rest)
            for number, *rest in asked.values_list("number", "pk", "holder", "kind", "state")
        }
        self._by_registry = {
            registry_key(one.registry_no or ""): one
            for one in people.with_registry(cell["registry_no"] for cell in cells)
        }
        self._by_tc = {one.tc_token: one for one in people.filter(tc_token__in=tokens)}
        self._by_key = people.in_bulk({one.holder for one in self._asked.values() if one.holder is not None})
        holders = {
            one.pk for one in (*self._by_registry.values(), *self._by_tc.values(), *self._by_key.values())
        }
        certificates = Certificate.objects.select_related("request").defer("request__search")
        self._by_serial = {one.serial: one for one in certificates.filter(serial__in=serials)}
        mine = certificates.filter(holder__in=holders)
        self._live = {(one.holder_id, one.kind): one for one in mine.filter(state__in=LIVE)}
        self._on_the_way: dict[tuple[int, str], list[Certificate]] = {}
        for one in mine.filter(state__in=ON_THE_WAY).order_by("-pk"):
            self._on_the_way.setdefault((one.holder_id, one.kind), []).append(one)
        unanswered = (
            Request.objects.visible_to(by)
            .light()
            .filter(holder__in=holders, certificate__isnull=True)
            .filter(Q(state__in=ANSWERED) | Q(state__in=OPEN))
            .select_related("batch__letter")
            .defer("search", "batch__letter__search")
            .order_by("-opened_at", "-pk")
        )
        self._unanswered: dict[tuple[int | None, str], list[Request]] = {}
        for request in unanswered:
            self._unanswered.setdefault((request.holder_id, request.kind), []).append(request)
        self._serial_rows: dict[str, int] = {}
        self._holder_rows: dict[tuple[int, str], int] = {}

    def plan(self, row: Row) -> tuple[Line, Plan | None]:
        """What the row does, and how the preview tells it."""
        named = (row.values["request"], row.values["serial"], row.values["registry_no"])
        told = next((text for text in named if text and not tells_a_secret(text)), "")
        label = normal_serial(told) if told == row.values["serial"] else told
        try:
            plan = self._understood(row)
            verdict = self._judged(plan)
        except _Refused as refusal:
            return Line(row.number, Verdict.REFUSED, label, str(refusal)), None
        if verdict == Verdict.SAME:
            return Line(row.number, verdict, plan.holder.full_name, plan.serial), None
        return Line(row.number, verdict, plan.holder.full_name, " · ".join(plan.told)), plan

    def _understood(self, row: Row) -> Plan:
        values = row.values
        if any(tells_a_secret(text) for text in values.values()):
            raise _Refused(str(REFUSAL))
        serial = normal_serial(values["serial"])
        if serial and (first := self._serial_rows.setdefault(serial, row.number)) != row.number:
            raise _Refused(_("The same serial number stands in row %(row)d.") % {"row": first})
        produced, delivered = _day(values["produced_on"]), _day(values["delivered_on"])
        begins, ends = _day(values["valid_from"]), _day(values["valid_until"])
        if any((serial, begins, ends)) and not all((serial, begins, ends)):
            raise _Refused(_("An active certificate has its serial number and both dates."))
        if not any((serial, produced, delivered)):
            raise _Refused(
                _("The row says nothing of the certificate: not produced, not delivered, no serial number.")
            )
        if begins and ends and ends <= begins:
            raise _Refused(_("A certificate ends after it began."))
        for day in (produced, delivered):
            if day and day > self._today:
                raise _Refused(_("The day of production or delivery is still to come."))
        if produced and delivered and delivered < produced:
            raise _Refused(_("A certificate is delivered after it was produced."))
        holder = self._holder(values)
        kind = self._kind(values)
        named = self._asked.get(values["request"])
        plan = Plan(holder, kind, serial, values["carrier"], produced, delivered, begins, ends, named)
        if not plan.is_over and (
            (first := self._holder_rows.setdefault((holder.pk, kind), row.number)) != row.number
        ):
            raise _Refused(_("The holder stands in row %(row)d already, for the same kind.") % {"row": first})
        return plan

    def _kind(self, values: dict[str, str]) -> str:
        """The kind written; without one that of the request named, else an e-signature."""
        named = self._asked.get(values["request"])
        if not values["kind"]:
            return named.kind if named is not None else Kind.ESIGN
        kind = KINDS.get(fold(values["kind"]))
        if kind is None:
            raise _Refused(_("The kind is “E-imza” or “Mobil imza”."))
        if named is not None and named.kind != kind:
            raise _Refused(_("The request is for the other kind of signature."))
        return kind

    def _holder(self, values: dict[str, str]) -> Employee:
        """Who on the staff register the row is about; the numbers must not speak of several people."""
        found = []
        if values["request"]:
            if values["request"] not in self._asked:
                raise _Refused(_("There is no request with that number."))
            found.append(self._by_key.get(self._asked[values["request"]].holder or 0))
        if values["registry_no"]:
            found.append(self._by_registry.get(registry_key(values["registry_no"])))
        if values["tc"]:
            tokens = sealed.tokens(TC, values["tc"])
            found.append(next((self._by_tc[token] for token in tokens if token in self._by_tc), None))
        people = {one.pk: one for one in found if one is not None}
        if len(people) > 1:
            raise _Refused(_("The numbers of this row belong to different people."))
        if not people:
            raise _Refused(_("Nobody on the staff register has this registry or TC Kimlik number."))
        return next(iter(people.values()))

    def _judged(self, plan: Plan) -> str:
        """New, going on, or as it was; the plan learns which certificate and which request it is about."""
        place = (plan.holder.pk, plan.kind)
        known = self._by_serial.get(plan.serial) if plan.serial else None
        if known is not None:
            return self._known_serial(plan, known)
        fits = (None, plan.named.pk) if plan.named else None
        for one in self._on_the_way.get(place, []):
            if not plan.is_over and (fits is None or one.request_id in fits):
                return self._goes_on(plan, one)
        live = self._live.get(place)
        if not plan.is_active and live is not None and self._was_told(plan, live):
            return Verdict.SAME
        plan.request = self._answered(plan)
        if plan.is_active and not plan.is_over and live is not None:
            if plan.request is None and not live.is_over():
                raise _Refused(
                    _("The holder has a certificate of this kind that has not ended: %(serial)s.")
                    % {"serial": live.serial}
                )
            plan.replaces = live
            plan.told.append(_("Takes the place of %(serial)s.") % {"serial": live.serial})
        if not plan.is_active and plan.request is None:
            raise _Refused(_("No request of this holder and kind waits for a certificate."))
        plan.told.insert(0, self._stage(plan))
        self._tell_request(plan)
        return Verdict.NEW

    def _known_serial(self, plan: Plan, known: Certificate) -> str:
        """A certificate of the register: the same, or the same with the request it answered all along."""
        same = (known.holder_id, known.kind, known.valid_from, known.valid_until)
        if same != (plan.holder.pk, plan.kind, plan.valid_from, plan.valid_until):
            raise _Refused(_("This serial number is in the register with another holder or other dates."))
        plan.known = known
        if known.request_id is None and (request := self._answered(plan)) is not None:
            plan.request = request
            self._tell_request(plan)
            return Verdict.CHANGED
        return Verdict.SAME

    def _goes_on(self, plan: Plan, known: Certificate) -> str:
        """A certificate produced or delivered before: what is new about it."""
        plan.known = known
        if known.state == CertificateState.DELIVERED:
            if not plan.is_active:
                return Verdict.SAME
        elif plan.delivered_on is None:
            if plan.is_active:
                raise _Refused(_("Write the day of delivery too: the register has it as not delivered yet."))
            if known.state == CertificateState.RETURNED:
                raise _Refused(_("It came back to Kamu SM; write the day it was delivered."))
            return Verdict.SAME
        elif known.produced_on and plan.delivered_on < known.produced_on:
            raise _Refused(_("A certificate is delivered after it was produced."))
        live = self._live.get((plan.holder.pk, plan.kind))
        if plan.is_active and live is not None:
            plan.told.append(_("Takes the place of %(serial)s.") % {"serial": live.serial})
        plan.told.insert(0, self._stage(plan))
        if known.request_id is None:
            plan.request = self._answered(plan)
            self._tell_request(plan)
        return Verdict.CHANGED

    def _was_told(self, plan: Plan, live: Certificate) -> bool:
        """The live certificate is the very one whose production or delivery the row tells."""
        return (
            live.request_id is not None
            and plan.produced_on in (None, live.produced_on)
            and plan.delivered_on in (None, live.delivered_on)
        )

    def _answered(self, plan: Plan) -> Request | None:
        """The request named; else the newest of the holder and kind that the certificate may have come of."""
        rows = self._unanswered.get((plan.holder.pk, plan.kind), [])
        if plan.named is not None:
            rows = [one for one in rows if one.pk == plan.named.pk]
            if not rows:
                state = State(plan.named.state).label
                raise _Refused(_("The request waits for no certificate: %(state)s.") % {"state": state})
        for request in rows:
            if plan.began < timezone.localdate(request.opened_at):
                if plan.named is not None:
                    raise _Refused(_("The certificate is older than the request."))
                continue
            if request.state in OPEN and (refusal := workflow.FLOW.refusal("conclude", request, self._by)):
                raise _Refused(f"{request.number}: {refusal.message}")
            return request
        return None

    def _stage(self, plan: Plan) -> str:
        if plan.is_over:
            return _("Entered as expired.")
        if plan.is_active:
            return _("Active: %(serial)s.") % {"serial": plan.serial}
        if plan.delivered_on is not None:
            return _("Delivered on %(day)s.") % {"day": date_format(plan.delivered_on, "d.m.Y")}
        assert plan.produced_on is not None
        return _("Produced on %(day)s.") % {"day": date_format(plan.produced_on, "d.m.Y")}

    def _tell_request(self, plan: Plan) -> None:
        if plan.request is None:
            return
        words = (
            _("Closes the request %(number)s.") if plan.request.state in OPEN else _("Answers %(number)s.")
        )
        plan.told.append(words % {"number": plan.request.number})


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
