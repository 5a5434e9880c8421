"""A page with one form that does one thing: asked, refused with its sentence, or done."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from audit import trail
from processes.errors import DomainError, StaleVersion, Text

PDF_TYPE = "application/pdf"
# A file is a page of its own in which nothing runs.
SHUT = "default-src 'none'; object-src 'self'; frame-ancestors 'none'"


def form_page(
    request: HttpRequest,
    form: forms.Form,
    act: Callable[[dict[str, Any]], Any],
    *,
    heading: Text,
    back: str,
    done: Text,
    submit: Text = "",
    about: Any = None,
    template: str = "security_docs/form.html",
    stale: Callable[[forms.Form], dict[str, Any]] | None = None,
    **context: Any,
) -> HttpResponse:
    """Show the form, or do what it asks and go on; what `act` answers leads on when it has an address.

    `stale` says what the page shows when the record was changed meanwhile: what was typed stays in the form.
    """
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                result = act(form.cleaned_data)
            except DomainError as refusal:
                if about is not None:
                    trail.refused(about, refusal.code)
                put(form, refusal)
                status = refusal.status
                if stale is not None and isinstance(refusal, StaleVersion):
                    context |= stale(form)
            else:
                messages.success(request, str(done))
                return redirect(result if hasattr(result, "get_absolute_url") else back)
    page = {"form": form, "heading": heading, "back": back, "submit": submit, **context}
    return render(request, template, page, status=status)


def seen(request: HttpRequest, record: Any) -> int:
    """The state of the record the person had before them; what a page sends back as `seen`."""
    given = request.POST.get("seen", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else record.version


def put(form: forms.Form, refusal: DomainError) -> None:
    """Write a refusal beside the fields it speaks of, else above the form."""
    named = {name: texts for name, texts in refusal.fields.items() if name in form.fields}
    if not named:
        form.add_error(None, str(refusal))
    for name, texts in named.items():
        form.add_error(name, [str(text) for text in texts])


def bound(request: HttpRequest) -> list[Any]:
    """What was sent, as a form takes it; nothing before it is sent."""
    return [request.POST, request.FILES] if request.method == "POST" else []


def pdf_answer(content: bytes, name: str, *, saved: bool = False) -> HttpResponse:
    """A PDF, drawn by the browser or saved."""
    disposition = "attachment" if saved else "inline"
    return HttpResponse(
        content,
        content_type=PDF_TYPE,
        headers={
            "Content-Disposition": f'{disposition}; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
            "Content-Security-Policy": SHUT,
        },
    )
