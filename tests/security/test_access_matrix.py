"""Every door, every kind of person, every kind of record: answered as the committed table says.

When a right was changed on purpose, `WRITE_MATRIX=1` writes the table anew; the difference is then read before it is
committed.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as base
from django.core.cache.backends.dummy import DummyCache

from accounts.roles import UNIT_STAFF, Role
from config.access import rule_of
from processes import limits
from tests.engine.cast import NOBODY
from tests.security import matrix
from tests.security.house import (
    ANYBODY,
    AT_THE_PAGES,
    DEPUTY,
    FOREIGN_HEAD,
    FOREIGNER,
    IN_THE_ADMIN,
    PROGRAMS_OF,
    VISITORS,
    House,
    Table,
    build,
)
from tests.security.test_described_api import WITHOUT_LIMIT

PLACE = Path(base.BASE_DIR) / "docs" / "access-matrix.md"
HEAD = """\
<!-- `WRITE_MATRIX=1 .venv/bin/pytest tests/security/test_access_matrix.py` yazar; elle değiştirilmez. -->

# Erişim çizelgesi

Her adres, içindeki her kayıt türü ve her kişi için portalın verdiği yanıt. Hücrede önce okuma (GET), sonra boş yazma (POST)
isteğinin durum kodu vardır: 200 açıldı, 302 yönlendirildi (giriş sayfasına ya da işten sonra), 400–422 içerik reddedildi,
403 yetkisi yok, 404 yok ya da varlığı gizli, 405 bu yöntem yok, 409 durumu uygun değil. Adımların dolu formlarla
durum × adım × rol denemesi `tests/engine/test_matrix.py` içindedir.

Kişiler: `requesting_staff` kayıtların sahibidir; `colleague` ve `requesting_unit_head` aynı kurumda, `foreign_staff` ve
`foreign_head` başka kurumda çalışır; `nobody` rolü olmayan, `deputy` sorumlu `it_lead` adına vekâleten çalışan kişidir.

"""


@pytest.fixture
def house(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> House:
    # Nobody is sent away for asking often: that would depend on the order of the columns and is no right.
    monkeypatch.setattr(limits, "cache", DummyCache("counts nothing", {}))
    settings.REST_FRAMEWORK = base.REST_FRAMEWORK | {"DEFAULT_THROTTLE_RATES": WITHOUT_LIMIT}
    return build()


# An answer that is an accident is no rule, nor one that depends on how often was asked before.
FAILED = re.compile(r"\b(?:5\d\d|429)\b")


def as_text(title: str, visitors: tuple[str, ...], table: Table) -> str:
    head = ("Adres", "Kayıt", *(f"`{who}`" for who in visitors))
    lines = [f"## {title}", "", "| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += [
        "| " + " | ".join((f"`{name}`", record, *cells)) + " |" for (name, record), cells in table.items()
    ]
    return "\n".join(lines) + "\n\n"


def section(title: str) -> str:
    """A part of the committed table."""
    text = PLACE.read_text(encoding="utf-8") if PLACE.exists() else ""
    return next((f"## {part}" for part in text.split("## ")[1:] if part.startswith(title)), "")


def agrees(title: str, visitors: tuple[str, ...], table: Table) -> None:
    now = as_text(title, visitors, table)
    broken = [f"{name} {record}" for (name, record), cells in table.items() if FAILED.search(" ".join(cells))]
    assert broken == []
    if os.environ.get("WRITE_MATRIX"):
        text = PLACE.read_text(encoding="utf-8") if PLACE.exists() else HEAD
        old = section(title)
        PLACE.write_text(text.replace(old, now) if old else text + now, encoding="utf-8")
    wrong = set(now.splitlines()) ^ set(section(title).splitlines())
    assert not wrong, "\n".join(sorted(wrong))


def status(cell: str, place: int) -> int:
    return int(cell.split()[place])


def test_pages_answer_as_the_table_says(house: House) -> None:
    table = matrix.asked(house, matrix.pages(house), AT_THE_PAGES)
    broken = [
        f"{row} {cells}"
        for row, cells in table.items()
        if any(cell[0] == "5" or " 5" in cell for cell in cells)
    ]
    assert broken == []
    opened = []
    for (address, record), cells in table.items():
        rule = rule_of(address.partition(" ")[0])
        assert rule is not None
        for who, cell in zip(AT_THE_PAGES, cells, strict=True):
            in_unit = who in UNIT_STAFF or who == DEPUTY
            if (rule.needs_login and who == ANYBODY and set(cell.split()) - {"302"}) or (
                rule.name == "unit" and who != ANYBODY and not in_unit and set(cell.split()) - {"403"}
            ):
                opened.append(f"{address} {record} {who}: {cell}")
    assert opened == []
    agrees("Sayfalar", AT_THE_PAGES, table)


def test_the_api_answers_as_the_table_says(house: House) -> None:
    table = matrix.asked(house, matrix.programs(house), PROGRAMS_OF, program=True)
    assert [row for row, cells in table.items() if set(cells[0].split()) - {"401", "405"}] == []
    agrees("Programlar (`/api/v1/`)", PROGRAMS_OF, table)


def test_the_admin_answers_as_the_table_says(house: House) -> None:
    table = matrix.asked(house, matrix.offices(), IN_THE_ADMIN)
    ours = IN_THE_ADMIN.index(Role.UNIT_HEAD)
    let_in = [
        f"{name} {who}: {cell}"
        for (name, _record), cells in table.items()
        for who, cell in zip(IN_THE_ADMIN[1:ours], cells[1:ours], strict=True)
        if name not in {"login", "logout"} and {status(cell, 0), status(cell, 1)} - {403, 404}
    ]
    assert let_in == []
    agrees("Yönetim (`/admin/`)", IN_THE_ADMIN, table)


def test_cases_are_listed_counted_and_exported_only_to_those_who_may_see_them(house: House) -> None:
    table = matrix.seen(house)
    foreign = [VISITORS.index(who) for who in (FOREIGNER, FOREIGN_HEAD)]
    strangers = [VISITORS.index(who) for who in (ANYBODY, NOBODY, Role.MINISTRY_UNIT_HEAD)]
    assert [
        row for row, cells in table.items() if any(set(cells[place]) & set("ABC") for place in foreign)
    ] == []
    assert [
        row for row, cells in table.items() if any(set(cells[place]) & set("ABCD") for place in strangers)
    ] == []
    agrees(
        "Listeler, aramalar, dışa aktarımlar (A: kendi, B: kendi kapalı, C: iş arkadaşının, D: başka kurumun)",
        VISITORS,
        table,
    )
