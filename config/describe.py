"""What the code itself says about roles and flows, as pages for people: `docs/roles.md` and `docs/workflows/`.

Written by `make generate`, compared by `make check`; in Turkish, with the code names beside the words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.functional import Promise

from accounts.authority import Authority
from accounts.models import User
from accounts.roles import ADMIN_PERMISSIONS, UNIT_STAFF, Role
from config.access import ACCESS
from ebys.workflow.incoming import INCOMING
from ebys.workflow.outgoing import OUTGOING
from processes import approval, exchange
from processes.exchange import EditionText, StepText
from processes.gate import Gate, Move
from processes.rooms import Room, all_rooms
from processes.turkish import tr_upper

HEAD = "<!-- `make generate` yazar; elle değiştirilmez. Kaynak: {source} -->\n\n"
YES, NO = "●", ""
ABOUT_STEPS = """\
Adımı kimin atabileceğini yürürlükteki katalog sürümü söyler; aşağıdaki tablolar programla gelen başvuru
sürümündendir. Birim, katalogda yeni bir sürüm onaylayınca o sürüm geçerli olur. ● rolün kendisini ya da
ona vekâlet edeni gösterir; sütun başlıklarındaki kod adları ilk tablodadır.

"""
ABOUT_SIGHT = """\
Birim personelinin girişte ikinci doğrulama adımı vardır ve bütün kayıtları görür; öbürleri yalnızca kendi
kayıtlarını, `requesting_unit_head` ayrıca kurumunun kayıtlarını görür.

"""
ABOUT_MOVES = """\
Adım olmayan hareketlerin rollerini oda ya da yazışma kodu söyler; *kişi* sütunu rolü daha da daraltan
kuralın, *kural* sütunu kayda bakan kuralın koddaki adıdır.

"""
ABOUT_ADMIN = """\
Yalnızca kendi adına (vekâleten değil) birim sorumlusu olan girer. Hiçbir kayıt silinmez.

"""
ABOUT_PAGES = """\
Satırı olmayan adres herkese kapalıdır. Sayfanın açılması, içindekinin görüneceği anlamına gelmez: ne
görüneceğini `visible_to`, ne yapılabileceğini kapı söyler.

"""
ABOUT_FLOW = """\
Numaralı oklar resmî adımlardır; numarasızları birimin ayrıca yaptıklarıdır. Kayıt açıkken durduğu
durumdan çıkan ilk resmî adımı bekler.

