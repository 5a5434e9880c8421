"""Tables taken in: read, judged, shown, then written as a whole or dropped; nothing about people outlives the decision."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from accounts.models import Institution, Unit, User
from accounts.roles import Role
from audit.models import Entry
from processes import imports
from processes.errors import DomainError, NotFound, RuleBroken, TooLarge, UnknownMedia, WrongState
from processes.imports import Column, Importer, Line, Offer, Row, machine
from processes.models import ImportLine, ImportState, TableImport, Verdict
from tests.accounts.people import institution, person

pytestmark = pytest.mark.django_db

COLUMNS = (Column("name", ("Birim",), required=True), Column("code", ("Kod",)))


def check(rows: Sequence[Row], scope: str, by: User) -> list[Line]:
    """Units of an institution, by name."""
    there = dict(Unit.objects.filter(institution=scope).values_list("name", "code"))
    lines = []
    for row in rows:
        name, code = row.values["name"], row.values["code"]
        if code == "kötü":
            lines.append(Line(row.number, Verdict.REFUSED, name, "Bu kod olmaz."))
        elif name not in there:
            lines.append(Line(row.number, Verdict.NEW, name))
        else:
            lines.append(Line(row.number, Verdict.SAME if there[name] == code else Verdict.CHANGED, name))
    return lines


def apply(rows: Sequence[Row], scope: str, by: User) -> None:
    for row in rows:
        if row.values["code"] == "olmadı":
            raise ValidationError("Bu satır yazılamadı.")
        Unit.objects.update_or_create(
            institution_id=int(scope), name=row.values["name"], defaults={"code": row.values["code"]}
        )


def offers(rows: Sequence[Row], scope: str, by: User) -> list[Offer]:
    named = {row.values["name"] for row in rows}
    others = Unit.objects.filter(institution=scope).exclude(name__in=named)
    return [Offer(str(unit.pk), unit.name) for unit in others]


def take_offers(keys: Sequence[str], scope: str, by: User) -> None:
    Unit.objects.filter(pk__in=keys).update(is_active=False)


def scope_title(scope: str, by: User) -> str:
    found = Institution.objects.filter(pk=scope).first() if scope.isdigit() else None
    if found is None:
        raise NotFound("Yok.")
    return found.name


UNITS = Importer(
    "units-test",
    "Birimler",
    COLUMNS,
    check,
    apply,
    lambda user: user.institution is not None,
    lambda scope: "/",
    scope_title=scope_title,
    offers=offers,
    take_offers=take_offers,
    most_rows=50,
)


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine knows the test's importer for this test only."""
    monkeypatch.setattr(imports, "_known", {**imports._known, UNITS.key: UNITS})


@pytest.fixture
def officer() -> User:
    return person(Role.IT_OFFICER)


@pytest.fixture
def place() -> Institution:
    return institution()


def file(*rows: str, heads: str = "Birim;Kod") -> io.BytesIO:
    return io.BytesIO("\n".join((heads, *rows)).encode())


def taken_in(place: Institution, by: User, *rows: str) -> TableImport:
    return machine.take_in(UNITS, file(*rows), "birimler.csv", scope=str(place.pk), by=by)


def units(place: Institution) -> dict[str, str]:
    return dict(Unit.objects.filter(institution=place).values_list("name", "code"))


def test_the_preview_judges_every_row_and_writes_nothing(officer: User, place: Institution) -> None:
    Unit.objects.create(institution=place, name="Arşiv", code="1")
    Unit.objects.create(institution=place, name="Kalite", code="2")
    table = taken_in(place, officer, "Arşiv;1", "Kalite;3", "Bilgi İşlem;4", "Yok;kötü", ";5")
    assert table.counts == {"new": 1, "changed": 1, "same": 1, "refused": 2}
    assert list(table.lines.values_list("row", "verdict")) == [
        *((2, "same"), (3, "changed"), (4, "new"), (5, "refused"), (6, "refused")),
    ]
    assert units(place) == {"Arşiv": "1", "Kalite": "2"}


def test_confirming_writes_what_was_accepted_and_forgets_the_rows(officer: User, place: Institution) -> None:
    table = taken_in(place, officer, "Arşiv;1", "Yok;kötü")
    done = machine.confirm(UNITS, table, by=officer)
    assert units(place) == {"Arşiv": "1"}
    assert (done.state, done.content, done.new_count, done.refused_count) == (ImportState.APPLIED, None, 1, 1)
    assert not ImportLine.objects.filter(table=table).exists()


def test_the_same_file_again_changes_nothing_and_says_so(officer: User, place: Institution) -> None:
    first = machine.confirm(UNITS, taken_in(place, officer, "Arşiv;1"), by=officer)
    again = taken_in(place, officer, "Arşiv;1")
    assert (again.same_count, again.changes_something) == (1, False)
    assert machine.same_file_before(again) == first


def test_another_file_was_not_taken_in_before(officer: User, place: Institution) -> None:
    machine.confirm(UNITS, taken_in(place, officer, "Arşiv;1"), by=officer)
    assert machine.same_file_before(taken_in(place, officer, "Arşiv;2")) is None


def test_what_changed_since_the_preview_is_shown_before_it_is_written(
    officer: User, place: Institution
) -> None:
    table = taken_in(place, officer, "Arşiv;1", ";9")
    Unit.objects.create(institution=place, name="Arşiv", code="7")
    with pytest.raises(WrongState):
        machine.confirm(UNITS, table, by=officer)
    table.refresh_from_db()
    assert units(place) == {"Arşiv": "7"}
    assert table.counts == {"new": 0, "changed": 1, "same": 0, "refused": 1}
    machine.confirm(UNITS, table, by=officer)
    assert units(place) == {"Arşiv": "1"}


