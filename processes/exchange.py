"""The catalogue as a YAML file: how an edition travels between installations and comes back unchanged.

One file holds the process and any number of its sub-processes, each with the fields of the process form. Reading
checks the shape and says which line of thought is wrong; the office's own rules are held when a draft is checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.utils.translation import gettext as _

from processes.errors import RuleBroken, TooLarge
from processes.models import Definition, StepDefinition

FORMAT = "sbs-catalogue/1"
REFERENCE = Path(__file__).parent / "data" / "catalogue.yaml"
MOST_BYTES = 512 * 1024
STEP_KEYS = ("number", "key", "name", "short_name", "roles", "uses", "days", "condition")
FORM_KEYS = ("number", "code", "name", "sdp_codes", "inputs", "outputs", "repeats", "period", "change_note")
TEXTS = frozenset(
    {"number", "key", "code", "name", "short_name", "condition", "repeats", "period", "change_note"}
)
LISTS = frozenset({"roles", "uses", "sdp_codes", "inputs", "outputs"})


@dataclass(frozen=True)
class StepText:
    """One step as the file writes it."""

    number: str
    key: str
    name: str
    short_name: str
    roles: tuple[str, ...]
    uses: tuple[str, ...] = ()
    days: int | None = None
    condition: str = ""

    @property
    def columns(self) -> dict[str, Any]:
        """The same step as the columns of its row."""
        return {
            "number": self.number,
            "key": self.key,
            "name": self.name,
            "short_name": self.short_name,
            "roles": list(self.roles),
            "uses": list(self.uses),
            "planned_days": self.days,
            "condition": self.condition,
        }


@dataclass(frozen=True)
class EditionText:
    """One edition of a sub-process as the file writes it."""

    number: str
    code: str
    name: str
    main_process: str
    process: str
    owner: str
    purpose: str
    steps: tuple[StepText, ...]
    sdp_codes: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    outputs: tuple[str, ...] = ()
    repeats: str = ""
    period: str = ""
    change_note: str = ""

    @property
    def columns(self) -> dict[str, Any]:
        """The same edition as the columns of its row, without sub-process and steps."""
        texts = {
            name: getattr(self, name) for name in ("name", "main_process", "process", "owner", "purpose")
        }
        return texts | {
            "inputs": list(self.inputs),
            "outputs": list(self.outputs),
            "repeats": self.repeats,
            "period": self.period,
            "change_note": self.change_note,
        }


@lru_cache(maxsize=1)
def reference() -> tuple[EditionText, ...]:
    """The editions that come with the program: process 5.3 as the province received it."""
    return read(REFERENCE.read_bytes())


def read(content: bytes) -> tuple[EditionText, ...]:
    """The editions in a file. Raises RuleBroken with the place and the fault, TooLarge for a file past 512 KB."""
    if len(content) > MOST_BYTES:
        raise TooLarge(_("A catalogue file may have at most %(size)d KB.") % {"size": MOST_BYTES // 1024})
    try:
        data = yaml.safe_load(content.decode("utf-8-sig"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError) as error:
        raise RuleBroken(_("This is not a readable YAML file in UTF-8.")) from error
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise RuleBroken(_("The file does not begin with “format: %(format)s”.") % {"format": FORMAT})
    subprocesses = data.get("subprocesses")
    if not isinstance(subprocesses, list) or not subprocesses:
        raise RuleBroken(_("The file holds no sub-process."))
    frame = {
        "main_process": _title(data, "main_process"),
        "process": _title(data, "process"),
        "owner": _text(data.get("owner"), "owner"),
        "purpose": _text(data.get("purpose", ""), "purpose"),
    }
    editions = tuple(
        _edition(entry, f"subprocesses[{place}]", frame) for place, entry in enumerate(subprocesses)
    )
    numbers = [edition.number for edition in editions]
    if len(set(numbers)) != len(numbers):
        raise RuleBroken(_("A sub-process stands in the file twice."))
    return editions


def write(definitions: Sequence[Definition]) -> str:
    """The file of some editions of one process; reading it gives the same editions back.

    `definitions` come with their sub-process and steps.
    """
    first = definitions[0]
    data = {
        "format": FORMAT,
        "main_process": _split_title(first.main_process),
        "process": _split_title(first.process),
        "owner": first.owner,
        "purpose": first.purpose,
        "subprocesses": [_written(text_of(definition)) for definition in definitions],
    }
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=110)


def text_of(definition: Definition, steps: Iterable[StepDefinition] | None = None) -> EditionText:
    """A stored edition as the file would write it."""
    rows = definition.steps.order_by("position") if steps is None else steps
    return EditionText(
        number=definition.subprocess.number,
        code=definition.subprocess.code,
        sdp_codes=tuple(definition.subprocess.sdp_codes),
        name=definition.name,
        main_process=definition.main_process,
        process=definition.process,
        owner=definition.owner,
        purpose=definition.purpose,
        inputs=tuple(definition.inputs),
        outputs=tuple(definition.outputs),
        repeats=definition.repeats,
        period=definition.period,
        change_note=definition.change_note,
        steps=tuple(
            StepText(
                number=row.number,
                key=row.key,
                name=row.name,
                short_name=row.short_name,
                roles=tuple(row.roles),
                uses=tuple(row.uses),
                days=row.planned_days,
                condition=row.condition,
            )
            for row in rows
        ),
    )


def _written(edition: EditionText) -> dict[str, Any]:
    """One edition in the order of the process form; what is empty and need not be said is left out."""
    whole = asdict(edition)
    entry = {key: _plain(whole[key]) for key in FORM_KEYS}
    if not entry["change_note"]:
        del entry["change_note"]
    entry["steps"] = [
        {key: _plain(value) for key in STEP_KEYS if (value := step[key]) or key != "condition"}
        for step in whole["steps"]
    ]
    return entry


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _title(data: Mapping[str, Any], name: str) -> str:
    """`{number: "5", name: …}` as one line: "5 Destek Hizmetleri Başkanlığı"."""
    entry = data.get(name)
    if not isinstance(entry, dict):
        raise _fault(name)
    return f"{_text(entry.get('number'), name)} {_text(entry.get('name'), name)}"


def _split_title(title: str) -> dict[str, str]:
    number, _space, name = title.partition(" ")
    return {"number": number, "name": name}


def _edition(entry: Any, place: str, frame: Mapping[str, str]) -> EditionText:
    values = _values(
        entry, place, (*FORM_KEYS, "steps"), {"number", "code", "name", "repeats", "period", "steps"}
    )
    steps = values.pop("steps")
    if not isinstance(steps, list) or not steps:
        raise _fault(f"{place}.steps")
    return EditionText(
        main_process=frame["main_process"],
        process=frame["process"],
        owner=frame["owner"],
        purpose=frame["purpose"],
        steps=tuple(_step(step, f"{place}.steps[{row}]") for row, step in enumerate(steps)),
        **values,
    )


def _step(entry: Any, place: str) -> StepText:
    values = _values(entry, place, STEP_KEYS, {"number", "key", "name", "short_name", "roles"})
    days = values.get("days")
    if days is not None and (isinstance(days, bool) or not isinstance(days, int) or not 0 <= days <= 365):
        raise _fault(f"{place}.days")
    return StepText(**values)


def _values(entry: Any, place: str, known: Sequence[str], needed: set[str]) -> dict[str, Any]:
    """The entries of one mapping, each of the kind it must be; an unknown or missing one is refused by name."""
    if not isinstance(entry, dict):
        raise _fault(place)
    for name in entry:
        if name not in known:
            raise RuleBroken(
                _("The file has an entry this program does not know: %(place)s.")
                % {"place": f"{place}.{name}"}
            )
    for name in sorted(needed - entry.keys()):
        raise RuleBroken(_("An entry is missing in the file: %(place)s.") % {"place": f"{place}.{name}"})
    found: dict[str, Any] = {}
    for name, value in entry.items():
        if name in TEXTS:
            found[name] = _text(value, f"{place}.{name}")
        elif name in LISTS:
            if not isinstance(value, list):
                raise _fault(f"{place}.{name}")
            found[name] = tuple(_text(item, f"{place}.{name}") for item in value)
        else:
            found[name] = value
    return found


def _text(value: Any, place: str) -> str:
    if not isinstance(value, str) or len(value) > 4000 or "\x00" in value:
        raise _fault(place)
    return value.strip()


def _fault(place: str) -> RuleBroken:
    return RuleBroken(_("The file says something this program cannot read at %(place)s.") % {"place": place})
