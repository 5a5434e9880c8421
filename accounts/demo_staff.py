"""The invented staff of the province: those with an account, and others who have none. No TC Kimlik numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import NamedTuple

from accounts.demo_province import PLACES, UNITS
from accounts.models import Employee, Institution, InstitutionKind, Unit, User
from accounts.turkish import fold
from audit import trail

OTHERS = 84
STARTED = date(2019, 2, 4)
LEFT = date(2026, 3, 2)
LEFT_EVERY = 14  # one in so many has left
FIRST_NAMES = (
    *(
        "Abdullah",
        "Aylin",
        "Barış",
        "Belgin",
        "Cemil",
        "Çiğdem",
        "Doğan",
        "Ebru",
        "Erdem",
        "Fatma",
        "Gizem",
        "Güven",
    ),
    *(
        "Hakan",
        "Ilgın",
        "İpek",
        "Jale",
        "Koray",
        "Lale",
        "Mahmut",
        "Nazlı",
        "Oğuz",
        "Öykü",
        "Pelin",
        "Rüstem",
    ),
    *("Selin", "Şahin", "Tülay", "Ufuk", "Ülkü", "Vildan", "Yiğit", "Zerrin"),
)
LAST_NAMES = (
    *(
        "Akdeniz",
        "Bayındır",
        "Ceylanlı",
        "Çamlıbel",
        "Dumanlı",
        "Eğilmez",
        "Fındıkçı",
        "Gökçeli",
        "Hızır",
        "Ilgaz",
    ),
    *(
        "İncekara",
        "Kuruçay",
        "Limoncu",
        "Mercanlı",
        "Narlı",
        "Ormancı",
        "Ötüken",
        "Pınarbaşı",
        "Sığırcı",
        "Şimşekli",
    ),
    *("Taşköprü", "Uludere", "Üçgül", "Varol", "Yağızer", "Zeybekli", "Bozoklu"),
)
TITLES = (
    *(
        "Hemşire",
        "Tıbbi Sekreter",
        "Uzman Doktor",
        "Ebe",
        "Sağlık Memuru",
        "Laborant",
        "Eczacı",
        "Röntgen Teknisyeni",
    ),
    *("Veri Hazırlama Kontrol İşletmeni", "Diyetisyen", "Fizyoterapist"),
)
OUTSIDE = (InstitutionKind.MINISTRY, InstitutionKind.VENDOR, InstitutionKind.OTHER)


class Hand(NamedTuple):
    """An invented member of the staff without an account."""

    number: str
    first_name: str
    last_name: str
    title: str
    place: str
    unit: str
    started_on: date
    left_on: date | None


def others() -> Iterator[Hand]:
    """The same people each time: names, titles and places walk round at different paces."""
    places = [place.key for place in PLACES if place.kind not in OUTSIDE]
    for index in range(OTHERS):
        place = places[(index * 5 + index // len(places)) % len(places)]
        units = UNITS.get(place, ())
        started = STARTED + timedelta(days=29 * index)
        has_left = index % LEFT_EVERY == LEFT_EVERY - 1 and started < LEFT
        yield Hand(
            f"P{index + 1:05d}",
            FIRST_NAMES[index % len(FIRST_NAMES)],
            LAST_NAMES[(index * 7) % len(LAST_NAMES)],
            TITLES[(index * 3) % len(TITLES)],
            place,
            units[index % len(units)] if units else "",
            started,
            LEFT + timedelta(days=index) if has_left else None,
        )


def build_staff(
    people: Iterable[User], institutions: Mapping[str, Institution], units: Mapping[tuple[str, str], Unit]
) -> dict[str, Employee]:
    """Put them on the register, by registry number; asked again it only adds those who are missing."""
    known = {one.registry_no: one for one in Employee.objects.exclude(registry_no=None)}
    rows = [_with_account(user) for user in people if _is_ours(user)]
    rows += [_without_account(hand, institutions, units) for hand in others()]
    fresh = [row for row in rows if row.registry_no not in known]
    for row in fresh:
        row.full_clean(
            exclude=["institution", "unit", "user"], validate_unique=False, validate_constraints=False
        )
    Employee.objects.bulk_create(fresh)
    trail.bulk_created(fresh)
    return {str(row.registry_no): row for row in [*known.values(), *fresh]}


def _is_ours(user: User) -> bool:
    return user.institution is not None and user.institution.kind not in OUTSIDE


def _without_account(
    hand: Hand, institutions: Mapping[str, Institution], units: Mapping[tuple[str, str], Unit]
) -> Employee:
    number = int(hand.number[1:])
    return Employee(
        first_name=hand.first_name,
        last_name=hand.last_name,
        title=hand.title,
        registry_no=hand.number,
        institution=institutions[hand.place],
        unit=units.get((hand.place, hand.unit)),
        email=f"{fold(hand.first_name)}.{fold(hand.last_name)}@{hand.place}.example",
        phone=f"0 000 555 80 {number:02d}",
        started_on=hand.started_on,
        left_on=hand.left_on,
    )


def _with_account(user: User) -> Employee:
    """Somebody who has an account, as the register knows them."""
    assert user.institution is not None
    return Employee(
        first_name=user.first_name,
        last_name=user.last_name,
        title=user.title,
        registry_no=user.registry_no,
        institution=user.institution,
        unit=user.unit,
        email=user.email,
        phone=user.phone,
        user=user,
        started_on=STARTED,
    )