def test_a_row_that_cannot_be_written_takes_all_back(officer: User, place: Institution) -> None:
    table = taken_in(place, officer, "Arşiv;1", "Kalite;olmadı")
    with pytest.raises(RuleBroken, match="yazılamadı"):
        machine.confirm(UNITS, table, by=officer)
    table.refresh_from_db()
    assert (units(place), table.state) == ({}, ImportState.PREVIEWED)


def test_what_somebody_else_wrote_meanwhile_takes_all_back(officer: User, place: Institution) -> None:
    Unit.objects.create(institution=place, name="Kalite", code="1")
    table = taken_in(place, officer, "Arşiv;7", "Acil;1")
    with pytest.raises(WrongState):
        machine.confirm(UNITS, table, by=officer)
    table.refresh_from_db()
    assert (units(place), table.state) == ({"Kalite": "1"}, ImportState.PREVIEWED)


def test_a_table_is_decided_once(officer: User, place: Institution) -> None:
    table = taken_in(place, officer, "Arşiv;1")
    machine.confirm(UNITS, table, by=officer)
    for act in (lambda: machine.confirm(UNITS, table, by=officer), lambda: machine.drop(table, by=officer)):
        with pytest.raises(WrongState):
            act()


def test_dropping_forgets_the_rows(officer: User, place: Institution) -> None:
    dropped = machine.drop(taken_in(place, officer, "Arşiv;1"), by=officer)
    assert (dropped.state, dropped.content, dropped.lines.count()) == (ImportState.DROPPED, None, 0)
    assert units(place) == {}


def test_a_new_preview_takes_the_place_of_an_undecided_one(officer: User, place: Institution) -> None:
    first, other = taken_in(place, officer, "Arşiv;1"), taken_in(institution(), officer, "Arşiv;1")
    second = taken_in(place, officer, "Arşiv;2")
    states = {table.pk: table.state for table in TableImport.objects.all()}
    assert states == {first.pk: "dropped", other.pk: "previewed", second.pk: "previewed"}


def test_offers_are_done_only_when_ticked(officer: User, place: Institution) -> None:
    gone = Unit.objects.create(institution=place, name="Eski", code="1")
    stays = Unit.objects.create(institution=place, name="Kalır", code="2")
    table = taken_in(place, officer, "Arşiv;5")
    assert [offer.key for offer in machine.offers_of(UNITS, table, officer)] == [str(gone.pk), str(stays.pk)]
    done = machine.confirm(UNITS, table, by=officer, ticked=[str(gone.pk)])
    active = dict(Unit.objects.filter(institution=place).values_list("name", "is_active"))
    assert active == {"Eski": False, "Kalır": True, "Arşiv": True}
    assert done.taken_offers == 1


def test_an_offer_that_was_not_made_is_refused(officer: User, place: Institution) -> None:
    elsewhere = Unit.objects.create(institution=institution(), name="Başka", code="1")
    with pytest.raises(WrongState):
        machine.confirm(UNITS, taken_in(place, officer, "Arşiv;1"), by=officer, ticked=[str(elsewhere.pk)])
    assert Unit.objects.get(pk=elsewhere.pk).is_active


def test_nothing_is_offered_while_a_row_is_refused(officer: User, place: Institution) -> None:
    Unit.objects.create(institution=place, name="Eski", code="1")
    assert machine.offers_of(UNITS, taken_in(place, officer, "Arşiv;1", ";2"), officer) == []


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", RuleBroken),
        (b"a;b\n1;2", RuleBroken),
        (b"Birim\n" + b"A\n" * 51, TooLarge),
        (b"%PDF-1.4", UnknownMedia),
    ],
)
def test_a_file_that_is_no_such_table_leaves_nothing(
    content: bytes, refusal: type[DomainError], officer: User, place: Institution
) -> None:
    with pytest.raises(refusal):
        machine.take_in(UNITS, io.BytesIO(content), "x.csv", scope=str(place.pk), by=officer)
    assert not TableImport.objects.exists()


def test_a_scope_that_is_not_theirs_is_not_found(officer: User) -> None:
    with pytest.raises(NotFound):
        machine.take_in(UNITS, file("Arşiv;1"), "x.csv", scope="0", by=officer)


def test_only_who_handed_a_table_in_sees_it(officer: User, place: Institution) -> None:
    table = taken_in(place, officer, "Arşiv;1")
    assert machine.table_for(UNITS, table.pk, officer) == table
    with pytest.raises(NotFound):
        machine.table_for(UNITS, table.pk, person(Role.IT_OFFICER))


def test_an_importer_is_found_only_by_those_it_is_for(officer: User) -> None:
    assert imports.importer_for(UNITS.key, officer) == UNITS
    nobody = person(Role.IT_OFFICER)
    nobody.institution = None
    for key, user in ((UNITS.key, nobody), ("yok", officer)):
        with pytest.raises(NotFound):
            imports.importer_for(key, user)


def test_rows_lie_sealed_while_they_wait(officer: User, place: Institution) -> None:
    table = taken_in(place, officer, "Kırmızıkaranfil;1")
    assert table.content is not None
    assert b"karanfil" not in bytes(table.content)
    assert not any("karanfil" in str(told) for told in Entry.objects.values_list("changes", flat=True))


def test_what_nobody_decides_within_a_week_is_forgotten(officer: User, place: Institution) -> None:
    old, young = taken_in(place, officer, "Arşiv;1"), taken_in(institution(), officer, "Arşiv;1")
    now = timezone.now() + timedelta(days=7, minutes=1)
    TableImport.objects.filter(pk=young.pk).update(at=now)
    assert machine.forget_undecided(now=now) == 1
    old.refresh_from_db()
    assert (old.state, old.content, old.lines.count()) == (ImportState.DROPPED, None, 0)
