"""What the pages of this room share: a form that does one thing, a list that can be had as a file, a PDF."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header

from processes.errors import DomainError, RuleBroken

ROWS = 50


def done(request: HttpRequest, form: forms.Form, act: Callable[..., Any], sentence: str) -> int:
    """Do what a form asks for; 0 when it was done, else the status of the refusal, told in the form."""
    if not form.is_valid():
        return 422
    try:
        act(**form.cleaned_data)
    except DomainError as refusal:
        told = {name: texts for name, texts in refusal.fields.items() if name in form.fields}
        for name, texts in told.items():
            form.add_error(name, [str(text) for text in texts])
        if not told:
            form.add_error(None, str(refusal))
        return refusal.status
    messages.success(request, sentence)
    return 0


def chosen_keys(
    request: HttpRequest, most: int, nothing: str, too_many: str, name: str = "chosen"
) -> list[int]:
    """The ticked rows of a list."""
    keys = [
        int(key)
        for key in dict.fromkeys(request.POST.getlist(name))
        if key.isascii() and key.isdigit() and len(key) < 19
    ]
    if not keys:
        raise RuleBroken(nothing)
    if len(keys) > most:
        raise RuleBroken(too_many)
    return keys


def ticked(request: HttpRequest, name: str = "chosen") -> set[int]:
    """The rows that were ticked when a form was refused: they stay ticked."""
    return {
        int(key) for key in request.POST.getlist(name) if key.isascii() and key.isdigit() and len(key) < 19
    }


def paper(content: bytes, name: str) -> HttpResponse:
    """A PDF to be printed."""
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={"Content-Disposition": content_disposition_header(False, f"{name}.pdf") or ""},
    )
