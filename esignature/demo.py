"""Invented requests and certificates of the invented province, walked through their real steps; the same at each start."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils import timezone

from accounts.models import Employee, Institution, InstitutionKind, User
from accounts.queries import people_with_role
from accounts.roles import Role
from audit.context import signed_in
from ebys.models import OutgoingLetter
from ebys.workflow import outgoing
from esignature import batches, lifecycle, queries, workflow
from esignature.models import Certificate, Kind, Reason, Request
from processes.models import Channel

KAMU_SM = "Kamu Sertifikasyon Merkezi"
LASTS = timedelta(days=3 * 365)
# Days until the end of the certificates that are there already: some over, many near, most far.
ENDS = (-40, -3, 6, 18, 27, 33, 48, 57, 63, 75, 88, 120, 160, 210, 300, 400, 520, 640, 760, 900)
RETURNED = (
    "Form imzasız teslim edilmiştir.",
    "Adres bilgisi eksiktir.",
    "Doğum yeri nüfus kaydıyla aynı değildir.",
)


@dataclass(frozen=True)
class Cast:
    """Who plays in the demo."""

    lead: User
    officer: User
    approver: User
    staff: Iterator[Employee]


def build(
    count: int, now: datetime | None = None, said: Callable[[str], None] = lambda text: None
) -> list[Request]:
    """Certificates with every distance from their end, then `count` requests in every state, a posted and a drafted batch."""
    now = now or timezone.now()
    chance = random.Random(533)  # noqa: S311 - invented data, the same at each start
    staff = list(Employee.objects.here().select_related("institution", "user").order_by("pk"))
    chance.shuffle(staff)
    cast = Cast(
        people_with_role(Role.IT_LEAD)[0],
        people_with_role(Role.IT_OFFICER)[0],
        people_with_role(Role.HIS_LEAD)[0],
        iter(staff),
    )
    _certificates(cast, timezone.localdate(now))
    said("certificates")
    opened = (_request(place, cast, now - timedelta(days=count - place)) for place in range(count))
    made = [one for one in opened if one is not None]
    _batches(cast, now)
    made += _renewals(cast)
    said(f"{len(made)} requests for signatures")
    return made


def _certificates(cast: Cast, today: date) -> None:
    for place, (days, holder) in enumerate(zip(ENDS, cast.staff, strict=False)):
        until = today + timedelta(days=days)
        kind = Kind.MOBILE if place % 7 == 5 else Kind.ESIGN
        with signed_in(cast.officer):
            one = lifecycle.existing(
                holder=holder,
                kind=kind,
                serial=f"7D{place:02d}A4C0{place * 7919 % 99991:05d}",
                carrier="Mobil hat" if kind == Kind.MOBILE else f"Akıllı kart {4100 + place}",
                valid_from=until - LASTS,
                valid_until=until,
            )
            lifecycle.enter_all([one], by=cast.officer)
            if place == 14:
                lifecycle.suspend(one, by=cast.officer, reason="Kart bulunamıyor.")
            if place == 15:
                lifecycle.revoke(one, by=cast.officer, reason="Kart çalındı.")


def _request(place: int, cast: Cast, at: datetime) -> Request | None:
    """A form on the desk; every fifth waits unchecked, every ninth goes back."""
    holder = next(cast.staff, None)
    if holder is None:
        return None
    kind = Kind.MOBILE if place % 6 == 4 else Kind.ESIGN
    reason = (Reason.FIRST, Reason.FIRST, Reason.LOST, Reason.FAULTY, Reason.CHANGED)[place % 5]
    with signed_in(cast.officer):
        request = workflow.receive_form(
            by=cast.officer,
            holder=holder,
            kind=kind,
            reason=reason,
            channel=Channel.LETTER,
            checks=() if place % 5 == 4 else queries.checks_for(kind, reason),
            now=at,
        )
        if place % 9 == 8:
            back = RETURNED[place % len(RETURNED)]
            return workflow.return_form(request, by=cast.officer, return_reason=back, now=at)
        if place % 11 == 10:
            return workflow.withdraw(
                request, by=cast.officer, withdraw_reason="Personelin görev yeri değişmiştir.", now=at
            )
    return request


def _batches(cast: Cast, now: datetime) -> None:
    """The older half of the waiting forms is posted, a few lie in a letter being drafted, the rest still waits."""
    waiting = list(queries.waiting().values_list("pk", flat=True))
    half, few = len(waiting) // 2, max(1, len(waiting) // 5)
    if not half:
        return
    recipient = _kamu_sm(cast.lead)
    with signed_in(cast.lead):
        posted = batches.collect(waiting[:half], by=cast.lead, recipient=recipient)
        batches.collect(waiting[half : half + few], by=cast.lead, recipient=recipient)
    letter = OutgoingLetter.objects.get(pk=posted.letter_id)
    with signed_in(cast.approver):
        letter = outgoing.approve(letter, by=cast.approver)
        today = timezone.localdate(now)
        outgoing.register(letter, by=cast.approver, number=f"E-99000001-719-{today:%y}533", dated=today)
    with signed_in(cast.officer):
        posted.refresh_from_db()
        posted = batches.printed(posted, by=cast.officer)
        batches.post(posted, by=cast.officer, parcel="RR533000001TR")
        for place, request in enumerate(queries.listed(posted)):
            _on_its_way(request, place, cast.officer)
        if (early := queries.waiting().last()) is not None:
            why = "Sertifikası, formu postalanmadan kuryeyle geldi."
            workflow.conclude(early, by=cast.officer, conclude_reason=why)


def _on_its_way(request: Request, place: int, by: User) -> None:
    """Of the posted forms some certificates were made, delivered, brought back or are active."""
    if place % 5 == 4:
        return
    one = lifecycle.produced(request, by=by)
    if place % 5 == 1:
        lifecycle.give_back(one, by=by, reason="Kurye adreste bulamadı.")
    elif place % 5 > 1:
        one = lifecycle.deliver(one, by=by)
    if place % 5 == 3:
        today = timezone.localdate()
        lifecycle.activate(
            one,
            by=by,
            serial=f"8E{place:02d}B7",
            carrier=f"Akıllı kart {5200 + place}",
            valid_from=today,
            valid_until=today + LASTS,
        )


def _renewals(cast: Cast) -> list[Request]:
    """Two renewals of certificates near their end: one finished online, one waiting for its form."""
    made = []
    today = timezone.localdate()
    near = Certificate.objects.expiring(today, today + timedelta(days=60)).select_related("holder__user")
    for place, one in enumerate(near.order_by("valid_until")[:2]):
        with signed_in(cast.officer):
            request = workflow.receive_form(
                by=cast.officer,
                holder=one.holder,
                kind=one.kind,
                reason=Reason.RENEWAL,
                channel=Channel.PORTAL,
            )
            if place == 0:
                request = workflow.renew_online(
                    request,
                    by=cast.officer,
                    online_reason="Kamu SM sayfasında geçerli e-imza ile onaylanmıştır.",
                )
        made.append(request)
    return made


def _kamu_sm(by: User) -> Institution:
    """The invented addressee of the letters."""
    with signed_in(by):
        place, _made = Institution.objects.get_or_create(
            detsis_no="99005330",
            defaults={
                "name": KAMU_SM,
                "name_dative": "KAMU SERTİFİKASYON MERKEZİNE",
                "kind": InstitutionKind.MINISTRY,
            },
        )
    return place
