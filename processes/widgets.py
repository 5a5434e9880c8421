"""Inputs of the portal that Django's own set lacks."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.urls import reverse_lazy


class Picker(forms.TextInput):
    """Choosing a person or an institution by typing part of the name.

    Two inputs: the text that is typed, and the hidden primary key that the script fills in. Without the script the
    typed text alone arrives, and `value_from_datadict` hands it on for the field to find the one row it names.
    """

    template_name = "components/picker.html"

    def __init__(self, url_name: str, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.url = reverse_lazy(url_name)
        self.labels: Any = None

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"] |= {
            "url": str(self.url),
            "text": self.labels(value) if value and self.labels else "",
        }
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.get(name) or data.get(f"{name}_text") or ""


class SuggestInput(forms.TextInput):
    """A text box that offers values to choose from and takes others as well."""

    template_name = "processes/widgets/suggest.html"

    def __init__(
        self, suggestions: Iterable[tuple[str, str]] = (), attrs: dict[str, Any] | None = None
    ) -> None:
        super().__init__(attrs)
        self.suggestions = list(suggestions)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, {**(attrs or {}), "list": f"{name}-suggestions"})
        context["widget"]["suggestions"] = self.suggestions
        return context
