"""Inputs of 5.3.7: the users of a letter row by row, and the check list grouped by user."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django import forms

from processes.context import address_of
from webapps.models import Operation

SHOWN = 5
MOST_ROWS = 25


class RowsInput(forms.Textarea):
    """Users row by row, with a box for lines pasted from a table; both become one text (`webapps.lines`).

    Without the script, “more rows” sends the form and it comes back with more; with it, rows appear at once.
    """

    template_name = "webapps/widgets/rows.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"rows": 4, **(attrs or {})})
        self.roles: Callable[[], Sequence[tuple[str, str]]] = tuple
        self.shown = SHOWN

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> str:
        """The rows filled in, then the pasted lines, as one text."""
        self.shown = SHOWN
        lines = []
        for place in range(MOST_ROWS):
            key, who = (
                data.get(f"{name}-{place}-who", ""),
                str(data.get(f"{name}-{place}-who_text", "")).strip(),
            )
            person = f"#{key} {who}" if key else who
            operation = str(data.get(f"{name}-{place}-operation", "")).strip()
            role = str(data.get(f"{name}-{place}-role", "")).strip()
            if person or role:
                lines.append("; ".join(part.replace(";", " ") for part in (person, operation, role)))
        if self.wants_more(data, name):
            self.shown = min(MOST_ROWS, max(SHOWN, len(lines)) + SHOWN)
        pasted = str(data.get(name, "") or "").strip()
        return "\n".join([*lines, pasted] if pasted else lines)

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """It is there whenever its box or one of its rows is."""
        return name not in data and f"{name}-0-role" not in data

    def wants_more(self, data: Mapping[str, Any], name: str = "lines") -> bool:
        """The person asked for more rows instead of sending."""
        return bool(data.get(f"{name}-more"))

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        typed = [line for line in str(value or "").splitlines() if line.strip()]
        rows = [self._row(name, place, line) for place, line in enumerate(typed[:MOST_ROWS])]
        shown = max(self.shown, len(rows))
        rows += [self._row(name, place, "") for place in range(len(rows), MOST_ROWS)]
        for place, row in enumerate(rows):
            row["is_hidden"] = place >= shown
        context["widget"] |= {
            "rows": rows,
            "pasted": "\n".join(typed[MOST_ROWS:]),
            "operations": Operation.choices,
            "roles": self.roles(),
            "url": address_of("employees-find"),
        }
        return context

    def _row(self, name: str, place: int, line: str) -> dict[str, Any]:
        """One row as it was typed."""
        from webapps.lines import operation_of

        who, operation, role = (*(part.strip() for part in line.replace("\t", ";").split(";")), "", "", "")[
            :3
        ]
        key, _space, words = who[1:].partition(" ") if who.startswith("#") else ("", "", who)
        return {
            "place": place,
            "number": place + 1,
            "name": f"{name}-{place}",
            "key": key,
            "words": words,
            "operation": operation_of(operation) or Operation.AUTHORISE,
            "role": role,
        }


class TicketsInput(forms.TextInput):
    """The number of the support request; one input for each application where several are concerned (`webapps.tickets`)."""

    template_name = "webapps/widgets/tickets.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.applications: Mapping[str, str] = {}

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> str:
        """The numbers typed as one text; a text sent as such stays as it is."""
        typed = {code: str(data.get(f"{name}-{code}", "")).strip() for code in self.applications}
        lines = [f"{code}: {number}" for code, number in typed.items() if number]
        return "\n".join(lines) or str(data.get(name, "") or "")

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """It is there whenever one of its inputs is."""
        return name not in data and not any(f"{name}-{code}" in data for code in self.applications)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        parts = (line.partition(":") for line in str(value or "").splitlines())
        typed = {code.strip(): number.strip() for code, _colon, number in parts}
        context["widget"]["numbers"] = [
            {"name": f"{name}-{code}", "code": code, "title": title, "value": typed.get(code, "")}
            for code, title in self.applications.items()
            if len(self.applications) > 1
        ]
        return context


class CheckList(forms.CheckboxSelectMultiple):
    """Ticks of conditions, user by user. Each choice's label is a `webapps.queries.Ask`."""

    template_name = "webapps/widgets/check_list.html"