"""
ACTIONS = {"view": "görür", "add": "ekler", "change": "değiştirir", "delete": "siler"}


def files() -> dict[str, Callable[[], str]]:
    """Every page this module writes, by its place in the checkout."""
    rooms = {f"docs/workflows/{room.number}.md": partial(workflow, room) for room in all_rooms()}
    return {"docs/roles.md": roles, **rooms}


def roles() -> str:
    """Who takes which step, makes which move, opens which page and sees what of the admin."""
    with translation.override("tr"):
        parts = [
            HEAD.format(
                source="processes/data/catalogue.yaml, accounts/roles.py, kapılar (Gate) ve config/access.py"
            ),
            "# Roller ve yetkiler\n\n",
            ABOUT_STEPS,
            "## Roller\n\n",
            _table(
                ("Kod adı", "Süreç dokümanındaki unvan", "Birim personeli"),
                [(f"`{role}`", role.label, YES if role in UNIT_STAFF else NO) for role in Role],
            ),
            ABOUT_SIGHT,
            "## Resmî adımlar\n\n",
            *(_steps_of(edition) for edition in exchange.reference()),
            "## Kapılardaki öbür hareketler\n\n",
            ABOUT_MOVES,
            *(_moves_of(room.flow, f"{room.number} {room.title}", _official(room)) for room in all_rooms()),
            _moves_of(INCOMING, "Gelen yazı"),
            _moves_of(OUTGOING, "Giden yazı"),
            _moves_of(approval.GATE, "Katalog sürümü"),
            "## Yönetim ekranı (`/admin/`)\n\n",
            ABOUT_ADMIN,
            *(_admin_of(role) for role in Role if role in ADMIN_PERMISSIONS),
            "## Sayfalar\n\n",
            ABOUT_PAGES,
            _pages(),
        ]
        return "".join(parts).rstrip("\n") + "\n"


def workflow(room: Room) -> str:
    """The states of a room as a drawing, and its moves as a table."""
    with translation.override("tr"):
        edition = _edition(room.number)
        app = room.flow.model._meta.app_label
        return "".join(
            (
                HEAD.format(source=f"{app}/workflow.py ve processes/data/catalogue.yaml"),
                f"# {room.number} {edition.name}\n\n",
                ABOUT_FLOW,
                _diagram(room, edition),
                "## Durumlar\n\n",
                _table(
                    ("Kod adı", "Durum", "Beklediği adım"),
                    [
                        (f"`{state}`", room.state_label(state), _awaited(room, edition, state))
                        for state in _states(room)
                    ],
                ),
                "## Adımlar ve hareketler\n\n",
                _table(
                    (
                        "No",
                        "Kod adı",
                        "Ekrandaki ad",
                        "Nereden",
                        "Nereye",
                        "Kim",
                        "Süre",
                        "Kişi kuralı",
                        "Kural",
                    ),
                    [_move_row(room, edition, key, move) for key, move in room.flow.moves.items()],
                ),
                "Süre iş günüdür; “Sürekli” yazan adımda süre işlemez. Rollerin unvanları: [roller](../roles.md).\n",
            )
        )


def _diagram(room: Room, edition: EditionText) -> str:
    """The states and moves as GitHub and most editors draw them."""
    lines = ["```mermaid", "stateDiagram-v2"]
    lines += [f'    state "{room.state_label(state)}" as {state}' for state in _states(room)]
    for key, move in room.flow.moves.items():
        step = _step(edition, key)
        label = f"{step.number} {step.short_name}" if step else str(move.label)
        sources = ("[*]",) if key == room.flow.opening else tuple(map(str, move.sources))
        lines += [f"    {source} --> {target}: {label}" for source in sources for target in _targets(move)]
    lines += [f"    {state} --> [*]" for state in _states(room) if state in room.flow.closing]
    return "\n".join([*lines, "```"]) + "\n\n"


def _targets(move: Move) -> list[str]:
    """Where a move leads: first where it usually does, then where it goes when something has nothing left to do."""
    return [str(move.target), *(str(target) for target, _holds in move.instead)]


def _move_row(room: Room, edition: EditionText, key: str, move: Move) -> tuple[str, ...]:
    step = _step(edition, key)
    may = {*(step.roles if step else ()), *move.roles}
    return (
        step.number if step else "–",
        f"`{key}`",
        str(move.label),
        ", ".join(room.state_label(str(state)) for state in move.sources) or "yeni kayıt",
        " / ".join(room.state_label(target) for target in _targets(move)),
        _codes(may),
        _days(step),
        _names(move.persons),
        _names(move.guards),
    )


def _steps_of(edition: EditionText) -> str:
    rows = [
        (
            step.number,
            f"`{step.key}`",
            step.short_name,
            _days(step),
            *(YES if role in step.roles else NO for role in Role.values),
        )
        for step in edition.steps
    ]
    head = ("No", "Kod adı", "Adım", "Süre", *(f"`{role}`" for role in Role.values))
    return f"### {edition.number} {edition.name}\n\n{_table(head, rows)}"


def _moves_of(gate: Gate[Any], title: str, official: Iterable[str] = ()) -> str:
    """The moves of a gate that the catalogue says nothing about, and what a room adds to an official step."""
    left_out = set(official)
    rows = [
        (f"`{key}`", str(move.label), _codes(move.roles), _names(move.persons), _names(move.guards))
        for key, move in gate.moves.items()
        if key not in left_out or move.roles
    ]
    return f"### {title}\n\n{_table(('Kod adı', 'Hareket', 'Kim', 'Kişi', 'Kural'), rows)}"


def _admin_of(role: Role) -> str:
    """What the stock admin lets a person with this role do, asked of each page itself."""
    request = HttpRequest()
    request.user = _somebody(role)
    rows = []
    for model, page in admin.site._registry.items():
        may = {
            "view": page.has_view_permission(request),
            "add": page.has_add_permission(request),
            "change": page.has_change_permission(request),
            "delete": page.has_delete_permission(request),
        }
        name = str(model._meta.verbose_name_plural)
        rows.append(
            (
                f"`{model._meta.label}`",
                tr_upper(name[:1]) + name[1:],
                *(YES if may[action] else NO for action in ACTIONS),
            )
        )
    return (
        f"### {role.label} (`{role}`)\n\n{_table(('Kayıt', 'Ekrandaki ad', *ACTIONS.values()), sorted(rows))}"
    )


def _somebody(role: Role) -> User:
    """A person who holds one role today and is in no database."""
    person = User(pk=0, username=role, is_staff=True)
    person._authorities = (timezone.localdate(), (Authority(role),))
    return person


def _pages() -> str:
    """The rows of `config.access`, gathered by rule."""
    by_rule: dict[tuple[str, str], list[str]] = {}
    for name, rule in ACCESS.items():
        by_rule.setdefault((rule.name, str(rule.refusal)), []).append(name)
    rows = [
        (f"`{rule}`", refusal, ", ".join(f"`{name}`" for name in sorted(names)))
        for (rule, refusal), names in sorted(by_rule.items())
    ]
    return _table(("Kural", "Sayfada yazan cümle", "Adresler"), rows)


def _edition(number: str) -> EditionText:
    return next(edition for edition in exchange.reference() if edition.number == number)


def _official(room: Room) -> list[str]:
    return [step.key for step in _edition(room.number).steps]


def _step(edition: EditionText, key: str) -> StepText | None:
    return next((step for step in edition.steps if step.key == key), None)


def _awaited(room: Room, edition: EditionText, state: str) -> str:
    """As `Workflow.waits_for` tells it, from the reference edition."""
    if state in room.flow.closing:
        return "– (kapalı)"
    found = (
        step
        for key, move in room.flow.moves.items()
        if state in move.sources and (step := _step(edition, key)) is not None
    )
    step = next(found)
    return f"{step.number} {step.short_name}"


def _states(room: Room) -> list[str]:
    return [str(state) for state in room.states.values]


def _days(step: StepText | None) -> str:
    if step is None:
        return "–"
    return "Sürekli" if step.days is None else f"{step.days} iş günü"


def _codes(roles: Iterable[str]) -> str:
    held = set(roles)
    return ", ".join(f"`{role}`" for role in Role.values if role in held) or "–"


def _names(functions: Sequence[Callable[..., Any]]) -> str:
    return ", ".join(f"`{function.__name__}`" for function in functions) or "–"


def _table(head: Sequence[str], rows: Iterable[Sequence[str | Promise]]) -> str:
    """A Markdown table; a bar inside a cell would end it."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(str(cell).replace("|", "\\|") for cell in row) + " |" for row in rows]
    return "\n".join(lines) + "\n\n"
